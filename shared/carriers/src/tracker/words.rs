//! Operators' words, as they are kept beside our reading.

use yam_domain::text::clean;
use yam_domain::tracking::Office;

/// Characters kept of a text.
const LONGEST: usize = 300;

/// A text cleaned and cut. Nearly all texts need neither, which is seen faster than it is done.
pub(crate) fn words(text: &str) -> String {
    let text = text.trim();
    if text.len() <= LONGEST && is_plain(text) {
        return text.to_owned();
    }
    clean(text).chars().take(LONGEST).collect()
}

/// An office by what is told of it; none when that is nothing.
pub(crate) fn office(index: &str, name: &str) -> Option<Office> {
    let told = |text: &str| Some(words(text)).filter(|text| !text.is_empty());
    let (index, name) = (told(index), told(name));
    (index.is_some() || name.is_some()).then_some(Office { index, name })
}

/// Whether cleaning would change nothing, by the bytes alone: visible ASCII, letters of blocks in which
/// nothing is hidden, single spaces. Doubtful blocks (such as Arabic, general punctuation) say no.
fn is_plain(text: &str) -> bool {
    let mut after_space = false;
    text.bytes().all(|byte| {
        let plain = match byte {
            b' ' => !after_space,
            0x21..=0x7e | 0x80..=0xbf | 0xc3..=0xd7 | 0xd9..=0xdf | 0xe0 | 0xe4..=0xee => true,
            _ => false,
        };
        after_space = byte == b' ';
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(words("  Покинуло сортировочный центр "), "Покинуло сортировочный центр");
        assert_eq!(words("a \u{202e} b\r\nc\u{a0}d"), "a b c d");
        assert_eq!(words(&"я".repeat(400)).chars().count(), 300);
        assert_eq!(office(" ", "\u{200b}"), None);
        let only_name = Office { index: None, name: Some("서울중앙우체국".into()) };
        assert_eq!(office("", "서울중앙우체국"), Some(only_name));
    }

    proptest! {
        #[test]
        fn the_fast_way_and_the_slow_way_agree(text in "\\PC{0,60}|.{0,60}|[ a-zа-я가-힣ا-ی\u{0}-\u{20}\u{2000}-\u{2010}]{0,60}") {
            prop_assert_eq!(words(&text), clean(&text));
        }
    }
}
