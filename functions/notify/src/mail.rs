//! A message as an e-mail.

use url::Url;
use yam_domain::money::display::Locale;
use yam_domain::notice::macros::{Macro, Text, Values};
use yam_domain::notice::template::Template;
use yam_domain::notice::{Kind, Notice};
use yam_messengers::mail::{Email, EmailAddress, Fact, Letter, Mailbox, Unsubscribe};

use crate::shop::ShopNotices;
use crate::text::written;

/// What a letter is made of.
#[derive(Debug, Clone)]
pub(crate) struct LetterParts<'a> {
    /// What it tells.
    pub(crate) kind: Kind,
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
    /// Labels and values of the report of the day.
    pub(crate) report: Vec<(String, String)>,
}

/// Longest preview of a text, in characters.
const PREVIEW: usize = 120;

/// Writes the e-mail.
///
/// # Errors
/// Words on what a letter cannot hold.
pub(crate) fn email(shop: &ShopNotices, parts: LetterParts<'_>) -> Result<Email, String> {
    let body = written(parts.text, parts.values, parts.locale);
    let words = words(parts.locale);
    let subject = parts.template.subject.as_ref().and_then(|subject| Text::parse(subject).ok());
    let subject = subject.map_or_else(
        || subject_of(parts.kind, parts.values, &words),
        |subject| written(&subject, parts.values, parts.locale),
    );
    let link = parts.values.get(&Macro::Link).and_then(|link| Url::parse(link).ok());
    let fact = |label: &str, name: Macro| {
        let value = parts.values.get(&name).filter(|value| !value.is_empty())?;
        Some(Fact { label: label.to_owned(), value: value.clone() })
    };
    let report = parts.report.into_iter().map(|(label, value)| Fact { label, value });
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
        preview: body.chars().take(PREVIEW).collect(),
        paragraphs: vec![body],
        facts: facts.into_iter().flatten().chain(report).collect(),
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

/// The subject of a text that has none of its own: what it is about, and which.
fn subject_of(kind: Kind, values: &Values, words: &Words) -> String {
    let (about, which) = match kind {
        Kind::Parcel(_) | Kind::Other(Notice::NotCollected) => (words.parcel, Macro::Track),
        Kind::Other(
            Notice::PaymentPaid
            | Notice::PaymentNeedsReview
            | Notice::PaymentFailed
            | Notice::PaymentRefunded
            | Notice::SlipApproved
            | Notice::SlipRejected
            | Notice::PaymentLink,
        ) => (words.payment, Macro::Sum),
        Kind::Other(
            Notice::BalanceLow | Notice::CarrierOnHold | Notice::MessengerStopped | Notice::Digest,
        ) => (words.account, Macro::Shop),
    };
    match values.get(&which).filter(|value| !value.is_empty()) {
        Some(value) => format!("{about}: {value}"),
        None => about.to_owned(),
    }
}

struct Words {
    parcel: &'static str,
    payment: &'static str,
    account: &'static str,
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
            parcel: "News of a parcel",
            payment: "Payment",
            account: "Your account",
            track: "Tracking code",
            order: "Order",
            office: "Post office",
            sum: "Sum",
            deadline: "Kept until",
            open: "Open",
            leave: "No more messages of this kind",
        },
        Locale::Fa => Words {
            parcel: "خبر مرسوله",
            payment: "پرداخت",
            account: "حساب شما",
            track: "کد رهگیری",
            order: "سفارش",
            office: "دفتر پستی",
            sum: "مبلغ",
            deadline: "مهلت نگهداری",
            open: "مشاهده",
            leave: "لغو دریافت پیام",
        },
        Locale::Ru => Words {
            parcel: "Новости о посылке",
            payment: "Оплата",
            account: "Ваш аккаунт",
            track: "Трек-номер",
            order: "Заказ",
            office: "Отделение",
            sum: "Сумма",
            deadline: "Хранится до",
            open: "Открыть",
            leave: "Отписаться от таких писем",
        },
        Locale::Ko => Words {
            parcel: "상품 배송 소식",
            payment: "결제",
            account: "내 계정",
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
