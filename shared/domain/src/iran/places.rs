//! The post's own lists of provinces and cities.

use serde::Serialize;
use std::sync::OnceLock;

/// A province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// The post's code, 1 to 31.
    pub code: u8,
    /// Persian name.
    pub name: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// City code of its capital.
    pub capital: u32,
    /// Codes of neighbouring provinces, as published (not symmetric).
    pub(super) neighbours: Vec<u8>,
}

/// A city or village that the post routes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct City {
    /// The post's code, one to five digits: the prefix of its postal codes.
    pub code: u32,
    /// Code of its province.
    pub state: u8,
    /// Persian name, as the post spells it.
    pub name: &'static str,
}

/// All provinces, by code.
pub fn states() -> &'static [State] {
    static STATES: OnceLock<Vec<State>> = OnceLock::new();
    STATES.get_or_init(|| {
        let mut states: Vec<State> = state_lines().filter_map(read_state).collect();
        states.sort_by_key(|state| state.code);
        states
    })
}

/// The province of a code.
pub fn state(code: u8) -> Option<&'static State> {
    let states = states();
    states.binary_search_by_key(&code, |state| state.code).ok().and_then(|at| states.get(at))
}

/// The city of a code.
pub fn city(code: u32) -> Option<City> {
    let cities = cities();
    cities.binary_search_by_key(&code, |city| city.code).ok().and_then(|at| cities.get(at)).copied()
}

/// All cities, by code.
pub(super) fn cities() -> &'static [City] {
    static CITIES: OnceLock<Vec<City>> = OnceLock::new();
    CITIES.get_or_init(|| {
        let mut cities: Vec<City> = city_lines().filter_map(read_city).collect();
        cities.sort_by_key(|city| city.code);
        cities
    })
}

fn state_lines() -> impl Iterator<Item = &'static str> {
    records(include_str!("../../data/iran/states.csv"))
}

fn city_lines() -> impl Iterator<Item = &'static str> {
    records(include_str!("../../data/iran/cities.csv"))
}

/// The lines of a table without its header. The files hold no quotes, so a comma always separates.
pub(super) fn records(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().skip(1).filter(|line| !line.trim().is_empty())
}

fn read_state(line: &'static str) -> Option<State> {
    let mut fields = line.split(',').map(str::trim);
    let mut field = || fields.next();
    Some(State {
        code: field()?.parse().ok()?,
        name: field()?,
        name_en: field()?,
        capital: field()?.parse().ok()?,
        neighbours: field()?.split_whitespace().filter_map(|code| code.parse().ok()).collect(),
    })
}

fn read_city(line: &'static str) -> Option<City> {
    let mut fields = line.split(',').map(str::trim);
    let mut field = || fields.next();
    Some(City { code: field()?.parse().ok()?, state: field()?.parse().ok()?, name: field()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(states().len(), 31);
        assert_eq!(states().len(), state_lines().count());
        assert_eq!(cities().len(), city_lines().count());
        assert!(cities().len() > 2_000);
    }

    #[test]
    fn the_lists_agree_with_each_other() {
        for state in states() {
            let capital = city(state.capital).unwrap();
            assert_eq!(capital.state, state.code, "{}", state.name_en);
            assert!(state.neighbours.iter().all(|code| super::state(*code).is_some()));
        }
        for city in cities() {
            assert!(state(city.state).is_some(), "{}", city.code);
            assert!((1..=99_999).contains(&city.code), "{}", city.code);
        }
        assert!(cities().windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn look_up_by_code() {
        assert_eq!(city(71).map(|city| (city.state, city.name)), Some((5, "شیراز")));
        assert_eq!(city(72), None);
        assert_eq!(state(31).map(|state| state.name_en), Some("Alborz"));
        assert_eq!(state(0), None);
    }
}
