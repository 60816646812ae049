//! What things cost in read and write units; the figures stand in `shared/store/ACCESS.md`.

use yam_tests::{Options, World, order_to_shiraz, quote_to_shiraz};

#[tokio::test]
async fn a_cached_quote_costs_nothing_and_an_uncached_one_little() {
    let world = World::new(Options::default()).await;
    world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
    world.usage.reset();
    world.call("POST", "/v1/rates", Some(quote_to_shiraz(900, true))).await;
    let uncached = world.usage.total();
    println!("uncached quote: {} read units, {} write units", uncached.read_units, uncached.write_units);
    assert!(uncached.read_units <= 0.5, "{uncached:?}");
    assert!(uncached.write_units <= 1.0, "{uncached:?}");
    world.usage.reset();
    world.call("POST", "/v1/rates", Some(quote_to_shiraz(900, true))).await;
    let cached = world.usage.total();
    assert_eq!((cached.read_units, cached.write_units), (0.0, 0.0), "{cached:?}");
}

#[tokio::test]
async fn an_order_from_placed_to_told_stays_within_its_budget() {
    let world = World::new(Options::default()).await;
    world.place(order_to_shiraz("U-0")).await;
    world.drain().await;
    world.usage.reset();
    world.place(order_to_shiraz("U-1")).await;
    world.drain().await;
    let cost = world.usage.total();
    println!(
        "order: {} read units, {} write units, {} SQS requests",
        cost.read_units, cost.write_units, cost.sqs_requests
    );
    assert!(cost.write_units <= 60.0, "{cost:?}");
    assert!(cost.read_units <= 30.0, "{cost:?}");
}
