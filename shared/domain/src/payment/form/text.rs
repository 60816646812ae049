//! Free text of a payment: shown to the payer and the shop, and sent on by SMS and e-mail, so it carries no
//! links (a pay page must not become somebody's advertisement).

use crate::text::clean;

/// Puts in place of a link, so that a person sees that something is missing.
const REMOVED: &str = "…";

/// The text cleaned, without links, cut to `max` characters.
pub fn plain_text(text: &str, max: usize) -> String {
    let cleaned = clean(text);
    let words: Vec<&str> =
        cleaned.split(' ').map(|word| if is_link(word) { REMOVED } else { word }).collect();
    clean(&words.join(" ").chars().take(max).collect::<String>())
}

/// Whether any word of a text is a link.
pub fn carries_link(text: &str) -> bool {
    clean(text).split(' ').any(is_link)
}

/// An address with a scheme, a `www.` name, or a name that ends in a known top-level domain. Prices
/// (`12.500`), abbreviations (`т.е.`) and e-mail addresses are none.
fn is_link(word: &str) -> bool {
    let word = word.to_lowercase();
    if word.contains("://")
        || word.contains("www.")
        || word.starts_with("mailto:")
        || word.contains("javascript:")
    {
        return true;
    }
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let host = bare.split(['/', '?', '#', ':']).next().unwrap_or("");
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    !bare.contains('@') && name.chars().any(char::is_alphanumeric) && TOP_LEVEL.contains(&top)
}

const TOP_LEVEL: &[&str] = &[
    "com",
    "net",
    "org",
    "info",
    "biz",
    "ir",
    "ru",
    "kr",
    "io",
    "me",
    "xyz",
    "top",
    "site",
    "online",
    "shop",
    "store",
    "app",
    "dev",
    "link",
    "click",
    "cc",
    "tv",
    "ly",
    "gl",
    "to",
    "su",
    "рф",
    "ایران",
    "한국",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_are_taken_out() {
        for (text, plain) in [
            ("pay at https://evil.example/x now", "pay at … now"),
            ("see WWW.evil.example", "see …"),
            ("bit.ly/abc", "…"),
            ("(shop.ir)", "…"),
            ("سفارش ۱۲ در evil.com", "سفارش ۱۲ در …"),
        ] {
            assert_eq!(plain_text(text, 500), plain, "{text}");
            assert!(carries_link(text), "{text}");
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "Order 12.500, size 3.5",
            "т.е. доплата",
            "a@shop.ir",
            "هزینهٔ ارسال",
            "주문 12번.",
            "<script>alert(1)</script>",
        ] {
            assert_eq!(plain_text(text, 500), text);
            assert!(!carries_link(text), "{text}");
        }
    }

    #[test]
    fn length_is_bounded_in_characters() {
        assert_eq!(plain_text(&"س".repeat(30), 10).chars().count(), 10);
    }

    proptest! {
        #[test]
        fn no_link_is_left(text in ".*", max in 1usize..50) {
            let plain = plain_text(&text, max);
            prop_assert!(plain.chars().count() <= max);
            prop_assert!(!plain.contains("://"));
        }
    }
}
