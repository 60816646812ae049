//! Card numbers, of which only the ends are ever kept.

use serde::{Deserialize, Serialize};

const HEAD: usize = 6;
const TAIL: usize = 4;

/// A card number with its middle masked. Gateways mask it in many lengths and sometimes not at all, so
/// whatever comes is masked here again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct MaskedCard(String);

impl MaskedCard {
    /// Reads a card; none when no digit of it is left to show.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let marks: Vec<char> = text.chars().filter(|c| c.is_ascii_digit() || is_mask(*c)).take(40).collect();
        let last = marks.len();
        let shown = marks.iter().enumerate().map(|(at, c)| {
            let outer = (at < HEAD && last > HEAD + TAIL) || at + TAIL >= last;
            if outer && c.is_ascii_digit() { *c } else { '*' }
        });
        let shown: String = shown.collect();
        shown.bytes().any(|b| b.is_ascii_digit()).then_some(MaskedCard(shown))
    }

    /// The masked number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | 'x' | 'X' | '•' | '#')
}

impl From<String> for MaskedCard {
    fn from(text: String) -> Self {
        MaskedCard::read(&text).unwrap_or_else(|| MaskedCard(String::new()))
    }
}

impl From<MaskedCard> for String {
    fn from(card: MaskedCard) -> String {
        card.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_ends_are_kept() {
        for (text, kept) in [
            ("502229******5995", "502229******5995"),
            ("610433*****1233", "610433*****1233"),
            ("6104330000001233", "610433******1233"),
            ("6104-3300-0000-1233", "610433******1233"),
            ("6104331234***1233", "610433*******1233"),
            ("123XXXX4567", "123****4567"),
            ("1234", "1234"),
        ] {
            assert_eq!(MaskedCard::read(text).unwrap().as_str(), kept, "{text}");
        }
        assert_eq!(MaskedCard::read("****"), None);
    }

    proptest! {
        #[test]
        fn never_more_than_ten_digits(text in "[0-9*Xx -]{0,40}") {
            if let Some(card) = MaskedCard::read(&text) {
                prop_assert!(card.as_str().bytes().filter(u8::is_ascii_digit).count() <= HEAD + TAIL);
                let json = serde_json::to_string(&card).unwrap();
                prop_assert_eq!(serde_json::from_str::<MaskedCard>(&json).unwrap(), card);
            }
        }
    }
}
