//! Mends what scanners and keyboards do to a number (S4-66).
//!
//! Shop scanners type their code as keystrokes: with a Russian layout switched on, `RA` arrives as
//! `КФ`. People typing by hand mix in look-alikes (`А` for `A`). Scanners may also send a symbology
//! mark (`]C1`), start and stop asterisks of Code 39, and control characters.

use crate::text::ascii_digits;

/// Letters that look alike, Cyrillic and Latin.
const LOOK_ALIKE: [(char, char); 12] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
];

/// Letters on the same key, Russian layout and Latin.
const SAME_KEY: [(char, char); 26] = [
    ('Й', 'Q'),
    ('Ц', 'W'),
    ('У', 'E'),
    ('К', 'R'),
    ('Е', 'T'),
    ('Н', 'Y'),
    ('Г', 'U'),
    ('Ш', 'I'),
    ('Щ', 'O'),
    ('З', 'P'),
    ('Ф', 'A'),
    ('Ы', 'S'),
    ('В', 'D'),
    ('А', 'F'),
    ('П', 'G'),
    ('Р', 'H'),
    ('О', 'J'),
    ('Л', 'K'),
    ('Д', 'L'),
    ('Я', 'Z'),
    ('Ч', 'X'),
    ('С', 'C'),
    ('М', 'V'),
    ('И', 'B'),
    ('Т', 'N'),
    ('Ь', 'M'),
];

/// First letters in use for S10 services (Russian Post notes, section 6, and the standard's table).
const SERVICE_LETTERS: &str = "ACEHLMQRSTUVZ";

/// Last two letters of the numbers this hub meets: posts of its own countries and of the main senders.
const COUNTRIES: [&str; 30] = [
    "AE", "AM", "AT", "AU", "AZ", "BE", "BY", "CA", "CH", "CN", "CZ", "DE", "ES", "FI", "FR", "GB", "HK",
    "IN", "IR", "IT", "JP", "KG", "KR", "KZ", "NL", "RU", "SE", "SG", "TR", "US",
];

/// Brings a typed or scanned text to the bare number: capital letters and ASCII digits where it can.
///
/// Total: whatever cannot be mended is left for validation to name. A text in the wrong layout is read
/// first as look-alikes, then by keys; the reading that gives a plausible S10 number wins.
pub fn repair(text: &str) -> String {
    let upper: String = ascii_digits(text).chars().flat_map(char::to_uppercase).collect();
    let joined: String = upper.chars().filter(|c| !is_filling(*c)).collect();
    let bare = without_symbology(&joined).to_owned();
    if bare.is_ascii() {
        return bare;
    }
    let look_alike = translate(&bare, &LOOK_ALIKE);
    let same_key = translate(&bare, &SAME_KEY);
    if is_plausible_s10(&look_alike) {
        look_alike
    } else if is_plausible_s10(&same_key) {
        same_key
    } else if look_alike.is_ascii() {
        look_alike
    } else if same_key.is_ascii() {
        same_key
    } else {
        bare
    }
}

/// Drops the scanner's marks of the symbology, `]` and two characters (`]C1`, `]A0`, `]d2`). With a
/// Russian layout the bracket arrives as `Ъ`.
fn without_symbology(mut text: &str) -> &str {
    loop {
        let mut rest = text.chars();
        match (rest.next(), rest.next(), rest.next()) {
            (Some(']' | 'Ъ'), Some(code), Some(modifier))
                if code.is_alphabetic() && modifier.is_alphanumeric() =>
            {
                text = rest.as_str();
            }
            _ => return text,
        }
    }
}

/// Characters that stand between or around the digits and mean nothing.
fn is_filling(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '*' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn translate(text: &str, table: &[(char, char)]) -> String {
    let one = |c: char| table.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
    text.chars().map(one).collect()
}

fn is_plausible_s10(code: &str) -> bool {
    super::s10::has_shape(code)
        && code.starts_with(|c: char| SERVICE_LETTERS.contains(c))
        && code.get(11..).is_some_and(|country| COUNTRIES.contains(&country))
}
