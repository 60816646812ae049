//! A shop's money for messages, and the hub's prices.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::{Account, LowBalance, PriceList};

/// A shop's money for messages (reliability notes, M5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeBalance {
    /// The money.
    pub account: Account,
    /// The alarm of a low balance.
    pub alarm: LowBalance,
    /// Counts the changes.
    pub rev: u64,
}

impl NoticeBalance {
    /// A shop that never had money; nothing is below zero, so its alarm is silent. Not stored yet, hence `rev` 0.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        NoticeBalance {
            account: Account::new(zero),
            alarm: LowBalance { threshold: zero, rung: false },
            rev: 0,
        }
    }
}

/// A credit of a shop's balance, kept for ever under the id its `Idempotency-Key` made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// How much.
    pub amount: Money,
    /// What for, e.g. the number of an invoice.
    pub note: String,
    /// Id of the operator's key that booked it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The free balance after it.
    pub balance: Money,
}

/// The hub's prices, as its staff put them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePrices {
    /// The rows.
    pub list: PriceList,
    /// When they were put.
    pub at: Timestamp,
    /// Counts the changes.
    pub rev: u64,
}
