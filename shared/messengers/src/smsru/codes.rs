//! SMS.ru's codes, one list for answers and statuses (notification notes, section 5.2).

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S, Status};

/// What a code is as the answer to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Success.
    Done,
    /// Not now.
    Busy,
    /// No.
    Refused(K),
    /// Proves nothing.
    Unclear,
}

/// Codes of answers.
pub(super) const RESULTS: &[(i64, Class, &str)] = &[
    (-1, Class::Refused(K::NotFound), "the message was not found"),
    (100, Class::Done, "accepted"),
    (150, Class::Refused(K::NoRoute), "no way to the number"),
    (200, Class::Refused(K::Account), "the api_id is not valid"),
    (201, Class::Refused(K::Money), "the account has no money"),
    (202, Class::Refused(K::Number), "the number is not valid"),
    (203, Class::Refused(K::Content), "there is no text"),
    (204, Class::Refused(K::Sender), "the sender is not approved"),
    (205, Class::Refused(K::Content), "the text is longer than 8 parts"),
    (206, Class::Refused(K::Quota), "the limit of a day is reached"),
    (207, Class::Refused(K::Number), "nothing can be sent to this number"),
    (208, Class::Refused(K::Request), "the time is not valid"),
    (209, Class::Refused(K::Blocked), "the number is on the account's stop list"),
    (210, Class::Refused(K::Request), "GET where POST is needed"),
    (211, Class::Refused(K::Request), "no such method"),
    (212, Class::Refused(K::Request), "the text is not UTF-8"),
    (213, Class::Refused(K::Request), "more than 1000 numbers"),
    (214, Class::Refused(K::NoRoute), "foreign numbers are switched off in the account"),
    (215, Class::Refused(K::Blocked), "the number is on SMS.ru's stop list"),
    (220, Class::Busy, "the service is down for a while"),
    (230, Class::Refused(K::Repeated), "the limit of a day for this number is reached"),
    (231, Class::Refused(K::Repeated), "the same text to this number within a minute"),
    (232, Class::Refused(K::Repeated), "the same text to this number within a day"),
    (233, Class::Refused(K::Repeated), "the code was sent too often"),
    (300, Class::Refused(K::Account), "the token is not valid"),
    (301, Class::Refused(K::Account), "the password or api_id is not valid"),
    (302, Class::Refused(K::Account), "the account is not confirmed"),
    (303, Class::Refused(K::Account), "the confirmation code is not valid"),
    (304, Class::Refused(K::Account), "too many confirmation codes"),
    (305, Class::Refused(K::Account), "too many wrong confirmation codes"),
    // It is told with the words "try later", and says nothing about what was done before it failed.
    (500, Class::Unclear, "an error of the server"),
    (901, Class::Refused(K::Request), "the address of receipts is not valid"),
    (902, Class::Refused(K::Request), "the handler of receipts was not found"),
];

/// Codes of statuses.
pub(super) const STATUSES: &[(i64, S, Option<Cause>, &str)] = &[
    (100, S::Accepted, None, "queued"),
    (101, S::Sent, None, "on its way to the operator"),
    (102, S::Sent, None, "sent"),
    (103, S::Delivered, None, "delivered"),
    (104, S::Undelivered, Some(Cause::Expired), "expired"),
    (105, S::Failed, Some(Cause::Filtered), "deleted by the operator"),
    (106, S::Undelivered, Some(Cause::Handset), "a fault of the phone"),
    (107, S::Undelivered, Some(Cause::Other), "not delivered, for a reason that is not known"),
    (108, S::Failed, Some(Cause::Filtered), "rejected"),
    (110, S::Delivered, None, "read"),
    (150, S::Failed, Some(Cause::NoRoute), "no way to the number"),
    (202, S::Failed, Some(Cause::NoSuchRecipient), "the number is not valid"),
    (207, S::Failed, Some(Cause::NoSuchRecipient), "nothing can be sent to this number"),
    (209, S::Blocked, Some(Cause::OptedOut), "on the account's stop list"),
    (215, S::Blocked, Some(Cause::OptedOut), "on SMS.ru's stop list"),
    // The rest of the answers, should one come as a status.
    (201, S::Failed, Some(Cause::Account), "the account has no money"),
    (204, S::Failed, Some(Cause::Sender), "the sender is not approved"),
    (230, S::Failed, Some(Cause::Account), "the limit of a day for this number is reached"),
];

/// The end of a call by its code. `unclear`: earlier sends may have got in; then the limit of the same text
/// says that one did.
pub(super) fn outcome<T>(
    code: i64,
    words: &str,
    unclear: bool,
    done: impl FnOnce() -> CallOutcome<T>,
) -> CallOutcome<T> {
    match RESULTS.iter().find(|(known, _, _)| *known == code) {
        Some((_, Class::Done, _)) => done(),
        Some((_, Class::Busy, meaning)) => {
            CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Other) }
        }
        Some((_, Class::Refused(K::Repeated), meaning)) if unclear => {
            CallOutcome::Unknown(format!("{code}: {meaning}; an earlier send is in"))
        }
        Some((_, Class::Refused(kind), meaning)) => refused(code, words, meaning, *kind),
        Some((_, Class::Unclear, meaning)) => CallOutcome::Unknown(format!("{code}: {meaning}")),
        None => CallOutcome::Unknown(format!("code {code} is not documented")),
    }
}

/// Where a message stands by its status.
pub(super) fn status(code: i64) -> Option<Status> {
    let (_, state, cause, meaning) = STATUSES.iter().find(|(known, ..)| *known == code)?;
    Some(Status::new(*state, *cause, code, *meaning))
}
