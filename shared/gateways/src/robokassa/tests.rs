//! The form, the notice, every state, and refunds (gateway notes, sections 6.1 and 13).

use super::state::{RESULTS, STATES};
use super::*;
use crate::account::HashKind;
use crate::attempt::{MoneyTold, Payer};
use crate::outcome::RefusalKind;
use crate::samples::{account, answer, attempt};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;
use url::Url;
use yam_domain::effect::CallClass;
use yam_domain::money::{Currency, Money};
use yam_domain::payment::receipt::{Receipt, ReceiptLine, Subject, VatCode};

fn shop() -> Account {
    account(
        GatewayId::Robokassa,
        &[("merchant_login", "demo"), ("password1", "pass1_demo"), ("password2", "pass2_demo")],
    )
}

fn robokassa() -> Robokassa {
    let config = Config::from_lookup(|_| None).unwrap();
    Robokassa::new(EffectClient::new(&config), &config)
}

fn rub(amount: i64) -> Money {
    Money::new(amount, Currency::Rub)
}

fn start() -> Start {
    Start {
        order: attempt(GatewayId::Robokassa, "", 10_000).order,
        amount: rub(10_000),
        description: "Доплата".into(),
        return_url: Url::parse("https://shop.example/back").unwrap(),
        payer: Payer::default(),
        receipt: None,
        language: "ru",
        at: "2026-03-20T10:00:00Z".parse().unwrap(),
        payable_for: SignedDuration::from_mins(60),
        idempotency_key: "k".into(),
    }
}

fn receipt() -> Receipt {
    let line = |name: &str, price| ReceiptLine {
        name: name.into(),
        quantity: 2,
        price: rub(price),
        vat: VatCode::try_from(11).unwrap(),
        subject: Subject::Service,
    };
    Receipt { email: Some("b@shop.example".into()), phone: None, lines: vec![line("Доплата", 5_000)] }
}

fn field<'a>(fields: &'a [(&'static str, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[test]
fn the_form_is_signed() {
    let fields = form(&shop(), &start());
    let signed = signature::sign(HashKind::Md5, &["demo", "100.00", "100001", "pass1_demo"]);
    assert_eq!(field(&fields, "SignatureValue"), Some(signed.as_str()));
    assert_eq!(field(&fields, "OutSum"), Some("100.00"));
    assert_eq!(field(&fields, "ExpirationDate"), Some("2026-03-20T11:00:00Z"));
    assert_eq!(field(&fields, "IsTest"), None);
    assert!(!fields.iter().any(|(_, value)| value.contains("pass1")));
}

#[test]
fn receipts_stand_in_the_form_and_under_its_signature() {
    let mut shop = shop();
    shop.settings.tax_system = Some(2);
    let fields = form(&shop, &Start { receipt: Some(receipt()), ..start() });
    let encoded = field(&fields, "Receipt").unwrap();
    let signed = signature::sign(HashKind::Md5, &["demo", "100.00", "100001", encoded, "pass1_demo"]);
    assert_eq!(field(&fields, "SignatureValue"), Some(signed.as_str()));
    let pairs = format!("r={encoded}");
    let json: serde_json::Value =
        serde_json::from_str(Fields::parse(pairs.as_bytes()).get("r").unwrap()).unwrap();
    assert_eq!(
        json,
        json!({"sno": "usn_income", "items": [{"name": "Доплата", "quantity": 2, "sum": 100.00, "tax": "vat22",
            "payment_method": "full_payment", "payment_object": "service"}]})
    );
}

/// The vector of the notes, then the same with one thing changed each.
#[test]
fn notices_are_believed_by_their_signature() {
    let good = "OutSum=100.000000&InvId=450001&Shp_user=7&Shp_link=lk42&Fee=&SignatureValue=41B1C823B1EB157EC1C95CAD2D142334";
    let notice = robokassa().notice(&shop(), &Fields::parse(good.as_bytes()), b"").unwrap();
    assert_eq!(notice.reply, "OK450001");
    assert_eq!((notice.amount, notice.authenticity), (Some(rub(10_000)), Authenticity::Signed));
    for (from, to) in [
        ("OutSum=100.000000", "OutSum=1.000000"),
        ("InvId=450001", "InvId=450002"),
        ("Shp_link=lk42", "Shp_link=lk43"),
        ("&Shp_user=7", ""),
        ("41B1", "41B2"),
        ("SignatureValue=41B1C823B1EB157EC1C95CAD2D142334", "SignatureValue="),
    ] {
        let forged = Fields::parse(good.replace(from, to).as_bytes());
        assert_eq!(robokassa().notice(&shop(), &forged, b""), Err(NoticeError::Forged), "{from} -> {to}");
    }
    let none = Fields::parse(b"a=b");
    assert_eq!(robokassa().notice(&shop(), &none, b""), Err(NoticeError::Unreadable));
    // Without a password nothing is signed, whatever the hash of the empty one is.
    let empty = account(GatewayId::Robokassa, &[("merchant_login", "demo")]);
    let made = signature::sign(HashKind::Md5, &["1.00", "5", ""]);
    let fields = Fields::new([("OutSum", "1.00"), ("InvId", "5"), ("SignatureValue", made.as_str())]);
    assert_eq!(robokassa().notice(&empty, &fields, b""), Err(NoticeError::Forged));
}

#[test]
fn the_success_page_is_checked_with_the_other_password() {
    let page =
        "OutSum=100.00&InvId=450001&Shp_link=lk42&Shp_user=7&SignatureValue=dae34a6b4230ae20240d206f2cfae75c";
    let claim = |text: &str| robokassa().callback(&shop(), &Fields::parse(text.as_bytes())).unwrap().claim;
    assert_eq!(claim(page), Claim::Success);
    assert_eq!(claim(&page.replace("100.00", "1.00")), Claim::Unclear);
    assert_eq!(claim("OutSum=100.00&InvId=450001"), Claim::Cancelled);
    // A notice's signature is no success page's, and the other way round.
    let swapped = robokassa().notice(&shop(), &Fields::parse(page.as_bytes()), b"");
    assert_eq!(swapped, Err(NoticeError::Forged));
}

fn xml(result: i64, state: i64, sum: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><OperationStateResponse xmlns=\"http://merchant.roboxchange.com/WebService/\">\
         <Result><Code>{result}</Code><Description>words</Description></Result><State><Code>{state}</Code>\
         <RequestDate>2026-03-20T13:00:00+03:00</RequestDate></State><Info><IncCurrLabel>BANKOCEAN2R</IncCurrLabel><IncSum>{sum}</IncSum>\
         <PaymentMethod><Code>BankCard</Code></PaymentMethod><OutSum>{sum}</OutSum><OpKey>KEY-1</OpKey></Info></OperationStateResponse>"
    )
}

#[test]
fn every_result_and_state_has_its_standing() {
    for (code, standing, _) in STATES {
        let CallOutcome::Done(found) = state::read(xml(0, *code, "100.000000").as_bytes(), rub(10_000))
        else {
            panic!("{code}")
        };
        assert_eq!((found.standing, found.money), (*standing, MoneyTold::Equal));
        assert_eq!(found.receipt.as_deref(), Some("KEY-1"));
    }
    for (code, kind, _) in RESULTS {
        let found = state::read(xml(*code, 100, "1").as_bytes(), rub(10_000));
        match kind {
            None => assert!(matches!(found, CallOutcome::Done(_))),
            Some(RefusalKind::NotFound) => {
                assert_eq!(found, CallOutcome::Done(Inquiry::bare(Standing::Open)))
            }
            Some(kind) => assert_eq!(found.refusal(), Some(*kind), "{code}"),
        }
    }
    assert_eq!(state::read(xml(1000, 100, "1").as_bytes(), rub(1)).class(), CallClass::Unknown);
    assert_eq!(state::read(xml(0, 77, "1").as_bytes(), rub(1)).class(), CallClass::Unknown);
    let whole = xml(0, 100, "100.00");
    for at in 0..whole.len() {
        assert_eq!(
            state::read(&whole.as_bytes()[..at], rub(10_000)).class(),
            CallClass::Unknown,
            "cut at {at}"
        );
    }
    let html = state::read(b"<html><body>busy</body></html>", rub(1));
    assert_eq!(html.class(), CallClass::Unknown);
}

#[test]
fn only_our_sum_is_paid() {
    let verified = |sum: &str| {
        state::read(xml(0, 100, sum).as_bytes(), rub(10_000)).then(|found| by_standing(100, found))
    };
    let CallOutcome::Done(done) = verified("100.00") else { panic!() };
    assert_eq!((done.money, done.receipt.as_deref()), (MoneyTold::Equal, Some("KEY-1")));
    let CallOutcome::Done(done) = verified("1000.00") else { panic!() };
    assert_eq!(done.money, MoneyTold::Differs(rub(100_000)));
    assert!(!matches!(verified("many"), CallOutcome::Done(_)));
}

#[test]
fn refunds_are_accepted_then_finished() {
    let refund = Refund {
        key: "r-1".into(),
        order: attempt(GatewayId::Robokassa, "", 1).order,
        amount: rub(10_000),
        reason: "return".into(),
        receipt: Some(receipt()),
        panel_id: None,
        refund_id: None,
    };
    let payload = refund::payload("KEY-1", &refund);
    assert_eq!((payload["OpKey"].as_str(), payload["RefundSum"].as_f64()), (Some("KEY-1"), Some(100.0)));
    assert_eq!(payload["InvoiceItems"][0]["Tax"], "vat22");
    let created = |body| refund::created(&answer(200, ""), &body);
    let done = created(json!({"success": true, "requestId": "5f"}));
    assert_eq!(done, CallOutcome::Done(Refunded { refund_id: Some("5f".into()), finished: false }));
    let no = created(json!({"success": false, "message": "not enough"}));
    assert_eq!(no.refusal(), Some(RefusalKind::NotPossible));
    assert_eq!(created(json!({"success": true})).class(), CallClass::Unknown);
    let state = |label: &str| refund::state(&answer(200, ""), &json!({"label": label}), "5f");
    assert_eq!(state("finished").class(), CallClass::Done);
    assert!(matches!(state("processing"), CallOutcome::Done(Refunded { finished: false, .. })));
    assert_eq!(state("canceled").refusal(), Some(RefusalKind::NotPossible));
    assert_eq!(state("?").class(), CallClass::Unknown);
}

proptest! {
    #[test]
    fn no_notice_breaks_it(body in ".{0,200}") {
        let fields = Fields::parse(body.as_bytes());
        prop_assert!(robokassa().notice(&shop(), &fields, body.as_bytes()).is_err());
        let _read = state::read(body.as_bytes(), rub(1));
    }
}
