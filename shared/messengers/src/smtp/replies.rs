//! What a server's reply means (notification notes, sections 4.4 and 6; reliability notes, section 4.10).

use jiff::SignedDuration;

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};

/// The step a reply belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Greeting, EHLO, STARTTLS.
    Hello,
    /// AUTH.
    Login,
    /// MAIL FROM.
    From,
    /// RCPT TO.
    To,
    /// DATA and the message.
    Data,
}

/// Grey-listing servers want to be asked again after some minutes.
const GREY: SignedDuration = SignedDuration::from_mins(5);

/// The end of a send by a reply that is not positive. 4xx is "not now", also after the final dot: the server
/// says that it has not taken the message. 5.7.x is policy and does not blame the address; a full mailbox is
/// tried again another day.
pub(super) fn outcome<T>(step: Step, code: u16, words: &str) -> CallOutcome<T> {
    if (400..500).contains(&code) {
        let retry_after = (step == Step::To).then_some(GREY);
        return CallOutcome::Busy { retry_after, error: error(code, words, "not now", K::Other) };
    }
    let enhanced = enhanced(words);
    let (kind, meaning) = match (step, enhanced) {
        (Step::Hello, _) => (K::Account, "the server does not talk to us"),
        (Step::Login, _) => (K::Account, "the user name or password is wrong"),
        (Step::From, _) => (K::Sender, "the server does not send for this address"),
        (_, Some((5, 2, 2))) => (K::Other, "the mailbox is full"),
        (Step::To, Some((5, 7, _))) => (K::Other, "the server's policy refuses it"),
        (Step::To, _) => (K::Number, "no such mailbox"),
        (Step::Data, Some((5, 1, _))) => (K::Number, "no such mailbox"),
        (Step::Data, _) => (K::Content, "the server refuses the message"),
    };
    refused(code, words, meaning, kind)
}

/// The enhanced status code of a reply, e.g. 5.1.1 (RFC 3463).
fn enhanced(words: &str) -> Option<(u16, u16, u16)> {
    words.split(|c: char| c.is_whitespace() || c == ':').find_map(|word| {
        let mut parts = word.trim_matches(|c: char| !c.is_ascii_digit()).split('.');
        let mut number = || parts.next()?.parse::<u16>().ok().filter(|n| *n < 1_000);
        let found = (number()?, number()?, number()?);
        (matches!(found.0, 2 | 4 | 5) && parts.next().is_none()).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replies_by_their_step() {
        for (step, code, words, kind) in [
            (Step::Hello, 554, "no service", K::Account),
            (Step::Login, 535, "5.7.8 bad credentials", K::Account),
            (Step::From, 550, "5.7.1 not yours", K::Sender),
            (Step::To, 550, "5.1.1 user unknown", K::Number),
            (Step::To, 550, "user unknown", K::Number),
            (Step::To, 552, "5.2.2 mailbox full", K::Other),
            (Step::To, 550, "5.7.1 blocked by policy", K::Other),
            (Step::Data, 554, "5.7.1 looks like spam", K::Content),
            (Step::Data, 550, "<5.1.1> no such user", K::Number),
            (Step::Data, 552, "5.2.2 full", K::Other),
        ] {
            assert_eq!(outcome::<()>(step, code, words).refusal(), Some(kind), "{step:?} {words}");
        }
        for step in [Step::Hello, Step::Login, Step::From, Step::To, Step::Data] {
            assert!(matches!(outcome::<()>(step, 450, "4.2.0 later"), CallOutcome::Busy { .. }));
        }
    }

    #[test]
    fn enhanced_codes() {
        assert_eq!(enhanced("permanent error (550): 5.1.1 user unknown"), Some((5, 1, 1)));
        assert_eq!(enhanced("mail from 10.0.0.1 refused"), None);
        assert_eq!(enhanced("version 5.1"), None);
    }

    proptest! {
        #[test]
        fn any_reply_is_read_without_harm(words in ".{0,80}", code in any::<u16>()) {
            let _end = outcome::<()>(Step::To, code, &words);
        }
    }
}
