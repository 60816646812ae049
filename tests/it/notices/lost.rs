//! Crashes and lost answers: the providers' ledgers hold each message once (M1).

use std::sync::Arc;

use super::*;
use yam_store::Hooks;
use yam_tests::CrashAt;

#[tokio::test]
async fn a_crash_at_any_point_sends_nothing_twice() {
    for (point, kind) in
        [("K7", "tell"), ("K0", "tell"), ("K0", "message"), ("K1", "tell"), ("K2", "tell"), ("K4", "tell")]
    {
        let crash = Arc::new(CrashAt::once(point, kind));
        let options = Options { hooks: Hooks::new(crash.clone()), ..Options::default() };
        let shop = Shop::open(options, Choices::default()).await;
        shop.scan("arrived").await;
        shop.until("2026-11-22T03:00:00Z").await;
        shop.world.travel(hours(100)).await;
        assert!(crash.happened(), "{point}");
        let (texts, mails) = (shop.reached("sms").await.len(), shop.reached("email").await.len());
        assert!(texts <= 1 && (1..=2).contains(&mails), "{point}: {texts} texts, {mails} mails");
        let log = shop.log().await;
        assert!(log.iter().all(|(_, state, _)| state != "planned" && state != "sending"), "{point}: {log:?}");
        shop.books_balance(100_000).await;
        assert!(shop.balance().await.account.reserved.is_zero(), "{point}");
    }
}

#[tokio::test]
async fn nobody_else_is_asked_after_a_lost_answer() {
    // SMS.ru can neither be asked nor told to repeat; SMSC can be asked.
    for (first, system, texts) in [("smsru", "sms_ru", 1), ("smsc", "smsc", 1)] {
        let second = if first == "smsru" { "smsc" } else { "smsru" };
        let messenger = |name: &str| if name == "smsc" { MessengerId::Smsc } else { MessengerId::SmsRu };
        let edit: fn(&mut NoticeSettings) = if first == "smsru" {
            |s| s.routes.sms = ["smsru", "smsc"].map(|id| AccountId::parse(id).unwrap()).to_vec()
        } else {
            |s| s.routes.sms = ["smsc", "smsru"].map(|id| AccountId::parse(id).unwrap()).to_vec()
        };
        let rules = vec![rule(ARRIVED, Channel::Sms, 0)];
        let accounts = vec![(messenger("smsc"), "smsc"), (messenger("smsru"), "smsru")];
        let shop =
            Shop::open(Options::default(), Choices { rules, accounts, edit, ..Choices::default() }).await;
        shop.scan("arrived").await;
        shop.world.fault(system, json!({"mode": "lost_answer", "times": 1})).await;
        shop.until("2026-11-22T03:00:00Z").await;
        assert_eq!(shop.reached("sms").await.len(), texts, "{first}");
        let other = if second == "smsc" { "smsc" } else { "sms_ru" };
        assert_eq!(shop.world.whole_ledger(other).await.len(), 0, "{first}");
        let log = shop.log().await;
        let expected = if first == "smsru" { "outcome_unknown" } else { "accepted" };
        assert!([expected, "delivered"].contains(&log[0].1.as_str()), "{first}: {log:?}");
        // What nobody knows is charged after three days.
        shop.world.travel(hours(80)).await;
        let account = shop.books_balance(100_000).await;
        assert_eq!((account.reserved.amount(), account.spent.amount()), (0, 490), "{first}");
    }
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_once_more_at_most() {
    let rules = vec![rule(ARRIVED, Channel::Email, 0)];
    let shop = Shop::open(Options::default(), Choices { rules, ..Choices::default() }).await;
    shop.scan("arrived").await;
    shop.world.fault("ses", json!({"mode": "lost_answer", "times": 5})).await;
    shop.until("2026-11-22T03:00:00Z").await;
    shop.world.travel(hours(100)).await;
    assert_eq!(shop.reached("email").await.len(), 2, "{:?}", shop.log().await);
    assert_eq!(shop.log().await[0].1, "outcome_unknown");
    shop.books_balance(100_000).await;
}
