//! Text from people: digits of three scripts, Persian letter variants, hidden characters.

/// Most characters that belong between words are squeezed to one plain space.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
}

/// Turns Persian `۰-۹`, Arabic `٠-٩` and full-width `０-９` digits into ASCII; the rest stays.
///
/// Source: Iran Post notes, section 2 (digits); full-width digits come from Korean input methods.
pub fn ascii_digits(text: &str) -> String {
    text.chars().map(ascii_digit).collect()
}

fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{660}'..='\u{669}' => 0x660,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return c,
    };
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

/// Brings Persian text to one spelling for comparing (never for storing or sending).
///
/// Arabic yeh and kaf become Persian, the zero-width non-joiner a space, tatweel and vowel marks go,
/// spaces are squeezed and trimmed. Source: Iran Post notes, section 2; the post's own lists hold both
/// spellings.
pub fn fold_persian(text: &str) -> String {
    let folded = text.chars().filter_map(|c| match c {
        'ي' | 'ى' => Some('ی'),
        'ك' => Some('ک'),
        '\u{200c}' => Some(' '),
        '\u{640}' => None,
        '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' => None,
        '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{feff}' => None,
        other => Some(ascii_digit(other)),
    });
    squeeze(folded)
}

/// Removes what a person cannot see and a label cannot print: NUL, control characters, direction
/// overrides and isolates, zero-width spaces, tag characters. Line breaks and tabs become spaces;
/// spaces are squeezed and trimmed. The zero-width joiners of Persian stay.
pub fn clean(text: &str) -> String {
    squeeze(text.chars().filter(|c| is_gap(*c) || !is_hidden(*c)))
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn squeeze(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut gap = false;
    for c in chars {
        if is_gap(c) {
            gap = true;
            continue;
        }
        if gap && !text.is_empty() {
            text.push(' ');
        }
        gap = false;
        text.push(c);
    }
    text
}

/// A text longer than its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is {length} characters long; at most {max} are allowed")]
pub struct TooLong {
    /// Length in characters.
    pub length: usize,
    /// Longest allowed length in characters.
    pub max: usize,
}

/// Passes a text of at most `max` characters (not bytes: Persian letters take two).
///
/// # Errors
/// When the text is longer.
pub fn bounded(text: &str, max: usize) -> Result<&str, TooLong> {
    let length = text.chars().count();
    if length <= max { Ok(text) } else { Err(TooLong { length, max }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_of_all_scripts() {
        assert_eq!(ascii_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ ０９ abc"), "0123456789 0123456789 09 abc");
    }

    #[test]
    fn letter_variants_fold() {
        assert_eq!(fold_persian("كرج"), fold_persian("کرج"));
        assert_eq!(fold_persian("اسلام\u{200c}شهر"), "اسلام شهر");
        assert_eq!(fold_persian("  تـــهران \t "), "تهران");
        assert_eq!(fold_persian("مَشهَد"), "مشهد");
        assert_eq!(fold_persian("رى"), fold_persian("ري"));
    }

    #[test]
    fn hidden_characters_go() {
        assert_eq!(clean("a\0b\u{202e}c\u{2066}d\u{2069}e\u{feff}\u{7f}"), "abcde");
        assert_eq!(clean(" line\r\n two\t\tthree "), "line two three");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(clean("\u{85}\u{a0}"), "");
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(bounded("تهران", 5), Ok("تهران"));
        assert_eq!(bounded("تهران", 4), Err(TooLong { length: 5, max: 4 }));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(s in "\\PC*|.*") {
            let once = clean(&s);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(!once.chars().any(|c| c.is_control()));
            prop_assert!(!once.contains("  "));
        }

        #[test]
        fn folding_twice_changes_nothing(s in ".*") {
            let once = fold_persian(&s);
            prop_assert_eq!(fold_persian(&once), once.clone());
        }
    }
}
