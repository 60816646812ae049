//! The providers of messages.

use serde::{Deserialize, Serialize};

/// A provider of SMS, calls or e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessengerId {
    /// Amazon SNS: SMS.
    Sns,
    /// SMSC.ru: SMS and calls in Russia.
    Smsc,
    /// SMS.ru: SMS in Russia.
    #[serde(rename = "smsru")]
    SmsRu,
    /// Kavenegar: SMS, pattern messages and calls in Iran.
    Kavenegar,
    /// Solapi: SMS, Kakao notices and calls in Korea.
    Solapi,
    /// Amazon SES: e-mail.
    Ses,
    /// The merchant's own SMTP server: e-mail.
    Smtp,
}

/// The text names no provider this hub speaks to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown messenger; use one of sns, smsc, smsru, kavenegar, solapi, ses, smtp")]
pub struct UnknownMessenger;

impl MessengerId {
    /// All providers, in the order in which a page lists them.
    pub const ALL: [MessengerId; 7] = [
        MessengerId::Kavenegar,
        MessengerId::Smsc,
        MessengerId::SmsRu,
        MessengerId::Solapi,
        MessengerId::Sns,
        MessengerId::Ses,
        MessengerId::Smtp,
    ];

    /// The id used in the API, in keys and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            MessengerId::Sns => "sns",
            MessengerId::Smsc => "smsc",
            MessengerId::SmsRu => "smsru",
            MessengerId::Kavenegar => "kavenegar",
            MessengerId::Solapi => "solapi",
            MessengerId::Ses => "ses",
            MessengerId::Smtp => "smtp",
        }
    }
}

impl std::fmt::Display for MessengerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for MessengerId {
    type Err = UnknownMessenger;

    fn from_str(text: &str) -> Result<Self, UnknownMessenger> {
        MessengerId::ALL.into_iter().find(|m| m.as_str() == text).ok_or(UnknownMessenger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_agree() {
        for messenger in MessengerId::ALL {
            assert_eq!(messenger.as_str().parse(), Ok(messenger));
            assert_eq!(serde_json::to_string(&messenger).unwrap(), format!("\"{messenger}\""));
        }
        assert_eq!("sms.ru".parse::<MessengerId>(), Err(UnknownMessenger));
    }
}
