//! Zarinpal's codes (gateway notes, section 1.5), each with its class.

use crate::errors::error;
use crate::outcome::{CallOutcome, RefusalKind as K};

/// "Payment not done": an inquiry decides.
pub(super) const NOT_PAID: i64 = -51;
/// Reverse: "not successful, or reversed already"; an inquiry decides.
pub(super) const REVERSED_OR_NOT: i64 = -61;

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Done,
    DoneBefore,
    Busy,
    Unknown,
    Refused(K),
}

/// Every code of the table.
pub(super) const CODES: &[(i64, Class, &str)] = &[
    (100, Class::Done, "success"),
    (101, Class::DoneBefore, "verified earlier"),
    (-9, Class::Refused(K::Request), "a value of the request is not valid"),
    (-10, Class::Refused(K::Account), "the terminal or the address is not valid"),
    (-11, Class::Refused(K::Account), "the terminal is inactive"),
    (-12, Class::Busy, "too many attempts"),
    (-13, Class::Refused(K::Account), "the terminal's limit is reached"),
    (-14, Class::Refused(K::Request), "the return address is not on the registered domain"),
    (-15, Class::Refused(K::Account), "the terminal is suspended"),
    (-16, Class::Refused(K::Account), "the merchant's level is below silver"),
    (-17, Class::Refused(K::Account), "a limit of the blue level"),
    (-18, Class::Refused(K::Request), "the referrer's domain differs"),
    (-19, Class::Refused(K::Account), "transactions of the terminal are banned"),
    (-30, Class::Refused(K::Account), "floating wages are not allowed"),
    (-31, Class::Refused(K::Account), "no default bank account for wages"),
    (-32, Class::Refused(K::Request), "the wages are more than the total"),
    (-33, Class::Refused(K::Request), "the floating wage is not valid"),
    (-34, Class::Refused(K::Request), "the fixed wages are more than the total"),
    (-35, Class::Refused(K::Request), "too many wage parts"),
    (-36, Class::Refused(K::Request), "a wage part is below 10,000 rial"),
    (-37, Class::Refused(K::Request), "an IBAN is inactive"),
    (-38, Class::Refused(K::Account), "the IBAN is not registered at Shaparak"),
    (-39, Class::Refused(K::Request), "an error in the wages"),
    (-40, Class::Refused(K::Request), "expire_in is not valid"),
    (-41, Class::Refused(K::Amount), "the amount is above 100,000,000 toman"),
    (-50, Class::Refused(K::Mismatch), "the amount differs from the requested one"),
    (NOT_PAID, Class::Refused(K::StillOpen), "the payment is not done"),
    (-52, Class::Unknown, "an unexpected error"),
    (-53, Class::Refused(K::Foreign), "the authority belongs to another merchant"),
    (-54, Class::Refused(K::NotFound), "the authority is not valid"),
    (-55, Class::Refused(K::NotFound), "the manual payment request was not found"),
    (-60, Class::Refused(K::NotPossible), "the bank cannot reverse it"),
    (REVERSED_OR_NOT, Class::Unknown, "not successful, or reversed already"),
    (-62, Class::Refused(K::Account), "the terminal has no address list"),
    (-63, Class::Refused(K::Expired), "the time for a reversal is over"),
    (429, Class::Refused(K::Request), "the referrer code has another form"),
];

/// A code's class and meaning; one that is not in the table says nothing.
pub(super) fn class(code: i64) -> (Class, &'static str) {
    CODES
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or((Class::Unknown, "a code that is not documented"), |(_, class, meaning)| (*class, *meaning))
}

/// The end of a call by its code; `done` is asked for what a success holds.
pub(super) fn outcome<T>(
    code: i64,
    words: &str,
    done: impl FnOnce(bool) -> CallOutcome<T>,
) -> CallOutcome<T> {
    let (class, meaning) = class(code);
    match class {
        Class::Done => done(false),
        Class::DoneBefore => done(true),
        Class::Busy => CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Other) },
        Class::Unknown => CallOutcome::Unknown(format!("{code}: {meaning}")),
        Class::Refused(kind) => CallOutcome::Refused(error(code, words, meaning, kind)),
    }
}
