//! Fiscal receipts of Russian payments (54-FZ): what was sold, at which VAT, and where the receipt is sent.
//!
//! The codes of VAT and tax systems are YooKassa's numbers, which merchants know from their cash desk;
//! Robokassa's words are derived from them. Codes 11 and 12 hold since 1 January 2026 (YooKassa's table of
//! receipt parameters).

use crate::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

/// Most lines of one receipt.
pub const MAX_LINES: usize = 80;
/// Longest name of a line, in characters.
pub const MAX_LINE_NAME: usize = 128;

/// A VAT rate by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct VatCode(u8);

/// No such rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the VAT code must be a number from 1 to 12")]
pub struct UnknownVat;

/// Rates in the order of their codes, in Robokassa's words.
const WORDS: [&str; 12] = [
    "none", "vat0", "vat10", "vat20", "vat110", "vat120", "vat5", "vat7", "vat105", "vat107", "vat22",
    "vat122",
];

impl VatCode {
    /// Without VAT.
    pub const NONE: VatCode = VatCode(1);

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The rate in Robokassa's words.
    pub fn word(self) -> &'static str {
        WORDS.get(usize::from(self.0).saturating_sub(1)).copied().unwrap_or("none")
    }
}

impl TryFrom<u8> for VatCode {
    type Error = UnknownVat;

    fn try_from(code: u8) -> Result<Self, UnknownVat> {
        if (1..=12).contains(&code) { Ok(VatCode(code)) } else { Err(UnknownVat) }
    }
}

impl From<VatCode> for u8 {
    fn from(code: VatCode) -> u8 {
        code.0
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// What was sold.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    pub price: Money,
    /// VAT contained in it.
    pub vat: VatCode,
    /// `commodity`, `service`, `payment`, ... as the law names it; the same words on both wires.
    pub subject: Subject,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Goods.
    Commodity,
    /// A service: what payments by link are for (S2-01).
    #[default]
    Service,
    /// A payment on account.
    Payment,
}

impl Subject {
    /// The word on both wires.
    pub const fn as_str(self) -> &'static str {
        match self {
            Subject::Commodity => "commodity",
            Subject::Service => "service",
            Subject::Payment => "payment",
        }
    }
}

/// A receipt of a payment or of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The buyer's e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The buyer's phone, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What was sold.
    pub lines: Vec<ReceiptLine>,
}

/// Why a receipt cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// Nowhere to send it.
    #[error("a receipt needs the buyer's e-mail or phone")]
    NoContact,
    /// No line, or too many.
    #[error("a receipt has 1 to {} lines", MAX_LINES)]
    Lines,
    /// A line without a name, quantity or price, or with a name that is too long.
    #[error(
        "every line of a receipt needs a name of at most {} characters, a quantity and a price",
        MAX_LINE_NAME
    )]
    Line,
    /// The lines add up to something else.
    #[error("the lines of the receipt add up to {0}, which is not the payment's amount")]
    Sum(Money),
    /// Not roubles.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Receipt {
    /// Checks a receipt against the amount it is for.
    ///
    /// # Errors
    /// [`BadReceipt`], saying what is wrong.
    pub fn check(&self, amount: Money) -> Result<(), BadReceipt> {
        if self.email.is_none() && self.phone.is_none() {
            return Err(BadReceipt::NoContact);
        }
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            return Err(BadReceipt::Lines);
        }
        let mut sum = Money::zero(Currency::Rub);
        for line in &self.lines {
            let named = (1..=MAX_LINE_NAME).contains(&line.name.chars().count());
            if !named || line.quantity == 0 || line.price.is_negative() {
                return Err(BadReceipt::Line);
            }
            sum = sum.checked_add(line.price.checked_mul(u64::from(line.quantity))?)?;
        }
        if sum == amount { Ok(()) } else { Err(BadReceipt::Sum(sum)) }
    }

    /// The receipt of a refund: the same buyer, and one line for a part, or all lines for all of it.
    #[must_use]
    pub fn of_refund(&self, paid: Money, refund: Money) -> Receipt {
        if refund == paid {
            return self.clone();
        }
        let vat = self.lines.first().map_or(VatCode::NONE, |line| line.vat);
        let subject = self.lines.first().map_or(Subject::Service, |line| line.subject);
        let name = self.lines.first().map_or_else(String::new, |line| line.name.clone());
        Receipt {
            lines: vec![ReceiptLine { name, quantity: 1, price: refund, vat, subject }],
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rub(amount: i64) -> Money {
        Money::new(amount, Currency::Rub)
    }

    fn receipt() -> Receipt {
        let line = |name: &str, quantity, price| ReceiptLine {
            name: name.into(),
            quantity,
            price: rub(price),
            vat: VatCode(11),
            subject: Subject::Service,
        };
        Receipt {
            email: Some("buyer@shop.example".into()),
            phone: None,
            lines: vec![line("Доплата за доставку", 1, 4_000), line("Упаковка", 2, 3_000)],
        }
    }

    #[test]
    fn lines_have_to_add_up() {
        assert_eq!(receipt().check(rub(10_000)), Ok(()));
        assert_eq!(receipt().check(rub(10_001)), Err(BadReceipt::Sum(rub(10_000))));
        let nobody = Receipt { email: None, ..receipt() };
        assert_eq!(nobody.check(rub(10_000)), Err(BadReceipt::NoContact));
        let empty = Receipt { lines: Vec::new(), ..receipt() };
        assert_eq!(empty.check(rub(0)), Err(BadReceipt::Lines));
        let mut long = receipt();
        long.lines[0].name = "я".repeat(129);
        assert_eq!(long.check(rub(10_000)), Err(BadReceipt::Line));
        let mut won = receipt();
        won.lines[1].price = Money::new(1, Currency::Krw);
        assert!(matches!(won.check(rub(10_000)), Err(BadReceipt::Money(_))));
    }

    #[test]
    fn refund_receipts_add_up_to_the_refund() {
        for refund in [1, 4_000, 10_000] {
            assert_eq!(receipt().of_refund(rub(10_000), rub(refund)).check(rub(refund)), Ok(()), "{refund}");
        }
        assert_eq!(receipt().of_refund(rub(10_000), rub(10_000)), receipt());
    }

    #[test]
    fn every_vat_code_has_a_word() {
        let words: Vec<&str> = (1..=12).map(|code| VatCode(code).word()).collect();
        assert_eq!(words, WORDS);
        assert!(
            serde_json::from_str::<VatCode>("0").is_err() && serde_json::from_str::<VatCode>("13").is_err()
        );
        assert_eq!(serde_json::from_str::<VatCode>("12").unwrap().word(), "vat122");
    }
}
