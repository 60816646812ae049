//! Carrying payments through: claim, call, book, and what follows.
//!
//! One turn does what is due of one payment. Which errand that is follows from the payment alone
//! (`yam_domain::payment::agenda`), so callbacks, notices, due rows and doubled messages all end here.

mod back;
mod draft;
pub(crate) mod errands;
mod found;
mod inquire;
mod open;
mod order;
mod settle;
mod verify;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use yam_accounts::{AccountError, open_gateway};
use yam_domain::effect::Policy;
use yam_domain::ids::{AccountId, GatewayId, MerchantId, PaymentId};
use yam_domain::payment::agenda::Errand;
use yam_domain::payment::policy::Place;
use yam_domain::payment::{PaymentEvent, PaymentState};
use yam_gateways::{Account, Attempt as Wire, Gateways, PaymentGateway};
use yam_platform::lambda::Invocation;
use yam_store::items::{Attempt, Payment, PaymentTaskReason};
use yam_store::{Store, StoreError};

pub(crate) use back::{NotBack, Wish, held, holds_money, sent_back, submit};
pub(crate) use draft::Draft;
use errands::Work;
pub(crate) use found::NotTaken;
pub(crate) use open::{NotOpened, Opened};
pub(crate) use settle::money;
pub(crate) use verify::Brought;

/// How often a booking is tried against others who write the same payment.
const BOOKINGS: u32 = 8;
/// Errands of one turn.
const ERRANDS: u32 = 6;

/// Everything a turn needs. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) store: Store,
    pub(crate) gateways: Gateways,
    /// How long a registration is retried that a payment has started.
    pub(crate) patience: SignedDuration,
}

/// Who works, and until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) place: Place,
    pub(crate) invocation: Invocation,
}

/// Why an errand could not be done now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The account cannot be opened; the due row tries again.
    #[error("{0}")]
    Account(String),
}

impl From<AccountError> for EngineError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => EngineError::Store(error),
            other => EngineError::Account(other.to_string()),
        }
    }
}

impl Engine {
    /// Does what is due of a payment.
    pub(crate) async fn turn(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        turn: Turn,
    ) -> Result<(), EngineError> {
        for _ in 0..ERRANDS {
            let Some(draft) = Draft::load(&self.store, merchant, id).await? else { return Ok(()) };
            let Some((work, at)) = errands::next(&draft.payment) else { return Ok(()) };
            if at > draft.now || turn.invocation.left(self.store.clock.real_now()) < Duration::from_secs(2) {
                return Ok(());
            }
            tracing::info!(payment = %id, ?work, "an errand of a payment");
            if !Box::pin(self.work(merchant, &draft.payment, work, turn)).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Does one errand; `false` when there was no time for it.
    async fn work(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        work: Work,
        turn: Turn,
    ) -> Result<bool, EngineError> {
        let id = &payment.id;
        match work {
            Work::TellOrder => self.tell_order(merchant, id).await.map(|()| true),
            Work::Back(n, at) => self.send_back(merchant, payment, n, at, turn).await,
            Work::Attempt(n, errand) => match errand {
                Errand::Abandon => {
                    self.book(merchant, id, n, PaymentEvent::RequestFailed, "never sent out").await
                }
                Errand::TakeOver => self.take_over(merchant, id, n).await,
                Errand::Expire => {
                    self.book(merchant, id, n, PaymentEvent::WindowPassed, "nothing can be paid any more")
                        .await
                }
                Errand::PresumeReturned => {
                    let words = "the gateway returns unverified money by itself";
                    self.book(merchant, id, n, PaymentEvent::ReturnPresumed, words).await
                }
                Errand::Inquire => self.inquire(merchant, payment, n, turn).await,
                Errand::Verify => self.verify(merchant, payment, n, None, turn).await,
                Errand::Settle => self.settle(merchant, payment, n, turn).await,
                Errand::SendBack => self.return_unwanted(merchant, payment, n).await,
                Errand::AskPerson => self.hand_over(merchant, id, n).await,
            },
        }
    }

    /// Books one event of an attempt.
    async fn book(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        n: usize,
        event: PaymentEvent,
        words: &str,
    ) -> Result<bool, EngineError> {
        self.change(merchant, id, |draft| draft.step(n, event, words).is_some()).await?;
        Ok(true)
    }

    /// A worker died between its claim and its booking: the call may have arrived.
    async fn take_over(&self, merchant: &MerchantId, id: &PaymentId, n: usize) -> Result<bool, EngineError> {
        self.change(merchant, id, |draft| {
            let now = draft.now;
            let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
            if attempt.state != PaymentState::Verifying
                || attempt.lease_until.is_some_and(|until| until > now)
            {
                return false;
            }
            release(attempt);
            attempt.fence = attempt.fence.saturating_add(1);
            draft.step(n, PaymentEvent::AnswerUnclear, "a worker died while verifying");
            true
        })
        .await?;
        Ok(true)
    }

    async fn hand_over(&self, merchant: &MerchantId, id: &PaymentId, n: usize) -> Result<bool, EngineError> {
        self.change(merchant, id, |draft| {
            let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
            attempt.with_person = true;
            let (reason, words) = match attempt.state {
                PaymentState::Mismatch => (
                    PaymentTaskReason::Mismatch,
                    "the gateway speaks of another amount, order or terminal; compare with its panel, then refund",
                ),
                _ => (
                    PaymentTaskReason::OutcomeUnknown,
                    "it cannot be found out here whether this was paid: look for the number in the gateway's panel, then \
                     settle it",
                ),
            };
            draft.ask_person(reason, words);
            true
        })
        .await?;
        Ok(true)
    }

    /// Changes a payment under its revision; `apply` runs again when others were faster, and says whether
    /// there is anything to book. Answers with the payment as it is then.
    pub(crate) async fn change(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        mut apply: impl FnMut(&mut Draft) -> bool,
    ) -> Result<Option<Payment>, StoreError> {
        let mut receipt_taken = false;
        let mut last = StoreError::Conflict;
        for attempt in 0..BOOKINGS {
            let Some(mut draft) = Draft::load(&self.store, merchant, id).await? else { return Ok(None) };
            draft.receipt_taken = receipt_taken;
            let before = draft.payment.clone();
            if !apply(&mut draft) || draft.payment == before {
                return Ok(Some(draft.payment));
            }
            match draft.commit().await {
                Ok(payment) => return Ok(Some(payment)),
                Err(StoreError::Condition { what: "receipt claim", .. }) => receipt_taken = true,
                // What another payment has claimed stays claimed.
                Err(
                    error @ StoreError::Condition {
                        what: "slip claim" | "statement row" | "gateway id", ..
                    },
                ) => {
                    return Err(error);
                }
                Err(error @ (StoreError::Corrupt(_) | StoreError::Secret(_) | StoreError::Crashed(_))) => {
                    return Err(error);
                }
                Err(error) => last = error,
            }
            self.pause(attempt).await;
        }
        Err(last)
    }

    async fn pause(&self, attempt: u32) {
        let spread = self.store.ids.number() % 20;
        tokio::time::sleep(Duration::from_millis((10_u64 << attempt.min(6)).saturating_add(spread))).await;
    }

    pub(crate) async fn account(
        &self,
        merchant: &MerchantId,
        id: &AccountId,
    ) -> Result<Account, EngineError> {
        Ok(open_gateway(&self.store, merchant, id).await?)
    }

    pub(crate) fn gateway(&self, id: GatewayId) -> Result<&dyn PaymentGateway, EngineError> {
        let gateway = self.gateways.get(id).map(AsRef::as_ref);
        gateway.ok_or_else(|| EngineError::Account(format!("this hub does not speak with {id}")))
    }

    /// Whether a call of this policy may begin: its whole deadline has to fit before lease and invocation end.
    pub(crate) fn has_time(&self, policy: &Policy, claimed_at: Timestamp, turn: Turn) -> bool {
        let lease_end = claimed_at.saturating_add(policy.lease).unwrap_or(Timestamp::MAX);
        policy.may_start(self.store.clock.real_now(), lease_end, turn.invocation.end)
    }
}

/// Gives an attempt free.
pub(crate) fn release(attempt: &mut Attempt) {
    attempt.lease_until = None;
    attempt.claimed_by = None;
}

/// Takes an attempt for one call; answers with its new fence.
pub(crate) fn claim(attempt: &mut Attempt, now: Timestamp, token: &str, policy: &Policy) -> u64 {
    attempt.fence = attempt.fence.saturating_add(1);
    attempt.claimed_by = Some(token.to_owned());
    attempt.lease_until = Some(now.saturating_add(policy.lease).unwrap_or(Timestamp::MAX));
    attempt.fence
}

/// The attempt as gateways see it.
pub(crate) fn wire(attempt: &Attempt) -> Wire {
    Wire {
        order: attempt.order,
        gateway_id: attempt.gateway_id.clone().unwrap_or_default(),
        amount: attempt.amount,
        receipt: attempt.receipt.clone(),
        verify_sends: attempt.verify_sends,
    }
}

pub(crate) fn seconds(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or(Duration::from_secs(1))
}
