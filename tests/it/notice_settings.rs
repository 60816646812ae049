//! Settings of notifications through the API: rules, texts, sender names, accounts, money (S4-08 ... S4-27, S4-37 ...
//! S4-41, S4-44).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{OPERATOR_KEY, Options, World};

const RULES: &str = "/v1/settings/rules";

/// A shop in a country; answers with its key.
async fn shop_in(world: &World, id: &str, country: &str) -> String {
    let body = json!({"merchant_id": id, "name": "Romashka", "country": country});
    let path = "/v1/operator/merchants";
    let (status, answer) = world.call_as(OPERATOR_KEY, "POST", path, &[], Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["api_key"]["api_key"].as_str().expect("key").to_owned()
}

async fn ok(world: &World, key: &str, method: &str, path: &str, body: Option<Value>) -> Value {
    let (status, answer) = world.call_as(key, method, path, &[], body).await;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    answer
}

/// The refusal's status and the first field it points at.
async fn refused(world: &World, key: &str, method: &str, path: &str, body: Value) -> (u16, String) {
    let (status, answer) = world.call_as(key, method, path, &[], Some(body)).await;
    assert!(!status.is_success(), "{method} {path}: {answer}");
    (status.as_u16(), answer["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned())
}

fn rule(status: &str, channel: &str, enabled: bool) -> Value {
    json!({"status": status, "audience": "buyer", "channel": channel, "enabled": enabled})
}

#[tokio::test]
async fn rules_have_versions_and_an_unedited_text_keeps_them_off() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let first = ok(&world, &key, "GET", RULES, None).await;
    assert_eq!((first["version"].as_u64(), first["service_enabled"].as_bool()), (Some(1), Some(true)));
    let rules = first["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| (rule["audience"] == "buyer") != rule["enabled"].as_bool().unwrap()));
    assert!(!first["not_ready"].as_array().unwrap().is_empty());

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
        (with("colour", json!("red")), "#/rules/0/colour"),
        (
            json!({"version": 1, "rules": [rule("arrived", "sms", false), rule("arrived", "sms", false)]}),
            "#/rules/1",
        ),
        (json!({"rules": []}), "#"),
        (json!({"version": 1, "rules": {}}), "#/rules"),
    ] {
        let (status, seen) = refused(&world, &key, "PUT", RULES, body.clone()).await;
        assert_eq!((status, seen.as_str()), (422, pointer), "{body}");
    }
    let many: Vec<Value> = (0..201).map(|_| rule("arrived", "sms", false)).collect();
    let body = json!({"version": 1, "rules": many});
    assert_eq!(refused(&world, &key, "PUT", RULES, body).await.0, 422);
    assert_eq!(ok(&world, &key, "GET", RULES, None).await["version"], 1);
}

#[tokio::test]
async fn texts_are_checked_for_their_channel_and_keep_their_versions() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let path = "/v1/settings/templates/hello";
    let text = |channel: &str, text: &str| json!({"channel": channel, "text": text});
    let mut with_subject = text("sms", "Hi");
    with_subject["subject"] = json!("no");
    for (body, pointer) in [
        (text("sms", "{{track}}"), "#/text"),
        (text("call", "${track}"), "#/text"),
        (text("sms", "{nome}"), "#/text"),
        (text("call", "see {link}"), "#/text"),
        (text("call", &"a".repeat(601)), "#/text"),
        (text("sms", &"a".repeat(2_001)), "#/text"),
        (text("sms", " "), "#/text"),
        (text("kakao", "Hi"), "#/provider_template"),
        (with_subject, "#/subject"),
        (text("fax", "Hi"), "#/channel"),
    ] {
        assert_eq!(refused(&world, &key, "PUT", path, body.clone()).await, (422, pointer.into()), "{body}");
    }
    for bad in ["UPPER", "a%20b", &"a".repeat(65), "%2e%2e"] {
        let path = format!("/v1/settings/templates/{bad}");
        assert_eq!(refused(&world, &key, "PUT", &path, text("sms", "Hi")).await.0, 404, "{bad}");
    }
    let first = ok(&world, &key, "PUT", path, Some(text("sms", "<SHOP>: {track}"))).await;
    assert_eq!((first["version"].as_u64(), first["placeholder"].as_str()), (Some(1), Some("<SHOP>")));
    let mut second = text("sms", "Romashka: {track}");
    second["version"] = json!(1);
    assert_eq!(ok(&world, &key, "PUT", path, Some(second.clone())).await["version"], 2);
    assert_eq!(refused(&world, &key, "PUT", path, second).await.0, 409);
    let old = ok(&world, &key, "GET", &format!("{path}?version=1"), None).await;
    assert_eq!(old["text"], "<SHOP>: {track}");
    let versions = ok(&world, &key, "GET", &format!("{path}/versions"), None).await;
    let numbers: Vec<u64> =
        versions["items"].as_array().unwrap().iter().filter_map(|text| text["version"].as_u64()).collect();
    assert_eq!(numbers, [2, 1]);
    // A text that a rule sends must stay fit, and stay.
    let mut on = rule("arrived", "sms", true);
    on["template_id"] = json!("hello");
    ok(&world, &key, "PUT", RULES, Some(json!({"version": 1, "rules": [on]}))).await;
    assert_eq!(refused(&world, &key, "PUT", path, text("sms", "<SHOP>")).await, (422, "#/text".into()));
    assert_eq!(refused(&world, &key, "PUT", path, text("email", "Hi")).await, (422, "#/channel".into()));
    assert_eq!(refused(&world, &key, "DELETE", path, json!({})).await.0, 409);
    ok(&world, &key, "PUT", RULES, Some(json!({"version": 2, "rules": []}))).await;
    ok(&world, &key, "DELETE", path, None).await;
    assert_eq!(refused(&world, &key, "GET", path, json!({})).await.0, 404);
    // Planned messages still find theirs; made again it goes on counting.
    assert_eq!(
        ok(&world, &key, "GET", &format!("{path}?version=2"), None).await["text"],
        "Romashka: {track}"
    );
    assert_eq!(ok(&world, &key, "PUT", path, Some(text("sms", "Hi"))).await["version"], 4);
    let list = ok(&world, &key, "GET", "/v1/settings/templates", None).await;
    assert_eq!((list["items"].as_array().unwrap().len(), &list["defaults"]["locale"]), (1, &json!("ru")));
    assert!(list["defaults"]["items"].as_array().unwrap().len() > 20);
}

#[tokio::test]
async fn a_preview_shows_the_words_their_length_and_their_price() {
    let world = World::new(Options::default()).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let preview = "/v1/settings/templates/draft/preview";
    let ask = |channel: &str, text: &str| json!({"channel": channel, "text": text});
    let seen = ok(&world, &key, "POST", preview, Some(ask("sms", "{shop}: {track}, {sum}"))).await;
    assert_eq!(seen["text"], "Romashka: 80083741236541, 2\u{a0}500 ₽", "{seen}");
    assert_eq!((&seen["length"]["encoding"], &seen["length"]["segments"]), (&json!("ucs2"), &json!(1)));
    let smsc = seen["prices"].as_array().unwrap().iter().find(|row| row["messenger"] == "smsc").unwrap();
    assert_eq!(
        (&smsc["price"], &smsc["charged"]),
        (&json!({"amount": 490, "currency": "RUB"}), &json!(false)),
        "{seen}"
    );
    let seen = ok(&world, &key, "POST", preview, Some(ask("sms", &"a".repeat(161)))).await;
    assert_eq!((&seen["length"]["encoding"], &seen["length"]["segments"]), (&json!("gsm7"), &json!(2)));
    // A price of the hub's own counts.
    let prices = "/v1/operator/message-prices";
    let row = json!({
        "provider": "smsc", "country": "RU", "channel": "sms", "unit": {"amount": 301, "currency": "RUB"},
    });
    let body = json!({"version": 0, "items": [row]});
    ok(&world, OPERATOR_KEY, "PUT", prices, Some(body.clone())).await;
    assert_eq!(refused(&world, OPERATOR_KEY, "PUT", prices, body).await.0, 409);
    let seen = ok(&world, &key, "POST", preview, Some(ask("sms", &"a".repeat(161)))).await;
    assert_eq!(seen["prices"][0]["price"], json!({"amount": 602, "currency": "RUB"}), "{seen}");
    assert_eq!(seen["prices"][0]["charged"], true);
    // Calls are read as they are spoken; nobody speaks here.
    let call = ask("call", "Заказ {order}, код {track}, до {deadline}");
    let seen = ok(&world, &key, "POST", preview, Some(call.clone())).await;
    let spoken = seen["spoken"].as_str().unwrap();
    assert!(spoken.starts_with("Заказ один ноль два четыре, код восемь ноль"), "{spoken}");
    let sound = [("accept", "audio/wav")];
    let (status, answer) = world.call_as(&key, "POST", preview, &sound, Some(call)).await;
    assert_eq!(
        (status, &answer["type"]),
        (StatusCode::NOT_IMPLEMENTED, &json!("/problems/voice-preview-unavailable")),
        "{answer}"
    );
    // Korean bytes in Korea.
    let korean = shop_in(&world, "seoul-shop", "KR").await;
    let seen = ok(&world, &korean, "POST", preview, Some(ask("sms", &"가".repeat(46)))).await;
    assert_eq!((&seen["length"]["bytes"], &seen["length"]["type"]), (&json!(92), &json!("lms")));
    // A parcel of another shop has no values here.
    let mut stranger = ask("sms", "{track}");
    stranger["parcel_id"] = json!("p1.1");
    assert_eq!(refused(&world, &key, "POST", preview, stranger).await, (422, "#/parcel_id".into()));
    assert_eq!(refused(&world, &key, "POST", preview, json!({})).await.0, 404);
    let default = json!({"status": "arrived", "channel": "sms"});
    let seen = ok(&world, &key, "POST", "/v1/settings/templates/default/preview", Some(default)).await;
    assert_eq!(seen["placeholder"], "<SHOP>");
}

/// A program in espeak's place, which says one second of silence.
fn espeak() -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::temp_dir().join(format!("yam-espeak-it-{}", std::process::id()));
    let head = r"printf 'RIFF\044\360\377\177WAVEfmt \020\0\0\0\001\0\001\0\100\037\0\0\200\076\0\0\002\0\020\0data\0\360\377\177'";
    let script = format!("#!/bin/sh\n/bin/cat > /dev/null\n{head}\n/usr/bin/head -c 16000 /dev/zero\n");
    std::fs::write(&path, script).expect("a program");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("a program");
    path.display().to_string()
}

#[tokio::test]
async fn a_call_can_be_heard_before_it_is_made() {
    let settings = vec![("YAM_ESPEAK", espeak())];
    let world = World::new(Options { settings, ..Options::default() }).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let path = "/v1/settings/templates/draft/preview";
    let body = json!({"channel": "call", "text": "Посылка {track} ждёт вас"}).to_string();
    let accept = [("accept", "audio/wav")];
    let (status, headers, sound) = world.exchange(&key, "POST", path, &accept, body.into_bytes()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&headers["content-type"], &headers["x-duration-seconds"]), (&"audio/wav", &"1.0"));
    assert_eq!((sound.len(), &sound[..4], &sound[8..16]), (44 + 16_000, &b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(u32::from_le_bytes(sound[40..44].try_into().unwrap()), 16_000);
    let text = json!({"channel": "sms", "text": "Hi"}).to_string();
    let (status, ..) = world.exchange(&key, "POST", path, &accept, text.into_bytes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

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
