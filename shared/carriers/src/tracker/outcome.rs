//! How a question about parcels ended, classified once, at the edge.

use jiff::SignedDuration;
use yam_domain::ids::CarrierId;

use crate::account::Credentials;
use crate::errors::{hide, scrubbed};
use crate::outcome::OperatorError;

/// The end of a question. Only [`TrackOutcome::Answer`] says anything about a parcel; every other end
/// leaves what is known as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrackOutcome<T> {
    /// A whole answer.
    Answer(T),
    /// The operator knows nothing of it: a young number, a wrong one, one forgotten again, or a ticket that
    /// was deleted. Erases nothing.
    NotFound,
    /// Not ready, or the operator asks for patience.
    NotYet {
        /// Ask again after this, not sooner.
        retry_after: SignedDuration,
    },
    /// The day's quota is spent, until the operator's midnight.
    Quota {
        /// Its words.
        words: String,
    },
    /// The credentials are wrong or not allowed to ask.
    Denied(OperatorError),
    /// The operator is closed for the moment; a page for people instead of an answer.
    Maintenance(String),
    /// No answer, or an error of the operator's own: ask again.
    Failed(String),
    /// An answer in another shape than the protocol's. Worth an alarm, and never "not found" (trap 11).
    ShapeChanged(String),
    /// The operator says that this cannot be one of its numbers.
    BadCode(String),
}

impl<T> TrackOutcome<T> {
    /// The answer, or the same end as one of another question.
    ///
    /// # Errors
    /// Every end but [`TrackOutcome::Answer`].
    pub fn into_answer<U>(self) -> Result<T, TrackOutcome<U>> {
        match self {
            TrackOutcome::Answer(answer) => Ok(answer),
            TrackOutcome::NotFound => Err(TrackOutcome::NotFound),
            TrackOutcome::NotYet { retry_after } => Err(TrackOutcome::NotYet { retry_after }),
            TrackOutcome::Quota { words } => Err(TrackOutcome::Quota { words }),
            TrackOutcome::Denied(error) => Err(TrackOutcome::Denied(error)),
            TrackOutcome::Maintenance(words) => Err(TrackOutcome::Maintenance(words)),
            TrackOutcome::Failed(words) => Err(TrackOutcome::Failed(words)),
            TrackOutcome::ShapeChanged(words) => Err(TrackOutcome::ShapeChanged(words)),
            TrackOutcome::BadCode(words) => Err(TrackOutcome::BadCode(words)),
        }
    }

    /// What is made of the answer, leaving every other end as it is.
    #[must_use]
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> TrackOutcome<U> {
        match self.into_answer() {
            Ok(answer) => TrackOutcome::Answer(with(answer)),
            Err(other) => other,
        }
    }

    /// Whether asking about another code in the same breath would end the same.
    #[must_use]
    pub const fn holds_for_all(&self) -> bool {
        matches!(
            self,
            TrackOutcome::NotYet { .. }
                | TrackOutcome::Quota { .. }
                | TrackOutcome::Denied(_)
                | TrackOutcome::Maintenance(_)
        )
    }

    /// In one line for a report or a log.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            TrackOutcome::Answer(_) => "answered".to_owned(),
            TrackOutcome::NotFound => "nothing found".to_owned(),
            TrackOutcome::NotYet { retry_after } => {
                format!("not yet; again after {} s", retry_after.as_secs())
            }
            TrackOutcome::Quota { words } => format!("quota spent: {words}"),
            TrackOutcome::Denied(error) => format!("denied: {} {}", error.code, error.message),
            TrackOutcome::Maintenance(words) => format!("maintenance: {words}"),
            TrackOutcome::Failed(words) => format!("failed: {words}"),
            TrackOutcome::ShapeChanged(words) => format!("shape changed: {words}"),
            TrackOutcome::BadCode(words) => format!("not a number of this operator: {words}"),
        }
    }

    fn scrubbed(self, credentials: &Credentials) -> Self {
        match self {
            TrackOutcome::Answer(_) | TrackOutcome::NotFound | TrackOutcome::NotYet { .. } => self,
            TrackOutcome::Quota { words } => TrackOutcome::Quota { words: hide(words, credentials) },
            TrackOutcome::Denied(error) => TrackOutcome::Denied(scrubbed(error, credentials)),
            TrackOutcome::Maintenance(words) => TrackOutcome::Maintenance(hide(words, credentials)),
            TrackOutcome::Failed(words) => TrackOutcome::Failed(hide(words, credentials)),
            TrackOutcome::ShapeChanged(words) => TrackOutcome::ShapeChanged(hide(words, credentials)),
            TrackOutcome::BadCode(words) => TrackOutcome::BadCode(hide(words, credentials)),
        }
    }
}

/// The last word on a step: the password is blacked out of its words, and how it ended goes to the log.
pub(crate) fn ended<T>(
    carrier: CarrierId,
    step: &'static str,
    outcome: TrackOutcome<T>,
    credentials: Option<&Credentials>,
) -> TrackOutcome<T> {
    let outcome = match credentials {
        Some(credentials) => outcome.scrubbed(credentials),
        None => outcome,
    };
    match &outcome {
        TrackOutcome::ShapeChanged(words) => {
            tracing::warn!(target: "yam::carrier", carrier = %carrier, step, seen = %words, "answer has another shape");
        }
        other => {
            tracing::debug!(target: "yam::carrier", carrier = %carrier, step, outcome = %other.describe(), "step ended");
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::error;
    use crate::outcome::RefusalKind;

    #[test]
    fn no_end_shows_the_password() {
        let credentials = Credentials::new("demo", "demo-pass");
        let words = "said demo-pass".to_owned();
        for outcome in [
            TrackOutcome::<()>::Quota { words: words.clone() },
            TrackOutcome::Denied(error(3, &words, "", RefusalKind::Credentials)),
            TrackOutcome::Maintenance(words.clone()),
            TrackOutcome::Failed(words.clone()),
            TrackOutcome::ShapeChanged(words.clone()),
            TrackOutcome::BadCode(words.clone()),
        ] {
            let shown = ended(CarrierId::RussianPost, "test", outcome, Some(&credentials)).describe();
            assert!(shown.contains("said ***"), "{shown}");
        }
    }

    #[test]
    fn what_holds_for_all_is_not_asked_again() {
        assert!(TrackOutcome::<()>::Quota { words: String::new() }.holds_for_all());
        assert!(!TrackOutcome::<()>::Failed(String::new()).holds_for_all());
        assert!(!TrackOutcome::<()>::NotFound.holds_for_all());
        assert_eq!(TrackOutcome::Answer(1).map(|n| n + 1), TrackOutcome::Answer(2));
    }
}
