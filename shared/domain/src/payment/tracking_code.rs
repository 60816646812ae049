//! The code a payer is given and reads out on the phone (S2-17, S2-18): eight characters, the last one a
//! check on the others.
//!
//! The alphabet has 23 characters, none of which looks like another (0 O D Q, 1 I L, 5 S, 2 Z, 8 B, 6 G,
//! U V and M N are never both in it). 23 is a prime, so a weighted sum with weights that differ from place to place
//! finds every wrong character and every exchange of two neighbours.

use crate::text::ascii_digits;
use serde::{Deserialize, Serialize};

const ALPHABET: [char; 23] = [
    '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'C', 'E', 'F', 'H', 'J', 'K', 'M', 'P', 'R', 'T', 'V', 'W',
    'X', 'Y',
];
const BASE: u64 = 23;
const DATA: usize = 7;
const LENGTH: usize = DATA + 1;

/// How many codes there are.
pub const CODES: u64 = BASE.pow(7);

/// A tracking code, without the hyphen it is shown with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingCode(String);

/// Why a text is not a tracking code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrackingCodeError {
    /// Too short or too long.
    #[error("a tracking code has eight letters and digits, for example {}", example())]
    Length,
    /// A character that no code has.
    #[error("{0:?} stands in no tracking code; read it once more")]
    Character(char),
    /// The check character does not fit.
    #[error("this tracking code has a slip in it; read it once more")]
    Check,
}

impl TrackingCode {
    /// The code of a random number; two numbers give the same code when they are equal modulo [`CODES`],
    /// therefore whoever stores it claims it.
    #[must_use]
    pub fn from_random(random: u64) -> Self {
        let mut rest = random % CODES;
        let mut digits = [0; DATA];
        for digit in &mut digits {
            *digit = rest % BASE;
            rest /= BASE;
        }
        let text = digits.iter().chain([&check(&digits)]).map(|value| letter(*value)).collect();
        TrackingCode(text)
    }

    /// Reads a code as people type it: in any case, with spaces and hyphens, with Persian, Arabic or
    /// full-width digits, and with the Cyrillic letters that look like Latin ones.
    ///
    /// # Errors
    /// [`TrackingCodeError`], saying what to look at.
    pub fn parse(text: &str) -> Result<Self, TrackingCodeError> {
        let mut typed = String::new();
        let mut values = Vec::with_capacity(LENGTH);
        for c in ascii_digits(text).chars().filter(|c| !is_separator(*c)) {
            let c = latin(c.to_uppercase().next().unwrap_or(c));
            values.push(value(c).ok_or(TrackingCodeError::Character(c))?);
            typed.push(c);
            if values.len() > LENGTH {
                return Err(TrackingCodeError::Length);
            }
        }
        let Some((last, data)) = values.split_last().filter(|(_, data)| data.len() == DATA) else {
            return Err(TrackingCodeError::Length);
        };
        if check(data) == *last { Ok(TrackingCode(typed)) } else { Err(TrackingCodeError::Check) }
    }

    /// The eight characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is shown: two groups of four.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.0.split_at_checked(LENGTH / 2) {
            Some((left, right)) => format!("{left}-{right}"),
            None => self.0.clone(),
        }
    }
}

fn example() -> String {
    TrackingCode::from_random(1_234_567_890).shown()
}

/// The value that makes the weighted sum a multiple of 23. Data characters weigh 2 to 8, the check 1.
fn check(data: &[u64]) -> u64 {
    let sum: u64 = data.iter().zip(2..).map(|(value, weight)| value * weight).sum();
    (BASE - sum % BASE) % BASE
}

fn letter(value: u64) -> char {
    usize::try_from(value).ok().and_then(|i| ALPHABET.get(i)).copied().unwrap_or('2')
}

fn value(c: char) -> Option<u64> {
    ALPHABET.iter().position(|known| *known == c).and_then(|i| u64::try_from(i).ok())
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Cyrillic capitals that cannot be told from Latin ones.
fn latin(c: char) -> char {
    match c {
        'А' => 'A',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        other => other,
    }
}

impl std::fmt::Display for TrackingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TrackingCode {
    type Error = TrackingCodeError;

    fn try_from(text: String) -> Result<Self, TrackingCodeError> {
        Self::parse(&text)
    }
}

impl From<TrackingCode> for String {
    fn from(code: TrackingCode) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(chars: &[char]) -> String {
        chars.iter().collect()
    }

    #[test]
    fn people_type_it_in_many_ways() {
        let code = TrackingCode::from_random(3_141_592_653);
        let shown = code.shown();
        let persian: String = shown
            .chars()
            .map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x6f0 + d)).unwrap_or(c))
            .collect();
        let cyrillic = shown.replace('K', "К").replace('A', "а").replace('H', "н").replace('T', "Т");
        for text in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!("\u{200f}{persian} "),
            cyrillic,
            shown.replace('-', "\u{2013}"),
        ] {
            assert_eq!(TrackingCode::parse(&text), Ok(code.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_told_apart() {
        assert_eq!(TrackingCode::parse(""), Err(TrackingCodeError::Length));
        assert_eq!(TrackingCode::parse("2222-222"), Err(TrackingCodeError::Length));
        assert_eq!(TrackingCode::parse("2222-22222"), Err(TrackingCodeError::Length));
        assert_eq!(TrackingCode::parse("2222-222O"), Err(TrackingCodeError::Character('O')));
        assert_eq!(TrackingCode::parse("2222-2223"), Err(TrackingCodeError::Check));
        assert!(TrackingCodeError::Length.to_string().contains('-'));
    }

    #[test]
    fn the_alphabet_has_no_look_alikes() {
        for pair in ["0O", "1I", "1L", "2Z", "5S", "8B", "UV", "MN", "6G", "DO"] {
            let both = pair.chars().all(|c| ALPHABET.contains(&c));
            assert!(!both, "{pair}");
        }
    }

    proptest! {
        #[test]
        fn codes_read_back(random in any::<u64>()) {
            let code = TrackingCode::from_random(random);
            prop_assert_eq!(code.as_str().len(), LENGTH);
            prop_assert_eq!(TrackingCode::parse(&code.shown()), Ok(code.clone()));
            prop_assert_eq!(code.as_str() == TrackingCode::from_random(random ^ 1).as_str(), false);
        }

        #[test]
        fn every_wrong_character_is_found(random in any::<u64>(), place in 0..LENGTH) {
            let right: Vec<char> = TrackingCode::from_random(random).as_str().chars().collect();
            for wrong in ALPHABET {
                let mut text = right.clone();
                text[place] = wrong;
                prop_assert_eq!(TrackingCode::parse(&typed(&text)).is_ok(), text == right);
            }
        }

        #[test]
        fn every_exchange_of_neighbours_is_found(random in any::<u64>(), place in 0..LENGTH - 1) {
            let right: Vec<char> = TrackingCode::from_random(random).as_str().chars().collect();
            let mut text = right.clone();
            text.swap(place, place + 1);
            prop_assert_eq!(TrackingCode::parse(&typed(&text)).is_ok(), text == right);
        }

        #[test]
        fn no_text_breaks_it(text in ".*") {
            let _read = TrackingCode::parse(&text);
        }
    }
}
