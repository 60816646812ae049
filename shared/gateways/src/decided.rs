//! A verify that says "not paid" or "done before" without details is decided by an inquiry
//! (reliability notes, section 4.6: Zarinpal -51; Zibal 201 and 202).

use crate::attempt::{Inquiry, MoneyTold, Standing, Verified};
use crate::errors::error;
use crate::outcome::{CallOutcome, RefusalKind};

/// The end of a verify, by the inquiry that was made after it. `code` is the verify's own. An inquiry that
/// failed leaves the verify unknown.
pub(crate) fn by_inquiry(code: i64, inquiry: CallOutcome<Inquiry>) -> CallOutcome<Verified> {
    match inquiry {
        CallOutcome::Done(found) => by_standing(code, found),
        other => CallOutcome::Unknown(format!("{code}, inquiry {}", other.describe())),
    }
}

/// The end of a verify, by where the payment stands. At gateways that are only read, this is the verify.
pub(crate) fn by_standing(code: i64, found: Inquiry) -> CallOutcome<Verified> {
    let refused = |meaning, kind| CallOutcome::Refused(error(code, "", meaning, kind));
    match found.standing {
        Standing::Open => refused("not paid so far", RefusalKind::StillOpen),
        Standing::Failed => refused("not paid", RefusalKind::NotPaid),
        Standing::Cancelled => refused("cancelled by the payer", RefusalKind::Cancelled),
        Standing::Returned => refused("the money is back with the payer", RefusalKind::Returned),
        Standing::Verified | Standing::Settled if found.money != MoneyTold::NotTold => {
            CallOutcome::Done(Verified {
                before: true,
                money: found.money,
                receipt: found.receipt.or_else(|| found.reference.clone()),
                reference: found.reference,
                card: found.card,
                unsettled: false,
            })
        }
        // Paid in between, or verified by an earlier call: the next verify tells.
        Standing::PaidUnverified | Standing::Verified | Standing::Settled => CallOutcome::Busy {
            retry_after: None,
            error: error(code, "", "paid a moment ago; verify again", RefusalKind::Other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(standing: Standing, money: MoneyTold) -> CallOutcome<Verified> {
        by_inquiry(201, CallOutcome::Done(Inquiry { money, ..Inquiry::bare(standing) }))
    }

    #[test]
    fn only_verified_money_with_its_amount_is_done() {
        let CallOutcome::Done(done) = decided(Standing::Verified, MoneyTold::Equal) else { panic!() };
        assert!(done.before);
        for (standing, kind) in [
            (Standing::Open, RefusalKind::StillOpen),
            (Standing::Failed, RefusalKind::NotPaid),
            (Standing::Cancelled, RefusalKind::Cancelled),
            (Standing::Returned, RefusalKind::Returned),
        ] {
            assert_eq!(decided(standing, MoneyTold::Equal).refusal(), Some(kind));
        }
        let not_told = decided(Standing::Verified, MoneyTold::NotTold);
        assert!(matches!(not_told, CallOutcome::Busy { .. }));
        let failed = by_inquiry(202, CallOutcome::NotSent("no connection".into()));
        assert!(matches!(failed, CallOutcome::Unknown(_)));
    }
}
