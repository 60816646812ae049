//! Amazon SNS (notification notes, section 4.2; reliability notes, section 4.10): a publish without an answer stays
//! unknown until the delivery log speaks.

use jiff::SignedDuration;
use serde_json::json;
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::{
    Account, CallOutcome, Channel, Message, ReceiptCall, ReceiptError, Recovery, RefusalKind as K,
};

use crate::bench::{Bench, WITHIN};
use crate::letters::{call, handle, phone, sms};

const ID: MessengerId = MessengerId::Sns;
const CYRILLIC: &str = "Ваш заказ №1024 ждёт вас в отделении 101000. Трек 80083741236541.";

#[tokio::test]
async fn a_text_is_taken() {
    let bench = Bench::new().await;
    let sent = bench.sent(ID, &sms(phone(ID), CYRILLIC, 1, Bench::now())).await;
    let row = bench.only(ID).await;
    assert_eq!(row["its_id"], sent.provider_id.as_str());
    assert_eq!((&row["recipient"], &row["detail"]["from"]), (&json!("+79160000001"), &json!("ROMASHKA")));
    assert_eq!(row["detail"]["text"], CYRILLIC);
    assert_eq!(row["detail"]["extra"]["type"], "Transactional");
    let mut numbered = bench.usual(ID);
    numbered.sender = Some("12065550100".into());
    bench.sent(ID, &numbered).await;
    assert_eq!(bench.ledger(ID).await[1]["detail"]["from"], "12065550100", "an own number");
    let spoken = bench.send(ID, &call(phone(ID), CYRILLIC, 2, Bench::now())).await;
    assert_eq!(spoken.refusal(), Some(K::NotOffered));
}

/// The codes of the notes; the simulator speaks them for 400, 403, 429 and 500.
#[tokio::test]
async fn errors_have_their_meaning() {
    let bench = Bench::new().await;
    for (code, kind) in [(403, K::Account), (400, K::Blocked)] {
        bench.code(ID, code).await;
        let end = bench.send(ID, &bench.usual(ID)).await;
        assert_eq!(end.refusal(), Some(kind), "{code}: {end:?}");
    }
    bench.code(ID, 500).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.class(), CallClass::Unknown);
    bench.fault(ID, &json!({"mode": "quota"})).await;
    assert!(matches!(bench.send(ID, &bench.usual(ID)).await, CallOutcome::Busy { .. }));
    let mut odd = bench.usual(ID);
    odd.sender = Some("TOO-LONG-NAME".into());
    assert_eq!(bench.send(ID, &odd).await.refusal(), Some(K::Request), "InvalidParameter");
    assert!(bench.of(ID).check_sender("TOO-LONG-NAME", Channel::Sms).is_err());
    bench.put_account(ID, json!({"name": "aws", "active": false})).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(K::Account), "AuthorizationError");
    assert!(bench.ledger(ID).await.is_empty());
}

/// One send per send, whatever happens: the SDK repeats nothing (reliability notes, section 1, rule 8).
#[tokio::test]
async fn a_lost_answer_waits_for_evidence() {
    let bench = Bench::new().await;
    let account: Account = bench.account(ID);
    for (count, mode) in [(1, "lost_answer"), (2, "commit_then_500"), (3, "malformed")] {
        bench.fault(ID, &json!({"mode": mode})).await;
        let message: Message = bench.usual(ID);
        assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown, "{mode}");
        assert_eq!(bench.ledger(ID).await.len(), count, "{mode}");
        let found = bench.of(ID).look_up(&account, &handle(&message, None), WITHIN).await;
        assert_eq!(found.refusal(), Some(K::NotOffered));
        let Recovery::Evidence { wait } = bench.of(ID).recovery(&message.content) else { panic!() };
        assert_eq!(wait, SignedDuration::from_hours(72));
    }
    let told = bench.of(ID).receipts(&account, &ReceiptCall::default());
    assert_eq!(told, Err(ReceiptError::None), "it tells nothing; the log does");
}

/// Who opted out is taken too, and only the log says that nothing came of it (section 4.2).
#[tokio::test]
async fn a_message_that_goes_nowhere_is_taken_too() {
    let bench = Bench::new().await;
    bench.put_account(ID, json!({"name": "aws", "price": 4_000, "stop_list": ["+79160000001"]})).await;
    bench.sent(ID, &bench.usual(ID)).await;
    assert_eq!(bench.only(ID).await["detail"]["extra"]["opted_out"], true);
}
