//! Who wants no messages.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::notice::Channel;
use yam_domain::phone::Phone;
use yam_platform::secrets::Cipher;

/// How somebody said stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutSource {
    /// By a word in an answer, e.g. STOP.
    StopWord,
    /// By the link in a message.
    Link,
    /// Told by the shop.
    Api,
}

/// That a number or address wants no messages. Stands under a keyed hash; it names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// On these channels; on all of them when none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Channel>,
    /// Since when.
    pub since: Timestamp,
    /// How.
    pub source: OptOutSource,
    /// Counts the changes; none in what was written before they were counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rev: u64,
}

fn is_zero(rev: &u64) -> bool {
    *rev == 0
}

impl OptOut {
    /// With further channels, on all where none is named: what was said before stays said.
    #[must_use]
    pub fn joined(
        known: Option<&OptOut>,
        channels: &BTreeSet<Channel>,
        source: OptOutSource,
        now: Timestamp,
    ) -> Self {
        let Some(known) = known else {
            return OptOut { channels: channels.clone(), since: now, source, rev: 1 };
        };
        let all = known.channels.is_empty() || channels.is_empty();
        let channels = if all { BTreeSet::new() } else { known.channels.union(channels).copied().collect() };
        OptOut { channels, rev: known.rev.saturating_add(1), ..known.clone() }
    }

    /// Whether it covers a channel.
    #[must_use]
    pub fn covers(&self, channel: Channel) -> bool {
        self.channels.is_empty() || self.channels.contains(&channel)
    }

    /// The hash of a telephone number, with the merchant's data key.
    #[must_use]
    pub fn hash_of_phone(cipher: &Cipher, phone: &Phone) -> String {
        cipher.fingerprint("opt-out/phone", phone.e164())
    }

    /// The hash of an e-mail address, whatever its case.
    #[must_use]
    pub fn hash_of_email(cipher: &Cipher, email: &str) -> String {
        cipher.fingerprint("opt-out/email", &email.trim().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_what_it_names_or_everything() {
        let out = |channels: &[Channel]| OptOut {
            channels: channels.iter().copied().collect(),
            since: Timestamp::UNIX_EPOCH,
            source: OptOutSource::Api,
            rev: 1,
        };
        assert!(Channel::ALL.iter().all(|channel| out(&[]).covers(*channel)));
        assert!(out(&[Channel::Call]).covers(Channel::Call) && !out(&[Channel::Call]).covers(Channel::Sms));
    }

    #[test]
    fn hashes_differ_by_shop_and_name_nobody() {
        let (one, other) = (Cipher::new([1; 32]), Cipher::new([2; 32]));
        let phone = Phone::parse_international("+79160000001").unwrap();
        let hash = OptOut::hash_of_phone(&one, &phone);
        assert_eq!(hash, OptOut::hash_of_phone(&one, &phone));
        assert_ne!(hash, OptOut::hash_of_phone(&other, &phone));
        assert!(!hash.contains("9160000001"));
        assert_eq!(
            OptOut::hash_of_email(&one, " A@shop.example"),
            OptOut::hash_of_email(&one, "a@Shop.example ")
        );
    }
}
