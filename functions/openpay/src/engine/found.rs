//! What the merchant found in the gateway's panel, where the gateway cannot be asked any more (reliability notes,
//! sections 4.6 and 4.8). It is booked as the gateway's own word would be, with who said it beside it.

use jiff::Timestamp;
use yam_domain::effect::{Phase, Resolution};
use yam_domain::ids::{MerchantId, PaymentId};
use yam_domain::payment::reversal::{Forbidden, may_settle};
use yam_domain::payment::wanted::Wanted;
use yam_domain::payment::{Holding, PaymentEvent, PaymentState};
use yam_gateways::meaning::after_verify;
use yam_gateways::{CallOutcome, MoneyTold, Verified};
use yam_store::StoreError;
use yam_store::items::{Found, Payment};

use super::back::ended;
use super::errands::{of_back, still_asked};
use super::settle::money;
use super::verify::book_proof;
use super::{Draft, Engine};

/// Why the merchant's word is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    /// The payment has no such attempt or refund.
    #[error("the payment has no such attempt or refund")]
    NoSuch,
    /// The outcome is known, or nothing has begun.
    #[error("nothing is unknown here; only an outcome that cannot be found out is settled by hand")]
    NotUnknown,
    /// The gateway may still tell where an attempt stands.
    #[error("Yam asks the gateway itself, next at {next} and until {until}; settle it after that")]
    StillAsked {
        /// The next question.
        next: Timestamp,
        /// The last one.
        until: Timestamp,
    },
    /// The gateway may still tell how a refund ended.
    #[error("Yam is still at it, next at {0}; settle it once the payment's task asks for it")]
    UnderWay(Timestamp),
    /// Somebody has said something else.
    #[error("it was settled at {at} by the key {by}, with another answer; that stays")]
    Otherwise {
        /// When.
        at: Timestamp,
        /// By which API key.
        by: String,
    },
    /// The number belongs to other money.
    #[error("this number is booked for another payment; compare both in the gateway's panel")]
    NumberTaken,
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Books whether an attempt was paid. The same word again changes nothing.
    pub(crate) async fn found_attempt(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        n: usize,
        found: &Found,
    ) -> Result<Option<Payment>, NotTaken> {
        self.take_word(merchant, id, |draft| attempt(draft, n, found)).await
    }

    /// Books whether a refund or reversal went back. The same word again changes nothing.
    pub(crate) async fn found_back(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        (n, at): (usize, usize),
        found: &Found,
    ) -> Result<Option<Payment>, NotTaken> {
        self.take_word(merchant, id, |draft| back(draft, n, at, found)).await
    }

    async fn take_word(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        book: impl Fn(&mut Draft) -> Result<bool, NotTaken>,
    ) -> Result<Option<Payment>, NotTaken> {
        let mut refusal = None;
        let changed = self
            .change(merchant, id, |draft| {
                let booked = book(draft);
                let news = matches!(booked, Ok(true));
                refusal = booked.err();
                news
            })
            .await;
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(changed?),
        }
    }
}

/// Decided before: by the same word, or otherwise.
fn again(before: Option<&Found>, found: &Found) -> Result<bool, NotTaken> {
    match before {
        Some(before) if before.yes == found.yes && before.number == found.number => Ok(false),
        Some(before) => Err(NotTaken::Otherwise { at: before.at, by: before.by.clone() }),
        None => Err(NotTaken::NotUnknown),
    }
}

fn words(found: &Found) -> &str {
    if found.note.is_empty() { "as the merchant found in the gateway's panel" } else { &found.note }
}

fn attempt(draft: &mut Draft, n: usize, found: &Found) -> Result<bool, NotTaken> {
    let now = draft.now;
    let wanted = draft.wanted(n);
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return Err(NotTaken::NoSuch) };
    if attempt.state != PaymentState::VerifyUnknown {
        return again(attempt.found.as_ref(), found);
    }
    if let Some((next, until)) = still_asked(attempt, now) {
        return Err(NotTaken::StillAsked { next, until });
    }
    attempt.found = Some(found.clone());
    // Who was asked has answered; what follows is another question.
    attempt.with_person = false;
    draft.by = Some(found.by.clone());
    if found.yes {
        return paid(draft, n, found, wanted);
    }
    // What its return brought stays claimed: a person's "no" is not the gateway's.
    draft.step(n, PaymentEvent::FoundNotPaid, words(found));
    Ok(true)
}

/// Paid, as a verify's answer would say it: judged, claimed, counted, sent back or settled by the same rules.
fn paid(draft: &mut Draft, n: usize, found: &Found, wanted: Wanted) -> Result<bool, NotTaken> {
    if draft.receipt_taken {
        return Err(NotTaken::NumberTaken);
    }
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return Err(NotTaken::NoSuch) };
    if let Wanted::No(why) = wanted {
        attempt.unwanted = Some(why);
    }
    let settles = !matches!(may_settle(attempt.gateway, &money(attempt)), Err(Forbidden::NotOffered));
    let verified = Verified {
        before: false,
        money: MoneyTold::Equal,
        reference: found.number.clone(),
        receipt: None,
        card: None,
        unsettled: settles,
    };
    book_proof(draft, n, &verified);
    if let Some(number) = &found.number {
        draft.claim_number(n, number);
    }
    let unwanted = matches!(wanted, Wanted::No(_));
    let holding = match after_verify(&CallOutcome::Done(verified), !unwanted) {
        PaymentEvent::VerifiedUnwanted => Holding::Overpaid,
        PaymentEvent::VerifiedUnsettled => Holding::PaidUnsettled,
        _ => Holding::Paid,
    };
    draft.step(n, PaymentEvent::FoundPaid(holding), words(found));
    Ok(true)
}

fn back(draft: &mut Draft, n: usize, at: usize, found: &Found) -> Result<bool, NotTaken> {
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return Err(NotTaken::NoSuch) };
    let Some(back) = attempt.backs.get_mut(at) else { return Err(NotTaken::NoSuch) };
    match back.effect.phase {
        Phase::Held => {}
        Phase::Final => return again(back.found.as_ref(), found),
        Phase::Planned | Phase::Calling | Phase::Settling => {
            return Err(NotTaken::UnderWay(of_back(back)));
        }
    }
    back.effect.end(if found.yes { Resolution::Done } else { Resolution::Refused });
    back.found = Some(found.clone());
    back.note = Some(words(found).to_owned());
    back.refund_id = found.number.clone().or(back.refund_id.take());
    attempt.with_person = false;
    draft.by = Some(found.by.clone());
    ended(draft, n, at, found.yes, words(found));
    Ok(true)
}
