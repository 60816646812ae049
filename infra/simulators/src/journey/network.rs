//! The places of a post, as far as journeys pass through them.

use serde::Serialize;

/// An office or a sorting centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Office {
    /// The post's own code, unique in its network; a name where the post has no codes.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
}

/// A sorting centre and the offices it serves.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) centre: Office,
    pub(crate) offices: [Office; 5],
    /// Hours ahead of UTC.
    pub(crate) offset: f64,
}

/// A post.
#[derive(Debug)]
pub(crate) struct Network {
    /// Keeps the draws of two posts apart.
    pub(crate) name: &'static str,
    /// The first one holds the exchange office.
    pub(crate) regions: &'static [Region],
    /// What stands for everywhere else.
    pub(crate) abroad: Office,
    /// The share of parcels brought to the door; the others are fetched.
    pub(crate) door: f64,
    /// How long the last office keeps a parcel.
    pub(crate) storage_days: i64,
    /// From and to how many hours lie between two centres, in the median.
    pub(crate) line_hours: (f64, f64),
    /// The same from a centre to its offices.
    pub(crate) road_hours: (f64, f64),
}

/// Where a scan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Abroad,
    /// The centre of a region.
    Centre(usize),
    /// An office of a region.
    Office(usize, usize),
}

impl Place {
    /// The region, unless it lies abroad.
    pub(crate) fn region(self) -> Option<usize> {
        match self {
            Self::Abroad => None,
            Self::Centre(region) | Self::Office(region, _) => Some(region),
        }
    }
}

impl Network {
    /// What stands at a place; beyond the network lies abroad.
    pub(crate) fn office(&self, place: Place) -> Office {
        let found = match place {
            Place::Abroad => None,
            Place::Centre(region) => self.regions.get(region).map(|region| region.centre),
            Place::Office(region, office) => {
                self.regions.get(region).and_then(|region| region.offices.get(office).copied())
            }
        };
        found.unwrap_or(self.abroad)
    }

    /// Seconds ahead of UTC at a place.
    pub(crate) fn offset(&self, place: Place) -> i64 {
        let region = self.regions.get(place.region().unwrap_or(0));
        super::minutes(region.map_or(0.0, |region| region.offset)) * 60
    }
}
