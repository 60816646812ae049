//! Zibal v1.

use serde_json::{Value, json};

use super::shop::Shop;
use crate::support::World;

fn request(callback: &str) -> Value {
    json!({"merchant": "demo-zibal", "amount": 250_000, "callbackUrl": callback, "orderId": "op-1001"})
}

impl World {
    /// Always 200.
    async fn zibal(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(&format!("/zibal/{path}"), &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn track(&self) -> String {
        let answer = self.zibal("v1/request", request("http://shop.example/cb")).await;
        assert_eq!(answer["result"], 100, "{answer}");
        answer["trackId"].as_i64().unwrap().to_string()
    }

    async fn zibal_of(&self, call: &str, track: &str) -> Value {
        self.zibal(&format!("v1/{call}"), json!({"merchant": "demo-zibal", "trackId": track})).await
    }
}

#[tokio::test]
async fn paid_is_not_verified_and_verified_is_told_as_201() {
    let world = World::in_memory().await;
    let track = world.track().await;
    assert_eq!(world.zibal_of("verify", &track).await["result"], 202);
    assert_eq!(world.zibal_of("inquiry", &track).await["status"], -1);
    let paid = world.pay("zibal", &track).await;
    assert_eq!(
        paid["return"]["url"],
        format!("http://shop.example/cb?trackId={track}&success=1&status=2&orderId=op-1001")
    );
    assert_eq!(world.zibal_of("inquiry", &track).await["status"], 2);
    let number: i64 = track.parse().unwrap();
    let first = world.zibal("v1/verify", json!({"merchant": "demo-zibal", "trackId": number})).await;
    assert_eq!(
        (&first["result"], &first["amount"], &first["status"]),
        (&json!(100), &json!(250_000), &json!(1))
    );
    assert_eq!((&first["cardNumber"], &first["orderId"]), (&json!("610433****1233"), &json!("op-1001")));
    assert!(!first["paidAt"].as_str().unwrap().ends_with('Z'), "no zone");
    let again = world.zibal_of("verify", &track).await;
    assert_eq!((&again["result"], &again["amount"]), (&json!(201), &Value::Null));
    world.switch("zibal", json!({"repeat_details": true, "numeric_ref": true})).await;
    let again = world.zibal_of("verify", &track).await;
    assert_eq!((&again["result"], &again["amount"]), (&json!(201), &json!(250_000)));
    assert!(again["refNumber"].is_i64());
    assert_eq!(world.zibal_of("inquiry", &track).await["status"], 1);
    assert_eq!(world.kinds("zibal").await, ["request", "taken", "verified"]);
}

#[tokio::test]
async fn money_nobody_verifies_goes_back() {
    let world = World::in_memory().await;
    let track = world.track().await;
    world.pay("zibal", &track).await;
    world.advance("11m").await;
    assert_eq!(world.zibal_of("verify", &track).await["result"], 202);
    assert_eq!(world.zibal_of("inquiry", &track).await["status"], 18);
    assert_eq!(world.kinds("zibal").await, ["request", "taken", "returned"]);
}

#[tokio::test]
async fn failures_have_their_status() {
    let world = World::in_memory().await;
    for (act, status) in [
        (json!({"action": "cancel"}), 3),
        (json!({"action": "fail", "reason": "insufficient_funds"}), 5),
        (json!({"action": "fail", "reason": "12"}), 12),
        (json!({"action": "expire"}), -1),
    ] {
        let track = world.track().await;
        let answer = world.act("zibal", &track, act.clone()).await;
        assert_eq!(answer["return"]["fields"]["success"], "0", "{act}");
        assert_eq!(answer["return"]["fields"]["status"], status.to_string(), "{act}");
        assert_eq!(world.zibal_of("inquiry", &track).await["status"], status, "{act}");
        assert_eq!(world.zibal_of("verify", &track).await["result"], 202);
    }
}

#[tokio::test]
async fn results_of_wrong_requests() {
    let world = World::in_memory().await;
    world.account("zibal", json!({"merchant": "asleep", "active": false})).await;
    world.account("zibal", json!({"merchant": "far", "ip_allowed": false})).await;
    world.account("zibal", json!({"merchant": "homely", "domain": "home.example"})).await;
    let with = |name: &str, value: Value| {
        let mut body = request("http://shop.example/cb");
        body[name] = value;
        body
    };
    let parts = |first: i64| json!([{"id": "self", "amount": first}, {"bankAccount": "IR470120000000000000012345", "amount": 100_000}]);
    for (body, result) in [
        (with("merchant", json!("nobody")), 102),
        (with("merchant", json!("asleep")), 103),
        (with("merchant", json!("far")), 115),
        (with("merchant", json!("homely")), 106),
        (with("amount", json!(1_000)), 105),
        (with("amount", json!("a lot")), 105),
        (with("amount", json!(2_000_000_001_i64)), 113),
        (with("callbackUrl", json!("ftp://x.example")), 106),
        (with("percentMode", json!(2)), 107),
        (with("nationalCode", json!("0012345678")), 114),
        (with("multiplexingInfos", parts(149_999)), 111),
        (with("multiplexingInfos", json!([{"walletId": "1", "amount": 250_000}])), 110),
        (with("multiplexingInfos", parts(150_000)), 100),
        (with("merchant", json!("zibal")), 100),
    ] {
        assert_eq!(world.zibal("v1/request", body.clone()).await["result"], result, "{body}");
    }
    assert_eq!(world.zibal_of("verify", "1").await["result"], 203);
}

#[tokio::test]
async fn lazy_payments_are_told_before_the_browser_returns() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    let answer = world.zibal("request/lazy", request(&shop.url("/cb"))).await;
    let track = answer["trackId"].as_i64().unwrap().to_string();
    let fields = [("action", "pay"), ("card", super::shop::CARD)];
    let (status, target, _) = world.submit(&format!("/zibal/payer/{track}"), &fields).await;
    assert_eq!(status, 303);
    assert!(target.contains("success=1"));
    let seen = shop.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), seen[0].path.as_str()), (1, "POST", "/cb"));
    let told: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!((&told["success"], &told["trackId"]), (&json!(1), &answer["trackId"]));
    assert_eq!(told["hashedCardNumber"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn platform_refunds_need_a_token_and_money() {
    let world = World::in_memory().await;
    let (one, two) = (world.track().await, world.track().await);
    for track in [&one, &two] {
        world.pay("zibal", track).await;
        world.zibal_of("verify", track).await;
    }
    let refund = async |track: &str, token: &str, more: Value| {
        let mut body = json!({"trackId": track});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let url = format!("{}/zibal/v1/account/refund", world.base);
        let request = world.client().post(url).header("authorization", format!("Bearer {token}")).json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(refund(&one, "", json!({})).await["result"], 2);
    assert_eq!(refund(&one, "wrong", json!({})).await["result"], 3);
    assert_eq!(refund(&one, "demo-zibal-token", json!({"amount": 999})).await["result"], 9);
    assert_eq!(refund(&one, "demo-zibal-token", json!({"amount": 250_001})).await["result"], 11);
    let part = refund(&one, "demo-zibal-token", json!({"amount": 50_000, "tryReverse": true})).await;
    assert_eq!((&part["data"]["reversed"], &part["data"]["remaining"]), (&json!(false), &json!(200_000)));
    refund(&one, "demo-zibal-token", json!({"amount": 200_000})).await;
    assert_eq!(world.zibal_of("inquiry", &one).await["status"], 15);
    let whole = refund(&two, "demo-zibal-token", json!({"tryReverse": true})).await;
    assert_eq!(whole["data"]["reversed"], true);
    assert_eq!(world.zibal_of("inquiry", &two).await["status"], 18);
    let rows = world.rows("zibal").await;
    let tail: Vec<_> = rows.iter().skip(6).map(|(kind, amount)| (kind.as_str(), *amount)).collect();
    assert_eq!(tail, [("refunded", 50_000), ("refunded", 200_000), ("reversed", 250_000)]);
}
