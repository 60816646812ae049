//! Scans that come late, vanish or are edited, at every post; and Iran Post's codes that no shop
//! registered.

use serde_json::{Value, json};

use crate::posts::{describe, edit, history, operations, page, portal, tell, vanish};
use crate::support::{LOGIN, World, add_parcel, tag};

const RUSSIAN: &str = "10100007000014";
const KOREAN: &str = "6012300045678";
const IRANIAN: &str = "051800506400081160839102";

async fn events(world: &World, carrier: &str, code: &str) -> Vec<Value> {
    let parcel = world.get(&format!("/_local/simulators/{carrier}/parcels/{code}")).await;
    parcel["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_scan_can_become_visible_long_after_it_was_made() {
    let world = World::in_memory().await;
    let scan =
        json!({"status": "arrived", "at": "2025-03-18T08:40:00Z", "visible_at": "2189-01-01T00:00:00Z"});
    tell(&world, "russian_post", RUSSIAN, scan.clone()).await;
    tell(&world, "korea_post", KOREAN, scan.clone()).await;
    tell(&world, "iran_post", IRANIAN, scan).await;
    assert!(operations(&history(&world, RUSSIAN).await).is_empty());
    assert!(portal(&world, "trace", KOREAN, "").await.1.contains("ERR-001"));
    assert!(page(&world, IRANIAN).await.contains("یافت نشد"));
    world.post("/_local/clock", &json!({"set": "2189-01-01T00:00:01Z"})).await;
    let text = history(&world, RUSSIAN).await;
    assert_eq!(operations(&text), [(8, 2)]);
    assert!(text.contains("2025-03-18T11:40:00.000+03:00"), "it happened when it happened");
    assert!(portal(&world, "trace", KOREAN, "").await.1.contains("2025.03.18"));
    assert!(page(&world, IRANIAN).await.contains("مرسوله در باجه معطله می باشد"));
}

#[tokio::test]
async fn a_vanished_scan_is_gone_and_an_edited_one_changed() {
    let world = World::in_memory().await;
    for (carrier, code) in [("russian_post", RUSSIAN), ("korea_post", KOREAN), ("iran_post", IRANIAN)] {
        let first = tell(&world, carrier, code, json!({"status": "in_transit"})).await;
        let second = tell(&world, carrier, code, json!({"status": "delivered"})).await;
        assert_eq!(vanish(&world, carrier, code, &second["id"]).await, 204);
        assert_eq!(vanish(&world, carrier, code, &second["id"]).await, 404, "only once");
        let (status, edited) = edit(&world, carrier, code, &first["id"], json!({"status": "arrived"})).await;
        assert_eq!((status, &edited["at"]), (200, &first["at"]), "{edited}");
        assert_ne!(edited["id"], first["id"]);
        let (status, _) = edit(&world, carrier, code, &first["id"], json!({})).await;
        assert_eq!(status, 404, "the old one is gone");
        let kept = events(&world, carrier, code).await;
        let gone: Vec<bool> = kept.iter().map(|event| event.get("gone_at").is_some()).collect();
        assert_eq!(gone.iter().filter(|gone| **gone).count(), 2, "{kept:?}");
        assert_eq!(vanish(&world, carrier, code, &json!(999)).await, 404);
    }
    assert_eq!(operations(&history(&world, RUSSIAN).await), [(8, 2)]);
    let (_, text) = portal(&world, "trace", KOREAN, "").await;
    assert_eq!(tag(&text, "eventnm"), "우체국보관");
    let text = page(&world, IRANIAN).await;
    assert!(text.contains("باجه معطله") && !text.contains("تحویل گیرنده"), "{text}");
}

#[tokio::test]
async fn blind_lookups_show_old_knowledge() {
    let world = World::in_memory().await;
    tell(&world, "russian_post", RUSSIAN, json!({"status": "accepted"})).await;
    world.advance("2m").await;
    tell(&world, "russian_post", RUSSIAN, json!({"status": "arrived"})).await;
    world.fault("russian_post", json!({"mode": "blind_lookup", "seconds": 60})).await;
    assert_eq!(operations(&history(&world, RUSSIAN).await), [(1, 2)]);
    world.advance("61s").await;
    assert_eq!(operations(&history(&world, RUSSIAN).await), [(1, 2), (8, 2)]);
}

#[tokio::test]
async fn facts_change_member_by_member() {
    let world = World::in_memory().await;
    describe(&world, "russian_post", RUSSIAN, json!({"mass": 1_250, "payment": 5})).await;
    describe(&world, "russian_post", RUSSIAN, json!({"payment": null, "value": 7})).await;
    let parcel = world.get(&format!("/_local/simulators/russian_post/parcels/{RUSSIAN}")).await;
    assert_eq!(parcel["facts"], json!({"mass": 1_250, "value": 7}));
    let path = format!("/_local/simulators/russian_post/parcels/{RUSSIAN}");
    assert_eq!(world.post(&path, &json!({"colour": "red"})).await.0, 422);
    let url = format!("{}/_local/simulators/korea_post/parcels/{KOREAN}", world.base);
    assert_eq!(world.client().get(url).send().await.unwrap().status(), 404);
}

async fn iran_status(world: &World, login: &str, code: &str) -> String {
    let inner = format!("{login}<parcelCode>{code}</parcelCode>");
    tag(&world.soap("GetStatus", &inner).await, "GetStatusResult")
}

#[tokio::test]
async fn iran_posts_codes_need_no_registration() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let (own, foreign) = ("29999000711000000777", "12345000711000000777");
    for code in [own, foreign, IRANIAN] {
        let office = "فارس،شیراز،ناحیه 1";
        tell(&world, "iran_post", code, json!({"status": "accepted", "office": office})).await;
        tell(&world, "iran_post", code, json!({"raw": {"text": "رهسپار به نقطه پستی"}})).await;
        let text = page(&world, code).await;
        assert!(text.contains("رهسپار به نقطه پستی") && text.contains(office), "{text}");
    }
    // Twenty digits name their shop, longer codes none.
    for (code, status) in [(own, 5), (foreign, -1), (IRANIAN, 5), ("29999000711000000778", -1)] {
        assert_eq!(iran_status(&world, LOGIN, code).await, status.to_string(), "{code}");
        let answer = world.rest(&token, "Order/ParcelStatus", &json!([code])).await;
        assert_eq!(answer["Data"][0]["StatusCode"], status, "{answer}");
    }
    for wrong in ["5", "2999900071100000077", "2999900071100000077x"] {
        let path = format!("/_local/simulators/iran_post/parcels/{wrong}/events");
        assert_eq!(world.post(&path, &json!({"status": "arrived"})).await.0, 404, "{wrong}");
    }
}

#[tokio::test]
async fn a_registered_parcel_takes_back_its_status_with_its_scan() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    assert!(page(&world, &code).await.contains("یافت نشد"), "the shop has it still");
    tell(&world, "iran_post", &code, json!({"status": "accepted"})).await;
    let delivered = tell(&world, "iran_post", &code, json!({"status": "delivered"})).await;
    assert_eq!(iran_status(&world, LOGIN, &code).await, "7");
    assert_eq!(vanish(&world, "iran_post", &code, &delivered["id"]).await, 204);
    assert_eq!(iran_status(&world, LOGIN, &code).await, "5");
    assert!(!page(&world, &code).await.contains("تحویل گیرنده"));
    let accepted = events(&world, "iran_post", &code).await[1].clone();
    let (status, _) = edit(&world, "iran_post", &code, &accepted["id"], json!({"raw": {"status": 6}})).await;
    assert_eq!((status, iran_status(&world, LOGIN, &code).await.as_str()), (200, "6"));
    world.fault("iran_post_tracking", json!({"mode": "maintenance"})).await;
    assert!(page(&world, &code).await.contains("<title>Maintenance</title>"));
}
