//! Lists of orders: each with its own parcels, read together.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_domain::ids::MerchantId;
use yam_embedded::dynamodb::Fault;
use yam_store::Read;
use yam_store::keys::of_merchant;
use yam_tests::{Options, World, order_to_shiraz};

/// An order of two parcels that wait.
fn two_parcels(number: &str) -> Value {
    let mut order = order_to_shiraz(number);
    order["items"][0]["quantity"] = json!(2);
    order["goods_total"]["amount"] = json!(1_800_000);
    let half = json!({"items": [{"line_id": "1", "quantity": 1}]});
    order["parcels"] = json!([half, half]);
    order["dispatch"] = json!("manual");
    order
}

async fn listed(world: &World, query: &str) -> Value {
    let (status, list) = world.call("GET", &format!("/v1/orders{query}"), None).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    list
}

#[tokio::test]
async fn each_order_of_a_page_comes_with_its_own_parcels() {
    let world = World::new(Options::default()).await;
    let mut placed = Vec::new();
    for number in ["A-1", "A-2", "A-3"] {
        placed.push(world.place(two_parcels(number)).await);
        world.clock.advance(SignedDuration::from_secs(1));
    }
    placed.reverse();
    let first = listed(&world, "?limit=2").await;
    assert_eq!(first["items"].as_array().unwrap().as_slice(), &placed[..2]);
    let cursor = first["next_cursor"].as_str().expect("a third order");
    let second = listed(&world, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(second["items"].as_array().unwrap().as_slice(), &placed[2..]);
}

/// A lagging read shows old parcels, never an order without them.
#[tokio::test]
async fn an_order_just_placed_is_listed_with_its_parcels() {
    let world = World::new(Options::default()).await;
    let placed = world.place(two_parcels("A-4")).await;
    world.dynamo.script("BatchGetItem", Fault::StaleRead, 1);
    let list = listed(&world, "").await;
    assert_eq!(list["items"], json!([placed]));
}

#[tokio::test]
async fn a_page_of_orders_costs_half_a_unit_for_each_parcel() {
    let world = World::new(Options::default()).await;
    for n in 0..10 {
        world.place(order_to_shiraz(&format!("U-{n}"))).await;
    }
    listed(&world, "").await;
    world.usage.reset();
    assert_eq!(listed(&world, "").await["items"].as_array().map(Vec::len), Some(10));
    let cost = world.usage.total();
    println!("a page of ten orders: {} read units", cost.read_units);
    assert!(cost.read_units <= 9.0, "{cost:?}");
    assert_eq!(cost.write_units, 0.0, "{cost:?}");
}

#[tokio::test]
async fn more_keys_than_one_request_takes_are_read_in_several() {
    let world = World::new(Options::default()).await;
    let table = world.store().table;
    let demo = MerchantId::parse("demo").unwrap();
    let keys: Vec<_> = (0..250).map(|n| of_merchant(&demo, format!("TEST#{n}"))).collect();
    for key in keys.iter().skip(1) {
        table.put(key, &json!({"named": key.sk})).await.unwrap();
    }
    for read in [Read::Eventual, Read::Consistent] {
        let found = table.get_many::<Value>(&keys, read).await.unwrap();
        assert_eq!(found.len(), keys.len() - 1);
        assert!(found.iter().all(|(key, item)| item["named"] == key.sk.as_str()));
        assert!(!found.contains_key(&keys[0]), "what is not there is left out");
    }
    assert!(table.get_many::<Value>(&[], Read::Eventual).await.unwrap().is_empty());
}
