//! The payer's pages, as a browser without scripts uses them.

use serde_json::json;

use super::shop::CARD;
use super::zarinpal::request;
use crate::support::World;

#[tokio::test]
async fn a_page_shows_what_is_to_be_paid_and_leads_back() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    let (status, page) = world.page(&format!("/zarinpal/pg/StartPay/{authority}")).await;
    assert_eq!(status, 200);
    for part in ["dir=\"rtl\"", "name=\"viewport\"", "data-amount=\"250000\"", "id=\"pay\"", "id=\"cancel\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains(&format!("action=\"/zarinpal/payer/{authority}\"")));
    assert!(!page.contains("<script"), "no script is needed");
    let pay = [("action", "pay"), ("card", "۶۱۰۴ ۳۳۰۰ ۰۰۰۰ ۱۲۳۳")];
    let (status, target, _) = world.submit(&format!("/zarinpal/payer/{authority}"), &pay).await;
    assert_eq!(status, 303);
    assert_eq!(target, format!("http://shop.example/cb?x=1&Authority={authority}&Status=OK"));
    assert_eq!(world.kinds("zarinpal").await, ["request", "taken"]);
    // A second press of the button, and the page opened again: the same way back, no second money.
    let (status, _, page) = world.submit(&format!("/zarinpal/payer/{authority}"), &pay).await;
    assert_eq!(status, 200);
    assert!(page.contains("id=\"return\"") && page.contains("<output id=\"state\">paid</output>"), "{page}");
    let (_, page) = world.page(&format!("/zarinpal/pg/StartPay/{authority}")).await;
    assert!(page.contains("Status=OK") && !page.contains("id=\"pay\""));
    assert_eq!(world.kinds("zarinpal").await, ["request", "taken"]);
}

#[tokio::test]
async fn cancel_failure_and_time_out_lead_back_too() {
    let world = World::in_memory().await;
    for action in ["cancel", "fail", "expire"] {
        let authority = world.authority().await;
        let (status, target, _) =
            world.submit(&format!("/zarinpal/payer/{authority}"), &[("action", action)]).await;
        assert_eq!(status, 303, "{action}");
        assert!(target.ends_with("&Status=NOK"), "{action}: {target}");
    }
    assert_eq!(world.entries("zarinpal", "taken").await.len(), 0);
}

#[tokio::test]
async fn a_payer_may_stay_return_late_and_with_another_authority() {
    let world = World::in_memory().await;
    let (one, two) = (world.authority().await, world.authority().await);
    let stay = [("action", "pay"), ("card", CARD), ("stay", "1")];
    let (status, _, page) = world.submit(&format!("/zarinpal/payer/{one}"), &stay).await;
    assert_eq!(status, 200);
    assert!(page.contains("id=\"return-as\""), "{page}");
    world.advance("25m").await;
    let path = format!("/zarinpal/payer/{one}/return");
    let (status, target, _) = world.submit(&path, &[]).await;
    assert_eq!((status, target.contains(&one)), (303, true));
    let (status, target, _) = world.submit(&path, &[("as", &two)]).await;
    assert_eq!((status, target.contains(&two), target.contains(&one)), (303, true, false));
    assert!(target.starts_with("http://shop.example/cb?x=1&"));
}

#[tokio::test]
async fn cards_are_checked_before_money_moves() {
    let world = World::in_memory().await;
    let authority = world.authority().await;
    for card in ["", "6104330000001234", "12"] {
        let fields = [("action", "pay"), ("card", card)];
        let (status, _, page) = world.submit(&format!("/zarinpal/payer/{authority}"), &fields).await;
        assert_eq!((status, page.contains("id=\"pay\"")), (200, true), "{card}");
    }
    assert_eq!(world.kinds("zarinpal").await, ["request"]);
}

#[tokio::test]
async fn hostile_texts_are_only_texts() {
    let world = World::in_memory().await;
    let mut body = request("http://shop.example/\"onfocus=\"x");
    body["description"] = json!("<script>alert(1)</script>\u{1F600}\n\"'&");
    body["metadata"]["order_id"] = json!("\"><img src=x>");
    let (status, answer) = world.zarinpal("request", body).await;
    assert_eq!(status, 200, "{answer}");
    let authority = answer["data"]["authority"].as_str().unwrap();
    let (_, page) = world.page(&format!("/zarinpal/pg/StartPay/{authority}")).await;
    assert!(!page.contains("<script>") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;"));
    let pay = [("action", "pay"), ("card", CARD), ("stay", "1")];
    let (_, _, page) = world.submit(&format!("/zarinpal/payer/{authority}"), &pay).await;
    assert!(!page.contains("<script>") && !page.contains("\"onfocus") && !page.contains("<img"), "{page}");
    assert!(page.contains("/&quot;onfocus=&quot;x?Authority="));
}

#[tokio::test]
async fn unknown_payments_have_a_page_that_says_so() {
    let world = World::in_memory().await;
    for path in
        ["/zarinpal/pg/StartPay/x", "/zibal/start/1", "/sep/OnlinePG/SendToken?token=x", "/toss/payer/x"]
    {
        let (status, page) = world.page(path).await;
        assert_eq!((status, page.contains("id=\"error\"")), (404, true), "{path}");
    }
    for path in ["/zarinpal/", "/zarinpal/pg/v4/payment/nothing.json", "/toss/v1/nothing"] {
        assert_eq!(world.page(path).await.0, 404, "{path}");
    }
}
