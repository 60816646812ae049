//! Every code at every operation, and the shapes of the notes (section 3).

use super::codes::{CODES, Meaning, outcome, standing};
use super::*;
use crate::attempt::Standing;
use crate::outcome::RefusalKind as K;
use crate::samples::{account, attempt};
use jiff::SignedDuration;
use url::Url;
use yam_domain::effect::CallClass;

fn end(operation: Operation, code: i64) -> CallOutcome<bool> {
    outcome(operation, code, CallOutcome::Done)
}

fn class(operation: Operation, code: i64) -> &'static str {
    match end(operation, code).class() {
        CallClass::NotSent => "not_sent",
        CallClass::Busy { .. } => "busy",
        CallClass::Refused => "refused",
        CallClass::Done => "done",
        CallClass::Unknown => "unknown",
    }
}

#[test]
fn every_code_has_its_outcome_in_a_verify() {
    for (code, meaning, words) in CODES {
        let outcome = end(Operation::Verify, *code);
        let expected = match meaning {
            Meaning::Ok | Meaning::VerifiedBefore | Meaning::SettledBefore => {
                assert_eq!(outcome, CallOutcome::Done(*code != 0), "{code}");
                continue;
            }
            Meaning::Busy => {
                assert!(matches!(outcome, CallOutcome::Busy { .. }), "{code}");
                continue;
            }
            Meaning::System => {
                assert!(matches!(&outcome, CallOutcome::Unknown(why) if why.contains(words)), "{code}");
                continue;
            }
            Meaning::Payer => K::NotPaid,
            Meaning::Cancelled => K::Cancelled,
            Meaning::Duplicate => K::Duplicate,
            Meaning::Account => K::Account,
            Meaning::Amount => K::Amount,
            Meaning::Request => K::Request,
            Meaning::NotFound | Meaning::NoRefund => K::NotFound,
            Meaning::Reversed => K::Returned,
            Meaning::NotVerified | Meaning::NotSettled | Meaning::State => K::NotPossible,
        };
        assert_eq!(outcome.refusal(), Some(expected), "{code}");
    }
    assert_eq!(class(Operation::Verify, 777), "unknown");
}

/// Reliability notes, sections 4.6 and 4.8, word by word.
#[test]
fn the_codes_that_decide() {
    use Operation as O;
    for (operation, code, expected) in [
        (O::Verify, 0, "done"),
        (O::Verify, 43, "done"),
        (O::Verify, 48, "refused"),
        (O::Verify, 30, "busy"),
        (O::Verify, 34, "unknown"),
        (O::Settle, 0, "done"),
        (O::Settle, 45, "done"),
        (O::Settle, 46, "busy"),
        (O::Settle, 44, "refused"),
        (O::Settle, 61, "unknown"),
        (O::Reversal, 0, "done"),
        (O::Reversal, 48, "done"),
        (O::Reversal, 45, "refused"),
        (O::Reversal, 55, "refused"),
        (O::Refund, 0, "done"),
        (O::Refund, 12, "refused"),
        (O::Refund, 41, "unknown"),
        (O::RefundInquiry, 49, "refused"),
        (O::Pay, 41, "refused"),
        (O::Pay, 421, "refused"),
    ] {
        assert_eq!(class(operation, code), expected, "{operation:?} {code}");
    }
    assert_eq!(end(Operation::Refund, 12).refusal(), Some(K::NotPossible));
    assert_eq!(end(Operation::Settle, 48).refusal(), Some(K::Returned));
    assert_eq!(end(Operation::RefundInquiry, 49).refusal(), Some(K::NotFound));
}

#[test]
fn every_code_has_its_standing() {
    for (code, meaning, _) in CODES {
        let found = standing(*code);
        let expected = match meaning {
            Meaning::Ok | Meaning::VerifiedBefore | Meaning::NotSettled => Standing::Verified,
            Meaning::SettledBefore => Standing::Settled,
            Meaning::NotVerified => Standing::PaidUnverified,
            Meaning::Reversed => Standing::Returned,
            Meaning::NotFound => Standing::Open,
            Meaning::Cancelled => Standing::Cancelled,
            Meaning::Payer => Standing::Failed,
            _ => {
                assert!(!matches!(found, CallOutcome::Done(_)), "{code}");
                continue;
            }
        };
        assert_eq!(found, CallOutcome::Done(expected), "{code}");
    }
}

#[test]
fn parameters_stand_in_the_order_of_the_wsdl() {
    let account =
        account(GatewayId::Mellat, &[("terminal_id", "1234"), ("username", "demo"), ("password", "demo")]);
    let names = |all: wire::Parameters| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    let attempt = attempt(GatewayId::Mellat, "AF82", 250_000);
    assert_eq!(
        names(wire::of_sale(&account, attempt.order, "127926981246")),
        "terminalId userName userPassword orderId saleOrderId saleReferenceId"
    );
    let start = Start {
        order: attempt.order,
        amount: attempt.amount,
        description: "x".into(),
        return_url: Url::parse("https://shop.example/openpay/cb/mellat?a=1&b=2").unwrap(),
        payer: crate::attempt::Payer::default(),
        receipt: None,
        language: "fa",
        at: "2025-06-12T06:00:05Z".parse().unwrap(),
        payable_for: SignedDuration::from_mins(20),
        idempotency_key: "k".into(),
    };
    let pay = wire::pay(&account, &start);
    assert!(pay.contains(&("localDate", "20250612".into())) && pay.contains(&("localTime", "093005".into())));
    assert_eq!(
        names(pay),
        "terminalId userName userPassword orderId amount localDate localTime additionalData callBackUrl payerId"
    );
}

#[test]
fn references_are_numbers() {
    assert!(wire::is_reference("127926981246"));
    for wrong in ["", "12a", "-1", "12345678901234567890", "1<2"] {
        assert!(!wire::is_reference(wrong), "{wrong}");
    }
    assert!(is_ref_id("AF82041a2Bf6989c7fF9") && !is_ref_id("AF 82") && !is_ref_id(""));
}
