//! Every code and status, confirms, cancels and webhooks (gateway notes, section 6.3).

use super::codes::{ERRORS, STATUSES};
use super::*;
use crate::attempt::MoneyTold;
use crate::notice::NoticeKind;
use crate::samples::{account, answer, attempt};
use proptest::prelude::*;
use serde_json::json;
use yam_domain::effect::CallClass;

fn mine() -> Attempt {
    Attempt { receipt: Some("pk_1".into()), ..attempt(GatewayId::Toss, "100001", 15_000) }
}

fn payment(status: &str, total: i64) -> Value {
    json!({"version": "2022-11-16", "paymentKey": "pk_1", "orderId": "100001", "currency": "KRW", "status": status,
        "totalAmount": total, "card": {"number": "43301234****123*", "approveNo": "00000000"}})
}

fn refund() -> Refund {
    Refund {
        key: "rf-1".into(),
        order: mine().order,
        amount: Money::new(5_000, Currency::Krw),
        reason: "단순 변심".into(),
        receipt: None,
        panel_id: None,
        refund_id: None,
    }
}

#[test]
fn every_error_has_its_outcome() {
    for (code, class, _) in ERRORS {
        let body = json!({"code": code, "message": "words"});
        let Ok(Reply::Error { code: read, class: found, message }) =
            Reply::read::<()>(&answer(400, ""), body)
        else {
            panic!("{code}")
        };
        assert_eq!((read.as_str(), found, message.as_str()), (*code, *class, "words"));
        let outcome = Reply::refused::<()>(&read, found, &message);
        match class {
            Class::Refused(kind) => assert_eq!(outcome.refusal(), Some(*kind), "{code}"),
            Class::Read | Class::Unknown => assert_eq!(outcome.class(), CallClass::Unknown, "{code}"),
        }
    }
    let odd = Reply::read::<()>(&answer(400, ""), json!({"code": "SOMETHING_NEW"}));
    assert!(matches!(odd, Ok(Reply::Error { class: Class::Unknown, .. })));
    assert!(Reply::read::<()>(&answer(400, ""), json!({})).is_err());
    assert!(Reply::read::<()>(&answer(200, ""), json!({"code": "X"})).is_err());
}

#[test]
fn every_status_has_its_standing() {
    for (status, expected) in STATUSES {
        let CallOutcome::Done(found) = wire::inquiry(&payment(status, 15_000), &mine()) else {
            panic!("{status}")
        };
        assert_eq!((found.standing, found.money), (*expected, MoneyTold::Equal));
    }
    assert_eq!(wire::inquiry(&payment("DREAMING", 15_000), &mine()).class(), CallClass::Unknown);
    let CallOutcome::Done(found) = wire::inquiry(&payment("DONE", 150_000), &mine()) else { panic!() };
    assert_eq!(found.money, MoneyTold::Differs(Money::new(150_000, Currency::Krw)));
    let mut other = payment("DONE", 15_000);
    other["orderId"] = json!("100002");
    assert_eq!(wire::inquiry(&other, &mine()).class(), CallClass::Unknown);
    let CallOutcome::Done(found) = wire::inquiry(&payment("DONE", 15_000), &mine()) else { panic!() };
    assert!(found.card.unwrap().as_str().starts_with("433012***"));
}

#[test]
fn returns_are_read_and_their_amount_only_compared() {
    let config = Config::from_lookup(|_| None).unwrap();
    let toss = Toss::new(EffectClient::new(&config), &config);
    let account =
        account(GatewayId::Toss, &[("secret_key", "test_sk_demo000000"), ("client_key", "test_ck")]);
    let read = |query: &str| toss.callback(&account, &Fields::parse(query.as_bytes()));
    let back = read("paymentKey=pk_1&orderId=100001&amount=15000&paymentType=NORMAL").unwrap();
    assert_eq!((back.claim, back.receipt.as_deref()), (Claim::Success, Some("pk_1")));
    assert_eq!(back.stated, Some(mine().amount));
    let back = read("orderId=100001&code=PAY_PROCESS_CANCELED&message=x").unwrap();
    assert_eq!((back.claim, back.receipt), (Claim::Cancelled, None));
    assert_eq!(read("orderId=100001&code=REJECT_CARD_COMPANY").unwrap().claim, Claim::Failed);
    assert_eq!(read("orderId=100001&paymentKey=../../x").unwrap().claim, Claim::Unclear);
    assert_eq!(
        read("orderId=100001&paymentKey=pk_1&amount=1e3").unwrap().stated.map(Money::amount),
        Some(-1)
    );
    assert_eq!(read("paymentKey=pk_1"), Err(CallbackError::Missing("orderId")));
}

#[test]
fn cancels_are_found_again_by_their_key() {
    let with = |reason: &str| {
        let mut value = payment("PARTIAL_CANCELED", 15_000);
        value["cancels"] = json!([{"cancelReason": reason, "cancelAmount": 5_000, "transactionKey": "tx"}]);
        wire::find_cancel(&value, &mine(), &refund())
    };
    let reason = wire::cancel(&refund())["cancelReason"].as_str().unwrap().to_owned();
    assert_eq!(reason, "단순 변심 (rf-1)");
    assert_eq!(with(&reason), CallOutcome::Done(Refunded { refund_id: Some("tx".into()), finished: true }));
    assert_eq!(with("단순 변심 (rf-2)").refusal(), Some(RefusalKind::NotFound));
    let none = wire::find_cancel(&payment("DONE", 15_000), &mine(), &refund());
    assert_eq!(none.refusal(), Some(RefusalKind::NotFound));
}

#[test]
fn webhooks_point_at_a_payment_and_prove_nothing() {
    let read = |body: Value| wire::notice(body.to_string().as_bytes());
    for (event, status, kind) in [
        ("PAYMENT_STATUS_CHANGED", "DONE", NoticeKind::Paid),
        ("PAYMENT_STATUS_CHANGED", "EXPIRED", NoticeKind::Cancelled),
        ("PAYMENT_STATUS_CHANGED", "CANCELED", NoticeKind::Refunded),
        ("CANCEL_STATUS_CHANGED", "DONE", NoticeKind::Refunded),
    ] {
        let notice = read(json!({"eventType": event, "createdAt": "2026-03-20T10:00:00.000000", "data": payment(status, 1)})).unwrap();
        assert_eq!((notice.kind, notice.order.as_deref()), (kind, Some("100001")), "{event} {status}");
        assert_eq!((notice.authenticity, notice.amount), (Authenticity::AskGateway, None));
    }
    let flat = read(
        json!({"createdAt": "x", "secret": "s", "status": "DONE", "transactionKey": "t", "orderId": "100001"}),
    );
    assert_eq!(flat.unwrap().kind, NoticeKind::Paid);
    assert_eq!(read(json!({"eventType": "METHOD_UPDATED", "data": {}})).unwrap().kind, NoticeKind::Other);
    for body in
        [json!({}), json!({"eventType": "PAYMENT_STATUS_CHANGED", "data": {"status": "DONE"}}), json!([])]
    {
        assert_eq!(read(body.clone()), Err(NoticeError::Unreadable), "{body}");
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(word in ".{0,30}", number in any::<i64>()) {
        for value in [json!({"orderId": word, "status": word}), json!({"orderId": "100001", "status": "DONE", "totalAmount": word}),
            json!({"orderId": "100001", "status": "DONE", "cancels": [word, number]})] {
            let _all = (wire::inquiry(&value, &mine()), wire::find_cancel(&value, &mine(), &refund()));
        }
        let _read = wire::notice(word.as_bytes());
    }
}
