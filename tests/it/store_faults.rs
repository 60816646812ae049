//! The cloud's bad days at the table (F5), which the embedded engine never shows by itself.

use jiff::SignedDuration;
use yam_embedded::dynamodb::{Chances, Fault};
use yam_tests::{Options, World, order_to_shiraz};

/// Each kind of fault at each kind of call, once.
#[tokio::test]
async fn one_fault_at_any_call_loses_and_doubles_nothing() {
    let world = World::new(Options::default()).await;
    let mut orders = 0;
    for fault in
        [Fault::Throttled, Fault::Conflict, Fault::LostAnswer, Fault::NoConnection, Fault::InternalError]
    {
        for operation in ["TransactWriteItems", "PutItem", "GetItem", "Query", "DeleteItem"] {
            orders += 1;
            let order = world.place(order_to_shiraz(&format!("S-{orders}"))).await;
            world.dynamo.script(operation, fault, 2);
            world.drain().await;
            world.dynamo.heal();
            for _ in 0..4 {
                world.clock.advance(SignedDuration::from_mins(3));
                world.tick().await;
            }
            let parcel = world.parcel_of(&order).await;
            assert_eq!(parcel["state"], "registered", "{fault:?} at {operation}: {parcel}");
            assert_eq!(world.ledger("iran_post").await.len(), orders, "{fault:?} at {operation}");
        }
    }
}

/// Everything at once at five per cent, many orders, REST: invariants R1, R2, R3 and G1.
#[tokio::test]
async fn many_faults_at_once_keep_the_invariants() {
    let seed = 20_261_121;
    println!("seed {seed}");
    let world = World::new(Options { wire: Some("rest"), seed, ..Options::default() }).await;
    let part = 0.03;
    world.dynamo.chances(Chances {
        stale_read: 0.2,
        throttled: part,
        internal_error: part,
        conflict: part,
        lost_answer: part,
        no_connection: part,
    });
    let mut orders = Vec::new();
    for n in 0..25 {
        for _ in 0..20 {
            let (status, answer) =
                world.call("POST", "/v1/orders", Some(order_to_shiraz(&format!("M-{n}")))).await;
            if status.is_success() {
                orders.push(answer);
                break;
            }
        }
        world.drain().await;
    }
    world.advance(SignedDuration::from_mins(5)).await;
    world.dynamo.heal();
    world.advance(SignedDuration::from_mins(30)).await;
    assert_eq!(orders.len(), 25);
    let ledger = world.ledger("iran_post").await;
    assert_eq!(ledger.len(), 25, "one parcel an order at the operator");
    for order in &orders {
        let parcel = world.parcel_of(order).await;
        assert_eq!(parcel["state"], "registered", "{parcel}");
        assert!(ledger.iter().any(|row| row["its_id"] == parcel["tracking_code"]));
    }
    for queue in ["dispatch", "sync", "evidence"] {
        let counts = world.sqs.counts(queue).await.unwrap();
        assert_eq!((counts.waiting, counts.dead), (0, 0), "{queue}");
    }
}
