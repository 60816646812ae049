//! Receipts: in each provider's shape, signed as they do, and astray.

use serde_json::{Value, json};

use crate::gateways::shop::Shop;
use crate::support::World;

async fn smsc_with(world: &World, hub: &Shop) {
    world.switch("smsc", json!({"receipt_url": hub.url("/cb/smsc?token=t")})).await;
}

fn send(text: &str) -> String {
    format!("phones=79160000001&mes={text}&id=1001")
}

#[tokio::test]
async fn smscs_is_a_signed_form() {
    let world = World::in_memory().await;
    let hub = Shop::open().await;
    smsc_with(&world, &hub).await;
    world.smsc("send", &send("a")).await;
    world.deliver("smsc").await;
    assert!(hub.seen().is_empty(), "not before it is delivered");
    world.advance("4s").await;
    world.deliver("smsc").await;
    let seen = hub.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/cb/smsc?token=t"));
    for part in
        ["id=1001&", "phone=79160000001&", "status=1&", "err=0&", "md5=d63fe9bb43c4fc21ee9eb978012485c0"]
    {
        assert!(seen[0].body.contains(part), "{part}: {}", seen[0].body);
    }
}

#[tokio::test]
async fn sms_rus_has_a_hash_and_wants_100() {
    let world = World::in_memory().await;
    let hub = Shop::open().await;
    world.switch("sms_ru", json!({"receipt_url": hub.url("/cb")})).await;
    world.sms_ru("sms/send", &[("to", "79160000001"), ("msg", "a")]).await;
    world.advance("4s").await;
    let notices = world.deliver("sms_ru").await;
    assert_eq!(notices[0]["state"], "waiting", "200 without 100 is not taken");
    let body = hub.seen()[0].body.clone();
    assert!(body.starts_with("data%5B0%5D=sms_status%0A") && body.contains("&hash="), "{body}");
    hub.answer(200, "100");
    world.advance("61s").await;
    assert_eq!(world.deliver("sms_ru").await[0]["state"], "taken");
}

#[tokio::test]
async fn kavenegars_is_a_link_and_solapis_a_list() {
    let world = World::in_memory().await;
    let hub = Shop::open().await;
    for provider in ["kavenegar", "solapi"] {
        world.switch(provider, json!({"receipt_url": hub.url("/cb")})).await;
    }
    world.kavenegar("sms/send", &[("receptor", "09120000001"), ("message", "a")]).await;
    world.advance("4s").await;
    world.deliver("kavenegar").await;
    let seen = hub.seen();
    assert!(seen[0].method == "GET" && seen[0].path.starts_with("/cb?messageid="), "{seen:?}");
    assert!(seen[0].path.ends_with("&status=10"));
    let message =
        json!({"to": "01000000001", "from": "0200000001", "text": "a", "customFields": {"ntf": "n"}});
    world.solapi("messages/v4/send", Some(&json!({"message": message}))).await;
    world.advance("4s").await;
    world.deliver("solapi").await;
    let events: Value = serde_json::from_str(&hub.seen()[1].body).unwrap();
    assert_eq!((&events[0]["data"]["statusCode"], &events[0]["retryCount"]), (&json!("4000"), &json!(0)));
    assert_eq!(events[0]["data"]["customFields"], json!({"ntf": "n"}));
}

#[tokio::test]
async fn they_come_first_twice_late_never_and_backwards() {
    for (manner, after, count) in
        [("first", "0s", 1), ("double", "4s", 2), ("late", "59m", 0), ("late", "61m", 1), ("lost", "9h", 0)]
    {
        let world = World::in_memory().await;
        let hub = Shop::open().await;
        smsc_with(&world, &hub).await;
        world.script("smsc", json!({"receipt": manner})).await;
        world.smsc("send", &send("a")).await;
        if manner != "first" {
            world.advance(after).await;
            world.deliver("smsc").await;
        }
        assert_eq!(hub.seen().len(), count, "{manner} after {after}");
    }
    let world = World::in_memory().await;
    let hub = Shop::open().await;
    smsc_with(&world, &hub).await;
    world.script("smsc", json!({"receipt": "reversed"})).await;
    world.smsc("send", &send("a")).await;
    world.advance("9s").await;
    world.deliver("smsc").await;
    let seen = hub.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen.iter().filter(|it| it.body.contains("&status=0&")).count(), 1, "an older state too");
}

#[tokio::test]
async fn outcomes_follow_scripts_numbers_and_the_hand() {
    let world = World::in_memory().await;
    let status = async |to: &str| {
        let shown = world.smsc("status", &format!("phone={to}&id=1001")).await;
        (shown["status"].as_i64().unwrap(), shown["err"].as_i64().unwrap())
    };
    for (at, (script, wanted)) in [
        (json!({"outcome": "failed"}), (20, 1)),
        (json!({"outcome": "failed", "code": 255}), (20, 255)),
        (json!({"outcome": "expired"}), (3, 6)),
        (json!({"outcome": "blocked"}), (23, 253)),
        (json!({"outcome": "silent"}), (0, 0)),
        (json!({"outcome": "delivered", "to": "79999999999"}), (1, 0)),
    ]
    .into_iter()
    .enumerate()
    {
        world.script("smsc", script.clone()).await;
        world.smsc("send", &send(&format!("t{at}"))).await;
        world.advance("7s").await;
        assert_eq!(status("79160000001").await, wanted, "{script}");
    }
    world.switch("smsc", json!({"outcomes_by_number": true})).await;
    world.smsc("send", "phones=79160000003&mes=x&id=1001").await;
    world.advance("7s").await;
    assert_eq!(status("79160000003").await, (23, 253));
    world.smsc("send", "phones=79160000001&mes=y&id=5").await;
    world.advance("99h").await;
    let path = "/_local/simulators/smsc/messages/5";
    assert_eq!(world.post(path, &json!({"outcome": "delivered"})).await.0, 200);
    assert_eq!(world.smsc("status", "phone=79160000001&id=5").await["status"], 1);
}
