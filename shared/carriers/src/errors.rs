//! Building errors in an operator's words, without a secret in them.

use yam_domain::text::clean;
use yam_platform::http::Answer;

use crate::account::Credentials;
use crate::outcome::{OperatorError, RefusalKind};

const LONGEST_MESSAGE: usize = 500;
/// Shorter passwords would black out half of every text.
const SHORTEST_SECRET: usize = 4;

/// An operator's error: its own words when it has any, else the protocol's meaning of the code.
pub(crate) fn error(code: impl ToString, words: &str, meaning: &str, kind: RefusalKind) -> OperatorError {
    let words = clean(words);
    let message = if words.is_empty() { meaning.to_owned() } else { words };
    OperatorError { code: code.to_string(), message: message.chars().take(LONGEST_MESSAGE).collect(), kind }
}

/// A refusal by our own check of what the operator is known to refuse.
pub(crate) fn own(code: &str, message: impl Into<String>, kind: RefusalKind) -> OperatorError {
    OperatorError { code: code.to_owned(), message: message.into(), kind }
}

/// An answer that proves nothing, by its outline only: a body may echo what was sent.
pub(crate) fn outline(answer: &Answer, seen: &str) -> String {
    let media = answer.media_type();
    let media = if media.is_empty() { "no media type" } else { &media };
    let cut = if answer.complete { "" } else { ", cut" };
    format!("{seen} (HTTP {}, {media}, {} bytes{cut})", answer.status.as_u16(), answer.body.len())
}

/// The text with every secret blacked out, should an operator ever repeat one.
pub(crate) fn hide(mut text: String, credentials: &Credentials) -> String {
    for secret in credentials.secrets() {
        if secret.len() >= SHORTEST_SECRET && text.contains(secret) {
            text = text.replace(secret, "***");
        }
    }
    text
}

/// An error with the password blacked out of its words.
pub(crate) fn scrubbed(mut error: OperatorError, credentials: &Credentials) -> OperatorError {
    error.message = hide(error.message, credentials);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let credentials = Credentials::new("demo", "demo-pass").with("key", "demo-key");
        let shown = scrubbed(
            error(-1, "bad login demo/demo-pass/demo-key", "", RefusalKind::Credentials),
            &credentials,
        );
        assert_eq!(shown.message, "bad login demo/***/***");
    }
}
