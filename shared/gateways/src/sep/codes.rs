//! SEP's codes (gateway notes, section 4), each with its class.

use yam_domain::payment::callback::Claim;

use crate::outcome::RefusalKind as K;

/// Verified: 0. Repeated: 2. Older than the window: -6. Reversed: 5.
pub(super) const DONE: i64 = 0;
pub(super) const REPEATED: i64 = 2;
pub(super) const REVERSED: i64 = 5;
pub(super) const TOO_LATE: i64 = -6;

/// `ResultCode` of verify and reverse, where it is a plain refusal.
pub(super) const RESULTS: &[(i64, K, &str)] = &[
    (-2, K::NotFound, "the transaction was not found"),
    (TOO_LATE, K::Returned, "more than 30 minutes since the transaction"),
    (REVERSED, K::Returned, "reversed already"),
    (-104, K::Account, "the terminal is inactive"),
    (-105, K::Account, "the terminal was not found"),
    (-106, K::Account, "the address is not allowed"),
];

/// `Status` of the return with its `State`, and what it claims. The token's `errorCode` has the same numbers.
pub(super) const STATUSES: &[(i64, &str, Claim, K)] = &[
    (1, "CanceledByUser", Claim::Cancelled, K::Cancelled),
    (2, "OK", Claim::Success, K::Other),
    (3, "Failed", Claim::Failed, K::NotPaid),
    (4, "SessionIsNull", Claim::Failed, K::NotPaid),
    (5, "InvalidParameters", Claim::Failed, K::Request),
    (8, "MerchantIpAddressIsInvalid", Claim::Failed, K::Account),
    (9, "the card is disabled", Claim::Failed, K::NotPaid),
    (10, "TokenNotFound", Claim::Failed, K::NotFound),
    (11, "TokenRequired", Claim::Failed, K::Request),
    (12, "TerminalNotFound", Claim::Failed, K::Account),
    (21, "MultisettlePolicyErrors", Claim::Failed, K::Request),
];

/// What a return claims: `Status`, or else `State`; both have to say "OK" where both are there.
pub(super) fn claim(status: Option<i64>, state: Option<&str>) -> Claim {
    let of_status =
        status.map(|s| STATUSES.iter().find(|(n, ..)| *n == s).map_or(Claim::Unclear, |row| row.2));
    let of_state =
        state.map(|s| STATUSES.iter().find(|(_, name, ..)| *name == s).map_or(Claim::Unclear, |row| row.2));
    match (of_status, of_state) {
        (Some(a), Some(b)) if a == b => a,
        (Some(one), None) | (None, Some(one)) => one,
        // They differ: a success beside something else is none.
        (Some(Claim::Success), Some(_)) | (Some(_), Some(Claim::Success)) | (None, None) => Claim::Unclear,
        (Some(a), Some(_)) => a,
    }
}
