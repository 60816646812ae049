//! Journeys as the wires and the control surface show them.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::posts::{describe, history, operations, page, portal, response, set_clock, switch, tell, ticket};
use crate::support::{LOGIN, TempFile, World, add_parcel, tag};

const START: &str = "2190-03-01T00:00:00Z";
const LATER: &str = "2190-09-01T00:00:00Z";

/// A world whose posts' parcels all set out at the same moment.
async fn travelling(settings: Value) -> World {
    let world = World::in_memory().await;
    set_clock(&world, START).await;
    let mut journeys = json!({"seed": 7, "start": START, "spread_hours": 0});
    journeys.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    for carrier in ["russian_post", "korea_post", "iran_post"] {
        let present = switch(&world, carrier, json!({"journeys": journeys})).await;
        assert_eq!(present["journeys"]["seed"], journeys["seed"]);
    }
    world
}

async fn truth(world: &World, carrier: &str, code: &str) -> Value {
    world.get(&format!("/_local/simulators/{carrier}/journeys/{code}")).await
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_code_of_the_right_format_travels() {
    let world = travelling(json!({"lost": 0})).await;
    let (russian, korean, iranian) = ("80082240994512", "6012300045678", "051800506400081160839102");
    assert!(portal(&world, "trace", korean, "&showRec=Y").await.1.contains("ERR-001"), "not yet accepted");
    assert!(page(&world, iranian).await.contains("یافت نشد"));
    set_clock(&world, LATER).await;
    let text = history(&world, russian).await;
    assert!(operations(&text).len() >= 6, "{text}");
    assert_eq!(operations(&text)[..2], [(28, 0), (1, 2)]);
    assert!(text.contains("<ns3:Mass>") && text.contains("DestinationAddress"), "{text}");
    assert_eq!(history(&world, russian).await, text, "asked again, the same");
    let (_, text) = portal(&world, "trace", korean, "&showRec=Y").await;
    assert!(text.contains("<tracestatus>접수</tracestatus>"), "{text}");
    let text = page(&world, iranian).await;
    assert!(text.contains("قبول مرسوله") && text.contains("رهسپار به نقطه پستی"), "{text}");
    assert!(history(&world, "80082240994513").await.contains("historyRecord"), "check digits do not matter");
    for (carrier, wrong) in [("russian_post", "123"), ("korea_post", "60123"), ("iran_post", "1234567890")] {
        let url = format!("{}/_local/simulators/{carrier}/journeys/{wrong}", world.base);
        assert_eq!(world.client().get(url).send().await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn the_truth_agrees_with_what_is_shown() {
    let world = travelling(json!({"late": 0.4, "vanished": 0.6})).await;
    let code = "80082240994512";
    let journey = truth(&world, "russian_post", code).await;
    let scans = journey["scans"].as_array().unwrap();
    let mut moments: Vec<Timestamp> = scans.iter().map(|scan| moment(&scan["visible_at"])).collect();
    moments
        .extend(scans.iter().filter(|scan| !scan["gone_at"].is_null()).map(|scan| moment(&scan["gone_at"])));
    moments.sort();
    moments.dedup();
    // The clock has passed the start already.
    moments.retain(|asked| *asked > moment(&journey["start"]));
    for asked in moments {
        set_clock(&world, &asked.to_string()).await;
        // The clock runs on, by less than a minute.
        let visible = |scan: &&Value| {
            moment(&scan["visible_at"]) <= asked
                && (scan["gone_at"].is_null() || moment(&scan["gone_at"]) > asked)
        };
        let wanted: Vec<(u16, u16)> = scans
            .iter()
            .filter(visible)
            .map(|scan| {
                let code = |name: &str| u16::try_from(scan["scan"][name].as_u64().unwrap()).unwrap();
                (code("type"), code("attr"))
            })
            .collect();
        assert_eq!(operations(&history(&world, code).await), wanted, "at {asked}");
    }
    assert!(journey["truth"]["outcome"].is_string() && journey["truth"]["centre"]["code"].is_string());
}

#[tokio::test]
async fn another_process_with_the_same_seed_tells_the_same() {
    let one = travelling(json!({})).await;
    let two = travelling(json!({})).await;
    let other = travelling(json!({"seed": 8})).await;
    for (carrier, code) in [
        ("russian_post", "80082240994512"),
        ("korea_post", "EG123456785KR"),
        ("iran_post", "29999000711000000777"),
    ] {
        let told = truth(&one, carrier, code).await;
        assert_eq!(told, truth(&two, carrier, code).await);
        assert_ne!(told["scans"], truth(&other, carrier, code).await["scans"]);
    }
    // The city in a code of twenty digits is where the parcel goes.
    let office = truth(&one, "iran_post", "29999000711000000777").await["truth"]["office"]["name"].clone();
    assert!(office.as_str().unwrap().starts_with("فارس،شیراز"), "{office}");
}

#[tokio::test]
async fn a_ticket_shows_journeys_as_of_its_preparation() {
    let world = travelling(json!({"late": 0, "lost": 0})).await;
    let code = "80082240994512";
    let journey = truth(&world, "russian_post", code).await;
    let accepted =
        journey["scans"].as_array().unwrap().iter().find(|scan| scan["happening"] == "accepted").unwrap();
    let visible = moment(&accepted["visible_at"]);
    let before = visible.checked_sub(jiff::SignedDuration::from_mins(20)).unwrap();
    set_clock(&world, &before.to_string()).await;
    let early = ticket(&world, &[code]).await;
    let after = visible.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    set_clock(&world, &after.to_string()).await;
    let whole = response(&world, &early).await;
    let shown = whole.matches("<ns3:Operation ").count();
    assert_eq!(shown, 1, "only its number was given out: {whole}");
}

#[tokio::test]
async fn told_scans_leave_no_room_for_a_journey() {
    let world = travelling(json!({})).await;
    let code = "80082240994512";
    tell(&world, "russian_post", code, json!({"status": "accepted"})).await;
    set_clock(&world, LATER).await;
    assert_eq!(operations(&history(&world, code).await), [(1, 2)]);
    switch(&world, "russian_post", json!({"journeys": {"per_code": false}})).await;
    let other = "80083740712514";
    assert!(operations(&history(&world, other).await).is_empty(), "the post does not know it");
    describe(&world, "russian_post", other, json!({"posted_at": "2190-08-01T00:00:00Z", "payment": 0})).await;
    assert!(operations(&history(&world, other).await).len() > 3);
    assert_eq!(truth(&world, "russian_post", other).await["start"], "2190-08-01T00:00:00Z");
    switch(&world, "russian_post", json!({"journeys": null})).await;
    assert!(operations(&history(&world, other).await).is_empty());
    let path = "/_local/simulators/russian_post/settings";
    for wrong in [json!({"late": 1.5}), json!({"pace": 0}), json!({"speed": 1}), json!(true)] {
        assert_eq!(world.post(path, &json!({"journeys": wrong})).await.0, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_registered_parcel_travels_once_its_shop_has_it_ready() {
    let world = travelling(json!({"lost": 0, "refused": 0, "uncollected": 0})).await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let status = async || {
        let inner = format!("{LOGIN}<parcelCode>{code}</parcelCode>");
        tag(&world.soap("GetStatus", &inner).await, "GetStatusResult")
    };
    world.advance("500h").await;
    assert_eq!(status().await, "0", "it waits for its shop");
    let inner = format!("{LOGIN}<parcelCode>{code}</parcelCode><datereadyforPost/>");
    assert_eq!(tag(&world.soap("ReadyToShip", &inner).await, "ErrorCode"), "0");
    assert_eq!(status().await, "2");
    world.advance("2000h").await;
    assert_eq!(status().await, "7");
    assert!(page(&world, &code).await.contains("تحویل گیرنده"));
}

/// Not a benchmark, but a brake against memory: histories are computed, never kept.
#[tokio::test]
async fn histories_write_nothing() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    switch(&world, "iran_post", json!({"journeys": {"start": "2025-01-01T00:00:00Z"}})).await;
    world.ledger("iran_post").await;
    let size = || std::fs::metadata(file.0.with_extension("db-wal")).map_or(0, |meta| meta.len());
    let before = size();
    for serial in 0..50 {
        let text = page(&world, &format!("0518005064000811608{serial:05}")).await;
        assert!(text.contains("pnlResult"), "{text}");
    }
    assert_eq!(size(), before);
}
