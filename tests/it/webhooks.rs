//! Signed webhooks out (W1, traps 2 and 3).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use yam_platform::{Clock as _, SystemClock};
use yam_tests::{Options, World, order_to_shiraz};

/// An independent verifier accepts what the shop received, byte for byte.
#[tokio::test]
async fn an_independent_verifier_accepts_the_deliveries() {
    // The verifier looks at the machine's own clock.
    let beginning = Some(SystemClock.now());
    let world = World::new(Options { beginning, ..Options::default() }).await;
    let url = format!("{}/shop/webhooks", world.simulators);
    let (_, made) = world.call("PUT", "/v1/settings/webhooks/second", Some(json!({"url": url}))).await;
    let first_secret = made["secret"].as_str().unwrap().to_owned();
    let (status, rotated) = world.call("POST", "/v1/settings/webhooks/second/rotate", None).await;
    assert_eq!(status, StatusCode::OK);
    let new_secret = rotated["secret"].as_str().unwrap().to_owned();
    world.place(order_to_shiraz("W-1")).await;
    world.drain().await;
    let received = world.webhooks().await;
    assert_eq!(received.len(), 2, "one for each endpoint");
    // Both secrets verify during the overlap: exactly one of the two deliveries is the second endpoint's.
    for secret in [&first_secret, &new_secret] {
        let verifier = standardwebhooks::Webhook::new(secret).unwrap();
        let verified = received.iter().filter(|delivery| {
            let mut headers = http::HeaderMap::new();
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                headers.insert(name, delivery["headers"][name].as_str().unwrap().parse().unwrap());
            }
            verifier.verify(delivery["body"].as_str().unwrap().as_bytes(), &headers).is_ok()
        });
        assert_eq!(verified.count(), 1);
    }
}

/// A receiver that fails gets it again later under the same id; the list shows it.
#[tokio::test]
async fn a_failing_receiver_gets_it_again_under_the_same_id() {
    let world = World::new(Options::default()).await;
    world.fault("webhooks", json!({"mode": "http_500", "times": 2})).await;
    world.place(order_to_shiraz("W-2")).await;
    world.drain().await;
    let (_, list) = world.call("GET", "/v1/webhooks/deliveries", None).await;
    assert_eq!(list["items"][0]["state"], "pending", "{list}");
    assert_eq!(list["items"][0]["last_status"], 500);
    world.advance(SignedDuration::from_mins(10)).await;
    let (_, list) = world.call("GET", "/v1/webhooks/deliveries", None).await;
    let all = list["items"].as_array().unwrap();
    let delivery = all.iter().find(|delivery| delivery["event_type"] == "parcel.registered").unwrap();
    assert_eq!(delivery["state"], "delivered", "{list}");
    assert_eq!(delivery["attempts"], 3);
    let id = delivery["delivery_id"].as_str().unwrap();
    let before = world.webhooks().await.len();
    let (status, _) = world.call("POST", &format!("/v1/webhooks/deliveries/{id}/resend"), None).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    world.drain().await;
    let received = world.webhooks().await;
    assert_eq!(received.len(), before + 1);
    let registered = received.iter().filter(|w| w["body"].as_str().unwrap().contains("parcel.registered"));
    let ids: std::collections::BTreeSet<_> =
        registered.map(|w| w["headers"]["webhook-id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "a repetition has the same id");
}

/// 410 switches the endpoint off; redirects are not followed.
#[tokio::test]
async fn gone_disables_and_redirects_fail() {
    let world = World::new(Options::default()).await;
    world.fault("webhooks", json!({"mode": "status", "status": 307, "times": 1})).await;
    world.call("POST", "/v1/webhooks/test", None).await;
    world.drain().await;
    let (_, list) = world.call("GET", "/v1/webhooks/deliveries", None).await;
    assert_eq!(
        (list["items"][0]["state"].as_str(), list["items"][0]["last_status"].as_u64()),
        (Some("pending"), Some(307))
    );
    world.heal("webhooks").await;
    world.fault("webhooks", json!({"mode": "status", "status": 410, "times": 1})).await;
    world.advance(SignedDuration::from_mins(1)).await;
    let (_, endpoint) = world.call("GET", "/v1/settings/webhooks/shop", None).await;
    assert_eq!(endpoint["enabled"], false, "{endpoint}");
    assert!(endpoint["disabled_reason"].as_str().unwrap().contains("410"));
}

/// No request to places a user chose unless checked.
#[tokio::test]
async fn private_addresses_are_refused_when_typed_in() {
    let world = World::new(Options::default()).await;
    for url in [
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "ftp://x",
        "nonsense",
    ] {
        let (status, answer) =
            world.call("PUT", "/v1/settings/webhooks/bad", Some(json!({"url": url}))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{url}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], "#/url");
    }
}
