//! The same order, the same key (F20).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz};

#[tokio::test]
async fn the_same_number_with_the_same_content_is_the_same_order() {
    let world = World::new(Options::default()).await;
    let first = world.place(order_to_shiraz("N-1")).await;
    world.drain().await;
    let again = world.place(order_to_shiraz("N-1")).await;
    assert_eq!(first["order_id"], again["order_id"]);
    world.drain().await;
    assert_eq!(world.ledger("iran_post").await.len(), 1);
    let mut other = order_to_shiraz("N-1");
    other["cod"] = json!(false);
    let (status, answer) = world.call("POST", "/v1/orders", Some(other)).await;
    assert_eq!(
        (status, answer["type"].as_str()),
        (StatusCode::CONFLICT, Some("/problems/order-number-taken"))
    );
    assert_eq!(answer["order_id"], first["order_id"]);
}

#[tokio::test]
async fn an_idempotency_key_answers_the_same_and_refuses_another_body() {
    let world = World::new(Options::default()).await;
    let key = world.key.clone();
    let post = |value: &'static str, body| {
        let (world, key) = (&world, key.clone());
        async move { world.call_as(&key, "POST", "/v1/orders", &[("idempotency-key", value)], Some(body)).await }
    };
    let (status, first) = post("\"k-1\"", order_to_shiraz("N-2")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    world.drain().await;
    // Bare and quoted are the same key; the stored answer comes back although the parcel has moved on.
    let (status, again) = post("k-1", order_to_shiraz("N-2")).await;
    assert_eq!((status, &again), (StatusCode::ACCEPTED, &first));
    let (status, answer) = post("k-1", order_to_shiraz("N-3")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["type"], "/problems/idempotency-key-reused");
    // After 25 hours the key is free; the order number still is not.
    world.clock.advance(SignedDuration::from_hours(25));
    let (status, later) = post("k-1", order_to_shiraz("N-2")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(later["order_id"], first["order_id"]);
    assert_eq!(world.ledger("iran_post").await.len(), 1);
    for bad in ["", "x".repeat(300).as_str()] {
        let (status, _) = world
            .call_as(&key, "POST", "/v1/orders", &[("idempotency-key", bad)], Some(order_to_shiraz("N-4")))
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{bad:?}");
    }
}

/// Twenty at once under one number: one order, one parcel.
#[tokio::test]
async fn parallel_placings_make_one_order() {
    let world = World::new(Options::default()).await;
    let placing = (0..20).map(|i| {
        let (world, key) = (&world, world.key.clone());
        let header = if i % 2 == 0 { "same" } else { "other" };
        async move {
            let headers = [("idempotency-key", header)];
            world.call_as(&key, "POST", "/v1/orders", &headers, Some(order_to_shiraz("N-5"))).await
        }
    });
    let answers = futures_util::future::join_all(placing).await;
    let mut ids: Vec<String> = Vec::new();
    for (status, answer) in answers {
        assert!(status == StatusCode::ACCEPTED || status == StatusCode::CONFLICT, "{status} {answer}");
        ids.extend(answer["order_id"].as_str().map(str::to_owned));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    world.drain().await;
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}
