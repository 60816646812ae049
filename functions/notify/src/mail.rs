//! A message as an e-mail.

use url::Url;
use yam_domain::money::display::Locale;
use yam_domain::notice::macros::{Macro, Text, Values};
use yam_domain::notice::template::Template;
use yam_messengers::mail::{Email, EmailAddress, Fact, Letter, Mailbox, Unsubscribe};

use crate::shop::ShopNotices;
use crate::text::written;

/// What a letter is made of.
#[derive(Debug, Clone)]
pub(crate) struct LetterParts<'a> {
    /// The text, read.
    pub(crate) text: &'a Text,
    /// The template, for its subject.
    pub(crate) template: &'a Template,
    /// Its values.
    pub(crate) values: &'a Values,
    /// Its language.
    pub(crate) locale: Locale,
    /// Language tag.
    pub(crate) language: &'a str,
    /// To whom.
    pub(crate) to: EmailAddress,
    /// From.
    pub(crate) from: EmailAddress,
    /// The way out of the list; none for the shop's own people.
    pub(crate) leave: Option<Url>,
}

/// Longest subject made of a text, in characters.
const SUBJECT: usize = 120;

/// Writes the e-mail.
///
/// # Errors
/// Words on what a letter cannot hold.
pub(crate) fn email(shop: &ShopNotices, parts: LetterParts<'_>) -> Result<Email, String> {
    let body = written(parts.text, parts.values, parts.locale);
    let subject = parts.template.subject.as_ref().and_then(|subject| Text::parse(subject).ok());
    let subject = subject.map_or_else(
        || body.lines().next().unwrap_or("").chars().take(SUBJECT).collect(),
        |subject| written(&subject, parts.values, parts.locale),
    );
    let link = parts.values.get(&Macro::Link).and_then(|link| Url::parse(link).ok());
    let words = words(parts.locale);
    let fact = |label: &str, name: Macro| {
        let value = parts.values.get(&name).filter(|value| !value.is_empty())?;
        Some(Fact { label: label.to_owned(), value: value.clone() })
    };
    let facts = [
        fact(words.track, Macro::Track),
        fact(words.order, Macro::Order),
        fact(words.office, Macro::Office),
        fact(words.sum, Macro::Sum),
        fact(words.deadline, Macro::Deadline),
    ];
    let letter = Letter {
        language: parts.language.to_owned(),
        shop: shop.name.clone(),
        heading: subject.clone(),
        preview: body.chars().take(SUBJECT).collect(),
        paragraphs: vec![body],
        facts: facts.into_iter().flatten().collect(),
        button: link.filter(|url| url.scheme() == "https").map(|url| (words.open.to_owned(), url)),
        footer: vec![shop.name.clone()],
        leave: parts
            .leave
            .clone()
            .filter(|url| url.scheme() == "https")
            .map(|url| (words.leave.to_owned(), url)),
    };
    let reply_to = shop.admin_emails.first().and_then(|address| EmailAddress::parse(address).ok());
    Ok(Email {
        from: Mailbox { name: shop.name.clone(), address: parts.from },
        to: parts.to,
        reply_to,
        subject,
        written: letter.write().map_err(|error| error.to_string())?,
        unsubscribe: parts.leave.and_then(|url| Unsubscribe::new(url, None)),
    })
}

struct Words {
    track: &'static str,
    order: &'static str,
    office: &'static str,
    sum: &'static str,
    deadline: &'static str,
    open: &'static str,
    leave: &'static str,
}

const fn words(locale: Locale) -> Words {
    match locale {
        Locale::En => Words {
            track: "Tracking code",
            order: "Order",
            office: "Post office",
            sum: "Sum",
            deadline: "Kept until",
            open: "Open",
            leave: "No more messages of this kind",
        },
        Locale::Fa => Words {
            track: "کد رهگیری",
            order: "سفارش",
            office: "دفتر پستی",
            sum: "مبلغ",
            deadline: "مهلت نگهداری",
            open: "مشاهده",
            leave: "لغو دریافت پیام",
        },
        Locale::Ru => Words {
            track: "Трек-номер",
            order: "Заказ",
            office: "Отделение",
            sum: "Сумма",
            deadline: "Хранится до",
            open: "Открыть",
            leave: "Отписаться от таких писем",
        },
        Locale::Ko => Words {
            track: "등기번호",
            order: "주문",
            office: "우체국",
            sum: "금액",
            deadline: "보관 기한",
            open: "열기",
            leave: "수신 거부",
        },
    }
}
