//! Sender names and their moderation (S4-08 ... S4-12).

use jiff::SignedDuration;
use serde_json::json;
use yam_tests::{OPERATOR_KEY, Options, World};

use super::{ok, refused, shop_in};

#[tokio::test]
async fn sender_names_are_moderated_within_twenty_working_minutes() {
    // A Monday, 11:00 in Moscow.
    let beginning = Some("2026-11-23T08:00:00Z".parse().expect("an instant"));
    let world = World::new(Options { beginning, ..Options::default() }).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let names = "/v1/settings/sender-names";
    for (name, fits) in [
        ("ABCDEFGHIJK", true),
        ("ABCDEFGHIJKL", false),
        ("123456789012345", true),
        ("1234567890123456", false),
        ("YourShop", false),
        ("my%20shop", false),
        ("%D0%9C%D0%BE%D0%B9", false),
    ] {
        let (status, answer) =
            world.call_as(&key, "PUT", &format!("{names}/{name}"), &[], Some(json!({}))).await;
        assert_eq!(status.is_success(), fits, "{name}: {answer}");
    }
    let name = format!("{names}/ROMASHKA");
    let staff = "/v1/operator/merchants/romashka/sender-names/ROMASHKA";
    ok(&world, &key, "PUT", &name, Some(json!({}))).await;
    let approve = format!("{staff}/approve");
    assert_eq!(refused(&world, OPERATOR_KEY, "POST", &approve, json!({})).await.0, 409);
    let waiting = ok(&world, &key, "PUT", &name, Some(json!({"submit": true}))).await;
    assert_eq!(
        (&waiting["state"], &waiting["review_due_at"]),
        (&json!("pending"), &json!("2026-11-23T08:20:00Z")),
        "{waiting}"
    );
    assert_eq!(refused(&world, &key, "PUT", &name, json!({"in_use": true})).await.0, 409);
    // Texts are written meanwhile (S4-12), and the alarm rings once.
    let text = json!({"channel": "sms", "text": "Hi"});
    ok(&world, &key, "PUT", "/v1/settings/templates/hi", Some(text)).await;
    world.clock.advance(SignedDuration::from_mins(22));
    world.tick().await;
    world.clock.advance(SignedDuration::from_mins(5));
    world.tick().await;
    assert_eq!(world.counted("ReviewOverdue"), 1);
    let list = ok(&world, OPERATOR_KEY, "GET", "/v1/operator/sender-names", None).await;
    assert_eq!(
        (&list["items"][0]["name"], &list["items"][0]["overdue"]),
        (&json!("ROMASHKA"), &json!(true)),
        "{list}"
    );
    let reject = format!("{staff}/reject");
    let reason = json!({"reason": "trade_mark", "note": "a chain of shops has this name"});
    assert_eq!(refused(&world, OPERATOR_KEY, "POST", &reject, json!({"reason": "ugly"})).await.0, 422);
    let refused_name = ok(&world, OPERATOR_KEY, "POST", &reject, Some(reason)).await;
    assert_eq!((&refused_name["state"], &refused_name["reason"]), (&json!("rejected"), &json!("trade_mark")));
    ok(&world, &key, "PUT", &name, Some(json!({"submit": true}))).await;
    let body = json!({"registered_at": ["smsc"]});
    let approved = ok(&world, OPERATOR_KEY, "POST", &approve, Some(body)).await;
    assert_eq!((&approved["state"], &approved["in_use"]), (&json!("approved"), &json!(true)), "{approved}");
    let states: Vec<&str> =
        approved["steps"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["draft", "pending", "rejected", "pending", "approved"]);
    let list = ok(&world, OPERATOR_KEY, "GET", "/v1/operator/sender-names", None).await;
    assert_eq!(list["items"], json!([]));
    let provider = format!("{staff}/providers/smsru");
    let body = json!({"state": "registered"});
    let seen = ok(&world, OPERATOR_KEY, "PUT", &provider, Some(body)).await;
    assert_eq!(seen["providers"]["smsru"]["state"], "registered");
    let used = world.store();
    let romashka = yam_domain::ids::MerchantId::parse("romashka").unwrap();
    let settings = yam_store::notices::settings(&used, &romashka).await.unwrap();
    let at = |messenger| settings.sender_at(messenger).map(|name| name.as_str().to_owned());
    assert_eq!(at(yam_domain::ids::MessengerId::SmsRu).as_deref(), Some("ROMASHKA"));
    assert_eq!(at(yam_domain::ids::MessengerId::Sns), None);
}
