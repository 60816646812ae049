//! The last word on a step: every secret is blacked out of its words, should an operator ever repeat one,
//! and how it ended goes to the log.

use yam_domain::ids::CarrierId;
use yam_platform::http::SendFailure;

use crate::account::Credentials;
use crate::errors::{hide, scrubbed};
use crate::outcome::{CallOutcome, LookUpOutcome};

/// A call that got no answer.
pub(crate) fn unanswered<T>(failure: SendFailure) -> CallOutcome<T> {
    match failure {
        SendFailure::NotSent(why) => CallOutcome::NotSent(why),
        SendFailure::NoAnswer(why) => CallOutcome::Unknown(why),
    }
}

/// Ends a step.
pub(crate) fn finish<T>(
    carrier: CarrierId,
    step: &str,
    outcome: CallOutcome<T>,
    credentials: &Credentials,
) -> CallOutcome<T> {
    let outcome = match outcome {
        CallOutcome::NotSent(why) => CallOutcome::NotSent(hide(why, credentials)),
        CallOutcome::Busy { retry_after, error } => {
            CallOutcome::Busy { retry_after, error: scrubbed(error, credentials) }
        }
        CallOutcome::Refused(error) => CallOutcome::Refused(scrubbed(error, credentials)),
        CallOutcome::Done(result) => CallOutcome::Done(result),
        CallOutcome::Unknown(why) => CallOutcome::Unknown(hide(why, credentials)),
    };
    tracing::debug!(target: "yam::carrier", carrier = %carrier, step, outcome = %outcome.describe(), "step ended");
    outcome
}

/// Ends a look-up.
pub(crate) fn finish_look_up<T>(outcome: LookUpOutcome<T>, credentials: &Credentials) -> LookUpOutcome<T> {
    match outcome {
        LookUpOutcome::Failed(why) => LookUpOutcome::Failed(hide(why, credentials)),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::error;
    use crate::outcome::RefusalKind;

    #[test]
    fn a_repeated_secret_is_blacked_out() {
        let credentials = Credentials::new("demo-shop", "demo-pass").with("key", "demo-key-1");
        let finish = |outcome: CallOutcome<()>| finish(CarrierId::IranPost, "test", outcome, &credentials);
        let words = "bad login demo-shop/demo-pass with demo-key-1";
        let refused = CallOutcome::Refused(error(-1, words, "", RefusalKind::Credentials));
        let CallOutcome::Refused(shown) = finish(refused) else { panic!("refused") };
        assert_eq!(shown.message, "bad login demo-shop/*** with ***");
        let unknown = CallOutcome::Unknown("password=demo-pass".into());
        assert_eq!(finish(unknown), CallOutcome::Unknown("password=***".into()));
    }
}
