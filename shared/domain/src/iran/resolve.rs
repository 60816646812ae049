//! From what the buyer wrote to the post's city code.

use super::names::{cities_by_name, key, state_by_name};
use super::places::{City, State};
use super::postal::{city_of_postal_code, postal_code_matches};

/// Karaj's province; until 2010 part of Tehran's, and still written so by many shops.
const ALBORZ: u8 = 31;
const TEHRAN: u8 = 1;

/// Why no city could be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CityError {
    /// Neither a city nor a postal code was given.
    #[error("give the city, or the ten-digit postal code")]
    Missing,
    /// No such city.
    #[error("Iran Post knows no city of this name; check the spelling, or give the ten-digit postal code")]
    Unknown,
    /// Several cities of this name.
    #[error("several cities have this name; give the region or the postal code too")]
    Ambiguous(Vec<City>),
    /// The city exists, but not in the region.
    #[error("this city is not in the given region; check the region")]
    NotInRegion(Vec<City>),
}

impl CityError {
    /// Cities that may have been meant.
    pub fn candidates(&self) -> &[City] {
        match self {
            CityError::Ambiguous(cities) | CityError::NotInRegion(cities) => cities,
            CityError::Missing | CityError::Unknown => &[],
        }
    }
}

/// The province of a name (Persian or English) or code.
pub fn resolve_state(region: &str) -> Option<&'static State> {
    state_by_name(region)
}

/// Finds the city that region, city and postal code mean together.
///
/// Names may be Persian in any spelling, the post's codes, or English for provinces and their capitals;
/// the city may carry its province (`کرج، البرز`). A name that several cities share is settled by the
/// region, then by the postal code, whose first digits are the city code. A name that the post does not
/// list (a village, a quarter) is settled by the postal code alone, unless the region disagrees.
/// A region that is no province is ignored.
///
/// # Errors
/// When nothing was given, nothing fits, or more than one city fits.
pub fn resolve_city(
    region: Option<&str>,
    city: Option<&str>,
    postal_code: Option<&str>,
) -> Result<City, CityError> {
    let region = region.and_then(state_by_name);
    let by_postal_code = postal_code.and_then(city_of_postal_code);
    let Some(name) = city.filter(|name| !key(name).is_empty()) else {
        let found = by_postal_code.ok_or(CityError::Missing)?;
        return if lies_in(&found, region) { Ok(found) } else { Err(CityError::NotInRegion(vec![found])) };
    };
    let (named, suffix) = cities_by_name(name);
    let region = region.or(suffix);
    if named.is_empty() {
        return by_postal_code.filter(|found| lies_in(found, region)).ok_or(CityError::Unknown);
    }
    let near: Vec<City> = in_region(&named, region);
    if near.is_empty() {
        return Err(CityError::NotInRegion(named));
    }
    settle(near, postal_code)
}

/// The only candidate, or the one whose code begins the postal code.
fn settle(candidates: Vec<City>, postal_code: Option<&str>) -> Result<City, CityError> {
    if let [only] = candidates.as_slice() {
        return Ok(*only);
    }
    let matching = candidates
        .iter()
        .filter(|city| postal_code.is_some_and(|code| postal_code_matches(city, code)))
        .max_by_key(|city| city.code.to_string().len());
    matching.copied().ok_or(CityError::Ambiguous(candidates))
}

/// The candidates inside the region; those of Alborz count for Tehran when Tehran has none itself.
fn in_region(named: &[City], region: Option<&State>) -> Vec<City> {
    let inside: Vec<City> = named.iter().copied().filter(|city| lies_in(city, region)).collect();
    if inside.is_empty() && region.is_some_and(|state| state.code == TEHRAN) {
        return named.iter().copied().filter(|city| city.state == ALBORZ).collect();
    }
    inside
}

fn lies_in(city: &City, region: Option<&State>) -> bool {
    region.is_none_or(|state| state.code == city.state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran::places::{cities, state, states};
    use proptest::prelude::*;

    fn code(region: &str, city: &str, postal: &str) -> Result<u32, CityError> {
        let option = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        resolve_city(option(region).as_deref(), option(city).as_deref(), option(postal).as_deref())
            .map(|city| city.code)
    }

    #[test]
    fn cities_in_many_spellings() {
        for (region, city, expected) in [
            ("تهران", "تهران", 1),
            ("", "كرج", 31),
            ("فارس", "شيراز", 71),
            ("Fars", "Shiraz", 71),
            ("استان البرز", "كرج", 31),
            ("", "کرج البرز", 31),
            ("", "کرج (البرز)", 31),
            ("", "کرج، استان البرز", 31),
            ("", "Karaj, Alborz", 31),
            ("تهران", "کرج", 31),
            ("", "اسلام\u{200c}شهر", 331),
            ("لرستان", "خرم اباد", 681),
            ("", "شهرکرد", 881),
            ("", "شهر رشت", 41),
            ("", "شهرستان رشت", 41),
            ("", "Isfahan", 81),
            ("", "city of Qom", 371),
            ("", "71", 71),
            ("Narnia", "رشت", 41),
        ] {
            assert_eq!(code(region, city, ""), Ok(expected), "{region} {city}");
        }
    }

    #[test]
    fn every_capital_is_found_in_persian_and_english() {
        for state in states() {
            let capital = super::super::places::city(state.capital).unwrap();
            let found = resolve_city(Some(state.name), Some(capital.name), None);
            assert_eq!(found.map(|city| city.code), Ok(state.capital), "{}", state.name_en);
            assert_eq!(resolve_state(state.name_en), super::super::places::state(state.code));
        }
    }

    #[test]
    fn every_city_is_found_by_its_own_name_region_and_code() {
        for city in cities() {
            let region = state(city.state).unwrap().name;
            let prefix = format!("{:1<10}", city.code);
            let found = resolve_city(Some(region), Some(city.name), Some(&prefix));
            match found {
                Ok(found) => assert_eq!(found.code, city.code, "{}", city.name),
                Err(error) => assert!(error.candidates().contains(city), "{} {error:?}", city.name),
            }
        }
    }

    #[test]
    fn one_name_in_two_provinces_needs_more() {
        let mut seen = std::collections::HashMap::new();
        let twins = cities().iter().find_map(|city| {
            seen.insert(key(city.name), *city).filter(|other| other.state != city.state).map(|o| (o, *city))
        });
        let (a, b) = twins.unwrap();
        assert!(matches!(code("", a.name, ""), Err(CityError::Ambiguous(_))));
        for city in [a, b] {
            assert_eq!(code(state(city.state).unwrap().name, city.name, ""), Ok(city.code));
        }
    }

    #[test]
    fn a_village_may_bear_a_capitals_name() {
        let Err(CityError::Ambiguous(candidates)) = code("", "شیراز", "") else { panic!() };
        assert_eq!(candidates.iter().map(|city| city.code).collect::<Vec<_>>(), [71, 55_431]);
        assert_eq!(code("", "شیراز", "7134567891"), Ok(71));
        assert_eq!(code("", "شیراز", "5543111111"), Ok(55_431));
        assert_eq!(code("آذربایجان شرقی", "شیراز", ""), Ok(55_431));
    }

    #[test]
    fn one_name_twice_in_a_province_needs_the_postal_code() {
        let Err(CityError::Ambiguous(candidates)) = code("گیلان", "چوبر", "") else { panic!() };
        let codes: Vec<u32> = candidates.iter().map(|city| city.code).collect();
        assert_eq!(codes, [43_561, 43_780]);
        assert_eq!(code("گیلان", "چوبر", "4356111111"), Ok(43_561));
    }

    #[test]
    fn the_postal_code_alone() {
        assert_eq!(code("", "", "7134567891"), Ok(71));
        assert_eq!(code("", "", "۱۳۱۱۱-۱۱۱۱۱"), Ok(1));
        assert_eq!(code("", "روستای ناشناخته", "7134567891"), Ok(71));
        assert_eq!(code("فارس", "روستای ناشناخته", "7134567891"), Ok(71));
        assert_eq!(code("تهران", "روستای ناشناخته", "7134567891"), Err(CityError::Unknown));
        assert!(matches!(code("تهران", "", "7134567891"), Err(CityError::NotInRegion(_))));
        assert_eq!(code("", "", ""), Err(CityError::Missing));
        assert_eq!(code("فارس", " ", "junk"), Err(CityError::Missing));
        assert_eq!(code("", "Atlantis", ""), Err(CityError::Unknown));
    }

    #[test]
    fn a_wrong_region_is_told() {
        let Err(CityError::NotInRegion(candidates)) = code("فارس", "رشت", "") else { panic!() };
        assert_eq!(candidates.iter().map(|city| city.code).collect::<Vec<_>>(), [41]);
    }

    proptest! {
        #[test]
        fn never_panics(region in proptest::option::of(".*"), city in proptest::option::of(".*"), code in proptest::option::of(".*")) {
            let _ = resolve_city(region.as_deref(), city.as_deref(), code.as_deref());
        }
    }
}
