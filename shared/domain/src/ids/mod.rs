//! Identifiers as types, so that a parcel id cannot be passed where an order id is meant.
//!
//! Each is parsed once at the edge and is plain lower-case ASCII, therefore safe in a database key,
//! a URL path and a log line.

mod carrier;
mod gateway;
mod messenger;
mod service;

pub use carrier::{CarrierId, UnknownCarrier};
pub use gateway::{GatewayId, UnknownGateway};
pub use messenger::{MessengerId, UnknownMessenger};
pub use service::Service;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("{kind} is empty")]
    Empty {
        /// Which identifier was being read.
        kind: &'static str,
    },
    /// Longer than the type allows.
    #[error("{kind} is longer than {max} characters")]
    TooLong {
        /// Which identifier was being read.
        kind: &'static str,
        /// Longest allowed length in characters.
        max: usize,
    },
    /// A character outside the allowed set, or a leading punctuation mark.
    #[error(
        "{kind} may hold lower-case letters a-z, digits and {allowed}, and starts with a letter or digit"
    )]
    Forbidden {
        /// Which identifier was being read.
        kind: &'static str,
        /// The punctuation allowed after the first character.
        allowed: &'static str,
    },
}

/// Checks `text` against `^[a-z0-9][a-z0-9<allowed>]{0,max-1}$`.
fn check(kind: &'static str, text: &str, max: usize, allowed: &'static str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if text.len() > max {
        return Err(IdError::TooLong { kind, max });
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let starts_well = text.chars().next().is_some_and(plain);
    if starts_well && text.chars().all(|c| plain(c) || allowed.contains(c)) {
        Ok(())
    } else {
        Err(IdError::Forbidden { kind, allowed })
    }
}

/// Declares one string identifier with its longest length and its punctuation.
macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the identifier.
            ///
            /// # Errors
            /// When the text is empty, too long, or holds a character outside the allowed set.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check($kind, text, $max, $allowed)?;
                Ok(Self(text.to_owned()))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check($kind, &text, $max, $allowed)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

string_id!(
    /// A tenant: the shop whose key signs a request. `^[a-z0-9][a-z0-9-]{0,39}$`
    MerchantId, "merchant id", 40, "-"
);
string_id!(
    /// One order. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    OrderId, "order id", 64, "_.-"
);
string_id!(
    /// One parcel of an order. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    ParcelId, "parcel id", 64, "_.-"
);
string_id!(
    /// A merchant's account at a postal operator or a payment gateway. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    AccountId, "account id", 64, "_.-"
);
string_id!(
    /// One event in the outbox. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    EventId, "event id", 64, "_.-"
);
string_id!(
    /// A webhook endpoint of a merchant. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    EndpointId, "endpoint id", 64, "_.-"
);
string_id!(
    /// One payment: what a buyer owes, with as many attempts as it takes. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    PaymentId, "payment id", 64, "_.-"
);
string_id!(
    /// A payment link. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    LinkId, "link id", 64, "_.-"
);
string_id!(
    /// An API key's public half. `^[a-z0-9][a-z0-9_.-]{0,63}$`
    KeyId, "key id", 64, "_.-"
);

use string_id;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn merchant_id_takes_hyphens_only() {
        assert_eq!(MerchantId::parse("demo-ir").unwrap().as_str(), "demo-ir");
        for bad in ["", "-a", "Demo", "a_b", "a b", "a/b", "a#b", "é"] {
            assert!(MerchantId::parse(bad).is_err(), "{bad}");
        }
        assert!(MerchantId::parse(&"a".repeat(40)).is_ok());
        assert_eq!(
            MerchantId::parse(&"a".repeat(41)),
            Err(IdError::TooLong { kind: "merchant id", max: 40 })
        );
    }

    #[test]
    fn other_ids_take_dots_and_underscores() {
        assert!(ParcelId::parse("p_0198.ab-c").is_ok());
        assert!(ParcelId::parse("_p").is_err());
        assert!(OrderId::parse(&"9".repeat(64)).is_ok());
        assert!(OrderId::parse(&"9".repeat(65)).is_err());
    }

    #[test]
    fn serde_checks_on_the_way_in() {
        let id: OrderId = serde_json::from_str("\"o-1\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"o-1\"");
        assert!(serde_json::from_str::<OrderId>("\"O#1\"").is_err());
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_text(s in ".*") {
            if let Ok(id) = MerchantId::parse(&s) {
                prop_assert_eq!(id.as_str(), s.as_str());
                prop_assert!(!s.contains(['#', '/', ' ']));
            }
        }
    }
}
