//! Where the sea makes carriage dearer, by postal code (Korea Post notes, section 6.1).
//!
//! Jeju is 63xxx and Ulleungdo 402xx; the operator's full list of islands is not published, so an account
//! can add its own ranges.

use serde::{Deserialize, Serialize};

/// Part of the country, as far as its price differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Reached by road.
    Mainland,
    /// Jeju and its islands.
    Jeju,
    /// Another island.
    Island,
}

/// A range of postal codes, ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Islands {
    /// First code, five digits.
    pub first: String,
    /// Last code, five digits.
    pub last: String,
}

const JEJU: std::ops::RangeInclusive<u32> = 63_000..=63_999;
const ULLEUNGDO: std::ops::RangeInclusive<u32> = 40_200..=40_299;

impl Islands {
    /// Whether both ends are postal codes in their order.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!((code(&self.first), code(&self.last)), (Some(first), Some(last)) if first <= last)
    }

    fn holds(&self, number: u32) -> bool {
        matches!((code(&self.first), code(&self.last)), (Some(first), Some(last)) if (first..=last).contains(&number))
    }
}

/// The part of the country of a postal code; none when it is no Korean code.
#[must_use]
pub fn area(postal_code: &str, more: &[Islands]) -> Option<Area> {
    let number = code(postal_code)?;
    Some(match number {
        _ if JEJU.contains(&number) => Area::Jeju,
        _ if ULLEUNGDO.contains(&number) || more.iter().any(|range| range.holds(number)) => Area::Island,
        _ => Area::Mainland,
    })
}

fn code(text: &str) -> Option<u32> {
    (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_the_area() {
        for (postal_code, expected) in [
            ("04524", Some(Area::Mainland)),
            ("62999", Some(Area::Mainland)),
            ("63000", Some(Area::Jeju)),
            ("63644", Some(Area::Jeju)),
            ("40199", Some(Area::Mainland)),
            ("40200", Some(Area::Island)),
            ("40240", Some(Area::Island)),
            ("40300", Some(Area::Mainland)),
            ("4524", None),
            ("123-456", None),
            ("6300a", None),
            ("", None),
        ] {
            assert_eq!(area(postal_code, &[]), expected, "{postal_code}");
        }
    }

    #[test]
    fn an_account_adds_its_islands() {
        let more = [Islands { first: "23100".into(), last: "23136".into() }];
        assert_eq!(area("23116", &more), Some(Area::Island));
        assert_eq!(area("23137", &more), Some(Area::Mainland));
        assert!(more[0].is_valid());
        assert!(!Islands { first: "23136".into(), last: "23100".into() }.is_valid());
        assert!(!Islands { first: "231".into(), last: "23100".into() }.is_valid());
    }
}
