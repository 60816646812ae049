//! From an event to the messages it plans: same event, same keys, in whatever order and however often.
//!
//! ```text
//!   Event + RuleSet + keys already planned --plan--> [Planned { key, rule, fate: Due | Not(reason) }]
//! ```
//!
//! A message's key is made of merchant, carrier, tracking code, epoch, rule (kind and day offset), audience
//! and channel (reliability notes, section 5). It holds no personal data and outlives the parcel.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{CarrierId, MerchantId};
use crate::notice::eligibility::Reason;
use crate::notice::kind::{Audience, Channel, Class, Kind, Notice};
use crate::notice::rules::{Rule, RuleSet};
use crate::notice::window::{ReminderDay, Window};
use crate::parcel::ParcelStatus;
use crate::tracking::{Opened, Verdict};

/// The epoch of a parcel's first `registered`, by scan or by the event `parcel.registered`: whichever comes
/// first tells it, the other plans the same keys.
pub const FIRST_REGISTERED: &str = "registered.1";

/// What an event is about: the part of a key that never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The shop.
    pub merchant: MerchantId,
    /// The post; none for payments and accounts.
    pub carrier: Option<CarrierId>,
    /// Tracking code, payment id or account id.
    pub reference: String,
}

/// Something that may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// About what.
    pub subject: Subject,
    /// What.
    pub kind: Kind,
    /// Which time of its kind: a parcel's epoch, or the event's own id.
    pub epoch: String,
    /// When, by the operator's word.
    pub happened_at: Timestamp,
    /// What was decided when it was seen; `News` for payments and accounts.
    pub verdict: Verdict,
}

impl Event {
    /// A parcel's change of status.
    pub fn of_parcel(subject: Subject, opened: &Opened) -> Event {
        Event {
            subject,
            kind: Kind::Parcel(opened.status),
            epoch: opened.id.to_string(),
            happened_at: opened.happened_at,
            verdict: opened.verdict,
        }
    }

    /// The post has given a parcel its number (`parcel.registered`).
    pub fn of_registration(subject: Subject, happened_at: Timestamp) -> Event {
        let kind = Kind::Parcel(ParcelStatus::Registered);
        Event { subject, kind, epoch: FIRST_REGISTERED.to_owned(), happened_at, verdict: Verdict::News }
    }

    /// A payment's or an account's event. `epoch` is what makes a second one a new one: the payment's
    /// attempt, the crossing of a threshold.
    pub fn of_notice(subject: Subject, notice: Notice, epoch: String, happened_at: Timestamp) -> Event {
        Event { subject, kind: Kind::Other(notice), epoch, happened_at, verdict: Verdict::News }
    }
}

/// Names one message for ever: 40 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(String);

impl MessageKey {
    /// The key of the message that `rule` makes of `event`.
    pub fn of(event: &Event, rule: &Rule) -> MessageKey {
        let offset = rule.after_days.to_string();
        let parts = [
            "notice.1",
            event.subject.merchant.as_str(),
            event.subject.carrier.map_or("", |carrier| carrier.as_str()),
            event.subject.reference.as_str(),
            event.epoch.as_str(),
            rule.kind.as_str(),
            offset.as_str(),
            rule.audience.as_str(),
            rule.channel.as_str(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        MessageKey(hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number by which messages are spread over a window.
    pub fn spread(&self) -> u64 {
        self.0.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0)
    }
}

/// What becomes of a planned message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A due row at this moment.
    Due(Timestamp),
    /// After the call of the same rule has ended (see [`Window::after_call`]), and not before this moment.
    AfterCall(Timestamp),
    /// Recorded and not sent.
    Not(Reason),
}

/// One message of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its name.
    pub key: MessageKey,
    /// What it tells.
    pub kind: Kind,
    /// To whom.
    pub audience: Audience,
    /// By what means.
    pub channel: Channel,
    /// Days after the event.
    pub after_days: u16,
    /// Most days between acceptance and loading, asked again at the claim.
    pub max_age_days: Option<u16>,
    /// On which day it follows a call, for [`Fate::AfterCall`].
    pub reminder_day: ReminderDay,
    /// Its template; none for the default text.
    pub template_id: Option<String>,
    /// Version of the rules it comes from.
    pub rules_version: u64,
    /// When it goes, or why not.
    pub fate: Fate,
}

/// Clock and calendar of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Now.
    pub now: Timestamp,
    /// The shop's window.
    pub window: Window,
    /// The buyer's zone, see [`crate::notice::zones::zone_of`].
    pub buyer: TimeZone,
    /// The shop's zone.
    pub shop: TimeZone,
    /// Longest call to a provider.
    pub call: SignedDuration,
}

/// Plans the messages of an event, ordered by key; those in `known` were planned before and are left out.
///
/// Rules that are off plan nothing, so that a rule switched on later tells what happens later. What is late
/// or superseded is planned with its reason, and so is everything while the service is off: those epochs are
/// never told.
pub fn plan(
    event: &Event,
    rules: &RuleSet,
    known: &BTreeSet<MessageKey>,
    calendar: &Calendar,
) -> Vec<Planned> {
    let ticked: Vec<&Rule> = rules.answering(event.kind).filter(|rule| rule.enabled).collect();
    let mut planned: Vec<Planned> = ticked
        .iter()
        .map(|rule| (MessageKey::of(event, rule), *rule))
        .filter(|(key, _)| !known.contains(key))
        .map(|(key, rule)| Planned {
            fate: fate(event, rules, rule, &ticked, &key, calendar),
            key,
            kind: rule.kind,
            audience: rule.audience,
            channel: rule.channel,
            after_days: rule.after_days,
            max_age_days: rule.max_age_days,
            reminder_day: rule.reminder_day,
            template_id: rule.template_id.clone(),
            rules_version: rules.version,
        })
        .collect();
    planned.sort_by(|a, b| a.key.cmp(&b.key));
    planned.dedup_by(|a, b| a.key == b.key);
    planned
}

fn fate(
    event: &Event,
    rules: &RuleSet,
    rule: &Rule,
    ticked: &[&Rule],
    key: &MessageKey,
    calendar: &Calendar,
) -> Fate {
    if !rules.service_enabled {
        return Fate::Not(Reason::ServiceOff);
    }
    match (rule.audience, event.verdict) {
        (Audience::Buyer, Verdict::Late) => return Fate::Not(Reason::Late),
        (Audience::Buyer, Verdict::Superseded) => return Fate::Not(Reason::Superseded),
        _ => {}
    }
    if rule.kind.class() == Class::Immediate {
        return Fate::Due(calendar.now);
    }
    let zone = if rule.audience == Audience::Buyer { &calendar.buyer } else { &calendar.shop };
    let from = if rule.after_days == 0 { calendar.now } else { event.happened_at };
    let slot = calendar.window.after_days(from, rule.after_days, zone, calendar.now, calendar.call);
    let due = slot.map_or(calendar.now, |slot| slot.spread(key.spread(), calendar.now));
    if follows_a_call(rule, ticked) { Fate::AfterCall(due) } else { Fate::Due(due) }
}

/// Does this reminder's text follow a call of the same rule on the same day (S4-40)?
fn follows_a_call(rule: &Rule, ticked: &[&Rule]) -> bool {
    rule.kind == Kind::Other(Notice::NotCollected)
        && matches!(rule.channel, Channel::Sms | Channel::Kakao)
        && ticked.iter().any(|other| {
            other.channel == Channel::Call
                && other.kind == rule.kind
                && other.audience == rule.audience
                && other.after_days == rule.after_days
        })
}

#[cfg(test)]
mod tests;
