//! The fault modes on the gateways' wires, and what outlives a restart.

use serde_json::json;

use super::zarinpal::MERCHANT;
use crate::support::{TempFile, World};

#[tokio::test]
async fn a_lost_answer_of_verify_has_verified() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    world.pay("zarinpal", &authority).await;
    world.fault("zarinpal", json!({"mode": "lost_answer", "operation": "verify"})).await;
    let body = json!({"merchant_id": MERCHANT, "authority": authority, "amount": 250_000});
    let url = format!("{}/zarinpal/pg/v4/payment/verify.json", world.base);
    assert!(world.client().post(&url).json(&body).send().await.is_err());
    assert_eq!(world.kinds("zarinpal").await, ["request", "taken", "verified"]);
    assert_eq!(world.zarinpal_of("verify", &authority).await["data"]["code"], 101);
    for mode in ["cut_request", "refuse", "http_500", "maintenance"] {
        world.fault("zarinpal", json!({"mode": mode, "operation": "reverse"})).await;
        let url = format!("{}/zarinpal/pg/v4/payment/reverse.json", world.base);
        let answer = world.client().post(&url).json(&body).send().await;
        assert!(answer.is_err() || answer.unwrap().status().is_server_error(), "{mode}");
    }
    assert_eq!(world.entries("zarinpal", "reversed").await.len(), 0, "none of these did anything");
}

#[tokio::test]
async fn a_late_verify_meets_the_window_of_its_own_time() {
    let world = World::in_memory().await;
    let (kept, gone) = (world.sale(1).await, world.sale(2).await);
    let late = |seconds: u32| json!({"mode": "late_commit", "seconds": seconds, "clock": "sim", "operation": "bpVerifyRequest"});
    let call = async |order: i64, sale: &str| {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <i:bpVerifyRequest xmlns:i=\"http://interfaces.core.sw.bps.com/\"><terminalId>1234</terminalId>\
             <userName>demo</userName><userPassword>demo</userPassword><orderId>{order}</orderId>\
             <saleOrderId>{order}</saleOrderId><saleReferenceId>{sale}</saleReferenceId></i:bpVerifyRequest>\
             </s:Body></s:Envelope>"
        );
        let url = format!("{}/mellat/pgwchannel/services/pgw", world.base);
        world.client().post(url).body(body).send().await.map(|_| ())
    };
    world.fault("mellat", late(19 * 60)).await;
    assert!(call(1, &kept).await.is_err());
    world.fault("mellat", late(21 * 60)).await;
    assert!(call(2, &gone).await.is_err());
    // One jump over both: each lands at its own time, before or after the bank's twenty minutes.
    world.advance("40m").await;
    assert_eq!(world.mellat_of("bpInquiryRequest", 1, &kept).await, "0");
    assert_eq!(world.mellat_of("bpInquiryRequest", 2, &gone).await, "48");
}

#[tokio::test]
async fn blind_inquiries_see_what_was_before() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    world.fault("zarinpal", json!({"mode": "blind_lookup", "seconds": 60})).await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["errors"]["code"], -54);
    world.advance("61s").await;
    world.pay("zarinpal", &authority).await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "IN_BANK");
    world.advance("61s").await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "PAID");
    world.zarinpal_of("verify", &authority).await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "PAID");
}

#[tokio::test]
async fn each_wire_goes_wrong_in_its_own_words() {
    let world = World::in_memory().await;
    let key = world.toss_key("order-1").await;
    let code = |value: i32| json!({"mode": "code", "code": value});
    world.fault("zarinpal", json!({"mode": "quota"})).await;
    assert_eq!(world.zarinpal_of("inquiry", "x").await["errors"]["code"], -12);
    world.fault("zibal", code(11)).await;
    assert_eq!(world.post("/zibal/v1/verify", &json!({})).await.1["result"], 11);
    world.fault("mellat", json!({"mode": "quota"})).await;
    assert_eq!(world.mellat_of("bpVerifyRequest", 1, "1").await, "30");
    world.fault("sep", code(-106)).await;
    let path = "/sep/verifyTxnRandomSessionkey/ipg/VerifyTransaction";
    assert_eq!(world.post(path, &json!({})).await.1["ResultCode"], -106);
    world.fault("robokassa", code(1000)).await;
    assert!(world.op_state().await.contains("<Code>1000</Code>"));
    world.fault("yookassa", code(500)).await;
    assert_eq!(world.yookassa_get("payments/x").await.0, 500);
    world.fault("toss", json!({"mode": "quota"})).await;
    assert_eq!(world.confirm(&key, "order-1", 25_000).await.0, 429);
    world.fault("toss", json!({"mode": "malformed"})).await;
    let url = format!("{}/toss/v1/payments/{key}", world.base);
    let text = world.client().get(&url).send().await.unwrap().text().await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
    world.fault("mellat", json!({"mode": "malformed"})).await;
    let (status, text) = world.mellat_raw("bpVerifyRequest", "").await;
    assert_eq!((status, text.contains("</soap:Envelope>")), (200, false));
    world.fault("zibal", json!({"mode": "wrong_type"})).await;
    assert_eq!(world.post("/zibal/v1/verify", &json!({})).await.1["result"], "many");
}

#[tokio::test]
async fn everything_outlives_a_restart() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    let authority = world.authority().await;
    let sale = world.sale(1).await;
    world.pay("zarinpal", &authority).await;
    world.account("sep", json!({"terminal": "77"})).await;
    world.switch("zarinpal", json!({"verify_minutes": 12})).await;
    world.script("zibal", json!({"mode": "lost", "times": 3})).await;
    let yoo = world.yoo_id("key", true).await;
    let before = (world.ledger("zarinpal").await, world.ledger("mellat").await);
    world.stop().await;

    let world = World::open(Some(file.0.clone())).await;
    assert_eq!((world.ledger("zarinpal").await, world.ledger("mellat").await), before);
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "PAID");
    assert_eq!(world.yoo_id("key", true).await, yoo, "the key is remembered");
    assert_eq!(world.get("/_local/simulators/zibal/scripts").await["items"][0]["times"], 3);
    assert_eq!(world.get("/_local/simulators/zarinpal/settings").await["verify_minutes"], 12);
    let accounts = world.get("/_local/simulators/sep/accounts").await;
    assert_eq!(accounts["items"].as_array().unwrap().len(), 2);
    // The bank's clock runs on.
    world.advance("31m").await;
    assert_eq!(world.mellat_of("bpVerifyRequest", 1, &sale).await, "48");
    assert_eq!(world.entries("zarinpal", "returned").await.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn taken_money_is_in_the_file_before_the_page_is_answered() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    let authority = world.authority().await;
    let fields = [("action", "pay"), ("card", super::shop::CARD)];
    world.fault("zarinpal", json!({"mode": "lost_answer", "operation": "payer_decides"})).await;
    let url = format!("{}/zarinpal/payer/{authority}", world.base);
    assert!(world.client().post(url).form(&fields).send().await.is_err());
    let other = rusqlite::Connection::open(&file.0).unwrap();
    let count: i64 =
        other.query_row("SELECT count(*) FROM ledger WHERE kind = 'taken'", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    world.stop().await;
}
