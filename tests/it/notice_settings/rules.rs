//! Rules in versions, and what keeps them off (S4-13 ... S4-20, S4-44).

use http::StatusCode;
use serde_json::{Value, json};
use yam_tests::{Options, World};

use super::{RULES, ok, refused, rule, shop_in};

#[tokio::test]
async fn rules_have_versions_and_an_unedited_text_keeps_them_off() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let first = ok(&world, &key, "GET", RULES, None).await;
    assert_eq!((first["version"].as_u64(), first["service_enabled"].as_bool()), (Some(1), Some(true)));
    let rules = first["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| (rule["audience"] == "buyer") != rule["enabled"].as_bool().unwrap()));
    assert!(!first["not_ready"].as_array().unwrap().is_empty());

    // Other settings leave the rules as they are.
    ok(
        &world,
        &key,
        "PUT",
        "/v1/settings/phones",
        Some(json!({"allow_landline": true, "replace_invalid": true})),
    )
    .await;
    // The default text still says <SHOP>.
    let on = json!({"version": 1, "rules": [rule("arrived", "sms", false), rule("accepted", "sms", true)]});
    assert_eq!(refused(&world, &key, "PUT", RULES, on).await, (422, "#/rules/1/enabled".into()));
    let mut named = rule("accepted", "sms", true);
    named["template_id"] = json!("accepted");
    let body = json!({"version": 1, "rules": [named]});
    assert_eq!(
        refused(&world, &key, "PUT", RULES, body.clone()).await,
        (422, "#/rules/0/template_id".into())
    );
    let text = json!({"channel": "sms", "text": "Ромашка: посылка {track} принята"});
    ok(&world, &key, "PUT", "/v1/settings/templates/accepted", Some(text)).await;
    let saved = ok(&world, &key, "PUT", RULES, Some(body.clone())).await;
    assert_eq!(saved["version"], 2, "{saved}");
    // The same version again is stale, and the refusal says which is not.
    let (status, answer) = world.call_as(&key, "PUT", RULES, &[], Some(body)).await;
    assert_eq!(
        (status, &answer["type"], &answer["version"]),
        (StatusCode::CONFLICT, &json!("/problems/stale-version"), &json!(2))
    );
    // Every version stays.
    let past = ok(&world, &key, "GET", "/v1/settings/rules/1", None).await;
    assert_eq!(past["rules"], first["rules"]);
    assert_eq!(ok(&world, &key, "GET", "/v1/settings/rules/2", None).await["rules"], saved["rules"]);
    // The switch is a version too.
    ok(&world, &key, "PUT", "/v1/settings/service", Some(json!({"enabled": false}))).await;
    let off = ok(&world, &key, "GET", RULES, None).await;
    assert_eq!((off["version"].as_u64(), off["service_enabled"].as_bool()), (Some(3), Some(false)));
    let account = ok(&world, &key, "GET", "/v1/account", None).await;
    assert_eq!(account["notifications"]["enabled"], false);
    for bad in ["0", "99", "x", "-1", "18446744073709551616"] {
        let path = format!("/v1/settings/rules/{bad}");
        let (status, answer) = world.call_as(&key, "GET", &path, &[], None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{bad}: {answer}");
    }
}

#[tokio::test]
async fn wrong_rules_are_refused_with_the_place_of_each_fault() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let with = |field: &str, value: Value| {
        let mut rule = rule("arrived", "sms", false);
        rule[field] = value;
        json!({"version": 1, "rules": [rule]})
    };
    for (body, pointer) in [
        (with("status", json!("sorting")), "#/rules/0/status"),
        (with("status", json!("balance_low")), "#/rules/0/audience"),
        (with("channel", json!("pigeon")), "#/rules/0/channel"),
        (with("after_days", json!(5)), "#/rules/0/after_days"),
        (with("after_days", json!(-1)), "#/rules/0/after_days"),
        (with("max_age_days", json!(4)), "#/rules/0/max_age_days"),
        (with("template_id", json!("")), "#/rules/0/template_id"),
        (with("colour", json!("red")), "#/rules/0"),
        (
            json!({"version": 1, "rules": [rule("arrived", "sms", false), rule("arrived", "sms", false)]}),
            "#/rules/1",
        ),
        (json!({"rules": []}), "#"),
        (json!({"version": 1, "rules": {}}), "#/rules"),
    ] {
        let (status, seen) = refused(&world, &key, "PUT", RULES, body.clone()).await;
        assert!(status == 422 && seen.starts_with(pointer), "{status} {seen}: {body}");
    }
    let many: Vec<Value> = (0..201).map(|_| rule("arrived", "sms", false)).collect();
    let body = json!({"version": 1, "rules": many});
    assert_eq!(refused(&world, &key, "PUT", RULES, body).await.0, 422);
    assert_eq!(ok(&world, &key, "GET", RULES, None).await["version"], 1);
}

/// Beyond D4: a proposal, which holds once it was put.
#[tokio::test]
async fn a_ladder_of_reminders_is_proposed_and_can_be_put() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let path = "/v1/settings/rules/ladder?storage_days=15";
    let (status, proposed) = world.call_as(&key, "GET", path, &[], None).await;
    assert_eq!(status, StatusCode::OK, "{proposed}");
    let days: Vec<(i64, &str)> = proposed["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["status"] == "not_collected")
        .map(|rule| (rule["after_days"].as_i64().unwrap(), rule["channel"].as_str().unwrap()))
        .collect();
    assert_eq!(days, [(1, "email"), (4, "email"), (7, "sms"), (10, "email"), (12, "call")]);
    let (status, put) = world.call_as(&key, "PUT", "/v1/settings/rules", &[], Some(proposed.clone())).await;
    assert_eq!((status, &put["rules"]), (StatusCode::OK, &proposed["rules"]), "{put}");
    for wrong in ["0", "61", "-1", "x"] {
        let path = format!("/v1/settings/rules/ladder?storage_days={wrong}");
        let (status, answer) = world.call_as(&key, "GET", &path, &[], None).await;
        assert!(status.is_client_error(), "{wrong}: {answer}");
    }
}
