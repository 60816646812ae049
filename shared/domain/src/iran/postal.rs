//! Postal codes and cities: the first digits of a postal code are the city code.

use super::places::{City, city, state};
use crate::postal_code::PostalCode;

/// Longest city code, in digits.
const LONGEST: usize = 5;

/// The city of a postal code, by its longest prefix that is a city code; none for a text that is no
/// Iranian postal code.
pub fn city_of_postal_code(text: &str) -> Option<City> {
    let parsed = PostalCode::parse("IR", text).ok()?;
    let code = parsed.code.as_str();
    (1..=LONGEST).rev().find_map(|digits| city(code.get(..digits)?.parse().ok()?))
}

/// Does the postal code begin with the city's code? A soft check: doubtful codes are told, not refused
/// (Iran Post notes, section 11).
pub fn postal_code_matches(city: &City, text: &str) -> bool {
    PostalCode::parse("IR", text).is_ok_and(|parsed| parsed.code.as_str().starts_with(&city.code.to_string()))
}

/// A postal code to send when the buyer's own was refused: the city code padded with 1 to ten digits
/// (71 gives 7111111111). Always satisfies rule A: where ten equal digits would come out, a 3 is put in
/// (Tehran: 1311111111), and a code with 0 or 2 takes its province capital's.
pub fn reference_postal_code(city: City) -> PostalCode {
    let own = city.code;
    let capital = state(city.state).map(|state| state.capital);
    let choices = [
        Some((own, '1')),
        Some((own, '3')),
        capital.map(|code| (code, '1')),
        capital.map(|code| (code, '3')),
    ];
    choices
        .into_iter()
        .flatten()
        .find_map(|(code, second)| padded(code, second))
        .unwrap_or_else(|| PostalCode::known_good("1311111111".to_owned()))
}

/// The code, one digit, then ones; none when rule A refuses it.
fn padded(code: u32, next: char) -> Option<PostalCode> {
    let text = format!("{:1<10}", format!("{code}{next}"));
    PostalCode::parse("IR", &text).ok().map(|parsed| parsed.code)
}

#[cfg(test)]
mod tests {
    use super::super::places::cities;
    use super::*;

    fn reference(code: u32) -> String {
        reference_postal_code(city(code).unwrap()).into()
    }

    #[test]
    fn published_references() {
        assert_eq!(reference(71), "7111111111");
        assert_eq!(reference(1), "1311111111");
        assert_eq!(reference(331), "3311111111");
    }

    #[test]
    fn districts_of_tehran_take_the_capital() {
        assert_eq!(reference(1011), "1311111111");
    }

    #[test]
    fn every_city_gets_a_code_that_rule_a_takes() {
        for city in cities() {
            let code = reference_postal_code(*city);
            assert!(PostalCode::parse("IR", code.as_str()).is_ok(), "{}", city.code);
        }
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(city_of_postal_code("3311111111").map(|c| c.code), Some(331));
        assert_eq!(city_of_postal_code("3313111111").map(|c| c.code), Some(33_131));
        assert_eq!(city_of_postal_code("1444444444").map(|c| c.code), Some(1));
        assert_eq!(city_of_postal_code("1234567890"), None);
        assert!(postal_code_matches(&city(71).unwrap(), "71345-67891"));
        assert!(!postal_code_matches(&city(71).unwrap(), "1311111111"));
    }
}
