//! Phone numbers: country, area, number, extension.

use serde_json::{Value, json};

/// Splits a number.
pub(super) fn clean(original: &str) -> Value {
    let (number, extension) = match original.split_once("доб") {
        Some((number, extension)) => (number, digits(extension)),
        None => (original, String::new()),
    };
    let all = digits(number);
    let foreign = number.trim().starts_with('+') && !all.starts_with('7');
    let (country, rest, quality) = match (all.len(), all.as_bytes().first()) {
        _ if number.trim().is_empty() => ("", "", "EMPTY"),
        (0, _) => ("", "", "GARBAGE"),
        _ if foreign => ("", all.as_str(), "FOREIGN"),
        (11, Some(b'7')) => ("7", all.get(1..).unwrap_or_default(), "GOOD"),
        (11, Some(b'8')) => ("7", all.get(1..).unwrap_or_default(), "GOOD_REPLACED_CODE"),
        (10, _) => ("7", all.as_str(), "GOOD"),
        (5..=7, _) => ("", all.as_str(), "CODE_AMBI"),
        (1..=4, _) => ("", "", "INCORRECT_DATA"),
        _ => ("", "", "UNDEF"),
    };
    let (city, local) = if rest.len() == 10 && !foreign { rest.split_at(3) } else { ("", rest) };
    json!({
        "phone-country-code": country, "phone-city-code": city, "phone-number": local,
        "phone-extension": extension, "quality-code": quality,
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_split_and_judged() {
        for (original, country, city, number, quality) in [
            ("+7 900 000-00-00", "7", "900", "0000000", "GOOD"),
            ("8 (495) 000-00-00", "7", "495", "0000000", "GOOD_REPLACED_CODE"),
            ("9000000000", "7", "900", "0000000", "GOOD"),
            ("+82 10-0000-0000", "", "", "821000000000", "FOREIGN"),
            ("000-00-00", "", "", "0000000", "CODE_AMBI"),
            ("", "", "", "", "EMPTY"),
            ("нет", "", "", "", "GARBAGE"),
            ("112", "", "", "", "INCORRECT_DATA"),
            ("12345678901234", "", "", "", "UNDEF"),
        ] {
            let cleaned = clean(original);
            let members = ["phone-country-code", "phone-city-code", "phone-number", "quality-code"];
            assert_eq!(
                members.map(|name| cleaned[name].as_str().unwrap()),
                [country, city, number, quality],
                "{original}"
            );
        }
        assert_eq!(clean("+7 900 000-00-00 доб. 12")["phone-extension"], "12");
    }
}
