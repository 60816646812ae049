//! Robokassa, YooKassa and Toss, step by step over the wire.

use serde_json::json;
use yam_domain::effect::CallClass;
use yam_domain::ids::GatewayId;
use yam_gateways::{CallOutcome, Redirect, RefusalKind, Standing};

use crate::scenes::{PAYMENT, WITHIN, account, attempt, gateway, op_state, refund, start, verified};
use crate::server::{Server, json as answer, status, xml};

#[tokio::test]
async fn robokassa_reads_states_and_refunds_by_token() {
    let id = GatewayId::Robokassa;
    let server = Server::playing(vec![
        xml(op_state(5, "2500.00")),
        xml(op_state(100, "2500.00")),
        answer(json!({"success": true, "requestId": "5f"})),
        answer(json!({"requestId": "5f", "amount": 1000.0, "label": "finished"})),
    ])
    .await;
    let (robokassa, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let open = robokassa.verify(&account, &attempt, WITHIN).await;
    assert_eq!(open.refusal(), Some(RefusalKind::StillOpen));
    let sent = server.last();
    assert!(sent.line().starts_with(
        "GET /Merchant/WebService/Service.asmx/OpStateExt?MerchantLogin=demo&InvoiceID=100001&Signature="
    ));
    let CallOutcome::Done(found) = robokassa.inquire(&account, &attempt, WITHIN).await else { panic!() };
    assert_eq!((found.standing, found.receipt.as_deref()), (Standing::Verified, Some("KEY-1")));
    let mut refund = refund(id);
    let CallOutcome::Done(made) = robokassa.refund(&account, &attempt, &refund, WITHIN).await else {
        panic!()
    };
    assert!(!made.finished);
    let sent = server.last();
    assert_eq!(sent.line(), "POST /RefundService/Refund/Create");
    assert_eq!(sent.body.split('.').count(), 3);
    refund.refund_id = made.refund_id;
    let CallOutcome::Done(done) = robokassa.look_up_refund(&account, &attempt, &refund, WITHIN).await else {
        panic!()
    };
    assert!(done.finished);
    assert_eq!(server.last().line(), "GET /RefundService/Refund/GetState?id=5f");
}

#[tokio::test]
async fn robokassa_starts_without_a_call() {
    let id = GatewayId::Robokassa;
    let server = Server::playing(vec![status(500, "")]).await;
    let outcome = gateway(id, &server.base, None).start(&account(id), &start(id), WITHIN).await;
    let CallOutcome::Done(started) = outcome else { panic!() };
    let Redirect::Post { url, fields } = started.redirect else { panic!() };
    assert_eq!(url.as_str(), format!("{}/Merchant/Index.aspx", server.base));
    assert!(fields.contains(&("OutSum", "2500.00".to_owned())));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn yookassa_repeats_with_the_same_key() {
    let id = GatewayId::Yookassa;
    let opened = answer(json!({"id": PAYMENT, "status": "pending",
        "confirmation": {"type": "redirect", "confirmation_url": "https://yoomoney.example/checkout?id=1"}}));
    let server = Server::playing(vec![status(500, "{}"), opened, verified(id)]).await;
    let (yookassa, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let first = yookassa.start(&account, &start(id), WITHIN).await;
    assert_eq!(first.class(), CallClass::Unknown);
    let CallOutcome::Done(started) = yookassa.start(&account, &start(id), WITHIN).await else { panic!() };
    assert_eq!(started.gateway_id, PAYMENT);
    let seen = server.seen();
    assert_eq!(seen[0].line(), "POST /v3/payments");
    assert_eq!(seen[0].header("idempotence-key"), Some("attempt-1"));
    assert_eq!(
        (seen[0].header("idempotence-key"), &seen[0].body),
        (seen[1].header("idempotence-key"), &seen[1].body)
    );
    assert!(seen[0].header("authorization").unwrap().starts_with("Basic "));
    let CallOutcome::Done(done) = yookassa.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert_eq!(done.receipt.as_deref(), Some(PAYMENT));
    assert_eq!(server.last().line(), format!("GET /v3/payments/{PAYMENT}"));
}

#[tokio::test]
async fn yookassa_refunds_and_finds_them_again() {
    let id = GatewayId::Yookassa;
    let made = json!({"id": "rf", "status": "succeeded", "description": "return (rf-1)"});
    let server = Server::playing(vec![answer(&made), answer(json!({"items": [made]}))]).await;
    let (yookassa, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let done = yookassa.refund(&account, &attempt, &refund(id), WITHIN).await;
    assert_eq!(done.class(), CallClass::Done);
    assert_eq!(server.last().header("idempotence-key"), Some("rf-1"));
    let CallOutcome::Done(found) = yookassa.look_up_refund(&account, &attempt, &refund(id), WITHIN).await
    else {
        panic!()
    };
    assert_eq!(found.refund_id.as_deref(), Some("rf"));
    assert!(server.last().line().starts_with(&format!("GET /v3/refunds?payment_id={PAYMENT}")));
}

#[tokio::test]
async fn yookassa_sends_nothing_without_a_usable_key() {
    let id = GatewayId::Yookassa;
    let server = Server::playing(vec![verified(id)]).await;
    for key in [String::new(), "k".repeat(65), "ключ".to_owned()] {
        let start = yam_gateways::Start { idempotency_key: key, ..start(id) };
        let outcome = gateway(id, &server.base, None).start(&account(id), &start, WITHIN).await;
        assert_eq!(outcome.class(), CallClass::NotSent);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn toss_confirms_once_and_reads_what_was_confirmed_before() {
    let id = GatewayId::Toss;
    let before = status(400, json!({"code": "ALREADY_PROCESSED_PAYMENT", "message": "x"}));
    let server = Server::playing(vec![verified(id), before, verified(id)]).await;
    let (toss, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let CallOutcome::Done(first) = toss.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert!(!first.before);
    let sent = server.last();
    assert_eq!(sent.line(), "POST /v1/payments/confirm");
    assert_eq!(sent.json(), json!({"paymentKey": "pk_1", "orderId": "100001", "amount": 250_000}));
    assert_eq!(sent.header("idempotency-key"), Some("confirm-100001-pk_1"));
    let CallOutcome::Done(again) = toss.verify(&account, &attempt, WITHIN).await else { panic!() };
    assert!(again.before);
    assert_eq!(server.last().line(), "GET /v1/payments/orders/100001");
}

#[tokio::test]
async fn toss_knows_what_was_never_paid_and_cancels_by_key() {
    let id = GatewayId::Toss;
    let cancelled = json!({"paymentKey": "pk_1", "orderId": "100001", "status": "PARTIAL_CANCELED", "totalAmount": 250_000,
        "cancels": [{"cancelReason": "return (rf-1)", "cancelAmount": 100_000, "transactionKey": "tx"}]});
    let server = Server::playing(vec![
        status(404, json!({"code": "NOT_FOUND_PAYMENT", "message": "x"})),
        answer(&cancelled),
        status(400, json!({"code": "ALREADY_CANCELED_PAYMENT", "message": "x"})),
        answer(&cancelled),
    ])
    .await;
    let (toss, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    let CallOutcome::Done(found) = toss.inquire(&account, &attempt, WITHIN).await else { panic!() };
    assert_eq!(found.standing, Standing::Open);
    let CallOutcome::Done(done) = toss.refund(&account, &attempt, &refund(id), WITHIN).await else {
        panic!()
    };
    assert_eq!(done.refund_id.as_deref(), Some("tx"));
    assert_eq!(server.last().header("idempotency-key"), Some("rf-1"));
    let unclear = toss.refund(&account, &attempt, &refund(id), WITHIN).await;
    assert_eq!(unclear.class(), CallClass::Unknown);
    let CallOutcome::Done(found) = toss.look_up_refund(&account, &attempt, &refund(id), WITHIN).await else {
        panic!()
    };
    assert!(found.finished);
}
