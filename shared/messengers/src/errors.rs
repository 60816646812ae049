//! Building errors in a provider's words, without a secret or a recipient in them.

use yam_domain::text::clean;
use yam_platform::http::{Answer, SendFailure};

use crate::account::Credentials;
use crate::outcome::{CallOutcome, ProviderError, RefusalKind};

const LONGEST_MESSAGE: usize = 500;
/// Shorter secrets would black out half of every text.
const SHORTEST_SECRET: usize = 4;

/// A provider's error: its own words when it has any, else the protocol's meaning of the code.
pub(crate) fn error(code: impl ToString, words: &str, meaning: &str, kind: RefusalKind) -> ProviderError {
    let words = clean(words);
    let message = if words.is_empty() { meaning.to_owned() } else { words };
    ProviderError { code: code.to_string(), message: message.chars().take(LONGEST_MESSAGE).collect(), kind }
}

/// A refusal.
pub(crate) fn refused<T>(
    code: impl ToString,
    words: &str,
    meaning: &str,
    kind: RefusalKind,
) -> CallOutcome<T> {
    CallOutcome::Refused(error(code, words, meaning, kind))
}

/// A refusal of our own, before anything is sent.
pub(crate) fn ours<T>(meaning: &str, kind: RefusalKind) -> CallOutcome<T> {
    refused("yam", "", meaning, kind)
}

/// A step this provider, or this account, does not have.
pub(crate) fn not_offered<T>(what: &str) -> CallOutcome<T> {
    ours(what, RefusalKind::NotOffered)
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

/// The last word on a step: how it ended goes to the log, and every secret is blacked out, should a provider
/// ever repeat one.
pub(crate) fn finish<T>(
    provider: &'static str,
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
    tracing::debug!(target: "yam::messenger", provider, step, class = ?outcome.class(), "step ended");
    outcome
}

fn scrubbed(mut error: ProviderError, credentials: &Credentials) -> ProviderError {
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
    fn a_message_is_the_providers_words_cleaned_and_cut() {
        let made = error(6, &"خطا\u{202e} ".repeat(300), "forbidden", RefusalKind::Content);
        assert_eq!(made.message.chars().count(), LONGEST_MESSAGE);
        assert!(!made.message.contains('\u{202e}'));
        assert_eq!(error(6, " ", "forbidden", RefusalKind::Content).message, "forbidden");
    }

    #[test]
    fn secrets_are_blacked_out() {
        let credentials = Credentials::new([("password".to_owned(), "demo-pass".to_owned())]);
        let told = refused::<()>(2, "bad demo-pass", "", RefusalKind::Account);
        let CallOutcome::Refused(error) = finish("smsc", "send", told, &credentials) else { panic!() };
        assert_eq!(error.message, "bad ***");
        let told = CallOutcome::<()>::Unknown("echo demo-pass".into());
        assert_eq!(finish("smsc", "send", told, &credentials), CallOutcome::Unknown("echo ***".into()));
    }
}
