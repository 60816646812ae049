//! Provinces and cities with the codes all of the post's services share.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::tariff::Distance;
use crate::error::{Error, Result};

const STATES: &str = include_str!("../../../../shared/domain/data/iran/states.csv");
const CITIES: &str = include_str!("../../../../shared/domain/data/iran/cities.csv");

/// A province.
#[derive(Debug, Deserialize)]
pub(crate) struct State {
    pub(crate) code: u32,
    pub(crate) name_fa: String,
    pub(crate) name_en: String,
    neighbours: String,
}

/// A city; its code is the head of its postal codes.
#[derive(Debug, Deserialize)]
pub(crate) struct City {
    pub(crate) code: u32,
    pub(crate) state: u32,
    pub(crate) name_fa: String,
}

/// The lists.
pub(crate) struct Places {
    states: BTreeMap<u32, State>,
    cities: BTreeMap<u32, City>,
    by_state: BTreeMap<u32, Vec<u32>>,
    neighbours: BTreeSet<(u32, u32)>,
}

impl Places {
    /// Reads the bundled lists.
    pub(crate) fn load() -> Result<Self> {
        let mut places = Self {
            states: BTreeMap::new(),
            cities: BTreeMap::new(),
            by_state: BTreeMap::new(),
            neighbours: BTreeSet::new(),
        };
        for state in rows::<State>(STATES)? {
            for other in state.neighbours.split_whitespace() {
                let other = other.parse().map_err(|_| Error::Places(format!("neighbour {other:?}")))?;
                // The published list lacks a few ways back; adjacency has two ends.
                places.neighbours.extend([(state.code, other), (other, state.code)]);
            }
            places.states.insert(state.code, state);
        }
        for city in rows::<City>(CITIES)? {
            places.by_state.entry(city.state).or_default().push(city.code);
            places.cities.insert(city.code, city);
        }
        Ok(places)
    }

    /// All provinces, by code.
    pub(crate) fn states(&self) -> impl Iterator<Item = &State> {
        self.states.values()
    }

    /// The province of this code.
    pub(crate) fn state(&self, code: u32) -> Option<&State> {
        self.states.get(&code)
    }

    /// The city of this code.
    pub(crate) fn city(&self, code: u32) -> Option<&City> {
        self.cities.get(&code)
    }

    /// The cities of a province, in the order of the list.
    pub(crate) fn cities_of(&self, state: u32) -> impl Iterator<Item = &City> {
        self.by_state.get(&state).into_iter().flatten().filter_map(|code| self.cities.get(code))
    }

    /// How far the tariff thinks two provinces are apart.
    pub(crate) fn distance(&self, from: u32, to: u32) -> Distance {
        if from == to {
            Distance::InProvince
        } else if self.neighbours.contains(&(from, to)) {
            Distance::Neighbour
        } else {
            Distance::Other
        }
    }
}

fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Places(error.to_string()))
}
