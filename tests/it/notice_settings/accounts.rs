//! Accounts at providers, money, and the small settings (S4-06, S4-22, S4-36 ... S4-39).

use http::StatusCode;
use serde_json::json;
use yam_tests::{OPERATOR_KEY, Options, World};

use super::{ok, refused, shop_in};

#[tokio::test]
async fn messenger_accounts_are_sealed_checked_and_tried() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let path = "/v1/settings/messengers/main";
    let account = |secret: &str| json!({"messenger": "smsc", "credentials": {"api_key": secret}, "settings": {"sender": "ROMASHKA"}});
    let unknown = json!({"messenger": "smsc", "credentials": {"api_key": "k", "pin": "1"}});
    assert_eq!(refused(&world, &key, "PUT", path, unknown).await, (422, "#/credentials/pin".into()));
    let made = ok(&world, &key, "PUT", path, Some(account("demo-smsc-key"))).await;
    assert_eq!(made["used_for"], json!(["sms", "call"]), "{made}");
    assert!(!made.to_string().contains("demo-smsc-key"), "{made}");
    let hook = made["hook_url"].as_str().unwrap();
    assert!(hook.starts_with("https://hub.example/hooks/smsc/romashka~main~"), "{hook}");
    let other = json!({"messenger": "smsru", "credentials": {"api_id": "x"}});
    assert_eq!(refused(&world, &key, "PUT", path, other).await, (422, "#/messenger".into()));
    // Without credentials the stored ones stay.
    let changed = json!({"messenger": "smsc", "settings": {"sender": "ROMASHKA", "transliterate": true}});
    let seen = ok(&world, &key, "PUT", path, Some(changed)).await;
    let set = seen["credentials"].as_array().unwrap().iter().find(|field| field["name"] == "api_key");
    assert_eq!(set.unwrap()["set"], true, "{seen}");
    let seen = ok(&world, &key, "POST", &format!("{path}/check"), None).await;
    assert_eq!((&seen["works"], &seen["balance"]["currency"]), (&json!(true), &json!("RUB")), "{seen}");
    // A test goes to the shop's own people alone.
    let test = format!("{path}/test");
    let to = json!({"to": "+79160000001"});
    assert_eq!(refused(&world, &key, "POST", &test, to.clone()).await, (422, "#/to".into()));
    let contacts = json!({"emails": ["Boss@Shop.example"], "phones": ["8 916 000-00-01"]});
    let seen = ok(&world, &key, "PUT", "/v1/settings/contacts", Some(contacts)).await;
    assert_eq!(seen["phones"], json!(["+79160000001"]), "{seen}");
    let sent = ok(&world, &key, "POST", &test, Some(to.clone())).await;
    assert_eq!(sent["result"], "accepted", "{sent}");
    for _ in 0..9 {
        ok(&world, &key, "POST", &test, Some(to.clone())).await;
    }
    assert_eq!(refused(&world, &key, "POST", &test, to).await.0, 429);
    // Routes name accounts that are there and fit.
    let routes = "/v1/settings/routes";
    assert_eq!(
        refused(&world, &key, "PUT", routes, json!({"email": ["main"]})).await,
        (422, "#/email/0".into())
    );
    assert_eq!(
        refused(&world, &key, "PUT", routes, json!({"sms": ["main", "gone"]})).await,
        (422, "#/sms/1".into())
    );
    ok(&world, &key, "PUT", routes, Some(json!({"sms": ["main"]}))).await;
    assert_eq!(ok(&world, &key, "GET", path, None).await["used_for"], json!(["sms"]));
    assert_eq!(refused(&world, &key, "DELETE", path, json!({})).await.0, 409);
    let off = json!({"messenger": "smsc", "enabled": false});
    ok(&world, &key, "PUT", path, Some(off)).await;
    ok(&world, &key, "DELETE", path, None).await;
    assert_eq!(ok(&world, &key, "GET", routes, None).await["sms"], json!([]));
}

#[tokio::test]
async fn money_is_credited_once_for_each_key() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let empty = ok(&world, &key, "GET", "/v1/account", None).await;
    assert_eq!(empty["balance"], json!({"amount": 0, "currency": "RUB"}), "{empty}");
    let path = "/v1/operator/merchants/romashka/credit";
    let rub = |amount: i64| json!({"amount": {"amount": amount, "currency": "RUB"}, "note": "invoice 7"});
    assert_eq!(refused(&world, OPERATOR_KEY, "POST", path, rub(100)).await.0, 400);
    let once = [("idempotency-key", "credit-1")];
    for _ in 0..3 {
        let (status, answer) = world.call_as(OPERATOR_KEY, "POST", path, &once, Some(rub(50_000))).await;
        assert_eq!((status, &answer["balance"]["amount"]), (StatusCode::OK, &json!(50_000)), "{answer}");
    }
    for (body, pointer) in [
        (rub(0), "#/amount/amount"),
        (rub(-5), "#/amount/amount"),
        (rub(i64::MAX), "#/amount/amount"),
        (json!({"amount": {"amount": 5, "currency": "IRR"}}), "#/amount/currency"),
    ] {
        let headers = [("idempotency-key", "credit-2")];
        let (status, answer) = world.call_as(OPERATOR_KEY, "POST", path, &headers, Some(body)).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(pointer)),
            "{answer}"
        );
    }
    let account = ok(&world, &key, "GET", "/v1/account", None).await;
    assert_eq!((&account["balance"]["amount"], &account["spent"]["amount"]), (&json!(50_000), &json!(0)));
    let credits = "/v1/operator/merchants/romashka/credits";
    let list = ok(&world, OPERATOR_KEY, "GET", credits, None).await;
    assert_eq!(
        (list["items"].as_array().unwrap().len(), &list["items"][0]["note"]),
        (1, &json!("invoice 7"))
    );
    // A shop cannot credit itself.
    assert_eq!(refused(&world, &key, "POST", path, rub(1)).await.0, 401);
}

#[tokio::test]
async fn window_phones_voice_and_contacts_have_their_bounds() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let window = "/v1/settings/window";
    let times = |start: &str, end: &str| json!({"start": start, "end": end});
    let seen = ok(&world, &key, "GET", window, None).await;
    assert_eq!((&seen["start"], &seen["time_zone"]), (&json!("10:00:00"), &json!("Europe/Moscow")), "{seen}");
    ok(&world, &key, "PUT", window, Some(times("09:00", "09:30"))).await;
    assert_eq!(refused(&world, &key, "PUT", window, times("09:00", "09:29")).await, (422, "#/end".into()));
    assert_eq!(refused(&world, &key, "PUT", window, times("25:00", "26:00")).await.0, 422);
    let phones = "/v1/settings/phones";
    let both = json!({"allow_landline": true, "replace_invalid": true});
    assert_eq!(ok(&world, &key, "PUT", phones, Some(both.clone())).await, both);
    let voice = "/v1/settings/voice";
    for (field, least, most) in [("ring_seconds", 10, 35), ("attempts", 1, 9), ("between_seconds", 10, 3_600)]
    {
        for (value, fits) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
            let (status, answer) = world.call_as(&key, "PUT", voice, &[], Some(json!({field: value}))).await;
            assert_eq!(status.is_success(), fits, "{field} {value}: {answer}");
        }
    }
    // The law of the shop's country, and a number that staff must see first.
    assert_eq!(
        refused(&world, &key, "PUT", voice, json!({"consent_needed": false})).await,
        (422, "#/consent_needed".into())
    );
    let own = json!({"caller_id": {"kind": "own", "phone": "8 (495) 123-45-67"}});
    let seen = ok(&world, &key, "PUT", voice, Some(own.clone())).await;
    assert_eq!(seen["caller_id"], json!({"kind": "own", "phone": "+74951234567", "verified": false}));
    let verify = "/v1/operator/merchants/romashka/caller-id/verify";
    assert_eq!(refused(&world, OPERATOR_KEY, "POST", verify, json!({"phone": "+74951234568"})).await.0, 409);
    ok(&world, OPERATOR_KEY, "POST", verify, Some(json!({"phone": "+74951234567"}))).await;
    let seen = ok(&world, &key, "PUT", voice, Some(own)).await;
    assert_eq!(seen["caller_id"]["verified"], true);
    let contacts = "/v1/settings/contacts";
    for (body, pointer) in [
        (json!({"emails": ["a@b"]}), "#/emails/0"),
        (json!({"emails": ["a@shop.example\r\nBcc: x@y.example"]}), "#/emails/0"),
        (json!({"phones": ["+79000000000"]}), "#/phones/0"),
        (json!({"phones": ["+74951234567"]}), "#/phones/0"),
        (json!({"phones": ["nonsense"]}), "#/phones/0"),
        (json!({"emails": vec!["a@shop.example"; 6]}), "#/emails"),
        (json!({"low_balance": {"amount": 1, "currency": "USD"}}), "#/low_balance/currency"),
        (json!({"low_balance": {"amount": -1, "currency": "RUB"}}), "#/low_balance/amount"),
    ] {
        assert_eq!(
            refused(&world, &key, "PUT", contacts, body.clone()).await,
            (422, pointer.into()),
            "{body}"
        );
    }
}
