//! A bank slip: the payer's claim that a transfer was made (S2-14, S2-15, S2-22; gateway notes, section 7.6;
//! reliability notes, section 4.9). It is never paid by itself.

mod bank;
mod number;
mod picture;

pub use bank::{BANKS, Bank, OTHER, bank, bank_of_card};
pub use number::{SlipNumber, SlipNumberError};
pub use picture::{MAX_PICTURE_BYTES, PictureKind, PictureProblem};

use super::form::{PriceError, Unit, parse_price};
use crate::jalali::{JalaliDate, numbers};
use crate::money::Money;
use crate::text::ascii_digits;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Older transfers are not taken: nobody pays by a slip of last year, and numbers are recycled.
const OLDEST_DAYS: i32 = 180;

/// What a payer typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct SlipInput<'a> {
    /// Slug of the bank, from [`BANKS`].
    pub bank: &'a str,
    /// Number on the slip.
    pub number: &'a str,
    /// Day of the transfer, Gregorian or Jalali.
    pub paid_on: &'a str,
    /// Amount.
    pub amount: &'a str,
    /// Last four digits of the payer's card, if any.
    pub last4: &'a str,
}

/// A slip in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Slug of the bank.
    pub bank: String,
    /// Its number.
    pub number: SlipNumber,
    /// Day of the transfer.
    pub paid_on: Date,
    /// Amount, as the payer says.
    pub amount: Money,
    /// Last four digits of the payer's card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlipProblem {
    /// `bank`
    #[error("choose the bank from the list")]
    Bank,
    /// `number`
    #[error(transparent)]
    Number(#[from] SlipNumberError),
    /// `paid_on`
    #[error("write the day of the transfer, for example 1404/12/29 or 2026-03-20")]
    Date,
    /// `paid_on`
    #[error("the day of the transfer lies in the future or too far back")]
    DateRange,
    /// `amount`
    #[error(transparent)]
    Amount(#[from] PriceError),
    /// `last4`
    #[error("write the last four digits of the card, or nothing")]
    Last4,
}

impl Slip {
    /// Reads what a payer typed; `today` is the shop's.
    ///
    /// # Errors
    /// Every problem with the name of its field.
    pub fn read(
        input: SlipInput<'_>,
        unit: Unit,
        today: Date,
    ) -> Result<Slip, Vec<(&'static str, SlipProblem)>> {
        let mut problems = Vec::new();
        let mut note = |field, problem| problems.push((field, problem));
        let bank = bank(input.bank.trim());
        if bank.is_none() {
            note("bank", SlipProblem::Bank);
        }
        let number = SlipNumber::parse(input.number).map_err(|e| note("number", e.into())).ok();
        let paid_on = day(input.paid_on, today).map_err(|e| note("paid_on", e)).ok();
        let amount = parse_price(input.amount, unit).map_err(|e| note("amount", e.into())).ok();
        let last4 = last4(input.last4).map_err(|e| note("last4", e)).ok();
        match (bank, number, paid_on, amount, last4) {
            (Some(bank), Some(number), Some(paid_on), Some(amount), Some(last4)) => {
                Ok(Slip { bank: bank.slug.to_owned(), number, paid_on, amount, last4 })
            }
            _ => Err(problems),
        }
    }

    /// What the same slip has in common with itself however it is typed: bank and number, **without** the
    /// day, or a changed day would make it another slip. Across shops only a keyed hash of it is compared.
    #[must_use]
    pub fn duplicate_key(&self) -> String {
        format!("{}#{}", self.bank, self.number.key())
    }

    /// The claim an approval takes: the shop's account, the bank, the number, and the day as the statement
    /// has it, since numbers are recycled.
    #[must_use]
    pub fn claim_key(&self, destination_account: &str, on_statement: Date) -> String {
        format!("{destination_account}#{}#{on_statement}", self.duplicate_key())
    }
}

/// A day by its year: 1300 to 1500 is Jalali, 1900 to 2100 Gregorian.
fn day(text: &str, today: Date) -> Result<Date, SlipProblem> {
    let (year, month, day) = numbers(&text.trim().replace('.', "/")).ok_or(SlipProblem::Date)?;
    let date = match year {
        1300..=1500 => JalaliDate::new(year, month, day).ok().map(JalaliDate::to_gregorian),
        1900..=2100 => {
            let parts = (i8::try_from(month), i8::try_from(day));
            if let (Ok(month), Ok(day)) = parts { Date::new(year, month, day).ok() } else { None }
        }
        _ => None,
    };
    let date = date.ok_or(SlipProblem::Date)?;
    // A day of grace: the payer's evening may be the shop's next day.
    let age = today.since(date).map_or(i32::MAX, |span| span.get_days());
    if (-1..=OLDEST_DAYS).contains(&age) { Ok(date) } else { Err(SlipProblem::DateRange) }
}

fn last4(text: &str) -> Result<Option<String>, SlipProblem> {
    let digits = ascii_digits(text.trim());
    match digits.len() {
        0 => Ok(None),
        4 if digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(digits)),
        _ => Err(SlipProblem::Last4),
    }
}

/// Who else has shown the same slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Nobody.
    Nowhere,
    /// Another shop's payer.
    ElsewhereBefore,
    /// A payer of this shop.
    HereBefore,
}

/// What a slip may do (section 4.9): a number seen before never rejects it by itself, since banks recycle
/// numbers, and never lets it pass by itself either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// May be matched with a statement.
    Ordinary,
    /// Shown with a warning; only a person approves it.
    Flagged,
    /// Held beside the earlier one; only a person approves it.
    Held,
}

impl Seen {
    /// What that means for the slip.
    pub const fn handling(self) -> Handling {
        match self {
            Seen::Nowhere => Handling::Ordinary,
            Seen::ElsewhereBefore => Handling::Flagged,
            Seen::HereBefore => Handling::Held,
        }
    }
}

/// Approving would pay twice what is paid already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is paid already; approve the slip only if the payer really paid twice, and say so")]
pub struct PaidAlready;

/// Whether a slip may be approved: once its link or payment is paid, only with an explicit word.
///
/// # Errors
/// [`PaidAlready`] without that word.
pub const fn may_approve(already_paid: bool, even_so: bool) -> Result<(), PaidAlready> {
    if already_paid && !even_so { Err(PaidAlready) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 3, 21);

    fn input() -> SlipInput<'static> {
        SlipInput {
            bank: "melli",
            number: "۰۰۱۲۳ ۴۵۶",
            paid_on: "1404/12/29",
            amount: "۲۵٬۰۰۰",
            last4: "۱۲۳۴",
        }
    }

    fn read(input: SlipInput<'_>) -> Result<Slip, Vec<(&'static str, SlipProblem)>> {
        Slip::read(input, Unit::Toman, TODAY)
    }

    #[test]
    fn a_slip_has_one_spelling() {
        let slip = read(input()).unwrap();
        assert_eq!(slip.duplicate_key(), "melli#123456");
        assert_eq!(slip.amount, Money::new(250_000, Currency::Irr));
        assert_eq!((slip.paid_on, slip.last4.as_deref()), (date(2026, 3, 20), Some("1234")));
        for (number, paid_on) in
            [("123456", "2026-03-20"), ("0123-456", "۱۴۰۴/۱۲/۲۹"), ("123456", "2026.3.20")]
        {
            let other = read(SlipInput { number, paid_on, ..input() }).unwrap();
            assert_eq!(other.duplicate_key(), slip.duplicate_key());
            assert_eq!(other.paid_on, slip.paid_on);
        }
    }

    #[test]
    fn a_changed_day_is_the_same_slip_but_another_claim() {
        let slip = read(input()).unwrap();
        let moved = read(SlipInput { paid_on: "1404/12/28", ..input() }).unwrap();
        assert_eq!(moved.duplicate_key(), slip.duplicate_key());
        assert_ne!(slip.claim_key("acc1", slip.paid_on), slip.claim_key("acc1", moved.paid_on));
        assert_ne!(slip.claim_key("acc1", TODAY), slip.claim_key("acc2", TODAY));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = SlipInput { bank: "", number: "12", paid_on: "soon", amount: "0", last4: "12" };
        let fields: Vec<&str> = read(wrong).unwrap_err().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["bank", "number", "paid_on", "amount", "last4"]);
    }

    #[test]
    fn days_of_both_calendars_near_today() {
        for (text, fits) in [
            ("2026-03-22", true),
            ("2026-03-23", false),
            ("2025-09-22", true),
            ("2025-09-21", false),
            ("1405/01/01", true),
            ("1404/12/30", false),
            ("2026-02-30", false),
            ("26-03-20", false),
        ] {
            assert_eq!(read(SlipInput { paid_on: text, ..input() }).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn a_slip_seen_before_waits_for_a_person() {
        assert_eq!(Seen::Nowhere.handling(), Handling::Ordinary);
        assert_eq!(Seen::ElsewhereBefore.handling(), Handling::Flagged);
        assert_eq!(Seen::HereBefore.handling(), Handling::Held);
        assert_eq!(may_approve(true, false), Err(PaidAlready));
        assert!(may_approve(true, true).is_ok() && may_approve(false, false).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(number in ".*", day in ".*", amount in ".*", last4 in ".*") {
            let input = SlipInput { bank: "melli", number: &number, paid_on: &day, amount: &amount, last4: &last4 };
            let _read = read(input);
        }
    }
}
