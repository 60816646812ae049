//! Money for messages: held before, charged after, never more than there is (M5).

use super::*;

#[tokio::test]
async fn what_was_sent_is_charged_and_the_rest_given_back() {
    let shop = Shop::open(Options::default(), Choices::default()).await;
    shop.scan("arrived").await;
    shop.until("2026-11-22T02:30:00Z").await;
    let account = shop.books_balance(100_000).await;
    let spent: i64 = shop.messages().await.iter().filter_map(|m| m.cost).map(Money::amount).sum();
    assert_eq!(account.reserved.amount(), 0);
    assert_eq!(account.spent.amount(), spent);
    assert!(spent > 0);
}

#[tokio::test]
async fn without_money_nothing_is_sent_and_nothing_is_charged() {
    let rules = vec![rule(ARRIVED, Channel::Sms, 0)];
    let shop = Shop::open(Options::default(), Choices { rules, balance: 100, ..Choices::default() }).await;
    shop.scan("arrived").await;
    shop.until("2026-11-22T02:30:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), 0);
    let log = shop.log().await;
    assert_eq!((log[0].1.as_str(), log[0].2.as_str()), ("suppressed", "no_balance"), "{log:?}");
    let account = shop.books_balance(100).await;
    assert_eq!((account.reserved.amount(), account.spent.amount()), (0, 0));
}

#[tokio::test]
async fn a_balance_that_falls_below_its_threshold_is_told_once() {
    let low = Rule::new(Kind::Other(Notice::BalanceLow), Audience::Admin, Channel::Email, true);
    let rules = vec![rule(ARRIVED, Channel::Sms, 0), low];
    let edit = |settings: &mut NoticeSettings| {
        settings.contacts.emails = vec!["one@shop.example".into(), "two@shop.example".into()];
    };
    let shop =
        Shop::open(Options::default(), Choices { rules, edit, balance: 10_000, ..Choices::default() }).await;
    let store = shop.world.store();
    let mut balance = shop.balance().await;
    balance.alarm.threshold = Money::new(10_000, Currency::Rub);
    store.table.put(&of_merchant(&demo(), sk::BALANCE), &balance).await.unwrap();
    shop.scan("arrived").await;
    shop.until("2026-11-22T02:30:00Z").await;
    assert_eq!(shop.world.told("account.balance_low").await.len(), 1);
    let mails = shop.reached("email").await;
    let mut told: Vec<&str> = mails.iter().filter_map(|mail| mail["to"].as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["one@shop.example", "two@shop.example"], "{:?}", shop.log().await);
    shop.books_balance(10_000).await;
}
