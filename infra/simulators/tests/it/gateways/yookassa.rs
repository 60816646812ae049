//! YooKassa v3.

use serde_json::{Value, json};

use super::shop::{CARD, Shop};
use crate::support::World;

pub(super) fn payment(capture: bool) -> Value {
    json!({
        "amount": {"value": "100.00", "currency": "RUB"}, "capture": capture, "description": "openpay",
        "confirmation": {"type": "redirect", "return_url": "http://shop.example/back?x=1"},
        "metadata": {"openpay_id": "op-1001"},
    })
}

impl World {
    pub(super) async fn yookassa(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client().post(format!("{}/yookassa/v3/{path}", self.base)).json(body);
        let request = request.basic_auth("100001", Some("test_demo_secret")).header("Idempotence-Key", key);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(super) async fn yookassa_get(&self, path: &str) -> (u16, Value) {
        let request = self.client().get(format!("{}/yookassa/v3/{path}", self.base));
        let response = request.basic_auth("100001", Some("test_demo_secret")).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(super) async fn yoo_id(&self, key: &str, capture: bool) -> String {
        let (status, answer) = self.yookassa("payments", key, &payment(capture)).await;
        assert_eq!((status, &answer["status"]), (200, &json!("pending")), "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn yoo_status(&self, id: &str) -> (String, Value) {
        let answer = self.yookassa_get(&format!("payments/{id}")).await.1;
        (answer["status"].as_str().unwrap().to_owned(), answer["cancellation_details"]["reason"].clone())
    }

    pub(super) async fn yoo_hook(&self, shop: &Shop) {
        let account = json!({
            "shop_id": "100001", "secret_key": "test_demo_secret", "webhook_url": shop.url("/hook"),
        });
        self.account("yookassa", account).await;
    }
}

pub(super) fn events(shop: &Shop) -> Vec<String> {
    let event =
        |body: &str| serde_json::from_str::<Value>(body).unwrap()["event"].as_str().unwrap().to_owned();
    shop.seen().iter().map(|seen| event(&seen.body)).collect()
}

#[tokio::test]
async fn a_payment_succeeds_and_is_told() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    world.yoo_hook(&shop).await;
    let (_, created) = world.yookassa("payments", "key-1", &payment(true)).await;
    let url = created["confirmation"]["confirmation_url"].as_str().unwrap();
    let (status, page) = world.page(url.strip_prefix(&world.base).unwrap()).await;
    assert_eq!((status, page.contains("100.00 ₽")), (200, true), "{page}");
    let id = created["id"].as_str().unwrap();
    let (status, target, _) =
        world.submit(&format!("/yookassa/payer/{id}"), &[("action", "pay"), ("card", CARD)]).await;
    assert_eq!((status, target.as_str()), (303, "http://shop.example/back?x=1"));
    let (_, paid) = world.yookassa_get(&format!("payments/{id}")).await;
    assert_eq!(
        (&paid["status"], &paid["paid"], &paid["refundable"]),
        (&json!("succeeded"), &json!(true), &json!(true))
    );
    assert_eq!(
        (&paid["amount"]["value"], &paid["metadata"]["openpay_id"]),
        (&json!("100.00"), &json!("op-1001"))
    );
    world.deliver("yookassa").await;
    assert_eq!(events(&shop), ["payment.succeeded"]);
    let told: Value = serde_json::from_str(&shop.seen()[0].body).unwrap();
    assert_eq!((&told["type"], &told["object"]["id"]), (&json!("notification"), &json!(id)));
    assert_eq!(world.kinds("yookassa").await, ["request", "taken", "verified"]);
}

#[tokio::test]
async fn the_same_key_gives_the_first_result_for_a_day() {
    let world = World::in_memory().await;
    world.fault("yookassa", json!({"mode": "commit_then_500", "operation": "CreatePayment"})).await;
    let url = format!("{}/yookassa/v3/payments", world.base);
    let send = || {
        let request = world.client().post(&url).json(&payment(true)).header("Idempotence-Key", "one");
        request.basic_auth("100001", Some("test_demo_secret"))
    };
    assert_eq!(send().send().await.unwrap().status(), 500);
    let first = world.yoo_id("one", true).await;
    assert_eq!(world.yoo_id("one", true).await, first);
    assert_eq!(world.kinds("yookassa").await, ["request"]);
    assert_eq!(world.entries("yookassa", "request").await[0]["bodies_received"], 3);
    let (status, answer) = world.yookassa("payments", "one", &payment(false)).await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid_request")), "another body");
    world.advance("25h").await;
    assert_ne!(world.yoo_id("one", true).await, first);
    for (length, status) in [(0, 400), (65, 400), (64, 200)] {
        let key = "k".repeat(length);
        assert_eq!(world.yookassa("payments", &key, &payment(true)).await.0, status, "{length}");
    }
}

#[tokio::test]
async fn held_money_is_captured_cancelled_or_goes_back() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    world.yoo_hook(&shop).await;
    let mut ids = Vec::new();
    for key in ["a", "b", "c"] {
        let id = world.yoo_id(key, false).await;
        assert_eq!(
            world.yookassa(&format!("payments/{id}/capture"), &format!("{key}0"), &json!({})).await.0,
            400
        );
        world.pay("yookassa", &id).await;
        assert_eq!(world.yoo_status(&id).await.0, "waiting_for_capture");
        ids.push(id);
    }
    let part = json!({"amount": {"value": "60.00", "currency": "RUB"}});
    let over = json!({"amount": {"value": "100.01", "currency": "RUB"}});
    assert_eq!(world.yookassa(&format!("payments/{}/capture", ids[0]), "over", &over).await.0, 400);
    let captured = world.yookassa(&format!("payments/{}/capture", ids[0]), "cap", &part).await.1;
    assert_eq!((&captured["status"], &captured["amount"]["value"]), (&json!("succeeded"), &json!("60.00")));
    let cancelled = world.yookassa(&format!("payments/{}/cancel", ids[1]), "can", &json!({})).await.1;
    assert_eq!(
        cancelled["cancellation_details"],
        json!({"party": "merchant", "reason": "canceled_by_merchant"})
    );
    world.advance("169h").await;
    assert_eq!(world.yoo_status(&ids[2]).await, ("canceled".to_owned(), json!("expired_on_capture")));
    world.deliver("yookassa").await;
    let mut told = events(&shop);
    told.sort();
    assert_eq!(
        told,
        [
            "payment.canceled",
            "payment.canceled",
            "payment.succeeded",
            "payment.waiting_for_capture",
            "payment.waiting_for_capture",
            "payment.waiting_for_capture",
        ]
    );
    let rows = world.rows("yookassa").await;
    let sum = |kind: &str| rows.iter().filter(|row| row.0 == kind).map(|row| row.1).collect::<Vec<_>>();
    assert_eq!((sum("verified"), sum("reversed")), (vec![6_000], vec![10_000]));
    assert_eq!(sum("returned"), [4_000, 10_000]);
}

#[tokio::test]
async fn pages_left_alone_are_canceled_and_a_payer_who_leaves_may_come_back() {
    let world = World::in_memory().await;
    let (one, two) = (world.yoo_id("1", true).await, world.yoo_id("2", true).await);
    world.act("yookassa", &one, json!({"action": "cancel"})).await;
    assert_eq!(world.yoo_status(&one).await.0, "pending");
    world.pay("yookassa", &one).await;
    assert_eq!(world.yoo_status(&one).await.0, "succeeded");
    world.advance("61m").await;
    assert_eq!(world.yoo_status(&two).await, ("canceled".to_owned(), json!("expired_on_confirmation")));
    let three = world.yoo_id("3", true).await;
    world.act("yookassa", &three, json!({"action": "fail", "reason": "card_expired"})).await;
    assert_eq!(world.yoo_status(&three).await, ("canceled".to_owned(), json!("card_expired")));
}

#[tokio::test]
async fn refunds_repeat_by_key_and_end_with_the_money() {
    let world = World::in_memory().await;
    let id = world.yoo_id("p", true).await;
    let refund = |value: &str| json!({"payment_id": id, "amount": {"value": value, "currency": "RUB"}});
    assert_eq!(world.yookassa("refunds", "r0", &refund("1.00")).await.0, 400, "not paid");
    world.pay("yookassa", &id).await;
    let (_, first) = world.yookassa("refunds", "r1", &refund("40.00")).await;
    assert_eq!(first["status"], "succeeded");
    assert_eq!(world.yookassa("refunds", "r1", &refund("40.00")).await.1["id"], first["id"]);
    assert_eq!(world.yookassa("refunds", "r2", &refund("60.01")).await.0, 400);
    assert_eq!(world.yookassa("refunds", "r3", &refund("60.00")).await.0, 200);
    assert_eq!(world.yookassa("refunds", "r4", &refund("0.01")).await.0, 400);
    let listed = world.yookassa_get(&format!("refunds?payment_id={id}")).await.1;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let one = world.yookassa_get(&format!("refunds/{}", first["id"].as_str().unwrap())).await.1;
    assert_eq!(one["amount"]["value"], "40.00");
    let rows = world.rows("yookassa").await;
    assert_eq!(
        rows.iter().filter(|row| row.0 == "refunded").map(|row| row.1).collect::<Vec<_>>(),
        [4_000, 6_000]
    );
}

#[tokio::test]
async fn wrong_requests_and_strangers() {
    let world = World::in_memory().await;
    let with = |name: &str, value: Value| {
        let mut body = payment(true);
        body[name] = value;
        body
    };
    for (at, body) in [
        with("amount", json!({"value": "0.00", "currency": "RUB"})),
        with("amount", json!({"value": "1e3", "currency": "RUB"})),
        with("amount", json!({"value": "1.005", "currency": "RUB"})),
        with("amount", json!({"value": "1.00", "currency": "USD"})),
        with("amount", json!(100)),
        with("confirmation", json!({"type": "embedded"})),
        with("confirmation", json!({"type": "redirect", "return_url": "x"})),
        with("description", json!("я".repeat(129))),
        with("metadata", json!({"a": 1})),
        with("capture", json!("yes")),
    ]
    .iter()
    .enumerate()
    {
        let (status, answer) = world.yookassa("payments", &format!("k{at}"), body).await;
        assert_eq!((status, &answer["type"]), (400, &json!("error")), "{body}");
    }
    let url = format!("{}/yookassa/v3/payments/x", world.base);
    for request in [world.client().get(&url), world.client().get(&url).basic_auth("100001", Some("wrong"))] {
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    assert_eq!(world.yookassa_get("payments/x").await.0, 404);
}

#[tokio::test]
async fn payments_are_listed_in_pages() {
    let world = World::in_memory().await;
    for at in 0..5 {
        world.yoo_id(&format!("k{at}"), true).await;
        world.advance("1m").await;
    }
    let mut seen = Vec::new();
    let mut path = "payments?limit=2".to_owned();
    loop {
        let (_, page) = world.yookassa_get(&path).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("payments?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    let newest = world.yookassa_get(&format!("payments/{}", seen[0].as_str().unwrap())).await.1;
    let since = format!("payments?created_at.gte={}", newest["created_at"].as_str().unwrap());
    assert_eq!(world.yookassa_get(&since).await.1["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.yookassa_get("payments?status=succeeded").await.1["items"], json!([]));
    assert_eq!(world.yookassa_get("payments?limit=101").await.0, 400);
}
