//! A shop's choices about notifications.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, MessengerId};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::speech::Substitution;
use yam_domain::notice::{Channel, PhoneSettings, RuleSet, SenderName, Window};
use yam_domain::phone::Phone;

/// The shop's people who are told things (S4-37).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticeContacts {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<Phone>,
}

/// The number a call shows (S4-22).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum CallerId {
    /// One of the provider's own numbers.
    #[default]
    Pool,
    /// The shop's number.
    Own {
        /// The number.
        phone: Phone,
        /// Hub staff have seen that it is the shop's; until then the pool is used.
        #[serde(default)]
        verified: bool,
    },
}

impl CallerId {
    /// The number to show; none for the pool.
    #[must_use]
    pub fn shown(&self) -> Option<&Phone> {
        match self {
            CallerId::Own { phone, verified: true } => Some(phone),
            _ => None,
        }
    }
}

/// Who reads a call's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallSpeaker {
    /// A woman's voice.
    #[default]
    Female,
    /// A man's voice.
    Male,
}

/// How calls are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceSettings {
    /// Calls are made; off: every rule of a call counts as switched off.
    pub allow: bool,
    /// The number they show.
    pub caller_id: CallerId,
    /// The voice.
    pub speaker: CallSpeaker,
    /// How long it rings, 10 to 35 s.
    pub ring_seconds: u8,
    /// Attempts, 1 to 9.
    pub attempts: u8,
    /// Time between two attempts, 10 to 3600 s.
    pub between_seconds: u16,
    /// Words that voices mispronounce (S4-26).
    pub substitutions: Vec<Substitution>,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        VoiceSettings {
            allow: true,
            caller_id: CallerId::Pool,
            speaker: CallSpeaker::Female,
            ring_seconds: 25,
            attempts: 3,
            between_seconds: 600,
            substitutions: Vec::new(),
        }
    }
}

/// The messenger accounts of each channel, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routes {
    /// Texts.
    pub sms: Vec<AccountId>,
    /// Calls.
    pub call: Vec<AccountId>,
    /// E-mail.
    pub email: Vec<AccountId>,
    /// Kakao notices.
    pub kakao: Vec<AccountId>,
}

impl Routes {
    /// The accounts of a channel.
    #[must_use]
    pub fn of(&self, channel: Channel) -> &[AccountId] {
        match channel {
            Channel::Sms => &self.sms,
            Channel::Call => &self.call,
            Channel::Email => &self.email,
            Channel::Kakao => &self.kakao,
        }
    }

    /// The same, to be changed.
    pub const fn of_mut(&mut self, channel: Channel) -> &mut Vec<AccountId> {
        match channel {
            Channel::Sms => &mut self.sms,
            Channel::Call => &mut self.call,
            Channel::Email => &mut self.email,
            Channel::Kakao => &mut self.kakao,
        }
    }
}

/// For what the buyer's recorded consent is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentNeeded {
    /// Robot calls: the law in Russia.
    pub call: bool,
}

/// The sender name in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameInUse {
    /// An approved name.
    pub name: SenderName,
    /// Providers that have it registered; at the others the account's own sender is used.
    pub registered_at: BTreeSet<MessengerId>,
}

/// Everything a shop settled about notifications. A shop that never did has [`NoticeSettings::usual`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSettings {
    /// Which change is told to whom; with the service switch.
    pub rules: RuleSet,
    /// When news leave (S4-06).
    pub window: Window,
    /// The window lies in the buyer's zone, not in the shop's.
    #[serde(default)]
    pub buyer_zone: bool,
    /// What is done with numbers (S4-38, S4-39).
    #[serde(default)]
    pub phones: PhoneSettings,
    /// The shop's people.
    #[serde(default)]
    pub contacts: NoticeContacts,
    /// How calls are made.
    #[serde(default)]
    pub voice: VoiceSettings,
    /// By which accounts.
    #[serde(default)]
    pub routes: Routes,
    /// The sender name of texts; none: each account's own sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<NameInUse>,
    /// Below this balance the shop is warned (S4-37).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_balance: Option<Money>,
    /// For what consent is needed.
    #[serde(default)]
    pub consent_needed: ConsentNeeded,
    /// Counts the changes.
    pub rev: u64,
}

impl NoticeSettings {
    /// What a new shop in a country (ISO alpha-2) has; not stored yet, hence `rev` 0.
    #[must_use]
    pub fn usual(country: &str) -> Self {
        NoticeSettings {
            rules: RuleSet::usual(),
            window: Window::USUAL,
            buyer_zone: false,
            phones: PhoneSettings::default(),
            contacts: NoticeContacts::default(),
            voice: VoiceSettings::default(),
            routes: Routes::default(),
            sender: None,
            low_balance: None,
            consent_needed: ConsentNeeded { call: country == "RU" },
            rev: 0,
        }
    }

    /// The sender name for texts at a provider; none where the account's own sender is used.
    #[must_use]
    pub fn sender_at(&self, messenger: MessengerId) -> Option<&SenderName> {
        let used = self.sender.as_ref()?;
        used.registered_at.contains(&messenger).then_some(&used.name)
    }
}

/// A set of rules that was in force, for `explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRules {
    /// The rules, with their version.
    pub rules: RuleSet,
    /// Since when.
    pub at: Timestamp,
    /// Id of the API key that saved them.
    pub by: String,
}

/// The currency of a shop's balance, by its country.
#[must_use]
pub fn balance_currency(country: &str) -> Currency {
    match country {
        "IR" => Currency::Irr,
        "RU" => Currency::Rub,
        "KR" => Currency::Krw,
        _ => Currency::Usd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_shop_has_sound_settings_that_read_back() {
        let usual = NoticeSettings::usual("RU");
        assert!(usual.consent_needed.call && !NoticeSettings::usual("IR").consent_needed.call);
        let json = serde_json::to_string(&usual).unwrap();
        assert_eq!(serde_json::from_str::<NoticeSettings>(&json).unwrap(), usual);
    }

    #[test]
    fn a_name_is_used_only_where_it_is_registered() {
        let name = SenderName::parse("ROMASHKA").unwrap();
        let registered_at = BTreeSet::from([MessengerId::Smsc]);
        let settings = NoticeSettings {
            sender: Some(NameInUse { name: name.clone(), registered_at }),
            ..NoticeSettings::usual("RU")
        };
        assert_eq!(settings.sender_at(MessengerId::Smsc), Some(&name));
        assert_eq!(settings.sender_at(MessengerId::Sns), None);
    }

    #[test]
    fn an_own_number_is_shown_once_it_is_verified() {
        let phone = Phone::parse_international("+74950000001").unwrap();
        let own = |verified| CallerId::Own { phone: phone.clone(), verified };
        assert_eq!(own(true).shown(), Some(&phone));
        assert_eq!(own(false).shown(), None);
        assert_eq!(CallerId::Pool.shown(), None);
    }
}
