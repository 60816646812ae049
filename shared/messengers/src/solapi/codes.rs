//! Solapi's status codes and errors (notification notes, sections 5.5 and 8).

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S, Status};

/// A code, the state, its reason, what it means as the answer to a send, and its words.
type StatusRow = (&'static str, S, Option<Cause>, Option<K>, &'static str);

/// Every `statusCode`.
pub(super) const STATUSES: &[StatusRow] = &[
    ("1010", S::Failed, Some(Cause::Content), Some(K::Request), "a field is missing"),
    ("1011", S::Failed, Some(Cause::Content), Some(K::Request), "a field has the wrong form"),
    ("1013", S::Failed, Some(Cause::Content), Some(K::Content), "a short message has no subject"),
    ("1014", S::Failed, Some(Cause::Content), Some(K::Content), "the subject is longer than 40 bytes"),
    ("1025", S::Failed, Some(Cause::Content), Some(K::Request), "the type is not valid"),
    ("1026", S::Failed, Some(Cause::Other), Some(K::Repeated), "the same recipient twice"),
    ("1028", S::Failed, Some(Cause::Content), Some(K::Content), "characters that cannot be printed"),
    ("1029", S::Failed, Some(Cause::Content), Some(K::Content), "characters outside KS X 1001"),
    ("1030", S::Failed, Some(Cause::Account), Some(K::Money), "the account has no money"),
    ("1031", S::Failed, Some(Cause::Content), Some(K::Content), "the text is too long"),
    ("1058", S::Failed, Some(Cause::NoRoute), Some(K::NoRoute), "no way to the number"),
    ("1060", S::Blocked, Some(Cause::OptedOut), Some(K::Blocked), "the number is blocked"),
    (
        "1061",
        S::Blocked,
        Some(Cause::OptedOut),
        Some(K::Blocked),
        "the recipient opted out by the 080 number",
    ),
    ("1062", S::Failed, Some(Cause::Sender), Some(K::Sender), "the sender number is not registered"),
    ("1064", S::Failed, Some(Cause::Sender), Some(K::Sender), "the sender number is blocked by KISA"),
    ("2000", S::Accepted, None, None, "accepted"),
    ("2230", S::Failed, Some(Cause::Account), Some(K::Money), "the account has no money"),
    ("2254", S::Failed, Some(Cause::Filtered), Some(K::Content), "taken for spam"),
    ("3000", S::Sent, None, None, "handed to the operator"),
    ("3010", S::Failed, Some(Cause::NoSuchRecipient), Some(K::Number), "the number is not valid"),
    ("3013", S::Failed, Some(Cause::Sender), Some(K::Sender), "the sender number is not valid"),
    ("3014", S::Unknown, None, None, "the operator told no result"),
    ("3031", S::Failed, Some(Cause::Other), Some(K::Number), "cannot be delivered"),
    ("3032", S::Failed, Some(Cause::NoSuchRecipient), Some(K::Number), "no such subscriber"),
    ("3040", S::Undelivered, Some(Cause::Expired), None, "expired"),
    ("3041", S::Undelivered, Some(Cause::Busy), None, "busy"),
    ("3042", S::Undelivered, Some(Cause::Unreachable), None, "out of reach"),
    ("3043", S::Undelivered, Some(Cause::Unreachable), None, "the phone is off"),
    ("3044", S::Undelivered, Some(Cause::Full), None, "the phone is full"),
    ("3045", S::Undelivered, Some(Cause::Handset), None, "the subscriber is suspended"),
    ("3047", S::Blocked, Some(Cause::OptedOut), Some(K::Blocked), "rejected by the recipient"),
    ("3048", S::Unknown, None, None, "the operator told no result"),
    ("3053", S::Undelivered, Some(Cause::Full), None, "the operator's queue is full"),
    ("3054", S::Blocked, Some(Cause::Filtered), Some(K::Blocked), "taken for spam by the operator"),
    ("3055", S::Failed, Some(Cause::Filtered), Some(K::Content), "taken for spam by the phone"),
    ("3058", S::Failed, Some(Cause::NoRoute), Some(K::NoRoute), "no way to the number"),
    ("3059", S::Failed, Some(Cause::Sender), Some(K::Sender), "the sender number was taken for a forged one"),
    ("3108", S::Undelivered, Some(Cause::Other), None, "Kakao sends this from 08:00 to 20:00 only"),
    ("4000", S::Delivered, None, None, "delivered"),
];

/// What an `errorCode` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No.
    Refused(K),
    /// The signature was seen before: the first call got in.
    GotIn,
    /// The signature is too old or too new.
    Skewed,
}

/// `errorCode` of HTTP 400 and 403. The notes have the four about keys and signatures; the last two are those of the
/// vendor's clients [a].
pub(super) const ERRORS: &[(&str, Class, &str)] = &[
    ("InvalidAPIKey", Class::Refused(K::Account), "the API key is not valid"),
    ("SignatureDoesNotMatch", Class::Refused(K::Account), "the API secret is not valid"),
    ("DuplicatedSignature", Class::GotIn, "this very call came before"),
    ("RequestTimeTooSkewed", Class::Skewed, "the time of the call is more than 15 minutes off"),
    ("ValidationError", Class::Refused(K::Request), "a field is not valid"),
    ("NotEnoughBalance", Class::Refused(K::Money), "the account has no money"),
];

/// The end of a call that was answered with an error. `unclear`: earlier sends may have got in.
pub(super) fn failed<T>(code: &str, words: &str, unclear: bool) -> CallOutcome<T> {
    match ERRORS.iter().find(|(known, _, _)| *known == code) {
        // Refused before the signature was looked for among the used ones [a].
        Some((_, Class::Refused(K::Account), meaning)) if unclear => {
            CallOutcome::Unknown(format!("{code}: {meaning}; an earlier send may be in"))
        }
        Some((_, Class::Refused(kind), meaning)) => refused(code, words, meaning, *kind),
        Some((_, Class::GotIn, meaning)) => {
            CallOutcome::Unknown(format!("{code}: {meaning}; wait for its receipt"))
        }
        // Nothing was done by this call; what an earlier one did is open.
        Some((_, Class::Skewed, meaning)) if unclear => CallOutcome::Unknown(format!("{code}: {meaning}")),
        Some((_, Class::Skewed, meaning)) => {
            CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Account) }
        }
        None => refused(code, words, "an error that is not documented", K::Other),
    }
}

/// The end of a send by the `statusCode` of its message: only 2000 and what follows it is success.
pub(super) fn taken(code: &str, words: &str) -> CallOutcome<S> {
    match STATUSES.iter().find(|(known, ..)| *known == code) {
        Some((_, _, _, Some(kind), meaning)) => refused(code, words, meaning, *kind),
        Some((_, state @ (S::Accepted | S::Sent | S::Delivered), ..)) => CallOutcome::Done(*state),
        Some((.., meaning)) => CallOutcome::Unknown(format!("{code}: {meaning}")),
        None if is_code(code) && code.starts_with('1') => {
            refused(code, words, "refused at the intake", K::Other)
        }
        None => CallOutcome::Unknown(format!("status {code} is not documented")),
    }
}

fn is_code(code: &str) -> bool {
    code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit())
}

/// Where a message stands by its `statusCode`. Its first digit tells the stage, so that a code nobody listed
/// has a state too.
pub(super) fn status(code: &str) -> Option<Status> {
    if let Some((_, state, cause, _, meaning)) = STATUSES.iter().find(|(known, ..)| *known == code) {
        return Some(Status::new(*state, *cause, code, *meaning));
    }
    match code.bytes().next().filter(|_| is_code(code))? {
        b'1' => Some(Status::new(S::Failed, Some(Cause::Other), code, "refused at the intake")),
        b'2' => Some(Status::new(S::Failed, Some(Cause::Other), code, "an error of the platform")),
        b'3' => Some(Status::new(S::Undelivered, Some(Cause::Other), code, "an error of the operator")),
        _ => None,
    }
}
