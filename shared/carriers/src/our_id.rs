//! What we call a registration at the operator: the id that makes a lost answer findable (reliability
//! notes, sections 4.2 to 4.4).

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use yam_domain::ids::ParcelId;

/// Longest text id: the shortest field of any wire (`orderNo` at Korea Post).
const LONGEST: usize = 50;

/// Our id of one generation of a parcel's registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurId {
    /// Parcel.
    pub parcel: ParcelId,
    /// Generation: grows when a registration is given up and another is begun.
    pub generation: u32,
    /// Number from the account's counter, where [`crate::ClientId::Counter`].
    pub number: Option<u32>,
    /// Days of the operator's on which a send was begun, where a look-up needs them
    /// ([`crate::Carrier::filing_day`]); stored when the send is claimed, never computed again.
    pub days: Vec<Date>,
}

impl OurId {
    /// An id without a counter's number and without days.
    #[must_use]
    pub fn new(parcel: ParcelId, generation: u32) -> Self {
        OurId { parcel, generation, number: None, days: Vec::new() }
    }

    /// The same with a counter's number.
    #[must_use]
    pub fn numbered(self, number: Option<u32>) -> Self {
        OurId { number, ..self }
    }

    /// The same with the days on which sends were begun.
    #[must_use]
    pub fn on(self, days: Vec<Date>) -> Self {
        OurId { days, ..self }
    }

    /// Parcel and generation as one text of letters, digits, `-` and `_` that every wire takes; a parcel id
    /// that would not fit stands there as its hash.
    #[must_use]
    pub fn text(&self) -> String {
        let OurId { parcel, generation, .. } = self;
        let whole = format!("{parcel}-{generation}");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if whole.len() <= LONGEST && whole.bytes().all(plain) {
            return whole;
        }
        let hash = Sha256::digest(parcel.as_str());
        let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("y{hex}-{generation}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parcel: &str, generation: u32) -> String {
        OurId::new(ParcelId::parse(parcel).unwrap(), generation).text()
    }

    #[test]
    fn parcel_and_generation_make_one_text() {
        assert_eq!(text("p-1", 2), "p-1-2");
        assert_eq!(text("0198f0c2-77aa-7cc0-8c11-2b8f1a2b3c4d", 1).len(), 38);
    }

    #[test]
    fn what_a_wire_would_not_take_is_hashed() {
        let (dotted, long) = (text("p.1", 1), text(&"p".repeat(64), u32::MAX));
        for id in [&dotted, &long] {
            assert!(id.len() <= LONGEST && !id.contains('.') && id.starts_with('y'), "{id}");
        }
        assert_ne!(dotted, text("p.2", 1));
        assert!(text("p.1", 2).ends_with("-2"));
    }
}
