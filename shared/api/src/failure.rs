//! The table's failures as callers see them.

use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::StoreError;

/// A failure that a handler did not expect, as a problem. What the caller can repeat is 503, being
/// overtaken is 409, the rest is ours and is logged here, once.
#[must_use]
pub fn store_problem(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable(reason) => {
            tracing::warn!(%reason, "the table is not available");
            Problem::new(Kind::Unavailable).retry_after(2)
        }
        StoreError::Conflict | StoreError::Condition { .. } => Problem::new(Kind::Overtaken).retry_after(1),
        error @ (StoreError::Corrupt(_) | StoreError::Secret(_) | StoreError::Crashed(_)) => {
            tracing::error!(%error, "a request failed");
            Problem::new(Kind::Internal)
        }
    }
}
