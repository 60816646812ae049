//! Kavenegar's results and statuses (notification notes, section 5.3).

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S, Status};

/// What a `return.status` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Success.
    Done,
    /// Not now.
    Busy,
    /// No.
    Refused(K),
}

/// `return.status`.
pub(super) const RESULTS: &[(i64, Class, &str)] = &[
    (200, Class::Done, "accepted"),
    (400, Class::Refused(K::Request), "parameters are missing"),
    (401, Class::Refused(K::Account), "the account is disabled"),
    (402, Class::Refused(K::Other), "the operation failed"),
    (403, Class::Refused(K::Account), "the API key is not valid"),
    (404, Class::Refused(K::Request), "no such method"),
    (405, Class::Refused(K::Request), "the wrong verb"),
    (406, Class::Refused(K::Request), "a mandatory parameter is empty"),
    (
        407,
        Class::Refused(K::Account),
        "not permitted; put the hub's address on the list in Kavenegar's panel",
    ),
    (409, Class::Busy, "the server is busy"),
    (411, Class::Refused(K::Number), "the receptor is not valid"),
    (412, Class::Refused(K::Sender), "the sender is not valid"),
    (413, Class::Refused(K::Content), "the text is empty or longer than 900 characters"),
    (414, Class::Refused(K::Request), "too many records"),
    (415, Class::Refused(K::Request), "the index is out of range"),
    (416, Class::Refused(K::Account), "the address is not that of the account's settings"),
    (417, Class::Refused(K::Request), "the date is not valid"),
    (418, Class::Refused(K::Money), "the account has no credit"),
    (419, Class::Refused(K::Request), "the arrays differ in length"),
    (420, Class::Refused(K::Content), "links are barred"),
    (422, Class::Refused(K::Content), "the text has characters that are not allowed"),
    (424, Class::Refused(K::Template), "the template was not found; it has to be approved first"),
    (426, Class::Refused(K::Account), "the method needs the advanced plan"),
    (427, Class::Refused(K::Sender), "the line has no permission for this"),
    (428, Class::Refused(K::Template), "cannot call: the token of a call has to be digits"),
    (429, Class::Busy, "the address is limited"),
    (431, Class::Refused(K::Content), "a token has a blank, a newline, an underscore or a separator"),
    (432, Class::Refused(K::Template), "the token is missing in the template"),
    (451, Class::Busy, "too many calls"),
    (501, Class::Refused(K::Account), "only test numbers are allowed"),
    (607, Class::Refused(K::Request), "the tag is not valid"),
];

/// `status` of an entry.
pub(super) const STATUSES: &[(i64, S, Option<Cause>, &str)] = &[
    (1, S::Accepted, None, "queued"),
    (2, S::Accepted, None, "scheduled"),
    (4, S::Sent, None, "handed to the operator"),
    (5, S::Sent, None, "handed to the operator"),
    (6, S::Failed, Some(Cause::Other), "failed at the operator"),
    (10, S::Delivered, None, "delivered"),
    (11, S::Undelivered, Some(Cause::Other), "not delivered"),
    (13, S::Cancelled, None, "cancelled; the money is back"),
    (14, S::Blocked, Some(Cause::OptedOut), "blocked by the recipient; the money is back"),
    (50, S::Unknown, None, "received"),
    (100, S::Unknown, None, "the id is unknown or too old"),
];

/// The end of a call by its result.
pub(super) fn outcome<T>(result: i64, words: &str, done: impl FnOnce() -> CallOutcome<T>) -> CallOutcome<T> {
    match RESULTS.iter().find(|(known, _, _)| *known == result) {
        Some((_, Class::Done, _)) => done(),
        Some((_, Class::Busy, meaning)) => {
            CallOutcome::Busy { retry_after: None, error: error(result, words, meaning, K::Other) }
        }
        Some((_, Class::Refused(kind), meaning)) => refused(result, words, meaning, *kind),
        None => CallOutcome::Unknown(format!("result {result} is not documented")),
    }
}

/// Where a message stands by its status.
pub(super) fn status(status: i64) -> Option<Status> {
    let (code, state, cause, meaning) = STATUSES.iter().find(|(known, ..)| *known == status)?;
    Some(Status::new(*state, *cause, code, *meaning))
}
