//! Zibal's results and statuses (gateway notes, section 2.3), each with its class.

use crate::attempt::Standing;
use crate::errors::error;
use crate::outcome::{CallOutcome, RefusalKind as K};

/// Verified by an earlier call: an inquiry tells the amount.
pub(super) const VERIFIED_BEFORE: i64 = 201;
/// Not paid, or failed: an inquiry tells which.
pub(super) const NOT_PAID: i64 = 202;

/// `result`: none is the success.
pub(super) const RESULTS: &[(i64, Option<K>, &str)] = &[
    (100, None, "success"),
    (102, Some(K::Account), "the merchant was not found"),
    (103, Some(K::Account), "the merchant is inactive or its contract is not signed"),
    (104, Some(K::Account), "the merchant is not valid"),
    (105, Some(K::Amount), "the amount must be more than 1,000 rial"),
    (106, Some(K::Request), "the return address is not valid"),
    (107, Some(K::Request), "percentMode is not valid"),
    (108, Some(K::Request), "a recipient of the split is not valid"),
    (109, Some(K::Request), "a recipient of the split is inactive"),
    (110, Some(K::Request), "`self` is missing in the split"),
    (111, Some(K::Request), "the parts are not the total"),
    (112, Some(K::Account), "the wallet's balance is too low for the fee"),
    (113, Some(K::Amount), "the amount is over the limit"),
    // Another implementation reads it as the limit of the amount: see section 11.3.
    (114, Some(K::Request), "the national code is not valid"),
    (115, Some(K::Account), "the address is not registered"),
    (VERIFIED_BEFORE, Some(K::NotPossible), "verified already"),
    (NOT_PAID, Some(K::StillOpen), "not paid or failed"),
    (203, Some(K::NotFound), "the trackId is not valid"),
];

/// What a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Says where the payment stands.
    Stands(Standing),
    /// Says nothing about it.
    Unclear,
    /// Our account is the trouble.
    Account,
}

/// `status`.
pub(super) const STATUSES: &[(i64, Status, &str)] = &[
    (-1, Status::Stands(Standing::Open), "waiting for the payment"),
    (-2, Status::Unclear, "an internal error"),
    (1, Status::Stands(Standing::Verified), "paid and verified"),
    (2, Status::Stands(Standing::PaidUnverified), "paid, not verified"),
    (3, Status::Stands(Standing::Cancelled), "cancelled by the payer"),
    (4, Status::Stands(Standing::Failed), "the card number is not valid"),
    (5, Status::Stands(Standing::Failed), "insufficient funds"),
    (6, Status::Stands(Standing::Failed), "a wrong PIN"),
    (7, Status::Stands(Standing::Failed), "too many requests"),
    (8, Status::Stands(Standing::Failed), "the daily number of payments is used up"),
    (9, Status::Stands(Standing::Failed), "the daily amount is used up"),
    (10, Status::Stands(Standing::Failed), "the issuer is not valid"),
    (11, Status::Stands(Standing::Failed), "an error of the switch"),
    (12, Status::Stands(Standing::Failed), "the card is not accessible"),
    (15, Status::Stands(Standing::Returned), "refunded"),
    (16, Status::Stands(Standing::Returned), "being refunded"),
    (18, Status::Stands(Standing::Returned), "reversed"),
    (21, Status::Account, "the merchant is not valid"),
];

/// The end of a call by its result.
pub(super) fn outcome<T>(result: i64, words: &str, done: impl FnOnce() -> CallOutcome<T>) -> CallOutcome<T> {
    match RESULTS.iter().find(|(known, _, _)| *known == result) {
        Some((_, None, _)) => done(),
        Some((_, Some(kind), meaning)) => CallOutcome::Refused(error(result, words, meaning, *kind)),
        None => CallOutcome::Unknown(format!("result {result} is not documented")),
    }
}

/// Where a payment stands by its status.
pub(super) fn standing(status: i64) -> CallOutcome<Standing> {
    match STATUSES.iter().find(|(known, _, _)| *known == status) {
        Some((_, Status::Stands(standing), _)) => CallOutcome::Done(*standing),
        Some((_, Status::Account, meaning)) => CallOutcome::Refused(error(status, "", meaning, K::Account)),
        Some((_, Status::Unclear, meaning)) => CallOutcome::Unknown(format!("status {status}: {meaning}")),
        None => CallOutcome::Unknown(format!("status {status} is not documented")),
    }
}
