//! How parcels travel at a post, and the book of these settings.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::draw::Draw;
use super::minutes;
use crate::error::Result;
use crate::store::{Store, meta, set_meta};
use crate::system::System;

/// Everything a journey depends on beside its code and its start. Shares lie between 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Journeys {
    pub(crate) seed: u64,
    /// Every code of the right format travels; otherwise only parcels the post has on its books.
    pub(crate) per_code: bool,
    /// When the first codes set out; the moment of the setting if it is not given.
    pub(crate) start: Option<Timestamp>,
    /// All codes set out within so many hours after that.
    pub(crate) spread_hours: f64,
    /// Stretches or shortens all travel, not the storage.
    pub(crate) pace: f64,
    /// Offices that hardly ever scan what arrives.
    pub(crate) silent_offices: f64,
    /// Visits to the door at which nobody opens.
    pub(crate) missed: f64,
    /// Parcels that nobody fetches, which go back.
    pub(crate) uncollected: f64,
    pub(crate) refused: f64,
    pub(crate) lost: f64,
    /// Scans that become visible hours or days after they were made.
    pub(crate) late: f64,
    /// Parcels with a wrong scan that is taken back after a while.
    pub(crate) vanished: f64,
}

impl Default for Journeys {
    fn default() -> Self {
        Self {
            seed: 1,
            per_code: true,
            start: None,
            spread_hours: 72.0,
            pace: 1.0,
            silent_offices: 0.2,
            missed: 0.15,
            uncollected: 0.07,
            refused: 0.03,
            lost: 0.005,
            late: 0.05,
            vanished: 0.02,
        }
    }
}

impl Journeys {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let shares = [
            self.silent_offices,
            self.missed,
            self.uncollected,
            self.refused,
            self.lost,
            self.late,
            self.vanished,
        ];
        if shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
            return Some("shares must lie between 0 and 1");
        }
        if !(0.01..=100.0).contains(&self.pace) {
            return Some("pace must lie between 0.01 and 100");
        }
        if !(0.0..=87_600.0).contains(&self.spread_hours) {
            return Some("spread_hours must lie between 0 and ten years");
        }
        None
    }

    /// When this code sets out.
    pub(crate) fn start_of(&self, network: &str, code: &str) -> Timestamp {
        let first = self.start.unwrap_or(Timestamp::UNIX_EPOCH).as_second();
        let mut draw = Draw::new(self.seed, &[network, "start", code]);
        let later = minutes(draw.between(0.0, self.spread_hours)) * 60;
        Timestamp::from_second(first.saturating_add(later)).unwrap_or(Timestamp::MAX)
    }
}

/// The settings of all posts; posts without any have no journeys.
pub(crate) struct Book {
    of: RwLock<HashMap<System, Arc<Journeys>>>,
}

fn key(carrier: System) -> String {
    format!("journeys_{}", carrier.name())
}

impl Book {
    /// Reads the settings of these posts.
    pub(crate) fn load(store: &Store, carriers: &[System]) -> Result<Self> {
        let mut of = HashMap::new();
        for carrier in carriers {
            let stored = store.read(|connection| meta(connection, &key(*carrier)))?;
            let journeys = match stored {
                Some(text) => serde_json::from_str::<Option<Journeys>>(&text)?,
                None => None,
            };
            if let Some(journeys) = journeys {
                of.insert(*carrier, Arc::new(journeys));
            }
        }
        Ok(Self { of: RwLock::new(of) })
    }

    /// The settings of a post, if its parcels travel.
    pub(crate) fn get(&self, carrier: System) -> Option<Arc<Journeys>> {
        self.of.read().unwrap_or_else(PoisonError::into_inner).get(&carrier).cloned()
    }

    /// Changes the settings of a post, in the store first.
    pub(crate) fn set(&self, store: &Store, carrier: System, journeys: Option<Journeys>) -> Result<()> {
        let text = serde_json::to_string(&journeys)?;
        store.write(|tx| {
            set_meta(tx, &key(carrier), &text)?;
            let mut of = self.of.write().unwrap_or_else(PoisonError::into_inner);
            match journeys {
                Some(journeys) => of.insert(carrier, Arc::new(journeys)),
                None => of.remove(&carrier),
            };
            Ok(())
        })
    }
}
