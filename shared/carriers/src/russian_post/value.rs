//! Declared value and money collected at the door, in kopecks: what is collected never exceeds what is
//! declared (protocol notes, sections 4.4 and 7).

use yam_domain::money::{Currency, Money};

use super::RussianPostSettings;
use super::products::{Category, Product};
use crate::consignment::{Consignment, Quote};
use crate::errors::own;
use crate::outcome::{OperatorError, RefusalKind};

/// What is declared and collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    /// How the operator names it.
    pub(super) category: Category,
    /// Kopecks declared; 0 for none.
    pub(super) declared: i64,
    /// Kopecks collected; 0 for none.
    pub(super) collected: i64,
}

impl Value {
    /// Of a quote. What is collected is not known before the order: the goods' value stands for it.
    pub(super) fn of_quote(
        settings: &RussianPostSettings,
        product: &Product,
        quote: &Quote,
    ) -> Result<Self, OperatorError> {
        let goods = kopecks("goods_total", quote.goods_total)?;
        let declared = quote.declared_value.map(|value| kopecks("declared_value", value)).transpose()?;
        Self::new(settings, product, goods, declared, quote.cod.then_some(goods))
    }

    /// Of a consignment.
    pub(super) fn of_consignment(
        settings: &RussianPostSettings,
        product: &Product,
        consignment: &Consignment,
    ) -> Result<Self, OperatorError> {
        let goods = goods(consignment)?;
        let declared =
            consignment.declared_value.map(|value| kopecks("declared_value", value)).transpose()?;
        let collected = match (consignment.cod, consignment.cod_amount) {
            (false, _) => None,
            (true, Some(amount)) => Some(kopecks("cod_amount", amount)?),
            (true, None) => {
                let discount = kopecks("discount", consignment.discount)?;
                let rest = goods.checked_sub(discount).filter(|rest| *rest > 0);
                let words = "nothing is left to collect after the discount; order it as paid";
                Some(rest.ok_or_else(|| own("cod_amount", words, RefusalKind::Goods))?)
            }
        };
        Self::new(settings, product, goods, declared, collected)
    }

    fn new(
        settings: &RussianPostSettings,
        product: &Product,
        goods: i64,
        declared: Option<i64>,
        collected: Option<i64>,
    ) -> Result<Self, OperatorError> {
        let value = match (declared, collected) {
            (Some(declared), Some(collected)) if declared < collected => {
                let words = format!(
                    "the declared value ({declared} kop.) is below what is collected at the door ({collected} kop.); \
                     declare at least as much"
                );
                return Err(own("declared_value_below_cod", words, RefusalKind::Goods));
            }
            (declared, Some(collected)) => {
                let declared = declared.unwrap_or(collected);
                Value { category: Category::CashOnDelivery, declared, collected }
            }
            (Some(declared), None) if declared > 0 => {
                Value { category: Category::Declared, declared, collected: 0 }
            }
            (None, None) if settings.declare_value && goods > 0 => {
                Value { category: Category::Declared, declared: goods, collected: 0 }
            }
            (_, None) => Value { category: Category::Ordinary, declared: 0, collected: 0 },
        };
        match (product.valued, value.category) {
            (true, _) | (false, Category::Ordinary) => Ok(value),
            (false, Category::Declared) => {
                let words = format!("{} carries no declared value", product.id);
                Err(own("service", words, RefusalKind::Service))
            }
            (false, Category::CashOnDelivery) => {
                let words = format!("nothing is collected at the door with {}", product.id);
                Err(own("cod_not_supported", words, RefusalKind::CodNotSupported))
            }
        }
    }
}

/// The goods' value in kopecks.
fn goods(consignment: &Consignment) -> Result<i64, OperatorError> {
    let mut total = 0_i64;
    for item in &consignment.items {
        let line = kopecks("price", item.price)?.checked_mul(i64::from(item.quantity));
        let sum = line.and_then(|line| total.checked_add(line));
        total = sum.ok_or_else(|| own("items", "the amount is too large", RefusalKind::Goods))?;
    }
    Ok(total)
}

/// An amount in kopecks.
pub(super) fn kopecks(field: &str, amount: Money) -> Result<i64, OperatorError> {
    let refuse = |words: String| Err(own(field, words, RefusalKind::Goods));
    if amount.currency() != Currency::Rub {
        return refuse(format!("Russian Post counts in RUB; {} was given", amount.currency()));
    }
    if amount.is_negative() {
        return refuse("the amount is below zero".into());
    }
    Ok(amount.amount())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::russian_post::products::find;
    use crate::russian_post::samples::{consignment, rub};

    fn value(edit: impl FnOnce(&mut Consignment)) -> Result<Value, String> {
        let mut consignment = consignment();
        edit(&mut consignment);
        let (settings, product) = (RussianPostSettings::new("101000"), find(&consignment.service).unwrap());
        Value::of_consignment(&settings, product, &consignment).map_err(|error| error.code)
    }

    #[test]
    fn what_is_collected_is_declared() {
        let cod = |declared, collected| Ok(Value { category: Category::CashOnDelivery, declared, collected });
        assert_eq!(value(|_| {}), cod(150_000, 150_000), "the goods' price");
        assert_eq!(value(|c| c.discount = rub(10_000)), cod(140_000, 140_000));
        assert_eq!(value(|c| c.cod_amount = Some(rub(170_000))), cod(170_000, 170_000));
        assert_eq!(value(|c| c.declared_value = Some(rub(200_000))), cod(200_000, 150_000));
        assert_eq!(value(|c| c.declared_value = Some(rub(150_000))), cod(150_000, 150_000));
        assert_eq!(value(|c| c.declared_value = Some(rub(149_999))), Err("declared_value_below_cod".into()));
        assert_eq!(value(|c| c.discount = rub(150_000)), Err("cod_amount".into()));
    }

    #[test]
    fn without_cash_a_value_is_declared_only_when_asked_for() {
        let ordinary = Ok(Value { category: Category::Ordinary, declared: 0, collected: 0 });
        let declared = |declared| Ok(Value { category: Category::Declared, declared, collected: 0 });
        assert_eq!(value(|c| c.cod = false), ordinary);
        let named = |c: &mut Consignment| {
            c.cod = false;
            c.declared_value = Some(rub(99));
        };
        assert_eq!(value(named), declared(99));
        let settings = RussianPostSettings { declare_value: true, ..RussianPostSettings::new("101000") };
        let mut prepaid = consignment();
        prepaid.cod = false;
        let own = Value::of_consignment(&settings, find("parcel").unwrap(), &prepaid);
        assert_eq!(own.map_err(|e| e.code), declared(150_000));
    }

    #[test]
    fn services_and_currencies_that_do_not_fit_are_named() {
        assert_eq!(value(|c| c.service = "ems_optimal".into()), Err("cod_not_supported".into()));
        assert_eq!(value(|c| c.items[0].price = Money::new(1, Currency::Irr)), Err("price".into()));
    }
}
