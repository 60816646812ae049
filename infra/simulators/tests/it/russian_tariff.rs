//! Russian Post's public calculator.

use serde_json::{Value, json};

use crate::support::World;

const SYSTEM: &str = "russian_post_tariff";

async fn ask(world: &World, path: &str) -> (u16, Value) {
    let (status, text) = crate::posts::get(world, &format!("/russian_post/tariff{path}")).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

const PARCEL: &str = "/v2/calculate/tariff/delivery?json&object=4030&from=410012&to=685000&weight=1000&date=20260302&time=0230";

fn codes(answer: &Value) -> Vec<i64> {
    answer["errors"].as_array().unwrap().iter().map(|error| error["code"].as_i64().unwrap()).collect()
}

/// The answer of section 5 that was captured in 2022.
#[tokio::test]
async fn a_captured_answer_is_met() {
    let world = World::in_memory().await;
    let path = "/v2/calculate/tariff/delivery?json&object=3000&from=344038&to=115162&weight=100&errorcode=1&date=20221006&time=0230";
    let (status, answer) = ask(&world, path).await;
    assert_eq!(status, 200);
    for (name, value) in [
        ("version_api", json!(2)),
        ("id", json!(3000)),
        ("name", json!("Бандероль простая")),
        ("weight", json!(100)),
        ("from", json!(344_038)),
        ("to", json!(115_162)),
        ("date", json!(20_221_006)),
        ("time", json!(23_000)),
        ("transtype", json!(1)),
        ("transname", json!("наземно")),
        ("ground", json!({"val": 4200, "valnds": 5040})),
        ("pay", json!(4200)),
        ("paynds", json!(5040)),
        ("ndsrate", json!(20)),
        ("nds", json!(840)),
        ("delivery", json!({"min": 4, "max": 4, "deadline": "20221010T235900"})),
    ] {
        assert_eq!(answer[name], value, "{name}");
    }
    assert_eq!(answer["items"][0]["tariff"]["valnds"], 5040);
}

#[tokio::test]
async fn parcels_cost_what_the_table_says() {
    let world = World::in_memory().await;
    let (_, plain) = ask(&world, PARCEL).await;
    assert_eq!(
        (&plain["pay"], &plain["nds"], &plain["ndsrate"]),
        (&json!(61_148), &json!(13_453), &json!(22))
    );
    assert_eq!((&plain["delivery"]["min"], &plain["delivery"]["max"]), (&json!(38), &json!(40)));
    let (_, declared) =
        ask(&world, &format!("{}&sumoc=150000&service=4,20", PARCEL.replace("4030", "4020"))).await;
    assert_eq!(
        (&declared["cover"]["val"], &declared["service"]["val"]),
        (&json!(4_500), &json!(18_344 + 1_500))
    );
    assert_eq!(declared["pay"], 61_148 + 4_500 + 18_344 + 1_500);
    assert_eq!(declared["items"].as_array().unwrap().len(), 4);
    let (_, parts) = ask(&world, &PARCEL.replace("object=4030", "mailtype=4&mailctg=3&directctg=1")).await;
    assert_eq!((&parts["id"], &parts["pay"]), (&json!(4030), &plain["pay"]));
    let (_, price) = ask(&world, &PARCEL.replace("tariff/delivery", "tariff")).await;
    assert!(price.get("delivery").is_none() && price["pay"] == plain["pay"]);
    let (_, terms) = ask(&world, &PARCEL.replace("tariff/delivery", "delivery")).await;
    assert!(terms.get("pay").is_none() && terms["delivery"] == plain["delivery"]);
    let (_, abroad) =
        ask(&world, "/v2/calculate/tariff?json&object=4031&from=101000&country-to=398&weight=1500").await;
    assert_eq!((&abroad["directctg"], &abroad["ground"]["val"]), (&json!(2), &json!(210_000)));
    assert!(
        crate::posts::get(
            &world,
            "/russian_post/tariff/v2/calculate/tariff?object=4030&from=101000&to=630099&weight=1"
        )
        .await
        .1
        .contains("paynds: ")
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_by_codes() {
    let world = World::in_memory().await;
    for (change, wanted) in [
        (("object=4030", "object=4020"), vec![1201]),
        (("object=4030", "object=9990"), vec![1205]),
        (("object=4030", "object=parcel"), vec![1366]),
        (("object=4030&", ""), vec![1201]),
        (("&to=685000", ""), vec![1201]),
        (("to=685000", "to=68500"), vec![1207]),
        (("from=410012", "from=999999"), vec![1207]),
        (("weight=1000", "weight=20001"), vec![2003]),
        (("weight=1000", "weight=0"), vec![1376]),
        (("weight=1000", "weight=kilo"), vec![1366]),
        (("20260302", "20261302"), vec![1203]),
        (("time=0230", "time=2530"), vec![1203]),
        (("weight=1000", "weight=1000&service=999"), vec![1202]),
        (("object=4030", "object=4040&sumoc=100&sumnp=101"), vec![2011]),
        (("to=685000", "to=410100&isavia=2"), vec![1370]),
        (("from=410012&to=685000", "weight2=1"), vec![1201, 1201]),
        (("object=4030", "object=4031"), vec![1201]),
        (("object=4030", "object=4031&country-to=999"), vec![1210]),
    ] {
        let (status, answer) = ask(&world, &PARCEL.replace(change.0, change.1)).await;
        assert_eq!((status, codes(&answer)), (400, wanted), "{change:?}");
        assert!(answer["errors"][0]["msg"].is_string() && answer["errors"][0]["type"].is_i64());
    }
    let (status, answer) = ask(&world, &format!("{}&errorcode=0", PARCEL.replace("1000", "0"))).await;
    assert_eq!((status, codes(&answer)), (200, vec![1376]));
}

#[tokio::test]
async fn a_route_may_be_closed_and_prices_change() {
    let world = World::in_memory().await;
    let change = json!({"closed": ["685"], "level_percent": 200, "vat_percent": 10});
    assert_eq!(world.post("/_local/simulators/russian_post_tariff/settings", &change).await.0, 200);
    let (status, answer) = ask(&world, PARCEL).await;
    assert_eq!((status, codes(&answer)), (400, vec![1372]));
    let (_, all_the_same) = ask(&world, &format!("{PARCEL}&closed=1")).await;
    assert_eq!((&all_the_same["pay"], &all_the_same["ndsrate"]), (&json!(122_296), &json!(10)));
    assert_eq!(
        world.post("/_local/simulators/russian_post_tariff/settings", &json!({"closed": 5})).await.0,
        422
    );
}

#[tokio::test]
async fn the_first_version_still_answers() {
    let world = World::in_memory().await;
    let path = "/tariff/v1/calculate?json&object=4030&from=410012&to=685000&weight=1000&date=20260302";
    let response =
        world.client().get(format!("{}/russian_post/tariff{path}", world.base)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain;charset=utf-8");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(
        (&answer["pay"], &answer["paynds"], &answer["cat"]),
        (&json!(61_148), &json!(74_601), &json!(3))
    );
    let (status, wrong) = ask(&world, &path.replace("1000", "0")).await;
    assert_eq!((status, codes(&wrong)), (200, vec![1376]));
    assert_eq!((&wrong["caption"], &wrong["data"]["object"]), (&json!("Ошибки тарификации"), &json!(4030)));
    assert!(wrong["error"][0].is_string());
    let (_, terms) = ask(&world, &path.replace("/tariff/v1", "/delivery/v1")).await;
    assert_eq!(terms["delivery"]["min"], 38);
}

#[tokio::test]
async fn dictionaries_list_what_can_be_asked() {
    let world = World::in_memory().await;
    let (_, objects) = ask(&world, "/v2/dictionary/object/tariff/delivery?json&id=4030").await;
    assert_eq!(objects["object"], json!([{"id": 4030, "name": "Посылка обыкновенная"}]));
    for name in ["category", "service", "country", "postoffice"] {
        let (status, list) = ask(&world, &format!("/v2/dictionary/{name}?json")).await;
        assert!(status == 200 && !list[name].as_array().unwrap().is_empty(), "{list}");
    }
}

#[tokio::test]
async fn the_calculator_goes_wrong_and_writes_nothing() {
    let world = World::in_memory().await;
    let strike = async |fault: Value| {
        world.fault(SYSTEM, fault).await;
        ask(&world, PARCEL).await
    };
    assert_eq!(strike(json!({"mode": "quota"})).await.0, 429);
    assert_eq!(codes(&strike(json!({"mode": "code", "code": 5000})).await.1), [5000]);
    assert_eq!(strike(json!({"mode": "http_500", "operation": "calculate/tariff/delivery"})).await.0, 500);
    assert!(strike(json!({"mode": "malformed"})).await.1.is_string());
    assert_eq!(strike(json!({"mode": "wrong_type"})).await.1["pay"], "many");
    assert_eq!(strike(json!({"mode": "html"})).await.0, 200);
    world.fault(SYSTEM, json!({"mode": "lost_answer", "at_byte": 100})).await;
    let url = format!("{}/russian_post/tariff{PARCEL}", world.base);
    assert!(world.client().get(&url).send().await.is_err());
    assert_eq!(world.client().post(&url).send().await.unwrap().status(), 405);
    assert_eq!(ask(&world, "/v2/nothing").await.0, 404);
    let ledger = world.ledger(SYSTEM).await;
    assert_eq!((&ledger["items"], &ledger["bodies"]), (&json!([]), &json!([])));
    assert_eq!(ledger["calls"][0]["received"], 7);
}
