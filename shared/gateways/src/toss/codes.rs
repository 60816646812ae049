//! Toss's error codes and statuses (gateway notes, sections 6.3 and 13).

use crate::attempt::Standing;
use crate::outcome::RefusalKind as K;

/// What an error code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Refused(K),
    /// The payment itself decides: read it.
    Read,
    Unknown,
}

/// The code of a payment that was confirmed before.
pub(super) const ALREADY_PROCESSED: &str = "ALREADY_PROCESSED_PAYMENT";

/// Every code of the notes.
pub(super) const ERRORS: &[(&str, Class, &str)] = &[
    ("INVALID_API_KEY", Class::Refused(K::Account), "the secret key is wrong"),
    ("UNAUTHORIZED_KEY", Class::Refused(K::Account), "the key may not do this"),
    ("INCORRECT_BASIC_AUTH_FORMAT", Class::Refused(K::Account), "the key's form is wrong"),
    ("INVALID_CLIENT_KEY", Class::Refused(K::Account), "the client key is wrong"),
    // The code of an amount that differs is assumed to be this one.
    ("FORBIDDEN_REQUEST", Class::Refused(K::Mismatch), "the request does not fit the payment"),
    (ALREADY_PROCESSED, Class::Read, "confirmed before"),
    ("NOT_FOUND_PAYMENT", Class::Refused(K::NotFound), "the payment was not found"),
    (
        "NOT_FOUND_PAYMENT_SESSION",
        Class::Refused(K::NotPaid),
        "its ten minutes are over; nothing was charged",
    ),
    ("DUPLICATED_ORDER_ID", Class::Refused(K::Duplicate), "the order number is in use"),
    ("EXPIRED_PAYMENT", Class::Refused(K::NotPaid), "the payment has expired; nothing was charged"),
    ("NOT_CANCELABLE_PAYMENT", Class::Refused(K::NotPossible), "it cannot be cancelled"),
    ("NOT_CANCELABLE_AMOUNT", Class::Refused(K::Amount), "more than what is left to cancel"),
    ("ALREADY_CANCELED_PAYMENT", Class::Read, "cancelled before"),
    ("REJECT_CARD_COMPANY", Class::Refused(K::NotPaid), "the card company refused"),
    ("PROVIDER_ERROR", Class::Unknown, "an error on the way to the bank"),
];

/// A code's class and meaning; one that is not in the table says nothing.
pub(super) fn class(code: &str) -> (Class, &'static str) {
    ERRORS
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or((Class::Unknown, "a code that is not documented"), |(_, class, meaning)| (*class, *meaning))
}

/// `status` of a payment. Nothing is charged before our confirm, so what is authenticated is still open.
pub(super) const STATUSES: &[(&str, Standing)] = &[
    ("READY", Standing::Open),
    ("IN_PROGRESS", Standing::PaidUnverified),
    ("WAITING_FOR_DEPOSIT", Standing::Open),
    ("DONE", Standing::Verified),
    ("PARTIAL_CANCELED", Standing::Verified),
    ("CANCELED", Standing::Returned),
    ("ABORTED", Standing::Failed),
    ("EXPIRED", Standing::Failed),
];
