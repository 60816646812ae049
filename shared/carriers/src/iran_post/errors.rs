//! How calls of both wires end, and their ends without a secret in them.

use yam_domain::ids::CarrierId;

use crate::account::Credentials;
pub(super) use crate::errors::{error, outline, own};
pub(super) use crate::finish::{finish_look_up, unanswered};
use crate::outcome::CallOutcome;

/// An outcome without a result, as one of another result.
pub(super) fn without_result<T>(outcome: CallOutcome<std::convert::Infallible>) -> CallOutcome<T> {
    match outcome {
        CallOutcome::NotSent(why) => CallOutcome::NotSent(why),
        CallOutcome::Busy { retry_after, error } => CallOutcome::Busy { retry_after, error },
        CallOutcome::Refused(error) => CallOutcome::Refused(error),
        CallOutcome::Done(never) => match never {},
        CallOutcome::Unknown(why) => CallOutcome::Unknown(why),
    }
}

/// What is done with a finished call's result, leaving every other end as it is.
pub(super) fn then<T, U>(outcome: CallOutcome<T>, with: impl FnOnce(T) -> U) -> CallOutcome<U> {
    outcome.map(with)
}

/// An outcome in one line for a report.
pub(super) fn describe<T>(outcome: &CallOutcome<T>) -> String {
    outcome.describe()
}

/// The last word on a step.
pub(super) fn finish<T>(step: &str, outcome: CallOutcome<T>, credentials: &Credentials) -> CallOutcome<T> {
    crate::finish::finish(CarrierId::IranPost, step, outcome, credentials)
}
