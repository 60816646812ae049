//! The probably-arrived model (D3): how likely is it that a silent parcel has arrived?
//!
//! A parcel left a sorting centre and nothing was heard since. Three things can be true: it still
//! travels; it arrived at an office that does not scan arrivals; it arrived and the scan is not visible
//! yet. With `e` the time since it left,
//!
//! ```text
//!   P(arrived | silent for e) = (s·A(e) + (1 - s)·(A(e) - V(e))) / (T(e) + the same)
//!
//!   T(e)  still travelling: neither arrived nor seen at another sorting centre before e
//!   A(e)  arrived before e          V(e)  arrived, and its scan would be visible before e
//!   s     share of arrivals that are never scanned (the next scan is a delivery, or none)
//! ```
//!
//! All four are learned per route from the hub's own events:
//! * travelling and arriving are estimated as a life table with two ways to leave it, arrival and "seen
//!   at another sorting centre" (else a train of five days to the next centre would look like five days
//!   of silence at the office). Parcels still on their way count in it as long as they are (right
//!   censored), so a fast first third of a bunch does not look like the whole of it; their share among
//!   the silent ones is found by a few rounds of expectation and maximisation;
//! * scanned arrivals stand for the unscanned ones: whether an office scans is taken not to depend on
//!   how long the way was;
//! * what a route has not seen often comes from its region, the region's from the carrier, the
//!   carrier's from a prior table, each counting as a few parcels;
//! * old parcels fade: when a route has counted 1,024 parcels all counts are halved.
//!
//! Two figures bound what is told, both settings: the probability from which on a parcel is called
//! probably arrived, and the *false alarms*: of all parcels that left on this route, the share that
//! would be called so before they arrived, which is `T` at that moment. So a threshold alone cannot flood
//! a route whose offices hardly scan. *Recall* is the share of unscanned arrivals that are called so by a
//! day after they arrived. The test module `simulation` measures both, and the calibration, on routes the
//! code does not know.

mod estimate;
mod grid;
mod legs;
mod packed;
mod prior;
#[cfg(test)]
mod simulation;
mod stats;
#[cfg(test)]
mod tests;

pub use estimate::{DwellEstimate, DwellStep};
pub use legs::{DwellLesson, DwellOutcome, Leg, legs, lessons};
pub use packed::NotDwellStats;
pub use prior::{DwellLevel, dwell_keys};
pub use stats::DwellStats;
