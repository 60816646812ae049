//! A merchant's account at a gateway, opened and ready to call with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, GatewayId, MerchantId};
use yam_domain::payment::amount::{Limits, limits};
use yam_domain::payment::receipt::VatCode;
use yam_platform::secrets::{ExposeSecret as _, SecretString};

/// A field of an account's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CredentialField {
    /// Name in settings.
    pub name: &'static str,
    /// Whether nothing works without it; the others open single steps, such as refunds.
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
            .map(|name| (name.clone(), "is not a field of this gateway".to_owned()));
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
    /// At which gateway.
    pub gateway: GatewayId,
    /// Secrets.
    pub credentials: Credentials,
    /// Everything else.
    pub settings: AccountSettings,
}

/// The hash of Robokassa's signatures, chosen in its cabinet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HashKind {
    /// The cabinet's default.
    #[default]
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// The settings of an account as a merchant makes them and the table keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// Amounts this account takes, where they differ from what is known of the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// How many order numbers other software has used on this terminal.
    pub order_offset: u64,
    /// Payments that cost nothing, where the gateway has them (Robokassa `IsTest`).
    pub test: bool,
    /// Robokassa's hash.
    pub hash: HashKind,
    /// Mellat: ask for a lost SaleReferenceId by an operation that stands in no guide.
    pub sale_reference_lookup: bool,
    /// Russia: tax system, 1 to 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_system: Option<u8>,
    /// Russia: VAT of a payment that brings no receipt lines of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat: Option<VatCode>,
    /// Zibal: the platform account that refunds are taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_account: Option<String>,
}

impl AccountSettings {
    /// The amounts this account takes.
    #[must_use]
    pub fn limits(&self, gateway: GatewayId) -> Limits {
        self.limits.unwrap_or_else(|| limits(gateway))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_checked_and_never_shown() {
        let fields = [required("username", "the user"), required("password", "its password")];
        let made = Credentials::new([
            ("username".to_owned(), "demo".to_owned()),
            ("password".to_owned(), " ".to_owned()),
            ("pin".to_owned(), "1234-secret".to_owned()),
        ]);
        let told: Vec<String> = made.check(&fields).into_iter().map(|(name, _)| name).collect();
        assert_eq!(told, ["password", "pin"]);
        assert_eq!((made.get("username"), made.get("password")), ("demo", ""));
        assert!(!format!("{made:?}").contains("1234-secret"));
    }

    #[test]
    fn settings_read_from_nothing() {
        let settings: AccountSettings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, AccountSettings::default());
        assert_eq!(settings.limits(GatewayId::Zibal).min, 1_001);
        assert!(serde_json::from_str::<AccountSettings>(r#"{"terminal":1}"#).is_err());
    }
}
