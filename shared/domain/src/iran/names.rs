//! Place names as people write them: keys for comparing, and the index from key to code.

use super::places::{City, State, cities, city, records, state, states};
use crate::text::{clean, fold_persian};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Words that people put before or after a name.
const STATE_WORDS: [&str; 4] = ["استان", "province", "ostan", "state"];
const CITY_WORDS: [&str; 5] = ["شهرستان", "شهر", "city of", "city", "shahr"];

/// A name without what people write differently: letter variants, hamza, spaces, signs, case.
pub(super) fn key(name: &str) -> String {
    let plain = |c: char| match c {
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' => 'ی',
        'ة' | 'ۀ' | 'ە' => 'ه',
        other => other,
    };
    fold_persian(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).map(plain).collect()
}

/// The province of a name or code, Persian or Latin, with or without the word "province".
pub(super) fn state_by_name(name: &str) -> Option<&'static State> {
    let name = folded(name);
    let whole = key(&name);
    let bare = STATE_WORDS.iter().find_map(|word| without_word(&name, word)).map(key);
    let code = whole.parse().ok();
    let index = state_index();
    let by_key = || index.get(&whole).or_else(|| bare.and_then(|bare| index.get(&bare))).copied();
    code.or_else(by_key).and_then(state)
}

/// The cities that a text may mean, with the province its suffix named, if any.
pub(super) fn cities_by_name(name: &str) -> (Vec<City>, Option<&'static State>) {
    let name = folded(name);
    let whole = key(&name);
    if let Some(city) = whole.parse().ok().and_then(city) {
        return (vec![city], None);
    }
    let direct = by_key(&whole);
    if !direct.is_empty() {
        return (direct, None);
    }
    if let Some(found) = without_state_suffix(&name) {
        return found;
    }
    let bare = CITY_WORDS.iter().find_map(|word| without_word(&name, word)).map(key);
    (bare.map(|bare| by_key(&bare)).unwrap_or_default(), None)
}

fn folded(name: &str) -> String {
    fold_persian(&clean(name)).to_lowercase()
}

fn by_key(key: &str) -> Vec<City> {
    let codes = city_index().get(key).map(Vec::as_slice).unwrap_or_default();
    codes.iter().filter_map(|code| city(*code)).collect()
}

/// `کرج (البرز)`, `کرج - البرز`, `Karaj, Alborz`, `کرج البرز`: the last words name the province.
fn without_state_suffix(name: &str) -> Option<(Vec<City>, Option<&'static State>)> {
    let mut breaks = name.char_indices().filter(|(_, c)| !c.is_alphanumeric());
    breaks.find_map(|(at, _)| {
        let (before, after) = name.split_at(at);
        let after = after.trim_matches(|c: char| !c.is_alphanumeric());
        // a number here is a district or a street, not a province code
        let state = state_by_name(after).filter(|_| !after.starts_with(char::is_numeric))?;
        let found = by_key(&key(before));
        (!found.is_empty()).then_some((found, Some(state)))
    })
}

/// The rest of a text that begins or ends with a word of its own.
fn without_word<'a>(name: &'a str, word: &str) -> Option<&'a str> {
    let front = name.strip_prefix(word).filter(|rest| rest.starts_with(' '));
    let back = || name.strip_suffix(word).filter(|rest| rest.ends_with(' '));
    front.or_else(back).map(str::trim).filter(|rest| !rest.is_empty())
}

fn state_index() -> &'static HashMap<String, u8> {
    static INDEX: OnceLock<HashMap<String, u8>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let own = states().iter().flat_map(|s| [(key(s.name), s.code), (key(s.name_en), s.code)]);
        let latin = latin_names("state").filter_map(|(code, name)| Some((name, u8::try_from(code).ok()?)));
        own.chain(latin).collect()
    })
}

fn city_index() -> &'static HashMap<String, Vec<u32>> {
    static INDEX: OnceLock<HashMap<String, Vec<u32>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: HashMap<String, Vec<u32>> = HashMap::new();
        let own = cities().iter().map(|city| (city.code, key(city.name)));
        for (code, name) in own.chain(latin_names("city")) {
            index.entry(name).or_default().push(code);
        }
        index
    })
}

/// Codes and keys of one kind of place in the table of Latin spellings.
fn latin_names(kind: &'static str) -> impl Iterator<Item = (u32, String)> {
    records(include_str!("../../data/iran_latin_names.csv")).filter_map(move |line| {
        let mut fields = line.split(',').map(str::trim);
        let place = fields.next()?;
        let code = fields.next()?.parse().ok()?;
        (place == kind).then_some((code, key(fields.next()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latin_name_has_a_place() {
        assert_eq!(
            latin_names("state").count() + latin_names("city").count(),
            records(include_str!("../../data/iran_latin_names.csv")).count()
        );
        assert!(latin_names("city").all(|(code, _)| city(code).is_some()));
        assert!(latin_names("state").all(|(code, _)| u8::try_from(code).is_ok_and(|c| state(c).is_some())));
        for state in states() {
            assert!(latin_names("city").any(|(code, _)| code == state.capital), "{}", state.name_en);
        }
    }

    #[test]
    fn keys_ignore_spelling() {
        assert_eq!(key("خرم آباد"), key("خرم\u{200c}اباد"));
        assert_eq!(key("Shahr-e Kord"), key("shahrekord"));
        assert_eq!(key("كرج"), key("کرج"));
    }

    #[test]
    fn provinces_by_any_name() {
        for name in ["فارس", "استان فارس", "Fars", "fars province", "5", "۵", "Ostan Fars"] {
            assert_eq!(state_by_name(name).map(|s| s.code), Some(5), "{name}");
        }
        assert_eq!(state_by_name("چهارمحال وبختیاری").map(|s| s.code), Some(24));
        assert_eq!(state_by_name(""), None);
        assert_eq!(state_by_name("استان"), None);
    }
}
