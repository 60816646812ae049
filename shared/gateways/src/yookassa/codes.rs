//! YooKassa's statuses, reasons and error codes (gateway notes, section 6.2).

use http::StatusCode;

use crate::attempt::Standing;
use crate::outcome::RefusalKind as K;

/// `cancellation_details.reason`: whether the payer (or nobody) ended it, or a bank refused it.
pub(super) const REASONS: &[(&str, Standing)] = &[
    ("3d_secure_failed", Standing::Failed),
    ("call_issuer", Standing::Failed),
    ("canceled_by_merchant", Standing::Cancelled),
    ("card_expired", Standing::Failed),
    ("country_forbidden", Standing::Failed),
    ("deal_expired", Standing::Failed),
    ("expired_on_confirmation", Standing::Cancelled),
    ("expired_on_capture", Standing::Returned),
    ("fraud_suspected", Standing::Failed),
    ("general_decline", Standing::Failed),
    ("identification_required", Standing::Failed),
    ("insufficient_funds", Standing::Failed),
    ("internal_timeout", Standing::Failed),
    ("invalid_card_number", Standing::Failed),
    ("invalid_csc", Standing::Failed),
    ("issuer_unavailable", Standing::Failed),
    ("payment_method_limit_exceeded", Standing::Failed),
    ("payment_method_restricted", Standing::Failed),
    ("permission_revoked", Standing::Failed),
    ("unsupported_mobile_operator", Standing::Failed),
    ("rejected_by_timeout", Standing::Failed),
    ("unknown", Standing::Failed),
];

/// Where a payment stands by its status; `canceled` is final whatever the reason.
pub(super) fn standing(status: &str, reason: Option<&str>) -> Option<Standing> {
    match status {
        "pending" => Some(Standing::Open),
        "waiting_for_capture" => Some(Standing::PaidUnverified),
        "succeeded" => Some(Standing::Verified),
        "canceled" => {
            let known = REASONS.iter().find(|(name, _)| Some(*name) == reason);
            Some(known.map_or(Standing::Failed, |(_, standing)| *standing))
        }
        _ => None,
    }
}

/// What an error's HTTP status means, where it is a refusal. 500 is "unknown: repeat with the same key", and
/// so is 202.
pub(super) const ERRORS: &[(u16, K, &str)] = &[
    (400, K::Request, "the request is not valid"),
    (401, K::Account, "the shop id or the secret key is wrong"),
    (403, K::Account, "the shop may not do this"),
    (404, K::NotFound, "not found"),
    (405, K::Request, "the method is not allowed"),
    (410, K::NotFound, "gone"),
    (415, K::Request, "the content type is not allowed"),
];

pub(super) fn refusal(status: StatusCode) -> Option<(K, &'static str)> {
    ERRORS.iter().find(|(known, ..)| *known == status.as_u16()).map(|(_, kind, meaning)| (*kind, *meaning))
}
