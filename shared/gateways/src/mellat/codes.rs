//! Mellat's `ResCode` (gateway notes, section 3.4): one meaning for each code, and what a meaning is to each
//! operation (reliability notes, sections 4.6 and 4.8).

use crate::attempt::Standing;
use crate::errors::error;
use crate::outcome::{CallOutcome, RefusalKind as K};

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Ok,
    /// The payer's bank or card refused.
    Payer,
    Cancelled,
    Duplicate,
    /// The previous request is still in progress.
    Busy,
    /// Trouble there, of which nothing follows.
    System,
    Account,
    Amount,
    Request,
    /// The sale, or what the operation builds on, is not known there.
    NotFound,
    /// No verify is known for the sale.
    NotVerified,
    VerifiedBefore,
    SettledBefore,
    NotSettled,
    Reversed,
    /// No refund is known.
    NoRefund,
    /// Not possible for this transaction.
    State,
}

/// Every code of the table.
pub(super) const CODES: &[(i64, Meaning, &str)] = &[
    (0, Meaning::Ok, "ok"),
    (11, Meaning::Payer, "the card number is not valid"),
    (12, Meaning::Payer, "insufficient funds"),
    (13, Meaning::Payer, "a wrong PIN"),
    (14, Meaning::Payer, "too many PIN tries"),
    (15, Meaning::Payer, "the card is not valid"),
    (16, Meaning::Payer, "too many withdrawals"),
    (17, Meaning::Cancelled, "cancelled by the payer"),
    (18, Meaning::Payer, "the card has expired"),
    (19, Meaning::Payer, "the amount is above the limit"),
    (20, Meaning::Request, "authentication parameters are missing"),
    (21, Meaning::Account, "the merchant is not valid"),
    (23, Meaning::Account, "a security error"),
    (24, Meaning::Account, "the user name or password is wrong"),
    (25, Meaning::Amount, "the amount is not valid"),
    (26, Meaning::Account, "the institution cannot do this"),
    (27, Meaning::Account, "the device cannot do this"),
    (28, Meaning::Account, "the store cannot do this"),
    (29, Meaning::Account, "the terminal cannot do this"),
    (30, Meaning::Busy, "the previous request is in progress"),
    (31, Meaning::System, "the response is not valid"),
    (32, Meaning::Request, "a format error"),
    (33, Meaning::Account, "the account is not valid"),
    (34, Meaning::System, "a system error"),
    (35, Meaning::Request, "the date is not valid"),
    (36, Meaning::System, "signed off"),
    (37, Meaning::System, "keys are being changed"),
    (38, Meaning::System, "keys are being changed"),
    (39, Meaning::System, "no answer from Shaparak"),
    (41, Meaning::Duplicate, "the order number is in use"),
    (42, Meaning::NotFound, "the sale was not found"),
    (43, Meaning::VerifiedBefore, "verified before"),
    (44, Meaning::NotVerified, "the verify request was not found"),
    (45, Meaning::SettledBefore, "settled already"),
    (46, Meaning::NotSettled, "not settled"),
    (47, Meaning::NotSettled, "the settle request was not found"),
    (48, Meaning::Reversed, "reversed"),
    (49, Meaning::NoRefund, "the refund was not found"),
    (51, Meaning::Duplicate, "a duplicate transaction"),
    (54, Meaning::NotFound, "the reference transaction is missing"),
    (55, Meaning::State, "the transaction is not valid"),
    (56, Meaning::Payer, "ownership of the card could not be shown"),
    (57, Meaning::Payer, "the payer could not be identified"),
    (61, Meaning::System, "an error of the settlement"),
    (62, Meaning::Request, "the return address is not on the registered domain"),
    (98, Meaning::Payer, "the limit of the static password"),
    (111, Meaning::Payer, "the issuer is not valid"),
    (112, Meaning::System, "an error of the issuer's switch"),
    (113, Meaning::System, "no answer from the issuer"),
    (114, Meaning::Payer, "the card holder is not permitted"),
    (115, Meaning::Payer, "not permitted"),
    (116, Meaning::Payer, "the issuer cannot do this"),
    (117, Meaning::Payer, "the issuer cannot do this"),
    (211, Meaning::Payer, "the device cannot do this now"),
    (412, Meaning::Request, "the bill id is wrong"),
    (413, Meaning::Request, "the payment id is wrong"),
    (414, Meaning::Request, "the bill's organisation is not valid"),
    (415, Meaning::Payer, "the session has ended"),
    (416, Meaning::System, "an error while recording"),
    (417, Meaning::Request, "the payer id is not valid"),
    (418, Meaning::Account, "an error in the customer's definition"),
    (419, Meaning::Payer, "too many tries"),
    (421, Meaning::Account, "the address is not allowed"),
    (995, Meaning::Payer, "ownership of the card"),
    (997, Meaning::Account, "the destination is inactive"),
];

/// An operation whose answer is a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Pay,
    Verify,
    Settle,
    Reversal,
    Refund,
    RefundInquiry,
    SaleReference,
}

/// A code and its meaning; one that is not in the table says nothing.
pub(super) fn meaning(code: i64) -> (Meaning, &'static str) {
    CODES
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or((Meaning::System, "a code that is not documented"), |(_, meaning, words)| (*meaning, *words))
}

/// The end of an operation by its code: `done` is asked with whether it had been done before.
pub(super) fn outcome<T>(
    operation: Operation,
    code: i64,
    done: impl FnOnce(bool) -> CallOutcome<T>,
) -> CallOutcome<T> {
    use Meaning as M;
    use Operation as O;
    let (meaning, words) = meaning(code);
    let refused = |kind| CallOutcome::Refused(error(code, "", words, kind));
    match (operation, meaning) {
        (_, M::Ok) => done(false),
        (O::Verify, M::VerifiedBefore | M::SettledBefore)
        | (O::Settle, M::SettledBefore)
        | (O::Reversal, M::Reversed) => done(true),
        (O::Settle, M::NotSettled) | (_, M::Busy) => {
            CallOutcome::Busy { retry_after: None, error: error(code, "", words, K::Other) }
        }
        // An earlier send of the same number may have won.
        (O::Refund, M::Duplicate) | (_, M::System) => CallOutcome::Unknown(format!("{code}: {words}")),
        // 12 is the payer's balance in a payment, the shop's credit in a refund.
        (O::Refund | O::RefundInquiry | O::Settle | O::Reversal, M::Payer) => refused(K::NotPossible),
        (O::Pay, M::Payer) => refused(K::Other),
        (_, M::Payer) => refused(K::NotPaid),
        (_, M::Cancelled) => refused(K::Cancelled),
        (_, M::Duplicate) => refused(K::Duplicate),
        (_, M::Account) => refused(K::Account),
        (_, M::Amount) => refused(K::Amount),
        (_, M::Request) => refused(K::Request),
        (_, M::NotFound | M::NoRefund) => refused(K::NotFound),
        (_, M::Reversed) => refused(K::Returned),
        (_, M::NotVerified | M::VerifiedBefore | M::SettledBefore | M::NotSettled | M::State) => {
            refused(K::NotPossible)
        }
    }
}

/// What `bpInquiryRequest` says about a sale. That an unverified sale answers 44 is assumed, not published
/// (section 13).
pub(super) fn standing(code: i64) -> CallOutcome<Standing> {
    use Meaning as M;
    let (meaning, words) = meaning(code);
    let refused = |kind| CallOutcome::Refused(error(code, "", words, kind));
    match meaning {
        M::Ok | M::VerifiedBefore | M::NotSettled => CallOutcome::Done(Standing::Verified),
        M::SettledBefore => CallOutcome::Done(Standing::Settled),
        M::NotVerified => CallOutcome::Done(Standing::PaidUnverified),
        M::Reversed => CallOutcome::Done(Standing::Returned),
        M::NotFound => CallOutcome::Done(Standing::Open),
        M::Cancelled => CallOutcome::Done(Standing::Cancelled),
        M::Payer => CallOutcome::Done(Standing::Failed),
        M::Busy => CallOutcome::Busy { retry_after: None, error: error(code, "", words, K::Other) },
        M::System => CallOutcome::Unknown(format!("{code}: {words}")),
        M::Account => refused(K::Account),
        M::Amount | M::Request | M::Duplicate | M::State | M::NoRefund => refused(K::Request),
    }
}
