//! Every status, reason and error, receipts and notices (gateway notes, section 6.2).

use super::codes::{ERRORS, REASONS, standing};
use super::*;
use crate::account::AccountSettings;
use crate::attempt::{MoneyTold, Payer, Standing};
use crate::notice::NoticeKind;
use crate::outcome::RefusalKind;
use crate::samples::{answer, attempt};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;
use url::Url;
use yam_domain::effect::CallClass;
use yam_domain::money::{Currency, Money};
use yam_domain::payment::receipt::{Receipt, ReceiptLine, Subject, VatCode};

const ID: &str = "2d5f1b7c-000f-5000-8000-1a2b3c4d5e6f";

fn mine() -> Attempt {
    attempt(GatewayId::Yookassa, ID, 10_000)
}

fn payment(status: &str, value: &str) -> Value {
    json!({"id": ID, "status": status, "paid": status == "succeeded", "amount": {"value": value, "currency": "RUB"},
        "metadata": {"order_number": "100001"}, "payment_method": {"type": "bank_card", "card": {"first6": "555555", "last4": "4444"}}})
}

fn receipt() -> Receipt {
    let line = ReceiptLine {
        name: "Доплата".into(),
        quantity: 2,
        price: Money::new(5_000, Currency::Rub),
        vat: VatCode::try_from(11).unwrap(),
        subject: Subject::Service,
    };
    Receipt { email: None, phone: Some("+79161234567".into()), lines: vec![line] }
}

fn refund() -> Refund {
    Refund {
        key: "rf-1".into(),
        order: mine().order,
        amount: Money::new(2_500, Currency::Rub),
        reason: "возврат".into(),
        receipt: Some(receipt()),
        panel_id: None,
        refund_id: None,
    }
}

#[test]
fn only_a_succeeded_payment_of_our_amount_is_verified() {
    let read = |value: &Value| wire::verified(wire::inquiry(value, &mine()));
    let CallOutcome::Done(done) = read(&payment("succeeded", "100.00")) else { panic!() };
    assert_eq!((done.money, done.receipt.as_deref()), (MoneyTold::Equal, Some(ID)));
    assert_eq!(done.card.unwrap().as_str(), "555555******4444");
    let CallOutcome::Done(done) = read(&payment("succeeded", "1000.00")) else { panic!() };
    assert_eq!(done.money, MoneyTold::Differs(Money::new(100_000, Currency::Rub)));
    assert_eq!(read(&payment("pending", "100.00")).refusal(), Some(RefusalKind::StillOpen));
    assert!(!matches!(read(&payment("waiting_for_capture", "100.00")), CallOutcome::Done(_)));
    let mut unpaid = payment("succeeded", "100.00");
    unpaid["paid"] = json!(false);
    assert_eq!(read(&unpaid).refusal(), Some(RefusalKind::StillOpen));
    let mut dollars = payment("succeeded", "100.00");
    dollars["amount"]["currency"] = json!("USD");
    assert!(!matches!(read(&dollars), CallOutcome::Done(_)));
}

#[test]
fn another_payment_is_never_ours() {
    let mut other = payment("succeeded", "100.00");
    other["id"] = json!("2d5f1b7c-000f-5000-8000-1a2b3c4d5e60");
    assert_eq!(wire::inquiry(&other, &mine()).class(), CallClass::Unknown);
    let mut other = payment("succeeded", "100.00");
    other["metadata"]["order_number"] = json!("100002");
    assert_eq!(wire::inquiry(&other, &mine()).refusal(), Some(RefusalKind::Foreign));
}

#[test]
fn every_reason_has_its_standing() {
    for (reason, expected) in REASONS {
        let mut value = payment("canceled", "100.00");
        value["cancellation_details"] = json!({"party": "payment_network", "reason": reason});
        let CallOutcome::Done(found) = wire::inquiry(&value, &mine()) else { panic!("{reason}") };
        assert_eq!(found.standing, *expected, "{reason}");
    }
    assert_eq!(standing("canceled", Some("new_reason")), Some(Standing::Failed));
    assert_eq!(standing("canceled", None), Some(Standing::Failed));
    assert_eq!(standing("dreaming", None), None);
    let mut back = payment("succeeded", "100.00");
    back["refunded_amount"] = json!({"value": "100.00", "currency": "RUB"});
    let CallOutcome::Done(found) = wire::inquiry(&back, &mine()) else { panic!() };
    assert_eq!(found.standing, Standing::Returned);
}

#[test]
fn every_http_status_has_its_outcome() {
    let body = json!({"type": "error", "code": "invalid_request", "description": "words"});
    for (status, kind, _) in ERRORS {
        let outcome = wire::success(&answer(*status, ""), body.clone());
        assert_eq!(outcome.refusal(), Some(*kind), "{status}");
        // An error page of something in between is no word of the gateway.
        assert_eq!(wire::success(&answer(*status, ""), json!({})).class(), CallClass::Unknown);
    }
    for status in [200, 202, 418, 429, 500, 503] {
        let class = read(Ok(answer(status, body.to_string()))).class();
        let fits = match status {
            200 => class == CallClass::Done,
            429 => matches!(class, CallClass::Busy { .. }),
            _ => class == CallClass::Unknown,
        };
        assert!(fits, "{status}: {class:?}");
    }
}

#[test]
fn requests_carry_the_receipt() {
    let settings = AccountSettings { tax_system: Some(2), ..AccountSettings::default() };
    let start = Start {
        order: mine().order,
        amount: mine().amount,
        description: "Доплата".into(),
        return_url: Url::parse("https://shop.example/back").unwrap(),
        payer: Payer::default(),
        receipt: Some(receipt()),
        language: "ru",
        at: "2026-03-20T10:00:00Z".parse().unwrap(),
        payable_for: SignedDuration::from_mins(60),
        idempotency_key: "k".into(),
    };
    assert_eq!(
        wire::payment(&settings, &start),
        json!({"amount": {"value": "100.00", "currency": "RUB"}, "capture": true,
            "confirmation": {"type": "redirect", "return_url": "https://shop.example/back"},
            "description": "Доплата", "metadata": {"order_number": "100001"},
            "receipt": {"customer": {"phone": "79161234567"}, "tax_system_code": 2, "items": [
                {"description": "Доплата", "quantity": "2", "amount": {"value": "50.00", "currency": "RUB"},
                 "vat_code": 11, "payment_mode": "full_payment", "payment_subject": "service"}]}})
    );
    let body = wire::refund(&settings, &mine(), &refund());
    assert_eq!(body["amount"]["value"], "25.00");
    assert_eq!(body["receipt"]["items"][0]["vat_code"], 11);
}

#[test]
fn refunds_are_found_again_by_their_key() {
    let found = |items: Value| wire::find_refund(&json!({"type": "list", "items": items}), &refund());
    let item = json!({"id": "rf-id", "status": "succeeded", "description": "возврат (rf-1)"});
    assert_eq!(
        found(json!([item])),
        CallOutcome::Done(Refunded { refund_id: Some("rf-id".into()), finished: true })
    );
    let other = json!({"id": "x", "status": "succeeded", "description": "возврат (rf-12)"});
    assert_eq!(found(json!([other])).refusal(), Some(RefusalKind::NotFound));
    let more = wire::find_refund(&json!({"items": [], "next_cursor": "c"}), &refund());
    assert_eq!(more.class(), CallClass::Unknown);
    for (status, class) in
        [("pending", CallClass::Done), ("canceled", CallClass::Refused), ("?", CallClass::Unknown)]
    {
        assert_eq!(wire::refunded(&json!({"id": "r", "status": status})).class(), class, "{status}");
    }
}

#[test]
fn notices_point_at_a_payment_and_prove_nothing() {
    let read = |event: &str, object: Value| {
        wire::notice(json!({"type": "notification", "event": event, "object": object}).to_string().as_bytes())
    };
    for (event, kind) in [
        ("payment.succeeded", NoticeKind::Paid),
        ("payment.waiting_for_capture", NoticeKind::Paid),
        ("payment.canceled", NoticeKind::Cancelled),
    ] {
        let notice = read(event, json!({"id": ID})).unwrap();
        assert_eq!((notice.kind, notice.gateway_id.as_deref()), (kind, Some(ID)), "{event}");
        assert_eq!((notice.authenticity, notice.amount), (Authenticity::AskGateway, None));
    }
    let refund = read("refund.succeeded", json!({"id": "r", "payment_id": ID})).unwrap();
    assert_eq!((refund.kind, refund.gateway_id.as_deref()), (NoticeKind::Refunded, Some(ID)));
    assert_eq!(read("payment_method.active", json!({})).unwrap().kind, NoticeKind::Other);
    for body in
        ["", "{}", "{\"type\":\"notification\",\"event\":\"payment.succeeded\",\"object\":{\"id\":\"../x\"}}"]
    {
        assert_eq!(wire::notice(body.as_bytes()), Err(NoticeError::Unreadable), "{body}");
    }
}

#[test]
fn a_new_payment_has_a_page() {
    let made = |url: &str| wire::created(&json!({"id": ID, "confirmation": {"confirmation_url": url}}));
    assert!(matches!(made("https://yoomoney.example/checkout"), CallOutcome::Done(_)));
    assert_eq!(made("javascript:alert(1)").class(), CallClass::Unknown);
    assert_eq!(made("").class(), CallClass::Unknown);
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(word in ".{0,30}", number in any::<i64>()) {
        for value in [json!({"id": word, "status": word}), json!({"id": ID, "status": "succeeded", "amount": {"value": number}}),
            json!({"items": [word, number]})] {
            let done = matches!(wire::verified(wire::inquiry(&value, &mine())), CallOutcome::Done(_));
            prop_assert!(!done);
            let _all = (wire::created(&value), wire::refunded(&value), wire::find_refund(&value, &refund()));
        }
        let _read = wire::notice(word.as_bytes());
    }
}
