//! How calls of both wires end, and their ends without a secret in them.

use yam_platform::http::SendFailure;

use crate::account::Credentials;
pub(super) use crate::errors::{error, outline, own};
use crate::errors::{hide, scrubbed};
use crate::outcome::{CallOutcome, LookUpOutcome};

/// A call that got no answer.
pub(super) fn unanswered<T>(failure: SendFailure) -> CallOutcome<T> {
    match failure {
        SendFailure::NotSent(why) => CallOutcome::NotSent(why),
        SendFailure::NoAnswer(why) => CallOutcome::Unknown(why),
    }
}

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
    match outcome {
        CallOutcome::NotSent(why) => CallOutcome::NotSent(why),
        CallOutcome::Busy { retry_after, error } => CallOutcome::Busy { retry_after, error },
        CallOutcome::Refused(error) => CallOutcome::Refused(error),
        CallOutcome::Done(result) => CallOutcome::Done(with(result)),
        CallOutcome::Unknown(why) => CallOutcome::Unknown(why),
    }
}

/// An outcome in one line for a report.
pub(super) fn describe<T>(outcome: &CallOutcome<T>) -> String {
    match outcome {
        CallOutcome::NotSent(why) => format!("not sent: {why}"),
        CallOutcome::Busy { error, .. } => format!("busy: {} {}", error.code, error.message),
        CallOutcome::Refused(error) => format!("refused: {} {}", error.code, error.message),
        CallOutcome::Done(_) => "answered".to_owned(),
        CallOutcome::Unknown(why) => why.clone(),
    }
}

/// The last word on a step: how it ended goes to the log, and the password is blacked out, should an
/// operator ever repeat it in a text.
pub(super) fn finish<T>(step: &str, outcome: CallOutcome<T>, credentials: &Credentials) -> CallOutcome<T> {
    let outcome = scrub(outcome, credentials);
    tracing::debug!(target: "yam::carrier", carrier = "iran_post", step, outcome = %describe(&outcome), "step ended");
    outcome
}

fn scrub<T>(outcome: CallOutcome<T>, credentials: &Credentials) -> CallOutcome<T> {
    match outcome {
        CallOutcome::NotSent(why) => CallOutcome::NotSent(hide(why, credentials)),
        CallOutcome::Busy { retry_after, error } => {
            CallOutcome::Busy { retry_after, error: scrubbed(error, credentials) }
        }
        CallOutcome::Refused(error) => CallOutcome::Refused(scrubbed(error, credentials)),
        CallOutcome::Done(result) => CallOutcome::Done(result),
        CallOutcome::Unknown(why) => CallOutcome::Unknown(hide(why, credentials)),
    }
}

/// As [`finish`], for a look-up.
pub(super) fn finish_look_up<T>(outcome: LookUpOutcome<T>, credentials: &Credentials) -> LookUpOutcome<T> {
    match outcome {
        LookUpOutcome::Failed(why) => LookUpOutcome::Failed(hide(why, credentials)),
        LookUpOutcome::Hit(result) => LookUpOutcome::Hit(result),
        LookUpOutcome::Miss => LookUpOutcome::Miss,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::RefusalKind;

    fn credentials() -> Credentials {
        Credentials { username: "demo-shop".into(), password: "demo-pass".to_owned().into() }
    }

    #[test]
    fn a_repeated_password_is_blacked_out() {
        let refused: CallOutcome<()> =
            CallOutcome::Refused(error(-1, "bad login demo-shop/demo-pass", "", RefusalKind::Credentials));
        let CallOutcome::Refused(shown) = scrub(refused, &credentials()) else { panic!("refused") };
        assert_eq!(shown.message, "bad login demo-shop/***");
        let unknown: CallOutcome<()> = CallOutcome::Unknown("password=demo-pass".into());
        assert_eq!(scrub(unknown, &credentials()), CallOutcome::Unknown("password=***".into()));
    }
}
