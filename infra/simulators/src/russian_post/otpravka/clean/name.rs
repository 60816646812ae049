//! Names of people: surname, given name, middle name.

use serde_json::{Value, json};

/// Splits a name. Two or three Russian words as they should be are confirmed, badly written ones edited;
/// of anything else the service is not sure.
pub(super) fn clean(original: &str) -> Value {
    let words: Vec<String> = original.split_whitespace().map(capitalised).collect();
    let is_russian =
        |word: &String| word.chars().all(|sign| matches!(sign, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | '-'));
    let quality = if !(2..=3).contains(&words.len()) || !words.iter().all(is_russian) {
        "NOT_SURE"
    } else if words.join(" ") == original {
        "CONFIRMED_MANUALLY"
    } else {
        "EDITED"
    };
    let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
    json!({"surname": word(0), "name": word(1), "middle-name": word(2), "quality-code": quality})
}

/// `пЕТРОВ-водкин` becomes `Петров-Водкин`.
fn capitalised(word: &str) -> String {
    let part = |part: &str| {
        let mut signs = part.chars();
        let first = signs.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        first + &signs.as_str().to_lowercase()
    };
    word.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_mended() {
        let read = |original| {
            let cleaned = clean(original);
            let member = |name: &str| cleaned[name].as_str().unwrap().to_owned();
            (member("surname"), member("name"), member("middle-name"), member("quality-code"))
        };
        let texts =
            |a: &str, b: &str, c: &str, d: &str| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned());
        assert_eq!(read("Сидоров Петр Петрович"), texts("Сидоров", "Петр", "Петрович", "CONFIRMED_MANUALLY"));
        assert_eq!(read("  сидоров-ПРИМЕРОВ  петр"), texts("Сидоров-Примеров", "Петр", "", "EDITED"));
        assert_eq!(read("John Doe").3, "NOT_SURE");
        assert_eq!(read("Петр").3, "NOT_SURE");
        assert_eq!(read(""), texts("", "", "", "NOT_SURE"));
    }
}
