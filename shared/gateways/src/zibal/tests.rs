//! Every result, every status, and the shapes of the notes (section 2).

use super::codes::{RESULTS, STATUSES, Status};
use super::*;
use crate::attempt::{MoneyTold, Standing};
use crate::outcome::RefusalKind;
use crate::samples::{account, answer, attempt};
use proptest::prelude::*;
use yam_domain::money::{Currency, Money};

fn reply(value: Value) -> wire::Reply {
    wire::Reply::read(value).unwrap()
}

fn mine() -> Attempt {
    attempt(GatewayId::Zibal, "1533727744287", 250_000)
}

#[test]
fn every_result_has_its_outcome() {
    for (result, kind, meaning) in RESULTS {
        let outcome = reply(json!({"result": result})).outcome(|| CallOutcome::Done(()));
        match (kind, &outcome) {
            (None, CallOutcome::Done(())) => {}
            (Some(kind), CallOutcome::Refused(error)) => {
                assert_eq!((error.kind, error.message.as_str()), (*kind, *meaning), "{result}");
            }
            _ => panic!("{result}: {outcome:?}"),
        }
    }
    let odd = reply(json!({"result": 999})).outcome(|| CallOutcome::Done(()));
    assert!(matches!(odd, CallOutcome::Unknown(_)));
}

#[test]
fn every_status_has_its_standing() {
    for (status, expected, _) in STATUSES {
        let body = json!({"result": 100, "status": status, "amount": 250_000});
        let outcome = wire::inquiry(&reply(body), mine().amount);
        match (*expected, &outcome) {
            (Status::Stands(standing), CallOutcome::Done(found)) => assert_eq!(found.standing, standing),
            (Status::Account, CallOutcome::Refused(error)) => assert_eq!(error.kind, RefusalKind::Account),
            (Status::Unclear, CallOutcome::Unknown(_)) => {}
            _ => panic!("{status}: {outcome:?}"),
        }
    }
    // Paid but not verified is never final: clients that took it so lost money.
    let CallOutcome::Done(two) = wire::inquiry(&reply(json!({"result": 100, "status": 2})), mine().amount)
    else {
        panic!()
    };
    assert_eq!(two.standing, Standing::PaidUnverified);
    let odd = wire::inquiry(&reply(json!({"result": 100, "status": 99})), mine().amount);
    assert!(matches!(odd, CallOutcome::Unknown(_)));
}

#[test]
fn a_verified_payment_has_our_amount() {
    let body = |amount: Value| {
        json!({"paidAt": "2025-03-25T23:43:01.053000", "cardNumber": "627412****1232", "status": 1, "amount": amount,
            "refNumber": 123_456_789_012_i64, "orderId": "100001", "result": 100, "message": "success"})
    };
    let CallOutcome::Done(done) = wire::verified(&reply(body(json!(250_000))), &mine()) else { panic!() };
    assert_eq!((done.money, done.before), (MoneyTold::Equal, false));
    assert_eq!(done.reference.as_deref(), Some("123456789012"));
    assert_eq!(done.card.unwrap().as_str(), "627412****1232");
    for other in [25_000, 2_500_000] {
        let CallOutcome::Done(done) = wire::verified(&reply(body(json!(other))), &mine()) else { panic!() };
        assert_eq!(done.money, MoneyTold::Differs(Money::new(other, Currency::Irr)));
    }
    assert!(matches!(wire::verified(&reply(json!({"result": 100})), &mine()), CallOutcome::Unknown(_)));
    let mut foreign = body(json!(250_000));
    foreign["orderId"] = json!("100002");
    assert!(matches!(wire::verified(&reply(foreign), &mine()), CallOutcome::Unknown(_)));
}

#[test]
fn track_ids_are_numbers_of_any_length() {
    for (track, read) in
        [(json!(1_533_727_744_287_i64), "1533727744287"), (json!("15966442233311"), "15966442233311")]
    {
        assert_eq!(
            wire::track_id(&reply(json!({"result": 100, "trackId": track}))),
            CallOutcome::Done(read.into())
        );
    }
    let none = wire::track_id(&reply(json!({"result": 100})));
    assert!(matches!(none, CallOutcome::Unknown(_)));
}

#[test]
fn every_platform_result_has_its_outcome() {
    for (result, kind, _) in refund::RESULTS {
        let body = json!({"status": 1, "result": result, "data": {"split": [{"refundId": 77}]}});
        let outcome = refund::read(&answer(200, ""), &body);
        assert_eq!(outcome.refusal(), *kind, "{result}");
        if kind.is_none() {
            assert_eq!(outcome, CallOutcome::Done(Refunded { refund_id: Some("77".into()), finished: true }));
        }
    }
    assert!(matches!(refund::read(&answer(200, ""), &json!({"result": 99})), CallOutcome::Unknown(_)));
    for (status, finished) in [(15, true), (18, true), (16, false)] {
        let found = refund::look_up(&reply(json!({"result": 100, "status": status})));
        assert_eq!(found, CallOutcome::Done(Refunded { refund_id: None, finished }));
    }
    let none = refund::look_up(&reply(json!({"result": 100, "status": 1})));
    assert_eq!(none.refusal(), Some(RefusalKind::NotFound));
}

#[test]
fn requests_hold_what_the_notes_say() {
    let account = account(GatewayId::Zibal, &[("merchant", "zibal")]);
    assert_eq!(wire::by_track(&account, "1533"), json!({"merchant": "zibal", "trackId": 1533}));
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(result in 90i64..210, word in ".{0,20}", number in any::<i64>()) {
        for value in [json!({"result": result, "status": word, "amount": word, "trackId": number}),
            json!({"result": result.to_string(), "status": number, "amount": number, "refNumber": []})] {
            let reply = reply(value);
            let _all = (wire::track_id(&reply), wire::verified(&reply, &mine()), wire::inquiry(&reply, mine().amount));
        }
    }
}
