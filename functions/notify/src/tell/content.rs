//! A message in a provider's shape.

use jiff::{SignedDuration, Timestamp};
use url::Url;
use yam_domain::ids::MessengerId;
use yam_domain::notice::charged_parts;
use yam_domain::notice::macros::{Text, Values};
use yam_domain::notice::template::Template;
use yam_domain::notice::{Audience, Channel, Contact, Digest, Macro, rings_until};
use yam_messengers::mail::EmailAddress;
use yam_messengers::message::{Call, KakaoNotice, Pattern, Speaker, Text as Body};
use yam_messengers::{Content, Recipient};
use yam_store::buyer_page;
use yam_store::items::notices::{CallSpeaker, MessageWork};

use super::call::MARGIN;
use super::{Telling, slot};
use crate::CALL;
use crate::fresh::Fresh;
use crate::leave::Leave;
use crate::mail::{LetterParts, email};
use crate::route::Opened;
use crate::text::{in_order, locale, spoken, values, written};

/// Names of the values of Kavenegar's patterns, in their order.
const TOKENS: [&str; 5] = ["token", "token2", "token3", "token10", "token20"];

/// What a message becomes.
pub(super) struct Made {
    pub(super) content: Content,
    pub(super) to: Recipient,
    /// Parts of a text; 1 for everything else.
    pub(super) segments: u32,
}

/// Why a message cannot be made.
pub(super) struct Unfit {
    /// Stable word.
    pub(super) reason: &'static str,
    /// For people.
    pub(super) words: String,
}

pub(super) fn made(
    telling: &Telling,
    (fresh, digest): (&Fresh, Option<&Digest>),
    work: &MessageWork,
    template: &Template,
    contact: &Contact,
    opened: &Opened,
) -> Result<Made, Unfit> {
    let unready = |words: String| Unfit { reason: "text_not_ready", words };
    let text = template.check().map_err(|error| unready(error.to_string()))?;
    let link = link(telling, fresh);
    let now = telling.store.clock.now();
    let closes_at = slot::closes_at(telling, fresh, work, now);
    let mut values = values(&telling.shop, fresh, work, link.as_deref(), now);
    if let Some(digest) = digest {
        values.insert(Macro::Report, digest.line(locale(work)));
    }
    match (contact, work.channel) {
        (Contact::Phone(phone), Channel::Call) => {
            let attempts = attempts(telling, closes_at, now);
            let content = Content::Call(Call { attempts, ..call(telling, fresh, work, &text, values) });
            Ok(Made { content, to: Recipient::Phone(phone.clone()), segments: 1 })
        }
        (Contact::Phone(phone), _) => {
            let body = body(work, template, &text, &values, opened.account.messenger);
            let parts = charged_parts(opened.account.messenger, work.channel, &body.text);
            let too_long = || Unfit { reason: "too_long", words: "shorten the text".into() };
            let segments = parts.ok_or_else(too_long)?.max(1);
            Ok(Made { content: Content::Text(body), to: Recipient::Phone(phone.clone()), segments })
        }
        (Contact::Email(address), _) => {
            let letter =
                letter(telling, (work, digest), template, &text, &values, (contact, address), opened)?;
            Ok(Made { content: letter, to: Recipient::Email, segments: 1 })
        }
        (Contact::None, _) => Err(Unfit { reason: "no_contact", words: "nobody to tell".into() }),
    }
}

/// Where a payment is looked at or tried again, and where a parcel is looked at.
fn link(telling: &Telling, fresh: &Fresh) -> Option<String> {
    let base = Some(&telling.state.public_url).filter(|base| !base.is_empty())?;
    let shop = &telling.shop;
    if let Some(payment) = &fresh.payment {
        return Some(format!("{base}/openpay/{}/p/{}", shop.merchant, payment.id));
    }
    let parcel = fresh.parcel.as_ref()?;
    Some(format!("{base}/t/{}", buyer_page::token(&shop.cipher, &shop.merchant, &parcel.id)))
}

fn body(
    work: &MessageWork,
    template: &Template,
    text: &Text,
    values: &Values,
    messenger: MessengerId,
) -> Body {
    let named = || in_order(template, values);
    let approved = template.provider_template.as_ref();
    let pattern = approved.filter(|_| messenger == MessengerId::Kavenegar && work.channel == Channel::Sms);
    let kakao = approved.filter(|_| work.channel == Channel::Kakao);
    Body {
        text: written(text, values, locale(work)),
        subject: None,
        pattern: pattern.map(|template| Pattern {
            template: template.clone(),
            tokens: TOKENS
                .into_iter()
                .zip(named())
                .map(|(token, (_, value))| (token.to_owned(), value))
                .collect(),
        }),
        kakao: kakao.map(|template| KakaoNotice {
            template: template.clone(),
            variables: named()
                .into_iter()
                .map(|(name, value)| (format!("#{{{}}}", name.as_str()), value))
                .collect(),
        }),
    }
}

/// How long it goes on after the provider took it: a robot rings again by itself.
pub(super) fn lasts(content: &Content) -> SignedDuration {
    let Content::Call(call) = content else { return SignedDuration::ZERO };
    let (ring, between) = (i64::from(call.ring_seconds), i64::from(call.between_seconds));
    let again = i64::from(call.attempts).saturating_sub(1).max(0);
    SignedDuration::from_secs(ring.saturating_add(again.saturating_mul(ring.saturating_add(between))))
}

/// How often the robot rings: as the shop wants, inside the window.
fn attempts(telling: &Telling, closes_at: Option<Timestamp>, now: Timestamp) -> u8 {
    let voice = &telling.shop.settings.voice;
    let Some(closes_at) = closes_at else { return voice.attempts };
    let first = now.saturating_add(CALL + MARGIN).unwrap_or(now);
    let ring = SignedDuration::from_secs(voice.ring_seconds.into());
    let between = SignedDuration::from_secs(voice.between_seconds.into());
    rings_until(closes_at, first, voice.attempts, ring, between).max(1)
}

fn call(telling: &Telling, fresh: &Fresh, work: &MessageWork, text: &Text, values: Values) -> Call {
    let voice = &telling.shop.settings.voice;
    Call {
        text: spoken(&telling.shop, fresh, work, text, values),
        speaker: match voice.speaker {
            CallSpeaker::Female => Speaker::Female,
            CallSpeaker::Male => Speaker::Male,
        },
        ring_seconds: voice.ring_seconds,
        attempts: voice.attempts,
        between_seconds: voice.between_seconds,
    }
}

fn letter(
    telling: &Telling,
    (work, digest): (&MessageWork, Option<&Digest>),
    template: &Template,
    text: &Text,
    values: &Values,
    (contact, address): (&Contact, &str),
    opened: &Opened,
) -> Result<Content, Unfit> {
    let shop = &telling.shop;
    let from = opened.from.as_deref().or(telling.state.mail_from.as_deref());
    let from = from.and_then(|from| EmailAddress::parse(from).ok()).ok_or_else(|| Unfit {
        reason: "no_from_address",
        words: "the account names no address that letters come from; set `from` in its settings".into(),
    })?;
    let to = EmailAddress::parse(address)
        .map_err(|error| Unfit { reason: "no_contact", words: error.to_string() })?;
    let leave = (work.audience == Audience::Buyer)
        .then(|| Leave::of(&shop.cipher, contact, Channel::Email))
        .flatten()
        .and_then(|leave| leave.token(&shop.merchant, &shop.cipher, telling.store.ids.as_ref()))
        .and_then(|token| Url::parse(&format!("{}/t/{token}/unsubscribe", telling.state.public_url)).ok());
    let parts = LetterParts {
        kind: work.kind,
        text,
        template,
        values,
        locale: locale(work),
        language: &work.text.locale,
        to,
        from,
        leave,
        report: digest.map(|digest| digest.facts(locale(work))).unwrap_or_default(),
    };
    let email = email(shop, parts).map_err(|words| Unfit { reason: "text_not_ready", words })?;
    Ok(Content::Email(Box::new(email)))
}
