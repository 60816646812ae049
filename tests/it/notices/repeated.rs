//! Sends that are made again because nobody knows what became of the first: a provider must know them for the same.

use std::sync::{Arc, OnceLock};

use super::*;
use yam_platform::ManualClock;
use yam_store::Hooks;
use yam_store::hooks::CrashPoints;
use yam_tests::CrashAt;

/// Solapi knows a send again by its signature, which is of the millisecond it was made in.
async fn by_solapi(hooks: Hooks) -> Shop {
    let recipient = json!({"name": "Kim Min-ji", "phone": "+821012345678", "country": "KR"});
    let choices = Choices {
        rules: vec![rule(ARRIVED, Channel::Sms, 0)],
        accounts: vec![(MessengerId::Solapi, "solapi")],
        recipient,
        ..Choices::default()
    };
    let shop = Box::pin(Shop::open(Options { hooks, ..Options::default() }, choices)).await;
    let won = |amount| Money::new(amount, Currency::Krw);
    let balance = NoticeBalance {
        account: Account::new(won(100_000)),
        alarm: LowBalance { threshold: won(0), rung: false },
        rev: 1,
    };
    let table = shop.world.store().table;
    table.put(&of_merchant(&demo(), sk::BALANCE), &balance).await.expect("balance");
    let words = of_merchant(&demo(), sk::text_version("arrived-sms", 1));
    let mut text: NoticeText = table.get(&words, Read::Consistent).await.expect("a text").expect("a text");
    text.template.text = "라일락: {name}, {track}".to_owned();
    table.put(&words, &text).await.expect("a text");
    shop
}

async fn told_once(shop: &Shop, what: &str) {
    shop.until("2026-11-22T03:00:00Z").await;
    shop.world.travel(hours(100)).await;
    assert_eq!(shop.world.whole_ledger("solapi").await.len(), 1, "{what}: {:?}", shop.log().await);
    shop.books_balance(100_000).await;
}

#[tokio::test]
async fn a_worker_that_dies_in_mid_call_is_followed_by_the_same_send() {
    for point in ["K2", "K4"] {
        let crash = Arc::new(CrashAt::once(point, "tell"));
        let shop = by_solapi(Hooks::new(crash.clone())).await;
        shop.scan("arrived").await;
        told_once(&shop, point).await;
        assert!(crash.happened(), "{point}");
    }
}

#[tokio::test]
async fn a_repeat_that_was_put_off_is_still_the_same_send() {
    let shop = by_solapi(Hooks::default()).await;
    shop.scan("arrived").await;
    shop.world.fault("solapi", json!({"mode": "lost_answer", "times": 1})).await;
    let refused = json!({"mode": "status", "status": 429, "times": 2});
    shop.world.fault("solapi", refused).await;
    told_once(&shop, "busy").await;
}

/// Time passes while a message is claimed.
#[derive(Debug, Default)]
struct Passing(OnceLock<Arc<ManualClock>>);

impl CrashPoints for Passing {
    fn dies_at(&self, point: &'static str, kind: &str) -> bool {
        if (point, kind) == ("K1", "tell")
            && let Some(clock) = self.0.get()
        {
            clock.advance(SignedDuration::from_millis(3));
        }
        false
    }
}

#[tokio::test]
async fn the_claim_holds_the_millisecond_that_the_send_carries() {
    let passing = Arc::new(Passing::default());
    let shop = by_solapi(Hooks::new(passing.clone())).await;
    passing.0.set(shop.world.clock.clone()).expect("once");
    shop.scan("arrived").await;
    shop.world.fault("solapi", json!({"mode": "lost_answer", "times": 1})).await;
    told_once(&shop, "time passed").await;
}

#[tokio::test]
async fn a_mail_is_repeated_although_its_repeat_could_not_be_made_at_once() {
    let rules = vec![rule(ARRIVED, Channel::Email, 0)];
    let shop = Shop::open(Options::default(), Choices { rules, ..Choices::default() }).await;
    shop.scan("arrived").await;
    // Lost before it was taken, and busy when it comes again: no event will come.
    shop.world.fault("ses", json!({"mode": "http_500", "times": 1})).await;
    let busy = json!({"mode": "status", "status": 429, "times": 1});
    shop.world.fault("ses", busy).await;
    shop.until("2026-11-22T03:00:00Z").await;
    shop.world.travel(hours(24)).await;
    assert_eq!(shop.reached("email").await.len(), 1, "{:?}", shop.log().await);
}

#[tokio::test]
async fn a_repeat_needs_no_more_money_than_the_first_send_holds() {
    // Enough for one text, and not for two.
    let rules = vec![rule(ARRIVED, Channel::Sms, 0)];
    let accounts = vec![(MessengerId::Smsc, "smsc")];
    let choices = Choices { rules, accounts, balance: 600, ..Choices::default() };
    let shop = Shop::open(Options::default(), choices).await;
    shop.scan("arrived").await;
    // The answer is lost and so is the send: it is asked for, not found, and sent again.
    shop.world.fault("smsc", json!({"mode": "http_500", "times": 1})).await;
    shop.until("2026-11-21T09:30:00Z").await;
    shop.until("2026-11-22T09:30:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), 1, "{:?}", shop.log().await);
    shop.books_balance(600).await;
}
