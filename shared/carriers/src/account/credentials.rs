//! What opens an account, and which of it an operator asks for.

use std::collections::BTreeMap;

use yam_platform::secrets::{ExposeSecret as _, SecretString};

/// Credentials of one account; never printed.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// User name at the operator's panel.
    pub username: String,
    /// Password there.
    pub password: SecretString,
    secrets: BTreeMap<String, SecretString>,
}

/// One named secret or user name that a wire asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialField {
    /// `username`, `password`, or the name of a secret such as `security_key`.
    pub name: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
    /// What it is, for the form.
    pub meaning: &'static str,
}

impl CredentialField {
    pub(crate) const fn required(name: &'static str, meaning: &'static str) -> Self {
        CredentialField { name, required: true, meaning }
    }

    pub(crate) const fn optional(name: &'static str, meaning: &'static str) -> Self {
        CredentialField { name, required: false, meaning }
    }
}

impl Credentials {
    /// A user name and a password.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        let password = SecretString::from(password.into());
        Credentials { username: username.into(), password, secrets: BTreeMap::new() }
    }

    /// The same with one more secret under a name of the wire's.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.secrets.insert(name.into(), SecretString::from(secret.into()));
        self
    }

    /// A named secret, unless it is empty.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty())
    }

    /// Whether a field of a wire is filled.
    #[must_use]
    pub fn has(&self, field: &CredentialField) -> bool {
        match field.name {
            "username" => !self.username.is_empty(),
            "password" => !self.password.expose_secret().is_empty(),
            name => self.secret(name).is_some(),
        }
    }

    /// Everything that must not be shown.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.password).chain(self.secrets.values()).map(|secret| secret.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_secrets_are_kept_beside_the_password_and_never_printed() {
        let credentials = Credentials::new("demo", "demo-pass").with("key", "demo-key").with("none", "");
        assert_eq!((credentials.secret("key"), credentials.secret("none")), (Some("demo-key"), None));
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("demo-pass") && !shown.contains("demo-key"), "{shown}");
        let field = |name| CredentialField::required(name, "");
        assert!(credentials.has(&field("username")) && credentials.has(&field("key")));
        assert!(!credentials.has(&field("none")) && !credentials.has(&field("other")));
    }
}
