//! What a payment link allows (design section 4; gateway notes, section 8): how much, until when, how often.

use super::amount::{Compared, compare};
use crate::ids::OrderId;
use crate::money::{Money, MoneyError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The amount of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkAmount {
    /// This one and no other.
    Locked(Money),
    /// The payer chooses, both ends included.
    Range {
        /// Least.
        min: Money,
        /// Most.
        max: Money,
    },
}

/// How often a link may be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Uses {
    /// Once.
    Once,
    /// As often as anybody likes.
    Reusable,
    /// This often.
    Max(u32),
}

/// The terms of a link, fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTerms {
    /// How much.
    pub amount: LinkAmount,
    /// First moment at which it can no longer be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How often.
    pub uses: Uses,
    /// The order that a payment marks paid (S2-27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
}

/// Why a link cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTerms {
    /// Nothing, or less.
    #[error("the amount must be more than nothing")]
    NotPositive,
    /// Least above most.
    #[error("the least amount must not be above the largest")]
    EmptyRange,
    /// Two currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// It would never be payable.
    #[error("the link would expire before it is made")]
    Expired,
    /// No use at all.
    #[error("a link must allow at least one payment")]
    NoUse,
    /// An order is paid once, and in full.
    #[error("a link for an order has one fixed amount and is paid once")]
    OrderOnce,
}

/// Why a link cannot be paid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LinkRefusal {
    /// Revoked by the shop.
    #[error("this link was withdrawn by the shop; ask for a new one")]
    Revoked,
    /// Its time is over.
    #[error("this link has expired; ask the shop for a new one")]
    Expired,
    /// Paid as often as it may be.
    #[error("this link has been paid already")]
    UsedUp,
    /// Not the link's amount.
    #[error("this link has another amount")]
    Amount,
}

impl LinkTerms {
    /// Checks terms when a link is made.
    ///
    /// # Errors
    /// [`BadTerms`], saying what to change.
    pub fn check(&self, now: Timestamp) -> Result<(), BadTerms> {
        match self.amount {
            LinkAmount::Locked(amount) if amount.amount() <= 0 => return Err(BadTerms::NotPositive),
            LinkAmount::Range { min, max } => {
                let width = max.checked_sub(min)?;
                if min.amount() <= 0 {
                    return Err(BadTerms::NotPositive);
                }
                if width.is_negative() {
                    return Err(BadTerms::EmptyRange);
                }
            }
            LinkAmount::Locked(_) => {}
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(BadTerms::Expired);
        }
        if self.uses == Uses::Max(0) {
            return Err(BadTerms::NoUse);
        }
        let bound_once =
            matches!((self.uses, self.amount), (Uses::Once | Uses::Max(1), LinkAmount::Locked(_)));
        if self.order.is_some() && !bound_once {
            return Err(BadTerms::OrderOnce);
        }
        Ok(())
    }

    /// Whether `paid` payments use the link up.
    pub const fn used_up(&self, paid: u32) -> bool {
        match self.uses {
            Uses::Once => paid >= 1,
            Uses::Max(most) => paid >= most,
            Uses::Reusable => false,
        }
    }

    /// Whether the page may be opened for paying: not revoked, not used up, not expired.
    ///
    /// # Errors
    /// [`LinkRefusal`]; a withdrawal is told before anything else.
    pub fn is_open(&self, revoked: bool, paid: u32, now: Timestamp) -> Result<(), LinkRefusal> {
        if revoked {
            return Err(LinkRefusal::Revoked);
        }
        if self.used_up(paid) {
            return Err(LinkRefusal::UsedUp);
        }
        if self.expires_at.is_some_and(|end| now >= end) {
            return Err(LinkRefusal::Expired);
        }
        Ok(())
    }

    /// Whether a payer may pay this amount by the link.
    ///
    /// # Errors
    /// [`LinkRefusal::Amount`] outside of what the link allows.
    pub fn takes(&self, amount: Money) -> Result<(), LinkRefusal> {
        let fits = match self.amount {
            LinkAmount::Locked(locked) => compare(locked, amount) == Compared::Equal,
            LinkAmount::Range { min, max } => amount >= min && amount <= max,
        };
        if fits { Ok(()) } else { Err(LinkRefusal::Amount) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
    const LATER: Timestamp = Timestamp::constant(1_790_000_060, 0);

    fn irr(amount: i64) -> Money {
        Money::new(amount, Currency::Irr)
    }

    fn terms() -> LinkTerms {
        LinkTerms {
            amount: LinkAmount::Locked(irr(250_000)),
            expires_at: Some(LATER),
            uses: Uses::Once,
            order: None,
        }
    }

    fn range(min: i64, max: i64) -> LinkTerms {
        LinkTerms { amount: LinkAmount::Range { min: irr(min), max: irr(max) }, ..terms() }
    }

    #[test]
    fn impossible_terms_are_refused() {
        let bad = [
            (LinkTerms { amount: LinkAmount::Locked(irr(0)), ..terms() }, BadTerms::NotPositive),
            (range(0, 10), BadTerms::NotPositive),
            (range(11, 10), BadTerms::EmptyRange),
            (LinkTerms { expires_at: Some(NOW), ..terms() }, BadTerms::Expired),
            (LinkTerms { uses: Uses::Max(0), ..terms() }, BadTerms::NoUse),
            (LinkTerms { order: Some(OrderId::parse("o-1").unwrap()), ..range(1, 2) }, BadTerms::OrderOnce),
            (
                LinkTerms { order: Some(OrderId::parse("o-1").unwrap()), uses: Uses::Reusable, ..terms() },
                BadTerms::OrderOnce,
            ),
        ];
        for (terms, error) in bad {
            assert_eq!(terms.check(NOW), Err(error), "{terms:?}");
        }
        assert_eq!(terms().check(NOW), Ok(()));
        let bound = LinkTerms { order: Some(OrderId::parse("o-1").unwrap()), ..terms() };
        assert_eq!(bound.check(NOW), Ok(()));
        let mixed = LinkAmount::Range { min: irr(1), max: Money::new(2, Currency::Krw) };
        assert!(matches!(LinkTerms { amount: mixed, ..terms() }.check(NOW), Err(BadTerms::Money(_))));
    }

    #[test]
    fn a_link_closes_at_its_end_and_after_its_last_use() {
        assert_eq!(terms().is_open(false, 0, NOW), Ok(()));
        assert_eq!(terms().is_open(false, 0, LATER), Err(LinkRefusal::Expired));
        assert_eq!(terms().is_open(false, 1, NOW), Err(LinkRefusal::UsedUp));
        assert_eq!(terms().is_open(true, 1, LATER), Err(LinkRefusal::Revoked));
        let three = LinkTerms { uses: Uses::Max(3), ..terms() };
        assert!(three.is_open(false, 2, NOW).is_ok() && three.is_open(false, 3, NOW).is_err());
        let endless = LinkTerms { uses: Uses::Reusable, expires_at: None, ..terms() };
        assert!(endless.is_open(false, u32::MAX, Timestamp::MAX).is_ok());
    }

    #[test]
    fn only_the_links_own_amount_is_taken() {
        assert_eq!(terms().takes(irr(250_000)), Ok(()));
        assert_eq!(terms().takes(irr(25_000)), Err(LinkRefusal::Amount));
        assert_eq!(terms().takes(Money::new(250_000, Currency::Rub)), Err(LinkRefusal::Amount));
        let range = range(10, 20);
        for (amount, fits) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(range.takes(irr(amount)).is_ok(), fits, "{amount}");
        }
    }

    #[test]
    fn terms_read_back_from_json() {
        for terms in [terms(), range(1, 2), LinkTerms { uses: Uses::Max(3), ..terms() }] {
            let json = serde_json::to_string(&terms).unwrap();
            assert_eq!(serde_json::from_str::<LinkTerms>(&json).unwrap(), terms, "{json}");
        }
    }
}
