//! Behpardakht Mellat: what happens when time passes.

use serde_json::json;

use super::mellat::pay_request;
use crate::support::World;

#[tokio::test]
async fn an_unverified_sale_goes_back_after_twenty_minutes() {
    let world = World::in_memory().await;
    let sale = world.sale(1).await;
    world.advance("19m").await;
    assert_eq!(world.mellat_of("bpInquiryRequest", 1, &sale).await, "44");
    world.advance("2m").await;
    for operation in ["bpInquiryRequest", "bpVerifyRequest", "bpSettleRequest", "bpReversalRequest"] {
        assert_eq!(world.mellat_of(operation, 1, &sale).await, "48", "{operation}");
    }
    assert_eq!(world.kinds("mellat").await, ["request", "taken", "returned"]);
}

#[tokio::test]
async fn an_unsettled_sale_ends_as_the_switch_says() {
    for (rule, inquiry, kind) in
        [("settle", "0", Some("settled")), ("reverse", "48", Some("returned")), ("keep", "0", None)]
    {
        let world = World::in_memory().await;
        world.switch("mellat", json!({"unsettled": rule})).await;
        let sale = world.sale(1).await;
        assert_eq!(world.mellat_of("bpVerifyRequest", 1, &sale).await, "0");
        world.advance("179m").await;
        assert_eq!(world.kinds("mellat").await, ["request", "taken", "verified"], "{rule}");
        world.advance("2m").await;
        assert_eq!(world.mellat_of("bpInquiryRequest", 1, &sale).await, inquiry, "{rule}");
        let kinds = world.kinds("mellat").await;
        assert_eq!(kinds.get(3).map(String::as_str), kind, "{rule}");
    }
}

#[tokio::test]
async fn a_sale_is_reversed_within_three_hours_and_before_settle() {
    let world = World::in_memory().await;
    world.switch("mellat", json!({"unsettled": "keep"})).await;
    let (one, two) = (world.sale(1).await, world.sale(2).await);
    for (order, sale) in [(1, &one), (2, &two)] {
        world.mellat_of("bpVerifyRequest", order, sale).await;
    }
    assert_eq!(world.mellat_of("bpReversalRequest", 1, &one).await, "0");
    assert_eq!(world.mellat_of("bpReversalRequest", 1, &one).await, "48");
    assert_eq!(world.mellat_of("bpSettleRequest", 1, &one).await, "48", "never both");
    world.advance("181m").await;
    assert_eq!(world.mellat_of("bpReversalRequest", 2, &two).await, "55");
    assert_eq!(world.entries("mellat", "reversed").await.len(), 1);
}

#[tokio::test]
async fn a_lost_return_is_found_by_the_undocumented_operation() {
    let world = World::in_memory().await;
    let ask = "<terminalId>1234</terminalId><userName>demo</userName><userPassword>demo</userPassword>\
               <orderId>5</orderId><saleOrderId>5</saleOrderId>";
    let id = world.ref_id(5).await;
    assert_eq!(world.mellat("bpSaleReferenceIdRequest", ask).await, "42");
    let paid = world.pay("mellat", &id).await;
    let receipt = paid["receipt"].as_str().unwrap();
    assert_eq!(world.mellat("bpSaleReferenceIdRequest", ask).await, format!("0,{receipt}"));
    world.switch("mellat", json!({"sale_reference_pair": false})).await;
    assert_eq!(world.mellat("bpSaleReferenceIdRequest", ask).await, receipt);
    world.switch("mellat", json!({"sale_reference_lookup": false})).await;
    assert_eq!(world.mellat_raw("bpSaleReferenceIdRequest", ask).await.0, 500);
}

#[tokio::test]
async fn verify_and_settle_in_one_call() {
    let world = World::in_memory().await;
    let sale = world.sale(1).await;
    assert_eq!(world.mellat_of("bpVerifySettleRequest", 1, &sale).await, "0");
    assert_eq!(world.kinds("mellat").await, ["request", "taken", "verified", "settled"]);
    let open = world.mellat("bpPayRequest", &pay_request(2, &[])).await;
    assert!(open.starts_with("0,"));
}
