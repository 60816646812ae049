//! From a gateway's answers to the events of `yam_domain::payment` (reliability notes, sections 4.6, 4.8).

use yam_domain::ids::GatewayId;
use yam_domain::money::Money;
use yam_domain::payment::{Holding, PaymentEvent};

use crate::attempt::{Inquiry, MoneyTold, Refunded, Reversed, Settled, Standing, Verified};
use crate::notice::{Authenticity, Notice, NoticeKind};
use crate::outcome::{CallOutcome, RefusalKind};

/// The event of a verify. `wanted` is judged again when the answer is booked.
pub fn after_verify(outcome: &CallOutcome<Verified>, wanted: bool) -> PaymentEvent {
    match outcome {
        CallOutcome::Done(Verified { money: MoneyTold::Differs(_), .. }) => PaymentEvent::AmountDiffers,
        CallOutcome::Done(_) if !wanted => PaymentEvent::VerifiedUnwanted,
        CallOutcome::Done(Verified { unsettled: true, .. }) => PaymentEvent::VerifiedUnsettled,
        CallOutcome::Done(_) => PaymentEvent::Verified,
        CallOutcome::Refused(error) => refused(error.kind),
        CallOutcome::NotSent(_) | CallOutcome::Busy { .. } | CallOutcome::Unknown(_) => {
            PaymentEvent::AnswerUnclear
        }
    }
}

/// A refusal says something about the payment, or only about the call.
const fn refused(kind: RefusalKind) -> PaymentEvent {
    match kind {
        RefusalKind::NotPaid => PaymentEvent::NotPaid,
        RefusalKind::Cancelled => PaymentEvent::CancelConfirmed,
        RefusalKind::StillOpen => PaymentEvent::StillOpen,
        RefusalKind::Mismatch | RefusalKind::Foreign => PaymentEvent::AmountDiffers,
        RefusalKind::Returned => PaymentEvent::MoneyReturned,
        RefusalKind::Account
        | RefusalKind::Amount
        | RefusalKind::Request
        | RefusalKind::Duplicate
        | RefusalKind::Expired
        | RefusalKind::NotFound
        | RefusalKind::NotPossible
        | RefusalKind::NotOffered
        | RefusalKind::Other => PaymentEvent::AnswerUnclear,
    }
}

/// What follows from an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Book this.
    Book(PaymentEvent),
    /// The money is there: claim and verify.
    Verify,
    /// The money is there and not wanted: leave it, or send it back (`payment::wanted::step`).
    Unwanted {
        /// It is ours already.
        verified: bool,
    },
    /// The inquiry itself failed; it proves nothing.
    Nothing,
}

/// Reads an inquiry. Zarinpal's is information only, so verified money is verified once more
/// (gateway notes, section 1.4); so is any whose amount was not told.
pub fn after_inquiry(gateway: GatewayId, outcome: &CallOutcome<Inquiry>, wanted: bool) -> Next {
    let inquiry = match outcome {
        CallOutcome::Done(inquiry) => inquiry,
        CallOutcome::Refused(error)
            if matches!(
                error.kind,
                RefusalKind::NotPaid
                    | RefusalKind::Cancelled
                    | RefusalKind::StillOpen
                    | RefusalKind::Mismatch
                    | RefusalKind::Foreign
                    | RefusalKind::Returned
            ) =>
        {
            return Next::Book(refused(error.kind));
        }
        _ => return Next::Nothing,
    };
    let held = matches!(inquiry.standing, Standing::Verified | Standing::Settled);
    let paid = held || inquiry.standing == Standing::PaidUnverified;
    if paid && matches!(inquiry.money, MoneyTold::Differs(_)) {
        return Next::Book(PaymentEvent::AmountDiffers);
    }
    if paid && !wanted {
        return Next::Unwanted { verified: held };
    }
    match inquiry.standing {
        Standing::Open => Next::Book(PaymentEvent::StillOpen),
        Standing::Failed => Next::Book(PaymentEvent::NotPaid),
        Standing::Cancelled => Next::Book(PaymentEvent::CancelConfirmed),
        Standing::Returned => Next::Book(PaymentEvent::MoneyReturned),
        Standing::PaidUnverified => Next::Verify,
        Standing::Settled => Next::Book(PaymentEvent::Verified),
        // The amount is bound to the ids, which stand in the inquiry (gateway notes, section 7.2).
        Standing::Verified if gateway == GatewayId::Mellat => Next::Book(PaymentEvent::VerifiedUnsettled),
        Standing::Verified if gateway == GatewayId::Zarinpal || inquiry.money != MoneyTold::Equal => {
            Next::Verify
        }
        Standing::Verified => Next::Book(PaymentEvent::Verified),
    }
}

/// The event of a settle; none when it is simply tried again. `paid` is said only now
/// (reliability notes, section 4.6).
pub fn after_settle(outcome: &CallOutcome<Settled>) -> Option<PaymentEvent> {
    match outcome {
        CallOutcome::Done(_) => Some(PaymentEvent::Settled),
        CallOutcome::Refused(error) if error.kind == RefusalKind::Returned => {
            Some(PaymentEvent::MoneyReturned)
        }
        _ => None,
    }
}

/// The event of a reversal; none when an inquiry has to decide.
pub fn after_reverse(outcome: &CallOutcome<Reversed>, was: Holding) -> Option<PaymentEvent> {
    match outcome {
        CallOutcome::Done(_) => Some(PaymentEvent::MoneyReturned),
        CallOutcome::Refused(error) if error.kind == RefusalKind::Returned => {
            Some(PaymentEvent::MoneyReturned)
        }
        CallOutcome::Refused(_) => Some(PaymentEvent::ReverseRefused(was)),
        _ => None,
    }
}

/// The event of a refund or of its look-up. `all`: with earlier refunds, nothing is left. A refund that is
/// accepted and not finished stays visible as unknown and is looked up again.
pub fn after_refund(outcome: &CallOutcome<Refunded>, was: Holding, all: bool) -> PaymentEvent {
    match outcome {
        CallOutcome::Done(Refunded { finished: true, .. }) if all => PaymentEvent::Refunded,
        CallOutcome::Done(Refunded { finished: true, .. }) => PaymentEvent::RefundedInPart(was),
        CallOutcome::Done(_) | CallOutcome::Unknown(_) => PaymentEvent::RefundUnclear,
        CallOutcome::Refused(_) | CallOutcome::NotSent(_) | CallOutcome::Busy { .. } => {
            PaymentEvent::RefundRefused(was)
        }
    }
}

/// The event of a notice that is the gateway's word by its signature; none when the gateway has to be asked
/// (`AskGateway`), or the notice is about something else.
pub fn after_notice(notice: &Notice, requested: Money, wanted: bool) -> Option<PaymentEvent> {
    if notice.authenticity != Authenticity::Signed || notice.kind != NoticeKind::Paid {
        return None;
    }
    Some(match MoneyTold::of(requested, notice.amount) {
        MoneyTold::Equal if wanted => PaymentEvent::Verified,
        MoneyTold::Equal => PaymentEvent::VerifiedUnwanted,
        MoneyTold::Differs(_) | MoneyTold::NotTold => PaymentEvent::AmountDiffers,
    })
}

/// What a look-up of a refund says whose answer was lost: a refusal "not found" counts only once the quiet
/// time is over, and a look-up that failed says nothing.
pub fn after_refund_look_up(
    outcome: &CallOutcome<Refunded>,
    was: Holding,
    all: bool,
    quiet_time_over: bool,
) -> Option<PaymentEvent> {
    match outcome {
        CallOutcome::Done(_) => Some(after_refund(outcome, was, all)),
        CallOutcome::Refused(error) => match error.kind {
            RefusalKind::NotFound if quiet_time_over => Some(PaymentEvent::RefundRefused(was)),
            // The refund itself was turned down.
            RefusalKind::NotPossible => Some(PaymentEvent::RefundRefused(was)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::error;
    use yam_domain::money::Currency;
    use yam_domain::payment::PaymentState;

    fn verified(money: MoneyTold, unsettled: bool) -> CallOutcome<Verified> {
        CallOutcome::Done(Verified {
            before: false,
            money,
            reference: None,
            receipt: None,
            card: None,
            unsettled,
        })
    }

    fn no<T>(kind: RefusalKind) -> CallOutcome<T> {
        CallOutcome::Refused(error("x", "", "x", kind))
    }

    #[test]
    fn a_verify_is_a_payment_only_with_the_right_amount() {
        let other = MoneyTold::Differs(Money::new(1, Currency::Irr));
        assert_eq!(after_verify(&verified(MoneyTold::Equal, false), true), PaymentEvent::Verified);
        assert_eq!(after_verify(&verified(MoneyTold::NotTold, true), true), PaymentEvent::VerifiedUnsettled);
        assert_eq!(after_verify(&verified(MoneyTold::Equal, false), false), PaymentEvent::VerifiedUnwanted);
        for wanted in [false, true] {
            assert_eq!(after_verify(&verified(other, true), wanted), PaymentEvent::AmountDiffers);
        }
    }

    #[test]
    fn no_refusal_and_no_silence_is_a_payment() {
        let kinds = [
            RefusalKind::Account,
            RefusalKind::Amount,
            RefusalKind::Request,
            RefusalKind::Duplicate,
            RefusalKind::NotPaid,
            RefusalKind::Cancelled,
            RefusalKind::StillOpen,
            RefusalKind::Mismatch,
            RefusalKind::Foreign,
            RefusalKind::Expired,
            RefusalKind::Returned,
            RefusalKind::NotFound,
            RefusalKind::NotPossible,
            RefusalKind::NotOffered,
            RefusalKind::Other,
        ];
        for kind in kinds {
            let to = PaymentState::Verifying.apply(after_verify(&no(kind), true)).unwrap().to;
            assert!(!matches!(to, PaymentState::Paid | PaymentState::PaidUnsettled), "{kind:?}");
            // Trouble with our account never closes a payment that may have been made.
            if matches!(kind, RefusalKind::Account | RefusalKind::NotFound | RefusalKind::Expired) {
                assert_eq!(to, PaymentState::VerifyUnknown, "{kind:?}");
            }
        }
        for silence in [CallOutcome::Unknown(String::new()), CallOutcome::NotSent(String::new())] {
            assert_eq!(after_verify(&silence, true), PaymentEvent::AnswerUnclear);
            assert_eq!(after_settle(&silence.clone().then(|_| CallOutcome::Unknown(String::new()))), None);
        }
    }

    #[test]
    fn an_inquiry_leads_on() {
        let asked = |standing, money| CallOutcome::Done(Inquiry { money, ..Inquiry::bare(standing) });
        let next = |gateway, outcome: &_, wanted| after_inquiry(gateway, outcome, wanted);
        let (equal, none) = (MoneyTold::Equal, MoneyTold::NotTold);
        assert_eq!(next(GatewayId::Zibal, &asked(Standing::PaidUnverified, equal), true), Next::Verify);
        assert_eq!(
            next(GatewayId::Zibal, &asked(Standing::PaidUnverified, equal), false),
            Next::Unwanted { verified: false }
        );
        assert_eq!(next(GatewayId::Zarinpal, &asked(Standing::Verified, none), true), Next::Verify);
        assert_eq!(
            next(GatewayId::Mellat, &asked(Standing::Verified, none), true),
            Next::Book(PaymentEvent::VerifiedUnsettled)
        );
        assert_eq!(
            next(GatewayId::Yookassa, &asked(Standing::Verified, equal), true),
            Next::Book(PaymentEvent::Verified)
        );
        assert_eq!(
            next(GatewayId::Zibal, &asked(Standing::Returned, none), false),
            Next::Book(PaymentEvent::MoneyReturned)
        );
        assert_eq!(next(GatewayId::Zibal, &no(RefusalKind::Account), true), Next::Nothing);
    }

    #[test]
    fn refunds_are_booked_on_the_gateways_word_only() {
        let refunded = |finished| CallOutcome::Done(Refunded { refund_id: None, finished });
        let was = Holding::Paid;
        assert_eq!(after_refund(&refunded(true), was, true), PaymentEvent::Refunded);
        assert_eq!(after_refund(&refunded(true), was, false), PaymentEvent::RefundedInPart(was));
        assert_eq!(after_refund(&refunded(false), was, true), PaymentEvent::RefundUnclear);
        assert_eq!(
            after_refund(&CallOutcome::Unknown(String::new()), was, true),
            PaymentEvent::RefundUnclear
        );
        assert_eq!(after_refund_look_up(&no(RefusalKind::NotFound), was, true, false), None);
        assert_eq!(
            after_refund_look_up(&no(RefusalKind::NotFound), was, true, true),
            Some(PaymentEvent::RefundRefused(was))
        );
        assert_eq!(after_refund_look_up(&no(RefusalKind::Account), was, true, true), None);
    }

    #[test]
    fn only_a_signed_notice_of_our_amount_is_a_payment() {
        let rub = |amount| Money::new(amount, Currency::Rub);
        let notice = |authenticity, kind, amount| Notice {
            authenticity,
            kind,
            order: None,
            gateway_id: None,
            amount,
            reply: String::new(),
        };
        let read = |notice: Notice, wanted| after_notice(&notice, rub(10_000), wanted);
        let (signed, paid) = (Authenticity::Signed, NoticeKind::Paid);
        assert_eq!(read(notice(signed, paid, Some(rub(10_000))), true), Some(PaymentEvent::Verified));
        assert_eq!(
            read(notice(signed, paid, Some(rub(10_000))), false),
            Some(PaymentEvent::VerifiedUnwanted)
        );
        assert_eq!(read(notice(signed, paid, Some(rub(1_000))), true), Some(PaymentEvent::AmountDiffers));
        assert_eq!(read(notice(signed, paid, None), true), Some(PaymentEvent::AmountDiffers));
        assert_eq!(read(notice(Authenticity::AskGateway, paid, Some(rub(10_000))), true), None);
        assert_eq!(read(notice(signed, NoticeKind::Cancelled, Some(rub(10_000))), true), None);
    }

    #[test]
    fn a_reversal_without_an_answer_is_left_to_an_inquiry() {
        let was = Holding::Overpaid;
        assert_eq!(after_reverse(&CallOutcome::Unknown(String::new()), was), None);
        assert_eq!(
            after_reverse(&CallOutcome::Done(Reversed { before: true }), was),
            Some(PaymentEvent::MoneyReturned)
        );
        assert_eq!(after_reverse(&no(RefusalKind::Expired), was), Some(PaymentEvent::ReverseRefused(was)));
    }
}
