//! May this message go out, and if not, why: one answer for planning, for the claim and for `explain`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::notice::kind::{Audience, Channel, Kind};
use crate::parcel::ParcelStatus;
use crate::phone::{NumberClass, PLACEHOLDER, Phone, PhoneError};
use crate::tracking::Verdict;

/// What a merchant settled about telephone numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneSettings {
    /// Landlines are kept, for calls (S4-38).
    pub allow_landline: bool,
    /// A missing or invalid number becomes the placeholder; otherwise the row is an error (S4-39).
    pub replace_invalid: bool,
}

/// The number to store for what was typed. A landline that is not allowed becomes the placeholder
/// (S4-38).
///
/// # Errors
/// When the number is missing or invalid and is not to be replaced.
pub fn number_to_store(input: &str, country: &str, settings: PhoneSettings) -> Result<Phone, PhoneError> {
    let placeholder = || Phone::parse_international(PLACEHOLDER);
    match Phone::parse(input, country) {
        Ok(phone) if phone.class() == NumberClass::Landline && !settings.allow_landline => placeholder(),
        Err(_) if settings.replace_invalid => placeholder(),
        other => other,
    }
}

/// Why a message is not sent. The words are stable: `explain` and the message log show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// This change was told already.
    AlreadyTold,
    /// The service is switched off (S4-44).
    ServiceOff,
    /// The rule is switched off (S4-13).
    RuleOff,
    /// It happened before something that was told already.
    Late,
    /// It came together with something newer.
    Superseded,
    /// There is no number or address.
    NoContact,
    /// The number stands for "none" (S4-39).
    Placeholder,
    /// A text to a landline, or a call that the merchant did not allow (S4-38).
    Landline,
    /// The number takes neither texts nor calls of this kind.
    NumberClass,
    /// The buyer said stop.
    OptedOut,
    /// The buyer's consent is needed and missing.
    NoConsent,
    /// The number was loaded too long after acceptance (S4-41).
    LoadedLate,
    /// The parcel was collected, or the buyer says so.
    Collected,
    /// Tracking was stopped, or the payment link closed.
    Stopped,
    /// The text still holds an example's placeholder (S4-17).
    TextNotReady,
    /// The balance does not cover it.
    NoBalance,
}

/// May it go?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision", content = "reason")]
pub enum Decision {
    /// Yes.
    Send,
    /// No, and why.
    Suppress(Reason),
}

/// Whom it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// Nothing is known.
    None,
    /// A telephone number.
    Phone(Phone),
    /// An address, checked by the caller.
    Email(String),
}

/// Everything the decision rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What is told.
    pub kind: Kind,
    /// To whom.
    pub audience: Audience,
    /// By what means.
    pub channel: Channel,
    /// The number or address.
    pub contact: Contact,
    /// What was decided about the change when it was seen; `News` for what is no parcel's.
    pub verdict: Verdict,
    /// A message with this key went out.
    pub already_told: bool,
    /// The service is on.
    pub service_on: bool,
    /// The rule is on.
    pub rule_on: bool,
    /// Settings of numbers.
    pub phones: PhoneSettings,
    /// The receiver said stop on this channel.
    pub opted_out: bool,
    /// Consent is given, or not needed here.
    pub consent: bool,
    /// The text may be used.
    pub text_ready: bool,
    /// Delivered, or "I have it".
    pub collected: bool,
    /// Tracking was stopped or the parcel deleted.
    pub stopped: bool,
    /// When the parcel was accepted, by the operator's word.
    pub accepted_at: Option<Timestamp>,
    /// When the number was loaded.
    pub loaded_at: Option<Timestamp>,
    /// Most days between the two (S4-41); none when the rule does not ask.
    pub max_age_days: Option<u16>,
}

/// Judges a message, at planning and once more at the claim. The balance is the last question and is
/// asked by the reservation.
pub fn judge(facts: &Facts) -> Decision {
    let buyer = facts.audience == Audience::Buyer;
    let checks = [
        (facts.already_told, Reason::AlreadyTold),
        (!facts.service_on, Reason::ServiceOff),
        (!facts.rule_on, Reason::RuleOff),
        (buyer && facts.verdict == Verdict::Late, Reason::Late),
        (buyer && facts.verdict == Verdict::Superseded, Reason::Superseded),
        (buyer && facts.collected && facts.kind.ends_with_collection(), Reason::Collected),
        (
            buyer && facts.stopped && (matches!(facts.kind, Kind::Parcel(_)) || facts.kind.is_asked_for()),
            Reason::Stopped,
        ),
        (buyer && facts.stopped && facts.kind.ends_with_collection(), Reason::Stopped),
    ];
    if let Some((_, reason)) = checks.into_iter().find(|(stops, _)| *stops) {
        return Decision::Suppress(reason);
    }
    if let Some(reason) = unreachable(facts) {
        return Decision::Suppress(reason);
    }
    let checks = [
        (facts.opted_out, Reason::OptedOut),
        (buyer && !facts.consent, Reason::NoConsent),
        (loaded_late(facts), Reason::LoadedLate),
        (!facts.text_ready, Reason::TextNotReady),
    ];
    let stop = checks.into_iter().find(|(stops, _)| *stops);
    stop.map_or(Decision::Send, |(_, reason)| Decision::Suppress(reason))
}

fn unreachable(facts: &Facts) -> Option<Reason> {
    let phone = match (&facts.contact, facts.channel.needs_phone()) {
        (Contact::Phone(phone), true) => phone,
        (Contact::Email(_), false) => return None,
        _ => return Some(Reason::NoContact),
    };
    if phone.is_placeholder() {
        return Some(Reason::Placeholder);
    }
    match (facts.channel, phone.class()) {
        (_, NumberClass::Mobile) => None,
        (Channel::Call, NumberClass::Landline) if facts.phones.allow_landline => None,
        (_, NumberClass::Landline) => Some(Reason::Landline),
        (Channel::Call, NumberClass::Voip) => None,
        _ if is_korean_safe_number(phone) && facts.channel != Channel::Kakao => None,
        _ => Some(Reason::NumberClass),
    }
}

/// Korean marketplaces hand out 050x numbers that pass texts and calls on (notification notes, section 2).
fn is_korean_safe_number(phone: &Phone) -> bool {
    phone.e164().starts_with("+8250")
}

/// The news of acceptance is stale when the number was loaded more than so many times 24 hours after it;
/// texts only (S4-41).
fn loaded_late(facts: &Facts) -> bool {
    let asks = facts.kind == Kind::Parcel(ParcelStatus::Accepted) && facts.channel == Channel::Sms;
    match (facts.accepted_at, facts.loaded_at, facts.max_age_days) {
        (Some(accepted), Some(loaded), Some(days)) if asks => {
            loaded.duration_since(accepted) > SignedDuration::from_hours(24 * i64::from(days))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
