//! Zarinpal v4.

use serde_json::{Value, json};

use crate::support::World;

pub(super) const MERCHANT: &str = "11111111-2222-4333-8444-555555555555";

pub(super) fn request(callback: &str) -> Value {
    json!({
        "merchant_id": MERCHANT, "amount": 250_000, "description": "openpay", "callback_url": callback,
        "metadata": {"order_id": "op-1001", "mobile": "09170000000", "auto_verify": false},
    })
}

impl World {
    pub(super) async fn zarinpal(&self, call: &str, body: Value) -> (u16, Value) {
        self.post(&format!("/zarinpal/pg/v4/payment/{call}.json"), &body).await
    }

    /// A fresh authority.
    pub(super) async fn authority(&self) -> String {
        let (status, answer) = self.zarinpal("request", request("http://shop.example/cb?x=1")).await;
        assert_eq!((status, &answer["data"]["code"]), (200, &json!(100)), "{answer}");
        assert_eq!(answer["errors"], json!([]));
        answer["data"]["authority"].as_str().unwrap().to_owned()
    }

    pub(super) async fn zarinpal_of(&self, call: &str, authority: &str) -> Value {
        let body = json!({"merchant_id": MERCHANT, "authority": authority, "amount": 250_000});
        self.zarinpal(call, body).await.1
    }
}

#[tokio::test]
async fn a_payment_is_made_verified_once_and_told_again() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    assert_eq!(authority.len(), 36);
    assert!(authority.starts_with('A'));
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "IN_BANK");
    let early = world.zarinpal_of("verify", &authority).await;
    assert_eq!((&early["errors"]["code"], &early["data"]), (&json!(-51), &json!([])));

    let paid = world.pay("zarinpal", &authority).await;
    let target = paid["return"]["url"].as_str().unwrap();
    assert_eq!(target, format!("http://shop.example/cb?x=1&Authority={authority}&Status=OK"));
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "PAID");
    let waiting = world.zarinpal("unVerified", json!({"merchant_id": MERCHANT})).await.1;
    assert_eq!(waiting["data"]["code"], "100");
    assert_eq!(waiting["data"]["authorities"][0]["authority"], authority);

    let wrong = json!({"merchant_id": MERCHANT, "authority": authority, "amount": 25_000});
    assert_eq!(world.zarinpal("verify", wrong).await.1["errors"]["code"], -50);
    let first = world.zarinpal_of("verify", &authority).await;
    assert_eq!(
        (&first["data"]["code"], &first["data"]["card_pan"]),
        (&json!(100), &json!("610433******1233"))
    );
    assert_eq!(first["data"]["order_id"], "op-1001");
    assert!(first["data"]["ref_id"].as_i64().unwrap() > i64::from(u32::MAX));
    let again = world.zarinpal_of("verify", &authority).await;
    assert_eq!((&again["data"]["code"], &again["data"]["ref_id"]), (&json!(101), &first["data"]["ref_id"]));
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "VERIFIED");
    let waiting = world.zarinpal("unVerified", json!({"merchant_id": MERCHANT})).await.1;
    assert_eq!(waiting["data"]["authorities"], json!([]));

    let rows = world.rows("zarinpal").await;
    assert_eq!(rows, ["request", "taken", "verified"].map(|kind| (kind.to_owned(), 250_000)));
    let entries = world.entries("zarinpal", "verified").await;
    assert_eq!((&entries[0]["our_id"], &entries[0]["its_id"]), (&json!("op-1001"), &json!(authority)));
    // The early one, the first and the one that came again have the same body.
    assert_eq!(entries[0]["bodies_received"], 3);
    world.advance("3h").await;
    assert_eq!(world.kinds("zarinpal").await.len(), 3, "what was verified stays");
}

#[tokio::test]
async fn money_nobody_verifies_goes_back() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    world.pay("zarinpal", &authority).await;
    world.advance("29m").await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "PAID");
    world.advance("2m").await;
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "REVERSED");
    assert_eq!(world.zarinpal_of("verify", &authority).await["errors"]["code"], -51);
    let returned = world.entries("zarinpal", "returned").await;
    assert_eq!((returned.len(), &returned[0]["amount"]), (1, &json!(250_000)));
    assert_eq!(returned[0]["detail"]["by"], "gateway");
}

#[tokio::test]
async fn a_page_left_open_expires() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    world.advance("31m").await;
    let (status, answer) = world
        .post(&format!("/_local/simulators/zarinpal/payments/{authority}"), &json!({"action": "pay"}))
        .await;
    assert_eq!(status, 422, "{answer}");
    assert_eq!(world.zarinpal_of("inquiry", &authority).await["data"]["status"], "FAILED");
}

#[tokio::test]
async fn auto_verify_takes_the_money_by_itself() {
    let world = World::in_memory().await;
    let mut body = request("http://shop.example/cb");
    body["metadata"]["auto_verify"] = json!(true);
    let authority = world.zarinpal("request", body).await.1["data"]["authority"].as_str().unwrap().to_owned();
    world.pay("zarinpal", &authority).await;
    assert_eq!(world.zarinpal_of("verify", &authority).await["data"]["code"], 101);
    world.advance("2h").await;
    assert_eq!(world.kinds("zarinpal").await, ["request", "taken", "verified"]);
}

#[tokio::test]
async fn reversal_has_its_half_hour() {
    let world = World::in_memory().await;
    let (one, two) = (world.authority().await, world.authority().await);
    assert_eq!(world.zarinpal_of("reverse", &one).await["errors"]["code"], -61);
    for authority in [&one, &two] {
        world.pay("zarinpal", authority).await;
        world.zarinpal_of("verify", authority).await;
    }
    assert_eq!(world.zarinpal_of("reverse", &one).await["data"]["code"], 100);
    assert_eq!(world.zarinpal_of("reverse", &one).await["errors"]["code"], -61);
    assert_eq!(world.zarinpal_of("inquiry", &one).await["data"]["status"], "REVERSED");
    world.advance("31m").await;
    assert_eq!(world.zarinpal_of("reverse", &two).await["errors"]["code"], -63);
    assert_eq!(world.entries("zarinpal", "reversed").await.len(), 1);
}

#[tokio::test]
async fn requests_that_are_wrong_have_their_codes() {
    let world = World::in_memory().await;
    world.account("zarinpal", json!({"merchant_id": "a".repeat(36), "active": false})).await;
    world.account("zarinpal", json!({"merchant_id": "b".repeat(36), "ip_allowed": false})).await;
    world.account("zarinpal", json!({"merchant_id": "c".repeat(36), "domain": "shop.example"})).await;
    let with = |name: &str, value: Value| {
        let mut body = request("http://evil.example/cb");
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("merchant_id", json!("short")), -9),
        (with("merchant_id", json!("d".repeat(36))), -10),
        (with("merchant_id", json!("a".repeat(36))), -11),
        (with("merchant_id", json!("b".repeat(36))), -10),
        (with("merchant_id", json!("c".repeat(36))), -14),
        (with("amount", json!(999)), -9),
        (with("amount", json!(-5)), -9),
        (with("amount", json!("1e3")), -9),
        (with("amount", json!(1_000_000_001)), -41),
        (with("amount", json!(9_223_372_036_854_775_807_i64)), -41),
        (with("currency", json!("USD")), -9),
        (with("description", json!("")), -9),
        (with("callback_url", json!("javascript:alert(1)")), -9),
        (with("expire_in", json!(0)), -40),
        (with("metadata", json!({"mobile": "1"})), -9),
        (with("wages", json!([{"iban": "IR0", "amount": 9_999}])), -36),
        (with("wages", json!([{"iban": "IR0", "amount": 249_999}])), -34),
    ] {
        let (status, answer) = world.zarinpal("request", body.clone()).await;
        assert_eq!(answer["errors"]["code"], code, "{body}: {answer}");
        assert_ne!(status, 200, "{body}");
    }
    assert_eq!(world.kinds("zarinpal").await, Vec::<String>::new());
    for good in [with("amount", json!("250000")), with("metadata", json!([])), with("currency", json!("IRT"))]
    {
        assert_eq!(world.zarinpal("request", good.clone()).await.0, 200, "{good}");
    }
    assert_eq!(world.rows("zarinpal").await.last().unwrap().1, 2_500_000, "toman count tenfold");
}

#[tokio::test]
async fn authorities_belong_to_their_merchants() {
    let world = World::in_memory().await;
    world.account("zarinpal", json!({"merchant_id": "e".repeat(36)})).await;
    let authority = world.authority().await;
    world.pay("zarinpal", &authority).await;
    let body = json!({"merchant_id": "e".repeat(36), "authority": authority, "amount": 250_000});
    assert_eq!(world.zarinpal("verify", body).await.1["errors"]["code"], -53);
    assert_eq!(world.zarinpal_of("verify", "A".repeat(36).as_str()).await["errors"]["code"], -54);
    world.switch("zarinpal", json!({"odd_inquiry": true, "empty_object": true})).await;
    assert_eq!(
        world.zarinpal_of("inquiry", "nothing").await,
        json!({"authority": ["Invalid authority.", "-54"]})
    );
    assert_eq!(world.zarinpal_of("verify", "nothing").await["data"], json!({}));
}

#[tokio::test]
async fn refunds_are_bounded_by_what_was_paid() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    world.pay("zarinpal", &authority).await;
    world.zarinpal_of("verify", &authority).await;
    let refund = async |amount: i64, token: &str| {
        let body = json!({
            "query": "mutation AddRefund($session_id: ID!, $amount: BigInteger!) { resource: AddRefund { id } }",
            "variables": {
                "session_id": authority, "amount": amount, "description": "x", "method": "CARD",
                "reason": "CUSTOMER_REQUEST",
            },
        });
        let url = format!("{}/zarinpal/api/v4/graphql/", world.base);
        let request = world.client().post(url).header("authorization", format!("Bearer {token}")).json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert!(refund(100_000, "wrong").await["errors"].is_array());
    assert!(refund(100_000, "demo-zarinpal-token").await["data"]["resource"]["id"].is_string());
    assert!(refund(150_001, "demo-zarinpal-token").await["errors"].is_array());
    assert!(refund(150_000, "demo-zarinpal-token").await["errors"].is_null());
    assert!(refund(1, "demo-zarinpal-token").await["errors"].is_array());
    let refunded: i64 =
        world.entries("zarinpal", "refunded").await.iter().map(|row| row["amount"].as_i64().unwrap()).sum();
    assert_eq!(refunded, 250_000);
}
