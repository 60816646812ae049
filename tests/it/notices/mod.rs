//! People are told what happened: the right words, in the shop's hours, exactly once (F14-F18, M1-M5).

mod arrived;
mod asked;
mod bulk;
mod journeys;
mod lost;
mod money;
mod receipts;
mod refused;
mod repeated;
mod report;

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::{
    Account, Audience, Channel, Kind, LowBalance, Notice, PriceList, Rule, RuleSet, Template,
};
use yam_domain::parcel::ParcelStatus;
use yam_platform::Clock as _;
use yam_store::items::notices::{
    MessageWork, MessengerAccount, NoticeBalance, NoticePrices, NoticeSettings, NoticeText,
};
use yam_store::keys::{merchant_partition, notice_prices, of_merchant, sk};
use yam_store::{Intent, Read};
use yam_tests::{Options, World};

/// A number of the Russian post, with its check digit.
const CODE: &str = "80082240994512";
/// Who is told.
const PHONE: &str = "+79161234567";
const EMAIL: &str = "ivan@example.org";

fn demo() -> MerchantId {
    MerchantId::parse("demo").expect("an id")
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn mins(mins: i64) -> SignedDuration {
    SignedDuration::from_mins(mins)
}

/// A rule for buyers with a text of the shop's own.
fn rule(kind: Kind, channel: Channel, after_days: u16) -> Rule {
    let name = format!("{kind}-{}", channel.as_str());
    Rule { after_days, template_id: Some(name), ..Rule::new(kind, Audience::Buyer, channel, true) }
}

const ARRIVED: Kind = Kind::Parcel(ParcelStatus::Arrived);
const NOT_COLLECTED: Kind = Kind::Other(Notice::NotCollected);

/// A shop with texts, accounts, money and a parcel on its way.
struct Shop {
    world: World,
    parcel: Value,
}

/// What a shop of the tests settles.
struct Choices {
    rules: Vec<Rule>,
    accounts: Vec<(MessengerId, &'static str)>,
    edit: fn(&mut NoticeSettings),
    balance: i64,
    recipient: Value,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            rules: vec![rule(ARRIVED, Channel::Sms, 0), rule(ARRIVED, Channel::Email, 0)],
            accounts: vec![(MessengerId::Smsc, "smsc"), (MessengerId::Ses, "ses")],
            edit: |_| (),
            balance: 100_000,
            recipient: json!({
                "name": "Ivan Petrov", "phone": PHONE, "email": EMAIL, "country": "RU",
                "postal_code": "690000",
            }),
        }
    }
}

impl Shop {
    async fn open(options: Options, choices: Choices) -> Shop {
        let world = Box::pin(World::new(options)).await;
        let shop = json!({
            "country": "RU", "currency_unit": "RUB", "time_zone": "Europe/Moscow", "locale": "ru",
        });
        let (status, answer) = world.call("PUT", "/v1/settings/shop", Some(shop)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        settle(&world, &choices).await;
        world.tracking_account("russian_post", "single").await;
        let body = json!({
            "carrier": "russian_post", "tracking_code": CODE, "order_number": "1024",
            "recipient": choices.recipient,
        });
        let (status, parcel) = world.call("POST", "/v1/parcels", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{parcel}");
        world.advance(mins(3)).await;
        Shop { world, parcel }
    }

    /// The post says so, and is asked within hours.
    async fn scan(&self, status: &str) {
        let scan = json!({"status": status, "office": "690000"});
        self.world.scan("russian_post", CODE, scan).await;
        self.world.clock.advance(hours(5));
        self.world.poll().await;
        self.world.tick().await;
    }

    /// Minute by minute until then.
    async fn until(&self, at: &str) {
        let at: Timestamp = at.parse().expect("an instant");
        self.world.advance(at.duration_since(self.world.clock.now())).await;
    }

    /// What reached people by a channel.
    async fn reached(&self, channel: &str) -> Vec<Value> {
        self.world.outbox().await.into_iter().filter(|message| message["channel"] == channel).collect()
    }

    /// Every message, by kind, channel and days.
    async fn messages(&self) -> Vec<MessageWork> {
        let store = self.world.store();
        let found: Vec<(_, Intent<MessageWork>)> = store
            .table
            .query_all(&merchant_partition(&demo()), sk::MESSAGES, Read::Consistent)
            .await
            .expect("messages");
        found.into_iter().map(|(_, intent)| intent.work).collect()
    }

    /// Where each message stands, and why.
    async fn log(&self) -> Vec<(String, String, String)> {
        let line = |work: MessageWork| {
            let name = format!("{}/{}/{}", work.kind, work.channel.as_str(), work.after_days);
            (name, work.state.as_str().to_owned(), work.reason.unwrap_or_default())
        };
        let mut lines: Vec<_> = self.messages().await.into_iter().map(line).collect();
        lines.sort();
        lines
    }

    async fn balance(&self) -> NoticeBalance {
        let store = self.world.store();
        let key = of_merchant(&demo(), sk::BALANCE);
        store.table.get(&key, Read::Consistent).await.expect("table").expect("a balance")
    }

    /// Start = balance + reserved + spent (M5).
    async fn books_balance(&self, start: i64) -> Account {
        let account = self.balance().await.account;
        let sum = account.balance.amount() + account.reserved.amount() + account.spent.amount();
        assert_eq!(sum, start, "{account:?}");
        account
    }
}

async fn settle(world: &World, choices: &Choices) {
    let store = world.store();
    let cipher = store.vault.cipher(&demo()).await.expect("a key");
    let mut settings = NoticeSettings::usual("RU");
    settings.rules = RuleSet { version: 2, service_enabled: true, rules: choices.rules.clone() };
    settings.buyer_zone = true;
    settings.rev = 1;
    (choices.edit)(&mut settings);
    let at = |sk: &str| of_merchant(&demo(), sk);
    store.table.put(&at(sk::NOTICES), &settings).await.expect("settings");
    let prices = NoticePrices { list: PriceList::usual(), at: world.clock.now(), rev: 1 };
    store.table.put(&notice_prices(), &prices).await.expect("prices");
    for rule in &choices.rules {
        let Some(id) = rule.template_id.clone() else { continue };
        let words = match rule.kind {
            ARRIVED => "Ромашка: {name}, посылка {track} ждёт вас: {office}",
            NOT_COLLECTED => "Ромашка: посылка {track} ждёт вас уже {days} дней",
            _ => "Ромашка: посылка {track}, заказ {order}",
        };
        let text = NoticeText {
            template: Template {
                channel: rule.channel,
                subject: (rule.channel == Channel::Email).then(|| "Заказ {order}".to_owned()),
                text: words.to_owned(),
                provider_template: None,
            },
            version: 1,
            at: world.clock.now(),
            by: "tests".to_owned(),
            deleted: false,
            id: id.clone(),
        };
        store.table.put(&at(&sk::text(&id)), &text).await.expect("text");
        store.table.put(&at(&sk::text_version(&id, 1)), &text).await.expect("text");
    }
    for (messenger, name) in &choices.accounts {
        let id = AccountId::parse(name).expect("an id");
        let fields: BTreeMap<String, String> = match messenger {
            MessengerId::Smsc => {
                [("login", "hub"), ("password", "demo-pass"), ("callback_secret", "cb-secret")].as_slice()
            }
            MessengerId::Solapi => {
                &[("api_key", "NCSDEMO000000001"), ("api_secret", "TESTSECRET0123456789ABCDEFGHIJKL")]
            }
            MessengerId::SmsRu => &[("api_id", "00000000-0000-0000-0000-000000000001")],
            _ => &[],
        }
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        let purpose = MessengerAccount::purpose(&id);
        let account = MessengerAccount {
            messenger: *messenger,
            credentials: cipher.seal(&purpose, &fields, store.ids.as_ref()).expect("sealed"),
            settings: match messenger {
                MessengerId::Solapi => json!({"sender": "0200000001"}),
                _ => json!({}),
            },
            enabled: true,
            hook_secret: format!("hook-{name}"),
            health: Value::Null,
            rev: 1,
            id,
        };
        store.table.put(&at(&sk::messenger(name)), &account).await.expect("account");
    }
    let rub = |amount| Money::new(amount, Currency::Rub);
    let balance = NoticeBalance {
        account: Account::new(rub(choices.balance)),
        alarm: LowBalance { threshold: rub(0), rung: false },
        rev: 1,
    };
    store.table.put(&at(sk::BALANCE), &balance).await.expect("balance");
}
