//! Texts, their previews and their sound (S4-17, S4-18, S4-21 ... S4-26).

use http::StatusCode;
use serde_json::json;
use yam_tests::{OPERATOR_KEY, Options, World};

use super::{RULES, ok, refused, rule, shop_in};

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
    // Whatever is installed where this runs.
    let settings = vec![("YAM_VOICE_PREVIEW", "off".to_owned())];
    let world = World::new(Options { settings, ..Options::default() }).await;
    let key = shop_in(&world, "romashka", "RU").await;
    let preview = "/v1/settings/templates/draft/preview";
    let ask = |channel: &str, text: &str| json!({"channel": channel, "text": text});
    let seen = ok(&world, &key, "POST", preview, Some(ask("sms", "{shop}: {track}, {sum}"))).await;
    let text = seen["text"].as_str().unwrap();
    assert!(text.starts_with("Romashka: 80083741236541, 2") && text.ends_with('₽'), "{text}");
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
    assert_eq!(headers["content-type"], "audio/wav");
    assert_eq!(headers["x-duration-seconds"], "1.0");
    assert_eq!((sound.len(), &sound[..4], &sound[8..16]), (44 + 16_000, &b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(u32::from_le_bytes(sound[40..44].try_into().unwrap()), 16_000);
    let text = json!({"channel": "sms", "text": "Hi"}).to_string();
    let (status, ..) = world.exchange(&key, "POST", path, &accept, text.into_bytes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Advertising has rules of its own in Korea: said when such a text is saved or previewed, never refused.
#[tokio::test]
async fn a_korean_text_that_reads_like_advertising_is_saved_with_a_warning() {
    let world = World::new(Options::default()).await;
    for (country, codes) in [("KR", json!(["advert_unmarked", "advert_no_way_out"])), ("RU", json!([]))] {
        let key = shop_in(&world, &format!("shop-{}", country.to_lowercase()), country).await;
        let text = json!({"channel": "sms", "text": "데모상점: {track} 도착. 다음 주문 10% 할인!"});
        let path = "/v1/settings/templates/offer";
        let (status, saved) = world.call_as(&key, "PUT", path, &[], Some(text)).await;
        assert_eq!(status, StatusCode::OK, "{saved}");
        let path = format!("{path}/preview");
        let (status, shown) = world.call_as(&key, "POST", &path, &[], Some(json!({}))).await;
        assert_eq!(status, StatusCode::OK, "{shown}");
        for answer in [saved, shown] {
            let given = answer["warnings"].as_array().unwrap();
            let given: Vec<_> = given.iter().map(|warning| warning["code"].clone()).collect();
            assert_eq!(json!(given), codes, "{answer}");
        }
    }
}
