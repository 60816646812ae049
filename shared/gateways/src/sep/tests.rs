//! Every code, and the shapes of the notes (section 4).

use super::codes::{RESULTS, STATUSES, claim};
use super::*;
use crate::attempt::MoneyTold;
use crate::outcome::RefusalKind;
use crate::samples::{account, attempt};
use proptest::prelude::*;
use yam_domain::effect::CallClass;
use yam_domain::money::{Currency, Money};
use yam_domain::payment::callback::Claim;

/// Section 10.
const REF_NUM: &str = "jJnBmy/IojtTemplUH5ke9ULCGtDtb";

fn terminal() -> Account {
    account(GatewayId::Sep, &[("terminal_id", "2015")])
}

fn read(value: &Value, verify_sends: u32) -> CallOutcome<Verified> {
    let mine = Attempt { verify_sends, ..attempt(GatewayId::Sep, "token", 250_000) };
    wire::verified(value, &mine, REF_NUM, &terminal())
}

fn success(code: i64, original: i64, affective: Option<i64>) -> Value {
    json!({"TransactionDetail": {"RRN": "14220000017", "RefNum": "another spelling", "MaskedPan": "621986****1231",
        "TerminalNumber": 2015, "OrginalAmount": original, "AffectiveAmount": affective,
        "StraceDate": "2025-06-12 18:11:06", "StraceNo": "100428"},
        "ResultCode": code, "ResultDescription": "…", "Success": true})
}

#[test]
fn both_amounts_are_checked() {
    let CallOutcome::Done(done) = read(&success(0, 250_000, Some(250_000)), 0) else { panic!() };
    assert_eq!((done.money, done.before), (MoneyTold::Equal, false));
    assert_eq!(done.reference.as_deref(), Some("14220000017"));
    assert_eq!(done.receipt.as_deref(), Some(REF_NUM));
    assert_eq!(done.card.unwrap().as_str(), "621986****1231");
    for (original, affective, differs) in [
        (25_000, Some(25_000), 25_000),
        (250_000, Some(240_000), 240_000),
        (2_500_000, Some(250_000), 2_500_000),
    ] {
        let CallOutcome::Done(done) = read(&success(0, original, affective), 0) else { panic!() };
        assert_eq!(done.money, MoneyTold::Differs(Money::new(differs, Currency::Irr)));
    }
    // Only discount terminals tell a second amount (section 13).
    let CallOutcome::Done(done) = read(&success(0, 250_000, None), 0) else { panic!() };
    assert_eq!(done.money, MoneyTold::Equal);
}

#[test]
fn a_repeated_ref_num_is_ours_only_if_we_asked_before() {
    let repeated = success(2, 250_000, Some(250_000));
    assert_eq!(read(&repeated, 0).refusal(), Some(RefusalKind::Foreign));
    let CallOutcome::Done(done) = read(&repeated, 1) else { panic!() };
    assert!(done.before);
    assert_eq!(read(&json!({"ResultCode": 2, "Success": false}), 1).class(), CallClass::Unknown);
}

#[test]
fn too_late_proves_nothing_after_an_unanswered_verify() {
    let late = json!({"ResultCode": -6, "Success": false});
    assert_eq!(read(&late, 0).refusal(), Some(RefusalKind::Returned));
    assert_eq!(read(&late, 1).class(), CallClass::Unknown);
}

#[test]
fn every_result_has_its_outcome() {
    for (code, kind, meaning) in RESULTS {
        let body = json!({"ResultCode": code, "Success": false});
        let CallOutcome::Refused(error) = read(&body, 0) else { panic!("{code}") };
        assert_eq!((error.kind, error.message.as_str()), (*kind, *meaning));
    }
    assert_eq!(read(&json!({"ResultCode": 77}), 0).class(), CallClass::Unknown);
    assert_eq!(read(&json!({"ResultCode": 0, "Success": false}), 0).class(), CallClass::Unknown);
    let mut foreign = success(0, 250_000, None);
    foreign["TransactionDetail"]["TerminalNumber"] = json!(2016);
    assert_eq!(read(&foreign, 0).refusal(), Some(RefusalKind::Foreign));
}

#[test]
fn reversals() {
    let reversed = |code: i64| wire::reversed(&json!({"ResultCode": code}));
    assert_eq!(reversed(0), CallOutcome::Done(Reversed { before: false }));
    assert_eq!(reversed(5), CallOutcome::Done(Reversed { before: true }));
    assert_eq!(reversed(-2).refusal(), Some(RefusalKind::NotFound));
    assert_eq!(reversed(-6).refusal(), Some(RefusalKind::Expired));
    assert_eq!(reversed(99).class(), CallClass::Unknown);
}

#[test]
fn every_status_has_its_claim_and_its_refusal() {
    for (status, name, expected, kind) in STATUSES {
        assert_eq!(claim(Some(*status), Some(name)), *expected, "{status}");
        assert_eq!(claim(Some(*status), None), *expected);
        assert_eq!(claim(None, Some(name)), *expected);
        let body = json!({"status": -1, "errorCode": status.to_string(), "errorDesc": "words"});
        assert_eq!(wire::token(&body).refusal(), Some(*kind), "{status}");
    }
    assert_eq!(claim(Some(2), Some("CanceledByUser")), Claim::Unclear);
    assert_eq!(claim(Some(1), Some("OK")), Claim::Unclear);
    assert_eq!(claim(Some(77), None), Claim::Unclear);
    assert_eq!(claim(None, None), Claim::Unclear);
    assert_eq!(wire::token(&json!({"status": 1, "token": "2c3c"})), CallOutcome::Done("2c3c".into()));
    assert_eq!(wire::token(&json!({"status": 1})).class(), CallClass::Unknown);
}

#[test]
fn requests_and_returns() {
    assert_eq!(wire::by_ref_num(&terminal(), REF_NUM), json!({"RefNum": REF_NUM, "TerminalNumber": 2015}));
    assert!(wire::is_ref_num(REF_NUM) && !wire::is_ref_num("") && !wire::is_ref_num(&"a".repeat(51)));
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(code in any::<i64>(), word in ".{0,20}", sends in 0u32..2) {
        for value in [json!({"ResultCode": code, "TransactionDetail": word}),
            json!({"ResultCode": 0, "Success": true, "TransactionDetail": {"OrginalAmount": word}}), json!({"status": word})] {
            if let CallOutcome::Done(done) = read(&value, sends) {
                prop_assert!(done.money != MoneyTold::Equal);
            }
            let _all = (wire::token(&value), wire::reversed(&value));
        }
    }
}
