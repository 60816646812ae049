//! Accounts of the simulators' demo merchants, and messages in the words of each country.

use std::net::SocketAddr;

use jiff::Timestamp;
use url::Url;
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_domain::phone::Phone;
use yam_messengers::account::{SmtpSecurity, SmtpServer};
use yam_messengers::mail::{Email, EmailAddress, Letter, Mailbox, Unsubscribe};
use yam_messengers::message::{Call, Speaker, Text};
use yam_messengers::{
    Account, AccountSettings, Channel, Content, Credentials, Handle, Message, MessageKey, Recipient,
};

pub(crate) const SECRETS: [&str; 4] = [
    "demo-pass",
    "demo-kavenegar-key",
    "TESTSECRET0123456789ABCDEFGHIJKL",
    "00000000-0000-0000-0000-000000000001",
];

/// The simulators' name of a provider.
pub(crate) fn system(id: MessengerId) -> &'static str {
    match id {
        MessengerId::Kavenegar => "kavenegar",
        MessengerId::Smsc => "smsc",
        MessengerId::SmsRu => "sms_ru",
        MessengerId::Solapi => "solapi",
        MessengerId::Sns => "sns",
        MessengerId::Ses => "ses",
        MessengerId::Smtp => "smtp",
    }
}

/// The demo account of a provider; `mail` is where the simulated mail server listens.
pub(crate) fn account(id: MessengerId, mail: SocketAddr) -> Account {
    let fields: &[(&str, &str)] = match id {
        MessengerId::Kavenegar => &[("api_key", "demo-kavenegar-key")],
        MessengerId::Smsc => &[("login", "hub"), ("password", "demo-pass"), ("callback_secret", "cb-secret")],
        MessengerId::SmsRu => &[("api_id", "00000000-0000-0000-0000-000000000001")],
        MessengerId::Solapi => {
            &[("api_key", "NCSDEMO000000001"), ("api_secret", "TESTSECRET0123456789ABCDEFGHIJKL")]
        }
        MessengerId::Sns | MessengerId::Ses => &[],
        MessengerId::Smtp => &[("user", "shop@shop.example"), ("password", "demo-pass")],
    };
    let sender = match id {
        MessengerId::Kavenegar => Some("10000000"),
        MessengerId::Smsc | MessengerId::SmsRu | MessengerId::Sns => Some("ROMASHKA"),
        MessengerId::Solapi => Some("0200000001"),
        MessengerId::Ses | MessengerId::Smtp => None,
    };
    Account {
        merchant: MerchantId::parse("demo").unwrap(),
        id: AccountId::parse("a-1").unwrap(),
        messenger: id,
        credentials: Credentials::new(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))),
        settings: AccountSettings {
            sender: sender.map(str::to_owned),
            smtp: (id == MessengerId::Smtp).then(|| SmtpServer {
                host: mail.ip().to_string(),
                port: mail.port(),
                security: SmtpSecurity::Plain,
            }),
            kakao_channel: (id == MessengerId::Solapi).then(|| "KA01PF0000000001".to_owned()),
            ..AccountSettings::default()
        },
    }
}

/// The same account with one credential replaced.
pub(crate) fn with_field(mut account: Account, replaced: &[(&str, &str)]) -> Account {
    account.credentials =
        Credentials::new(replaced.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    account
}

/// A number in the country of a provider.
pub(crate) fn phone(id: MessengerId) -> &'static str {
    match id {
        MessengerId::Kavenegar => "+989120000001",
        MessengerId::Solapi => "+821000000001",
        _ => "+79160000001",
    }
}

/// News in the language of a provider's country; `count` makes each one another text.
pub(crate) fn news(id: MessengerId, count: u32) -> String {
    match id {
        MessengerId::Kavenegar => format!("مرسوله شما به دفتر پست رسید. کد رهگیری: {count}"),
        MessengerId::Solapi => format!("주문 {count} 상품이 우체국에 도착했습니다."),
        _ => format!("Ваш заказ №{count} ждёт вас в отделении 101000."),
    }
}

pub(crate) fn key(count: u32) -> MessageKey {
    MessageKey::parse(&format!("ntf-{count}")).unwrap()
}

fn message(count: u32, at: Timestamp, to: Recipient, content: Content) -> Message {
    let unclear_sends = 0;
    Message { key: key(count), to, sender: None, content, valid_for: None, at, unclear_sends }
}

pub(crate) fn to(phone: &str) -> Recipient {
    Recipient::Phone(Phone::parse_international(phone).unwrap())
}

pub(crate) fn sms(number: &str, text: &str, count: u32, at: Timestamp) -> Message {
    let text = Text { text: text.to_owned(), ..Text::default() };
    message(count, at, to(number), Content::Text(text))
}

pub(crate) fn call(number: &str, text: &str, count: u32, at: Timestamp) -> Message {
    let call = Call {
        text: text.to_owned(),
        speaker: Speaker::Female,
        ring_seconds: 25,
        attempts: 3,
        between_seconds: 600,
    };
    message(count, at, to(number), Content::Call(call))
}

/// What a provider is asked to send when nothing more is wanted of it.
pub(crate) fn usual(id: MessengerId, count: u32, at: Timestamp) -> Message {
    match id {
        MessengerId::Ses | MessengerId::Smtp => mail(&news(id, count), count, at),
        _ => sms(phone(id), &news(id, count), count, at),
    }
}

/// A letter to one person, with a way out of the list.
pub(crate) fn mail(text: &str, count: u32, at: Timestamp) -> Message {
    let letter = Letter {
        language: "ru".into(),
        shop: "Ромашка".into(),
        heading: "Посылка прибыла".into(),
        paragraphs: vec![text.to_owned()],
        ..Letter::default()
    };
    let email = Email {
        from: Mailbox {
            name: "Ромашка".into(),
            address: EmailAddress::parse("noreply@shop.example").unwrap(),
        },
        to: EmailAddress::parse("ivan@example.org").unwrap(),
        reply_to: EmailAddress::parse("help@shop.example").ok(),
        subject: format!("Посылка {count} прибыла"),
        written: letter.write().unwrap(),
        unsubscribe: Unsubscribe::new(Url::parse("https://hub.example/u/abc").unwrap(), None),
    };
    message(count, at, Recipient::Email, Content::Email(Box::new(email)))
}

/// The same message again, after an answer that was lost.
pub(crate) fn again(message: &Message) -> Message {
    Message { unclear_sends: message.unclear_sends + 1, ..message.clone() }
}

/// What is kept of a message for later questions.
pub(crate) fn handle(message: &Message, provider_id: Option<&str>) -> Handle {
    let channel: Channel = message.channel();
    Handle {
        key: message.key.clone(),
        channel,
        to: message.to.clone(),
        provider_id: provider_id.map(str::to_owned),
        group_id: None,
    }
}
