//! SMSC's error codes, statuses and reasons (notification notes, section 5.1).

use jiff::SignedDuration;

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S, Status};

/// What an `error_code` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No.
    Refused(K),
    /// Our address is blocked for a while.
    Busy,
    /// The provider's brake against the same request twice in a minute.
    Brake,
}

/// What is asked decides what a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// `send.php`.
    Send,
    /// `send.php` with `cost=1`, `status.php`, `balance.php`, `senders.php`.
    Read,
    /// `status.php` with `del=1`.
    Delete,
}

/// `error_code` of a send.
pub(super) const ERRORS: &[(i64, Class, &str)] = &[
    (1, Class::Refused(K::Request), "a parameter is not valid"),
    (2, Class::Refused(K::Account), "the login or password is wrong, or the address is not allowed"),
    (3, Class::Refused(K::Money), "the account has no money"),
    (4, Class::Busy, "the address is blocked for a while because of frequent errors"),
    (5, Class::Refused(K::Request), "the date is not valid"),
    (6, Class::Refused(K::Content), "the text or the sender is forbidden"),
    (7, Class::Refused(K::Number), "the phone number is not valid"),
    (8, Class::Refused(K::Number), "the message cannot be delivered to that number"),
    (9, Class::Brake, "the same request within a minute, or too many at once"),
];

/// The brake lasts a minute.
const BRAKE: SignedDuration = SignedDuration::from_secs(70);

/// The end of a call that was answered with an error. `unclear`: earlier sends may have got in, and then the
/// brake means that one did (reliability notes, section 4.10).
pub(super) fn outcome<T>(asked: Asked, code: i64, words: &str, unclear: bool) -> CallOutcome<T> {
    let Some((_, class, meaning)) = ERRORS.iter().find(|(known, _, _)| *known == code) else {
        return CallOutcome::Unknown(format!("error {code} is not documented"));
    };
    match class {
        Class::Refused(_) if asked == Asked::Delete && code == 5 => {
            refused(code, words, "the message could not be deleted", K::NotPossible)
        }
        Class::Refused(kind) => refused(code, words, meaning, *kind),
        Class::Busy => CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Other) },
        Class::Brake if asked == Asked::Send && unclear => {
            CallOutcome::Unknown(format!("{code}: {meaning}; the first one is in, ask for its status"))
        }
        Class::Brake => {
            let retry_after = Some(BRAKE);
            CallOutcome::Busy { retry_after, error: error(code, words, meaning, K::Other) }
        }
    }
}

/// `status`. Where there is no cause, `err` tells it.
pub(super) const STATUSES: &[(i64, S, Option<Cause>, &str)] = &[
    (-2, S::Cancelled, None, "stopped"),
    (-1, S::Accepted, None, "waiting"),
    (0, S::Sent, None, "handed to the operator"),
    (1, S::Delivered, None, "delivered"),
    (2, S::Delivered, None, "read"),
    (3, S::Undelivered, Some(Cause::Expired), "expired"),
    (4, S::Delivered, None, "its link was opened"),
    (20, S::Undelivered, None, "cannot be delivered"),
    (22, S::Failed, Some(Cause::NoSuchRecipient), "the number is not valid"),
    (23, S::Blocked, Some(Cause::OptedOut), "forbidden: limits or a stop list"),
    (24, S::Failed, Some(Cause::Account), "the account has no money"),
    (25, S::Failed, Some(Cause::NoRoute), "the number or the way to it is not available"),
];
/// `status` of a message SMSC does not know.
pub(super) const NOT_FOUND: i64 = -3;

/// `err`: what it makes of a message that could not be delivered (status 20).
pub(super) const REASONS: &[(i64, S, Cause, &str)] = &[
    (0, S::Undelivered, Cause::Other, "no reason told"),
    (1, S::Failed, Cause::NoSuchRecipient, "no such subscriber"),
    (2, S::Undelivered, Cause::Full, "the mailbox is full"),
    (3, S::Failed, Cause::NoSuchRecipient, "the mail server is unknown"),
    (4, S::Failed, Cause::NoSuchRecipient, "the mailbox is blocked"),
    (6, S::Undelivered, Cause::Unreachable, "the phone is off"),
    (11, S::Failed, Cause::Handset, "the subscriber has no such service"),
    (12, S::Undelivered, Cause::Handset, "an error of the phone"),
    (13, S::Failed, Cause::NoSuchRecipient, "the subscriber is blocked"),
    (21, S::Failed, Cause::Handset, "the service is not supported"),
    (200, S::Undelivered, Cause::Other, "sent in test mode only"),
    (219, S::Undelivered, Cause::Handset, "the SIM card was replaced; named senders are held for a day"),
    (220, S::Undelivered, Cause::Full, "the operator's queue is full"),
    (237, S::Undelivered, Cause::NoAnswer, "nobody answered"),
    (238, S::Failed, Cause::Content, "no template"),
    (239, S::Failed, Cause::Account, "the address is not allowed"),
    (240, S::Undelivered, Cause::Busy, "busy, or declined"),
    (241, S::Failed, Cause::Content, "the sound could not be converted"),
    (242, S::Undelivered, Cause::Machine, "an answering machine"),
    (243, S::Failed, Cause::Account, "no contract"),
    (244, S::Failed, Cause::Account, "mailings are prohibited"),
    (245, S::Unknown, Cause::Other, "no status within a day"),
    (246, S::Undelivered, Cause::Account, "outside the account's hours"),
    (247, S::Undelivered, Cause::Account, "the account's limit of a day is reached"),
    (248, S::Failed, Cause::NoRoute, "no way to the number"),
    (249, S::Failed, Cause::NoSuchRecipient, "the number is not valid"),
    (250, S::Failed, Cause::Account, "the number is barred by the account's settings"),
    (251, S::Undelivered, Cause::Account, "the limit of one number is reached"),
    (252, S::Failed, Cause::OptedOut, "the number is banned"),
    (253, S::Failed, Cause::Filtered, "taken for spam"),
    (254, S::Failed, Cause::Sender, "the sender is not registered"),
    (255, S::Failed, Cause::Filtered, "the operator rejected it"),
];

/// Where a message stands by its status and reason.
pub(super) fn status(code: i64, reason: i64) -> Option<Status> {
    let (_, state, cause, meaning) = STATUSES.iter().find(|(known, ..)| *known == code)?;
    if code != 20 {
        return Some(Status::new(*state, *cause, code, *meaning));
    }
    let told = REASONS.iter().find(|(known, ..)| *known == reason);
    let (state, cause, meaning) = told
        .map_or((*state, Cause::Other, *meaning), |(_, state, cause, meaning)| (*state, *cause, *meaning));
    Some(Status::new(state, Some(cause), format!("{code}/{reason}"), meaning))
}
