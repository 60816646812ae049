//! Amounts of an order: sums and the invoice.

use yam_api::RateToken;
use yam_domain::invoice::{Invoice, InvoiceInput};
use yam_domain::money::Money;
use yam_domain::order::PostagePayer;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::OrderLine;

/// Amounts as they came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amounts {
    pub(crate) goods: Money,
    pub(crate) discount: Money,
    pub(crate) shipping: Option<Money>,
    pub(crate) payer: PostagePayer,
}

/// The goods' prices must add up to the goods' total.
pub(crate) fn check_sum(lines: &[OrderLine], goods: Money) -> Option<FieldError> {
    let lines = lines.iter().map(|l| l.price.checked_mul(u64::from(l.quantity)));
    let sum = lines.collect::<Result<Vec<_>, _>>().and_then(|all| Money::sum(all, goods.currency()));
    match sum {
        Ok(sum) if sum == goods => None,
        Ok(sum) => Some(FieldError::new("/goods_total", Fault::Sum(sum.amount().to_string()))),
        Err(error) => Some(FieldError::new("/items", Fault::Other(error.to_string()))),
    }
}

/// The invoice: the quoted price is binding and added to the total (S0-02); without a quote the
/// shop's own `shipping_total` stands.
pub(crate) fn invoice(amounts: Amounts, rate: Option<&RateToken>) -> Result<Invoice, Problem> {
    let zero = Money::zero(amounts.goods.currency());
    let (postage, vat, cod_fee) = match rate {
        Some(rate) => (rate.postage, rate.vat, rate.cod_fee.unwrap_or(zero)),
        None => (amounts.shipping.unwrap_or(zero), zero, zero),
    };
    let input = InvoiceInput {
        goods: amounts.goods,
        discount: amounts.discount,
        postage,
        vat,
        cod_fee,
        payer: amounts.payer,
    };
    Invoice::compute(input).map_err(|error| {
        Problem::validation(vec![FieldError::new("/goods_total", Fault::Other(error.to_string()))])
    })
}
