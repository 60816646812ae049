//! Errors of SNS and what its delivery log says (notification notes, section 4.2).

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S};

/// What an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Not now.
    Busy,
    /// No.
    Refused(K),
    /// Proves nothing.
    Unclear,
}

/// Error codes; SDKs append `Exception` to some of them.
pub(super) const ERRORS: &[(&str, Class, &str)] = &[
    ("InvalidParameter", Class::Refused(K::Request), "a parameter is not valid"),
    ("ParameterValueInvalid", Class::Refused(K::Request), "a parameter's value is not valid"),
    ("InvalidParameterValue", Class::Refused(K::Request), "a parameter's value is not valid"),
    ("Validation", Class::Refused(K::Request), "the request is not valid"),
    ("AuthorizationError", Class::Refused(K::Account), "the function's role may not publish"),
    ("AccessDenied", Class::Refused(K::Account), "the function's role may not publish"),
    ("InvalidClientTokenId", Class::Refused(K::Account), "the credentials are not known"),
    ("UnrecognizedClient", Class::Refused(K::Account), "the credentials are not known"),
    ("SignatureDoesNotMatch", Class::Refused(K::Account), "the signature is not valid"),
    ("ExpiredToken", Class::Refused(K::Account), "the role's credentials have expired"),
    ("OptedOut", Class::Refused(K::Blocked), "the recipient opted out"),
    ("Throttled", Class::Busy, "too many messages"),
    ("Throttling", Class::Busy, "too many messages"),
    ("InternalError", Class::Unclear, "an internal error"),
    ("InternalFailure", Class::Unclear, "an internal error"),
];

/// The end of a publish by its error.
pub(super) fn failed<T>(status: u16, code: &str, words: &str) -> CallOutcome<T> {
    let bare = code.strip_suffix("Exception").unwrap_or(code);
    match ERRORS.iter().find(|(known, _, _)| *known == bare) {
        Some((_, Class::Busy, meaning)) => {
            CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Other) }
        }
        Some((_, Class::Refused(K::Request), meaning)) if words.contains("PhoneNumber") => {
            refused(code, words, meaning, K::Number)
        }
        Some((_, Class::Refused(kind), meaning)) => refused(code, words, meaning, *kind),
        Some((_, Class::Unclear, meaning)) => CallOutcome::Unknown(format!("{code}: {meaning}")),
        None if status == 429 => CallOutcome::Busy {
            retry_after: None,
            error: error(status, words, "too many requests", K::Other),
        },
        None if (400..500).contains(&status) && status != 408 && !code.is_empty() => {
            refused(code, words, "an error that is not documented", K::Other)
        }
        None => CallOutcome::Unknown(format!("HTTP {status} with an error that is not documented")),
    }
}

/// What stands in `providerResponse` of a failure, in lower case. The first that fits counts.
pub(super) const RESPONSES: &[(&str, S, Cause)] = &[
    ("opted out", S::Blocked, Cause::OptedOut),
    ("blocked sms", S::Blocked, Cause::OptedOut),
    ("phone is on a blocked list", S::Blocked, Cause::OptedOut),
    ("destination is on a blocked list", S::Blocked, Cause::OptedOut),
    ("spam", S::Failed, Cause::Filtered),
    ("invalid phone number", S::Failed, Cause::NoSuchRecipient),
    ("message body is invalid", S::Failed, Cause::Content),
    ("carrier has blocked", S::Failed, Cause::Filtered),
    ("carrier is currently unreachable", S::Undelivered, Cause::Unreachable),
    ("phone is currently unreachable", S::Undelivered, Cause::Unreachable),
    ("exceed max price", S::Failed, Cause::Account),
];

/// Where a message stands by what the operator answered; what is not known may work another day.
pub(super) fn failure(response: &str) -> (S, Cause) {
    let response = response.to_lowercase();
    let found = RESPONSES.iter().find(|(part, _, _)| response.contains(part));
    found.map_or((S::Undelivered, Cause::Other), |(_, state, cause)| (*state, *cause))
}
