//! The report of the day to the shop's people: when there is news, once, in the shop's hours (S4-04, S4-31, S4-64).

use super::*;

const SHOPKEEPER: &str = "shop@romashka.example";

fn daily(enabled: bool) -> Choices {
    let kind = Kind::Other(Notice::Digest);
    let rules = vec![Rule::new(kind, Audience::Admin, Channel::Email, enabled)];
    let edit = |settings: &mut NoticeSettings| settings.contacts.emails = vec![SHOPKEEPER.to_owned()];
    Choices { rules, edit, ..Choices::default() }
}

#[tokio::test]
async fn news_of_a_day_are_reported_once_in_the_shops_next_window() {
    let shop = Box::pin(Shop::open(Options { doubled: true, ..Options::default() }, daily(true))).await;
    shop.scan("accepted").await;
    shop.scan("arrived").await;
    // 10:00 in Moscow.
    shop.until("2026-11-22T07:00:00Z").await;
    assert_eq!(shop.world.outbox().await, Vec::<Value>::new());
    shop.until("2026-11-22T09:00:00Z").await;
    let mails = shop.reached("email").await;
    assert_eq!(mails.len(), 1, "{:?}", shop.log().await);
    assert_eq!(mails[0]["to"], SHOPKEEPER);
    let text = mails[0]["text"].as_str().expect("a text");
    // Where it is now, not where it was in between.
    assert!(text.contains("Ждут в отделении 1") && text.contains(CODE), "{text}");
    assert!(!text.contains("Приняты почтой"), "{text}");
    assert!(!text.contains("unsubscribe"), "the shop's own people leave no list: {text}");
    // A day without news has no report; the next news have one of their own.
    shop.world.travel(hours(48)).await;
    assert_eq!(shop.reached("email").await.len(), 1);
    shop.scan("delivered").await;
    shop.world.travel(hours(48)).await;
    let mails = shop.reached("email").await;
    assert_eq!(mails.len(), 2, "{:?}", shop.log().await);
    let text = mails[1]["text"].as_str().expect("a text");
    assert!(text.contains("Вручены 1") && !text.contains("Ждут в отделении"), "{text}");
}

#[tokio::test]
async fn a_report_that_was_switched_off_is_not_planned() {
    let shop = Box::pin(Shop::open(Options::default(), daily(false))).await;
    shop.scan("arrived").await;
    shop.world.travel(hours(48)).await;
    assert_eq!(shop.log().await, []);
}

#[tokio::test]
async fn messages_that_failed_are_in_the_report() {
    let mut choices = daily(true);
    choices.rules.push(rule(ARRIVED, Channel::Sms, 0));
    choices.accounts = vec![(MessengerId::SmsRu, "smsru"), (MessengerId::Ses, "ses")];
    let shop = Box::pin(Shop::open(Options::default(), choices)).await;
    // Nobody can be asked what became of it.
    shop.world.fault("sms_ru", json!({"mode": "lost_answer", "times": 5})).await;
    shop.scan("arrived").await;
    shop.until("2026-11-22T09:00:00Z").await;
    let mails = shop.reached("email").await;
    assert_eq!(mails.len(), 1, "{:?}", shop.log().await);
    let text = mails[0]["text"].as_str().expect("a text");
    assert!(text.contains("Не доставлено сообщений: 1"), "{text} {:?}", shop.log().await);
}
