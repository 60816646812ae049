//! Reading what a browser brings back. Nothing here is believed; see `yam_domain::payment::callback`.

use yam_domain::money::Money;
use yam_domain::payment::callback::{Claim, Ids};

use crate::card::MaskedCard;

/// Most fields and longest value that are looked at; what a gateway sends is far below.
const MOST_FIELDS: usize = 60;
const LONGEST_VALUE: usize = 4_096;

/// The decoded fields of a query string, a form, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// From decoded pairs; too many and too long ones are left out.
    pub fn new<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        let short = |(_, value): &(String, String)| value.len() <= LONGEST_VALUE;
        Fields(pairs.take(MOST_FIELDS).filter(short).collect())
    }

    /// From a query string or a form body, percent-decoded as UTF-8.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        Fields::new(url::form_urlencoded::parse(encoded).into_owned())
    }

    /// The value of a name, exactly as the gateway writes it. A name with two different values has none:
    /// one of them was put there by somebody else.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(|known| known == name)
    }

    /// The same, in any case of letters.
    #[must_use]
    pub fn get_any_case(&self, name: &str) -> Option<&str> {
        self.find(|known| known.eq_ignore_ascii_case(name))
    }

    /// The fields whose name begins so, in the order of their names.
    pub(crate) fn starting_with(&self, prefix: &str) -> Vec<(&str, &str)> {
        let begins = |name: &str| name.get(..prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(prefix));
        let mut found: Vec<(&str, &str)> =
            self.0.iter().filter(|(n, _)| begins(n)).map(|(n, v)| (n.as_str(), v.as_str())).collect();
        found.sort_unstable();
        found
    }

    /// Every pair, to be kept with the attempt (cards masked by whoever keeps them).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn find(&self, matches: impl Fn(&str) -> bool) -> Option<&str> {
        let mut values = self.0.iter().filter(|(name, _)| matches(name)).map(|(_, value)| value.as_str());
        let first = values.next()?;
        values.all(|other| other == first).then_some(first).filter(|value| !value.is_empty())
    }
}

/// What a callback says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Our order number.
    pub order: Option<String>,
    /// The gateway's id.
    pub gateway_id: Option<String>,
    /// What it claims.
    pub claim: Claim,
    /// The gateway's own code for that.
    pub code: Option<String>,
    /// What is needed to verify: SaleReferenceId, RefNum, paymentKey.
    pub receipt: Option<String>,
    /// The payer's card, masked.
    pub card: Option<MaskedCard>,
    /// An amount that has to be the frozen one before anything is confirmed (Toss); never one to book.
    pub stated: Option<Money>,
}

impl Callback {
    /// The ids to compare with those stored.
    #[must_use]
    pub fn ids(&self) -> Ids<'_> {
        Ids { order: self.order.as_deref(), gateway: self.gateway_id.as_deref() }
    }
}

/// Why the fields are no callback of this gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// A field without which nothing can be compared.
    #[error("{0} is missing, empty or given twice")]
    Missing(&'static str),
}

/// The value of a field that has to be there.
pub(crate) fn needed(fields: &Fields, name: &'static str) -> Result<String, CallbackError> {
    fields.get(name).map(str::to_owned).ok_or(CallbackError::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_pollution_is_no_value() {
        let fields = Fields::parse(b"RefNum=jJn%2FIo%2Bjt&a=1&a=1&b=1&b=2&c=&Shp_z=1&Shp_a=2");
        assert_eq!(fields.get("RefNum"), Some("jJn/Io+jt"));
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c")), (Some("1"), None, None));
        assert_eq!((fields.get("refnum"), fields.get_any_case("refnum")), (None, Some("jJn/Io+jt")));
        assert_eq!(fields.starting_with("Shp_"), [("Shp_a", "2"), ("Shp_z", "1")]);
    }

    #[test]
    fn size_is_bounded() {
        let many = Fields::new((0..1_000).map(|n| (format!("f{n}"), "x")));
        assert_eq!(many.iter().count(), MOST_FIELDS);
        assert_eq!(Fields::new([("a", "x".repeat(LONGEST_VALUE + 1))]).get("a"), None);
    }
}
