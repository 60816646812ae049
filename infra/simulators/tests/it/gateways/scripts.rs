//! Returns that are lost, doubled, late, swapped and forged (reliability F10).

use serde_json::json;

use super::shop::{CARD, Shop};
use super::zarinpal::request;
use crate::support::World;

/// A shop and an authority that returns to it.
async fn opened(world: &World, shop: &Shop) -> String {
    let (_, answer) = world.zarinpal("request", request(&shop.url("/cb"))).await;
    answer["data"]["authority"].as_str().unwrap().to_owned()
}

async fn pays(world: &World, authority: &str) -> (u16, String, String) {
    world.submit(&format!("/zarinpal/payer/{authority}"), &[("action", "pay"), ("card", CARD)]).await
}

#[tokio::test]
async fn a_lost_return_takes_the_money_and_leads_nowhere() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    let authority = opened(&world, &shop).await;
    world.script("zarinpal", json!({"mode": "lost"})).await;
    let (status, target, page) = pays(&world, &authority).await;
    assert_eq!((status, target.as_str(), page.contains("id=\"return\"")), (200, "", false), "{page}");
    assert_eq!(world.kinds("zarinpal").await, ["request", "taken"]);
    // Used up: the next payer returns.
    let next = opened(&world, &shop).await;
    assert_eq!(pays(&world, &next).await.0, 303);
    assert_eq!(world.get("/_local/simulators/zarinpal/scripts").await["items"], json!([]));
}

#[tokio::test]
async fn doubled_and_late_returns_are_sent_by_the_simulator() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    world.script("zarinpal", json!({"mode": "double"})).await;
    world.script("zarinpal", json!({"mode": "late", "seconds": 1500})).await;
    let one = opened(&world, &shop).await;
    assert_eq!(pays(&world, &one).await.0, 303, "the browser returns too");
    world.deliver("zarinpal").await;
    assert_eq!(shop.seen()[0].path, format!("/cb?Authority={one}&Status=OK"));
    let two = opened(&world, &shop).await;
    assert_eq!(pays(&world, &two).await.0, 200);
    world.advance("24m").await;
    world.deliver("zarinpal").await;
    assert_eq!(shop.seen().len(), 1);
    world.advance("2m").await;
    world.deliver("zarinpal").await;
    assert_eq!((shop.seen().len(), shop.seen()[1].path.contains(&two)), (2, true));
}

#[tokio::test]
async fn swapped_and_forged_returns_lie() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    let (one, two) = (opened(&world, &shop).await, opened(&world, &shop).await);
    world.script("zarinpal", json!({"mode": "swap", "with": one})).await;
    let (_, target, _) = pays(&world, &two).await;
    assert!(target.contains(&one) && !target.contains(&two), "{target}");
    world.script("zarinpal", json!({"mode": "forge"})).await;
    let (_, target, _) = world.submit(&format!("/zarinpal/payer/{one}"), &[("action", "cancel")]).await;
    assert!(target.ends_with("Status=OK"), "{target}");
    let three = opened(&world, &shop).await;
    world.script("zarinpal", json!({"mode": "forge", "claim": "cancelled"})).await;
    let (_, target, _) = pays(&world, &three).await;
    assert!(target.ends_with("Status=NOK"), "{target}");
    assert_eq!(world.entries("zarinpal", "taken").await.len(), 2, "the truth is untouched");
}

#[tokio::test]
async fn the_control_route_returns_in_the_browsers_stead() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    shop.answer(303, "");
    let authority = opened(&world, &shop).await;
    let early = world.act("zarinpal", &authority, json!({"action": "return", "return": "forge"})).await;
    assert_eq!(early["sent"][0]["log"][0]["status"], 303);
    assert!(shop.seen()[0].path.ends_with("Status=OK"));
    assert_eq!(early["state"], "open", "nobody paid");
    world.act("zarinpal", &authority, json!({"action": "pay", "return": "twice"})).await;
    assert_eq!(shop.seen().len(), 3);
    let other = opened(&world, &shop).await;
    world.act("zarinpal", &other, json!({"action": "return", "return": "swap", "with": authority})).await;
    assert!(shop.seen()[3].path.contains(&authority));
    world.act("zarinpal", &other, json!({"action": "pay", "return": "late", "seconds": 60})).await;
    assert_eq!(shop.seen().len(), 4);
    world.advance("61s").await;
    world.deliver("zarinpal").await;
    assert_eq!(shop.seen().len(), 5);
}

#[tokio::test]
async fn forms_are_posted_too() {
    let world = World::in_memory().await;
    let shop = Shop::open().await;
    let changes = [("callBackUrl", shop.url("/cb"))];
    let changes: Vec<(&str, &str)> = changes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = world.mellat("bpPayRequest", &super::mellat::pay_request(5, &changes)).await;
    let id = answer.split_once(',').unwrap().1.to_owned();
    world.act("mellat", &id, json!({"action": "pay", "return": "once"})).await;
    let seen = shop.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/cb"));
    assert!(seen[0].body.contains(&format!("RefId={id}&ResCode=0&SaleOrderId=5&SaleReferenceId=")));
}

#[tokio::test]
async fn notices_go_astray_by_script_and_forgeries_are_not_signed() {
    let world = World::in_memory().await;
    let shop = world.robokassa().await;
    world.act("robokassa", "450001", json!({"action": "notice", "claim": "paid"})).await;
    let forged = shop.seen()[0].body.clone();
    assert!(
        forged.contains("InvId=450001") && !forged.contains("41B1C823B1EB157EC1C95CAD2D142334"),
        "{forged}"
    );
    world.script("robokassa", json!({"mode": "lost", "what": "notice"})).await;
    world.pay("robokassa", "450001").await;
    world.deliver("robokassa").await;
    assert_eq!(shop.seen().len(), 1, "paid, and nobody is told");
    assert_eq!(world.kinds("robokassa").await, ["request", "taken", "verified"]);
    let hook = Shop::open().await;
    world.yoo_hook(&hook).await;
    world.script("yookassa", json!({"mode": "double", "what": "notice"})).await;
    let id = world.yoo_id("k", true).await;
    world.pay("yookassa", &id).await;
    assert_eq!(hook.seen().len(), 2);
    world.script("yookassa", json!({"mode": "late", "what": "notice", "seconds": 600})).await;
    let id = world.yoo_id("l", true).await;
    world.pay("yookassa", &id).await;
    assert_eq!(hook.seen().len(), 2);
    world.advance("11m").await;
    world.deliver("yookassa").await;
    assert_eq!(hook.seen().len(), 3);
}
