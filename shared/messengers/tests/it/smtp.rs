//! A merchant's own mail server (notification notes, section 6; reliability notes, section 4.10): before the final dot
//! nothing is sent, after it perhaps.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::account::{SmtpSecurity, SmtpServer};
use yam_messengers::mail::{EmailAddress, Mailbox};
use yam_messengers::{
    CallOutcome, Content, DeliveryState, Messenger as _, ReceiptCall, ReceiptError, Recovery,
    RefusalKind as K,
};

use crate::bench::{Bench, WITHIN};
use crate::letters::{again, mail, with_field};
use crate::smtp_front::{Front, Stage};
use crate::smtp_tls::local;

const ID: MessengerId = MessengerId::Smtp;

#[tokio::test]
async fn letters_in_four_languages_are_taken() {
    let bench = Bench::new().await;
    for (count, words) in [
        (1, "Заказ 1024 ждёт вас в отделении 101000"),
        (2, "مرسوله شما به دفتر پست رسید."),
        (3, "주문 1024 상품이 우체국에 도착했습니다."),
        (4, ".Order 1024 is at post office 101000"),
    ] {
        let sent = bench.sent(ID, &mail(words, count, Bench::now())).await;
        assert_eq!(sent.state, DeliveryState::Sent);
        let row = bench.ledger(ID).await.pop().unwrap();
        assert_eq!(row["our_id"], format!("<ntf-{count}@shop.example>"));
        assert_eq!(sent.provider_id, format!("ntf-{count}@shop.example"));
        assert_eq!(row["recipient"], "ivan@example.org");
        assert!(row["detail"]["text"].as_str().unwrap().contains(words), "{row}");
        let headers = &row["detail"]["extra"]["headers"];
        assert_eq!(headers["List-Unsubscribe"], "<https://hub.example/u/abc>");
        assert_eq!(headers["Auto-Submitted"], "auto-generated");
    }
}

/// Who refuses at which step decides what it is about; 5.7.x does not blame the address.
#[tokio::test]
async fn replies_are_definite_at_every_step() {
    let bench = Bench::new().await;
    for (operation, code, kind) in [
        ("connect", 554, K::Account),
        ("auth", 550, K::Account),
        ("mail", 550, K::Sender),
        ("mail", 554, K::Sender),
        ("rcpt", 550, K::Number),
        ("rcpt", 552, K::Other),
        ("rcpt", 554, K::Other),
        ("data", 550, K::Number),
        ("data", 552, K::Other),
        ("data", 554, K::Content),
    ] {
        bench.fault(ID, &json!({"mode": "code", "code": code, "operation": operation})).await;
        let end = bench.send(ID, &bench.usual(ID)).await;
        assert_eq!(end.refusal(), Some(kind), "{operation} {code}: {end:?}");
        assert!(!format!("{end:?}").contains("demo-pass"));
    }
    for operation in ["connect", "auth", "mail", "rcpt", "data"] {
        for code in [421, 450, 451] {
            bench.fault(ID, &json!({"mode": "code", "code": code, "operation": operation})).await;
            let end = bench.send(ID, &bench.usual(ID)).await;
            assert!(matches!(end, CallOutcome::Busy { .. }), "{operation} {code}: {end:?}");
        }
    }
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_the_server_itself() {
    let bench = Bench::new().await;
    let wrong = with_field(bench.account(ID), &[("user", "shop@shop.example"), ("password", "not-this-one")]);
    let end = bench.of(ID).send(&wrong, &bench.usual(ID), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::Account));
    let mut foreign = bench.usual(ID);
    if let Content::Email(email) = &mut foreign.content {
        let address = EmailAddress::parse("noreply@nobody.example").unwrap();
        email.from = Mailbox { name: String::new(), address };
    }
    assert_eq!(bench.send(ID, &foreign).await.refusal(), Some(K::Sender));
    let gone = json!({
        "name": "shop@shop.example", "secret": "demo-pass", "senders": [{"name": "shop.example"}],
        "stop_list": ["ivan@example.org"],
    });
    bench.put_account(ID, gone).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(K::Number), "550 5.1.1");
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn before_the_message_nothing_is_sent() {
    let bench = Bench::new().await;
    for operation in ["connect", "auth", "mail", "rcpt"] {
        for mode in ["refuse", "lost_answer", "malformed", "huge"] {
            bench.fault(ID, &json!({"mode": mode, "operation": operation})).await;
            let end = bench.send(ID, &bench.usual(ID)).await;
            assert_eq!(end.class(), CallClass::NotSent, "{operation} {mode}: {end:?}");
        }
        bench.fault(ID, &json!({"mode": "timeout", "seconds": 3, "operation": operation})).await;
        let short = Duration::from_millis(500);
        let end = bench.of(ID).send(&bench.account(ID), &bench.usual(ID), short).await;
        assert_eq!(end.class(), CallClass::NotSent, "{operation}: {end:?}");
    }
    bench.fault(ID, &json!({"mode": "refuse", "operation": "data"})).await;
    let end = bench.send(ID, &bench.usual(ID)).await;
    assert_eq!(end.class(), CallClass::NotSent, "cut instead of 354: {end:?}");
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn after_the_final_dot_nobody_knows() {
    let bench = Bench::new().await;
    for (mode, made) in [
        ("http_500", 0),
        ("lost_answer", 1),
        ("truncate", 1),
        ("malformed", 1),
        ("huge", 1),
        ("late_commit", 0),
    ] {
        let before = bench.ledger(ID).await.len();
        let mut fault = json!({"mode": mode, "operation": "data"});
        if mode == "late_commit" {
            fault["seconds"] = json!(60);
            fault["clock"] = json!("sim");
        }
        bench.fault(ID, &fault).await;
        let end = bench.send(ID, &bench.usual(ID)).await;
        // A server of mail has no 500: the simulator says 451, which is "not taken".
        let busy = mode == "http_500";
        assert_eq!(matches!(end, CallOutcome::Busy { .. }), busy, "{mode}: {end:?}");
        assert!(busy || end.class() == CallClass::Unknown, "{mode}: {end:?}");
        assert_eq!(bench.ledger(ID).await.len() - before, made, "{mode}");
    }
    let before = bench.ledger(ID).await.len();
    bench.fault(ID, &json!({"mode": "slow", "seconds": 5, "operation": "data"})).await;
    let short = Duration::from_millis(1_500);
    let end = bench.of(ID).send(&bench.account(ID), &bench.usual(ID), short).await;
    assert_eq!(end.class(), CallClass::Unknown, "{end:?}");
    assert_eq!(bench.ledger(ID).await.len() - before, 1);
}

/// One more send with the same Message-ID, once: many programs show the two as one.
#[tokio::test]
async fn a_repeat_has_the_same_message_id() {
    let bench = Bench::new().await;
    bench.fault(ID, &json!({"mode": "lost_answer", "operation": "data"})).await;
    let message = bench.usual(ID);
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    let Recovery::RepeatOnce { first_after } = bench.of(ID).recovery(&message.content) else { panic!() };
    assert!(first_after.is_zero(), "no event will come");
    bench.sent(ID, &again(&message)).await;
    let rows = bench.ledger(ID).await;
    let ids: Vec<&Value> = rows.iter().map(|row| &row["our_id"]).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    let told = bench.of(ID).receipts(&bench.account(ID), &ReceiptCall::default());
    assert_eq!(told, Err(ReceiptError::None));
}

/// Replies without an end, with and without line breaks, fill no memory and hold nobody up.
#[tokio::test]
async fn a_server_that_never_stops_talking_is_left() {
    for unit in [b"x".as_slice(), b"250-says the same again and again and again\r\n".as_slice()] {
        for (stage, class) in [
            (Stage::Greeting, CallClass::NotSent),
            (Stage::Recipient, CallClass::NotSent),
            (Stage::End, CallClass::Unknown),
        ] {
            let front = Front::endless(stage, unit).await;
            let (smtp, account) = local(front.at, SmtpSecurity::Plain);
            let nameless = with_field(account, &[]);
            let message = crate::letters::usual(ID, 1, Bench::now());
            let ended = tokio::time::timeout(WITHIN / 2, smtp.send(&nameless, &message, WITHIN)).await;
            assert_eq!(ended.unwrap().class(), class, "{stage:?}");
            // What the two sockets hold is said without being read.
            assert!(front.said() < 32 * 1024 * 1024, "{} bytes", front.said());
        }
    }
}

/// Before the final dot nothing is taken, but where in the message the server left nobody can tell.
#[tokio::test]
async fn a_server_that_leaves_amid_the_message_is_unknown() {
    let front = Front::endless(Stage::Never, b"").await;
    let (smtp, account) = local(front.at, SmtpSecurity::Plain);
    let nameless = with_field(account, &[]);
    let end = smtp.send(&nameless, &crate::letters::usual(ID, 1, Bench::now()), WITHIN).await;
    assert_eq!(end.class(), CallClass::Unknown, "{end:?}");
    assert!(front.clear().iter().any(|line| line == "DATA"));
}

/// The host is typed by a user: only public addresses are called, by TLS, at the ports of submission.
#[tokio::test]
async fn a_server_inside_is_not_called() {
    let bench = Bench::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for (host, port, security) in [
        ("127.0.0.1", port, SmtpSecurity::Plain),
        ("127.0.0.1", 465, SmtpSecurity::Tls),
        ("localhost", 587, SmtpSecurity::StartTls),
        ("169.254.169.254", 465, SmtpSecurity::Tls),
        ("10.0.0.1", 587, SmtpSecurity::StartTls),
        ("::1", 465, SmtpSecurity::Tls),
        ("::ffff:127.0.0.1", 465, SmtpSecurity::Tls),
        ("0.0.0.0", 465, SmtpSecurity::Tls),
        ("100.64.0.1", 465, SmtpSecurity::Tls),
        ("8.8.8.8", 25, SmtpSecurity::StartTls),
        ("8.8.8.8", 587, SmtpSecurity::Plain),
    ] {
        let mut account = bench.account(ID);
        account.settings.smtp = Some(SmtpServer { host: host.to_owned(), port, security });
        let end = bench.of(ID).send(&account, &bench.usual(ID), WITHIN).await;
        assert_eq!(end.refusal(), Some(K::Account), "{host}:{port} {security:?}: {end:?}");
        assert_eq!(bench.of(ID).check(&account).len(), 1, "{host}:{port} {security:?}");
    }
    assert!(listener.accept().is_err(), "nobody came");
    drop(listener);
    let (smtp, account) = local(([127, 0, 0, 1], port).into(), SmtpSecurity::Plain);
    let end = smtp.send(&account, &bench.usual(ID), WITHIN).await;
    assert_eq!(end.class(), CallClass::NotSent, "nobody listens: {end:?}");
}

#[tokio::test]
async fn a_login_sends_nothing() {
    let bench = Bench::new().await;
    let account = bench.account(ID);
    let (smtp, _) = local(bench.mail, SmtpSecurity::Plain);
    assert_eq!(smtp.log_in(&account, WITHIN).await, CallOutcome::Done(()));
    assert!(bench.of(ID).probe(Some(&account), WITHIN).await.works);
    let wrong = with_field(account, &[("user", "shop@shop.example"), ("password", "not-this-one")]);
    assert_eq!(smtp.log_in(&wrong, WITHIN).await.refusal(), Some(K::Account));
    let report = bench.of(ID).probe(Some(&wrong), WITHIN).await;
    assert!(!report.works && !report.seen.contains("not-this-one"), "{report:?}");
    assert!(bench.ledger(ID).await.is_empty());
}
