//! What is not sent, and why; and who is asked next.

use super::*;
use yam_store::items::notices::{OptOut, OptOutSource};

/// The end of a shop's only text.
async fn text_of(choices: Choices) -> (String, String, usize) {
    let shop = Shop::open(Options::default(), choices).await;
    shop.scan("arrived").await;
    shop.until("2026-11-22T02:30:00Z").await;
    let line = shop.log().await.into_iter().find(|(name, _, _)| name == "arrived/sms/0").expect("a text");
    (line.1, line.2, shop.reached("sms").await.len())
}

fn to(phone: &str) -> Value {
    json!({"name": "Ivan Petrov", "phone": phone, "country": "RU", "postal_code": "690000"})
}

#[tokio::test]
async fn what_is_not_sent_keeps_its_reason() {
    let suppressed = |reason: &str| ("suppressed".to_owned(), reason.to_owned(), 0);
    for (recipient, reason) in [
        (to("+79000000000"), "placeholder"),
        (to("+74951234567"), "landline"),
        (json!({"name": "Ivan Petrov", "country": "RU", "postal_code": "690000"}), "no_contact"),
    ] {
        let choices = Choices { recipient, ..Choices::default() };
        assert_eq!(Box::pin(text_of(choices)).await, suppressed(reason));
    }
    let off = |settings: &mut NoticeSettings| settings.rules.service_enabled = false;
    assert_eq!(
        Box::pin(text_of(Choices { edit: off, ..Choices::default() })).await,
        suppressed("service_off")
    );
    let unedited = Rule::new(ARRIVED, Audience::Buyer, Channel::Sms, true);
    let rules = vec![unedited];
    assert_eq!(
        Box::pin(text_of(Choices { rules, ..Choices::default() })).await,
        suppressed("text_not_ready")
    );
    let accounts = vec![(MessengerId::Ses, "ses")];
    assert_eq!(
        Box::pin(text_of(Choices { accounts, ..Choices::default() })).await,
        suppressed("no_provider")
    );
}

#[tokio::test]
async fn another_provider_is_asked_after_a_definite_no_alone() {
    let accounts = vec![(MessengerId::Smsc, "smsc"), (MessengerId::SmsRu, "smsru")];
    for (fault, first, second) in [
        (json!({"mode": "code", "code": 3, "times": 1}), 0, 1),
        (json!({"mode": "status", "status": 429, "times": 1}), 0, 1),
    ] {
        let shop =
            Shop::open(Options::default(), Choices { accounts: accounts.clone(), ..Choices::default() })
                .await;
        shop.scan("arrived").await;
        shop.world.fault("smsc", fault.clone()).await;
        shop.until("2026-11-22T02:30:00Z").await;
        let (smsc, smsru) = (shop.world.whole_ledger("smsc").await, shop.world.whole_ledger("sms_ru").await);
        assert_eq!((smsc.len(), smsru.len()), (first, second), "{fault} {:?}", shop.log().await);
    }
}

#[tokio::test]
async fn a_refused_account_is_stopped_and_its_shop_told_once() {
    let accounts = vec![(MessengerId::Smsc, "smsc"), (MessengerId::SmsRu, "smsru")];
    let shop = Shop::open(Options::default(), Choices { accounts, ..Choices::default() }).await;
    shop.scan("arrived").await;
    // 2: wrong login or password.
    shop.world.fault("smsc", json!({"mode": "code", "code": 2, "times": 1})).await;
    shop.until("2026-11-22T02:30:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), 1, "{:?}", shop.log().await);
    assert_eq!(shop.world.told("account.messenger_stopped").await.len(), 1);
    let store = shop.world.store();
    let key = of_merchant(&demo(), sk::messenger("smsc"));
    let account: MessengerAccount = store.table.get(&key, Read::Consistent).await.unwrap().unwrap();
    assert_eq!(account.health["stopped"], "account", "{}", account.health);
}

#[tokio::test]
async fn two_words_of_stop_at_once_both_count() {
    let shop = Shop::open(Options::default(), Choices::default()).await;
    let (store, key) = (shop.world.store(), of_merchant(&demo(), sk::opt_out("somebody")));
    // Said before changes were counted.
    let before = OptOut {
        channels: [Channel::Kakao].into(),
        since: shop.world.clock.now(),
        source: OptOutSource::Api,
        rev: 0,
    };
    store.table.put(&key, &before).await.expect("table");
    let stop = async |channel| {
        let channels = std::collections::BTreeSet::from([channel]);
        yam_store::notices::opt_out(&store, &key, &channels, OptOutSource::StopWord).await
    };
    let (texts, mails, calls) = tokio::join!(stop(Channel::Sms), stop(Channel::Email), stop(Channel::Call));
    for said in [texts, mails, calls] {
        said.expect("said");
    }
    let out: OptOut = store.table.get(&key, Read::Consistent).await.expect("table").expect("an opt-out");
    assert_eq!(out.channels, Channel::ALL.iter().copied().collect());
}
