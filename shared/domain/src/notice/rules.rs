//! Which change is told to whom by what means: a merchant's versioned rules (S4-13 ... S4-20, S4-27).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::kind::{Audience, Channel, Kind, Notice};
use super::window::ReminderDay;
use crate::parcel::ParcelStatus;

/// Most rules of a shop.
pub const MAX_RULES: usize = 200;
/// Most days a rule may wait; free storage nowhere lasts longer.
pub const MAX_AFTER_DAYS: u16 = 60;
/// Days between acceptance and loading after which the news of acceptance is stale (S4-41).
pub const USUAL_MAX_AGE_DAYS: u16 = 4;
/// Days after arrival at which a text reminds (S4-15).
pub const TEXT_REMINDER_DAYS: u16 = 5;
/// Days after arrival at which a call reminds (S4-27).
pub const CALL_REMINDER_DAYS: u16 = 10;

/// One check box of the settings, with what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is told.
    #[serde(rename = "status")]
    pub kind: Kind,
    /// To whom.
    pub audience: Audience,
    /// By what means.
    pub channel: Channel,
    /// Ticked?
    pub enabled: bool,
    /// Days to wait; for `not_collected` only.
    #[serde(default)]
    pub after_days: u16,
    /// Most days between acceptance and loading; for `accepted` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
    /// When a text follows a call about the same thing.
    #[serde(default)]
    pub reminder_day: ReminderDay,
    /// The text; the default one of its kind when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
}

impl Rule {
    /// A rule of the usual kind: told at once, or in the next window.
    pub fn new(kind: Kind, audience: Audience, channel: Channel, enabled: bool) -> Rule {
        let accepted_text = kind == Kind::Parcel(ParcelStatus::Accepted) && channel == Channel::Sms;
        Rule {
            kind,
            audience,
            channel,
            enabled,
            after_days: 0,
            max_age_days: accepted_text.then_some(USUAL_MAX_AGE_DAYS),
            reminder_day: ReminderDay::CallDay,
            template_id: None,
        }
    }

    /// Is this rule asked when `event` happens? The reminder of a parcel not collected starts its count at
    /// the arrival.
    pub fn answers(&self, event: Kind) -> bool {
        self.kind == event
            || (self.kind == Kind::Other(Notice::NotCollected)
                && event == Kind::Parcel(ParcelStatus::Arrived))
    }

    fn fault(&self) -> Option<RuleFault> {
        let reminds = self.kind == Kind::Other(Notice::NotCollected);
        if !self.kind.is_for(self.audience) {
            Some(RuleFault::Audience)
        } else if self.channel == Channel::Kakao && self.audience == Audience::Admin {
            Some(RuleFault::Channel)
        } else if reminds != (self.after_days > 0) {
            Some(RuleFault::AfterDays)
        } else if self.after_days > MAX_AFTER_DAYS {
            Some(RuleFault::TooManyDays)
        } else if self
            .max_age_days
            .is_some_and(|days| days > MAX_AFTER_DAYS || self.kind != Kind::Parcel(ParcelStatus::Accepted))
        {
            Some(RuleFault::MaxAge)
        } else if self.template_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > 64) {
            Some(RuleFault::Template)
        } else {
            None
        }
    }
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// Not for this audience.
    #[error("this is not told to that audience")]
    Audience,
    /// Not by this channel.
    #[error("kakao reaches buyers only; tell admins by sms, email or call")]
    Channel,
    /// `after_days` belongs to `not_collected`.
    #[error("after_days must be 1 to 60 for not_collected and 0 for everything else")]
    AfterDays,
    /// More days than allowed.
    #[error("days may be 60 at most")]
    TooManyDays,
    /// `max_age_days` belongs to `accepted`.
    #[error("max_age_days may be 0 to 60 for accepted; leave it out for everything else")]
    MaxAge,
    /// The template's id is no id.
    #[error("template_id must have 1 to 64 characters")]
    Template,
    /// The same rule twice.
    #[error("this rule stands there twice; keep one")]
    Twice,
    /// More rules than allowed.
    #[error("at most 200 rules are allowed")]
    TooMany,
}

impl RuleFault {
    /// The field of the rule to look at; none when it is the rule as a whole.
    const fn field(self) -> Option<&'static str> {
        match self {
            RuleFault::Audience => Some("audience"),
            RuleFault::Channel => Some("channel"),
            RuleFault::AfterDays | RuleFault::TooManyDays => Some("after_days"),
            RuleFault::MaxAge => Some("max_age_days"),
            RuleFault::Template => Some("template_id"),
            RuleFault::Twice | RuleFault::TooMany => None,
        }
    }

    /// The path of the fault in the document of the rules, a JSON pointer: `/rules/3/after_days`.
    pub fn path(self, at: usize) -> String {
        match self.field() {
            Some(field) => format!("/rules/{at}/{field}"),
            None => format!("/rules/{at}"),
        }
    }
}

/// All rules of a shop. Saving makes a new version (S4-20); planned messages name the version they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Grows with each save.
    pub version: u64,
    /// The service switch; off: nothing leaves, tracking goes on (S4-44).
    pub service_enabled: bool,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// What a new shop begins with. Messages to buyers are off until their texts were made the shop's own
    /// (S4-17); "sorting" (`in_transit`) stays off even then (S4-16).
    pub fn usual() -> RuleSet {
        use Channel::{Call, Email, Sms};
        let buyer = |kind, channel| Rule::new(kind, Audience::Buyer, channel, false);
        let admin = |notice, channel| Rule::new(Kind::Other(notice), Audience::Admin, channel, true);
        let reminder =
            |channel, after_days| Rule { after_days, ..buyer(Kind::Other(Notice::NotCollected), channel) };
        let told = [
            ParcelStatus::Registered,
            ParcelStatus::Accepted,
            ParcelStatus::InTransit,
            ParcelStatus::Arrived,
            ParcelStatus::Delivered,
            ParcelStatus::StorageExpired,
        ];
        let called = [
            ParcelStatus::Accepted,
            ParcelStatus::Arrived,
            ParcelStatus::ProbablyArrived,
            ParcelStatus::StorageExpired,
        ];
        let mut rules = Vec::new();
        for status in told {
            rules.extend([Sms, Email].map(|channel| buyer(Kind::Parcel(status), channel)));
        }
        rules.extend(called.map(|status| buyer(Kind::Parcel(status), Call)));
        rules.extend([Sms, Email].map(|channel| reminder(channel, TEXT_REMINDER_DAYS)));
        rules.push(reminder(Call, CALL_REMINDER_DAYS));
        for notice in [
            Notice::PaymentPaid,
            Notice::PaymentFailed,
            Notice::PaymentRefunded,
            Notice::SlipApproved,
            Notice::SlipRejected,
            Notice::PaymentLink,
        ] {
            rules.extend([Sms, Email].map(|channel| buyer(Kind::Other(notice), channel)));
        }
        rules.extend([
            admin(Notice::PaymentPaid, Email),
            admin(Notice::PaymentNeedsReview, Email),
            admin(Notice::PaymentRefunded, Email),
            admin(Notice::BalanceLow, Email),
            admin(Notice::BalanceLow, Sms),
            admin(Notice::CarrierOnHold, Email),
            admin(Notice::CarrierOnHold, Sms),
            admin(Notice::MessengerStopped, Email),
            admin(Notice::Digest, Email),
        ]);
        RuleSet { version: 1, service_enabled: true, rules }
    }

    /// Everything wrong with it, each with the place of its rule.
    pub fn faults(&self) -> Vec<(usize, RuleFault)> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if at >= MAX_RULES {
                faults.push((at, RuleFault::TooMany));
                break;
            }
            faults.extend(rule.fault().map(|fault| (at, fault)));
            if !seen.insert((rule.kind, rule.audience, rule.channel, rule.after_days)) {
                faults.push((at, RuleFault::Twice));
            }
        }
        faults
    }

    /// These rules for what is told because somebody asked for it by name: each channel once, ticked or not, with
    /// the text that the shop's rule gives it.
    #[must_use]
    pub fn asked_for(&self, kind: Kind, audience: Audience, channels: &[Channel]) -> RuleSet {
        let own = |channel: &Channel| {
            let found = self
                .rules
                .iter()
                .find(|rule| (rule.kind, rule.audience, rule.channel) == (kind, audience, *channel));
            let rule = found.cloned().unwrap_or_else(|| Rule::new(kind, audience, *channel, true));
            Rule { enabled: true, ..rule }
        };
        RuleSet { rules: channels.iter().map(own).collect(), ..self.clone() }
    }

    /// The rules, ticked or not, that are asked when `event` happens.
    pub fn answering(&self, event: Kind) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.answers(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_by_name_needs_no_tick_and_keeps_the_shops_text() {
        let (kind, audience) = (Kind::Other(Notice::PaymentLink), Audience::Buyer);
        let mut own = Rule::new(kind, audience, Channel::Sms, false);
        own.template_id = Some("pay".to_owned());
        let rules = RuleSet { version: 7, service_enabled: false, rules: vec![own.clone()] };
        let asked = rules.asked_for(kind, audience, &[Channel::Sms, Channel::Email]);
        assert_eq!((asked.version, asked.service_enabled), (7, false));
        let email = Rule::new(kind, audience, Channel::Email, true);
        assert_eq!(asked.rules, [Rule { enabled: true, ..own }, email]);
    }

    #[test]
    fn the_usual_rules_are_sound_and_tell_buyers_nothing_yet() {
        let usual = RuleSet::usual();
        assert!(usual.faults().is_empty());
        assert!(usual.rules.iter().all(|rule| rule.enabled == (rule.audience == Audience::Admin)));
        let sorting = Kind::Parcel(ParcelStatus::InTransit);
        assert!(usual.answering(sorting).all(|rule| !rule.enabled) && usual.answering(sorting).count() == 2);
        let json = serde_json::to_string(&usual).unwrap();
        assert_eq!(serde_json::from_str::<RuleSet>(&json).unwrap(), usual);
    }

    #[test]
    fn an_arrival_starts_the_reminders_of_five_and_ten_days() {
        let usual = RuleSet::usual();
        let arrival = Kind::Parcel(ParcelStatus::Arrived);
        let days: Vec<(Channel, u16)> =
            usual.answering(arrival).map(|rule| (rule.channel, rule.after_days)).collect();
        assert!(days.contains(&(Channel::Sms, 5)) && days.contains(&(Channel::Call, 10)));
        assert!(days.contains(&(Channel::Sms, 0)));
        let probably = usual.answering(Kind::Parcel(ParcelStatus::ProbablyArrived));
        assert!(probably.map(|rule| rule.channel).eq([Channel::Call]));
    }

    #[test]
    fn faults_are_named() {
        let fault = |change: fn(&mut Rule)| {
            let kind = Kind::Other(Notice::NotCollected);
            let mut rule = Rule::new(kind, Audience::Buyer, Channel::Sms, true);
            rule.after_days = 5;
            change(&mut rule);
            let set = RuleSet { version: 1, service_enabled: true, rules: vec![rule] };
            set.faults().first().map(|(_, fault)| *fault)
        };
        assert_eq!(fault(|_| ()), None);
        assert_eq!(fault(|r| r.after_days = 60), None);
        assert_eq!(fault(|r| r.after_days = 61), Some(RuleFault::TooManyDays));
        assert_eq!(fault(|r| r.after_days = 0), Some(RuleFault::AfterDays));
        assert_eq!(fault(|r| r.kind = Kind::Parcel(ParcelStatus::Arrived)), Some(RuleFault::AfterDays));
        assert_eq!(fault(|r| r.kind = Kind::Other(Notice::BalanceLow)), Some(RuleFault::Audience));
        assert_eq!(fault(|r| r.max_age_days = Some(4)), Some(RuleFault::MaxAge));
        assert_eq!(fault(|r| r.template_id = Some(String::new())), Some(RuleFault::Template));
        let rule = Rule::new(Kind::Parcel(ParcelStatus::Arrived), Audience::Buyer, Channel::Sms, true);
        let twice = RuleSet { version: 1, service_enabled: true, rules: vec![rule.clone(), rule] };
        assert_eq!(twice.faults(), [(1, RuleFault::Twice)]);
    }

    #[test]
    fn faults_have_paths() {
        assert_eq!(RuleFault::MaxAge.path(0), "/rules/0/max_age_days");
        assert_eq!(RuleFault::TooManyDays.path(12), "/rules/12/after_days");
        assert_eq!(RuleFault::Twice.path(1), "/rules/1");
    }

    #[test]
    fn an_age_is_told_of_acceptance_alone() {
        let fault = |days| {
            let kind = Kind::Parcel(ParcelStatus::Accepted);
            let rule =
                Rule { max_age_days: Some(days), ..Rule::new(kind, Audience::Buyer, Channel::Sms, true) };
            rule.fault()
        };
        assert_eq!((fault(0), fault(60), fault(61)), (None, None, Some(RuleFault::MaxAge)));
    }
}
