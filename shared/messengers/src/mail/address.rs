//! Addresses that cannot add a header, and names beside them.

use yam_domain::text::clean;

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_NAME: usize = 78;

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given, or it is too long.
    #[error("an e-mail address has 3 to 254 characters")]
    Length,
    /// Not `name@domain.tld` in plain letters.
    #[error("write the e-mail address as name@shop.example, in Latin letters, without blanks")]
    Shape,
}

/// A plain e-mail address: ASCII, no quotes, no comments, a domain with a dot. Internationalised addresses are
/// refused, as SES and most servers do.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; the domain is lower-cased.
    ///
    /// # Errors
    /// [`AddressError`] saying what to change.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if !(3..=LONGEST).contains(&text.len()) {
            return Err(AddressError::Length);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Shape)?;
        let in_local = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
        let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
        let local_fits = (1..=LONGEST_LOCAL).contains(&local.len()) && local.bytes().all(in_local);
        if !local_fits || dots(local) || !is_domain(domain) {
            return Err(AddressError::Shape);
        }
        Ok(EmailAddress(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the @.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

/// An address with the name that is shown for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Shown name; may be empty.
    pub name: String,
    /// Address.
    pub address: EmailAddress,
}

impl Mailbox {
    /// The name as one clean line of at most 78 characters.
    #[must_use]
    pub fn shown_name(&self) -> String {
        clean(&self.name)
            .chars()
            .filter(|c| !matches!(c, '"' | '\\' | '<' | '>'))
            .take(LONGEST_NAME)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses() {
        assert_eq!(EmailAddress::parse(" ivan+p@Example.ORG ").unwrap().as_str(), "ivan+p@example.org");
        for bad in [
            "",
            "a@b",
            "a b@c.example",
            "a@c.example\r\nBcc: x@y.example",
            "\"a\"@c.example",
            "a@@c.example",
            ".a@c.example",
            "a..b@c.example",
            "a@-c.example",
            "a@c..example",
            "a@[127.0.0.1]",
            "ю@пример.example",
            "a,b@c.example",
            "<a@c.example>",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
        assert!(!format!("{:?}", EmailAddress::parse("ivan@example.org").unwrap()).contains("ivan"));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_one_plain_word(text in "\\PC{0,30}@\\PC{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(address.as_str().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
            }
        }
    }
}
