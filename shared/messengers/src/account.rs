//! A merchant's account at a provider, opened and ready to call with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_platform::secrets::{ExposeSecret as _, SecretString};

/// A field of an account's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CredentialField {
    /// Name in settings.
    pub name: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
    /// What it is.
    pub meaning: &'static str,
}

pub(crate) const fn required(name: &'static str, meaning: &'static str) -> CredentialField {
    CredentialField { name, required: true, meaning }
}

pub(crate) const fn optional(name: &'static str, meaning: &'static str) -> CredentialField {
    CredentialField { name, required: false, meaning }
}

/// Credentials by the names of their fields; never printed.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, SecretString>);

impl Credentials {
    /// From names and values; empty values count as absent.
    pub fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let kept = fields.into_iter().filter(|(_, value)| !value.trim().is_empty());
        Credentials(kept.map(|(name, value)| (name, SecretString::from(value))).collect())
    }

    /// The value of a field; empty when it is not set.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |secret| secret.expose_secret())
    }

    /// Whether a field is set.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every value, for blacking out.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|secret| secret.expose_secret())
    }

    /// Missing and unknown fields, as pairs of field name and reason.
    #[must_use]
    pub fn check(&self, fields: &[CredentialField]) -> Vec<(String, String)> {
        let missing = fields
            .iter()
            .filter(|field| field.required && !self.has(field.name))
            .map(|field| (field.name.to_owned(), format!("is missing: {}", field.meaning)));
        let unknown = self
            .0
            .keys()
            .filter(|name| !fields.iter().any(|field| field.name == *name))
            .map(|name| (name.clone(), "is not a field of this provider".to_owned()));
        missing.chain(unknown).collect()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// An account, with its secrets opened. Lives only for the call.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub id: AccountId,
    /// At which provider.
    pub messenger: MessengerId,
    /// Secrets.
    pub credentials: Credentials,
    /// Everything else.
    pub settings: AccountSettings,
}

/// How a merchant's SMTP server is reached. There is no "TLS if the server likes": that is no TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte, port 465.
    #[default]
    Tls,
    /// STARTTLS, required, port 587.
    StartTls,
    /// None; only for servers the hub's configuration trusts.
    Plain,
}

/// A merchant's SMTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpServer {
    /// Host name or address.
    pub host: String,
    /// 465 or 587; another one only for servers the hub's configuration trusts.
    pub port: u16,
    /// TLS.
    #[serde(default)]
    pub security: SmtpSecurity,
}

/// The settings of an account as a merchant makes them and the table keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// The sender name or number that is used when a message names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// SMSC and SMS.ru: write Cyrillic in Latin letters, which halves the price.
    pub transliterate: bool,
    /// SNS: the dearest price of one message in millionths of a dollar; dearer ones are not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price_micros: Option<u32>,
    /// SES: the configuration set whose events become receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
    /// E-mail: the address letters come from; verified with SES, or one of the server's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// SMTP: the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<SmtpServer>,
    /// Solapi: the Kakao channel of notices (`pfId`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kakao_channel: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_checked_and_never_shown() {
        let fields = [required("login", "the user"), required("password", "its password")];
        let made = Credentials::new([
            ("login".to_owned(), "demo".to_owned()),
            ("password".to_owned(), " ".to_owned()),
            ("pin".to_owned(), "1234-secret".to_owned()),
        ]);
        let told: Vec<String> = made.check(&fields).into_iter().map(|(name, _)| name).collect();
        assert_eq!(told, ["password", "pin"]);
        assert_eq!((made.get("login"), made.get("password")), ("demo", ""));
        assert!(!format!("{made:?}").contains("1234-secret"));
    }

    #[test]
    fn settings_read_from_nothing_and_tls_is_the_default() {
        let settings: AccountSettings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, AccountSettings::default());
        let server: SmtpServer = serde_json::from_str(r#"{"host":"mail.example","port":465}"#).unwrap();
        assert_eq!(server.security, SmtpSecurity::Tls);
        assert!(serde_json::from_str::<AccountSettings>(r#"{"line":1}"#).is_err());
    }
}
