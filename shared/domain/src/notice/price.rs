//! What a message costs, and holding money for it: a price list as data, and reservation in blocks.

use serde::{Deserialize, Serialize};

use super::kind::Channel;
use crate::money::{Money, MoneyError};

/// Most rows of a price list.
pub const MAX_PRICES: usize = 2_000;

/// One row of a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The provider's id.
    pub provider: String,
    /// Country of the number, ISO alpha-2; `*` for all that have no row of their own.
    pub country: String,
    /// By what means.
    pub channel: Channel,
    /// For one segment of a text, one call, or one mail.
    pub unit: Money,
}

/// A hub's prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Price>", into = "Vec<Price>")]
pub struct PriceList(Vec<Price>);

/// Why there is no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No row for provider, country and channel.
    #[error("the price list has no row for this provider, country and channel; add one")]
    NoRow,
    /// A row below zero.
    #[error("a price is below zero; prices are 0 or more")]
    Negative,
    /// More rows than allowed.
    #[error("a price list may have 2000 rows at most")]
    TooMany,
    /// The sum cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl TryFrom<Vec<Price>> for PriceList {
    type Error = PriceError;

    fn try_from(rows: Vec<Price>) -> Result<Self, PriceError> {
        PriceList::new(rows)
    }
}

impl From<PriceList> for Vec<Price> {
    fn from(list: PriceList) -> Vec<Price> {
        list.0
    }
}

impl PriceList {
    /// Takes a list.
    ///
    /// # Errors
    /// When it has too many rows, or one below zero.
    pub fn new(rows: Vec<Price>) -> Result<PriceList, PriceError> {
        if rows.len() > MAX_PRICES {
            return Err(PriceError::TooMany);
        }
        if rows.iter().any(|row| row.unit.is_negative()) {
            return Err(PriceError::Negative);
        }
        Ok(PriceList(rows))
    }

    /// The price of a message of so many segments (1 for calls and mails).
    ///
    /// # Errors
    /// When no row fits, or on overflow.
    pub fn price(
        &self,
        provider: &str,
        country: &str,
        channel: Channel,
        segments: u32,
    ) -> Result<Money, PriceError> {
        let row = |country: &str| {
            self.0
                .iter()
                .find(|row| row.provider == provider && row.country == country && row.channel == channel)
        };
        let found = row(country).or_else(|| row("*")).ok_or(PriceError::NoRow)?;
        Ok(found.unit.checked_mul(u64::from(segments))?)
    }
}

/// A merchant's money. `balance + reserved + spent` never changes but by a credit (reliability notes, M5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Free money.
    pub balance: Money,
    /// Held in workers' blocks.
    pub reserved: Money,
    /// Gone.
    pub spent: Money,
}

/// Why no money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Not enough is free.
    #[error("the balance does not cover the message; top it up")]
    NoBalance,
    /// More than is held.
    #[error("more would be charged or returned than is reserved")]
    NotReserved,
    /// Below zero.
    #[error("an amount is below zero; give 0 or more")]
    Negative,
    /// The sum cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Account {
    /// An account with this much free money.
    pub const fn new(balance: Money) -> Account {
        let zero = Money::zero(balance.currency());
        Account { balance, reserved: zero, spent: zero }
    }

    /// Takes a block for a worker: `block`, or what is left of the balance if that still covers `need`.
    /// Returns the account and the size of the block.
    ///
    /// # Errors
    /// When the balance does not cover `need`, or currencies differ.
    pub fn reserve(self, need: Money, block: Money) -> Result<(Account, Money), AccountError> {
        not_negative(need)?;
        let wanted = if block.checked_sub(need)?.is_negative() { need } else { block };
        if self.balance.checked_sub(need)?.is_negative() {
            return Err(AccountError::NoBalance);
        }
        let taken = if self.balance.checked_sub(wanted)?.is_negative() { self.balance } else { wanted };
        let account = Account {
            balance: self.balance.checked_sub(taken)?,
            reserved: self.reserved.checked_add(taken)?,
            spent: self.spent,
        };
        Ok((account, taken))
    }

    /// Charges what a provider took out of a block.
    ///
    /// # Errors
    /// When more is charged than is held.
    pub fn charge(self, cost: Money) -> Result<Account, AccountError> {
        let reserved = self.without(cost)?;
        Ok(Account { balance: self.balance, reserved, spent: self.spent.checked_add(cost)? })
    }

    /// Gives the rest of a block back.
    ///
    /// # Errors
    /// When more is returned than is held.
    pub fn release(self, rest: Money) -> Result<Account, AccountError> {
        let reserved = self.without(rest)?;
        Ok(Account { balance: self.balance.checked_add(rest)?, reserved, spent: self.spent })
    }

    /// Adds money.
    ///
    /// # Errors
    /// When the amount is below zero or in another currency.
    pub fn credit(self, amount: Money) -> Result<Account, AccountError> {
        not_negative(amount)?;
        Ok(Account { balance: self.balance.checked_add(amount)?, ..self })
    }

    fn without(self, amount: Money) -> Result<Money, AccountError> {
        not_negative(amount)?;
        let left = self.reserved.checked_sub(amount)?;
        if left.is_negative() { Err(AccountError::NotReserved) } else { Ok(left) }
    }
}

fn not_negative(amount: Money) -> Result<(), AccountError> {
    if amount.is_negative() { Err(AccountError::Negative) } else { Ok(()) }
}

/// The alarm of a low balance: rings once when the balance falls below the threshold, and again only after
/// it stood at the threshold or above (S4-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowBalance {
    /// Below this it rings.
    pub threshold: Money,
    /// It has rung and was not set again.
    pub rung: bool,
}

impl LowBalance {
    /// The alarm after a change of the balance, and whether it rings now.
    ///
    /// # Errors
    /// When the currencies differ.
    pub fn after(self, balance: Money) -> Result<(LowBalance, bool), MoneyError> {
        let low = balance.checked_sub(self.threshold)?.is_negative();
        Ok((LowBalance { rung: low, ..self }, low && !self.rung))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn rub(amount: i64) -> Money {
        Money::new(amount, Currency::Rub)
    }

    #[test]
    fn prices_by_segment_and_country() {
        let row = |country: &str, unit| Price {
            provider: "smsc".to_owned(),
            country: country.to_owned(),
            channel: Channel::Sms,
            unit: rub(unit),
        };
        let list = PriceList::new(vec![row("*", 900), row("RU", 290)]).unwrap();
        assert_eq!(list.price("smsc", "RU", Channel::Sms, 2), Ok(rub(580)));
        assert_eq!(list.price("smsc", "KZ", Channel::Sms, 1), Ok(rub(900)));
        assert_eq!(list.price("smsc", "RU", Channel::Call, 1), Err(PriceError::NoRow));
        assert_eq!(PriceList::new(vec![row("RU", -1)]), Err(PriceError::Negative));
    }

    #[test]
    fn blocks_are_taken_while_the_balance_lasts() {
        let account = Account::new(rub(1_000));
        let (account, block) = account.reserve(rub(290), rub(800)).unwrap();
        assert_eq!((block, account.balance), (rub(800), rub(200)));
        assert_eq!(account.reserve(rub(290), rub(800)), Err(AccountError::NoBalance));
        let (account, block) = account.reserve(rub(200), rub(800)).unwrap();
        assert_eq!((block, account.balance), (rub(200), rub(0)));
        assert_eq!(account.charge(rub(1_001)), Err(AccountError::NotReserved));
        assert_eq!(account.charge(rub(-1)), Err(AccountError::Negative));
        let foreign = Money::new(1, Currency::Irr);
        assert!(matches!(account.charge(foreign), Err(AccountError::Money(_))));
    }

    #[test]
    fn the_alarm_rings_once_for_each_fall() {
        let mut alarm = LowBalance { threshold: rub(100), rung: false };
        for (balance, rings) in [(100, false), (99, true), (50, false), (100, false), (99, true)] {
            let (next, rang) = alarm.after(rub(balance)).unwrap();
            assert_eq!(rang, rings, "{balance}");
            alarm = next;
        }
    }

    proptest! {
        #[test]
        fn money_is_neither_made_nor_lost(steps in proptest::collection::vec((0u8..4, 0i64..500), 0..60)) {
            let mut account = Account::new(rub(2_000));
            let mut total = 2_000;
            for (step, amount) in steps {
                let amount = rub(amount);
                let next = match step {
                    0 => account.reserve(amount, rub(300)).map(|(account, _)| account),
                    1 => account.charge(amount),
                    2 => account.release(amount),
                    _ => account.credit(amount),
                };
                if let Ok(next) = next {
                    total += if step == 3 { amount.amount() } else { 0 };
                    account = next;
                }
                let parts = [account.balance, account.reserved, account.spent];
                prop_assert!(parts.iter().all(|part| !part.is_negative()));
                prop_assert_eq!(Money::sum(parts, Currency::Rub).unwrap(), rub(total));
            }
        }
    }
}
