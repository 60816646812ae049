//! Every code, every status, and the shapes of the notes (section 1).

use super::codes::{CODES, Class};
use super::*;
use crate::attempt::{MoneyTold, Standing};
use crate::outcome::RefusalKind;
use crate::samples::{account, answer, attempt};
use proptest::prelude::*;
use serde_json::{Value, json};
use yam_domain::effect::CallClass;

const AUTHORITY: &str = "A000000000000000000000000000ydq5y838";

fn reply(value: &Value) -> wire::Reply {
    wire::Reply::read(value).unwrap()
}

fn failure(code: i64) -> Value {
    json!({"data": [], "errors": {"code": code, "message": "words", "validations": []}})
}

#[test]
fn every_code_has_its_outcome() {
    for (code, class, meaning) in CODES {
        let outcome = wire::reversed(&reply(&failure(*code)));
        let told = match (*class, &outcome) {
            (Class::Done, CallOutcome::Done(r)) => !r.before,
            (Class::DoneBefore, CallOutcome::Done(r)) => r.before,
            (Class::Busy, CallOutcome::Busy { error, .. }) => error.code == code.to_string(),
            (Class::Unknown, CallOutcome::Unknown(why)) => why.contains(meaning),
            (Class::Refused(kind), CallOutcome::Refused(error)) => {
                error.kind == kind && error.message == "words"
            }
            _ => false,
        };
        assert!(told, "{code}: {outcome:?}");
    }
    assert!(matches!(wire::reversed(&reply(&failure(-999))), CallOutcome::Unknown(_)));
    // What reliability 4.6 and 4.8 say by name.
    assert_eq!(wire::verified(&reply(&failure(-50))).refusal(), Some(RefusalKind::Mismatch));
    assert!(matches!(wire::verified(&reply(&failure(-12))), CallOutcome::Busy { .. }));
    assert_eq!(wire::reversed(&reply(&failure(-61))).class(), CallClass::Unknown);
}

#[test]
fn verified_payments_carry_the_bank_code_and_a_masked_card() {
    let body = json!({"data": {"code": 100, "message": "Paid", "card_hash": "AB", "card_pan": "5022290000005995",
        "ref_id": 9_007_199_254_740_993_i64, "fee_type": "Merchant", "fee": 350}, "errors": []});
    let CallOutcome::Done(first) = wire::verified(&reply(&body)) else { panic!() };
    assert_eq!((first.before, first.money), (false, MoneyTold::Equal));
    assert_eq!(first.reference.as_deref(), Some("9007199254740993"));
    assert_eq!(first.card.unwrap().as_str(), "502229******5995");
    let again = json!({"data": {"code": "101", "ref_id": "201"}, "errors": []});
    let CallOutcome::Done(again) = wire::verified(&reply(&again)) else { panic!() };
    assert!(again.before);
    let bare = json!({"data": {"code": 100}, "errors": []});
    assert!(matches!(wire::verified(&reply(&bare)), CallOutcome::Unknown(_)));
}

#[test]
fn authorities_are_checked() {
    let made =
        |authority: &str| wire::authority(&reply(&json!({"data": {"code": 100, "authority": authority}})));
    assert_eq!(made(AUTHORITY), CallOutcome::Done(AUTHORITY.into()));
    assert!(matches!(made("S000000000000000000000000000000812ny"), CallOutcome::Done(_)));
    for wrong in ["", "A1", "B000000000000000000000000000ydq5y838", "A0000000000000000000000000/0ydq5y838"] {
        assert!(matches!(made(wrong), CallOutcome::Unknown(_)), "{wrong}");
    }
}

#[test]
fn every_status_has_its_standing() {
    for (status, standing) in [
        ("VERIFIED", Standing::Verified),
        ("PAID", Standing::PaidUnverified),
        ("IN_BANK", Standing::Open),
        ("FAILED", Standing::Failed),
        ("REVERSED", Standing::Returned),
    ] {
        let body = json!({"data": {"code": 100, "status": status, "message": "Success"}, "errors": []});
        let CallOutcome::Done(found) = wire::inquiry(&reply(&body)) else { panic!("{status}") };
        assert_eq!(found.standing, standing);
    }
    let odd = json!({"data": {"code": 100, "status": "DREAMING"}, "errors": []});
    assert!(matches!(wire::inquiry(&reply(&odd)), CallOutcome::Unknown(_)));
    let wrong = json!({"authority": ["Invalid authority.", "-54"]});
    assert_eq!(wire::inquiry(&reply(&wrong)).refusal(), Some(RefusalKind::NotFound));
}

#[test]
fn the_list_of_waiting_payments() {
    let body = json!({"data": {"code": "100", "message": "Success", "authorities": [
        {"authority": AUTHORITY, "amount": 250_000, "callback_url": "https://s.example", "date": "2026-01-01 10:00:00"},
        {"authority": "A1", "amount": 1, "callback_url": "zarin_link"},
        {"authority": AUTHORITY, "amount": "many"},
    ]}, "errors": []});
    let CallOutcome::Done(rows) = wire::unverified(&reply(&body)) else { panic!() };
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].amount.amount(), 250_000);
}

#[test]
fn requests_hold_what_the_notes_say() {
    let account = account(GatewayId::Zarinpal, &[("merchant_id", "0000-uuid")]);
    let body = wire::verify(&account, &attempt(GatewayId::Zarinpal, AUTHORITY, 250_000));
    assert_eq!(body, json!({"merchant_id": "0000-uuid", "amount": 250_000, "authority": AUTHORITY}));
}

#[test]
fn refunds_are_read_from_graphql() {
    let read = |status, body: Value| refund::read(&answer(status, ""), &body);
    let done = read(200, json!({"data": {"resource": {"id": "77", "terminal_id": "1"}}}));
    assert_eq!(done, CallOutcome::Done(Refunded { refund_id: Some("77".into()), finished: true }));
    let no = read(200, json!({"data": null, "errors": [{"message": "balance too low"}]}));
    assert_eq!(no.refusal(), Some(RefusalKind::NotPossible));
    assert_eq!(read(401, json!({"message": "x"})).refusal(), Some(RefusalKind::Account));
    assert!(matches!(read(200, json!({"data": {"resource": null}})), CallOutcome::Unknown(_)));
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(code in any::<i64>(), word in ".{0,20}", shape in 0..5) {
        let value = match shape {
            0 => json!({"data": [code], "errors": {"code": word}}),
            1 => json!({"data": {"code": code, "authority": word, "authorities": word, "status": code}}),
            2 => json!({"data": {"code": 100, "authorities": [code, word, {}]}}),
            3 => json!({word: [code]}),
            _ => json!([word]),
        };
        if let Some(reply) = wire::Reply::read(&value) {
            let _all = (wire::authority(&reply), wire::verified(&reply), wire::inquiry(&reply), wire::unverified(&reply));
        }
    }
}
