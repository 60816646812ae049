//! The rial gateways, step by step over the wire.

use serde_json::json;
use yam_domain::effect::CallClass;
use yam_domain::ids::GatewayId;
use yam_gateways::{CallOutcome, MoneyTold, Redirect, RefusalKind, Standing};

use crate::scenes::{AUTHORITY, WITHIN, account, attempt, gateway, refund, soap, start, verified};
use crate::server::{Server, json as answer, status, xml};

#[tokio::test]
async fn zarinpal_starts_and_verifies() {
    let id = GatewayId::Zarinpal;
    let opened =
        answer(json!({"data": {"code": 100, "message": "Success", "authority": AUTHORITY}, "errors": []}));
    let server = Server::playing(vec![opened, verified(id)]).await;
    let zarinpal = gateway(id, &server.base, None);
    let CallOutcome::Done(started) = zarinpal.start(&account(id), &start(id), WITHIN).await else { panic!() };
    assert_eq!(started.gateway_id, AUTHORITY);
    let Redirect::Get { url } = started.redirect else { panic!() };
    assert_eq!(url.as_str(), format!("{}/pg/StartPay/{AUTHORITY}", server.base));
    let sent = server.last();
    assert_eq!(sent.line(), "POST /pg/v4/payment/request.json");
    let body = sent.json();
    assert_eq!((&body["amount"], &body["currency"]), (&json!(250_000), &json!("IRR")));
    let expected = json!({"auto_verify": false, "order_id": "100001", "mobile": "09121234567"});
    assert_eq!(body["metadata"], expected);
    let CallOutcome::Done(done) = zarinpal.verify(&account(id), &attempt(id), WITHIN).await else { panic!() };
    assert_eq!((done.before, done.reference.as_deref()), (false, Some("201000000001")));
}

#[tokio::test]
async fn zarinpal_not_paid_is_decided_by_an_inquiry() {
    let id = GatewayId::Zarinpal;
    let not_paid =
        || status(401, json!({"data": [], "errors": {"code": -51, "message": "x", "validations": []}}));
    let says = |word: &str| {
        answer(json!({"data": {"code": 100, "status": word, "message": "Success"}, "errors": []}))
    };
    for (word, expected) in [
        ("IN_BANK", Some(RefusalKind::StillOpen)),
        ("FAILED", Some(RefusalKind::NotPaid)),
        ("REVERSED", Some(RefusalKind::Returned)),
        ("PAID", None),
    ] {
        let server = Server::playing(vec![not_paid(), says(word)]).await;
        let outcome = gateway(id, &server.base, None).verify(&account(id), &attempt(id), WITHIN).await;
        assert_eq!(outcome.refusal(), expected, "{word}");
        assert_eq!(server.seen().len(), 2);
    }
    let server = Server::playing(vec![not_paid(), status(500, "")]).await;
    let outcome = gateway(id, &server.base, None).verify(&account(id), &attempt(id), WITHIN).await;
    assert_eq!(outcome.class(), CallClass::Unknown);
}

#[tokio::test]
async fn zarinpal_refunds_by_its_panel() {
    let id = GatewayId::Zarinpal;
    let server = Server::playing(vec![answer(json!({"data": {"resource": {"id": "9"}}}))]).await;
    let zarinpal = gateway(id, &server.base, None);
    let done = zarinpal.refund(&account(id), &attempt(id), &refund(id), WITHIN).await;
    assert_eq!(done.class(), CallClass::Done);
    let sent = server.last();
    assert!(sent.header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(sent.json()["variables"]["session_id"], "580868147");
}

#[tokio::test]
async fn zibal_repeated_and_unpaid_verifies_are_decided_by_an_inquiry() {
    let id = GatewayId::Zibal;
    for (result, inquiry, expected) in [
        (201, json!({"result": 100, "status": 1, "amount": 250_000, "refNumber": "1"}), CallClass::Done),
        (201, json!({"result": 100, "status": 1}), CallClass::Busy { retry_after: None }),
        (202, json!({"result": 100, "status": -1}), CallClass::Refused),
        (202, json!({"result": 100, "status": 2, "amount": 250_000}), CallClass::Busy { retry_after: None }),
        (202, json!({"result": 100, "status": 5}), CallClass::Refused),
        (202, json!({"result": 100, "status": -2}), CallClass::Unknown),
        (202, json!({"result": 203}), CallClass::Unknown),
    ] {
        let server = Server::playing(vec![answer(json!({"result": result})), answer(&inquiry)]).await;
        let outcome = gateway(id, &server.base, None).verify(&account(id), &attempt(id), WITHIN).await;
        assert_eq!(outcome.class(), expected, "{result} {inquiry}");
        let lines: Vec<String> = server.seen().iter().map(|seen| seen.line().to_owned()).collect();
        assert_eq!(lines, ["POST /v1/verify", "POST /v1/inquiry"]);
    }
    // Ten times as much was verified before: done, but not our amount.
    let more = json!({"result": 100, "status": 1, "amount": 2_500_000});
    let server = Server::playing(vec![answer(json!({"result": 201})), answer(more)]).await;
    let outcome = gateway(id, &server.base, None).verify(&account(id), &attempt(id), WITHIN).await;
    let CallOutcome::Done(done) = outcome else { panic!() };
    assert!(matches!(done.money, MoneyTold::Differs(_)));
}

#[tokio::test]
async fn mellat_verifies_settles_and_reverses() {
    let id = GatewayId::Mellat;
    let acts = [
        ("bpPayRequest", "0, AF82041a2Bf6989c7fF9"),
        ("bpVerifyRequest", "0"),
        ("bpVerifyRequest", "43"),
        ("bpSettleRequest", "45"),
        ("bpInquiryRequest", "45"),
        ("bpReversalRequest", "48"),
        ("bpRefundRequest", "0,777"),
        ("bpRefundInquiryRequest", "49"),
    ];
    let server =
        Server::playing(acts.iter().map(|(operation, text)| xml(soap(operation, text))).collect()).await;
    let (mellat, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let CallOutcome::Done(started) = mellat.start(&account, &start(id), WITHIN).await else { panic!() };
    let Redirect::Post { url, fields } = started.redirect else { panic!() };
    assert_eq!(url.as_str(), format!("{}/pgwchannel/startpay.mellat", server.base));
    assert_eq!(fields, [("RefId", "AF82041a2Bf6989c7fF9".to_owned())]);
    let CallOutcome::Done(first) = mellat.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert!(first.unsettled && !first.before);
    assert_eq!(server.last().line(), "POST /pgwchannel/services/pgw");
    assert!(
        server.last().body.contains("<saleReferenceId>127926981246</saleReferenceId></int:bpVerifyRequest>")
    );
    let CallOutcome::Done(again) = mellat.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert!(again.before);
    let CallOutcome::Done(settled) = mellat.settle(&account, &attempt, WITHIN).await else { panic!() };
    assert!(settled.before);
    let CallOutcome::Done(found) = mellat.inquire(&account, &attempt, WITHIN).await else { panic!() };
    assert_eq!(found.standing, Standing::Settled);
    let CallOutcome::Done(reversed) = mellat.reverse(&account, &attempt, WITHIN).await else { panic!() };
    assert!(reversed.before);
    let CallOutcome::Done(refunded) = mellat.refund(&account, &attempt, &refund(id), WITHIN).await else {
        panic!()
    };
    assert_eq!(refunded.refund_id.as_deref(), Some("777"));
    let unknown = mellat.look_up_refund(&account, &attempt, &refund(id), WITHIN).await;
    assert_eq!(unknown.refusal(), Some(RefusalKind::NotFound));
    // Another operation's answer is none.
    let wrong = mellat.settle(&account, &attempt, WITHIN).await;
    assert_eq!(wrong.class(), CallClass::Unknown);
}

#[tokio::test]
async fn mellat_finds_a_lost_reference_only_where_that_is_switched_on() {
    let id = GatewayId::Mellat;
    let mut account = account(id);
    let lost = yam_gateways::Attempt { receipt: None, ..attempt(id) };
    let server = Server::playing(vec![
        xml(soap("bpSaleReferenceIdRequest", "0,127926981246")),
        xml(soap("bpInquiryRequest", "44")),
        xml(soap("bpSaleReferenceIdRequest", "42")),
    ])
    .await;
    let mellat = gateway(id, &server.base, None);
    let asked = mellat.inquire(&account, &lost, WITHIN).await;
    assert_eq!(asked.refusal(), Some(RefusalKind::NotPossible));
    assert!(server.seen().is_empty());
    account.settings.sale_reference_lookup = true;
    let CallOutcome::Done(found) = mellat.inquire(&account, &lost, WITHIN).await else { panic!() };
    assert_eq!((found.standing, found.receipt.as_deref()), (Standing::PaidUnverified, Some("127926981246")));
    let CallOutcome::Done(found) = mellat.inquire(&account, &lost, WITHIN).await else { panic!() };
    assert_eq!((found.standing, found.receipt), (Standing::Open, None));
}

#[tokio::test]
async fn sep_asks_for_a_token_and_verifies_a_ref_num() {
    let id = GatewayId::Sep;
    let token = answer(json!({"status": 1, "token": "2c3c1fefac5a48fcb00a9e3f4d1e1a5b"}));
    let reversed = answer(json!({"ResultCode": 5, "Success": false}));
    let server = Server::playing(vec![token, verified(id), reversed]).await;
    let (sep, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let CallOutcome::Done(started) = sep.start(&account, &start(id), WITHIN).await else { panic!() };
    let Redirect::Post { url, fields } = started.redirect else { panic!() };
    assert_eq!(url.as_str(), format!("{}/OnlinePG/OnlinePG", server.base));
    assert_eq!(fields[0], ("Token", "2c3c1fefac5a48fcb00a9e3f4d1e1a5b".to_owned()));
    let body = server.last().json();
    assert_eq!((&body["ResNum"], &body["TokenExpiryInMin"]), (&json!("100001"), &json!(20)));
    let CallOutcome::Done(done) = sep.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert_eq!(done.reference.as_deref(), Some("14220000017"));
    let sent = server.last();
    assert_eq!(sent.line(), "POST /verifyTxnRandomSessionkey/ipg/VerifyTransaction");
    assert_eq!(sent.json(), json!({"RefNum": "jJnBmy/IojtTemplUH5ke9ULCGtDtb", "TerminalNumber": 2015}));
    let CallOutcome::Done(reversed) = sep.reverse(&account, &attempt, WITHIN).await else { panic!() };
    assert!(reversed.before);
    assert_eq!(sep.inquire(&account, &attempt, WITHIN).await.refusal(), Some(RefusalKind::NotOffered));
}
