//! What the ends of an operator's answers mean for a round.

use yam_carriers::TrackOutcome;
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodMoney, Snapshot};
use yam_store::Store;

/// What is told of one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// A history.
    Snapshot(Snapshot),
    /// The operator does not know the number (yet): a proper answer, which erases nothing.
    NotKnown,
    /// What became of its cash on delivery.
    Money(Vec<CodMoney>),
}

/// Sorts an outcome: what it tells of the parcel, or the trouble that tells nothing of it.
pub(crate) fn sort(
    store: &Store,
    carrier: CarrierId,
    outcome: TrackOutcome<Snapshot>,
) -> Result<Told, String> {
    let count = |metric: &str| {
        store.metrics.count(store.clock.now(), metric, &[("carrier", carrier.as_str())]);
    };
    match outcome {
        TrackOutcome::Answer(snapshot) => {
            if snapshot.unreadable > 0 {
                count("TrackingScansUnreadable");
            }
            Ok(Told::Snapshot(snapshot))
        }
        TrackOutcome::NotFound | TrackOutcome::BadCode(_) => Ok(Told::NotKnown),
        other => {
            let words = other.describe();
            count(match other {
                TrackOutcome::ShapeChanged(_) => "TrackingShapeChanged",
                TrackOutcome::Denied(_) => "TrackingDenied",
                TrackOutcome::Quota { .. } => "TrackingQuotaSpent",
                _ => "TrackingFailed",
            });
            Err(words)
        }
    }
}
