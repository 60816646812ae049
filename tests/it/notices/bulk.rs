//! Many messages of one shop in the same minutes: what they cost, and that a minute's crowd leaves whole.

use super::*;
use yam_domain::notice::Window;
use yam_domain::waybill::ru14_check_digit;
use yam_platform::queue::Queue;
use yam_store::intent::DueRow;
use yam_store::keys::due_row;
use yam_store::{Event, Hooks, Message, due};
use yam_tests::CrashAt;

/// Messages of one run: twenty to a minute of the shortest window.
const MANY: u32 = 600;
/// What the shop has for them, in kopecks.
const MONEY: i64 = 10_000_000;
/// Enough for a crash among them.
const FEW: u32 = 5;
/// Messages of one window; `YAM_TEST_MESSAGES` says otherwise, 100,000 for the long run.
const OF_A_WINDOW: u32 = 600;
/// What a provider takes from one account without asking, a second (Kavenegar's usual contract: assumed).
const PER_SECOND: u32 = 50;

/// A shop whose window is as short as may be.
async fn shop(options: Options, accounts: Vec<(MessengerId, &'static str)>) -> Shop {
    let edit: fn(&mut NoticeSettings) = |settings| {
        settings.buyer_zone = false;
        let window = json!({"start": "10:00", "end": "10:30"});
        settings.window = serde_json::from_value::<Window>(window).expect("a window");
    };
    shop_with(options, accounts, edit, MONEY).await
}

async fn shop_with(
    options: Options,
    accounts: Vec<(MessengerId, &'static str)>,
    edit: fn(&mut NoticeSettings),
    balance: i64,
) -> Shop {
    let rules = vec![rule(ARRIVED, Channel::Sms, 0)];
    Shop::open(options, Choices { rules, accounts, edit, balance, ..Choices::default() }).await
}

/// Parcels that have arrived, as tracking would tell it; answers with the events.
async fn arrivals(shop: &Shop, many: u32) -> Vec<yam_store::Key> {
    let mut ids = Vec::new();
    for n in 0..many {
        let body = format!("80082{:08}", 31_000_000 + n);
        let code = format!("{body}{}", ru14_check_digit(&body).expect("thirteen digits"));
        let parcel = json!({
            "carrier": "russian_post", "tracking_code": code, "order_number": format!("B-{n}"),
            "recipient": {"name": "Ivan Petrov", "phone": format!("+7916{n:07}"), "country": "RU"},
        });
        let (status, parcel) = shop.world.call("POST", "/v1/parcels", Some(parcel)).await;
        assert_eq!(status, StatusCode::CREATED, "{parcel}");
        ids.push((code, parcel["parcel_id"].clone()));
    }
    // Until each number has been looked at.
    shop.world.advance(mins(10)).await;
    let (store, at) = (shop.world.store(), shop.world.clock.now());
    let mut events = Vec::new();
    for (code, id) in ids {
        let change = json!({"status": "arrived", "epoch": "arrived.1", "happened_at": at.to_string()});
        let data =
            json!({"carrier": "russian_post", "tracking_code": code, "parcel_id": id, "change": change});
        let key = of_merchant(&demo(), sk::event(&store.ids.ordered(at)));
        let kind = "parcel.status_changed".to_owned();
        let event = Event { kind, at, sequence: 1, data, expires_at: i64::MAX / 2 };
        store.table.put(&key, &event).await.expect("an event");
        events.push(key);
    }
    shop.world.usage.reset();
    // To this queue alone: what the shop's webhooks cost is not the messages'.
    store.queues.send(Queue::Notify, &Message::bodies(&events)).await.expect("the queue");
    shop.world.drain().await;
    events
}

#[tokio::test]
async fn a_message_without_receipt_costs_five_write_units_at_most() {
    // Amazon SNS sends no receipts: a provider that does costs one unit more, by which its receipt finds the message.
    let shop = shop(Options::default(), vec![(MessengerId::Sns, "sns")]).await;
    arrivals(&shop, MANY).await;
    shop.until("2026-11-21T06:58:00Z").await;
    assert!(shop.reached("sms").await.is_empty());
    let planned = shop.world.usage.total();
    shop.until("2026-11-21T07:36:00Z").await;
    let cost = shop.world.usage.total();
    let sent = shop.reached("sms").await;
    let to: std::collections::BTreeSet<String> = sent.iter().map(|text| text["to"].to_string()).collect();
    assert_eq!((sent.len(), to.len()), (MANY as usize, MANY as usize));
    for text in sent {
        let at: Timestamp = text["sent_at"].as_str().expect("a time").parse().expect("a time");
        let (opens, closes) = ("2026-11-21T07:00:00Z".parse(), "2026-11-21T07:30:00Z".parse());
        assert!((opens.expect("a time")..closes.expect("a time")).contains(&at), "{at}");
    }
    let each = |units: f64| units / f64::from(MANY);
    println!("a message: {} R, {} W", each(cost.read_units), each(cost.write_units));
    assert!(each(cost.write_units) <= 5.0, "{}", each(cost.write_units));
    let requests = cost.sqs_requests - planned.sqs_requests;
    println!("{requests} SQS requests from the opening of the window");
    assert!(requests <= u64::from(MANY) * 4 / 10, "{requests}");
}

#[tokio::test]
async fn all_that_is_due_leaves_inside_one_window_at_the_providers_rate() {
    let many: u32 =
        std::env::var("YAM_TEST_MESSAGES").map_or(OF_A_WINDOW, |text| text.parse().expect("a number"));
    // One shop, the usual two hours, no more words of the window than the default's.
    let balance = MONEY.max(i64::from(many) * 2_000);
    let accounts = vec![(MessengerId::Sns, "sns")];
    let shop = shop_with(Options::default(), accounts, |settings| settings.buyer_zone = false, balance).await;
    arrivals(&shop, many).await;
    shop.until("2026-11-21T06:59:00Z").await;
    assert!(shop.reached("sms").await.is_empty());
    shop.until("2026-11-21T09:01:00Z").await;
    let sent = shop.reached("sms").await;
    let to: std::collections::BTreeSet<String> = sent.iter().map(|text| text["to"].to_string()).collect();
    assert_eq!((sent.len(), to.len()), (many as usize, many as usize));
    let opens: Timestamp = "2026-11-21T07:00:00Z".parse().expect("a time");
    let mut minutes = std::collections::BTreeMap::<i64, u32>::new();
    for text in sent {
        let at: Timestamp = text["sent_at"].as_str().expect("a time").parse().expect("a time");
        let minute = at.duration_since(opens).as_secs().div_euclid(60);
        assert!((0..120).contains(&minute), "{at}");
        *minutes.entry(minute).or_default() += 1;
    }
    let busiest = minutes.values().max().expect("a minute");
    println!("{many} messages in {} minutes, {busiest} in the busiest", minutes.len());
    assert!(*busiest <= PER_SECOND * 60, "{busiest}");
    shop.books_balance(balance).await;
}

#[tokio::test]
async fn a_minutes_crowd_leaves_whole() {
    // SMSC would refuse so many of the same words to one number.
    let shop = shop(Options::default(), vec![(MessengerId::Sns, "sns")]).await;
    shop.scan("arrived").await;
    let store = shop.world.store();
    let found: Vec<(yam_store::Key, Intent<MessageWork>)> = store
        .table
        .query_all(&merchant_partition(&demo()), sk::MESSAGES, Read::Consistent)
        .await
        .expect("messages");
    let (key, planned) = found.first().expect("a message");
    assert!(planned.shares_row);
    // As many more of its minute as three queue messages bring.
    for n in 1..=130_u32 {
        let mut more = planned.clone();
        more.work.key = format!("{n:08x}{}", &planned.work.key[8..]);
        let at = sk::message(sk::moment_of(&key.sk).expect("a moment"), &more.work.key);
        store.table.put(&of_merchant(&demo(), at), &more).await.expect("a message");
    }
    shop.until("2026-11-22T07:36:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), 131);
    let minutes: std::collections::BTreeSet<String> =
        shop.reached("sms").await.iter().map(|text| text["sent_at"].to_string()[..17].to_owned()).collect();
    assert_eq!(minutes.len(), 1, "{minutes:?}");
    assert!(shop.log().await.iter().all(|(_, state, _)| ["accepted", "delivered"].contains(&state.as_str())));
    shop.books_balance(MONEY).await;
    let rows = shop.world.copy_of_the_table().await;
    let due = |row: &&Value| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("DUE#notify#"));
    assert_eq!(rows.iter().filter(due).count(), 0, "rows that wake nobody");
}

#[tokio::test]
async fn a_planner_that_dies_after_the_plan_leaves_the_messages_to_the_event() {
    let crash = std::sync::Arc::new(CrashAt::once("K0", "message"));
    let options = Options { hooks: Hooks::new(crash.clone()), ..Options::default() };
    let shop = shop(options, vec![(MessengerId::Smsc, "smsc")]).await;
    arrivals(&shop, FEW).await;
    assert!(crash.happened());
    shop.until("2026-11-21T07:36:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), FEW as usize);
    shop.books_balance(MONEY).await;
}

#[tokio::test]
async fn a_planner_that_slept_past_its_minute_is_helped_by_the_event() {
    let shop = shop(Options::default(), vec![(MessengerId::Smsc, "smsc")]).await;
    let events = arrivals(&shop, FEW).await;
    // The machine stood still between the row and the message: the row found nobody and went.
    let store = shop.world.store();
    for row in shop.world.copy_of_the_table().await {
        let (pk, sk) = (row["pk"]["S"].as_str().expect("a key"), row["sk"]["S"].as_str().expect("a key"));
        if pk.starts_with("DUE#notify#") {
            let row = yam_store::Key { pk: pk.to_owned(), sk: sk.to_owned() };
            store.table.delete(&row).await.expect("a row");
        }
    }
    shop.until("2026-11-21T07:29:00Z").await;
    assert!(shop.reached("sms").await.is_empty());
    store.queues.send(Queue::Notify, &Message::bodies(&events)).await.expect("the queue");
    shop.until("2026-11-22T07:36:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), FEW as usize);
    shop.books_balance(MONEY).await;
}

#[tokio::test]
async fn a_row_that_was_set_again_stays() {
    let shop = shop(Options::default(), vec![(MessengerId::Sns, "sns")]).await;
    let store = shop.world.store();
    let minute: Timestamp = "2026-11-22T07:05:00Z".parse().expect("a time");
    let row = due_row(Queue::Notify, minute, &of_merchant(&demo(), sk::departure(minute)));
    for (held_until, stands) in [(None, true), (Some(1_795_000_000_000), false)] {
        store.table.put(&row, &DueRow { held_until }).await.expect("a row");
        // Whoever looked at its minute before it was set found nobody.
        due::forget(&store, &row).await.expect("the table");
        let found: Option<DueRow> = store.table.get(&row, Read::Consistent).await.expect("the table");
        assert_eq!(found.is_some(), stands, "{held_until:?}");
    }
    due::forget(&store, &row).await.expect("one that is gone is no error");
}
