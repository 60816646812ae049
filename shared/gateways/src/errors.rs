//! Building errors in a gateway's words, without a secret in them.

use yam_domain::text::clean;
use yam_platform::http::{Answer, SendFailure};

use crate::account::Credentials;
use crate::outcome::{CallOutcome, GatewayError, RefusalKind};

const LONGEST_MESSAGE: usize = 500;
/// Shorter secrets would black out half of every text.
const SHORTEST_SECRET: usize = 4;

/// A gateway's error: its own words when it has any, else the protocol's meaning of the code.
pub(crate) fn error(code: impl ToString, words: &str, meaning: &str, kind: RefusalKind) -> GatewayError {
    let words = clean(words);
    let message = if words.is_empty() { meaning.to_owned() } else { words };
    GatewayError { code: code.to_string(), message: message.chars().take(LONGEST_MESSAGE).collect(), kind }
}

/// A step this gateway, or this account, does not have.
pub(crate) fn not_offered<T>(what: &str) -> CallOutcome<T> {
    CallOutcome::Refused(error("not_offered", "", what, RefusalKind::NotOffered))
}

/// A step that cannot be taken without something only a return brings.
pub(crate) fn lacks<T>(what: &str) -> CallOutcome<T> {
    let meaning = format!("{what} is not known");
    CallOutcome::Refused(error("not_known", "", &meaning, RefusalKind::NotPossible))
}

/// A call that got no answer.
pub(crate) fn unanswered<T>(failure: SendFailure) -> CallOutcome<T> {
    match failure {
        SendFailure::NotSent(why) => CallOutcome::NotSent(why),
        SendFailure::NoAnswer(why) => CallOutcome::Unknown(why),
    }
}

/// An answer that proves nothing, by its outline only: a body may echo what was sent.
pub(crate) fn outline(answer: &Answer, seen: &str) -> String {
    let media = answer.media_type();
    let media = if media.is_empty() { "no media type" } else { &media };
    let cut = if answer.complete { "" } else { ", cut" };
    format!("{seen} (HTTP {}, {media}, {} bytes{cut})", answer.status.as_u16(), answer.body.len())
}

/// The last word on a step: how it ended goes to the log, and every secret is blacked out, should a gateway
/// ever repeat one.
pub(crate) fn finish<T>(
    gateway: &'static str,
    step: &'static str,
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
    tracing::debug!(target: "yam::gateway", gateway, step, outcome = %outcome.describe(), "step ended");
    outcome
}

fn scrubbed(mut error: GatewayError, credentials: &Credentials) -> GatewayError {
    error.message = hide(error.message, credentials);
    error
}

fn hide(text: String, credentials: &Credentials) -> String {
    credentials
        .values()
        .filter(|secret| secret.len() >= SHORTEST_SECRET)
        .fold(text, |text, secret| text.replace(secret, "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_gateways_words_cleaned_and_cut() {
        let made = error(-9, &"خطا\u{202e} ".repeat(300), "validation", RefusalKind::Request);
        assert_eq!(made.message.chars().count(), LONGEST_MESSAGE);
        assert!(!made.message.contains('\u{202e}'));
        assert_eq!(error(-9, " ", "validation", RefusalKind::Request).message, "validation");
    }

    #[test]
    fn secrets_are_blacked_out() {
        let credentials = Credentials::new([("password".to_owned(), "demo-pass".to_owned())]);
        let told = CallOutcome::<()>::Refused(error(24, "bad demo-pass", "", RefusalKind::Account));
        let CallOutcome::Refused(error) = finish("mellat", "verify", told, &credentials) else { panic!() };
        assert_eq!(error.message, "bad ***");
        let told = CallOutcome::<()>::Unknown("echo demo-pass".into());
        assert_eq!(finish("mellat", "verify", told, &credentials), CallOutcome::Unknown("echo ***".into()));
    }
}
