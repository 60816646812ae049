//! What the buyer pays.
//!
//! Postage is ADDED to the invoice (S0-02): `total = goods − discount + shipping + vat + cod_fee`, for
//! every invoice, whoever pays the postage.

use crate::money::{Currency, Money, MoneyError};
use crate::order::{PayState, PostagePayer};
use serde::{Deserialize, Serialize};

/// An order's amounts, all in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    /// Price of all goods before discount.
    pub goods: Money,
    /// What is taken off the goods, as a positive amount.
    pub discount: Money,
    /// Postage without VAT; zero when the merchant pays it.
    pub shipping: Money,
    /// VAT on the postage; zero when the merchant pays it.
    pub vat: Money,
    /// The carrier's fee for collecting cash; zero when the merchant pays the postage.
    pub cod_fee: Money,
    /// What the buyer pays altogether.
    pub total: Money,
}

/// The amounts an invoice is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceInput {
    /// Price of all goods before discount.
    pub goods: Money,
    /// What is taken off the goods, as a positive amount.
    pub discount: Money,
    /// Postage without VAT.
    pub postage: Money,
    /// VAT on the postage.
    pub vat: Money,
    /// The carrier's fee for collecting cash.
    pub cod_fee: Money,
    /// Who pays postage, VAT on it and fee.
    pub payer: PostagePayer,
}

/// Why no invoice can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// Mixed currencies, or an amount too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A negative amount.
    #[error("{0} must not be negative")]
    Negative(&'static str),
    /// More discount than goods.
    #[error("the discount must not be more than the goods")]
    DiscountOverGoods,
}

impl Invoice {
    /// Adds up an invoice.
    ///
    /// # Errors
    /// On negative amounts, a discount above the goods, mixed currencies or overflow.
    pub fn compute(input: InvoiceInput) -> Result<Invoice, InvoiceError> {
        let InvoiceInput { goods, discount, postage, vat, cod_fee, payer } = input;
        for (name, amount) in [
            ("goods", goods),
            ("discount", discount),
            ("postage", postage),
            ("vat", vat),
            ("cod_fee", cod_fee),
        ] {
            if amount.is_negative() {
                return Err(InvoiceError::Negative(name));
            }
        }
        let net_goods = goods.checked_sub(discount)?;
        if net_goods.is_negative() {
            return Err(InvoiceError::DiscountOverGoods);
        }
        let currency = goods.currency();
        let carriage = [postage, vat, cod_fee];
        let carried = Money::sum(carriage, currency)?;
        let [shipping, vat, cod_fee] = match payer {
            PostagePayer::Buyer | PostagePayer::OnDelivery => carriage,
            PostagePayer::Merchant => [Money::zero(currency); 3],
        };
        let total = match payer {
            PostagePayer::Buyer | PostagePayer::OnDelivery => net_goods.checked_add(carried)?,
            PostagePayer::Merchant => net_goods,
        };
        Ok(Invoice { goods, discount, shipping, vat, cod_fee, total })
    }

    /// An invoice without postage, for an order whose price is not known yet.
    ///
    /// # Errors
    /// As [`Invoice::compute`].
    pub fn goods_only(goods: Money, discount: Money) -> Result<Invoice, InvoiceError> {
        let none = Money::zero(goods.currency());
        let payer = PostagePayer::Buyer;
        Invoice::compute(InvoiceInput { goods, discount, postage: none, vat: none, cod_fee: none, payer })
    }

    /// The currency of all its amounts.
    pub const fn currency(&self) -> Currency {
        self.total.currency()
    }

    /// What the postman collects (S0-08): everything for cash on delivery; postage, VAT and fee when
    /// only these are paid at the door; else nothing.
    ///
    /// # Errors
    /// On mixed currencies or overflow, which [`Invoice::compute`] has ruled out.
    pub fn due_at_door(&self, pay: PayState, payer: PostagePayer) -> Result<Money, MoneyError> {
        match (pay, payer) {
            (PayState::Cod, _) => Ok(self.total),
            (PayState::Paid | PayState::Unpaid, PostagePayer::OnDelivery) => {
                Money::sum([self.shipping, self.vat, self.cod_fee], self.currency())
            }
            (PayState::Paid | PayState::Unpaid, PostagePayer::Buyer | PostagePayer::Merchant) => {
                Ok(Money::zero(self.currency()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn irr(amount: i64) -> Money {
        Money::new(amount, Currency::Irr)
    }

    fn input(payer: PostagePayer) -> InvoiceInput {
        InvoiceInput {
            goods: irr(2_500_000),
            discount: irr(100_000),
            postage: irr(81_500),
            vat: irr(7_335),
            cod_fee: irr(20_000),
            payer,
        }
    }

    #[test]
    fn the_buyer_pays_postage_on_top() {
        let invoice = Invoice::compute(input(PostagePayer::Buyer)).unwrap();
        assert_eq!(invoice.total, irr(2_508_835));
        assert_eq!(invoice.due_at_door(PayState::Cod, PostagePayer::Buyer), Ok(irr(2_508_835)));
        assert_eq!(invoice.due_at_door(PayState::Paid, PostagePayer::Buyer), Ok(irr(0)));
    }

    #[test]
    fn free_delivery_shows_no_postage() {
        let invoice = Invoice::compute(input(PostagePayer::Merchant)).unwrap();
        assert_eq!((invoice.total, invoice.shipping), (irr(2_400_000), irr(0)));
        assert_eq!(invoice.due_at_door(PayState::Cod, PostagePayer::Merchant), Ok(irr(2_400_000)));
    }

    #[test]
    fn postage_at_the_door() {
        let invoice = Invoice::compute(input(PostagePayer::OnDelivery)).unwrap();
        assert_eq!(invoice.total, irr(2_508_835));
        assert_eq!(invoice.due_at_door(PayState::Paid, PostagePayer::OnDelivery), Ok(irr(108_835)));
    }

    #[test]
    fn impossible_invoices_are_refused() {
        let over = InvoiceInput { discount: irr(2_500_001), ..input(PostagePayer::Buyer) };
        assert_eq!(Invoice::compute(over), Err(InvoiceError::DiscountOverGoods));
        let negative = InvoiceInput { vat: irr(-1), ..input(PostagePayer::Buyer) };
        assert_eq!(Invoice::compute(negative), Err(InvoiceError::Negative("vat")));
        let mixed = InvoiceInput { vat: Money::zero(Currency::Krw), ..input(PostagePayer::Merchant) };
        assert!(matches!(Invoice::compute(mixed), Err(InvoiceError::Money(_))));
        let huge = InvoiceInput { postage: irr(i64::MAX), ..input(PostagePayer::Buyer) };
        assert_eq!(Invoice::compute(huge), Err(InvoiceError::Money(MoneyError::Overflow)));
    }

    proptest! {
        #[test]
        fn total_is_the_sum_of_its_lines(
            goods in 0i64..=i64::MAX,
            discount in 0i64..=i64::MAX,
            postage in 0i64..=i64::MAX,
            vat in 0i64..1_000_000_000,
            fee in 0i64..1_000_000_000,
            payer in prop_oneof![
                Just(PostagePayer::Buyer), Just(PostagePayer::Merchant), Just(PostagePayer::OnDelivery)
            ],
        ) {
            let input = InvoiceInput {
                goods: irr(goods), discount: irr(discount), postage: irr(postage),
                vat: irr(vat), cod_fee: irr(fee), payer,
            };
            if let Ok(i) = Invoice::compute(input) {
                let lines = i128::from(i.goods.amount()) - i128::from(i.discount.amount())
                    + i128::from(i.shipping.amount())
                    + i128::from(i.vat.amount())
                    + i128::from(i.cod_fee.amount());
                prop_assert_eq!(lines, i128::from(i.total.amount()));
                prop_assert!(!i.total.is_negative());
                let door = i.due_at_door(PayState::Cod, payer).unwrap();
                prop_assert!(door <= i.total);
            }
        }
    }
}
