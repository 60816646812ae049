//! What goes to a provider, in our words.

use jiff::{SignedDuration, Timestamp};
use yam_domain::phone::Phone;

use crate::errors::ours;
use crate::mail::Email;
use crate::outcome::{CallOutcome, RefusalKind};

/// How a message reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A short message; a Kakao notice counts as one.
    Sms,
    /// A call that reads a text aloud.
    Voice,
    /// An e-mail.
    Email,
}

impl Channel {
    /// Its name in keys and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Voice => "voice",
            Channel::Email => "email",
        }
    }
}

/// Our id of a message: `^[A-Za-z0-9_-]{1,64}$`, so that it can stand in an e-mail tag, a header and a custom
/// field as it is. Short numeric ids are made from it by [`crate::wire_id`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKey(String);

impl MessageKey {
    /// Reads the id; none when it is empty, too long or holds another character.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| MessageKey(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who gets a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A phone.
    Phone(Phone),
    /// The address stands in the e-mail.
    Email,
}

/// A text approved by the provider before, with values to fill in (Kavenegar `verify/lookup`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Its name there.
    pub template: String,
    /// Field and value: `token`, `token2`, `token3`, `token10`, `token20`.
    pub tokens: Vec<(String, String)>,
}

/// A Kakao notice; the text of the message is sent as SMS where Kakao does not deliver it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KakaoNotice {
    /// The approved template.
    pub template: String,
    /// Variables as they stand in the template, e.g. `#{name}`, and their values.
    pub variables: Vec<(String, String)>,
}

/// A text message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The rendered text.
    pub text: String,
    /// Title of a long message, where the wire has one (Solapi LMS).
    pub subject: Option<String>,
    /// Sent instead of the text where the provider knows it.
    pub pattern: Option<Pattern>,
    /// Sent first where the provider has Kakao.
    pub kakao: Option<KakaoNotice>,
}

/// Who reads a call's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speaker {
    /// A woman's voice.
    #[default]
    Female,
    /// A man's voice.
    Male,
}

/// A call that reads a text aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The rendered text, without SSML.
    pub text: String,
    /// Voice.
    pub speaker: Speaker,
    /// How long it rings, 10 to 35 s.
    pub ring_seconds: u8,
    /// Attempts, 1 to 9.
    pub attempts: u8,
    /// Time between two attempts, 10 to 3600 s.
    pub between_seconds: u16,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text message.
    Text(Text),
    /// A call.
    Call(Call),
    /// An e-mail.
    Email(Box<Email>),
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Our id.
    pub key: MessageKey,
    /// Who gets it.
    pub to: Recipient,
    /// Approved sender name or number, or the number shown by a call; none: the account's.
    pub sender: Option<String>,
    /// What.
    pub content: Content,
    /// How long it is worth delivering, where the wire can be told.
    pub valid_for: Option<SignedDuration>,
    /// When this send was claimed. Real time: a signature is made of it. A repeat that settles a lost answer
    /// carries the time of the send it repeats; a send after a definite no carries its own.
    pub at: Timestamp,
    /// Sends of this message at this provider whose answer is not known.
    pub unclear_sends: u32,
}

impl Message {
    /// The channel of the content.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self.content {
            Content::Text(_) => Channel::Sms,
            Content::Call(_) => Channel::Voice,
            Content::Email(_) => Channel::Email,
        }
    }

    /// The phone, unless it is the number that stands for "none": to that one nothing is ever sent (S4-39).
    pub(crate) fn phone<T>(&self) -> Result<&Phone, CallOutcome<T>> {
        match &self.to {
            Recipient::Phone(phone) if phone.is_placeholder() => {
                Err(ours("this number stands for no number; nothing is sent to it", RefusalKind::Number))
            }
            Recipient::Phone(phone) => Ok(phone),
            Recipient::Email => Err(ours("this provider needs a phone number", RefusalKind::Request)),
        }
    }

    /// The sender of this message, or the account's.
    pub(crate) fn sender<'a>(&'a self, account: &'a crate::Account) -> Option<&'a str> {
        self.sender.as_deref().or(account.settings.sender.as_deref())
    }
}

/// A message that was sent before, for a look-up or a cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// Our id.
    pub key: MessageKey,
    /// Channel.
    pub channel: Channel,
    /// Who got it.
    pub to: Recipient,
    /// The provider's id, when its answer was seen.
    pub provider_id: Option<String>,
    /// The provider's id of the group the message is in, when there is one (Solapi).
    pub group_id: Option<String>,
}

/// Digits of a phone without the plus.
pub(crate) fn digits(phone: &Phone) -> &str {
    phone.e164().trim_start_matches('+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::sms;

    #[test]
    fn keys_can_stand_everywhere() {
        for good in ["ntf-04", "3f0c6a1e-0000-4000-8000-000000000001", &"a".repeat(64)] {
            assert_eq!(MessageKey::parse(good).map(|key| key.as_str().to_owned()).as_deref(), Some(good));
        }
        for bad in ["", "a b", "a\r\nb", "é", "a.b", &"a".repeat(65)] {
            assert_eq!(MessageKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_goes_to_the_placeholder() {
        let none = sms(yam_domain::phone::PLACEHOLDER, "x");
        let told = none.phone::<()>().unwrap_err();
        assert_eq!(told.refusal(), Some(RefusalKind::Number));
        assert!(sms("+79160000001", "x").phone::<()>().is_ok());
    }
}
