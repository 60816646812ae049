//! What gateways tell by themselves: how often, and to whom.

use serde_json::json;

use super::shop::Shop;
use super::yookassa::events;
use crate::support::World;

#[tokio::test]
async fn toss_repeats_at_growing_distances_and_gives_up() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    shop.answer(500, "");
    let account = json!({
        "mid": "tosspayments", "client_key": "test_ck_demo000000", "secret_key": "test_sk_demo000000",
        "webhook_url": shop.url("/hook"),
    });
    world.account("toss", account).await;
    let key = world.toss_key("order-1").await;
    world.pay("toss", &key).await;
    world.confirm(&key, "order-1", 25_000).await;
    world.deliver("toss").await;
    let before = shop.seen().len();
    assert_eq!(before, 2, "IN_PROGRESS and DONE");
    for wait in ["61s", "4m 1s", "16m 1s", "64m 1s", "256m 1s", "1024m 1s", "4096m 1s", "9999m"] {
        world.advance(wait).await;
        world.deliver("toss").await;
    }
    let notices = world.deliver("toss").await;
    assert_eq!((&notices[1]["state"], &notices[1]["attempts"]), (&json!("given_up"), &json!(8)));
    assert_eq!(shop.seen().len(), 16);
}

#[tokio::test]
async fn yookassa_goes_on_for_a_day() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    shop.answer(503, "");
    world.yoo_hook(&shop).await;
    let id = world.yoo_id("k", true).await;
    world.pay("yookassa", &id).await;
    for _ in 0..30 {
        world.advance("121m").await;
        world.deliver("yookassa").await;
    }
    let notices = world.deliver("yookassa").await;
    assert_eq!((&notices[0]["state"], &notices[0]["attempts"]), (&json!("given_up"), &json!(18)));
    shop.answer(200, "");
    world.act("yookassa", &id, json!({"action": "notice"})).await;
    assert_eq!(events(&shop).len(), 19, "told once more on demand");
}

#[tokio::test]
async fn the_simulators_send_by_themselves() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    world.yoo_hook(&shop).await;
    let id = world.yoo_id("k", true).await;
    world.advance("61m").await;
    // Nobody asks for anything: the page's time has ended, and the shop hears of it.
    let begun = std::time::Instant::now();
    while shop.seen().is_empty() {
        assert!(begun.elapsed().as_secs() < 30, "nothing was sent");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(events(&shop), ["payment.canceled"]);
    assert!(shop.seen()[0].body.contains(&id));
}

#[tokio::test]
async fn only_this_machine_and_allowed_hosts_are_sent_to() {
    let world = World::in_memory().await;
    let account =
        |url: &str| json!({"shop_id": "100001", "secret_key": "test_demo_secret", "webhook_url": url});
    for (at, url, error) in [
        (0, "http://192.0.2.1/hook", "is not this machine"),
        (1, "https://127.0.0.1/hook", "only http://"),
        (2, "http://0.0.0.0:1/hook", "is not this machine"),
    ] {
        world.account("yookassa", account(url)).await;
        let id = world.yoo_id(&format!("k{at}"), true).await;
        world.pay("yookassa", &id).await;
        let notices = world.deliver("yookassa").await;
        let log = notices.last().unwrap()["log"][0]["error"].as_str().unwrap().to_owned();
        assert!(log.contains(error), "{log}");
    }
    let (_, hosts) = world.post("/_local/simulators/gateways/hosts", &json!({"hosts": ["0.0.0.0:1"]})).await;
    assert_eq!(hosts, json!({"hosts": ["0.0.0.0:1"]}));
    let id = world.yoo_id("last", true).await;
    world.pay("yookassa", &id).await;
    let notices = world.deliver("yookassa").await;
    let log = notices.last().unwrap()["log"][0]["error"].as_str().unwrap().to_owned();
    assert!(log.starts_with("connection:"), "allowed, but there is nobody: {log}");
}
