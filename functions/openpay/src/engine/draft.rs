//! A payment under change: what stands around it when it is decided, and the one transaction that books it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::Value;
use yam_domain::ids::{MerchantId, PaymentId};
use yam_domain::payment::link::Uses;
use yam_domain::payment::wanted::{Surroundings, Wanted, wanted};
use yam_domain::payment::{Attention, Holding, PaymentEvent, PaymentState, Transition};
use yam_platform::queue::Queue;
use yam_store::event::{announce, record};
use yam_store::intent::DueRow;
use yam_store::items::{
    Order, Payment, PaymentClaim, PaymentLink, PaymentStep, PaymentTask, PaymentTaskReason,
};
use yam_store::keys::{due_row, of_merchant, sk};
use yam_store::{Announcement, Key, Read, Store, StoreError, Txn};

use super::errands;
use crate::view;

/// A payment under change.
pub(crate) struct Draft {
    /// The payment as it will be.
    pub(crate) payment: Payment,
    /// Its link, read with it.
    pub(crate) link: Option<PaymentLink>,
    /// Its order was paid by something else.
    pub(crate) order_paid: bool,
    /// Another payment holds the receipt this one wants to claim.
    pub(crate) receipt_taken: bool,
    /// Id of the API key whose decision this is; kept with the steps that follow from it.
    pub(crate) by: Option<String>,
    /// Now.
    pub(crate) now: Timestamp,
    pub(crate) txn: Txn,
    store: Store,
    merchant: MerchantId,
    /// Revision it was read at; none while it is new.
    rev: Option<u64>,
    due_before: Option<Timestamp>,
    state_before: PaymentState,
    tells: Vec<&'static str>,
}

impl Draft {
    /// A stored payment with what stands around it, read consistently: 1 to 3 read units.
    pub(crate) async fn load(
        store: &Store,
        merchant: &MerchantId,
        id: &PaymentId,
    ) -> Result<Option<Draft>, StoreError> {
        let key = of_merchant(merchant, sk::payment(id.as_str()));
        let Some(payment) = store.table.get::<Payment>(&key, Read::Consistent).await? else {
            return Ok(None);
        };
        let mut draft = Draft::of(store, merchant, payment);
        draft.rev = Some(draft.payment.rev);
        if let Some(link) = &draft.payment.link {
            let key = of_merchant(merchant, sk::link(link.as_str()));
            draft.link = store.table.get(&key, Read::Consistent).await?;
        }
        if let Some(order) = draft.payment.order.as_ref().filter(|_| !draft.payment.order_told) {
            let key = of_merchant(merchant, sk::order(order.as_str()));
            let order: Option<Order> = store.table.get(&key, Read::Consistent).await?;
            draft.order_paid = order.is_some_and(|order| order.paid);
        }
        Ok(Some(draft))
    }

    /// A new payment.
    pub(crate) fn of(store: &Store, merchant: &MerchantId, payment: Payment) -> Draft {
        Draft {
            now: store.clock.now(),
            due_before: payment.due_at,
            state_before: payment.state,
            payment,
            link: None,
            order_paid: false,
            receipt_taken: false,
            by: None,
            txn: Txn::new(),
            store: store.clone(),
            merchant: merchant.clone(),
            rev: None,
            tells: Vec::new(),
        }
    }

    /// Whether anybody wants the money of an attempt.
    pub(crate) fn wanted(&self, n: usize) -> Wanted {
        let attempts = self.payment.attempts.iter().enumerate().filter(|(other, _)| *other != n);
        let mut others: Vec<PaymentState> = attempts.map(|(_, attempt)| attempt.state).collect();
        others.extend(self.payment.slip.as_ref().map(|slip| slip.state));
        // Paid once is paid, also where it was refunded since: what comes later is wanted by nothing.
        if self.payment.paid_told || self.order_paid && !self.payment.counted {
            others.push(PaymentState::Paid);
        }
        let link = self.link.as_ref();
        let around = Surroundings {
            link_revoked: link.is_some_and(|link| link.revoked_at.is_some()) && !self.payment.counted,
            link_used_up: link.is_some_and(|link| link.terms.used_up(link.paid)) && !self.payment.counted,
        };
        wanted(&others, around)
    }

    /// Moves an attempt; an event that makes no sense in its state is only logged.
    pub(crate) fn step(&mut self, n: usize, event: PaymentEvent, words: &str) -> Option<Transition> {
        let attempt = self.payment.attempts.get_mut(n)?;
        let transition = match attempt.state.apply(event) {
            Ok(transition) => transition,
            Err(error) => {
                tracing::info!(payment = %self.payment.id, %error, words, "an event was passed over");
                return None;
            }
        };
        attempt.state = transition.to;
        if event == PaymentEvent::Requested {
            attempt.redirected_at = Some(self.now);
        }
        if transition.changes() || transition.attention.is_some() {
            self.note(Some(n), transition.to, transition.reason, words);
        }
        let ours = matches!(
            event,
            PaymentEvent::Verified
                | PaymentEvent::VerifiedUnsettled
                | PaymentEvent::FoundPaid(Holding::Paid | Holding::PaidUnsettled)
        );
        if transition.changes() && ours {
            self.count_use();
        }
        if transition.attention == Some(Attention::Contradiction) {
            self.ask_person(
                PaymentTaskReason::Contradiction,
                "the gateway's word contradicts what is booked; compare with its panel",
            );
        }
        Some(transition)
    }

    /// Takes a step down.
    pub(crate) fn note(&mut self, n: Option<usize>, state: PaymentState, event: &str, words: &str) {
        let words: String = words.chars().take(300).collect();
        let attempt = n.map(|n| n.saturating_add(1));
        let (event, by) = (event.to_owned(), self.by.clone());
        self.payment.note(PaymentStep { at: self.now, attempt, state, event, words, by });
    }

    /// Counts the use of the link, once; the commit fails when others used it up meanwhile.
    pub(crate) fn count_use(&mut self) {
        if std::mem::replace(&mut self.payment.counted, true) {
            return;
        }
        let Some(link) = &self.link else { return };
        let number = |n: u32| AttributeValue::N(n.to_string());
        let mut condition = "attribute_exists(pk) AND attribute_not_exists(revoked_at)".to_owned();
        let mut values = vec![(":one", number(1))];
        let most = match link.terms.uses {
            Uses::Once => Some(1),
            Uses::Max(most) => Some(most),
            Uses::Reusable => None,
        };
        if let Some(most) = most {
            condition.push_str(" AND paid < :most");
            values.push((":most", number(most)));
        }
        let key = of_merchant(&self.merchant, sk::link(link.id.as_str()));
        self.txn.update("link use", &self.store.table, &key, "SET paid = paid + :one", &condition, &values);
    }

    /// Claims what belongs to one payment alone; the commit fails with "receipt claim" when it is another's.
    pub(crate) fn claim_receipt(&mut self, n: usize, receipt: &str) {
        let Some(attempt) = self.payment.attempts.get_mut(n) else { return };
        attempt.receipt = Some(receipt.to_owned());
        self.claim_number(n, receipt);
    }

    /// Claims a number that stands for this money at the gateway, among the receipts of its account.
    pub(crate) fn claim_number(&mut self, n: usize, number: &str) {
        let Some(attempt) = self.payment.attempts.get(n) else { return };
        let key = of_merchant(&self.merchant, sk::payment_receipt(attempt.account.as_str(), number));
        let claim = PaymentClaim { payment: self.payment.id.clone(), order: Some(attempt.order) };
        let mine = [(":mine", AttributeValue::S(self.payment.id.to_string()))];
        let condition = "attribute_not_exists(pk) OR payment = :mine";
        self.txn.put("receipt claim", &self.store.table, &key, &claim, Some((condition, &mine)));
    }

    /// Gives a receipt free that a definite "no" has shown to be worth nothing.
    pub(crate) fn release_receipt(&mut self, n: usize) {
        let Some(attempt) = self.payment.attempts.get_mut(n) else { return };
        let Some(receipt) = attempt.receipt.take() else { return };
        let key = of_merchant(&self.merchant, sk::payment_receipt(attempt.account.as_str(), &receipt));
        self.txn.delete("receipt claim", &self.store.table, &key);
    }

    /// Asks a person.
    pub(crate) fn ask_person(&mut self, reason: PaymentTaskReason, words: &str) {
        let known = self.payment.task.as_ref().is_some_and(|task| task.reason == reason);
        if !known {
            self.payment.task = Some(PaymentTask { reason, words: words.to_owned(), since: self.now });
            self.tell("payment.needs_review");
            let dimensions = [("reason", view::reason(reason))];
            self.store.metrics.count(self.now, "PaymentNeedsReview", &dimensions);
        }
    }

    /// Tells the outside, beside what the payment's state tells by itself.
    pub(crate) fn tell(&mut self, kind: &'static str) {
        if !self.tells.contains(&kind) {
            self.tells.push(kind);
        }
    }

    /// Books everything, then tells the queues.
    pub(crate) async fn commit(mut self) -> Result<Payment, StoreError> {
        self.payment.state = self.payment.overall();
        self.settle_task();
        if self.payment.state != self.state_before || self.rev.is_none() {
            self.tell_state();
        }
        let announcements = self.records();
        let key = of_merchant(&self.merchant, sk::payment(self.payment.id.as_str()));
        self.payment.due_at = errands::next(&self.payment).map(|(_, at)| at);
        self.due_row(&key);
        self.payment.rev = self.payment.rev.saturating_add(1);
        match self.rev {
            Some(rev) => self.txn.replace("payment", &self.store.table, &key, &self.payment, rev),
            None => self.txn.insert("payment", &self.store.table, &key, &self.payment),
        }
        self.txn.commit(&self.store.table).await?;
        announce(&self.store, &announcements, "payment").await?;
        Ok(self.payment)
    }

    /// A task that the outcome has answered is done.
    fn settle_task(&mut self) {
        let decided = !matches!(
            self.payment.state,
            PaymentState::Verifying
                | PaymentState::VerifyUnknown
                | PaymentState::Returned
                | PaymentState::Redirected
                | PaymentState::RefundUnknown
                | PaymentState::Reversing
        );
        let answered = match self.payment.task.as_ref().map(|task| task.reason) {
            Some(PaymentTaskReason::OutcomeUnknown | PaymentTaskReason::BackUnknown) => decided,
            Some(PaymentTaskReason::Overpaid) => self.payment.state != PaymentState::Overpaid,
            Some(PaymentTaskReason::Slip) => self.payment.state != PaymentState::SlipSubmitted,
            _ => false,
        };
        if answered {
            self.payment.task = None;
        }
    }

    fn tell_state(&mut self) {
        match self.payment.state {
            PaymentState::Paid if !self.payment.paid_told => {
                self.payment.paid_told = true;
                self.payment.paid_at = Some(self.now);
                self.tell("payment.paid");
            }
            PaymentState::Cancelled | PaymentState::Failed | PaymentState::Expired => {
                self.tell("payment.failed");
            }
            PaymentState::Refunded => self.tell("payment.refunded"),
            PaymentState::Reversed => self.tell("payment.reversed"),
            PaymentState::Rejected => self.tell("payment.rejected"),
            PaymentState::Overpaid | PaymentState::Mismatch => self.tell("payment.needs_review"),
            _ => {}
        }
    }

    fn records(&mut self) -> Vec<Announcement> {
        let mut announcements = Vec::new();
        for kind in std::mem::take(&mut self.tells) {
            self.payment.sequence = self.payment.sequence.saturating_add(1);
            let data: Value = view::event_data(&self.payment);
            let sequence = self.payment.sequence;
            announcements.push(record(&mut self.txn, &self.store, &self.merchant, kind, sequence, data));
        }
        announcements
    }

    fn due_row(&mut self, key: &Key) {
        if self.due_before == self.payment.due_at {
            return;
        }
        let table = &self.store.table;
        if let Some(at) = self.due_before {
            self.txn.delete("old due row", table, &due_row(Queue::Openpay, at, key));
        }
        if let Some(at) = self.payment.due_at {
            let row = DueRow { held_until: None };
            self.txn.upsert("due row", table, &due_row(Queue::Openpay, at, key), &row);
        }
    }
}
