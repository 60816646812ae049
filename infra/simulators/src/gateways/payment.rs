//! One payment as a gateway keeps it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::system::System;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The payer may still decide.
    Open,
    /// The payer agreed, no money has moved (Toss, before the shop confirms).
    Authenticated,
    /// The payer was told where to send the money (Toss, virtual account).
    AwaitingDeposit,
    /// The payer's money is here; the shop has not taken it.
    Paid,
    /// The shop's.
    Verified,
    /// Deposited with the shop, where that is a step of its own (Mellat, YooKassa's capture).
    Settled,
    Cancelled,
    Failed,
    /// The page's time ran out.
    Expired,
    /// Given back by the gateway, since the shop did not take it.
    Returned,
    /// Given back since the shop asked, as if it had never been.
    Reversed,
    /// Given back in full by refunds.
    Refunded,
}

/// A payment. Amounts are in the smallest unit of the wire: rial, kopeck, won.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) system: System,
    /// The gateway's name for it: authority, `trackId`, `RefId`, token, `paymentKey`.
    pub(crate) id: String,
    /// Terminal or shop.
    pub(crate) account: String,
    /// The shop's own number for it.
    pub(crate) our_id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// Where the payer returns to.
    pub(crate) callback: String,
    pub(crate) state: State,
    /// What the gateway names the money by, once it is here: `ref_id`, `SaleReferenceId`, `RefNum`.
    pub(crate) receipt: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) paid: Option<Timestamp>,
    pub(crate) verified: Option<Timestamp>,
    pub(crate) settled: Option<Timestamp>,
    /// When it was cancelled, failed, expired or went back.
    pub(crate) ended: Option<Timestamp>,
    /// When something happens by itself.
    pub(crate) due: Option<Timestamp>,
    /// Why it failed, in the gateway's own code.
    pub(crate) reason: Option<String>,
    pub(crate) card: Option<String>,
    pub(crate) refunded: i64,
    /// What only this gateway knows.
    pub(crate) detail: Value,
}

impl Payment {
    /// A payment nobody has paid yet.
    pub(crate) fn open(system: System, id: String, now: Timestamp, page: SignedDuration) -> Self {
        Self {
            system,
            id,
            account: String::new(),
            our_id: String::new(),
            amount: 0,
            currency: "IRR".to_owned(),
            callback: String::new(),
            state: State::Open,
            receipt: None,
            created: now,
            paid: None,
            verified: None,
            settled: None,
            ended: None,
            due: now.checked_add(page).ok(),
            reason: None,
            card: None,
            refunded: 0,
            detail: Value::Null,
        }
    }

    /// Ends in `state`; nothing more happens by itself.
    pub(crate) fn end(&mut self, state: State, at: Timestamp) {
        self.state = state;
        self.ended = Some(at);
        self.due = None;
    }

    /// The shop takes the money.
    pub(crate) fn verify(&mut self, at: Timestamp) {
        self.state = State::Verified;
        self.verified = Some(at);
        self.due = None;
    }

    /// The money stands at the gateway or with the shop.
    pub(crate) fn holds_money(&self) -> bool {
        matches!(self.state, State::Paid | State::Verified | State::Settled)
    }

    /// What can still be refunded.
    pub(crate) fn left(&self) -> i64 {
        self.amount.saturating_sub(self.refunded)
    }

    /// How long ago the payer paid.
    pub(crate) fn age(&self, now: Timestamp) -> SignedDuration {
        self.paid.map_or(SignedDuration::ZERO, |paid| now.duration_since(paid))
    }

    /// The payment as it was at a moment; nothing if it was not there.
    pub(crate) fn seen_at(mut self, moment: Option<Timestamp>) -> Option<Self> {
        let Some(moment) = moment else { return Some(self) };
        let known = |at: Option<Timestamp>| at.filter(|at| *at <= moment);
        if self.created > moment {
            return None;
        }
        let whole = self.ended == known(self.ended)
            && self.settled == known(self.settled)
            && self.verified == known(self.verified)
            && self.paid == known(self.paid);
        if !whole {
            self.ended = None;
            self.settled = known(self.settled);
            self.verified = known(self.verified);
            self.paid = known(self.paid);
            self.refunded = 0;
            self.state = match (self.settled, self.verified, self.paid) {
                (Some(_), _, _) => State::Settled,
                (None, Some(_), _) => State::Verified,
                // At Toss a payer agrees, and pays when the shop confirms.
                (None, None, Some(_)) if self.system == System::Toss => State::Authenticated,
                (None, None, Some(_)) => State::Paid,
                (None, None, None) => State::Open,
            };
        }
        Some(self)
    }

    /// A text of the detail; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.detail.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A switch of the detail.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.detail.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// So many minutes.
pub(crate) fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}
