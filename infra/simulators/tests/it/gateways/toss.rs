//! Toss Payments.

use serde_json::{Value, json};

use super::shop::{CARD, Shop};
use crate::support::World;

const WIDGET: &str = "/toss/widget?clientKey=test_ck_demo000000&orderName=openpay&amount=25000\
                      &successUrl=http%3A%2F%2Fshop.example%2Fok&failUrl=http%3A%2F%2Fshop.example%2Fno&orderId=";

impl World {
    /// Opens the page of an order; the `paymentKey`.
    pub(super) async fn toss_key(&self, order: &str) -> String {
        let (status, page) = self.page(&format!("{WIDGET}{order}")).await;
        assert_eq!((status, page.contains("lang=\"ko\"")), (200, true), "{page}");
        let shown = self.get(&format!("/_local/simulators/toss/payments/{order}")).await;
        shown["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn toss(&self, path: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        let mut request = self.client().post(format!("{}/toss/v1/payments{path}", self.base)).json(body);
        // The protocol's own vector.
        request = request.header("authorization", "Basic dGVzdF9za19kZW1vMDAwMDAwOg==");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn toss_get(&self, path: &str) -> (u16, Value) {
        let request = self.client().get(format!("{}/toss/v1/payments/{path}", self.base));
        let response = request.basic_auth("test_sk_demo000000", Some("")).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(super) async fn confirm(&self, key: &str, order: &str, amount: i64) -> (u16, Value) {
        let body = json!({"paymentKey": key, "orderId": order, "amount": amount});
        self.toss("/confirm", None, &body).await
    }
}

#[tokio::test]
async fn money_moves_when_the_shop_confirms() {
    let world = World::in_memory().await;
    let key = world.toss_key("order-1").await;
    assert_eq!(world.toss_get(&key).await.1["status"], "READY");
    let (status, _) = world.confirm(&key, "order-1", 25_000).await;
    assert_eq!(status, 404, "nobody agreed yet");
    let (status, target, _) =
        world.submit(&format!("/toss/payer/{key}"), &[("action", "pay"), ("card", CARD)]).await;
    assert_eq!(status, 303);
    assert_eq!(
        target,
        format!("http://shop.example/ok?paymentKey={key}&orderId=order-1&amount=25000&paymentType=NORMAL")
    );
    assert_eq!(world.toss_get(&key).await.1["status"], "IN_PROGRESS");
    assert_eq!(world.kinds("toss").await, ["request"], "no money yet");
    for (order, amount) in [("order-1", 2_500), ("order-2", 25_000)] {
        let (status, answer) = world.confirm(&key, order, amount).await;
        assert_eq!((status, &answer["code"]), (403, &json!("FORBIDDEN_REQUEST")));
    }
    let (status, paid) = world.confirm(&key, "order-1", 25_000).await;
    assert_eq!((status, &paid["status"], &paid["totalAmount"]), (200, &json!("DONE"), &json!(25_000)));
    assert!(paid["approvedAt"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(paid["card"]["number"], "610433******1233");
    let (status, again) = world.confirm(&key, "order-1", 25_000).await;
    assert_eq!((status, &again["code"]), (400, &json!("ALREADY_PROCESSED_PAYMENT")));
    assert_eq!(world.toss_get("orders/order-1").await.1["paymentKey"], key);
    assert_eq!(world.kinds("toss").await, ["request", "taken", "verified"]);
    let duplicate = world.client().get(format!("{}{WIDGET}order-1", world.base)).send().await.unwrap();
    assert_eq!(duplicate.status(), 303);
    assert!(duplicate.headers()["location"].to_str().unwrap().contains("code=DUPLICATED_ORDER_ID"));
}

#[tokio::test]
async fn sessions_end_after_ten_minutes_and_pages_after_thirty() {
    let world = World::in_memory().await;
    let (agreed, open) = (world.toss_key("order-1").await, world.toss_key("order-2").await);
    world.pay("toss", &agreed).await;
    world.advance("9m").await;
    assert_eq!(world.toss_get(&agreed).await.1["status"], "IN_PROGRESS");
    world.advance("2m").await;
    let (status, answer) = world.confirm(&agreed, "order-1", 25_000).await;
    assert_eq!((status, &answer["code"]), (404, &json!("NOT_FOUND_PAYMENT_SESSION")));
    assert_eq!(world.toss_get(&open).await.1["status"], "READY");
    world.advance("20m").await;
    assert_eq!(world.toss_get(&open).await.1["status"], "EXPIRED");
    assert_eq!(world.kinds("toss").await, ["request", "request"], "nobody paid anything");
}

#[tokio::test]
async fn refusals_lead_to_fail_url_or_show_at_confirm() {
    let world = World::in_memory().await;
    for (order, act, code) in [
        ("order-1", json!({"action": "cancel"}), "PAY_PROCESS_CANCELED"),
        ("order-2", json!({"action": "fail"}), "PAY_PROCESS_ABORTED"),
        ("order-3", json!({"action": "expire"}), "EXPIRED_PAYMENT"),
    ] {
        let key = world.toss_key(order).await;
        let target = world.act("toss", &key, act).await["return"]["url"].as_str().unwrap().to_owned();
        assert!(target.starts_with(&format!("http://shop.example/no?code={code}&message=")), "{target}");
        assert_eq!(world.confirm(&key, order, 25_000).await.0, 404);
    }
    let key = world.toss_key("order-4").await;
    let answer = world.act("toss", &key, json!({"action": "fail", "reason": "reject_at_confirm"})).await;
    assert!(answer["return"]["url"].as_str().unwrap().starts_with("http://shop.example/ok?"));
    let (status, answer) = world.confirm(&key, "order-4", 25_000).await;
    assert_eq!((status, &answer["code"]), (403, &json!("REJECT_CARD_COMPANY")));
    assert_eq!(world.toss_get(&key).await.1["status"], "ABORTED");
}

#[tokio::test]
async fn cancels_are_partial_and_repeat_by_key() {
    let world = World::in_memory().await;
    let key = world.toss_key("order-1").await;
    world.pay("toss", &key).await;
    let path = format!("/{key}/cancel");
    let part = |amount: i64| json!({"cancelReason": "x", "cancelAmount": amount});
    assert_eq!(world.toss(&path, None, &part(1)).await.1["code"], "NOT_CANCELABLE_PAYMENT");
    world.confirm(&key, "order-1", 25_000).await;
    assert_eq!(world.toss(&path, None, &json!({})).await.0, 400, "without a reason");
    assert_eq!(world.toss(&path, None, &part(25_001)).await.1["code"], "NOT_CANCELABLE_AMOUNT");
    let first = world.toss(&path, Some("k"), &part(5_000)).await.1;
    assert_eq!((&first["status"], &first["balanceAmount"]), (&json!("PARTIAL_CANCELED"), &json!(20_000)));
    assert_eq!(world.toss(&path, Some("k"), &part(5_000)).await.1, first);
    let whole = world.toss(&path, None, &json!({"cancelReason": "x"})).await.1;
    assert_eq!((&whole["status"], whole["cancels"].as_array().unwrap().len()), (&json!("CANCELED"), 2));
    assert_eq!(world.toss(&path, None, &part(1)).await.1["code"], "ALREADY_CANCELED_PAYMENT");
    let rows = world.rows("toss").await;
    assert_eq!(
        rows.iter().filter(|row| row.0 == "refunded").map(|row| row.1).collect::<Vec<_>>(),
        [5_000, 20_000]
    );
}

#[tokio::test]
async fn virtual_accounts_wait_for_their_deposit() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    let account = json!({
        "mid": "tosspayments", "client_key": "test_ck_demo000000", "secret_key": "test_sk_demo000000",
        "webhook_url": shop.url("/hook"),
    });
    world.account("toss", account).await;
    let key = world.toss_key("order-1").await;
    world.act("toss", &key, json!({"action": "pay", "method": "virtual_account"})).await;
    let waiting = world.confirm(&key, "order-1", 25_000).await.1;
    assert_eq!(waiting["status"], "WAITING_FOR_DEPOSIT");
    assert!(waiting["virtualAccount"]["accountNumber"].is_string());
    assert_eq!(world.kinds("toss").await, ["request"]);
    world.act("toss", &key, json!({"action": "deposit"})).await;
    assert_eq!(world.toss_get(&key).await.1["status"], "DONE");
    assert_eq!(world.kinds("toss").await, ["request", "taken", "verified"]);
    world.deliver("toss").await;
    let flat: Value = serde_json::from_str(&shop.seen().last().unwrap().body).unwrap();
    assert_eq!((&flat["secret"], &flat["status"]), (&waiting["secret"], &json!("DONE")));
    assert!(!flat["createdAt"].as_str().unwrap().contains('+'), "no offset");
    assert_eq!(world.toss(&format!("/{key}/cancel"), None, &json!({"cancelReason": "x"})).await.0, 400);
}

#[tokio::test]
async fn callers_orders_and_pages_are_checked() {
    let world = World::in_memory().await;
    let url = format!("{}/toss/v1/payments/orders/order-1", world.base);
    let get = |header: &str| world.client().get(&url).header("authorization", header.to_owned()).send();
    for (header, status, code) in [
        ("Basic dGVzdF9za19kZW1vMDAwMDAw", 403, "INCORRECT_BASIC_AUTH_FORMAT"),
        ("Basic !", 403, "INCORRECT_BASIC_AUTH_FORMAT"),
        ("Basic dGVzdF9za19vdGhlcjo=", 401, "UNAUTHORIZED_KEY"),
        ("Basic bm90aGluZzo=", 400, "INVALID_API_KEY"),
    ] {
        let response = get(header).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{header}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
    }
    assert_eq!(world.toss_get("orders/order-1").await.1["code"], "NOT_FOUND_PAYMENT");
    for order in ["short".to_owned(), "with%20blank".to_owned(), "x".repeat(65)] {
        assert_eq!(world.page(&format!("{WIDGET}{order}")).await.0, 400, "{order}");
    }
    assert_eq!(world.page(&WIDGET.replace("test_ck", "test_xx")).await.0, 400);
    let order = json!({
        "orderId": "order-9", "orderName": "x", "amount": 1_000, "method": "CARD",
        "successUrl": "http://shop.example/ok", "failUrl": "http://shop.example/no",
    });
    let (_, made) = world.toss("", None, &order).await;
    let checkout = made["checkout"]["url"].as_str().unwrap().strip_prefix(&world.base).unwrap().to_owned();
    assert!(world.page(&checkout).await.1.contains("id=\"pay\""));
    assert!(world.page("/toss/v2/standard").await.1.contains("TossPayments"));
}
