//! What is assumed before anything was learned, and whose experience counts for whom.

use serde::{Deserialize, Serialize};

use super::grid::{BINS, EDGES, LAGS};
use crate::ids::CarrierId;
use crate::tracking::scan::Office;

/// Whose experience it is. Each level leans on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DwellLevel {
    /// All parcels of a carrier.
    Carrier,
    /// All parcels to a region.
    Region,
    /// All parcels from one sorting centre's region to a region.
    Route,
}

/// As how many parcels of its own the level before it counts.
pub(super) struct Leaning {
    /// In the times.
    pub(super) dwell: f64,
    /// In the share of unscanned arrivals.
    pub(super) silent: f64,
    /// In the lags.
    pub(super) lag: f64,
}

impl DwellLevel {
    /// A route must soon be believed about its slowest parcels, so it leans little.
    pub(super) fn leaning(self) -> Leaning {
        match self {
            DwellLevel::Carrier => Leaning { dwell: 20.0, silent: 20.0, lag: 10.0 },
            DwellLevel::Region => Leaning { dwell: 8.0, silent: 15.0, lag: 8.0 },
            DwellLevel::Route => Leaning { dwell: 4.0, silent: 10.0, lag: 5.0 },
        }
    }
}

/// Keys of the experience that bears on a way, coarsest first: carrier, region of destination, route.
/// Levels whose places are not known are left out.
pub fn dwell_keys(
    carrier: CarrierId,
    origin: Option<&Office>,
    destination: Option<&Office>,
) -> Vec<(DwellLevel, String)> {
    let mut keys = vec![(DwellLevel::Carrier, carrier.to_string())];
    if let Some(to) = destination.and_then(region) {
        keys.push((DwellLevel::Region, format!("{carrier}>{to}")));
        if let Some(from) = origin.and_then(region) {
            keys.push((DwellLevel::Route, format!("{carrier}:{from}>{to}")));
        }
    }
    keys
}

/// First three characters of the index (Russia: the sorting area), else the first part of the name
/// (Iran: the province), at most 16 characters.
fn region(office: &Office) -> Option<String> {
    match office.index.as_deref().map(str::trim) {
        Some(index) if !index.is_empty() => Some(index.chars().take(3).collect()),
        _ => office.name.as_deref().and_then(first_part),
    }
}

fn first_part(name: &str) -> Option<String> {
    let part = name.split(['،', ',', '(']).next()?.trim();
    (!part.is_empty()).then(|| part.chars().take(16).collect())
}

/// Log-logistic times: a median in hours and a shape, the greater the narrower.
struct Times {
    median: f64,
    shape: f64,
}

impl Times {
    fn before(&self, hours: f64) -> f64 {
        let (x, m) = (hours.powf(self.shape), self.median.powf(self.shape));
        x / (x + m)
    }

    /// Mass of each bin; the last one takes the rest.
    fn masses(&self, total: f64) -> [f64; BINS] {
        std::array::from_fn(|bin| {
            let until = if bin + 1 == BINS { 1.0 } else { self.before(EDGES[bin + 1]) };
            total * (until - self.before(EDGES[bin]))
        })
    }
}

/// What is assumed of a carrier: masses of arriving and of going on, unscanned share, lags.
pub(super) struct Assumed {
    pub(super) arriving: [f64; BINS],
    pub(super) onward: [f64; BINS],
    pub(super) silent: f64,
    pub(super) lag: [f64; LAGS],
}

/// The prior table. Guesses, wide on purpose: they only have to be better than nothing for the first
/// parcels. Three in ten parcels that leave a centre are assumed to go to another one.
pub(super) fn assumed(carrier: CarrierId) -> Assumed {
    let (arriving, onward, silent) = match carrier {
        CarrierId::RussianPost => {
            (Times { median: 36.0, shape: 3.0 }, Times { median: 60.0, shape: 2.6 }, 0.15)
        }
        CarrierId::KoreaPost => {
            (Times { median: 12.0, shape: 3.0 }, Times { median: 18.0, shape: 2.6 }, 0.05)
        }
        CarrierId::IranPost => (Times { median: 36.0, shape: 2.5 }, Times { median: 60.0, shape: 2.2 }, 0.2),
    };
    Assumed {
        arriving: arriving.masses(0.7),
        onward: onward.masses(0.3),
        silent,
        lag: [0.3, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02],
    }
}
