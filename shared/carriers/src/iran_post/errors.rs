//! Building errors in the operator's words, without a secret in them.

use yam_domain::text::clean;
use yam_platform::http::{Answer, SendFailure};
use yam_platform::secrets::ExposeSecret as _;

use crate::account::Credentials;
use crate::outcome::{CallOutcome, LookUpOutcome, OperatorError, RefusalKind};

const LONGEST_MESSAGE: usize = 500;
/// Shorter passwords would black out half of every text.
const SHORTEST_SECRET: usize = 4;

/// An operator's error: its own words when it has any, else the protocol's meaning of the code.
pub(super) fn error(code: impl ToString, words: &str, meaning: &str, kind: RefusalKind) -> OperatorError {
    let words = clean(words);
    let message = if words.is_empty() { meaning.to_owned() } else { words };
    OperatorError { code: code.to_string(), message: message.chars().take(LONGEST_MESSAGE).collect(), kind }
}

/// A refusal by our own check of what the operator is known to refuse.
pub(super) fn own(code: &str, message: impl Into<String>, kind: RefusalKind) -> OperatorError {
    OperatorError { code: code.to_owned(), message: message.into(), kind }
}

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

/// An answer that proves nothing, by its outline only: a body may echo what was sent.
pub(super) fn outline(answer: &Answer, seen: &str) -> String {
    let media = answer.media_type();
    let media = if media.is_empty() { "no media type" } else { &media };
    let cut = if answer.complete { "" } else { ", cut" };
    format!("{seen} (HTTP {}, {media}, {} bytes{cut})", answer.status.as_u16(), answer.body.len())
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
            CallOutcome::Busy { retry_after, error: scrub_error(error, credentials) }
        }
        CallOutcome::Refused(error) => CallOutcome::Refused(scrub_error(error, credentials)),
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

fn scrub_error(mut error: OperatorError, credentials: &Credentials) -> OperatorError {
    error.message = hide(error.message, credentials);
    error
}

fn hide(text: String, credentials: &Credentials) -> String {
    let password = credentials.password.expose_secret();
    if password.len() < SHORTEST_SECRET || !text.contains(password) {
        return text;
    }
    text.replace(password, "***")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials { username: "demo-shop".into(), password: "demo-pass".to_owned().into() }
    }

    #[test]
    fn a_message_is_the_operators_words_cleaned_and_cut() {
        let long = "خطا\u{202e} ".repeat(300);
        let made = error(-2, &long, "product not found", RefusalKind::Goods);
        assert_eq!(made.message.chars().count(), 500);
        assert!(!made.message.contains('\u{202e}'));
        assert_eq!(error(-2, "  ", "product not found", RefusalKind::Goods).message, "product not found");
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
