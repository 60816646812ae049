//! News of the way, in the window of the buyer's zone, and reminders that end with the collection.

use super::*;
use yam_domain::notice::Window;

#[tokio::test]
async fn an_arrival_is_told_once_by_each_channel_in_the_buyers_window() {
    let shop = Shop::open(Options { doubled: true, ..Options::default() }, Choices::default()).await;
    shop.scan("accepted").await;
    shop.scan("arrived").await;
    assert_eq!(shop.world.outbox().await, Vec::<Value>::new(), "nothing leaves before the window");
    // 10:00 in Vladivostok is midnight in London.
    shop.until("2026-11-22T00:00:00Z").await;
    assert_eq!(shop.world.outbox().await.len(), 0);
    shop.until("2026-11-22T02:00:00Z").await;
    let (texts, mails) = (shop.reached("sms").await, shop.reached("email").await);
    assert_eq!((texts.len(), mails.len()), (1, 1), "{:?}", shop.log().await);
    for told in texts.iter().chain(&mails) {
        let at: Timestamp = told["sent_at"].as_str().unwrap().parse().unwrap();
        let window = ["2026-11-22T00:00:00Z", "2026-11-22T02:00:00Z"].map(|t| t.parse().unwrap());
        assert!(window[0] <= at && at < window[1], "{at}");
    }
    let words = texts[0]["text"].as_str().unwrap();
    assert!(words.starts_with("Ромашка: Ivan Petrov, посылка 80082240994512 ждёт вас: "), "{words}");
    assert_eq!((mails[0]["subject"].as_str(), mails[0]["to"].as_str()), (Some("Заказ 1024"), Some(EMAIL)));
    assert!(mails[0]["html"].as_str().unwrap().contains("Ivan Petrov"));
    // Days later nothing was added.
    shop.world.travel(hours(30)).await;
    assert_eq!(shop.world.outbox().await.len(), 2);
    let log = shop.log().await;
    assert!(log.iter().all(|(_, state, _)| state == "accepted" || state == "delivered"), "{log:?}");
    assert_eq!(shop.parcel["carrier"], "russian_post");
}

#[tokio::test]
async fn events_that_come_again_plan_nothing_new() {
    let shop = Shop::open(Options::default(), Choices::default()).await;
    shop.scan("arrived").await;
    let store = shop.world.store();
    let events: Vec<(yam_store::Key, yam_store::Event)> = store
        .table
        .query_all(&merchant_partition(&demo()), sk::EVENTS, Read::Consistent)
        .await
        .expect("events");
    let bodies = yam_store::Message::bodies(events.iter().rev().map(|(key, _)| key));
    for _ in 0..3 {
        store.queues.send(yam_platform::queue::Queue::Notify, &bodies).await.expect("queue");
        shop.world.drain().await;
    }
    assert_eq!(shop.messages().await.len(), 2);
    shop.until("2026-11-22T02:00:00Z").await;
    assert_eq!(shop.world.outbox().await.len(), 2);
}

#[tokio::test]
async fn a_parcel_that_was_collected_is_not_asked_for() {
    let rules = vec![
        rule(ARRIVED, Channel::Sms, 0),
        rule(NOT_COLLECTED, Channel::Sms, 5),
        rule(Kind::Parcel(ParcelStatus::Delivered), Channel::Sms, 0),
    ];
    let shop = Shop::open(Options::default(), Choices { rules, ..Choices::default() }).await;
    shop.scan("arrived").await;
    shop.world.clock.advance(mins(30));
    shop.scan("delivered").await;
    shop.until("2026-11-28T03:00:00Z").await;
    let log = shop.log().await;
    let stands = |name: &str| {
        let line = log.iter().find(|(kind, _, _)| kind.starts_with(name)).unwrap();
        (line.1.as_str(), line.2.as_str())
    };
    assert_eq!(stands("arrived/sms"), ("suppressed", "collected"), "{log:?}");
    assert_eq!(stands("not_collected/sms"), ("suppressed", "collected"), "{log:?}");
    assert_eq!(shop.reached("sms").await.len(), 1, "{log:?}");
}

#[tokio::test]
async fn a_text_follows_the_call_of_the_same_day() {
    let rules = vec![rule(NOT_COLLECTED, Channel::Sms, 5), rule(NOT_COLLECTED, Channel::Call, 5)];
    let edit = |settings: &mut NoticeSettings| settings.consent_needed.call = false;
    let shop = Shop::open(Options::default(), Choices { rules, edit, ..Choices::default() }).await;
    shop.scan("arrived").await;
    shop.world.travel(hours(24 * 4)).await;
    assert_eq!(shop.world.outbox().await.len(), 0);
    shop.until("2026-11-28T02:00:00Z").await;
    let (calls, texts) = (shop.reached("voice").await, shop.reached("sms").await);
    assert_eq!((calls.len(), texts.len()), (1, 1), "{:?}", shop.log().await);
    let at = |told: &Value| told["sent_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(at(&calls[0]) < at(&texts[0]), "{} {}", at(&calls[0]), at(&texts[0]));
}

#[tokio::test]
async fn a_robot_rings_no_longer_than_its_window() {
    // Three rings of 25 s, ten minutes apart, unless the worker comes late.
    for (late, rings) in [("07:20:30", Some("25,600,1")), ("07:29:30", None)] {
        let edit = |settings: &mut NoticeSettings| {
            settings.consent_needed.call = false;
            settings.buyer_zone = false;
            settings.window = Window::new("10:00".parse().unwrap(), "10:30".parse().unwrap()).unwrap();
        };
        let rules = vec![rule(ARRIVED, Channel::Call, 0)];
        let shop = Shop::open(Options::default(), Choices { rules, edit, ..Choices::default() }).await;
        shop.scan("arrived").await;
        let then: Timestamp = format!("2026-11-22T{late}Z").parse().unwrap();
        shop.world.clock.advance(then.duration_since(shop.world.clock.now()));
        shop.world.tick().await;
        let calls = shop.world.whole_ledger("smsc").await;
        let param = calls.first().map(|call| call["detail"]["extra"]["param"].as_str().unwrap());
        assert_eq!(param, rings, "{calls:?}");
        shop.until("2026-11-23T07:35:00Z").await;
        let calls = shop.world.whole_ledger("smsc").await;
        assert_eq!(calls.len(), 1, "{:?}", shop.log().await);
    }
}

#[tokio::test]
async fn the_shops_own_window_counts_where_it_says_so() {
    let edit = |settings: &mut NoticeSettings| {
        settings.buyer_zone = false;
        settings.window = Window::new("15:00".parse().unwrap(), "16:00".parse().unwrap()).unwrap();
    };
    let shop = Shop::open(Options::default(), Choices { edit, ..Choices::default() }).await;
    shop.scan("arrived").await;
    // 15:00 in Moscow was at noon.
    shop.until("2026-11-21T12:00:00Z").await;
    assert_eq!(shop.world.outbox().await.len(), 0, "{:?}", shop.log().await);
    shop.until("2026-11-21T13:00:00Z").await;
    assert_eq!(shop.world.outbox().await.len(), 2, "{:?}", shop.log().await);
}

#[tokio::test]
async fn a_buyer_who_said_to_have_it_is_reminded_of_nothing() {
    let rules = vec![rule(ARRIVED, Channel::Sms, 0), rule(NOT_COLLECTED, Channel::Sms, 5)];
    let edit = |_: &mut NoticeSettings| ();
    let shop = Shop::open(Options::default(), Choices { rules, edit, ..Choices::default() }).await;
    shop.scan("arrived").await;
    shop.world.travel(hours(48)).await;
    assert_eq!(shop.reached("sms").await.len(), 1);
    let path = format!("/v1/parcels/{}", shop.parcel["parcel_id"].as_str().unwrap());
    let (_, parcel) = shop.world.call("GET", &path, None).await;
    let page = parcel["buyer_page"].as_str().unwrap();
    let said = yam_tests::Browser::new(&shop.world).post(&format!("{page}/collected"), &[]).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    shop.world.travel(hours(24 * 8)).await;
    assert_eq!(shop.reached("sms").await.len(), 1, "{:?}", shop.log().await);
    let log = shop.log().await;
    let line = log.iter().find(|(name, _, _)| name == "not_collected/sms/5").expect("a reminder");
    assert_eq!((line.1.as_str(), line.2.as_str()), ("suppressed", "collected"));
}
