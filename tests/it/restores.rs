//! Yesterday's table under today's posts (F20; reliability notes, "restore").

use jiff::SignedDuration;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz};

/// An order is planned when the copy is made, and registered afterwards. Over the copy, a wire that can be asked finds the
/// parcel; where it cannot, a person is asked; neither sends again. What was planned and never sent goes out late.
#[tokio::test]
async fn a_table_of_yesterday_registers_nothing_twice() {
    for (wire, state) in [("rest", "registered"), ("eshop", "outcome_unknown")] {
        let mut world = World::new(Options { wire: Some(wire), ..Options::default() }).await;
        let order = world.place(order_to_shiraz("R-1")).await;
        let copy = world.copy_of_the_table().await;
        world.drain().await;
        assert_eq!(world.parcel_of(&order).await["state"], "registered", "{wire}");
        let made = world.ledger("iran_post").await;
        assert_eq!(made.len(), 1, "{wire}");

        world.clock.advance(SignedDuration::from_hours(1));
        world.restore(copy).await;
        assert_eq!(
            world.parcel_of(&order).await["tracking_code"],
            json!(null),
            "{wire}: the copy knows nothing"
        );
        world.advance(SignedDuration::from_mins(10)).await;
        let parcel = world.parcel_of(&order).await;
        assert_eq!(parcel["state"], state, "{wire}: {parcel}");
        assert_eq!(world.ledger("iran_post").await.len(), 1, "{wire}: nothing was sent again");
        if state == "registered" {
            assert_eq!(parcel["tracking_code"], made[0]["its_id"], "{wire}");
        } else {
            assert_eq!(parcel["resolution"], "person", "{wire}: {parcel}");
        }

        // What comes after the restore goes its usual way.
        let later = world.place(order_to_shiraz("R-2")).await;
        world.drain().await;
        assert_eq!(world.parcel_of(&later).await["state"], "registered", "{wire}");
        assert_eq!(world.ledger("iran_post").await.len(), 2, "{wire}");
    }
}

/// The look-up finds nothing: after the quiet time it is sent once.
#[tokio::test]
async fn what_was_never_sent_goes_out_after_a_restore() {
    let mut world = World::new(Options { wire: Some("rest"), ..Options::default() }).await;
    let order = world.place(order_to_shiraz("R-3")).await;
    let copy = world.copy_of_the_table().await;
    world.clock.advance(SignedDuration::from_hours(1));
    world.restore(copy).await;
    world.advance(SignedDuration::from_mins(10)).await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}
