//! Receipts that providers push to `/hooks/{provider}/{account_token}`.
//!
//! The token in the path is the account's and is checked by the caller, in constant time, before anything here
//! is read. A receipt of an unknown message is answered like any other (notification notes, section 5.1).

use http::HeaderMap;
use url::Url;

use crate::status::Status;

/// Most fields and longest value that are looked at: SMS.ru sends up to 100 entries.
const MOST_FIELDS: usize = 150;
const LONGEST_VALUE: usize = 4_096;
/// Largest body that is read.
pub(crate) const LARGEST_BODY: usize = 256 * 1024;
/// Most receipts of one push.
pub(crate) const MOST_RECEIPTS: usize = 1_000;

/// The decoded fields of a query string or a form, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// From a query string or a form body, percent-decoded as UTF-8; too many and too long ones are left out.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(encoded).into_owned();
        Fields(pairs.take(MOST_FIELDS).filter(|(_, value)| value.len() <= LONGEST_VALUE).collect())
    }

    /// The fields of another one after these.
    #[must_use]
    pub fn and(mut self, other: Fields) -> Self {
        self.0.extend(other.0);
        self.0.truncate(MOST_FIELDS);
        self
    }

    /// The value of a name. A name with two different values has none: one of them was put there by
    /// somebody else.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = values.next()?;
        values.all(|other| other == first).then_some(first).filter(|value| !value.is_empty())
    }

    /// Every pair.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A push as it came.
#[derive(Debug, Clone, Default)]
pub struct ReceiptCall {
    /// Decoded query string; the path's token is not in it.
    pub query: Fields,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl ReceiptCall {
    /// Fields of the query string and of a form body.
    pub(crate) fn fields(&self) -> Fields {
        self.query.clone().and(Fields::parse(&self.body))
    }
}

/// Why a receipt may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authenticity {
    /// Its signature fits: it is the provider's word.
    Signed,
    /// Only the secret path speaks for it: ask the provider, where it can be asked, before a message counts
    /// as undelivered because of it.
    SecretPath,
}

/// What was pushed about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's id; the wire form of ours where the wire carries ours.
    pub provider_id: String,
    /// Our own id, where the wire carries it as it is.
    pub key: Option<String>,
    /// Where the message stands.
    pub status: Status,
    /// Recipients it is about, when it is an e-mail to several.
    pub recipients: Vec<String>,
}

/// A whole push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipts {
    /// Why it may be believed.
    pub authenticity: Authenticity,
    /// Its receipts, in the order in which they came.
    pub receipts: Vec<Receipt>,
    /// An address to be called once, to confirm that pushes are wanted (SES through SNS); already checked to be
    /// the provider's own.
    pub confirm: Option<Url>,
    /// The body of the answer that ends the provider's retries; given **after** the commit only.
    pub reply: &'static str,
}

impl Receipts {
    pub(crate) fn of(authenticity: Authenticity, receipts: Vec<Receipt>) -> Self {
        Receipts { authenticity, receipts, confirm: None, reply: "" }
    }
}

/// Why a push is not taken. Nothing is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The provider pushes none.
    #[error("this provider pushes no receipts")]
    None,
    /// Not what the provider sends.
    #[error("the receipt cannot be read")]
    Unreadable,
    /// The signature does not fit, or is missing where there is always one.
    #[error("the receipt's signature does not fit the account's secret")]
    Forged,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_pollution_is_no_value() {
        let fields = Fields::parse(b"data%5B0%5D=a%0Ab&data%5B1%5D=c&x=1&x=2&y=1&y=1");
        let names: Vec<&str> = fields.iter().map(|(name, _)| name).collect();
        assert_eq!(names[..2], ["data[0]", "data[1]"]);
        assert_eq!(
            (fields.get("data[0]"), fields.get("x"), fields.get("y")),
            (Some("a\nb"), None, Some("1"))
        );
    }

    #[test]
    fn size_is_bounded() {
        let many: String = (0..1_000).map(|n| format!("f{n}=x&")).collect();
        assert_eq!(Fields::parse(many.as_bytes()).iter().count(), MOST_FIELDS);
        let long = format!("a={}", "x".repeat(LONGEST_VALUE + 1));
        assert_eq!(Fields::parse(long.as_bytes()).get("a"), None);
    }
}
