//! The log of messages, opt-outs, and whose they are (S4-45, D10).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_domain::effect::EffectState;
use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::{Audience, Channel, Kind};
use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::Verdict;
use yam_platform::queue::Queue;
use yam_store::Intent;
use yam_store::items::notices::{
    About, MessageReceipt, MessageState, MessageWork, NoticePlan, TextVersion, Tried,
};
use yam_store::keys::{of_merchant, sk};
use yam_tests::{OPERATOR_KEY, Options, World};

const CODE: &str = "29999000711000000012";

fn demo() -> MerchantId {
    MerchantId::parse("demo").expect("as the test made it")
}

fn start() -> Timestamp {
    "2026-11-21T06:30:00Z".parse().expect("as the test made it")
}

/// A message about the parcel, planned for so many minutes after the start.
fn message(parcel: &str, minute: i64, state: MessageState) -> (Timestamp, MessageWork) {
    let at = start() + SignedDuration::from_mins(minute);
    let work = MessageWork {
        key: format!("{minute:040x}"),
        kind: Kind::Parcel(ParcelStatus::Arrived),
        audience: Audience::Buyer,
        channel: if minute % 2 == 0 { Channel::Sms } else { Channel::Email },
        contact: 0,
        after_days: 0,
        max_age_days: None,
        about: About {
            carrier: Some(CarrierId::IranPost),
            reference: CODE.to_owned(),
            epoch: "e1".to_owned(),
            parcel: ParcelId::parse(parcel).ok(),
            order: None,
            payment: None,
            link: None,
        },
        verdict: Verdict::News,
        text: TextVersion { template: Some(("arrived".into(), 3)), locale: "fa".into() },
        rules_version: 7,
        values: Default::default(),
        follows: None,
        state,
        reason: (state == MessageState::Suppressed).then(|| "opted_out".to_owned()),
        tried: vec![Tried {
            account: AccountId::parse("main").expect("as the test made it"),
            end: "done".into(),
            refusal: None,
        }],
        account: AccountId::parse("main").ok(),
        others: false,
        to: None,
        settling: None,
        signed_at: None,
        repeats: 0,
        provider_id: Some("8792001".into()),
        group_id: None,
        accepted_at: Some(at),
        segments: Some(2),
        sender: Some("=HYPERLINK(1)".into()),
        price: None,
        cost: Some(Money::new(2_800, Currency::Irr)),
        block: None,
        receipt: Some(MessageReceipt {
            state: "delivered".into(),
            cause: None,
            code: "10".into(),
            at,
            rank: 3,
        }),
    };
    (at, work)
}

/// A world with a tracked parcel and six messages about it.
async fn world() -> (World, String) {
    let world = World::new(Options::default()).await;
    let body = json!({
        "carrier": "iran_post", "tracking_code": CODE, "order_number": "1024",
        "recipient": {"name": "Maryam Nemune", "phone": "09170000001", "email": "maryam@shop.example", "country": "IR"},
    });
    let (status, parcel) = world.call("POST", "/v1/parcels", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{parcel}");
    let id = parcel["parcel_id"].as_str().expect("as the test made it").to_owned();
    let store = world.store();
    let mut plan = NoticePlan { rev: 1, expires_at: i64::MAX / 2, ..NoticePlan::default() };
    for minute in 0..6 {
        let state = if minute == 3 { MessageState::Suppressed } else { MessageState::Delivered };
        let (at, work) = message(&id, minute, state);
        let key = of_merchant(&demo(), sk::message(at, &work.key));
        plan.keys.insert(work.key.clone(), key.sk.clone());
        let mut effect = EffectState::planned(at, at, at);
        effect.due_at = None;
        let intent = Intent::planned(Queue::Notify, work, effect, start());
        store.table.put(&key, &intent).await.expect("as the test made it");
    }
    let key = of_merchant(&demo(), sk::notice_plan("iran_post", CODE, "e1"));
    store.table.put(&key, &plan).await.expect("as the test made it");
    (world, id)
}

async fn get(world: &World, path: &str) -> Value {
    let (status, answer) = world.call("GET", path, None).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

fn minutes(list: &Value) -> Vec<i64> {
    let at = |item: &Value| {
        item["planned_for"]
            .as_str()
            .expect("as the test made it")
            .parse::<Timestamp>()
            .expect("as the test made it")
    };
    let minute = |item: &Value| at(item).duration_since(start()).as_mins();
    list["items"].as_array().expect("as the test made it").iter().map(minute).collect()
}

#[tokio::test]
async fn the_log_says_why_and_masks_who() {
    let (world, parcel) = world().await;
    let list = get(&world, "/v1/notifications").await;
    assert_eq!(minutes(&list), [5, 4, 3, 2, 1, 0], "{list}");
    let text = list.to_string();
    assert!(!text.contains("9170000001") && !text.contains("maryam@"), "{text}");
    let suppressed = &list["items"][2];
    assert_eq!(
        (&suppressed["status"], &suppressed["why"]["reason"], &suppressed["recipient"]),
        (&json!("suppressed"), &json!("opted_out"), &json!("m***@shop.example")),
        "{suppressed}"
    );
    let sent = &list["items"][1];
    assert_eq!(
        (&sent["recipient"], &sent["rules_version"], &sent["text"]["version"], &sent["receipt"]["state"]),
        (&json!("+9891******01"), &json!(7), &json!(3), &json!("delivered")),
        "{sent}"
    );
    let id = sent["notification_id"].as_str().expect("as the test made it");
    assert_eq!(&get(&world, &format!("/v1/notifications/{id}")).await, sent);
    // The parcel's own story names them too.
    let explain = get(&world, &format!("/v1/parcels/{parcel}/explain")).await;
    assert_eq!(explain["messages"].as_array().expect("as the test made it").len(), 6, "{explain}");
    assert_eq!(explain["messages"][3]["why"]["reason"], "opted_out");
}

#[tokio::test]
async fn the_log_is_filtered_paged_and_exported() {
    let (world, parcel) = world().await;
    for (query, expected) in [
        ("status=suppressed", &[3][..]),
        ("channel=sms", &[4, 2, 0]),
        ("channel=call", &[]),
        ("from=2026-11-21T06:32:00Z", &[5, 4, 3, 2]),
        ("until=2026-11-21T06:32:00Z", &[1, 0]),
        ("from=2026-11-21T06:31:00Z&until=2026-11-21T06:33:00Z", &[2, 1]),
        ("parcel_id=other", &[]),
    ] {
        let list = get(&world, &format!("/v1/notifications?{query}")).await;
        assert_eq!(minutes(&list), expected, "{query}");
    }
    let list = get(&world, &format!("/v1/notifications?parcel_id={parcel}&channel=email")).await;
    assert_eq!(minutes(&list), [5, 3, 1]);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = get(&world, &format!("/v1/notifications?limit=4&channel=sms{cursor}")).await;
        seen.extend(minutes(&list));
        match list["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [4, 2, 0]);
    let list = get(&world, "/v1/notifications?limit=2").await;
    let next = list["next_cursor"].as_str().expect("as the test made it");
    assert_eq!(minutes(&get(&world, &format!("/v1/notifications?limit=2&cursor={next}")).await), [3, 2]);
    for (query, pointer) in [
        ("status=sent", "#/status"),
        ("channel=pigeon", "#"),
        ("parcel_id=%00", "#/parcel_id"),
        ("cursor=nonsense", "#/cursor"),
        ("from=yesterday", "#"),
    ] {
        let (status, answer) = world.call("GET", &format!("/v1/notifications?{query}"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {answer}");
        let seen = answer["errors"][0]["pointer"].as_str().expect("as the test made it");
        assert!(seen.starts_with(pointer), "{query}: {answer}");
    }
    let report = get(&world, "/v1/reports/notifications").await;
    assert_eq!(report["totals"]["cost"], json!({"IRR": 6 * 2_800}), "{report}");
    let (status, csv) =
        world.raw(&world.key, "GET", "/v1/reports/notifications?format=csv", &[], vec![]).await;
    let csv = String::from_utf8(csv).expect("as the test made it");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(!csv.contains("9170000001") && csv.contains("+9891******01"), "{csv}");
    let path = "/v1/reports/notifications?format=xlsx&status=suppressed";
    let (status, sheet) = world.raw(&world.key, "GET", path, &[], vec![]).await;
    assert_eq!((status, &sheet[..2]), (StatusCode::OK, &b"PK"[..]));
}

#[tokio::test]
async fn another_shop_sees_and_touches_nothing() {
    let (world, _) = world().await;
    let other = world.merchant("other").await;
    let text = json!({"channel": "sms", "text": "Hi"});
    let account = json!({"messenger": "kavenegar", "credentials": {"api_key": "demo-kavenegar-key"}});
    for (path, body) in [
        ("/v1/settings/templates/hi", text),
        ("/v1/settings/sender-names/ROMASHKA", json!({})),
        ("/v1/settings/messengers/main", account),
    ] {
        let (status, answer) = world.call("PUT", path, Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        let (status, answer) = world.call_as(&other, "GET", path, &[], None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {answer}");
    }
    let list = get(&world, "/v1/notifications").await;
    let id = list["items"][0]["notification_id"].as_str().expect("as the test made it");
    for (method, path) in [
        ("GET", format!("/v1/notifications/{id}")),
        ("GET", "/v1/settings/templates/hi?version=1".to_owned()),
        ("GET", "/v1/settings/templates/hi/versions".to_owned()),
        ("DELETE", "/v1/settings/templates/hi".to_owned()),
        ("DELETE", "/v1/settings/sender-names/ROMASHKA".to_owned()),
        ("DELETE", "/v1/settings/messengers/main".to_owned()),
        ("POST", "/v1/settings/messengers/main/check".to_owned()),
        ("POST", "/v1/settings/messengers/main/test".to_owned()),
    ] {
        let body = (method == "POST").then(|| json!({"to": "+989170000001"}));
        let (status, answer) = world.call_as(&other, method, &path, &[], body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
    }
    for path in [
        "/v1/notifications",
        "/v1/reports/notifications",
        "/v1/settings/templates",
        "/v1/settings/sender-names",
        "/v1/settings/messengers",
    ] {
        let (status, answer) = world.call_as(&other, "GET", path, &[], None).await;
        assert_eq!((status, &answer["items"]), (StatusCode::OK, &json!([])), "{path}");
    }
    // A cursor is worth nothing to another shop, and staff's routes take no shop's key.
    let list = get(&world, "/v1/notifications?limit=1").await;
    let path =
        format!("/v1/notifications?cursor={}", list["next_cursor"].as_str().expect("as the test made it"));
    let (status, _) = world.call_as(&other, "GET", &path, &[], None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in ["/v1/operator/message-prices", "/v1/operator/sender-names"] {
        let (status, _) = world.call("GET", path, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        let (status, _) = world.call_as(OPERATOR_KEY, "GET", path, &[], None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    for id in ["x", "..", "1763717400123-%2e%2e", &"a".repeat(300)] {
        let (status, _) = world.call("GET", &format!("/v1/notifications/{id}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{id}");
    }
}

async fn ask(world: &World, key: &str, path: &str, body: Value) -> (StatusCode, Value) {
    world.call_as(key, "POST", path, &[], Some(body)).await
}

#[tokio::test]
async fn who_said_stop_is_kept_as_a_hash_of_one_shop() {
    let (world, _) = world().await;
    let other = world.merchant("other").await;
    let path = "/v1/opt-outs";
    let phone = json!({"phone": "0917 000 0001", "channels": ["call"]});
    let (status, answer) = ask(&world, &world.key, path, phone).await;
    assert_eq!((status, &answer["channels"]), (StatusCode::OK, &json!(["call"])), "{answer}");
    let (_, answer) = ask(&world, &world.key, path, json!({"phone": "+989170000001"})).await;
    assert_eq!(answer["channels"].as_array().expect("as the test made it").len(), 4, "{answer}");
    let check = "/v1/opt-outs/check";
    let same = json!({"phone": "00989170000001"});
    let (_, answer) = ask(&world, &world.key, check, same.clone()).await;
    assert_eq!((&answer["opted_out"], &answer["source"]), (&json!(true), &json!("api")), "{answer}");
    let (_, answer) = ask(&world, &other, check, same.clone()).await;
    assert_eq!(answer["opted_out"], false);
    let email = json!({"email": "Maryam@Shop.example"});
    ask(&world, &world.key, path, email).await;
    let (_, answer) = ask(&world, &world.key, check, json!({"email": "maryam@shop.example"})).await;
    assert_eq!(answer["opted_out"], true);
    let (status, _) = world.call("DELETE", path, Some(same.clone())).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, answer) = ask(&world, &world.key, check, same).await;
    assert_eq!(answer["opted_out"], false);
    for body in [
        json!({}),
        json!({"phone": "+989170000001", "email": "a@b.example"}),
        json!({"phone": "nobody"}),
        json!({"email": "no address"}),
        json!({"phone": "+989170000001", "channels": ["pigeon"]}),
    ] {
        let (status, answer) = ask(&world, &world.key, path, body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {answer}");
    }
}

/// Secrets of accounts and people who said stop do not stand in the table in plain.
#[tokio::test]
async fn nothing_personal_stands_in_the_table_in_plain() {
    let (world, _) = world().await;
    let account = json!({"messenger": "kavenegar", "credentials": {"api_key": "demo-kavenegar-key"}});
    world.call("PUT", "/v1/settings/messengers/main", Some(account)).await;
    world.call("POST", "/v1/opt-outs", Some(json!({"phone": "09170000001"}))).await;
    world.call("POST", "/v1/opt-outs", Some(json!({"email": "maryam@shop.example"}))).await;
    let scanned = world.platform.dynamodb.scan().table_name("yam").send().await.expect("as the test made it");
    let text = format!("{:?}", scanned.items());
    for secret in ["demo-kavenegar-key", "9170000001", "maryam@shop.example", "Nemune"] {
        assert!(!text.contains(secret), "{secret} stands in the table");
    }
}
