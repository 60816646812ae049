//! `POST /v1/orders`, checked.

use jiff::Timestamp;
use serde::Deserialize;
use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{AccountId, CarrierId, Service};
use yam_domain::limits;
use yam_domain::money::Money;
use yam_domain::order::{Dispatch, PostagePayer};
use yam_domain::text::clean;
use yam_domain::weight::Grams;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::{OrderLine, ParcelLine, Recipient};

use crate::money::{Amounts, check_sum};
use crate::recipient::RecipientRequest;

/// The order as it comes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OrderRequest {
    number: String,
    placed_at: Option<Timestamp>,
    cod: bool,
    #[serde(default)]
    paid: bool,
    goods_total: Money,
    discount_total: Option<Money>,
    shipping_total: Option<Money>,
    declared_value: Option<Money>,
    cod_amount: Option<Money>,
    #[serde(default)]
    postage_payer: Option<PostagePayer>,
    rate_id: Option<String>,
    carrier: Option<CarrierId>,
    service: Option<String>,
    account_id: Option<AccountId>,
    buyer_ip: Option<String>,
    recipient: RecipientRequest,
    items: Vec<LineRequest>,
    #[serde(default)]
    dispatch: Option<Dispatch>,
    #[serde(default)]
    parcels: Vec<ParcelRequest>,
}

#[derive(Debug, Clone, Deserialize)]
struct LineRequest {
    line_id: Option<String>,
    sku: Option<String>,
    name: String,
    quantity: u32,
    weight_g: u32,
    dimensions_mm: Option<Dimensions>,
    price: Money,
    vendor_id: Option<String>,
    content_code: Option<String>,
    vat_code: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct ParcelRequest {
    items: Vec<ParcelLineRequest>,
    weight_g: Option<u32>,
    dimensions_mm: Option<Dimensions>,
}

#[derive(Debug, Clone, Deserialize)]
struct ParcelLineRequest {
    line_id: String,
    quantity: u32,
}

/// One parcel of the order.
#[derive(Debug, Clone)]
pub(crate) struct ParcelDraft {
    /// Empty: the whole order.
    pub(crate) lines: Vec<ParcelLine>,
    pub(crate) weight: Grams,
    /// As it is packed.
    pub(crate) size: Option<Dimensions>,
}

/// A checked order.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) number: String,
    pub(crate) placed_at: Option<Timestamp>,
    pub(crate) cod: bool,
    pub(crate) paid: bool,
    pub(crate) amounts: Amounts,
    pub(crate) declared_value: Option<Money>,
    pub(crate) cod_amount: Option<Money>,
    pub(crate) rate_id: Option<String>,
    pub(crate) carrier: Option<CarrierId>,
    pub(crate) service: Option<Service>,
    pub(crate) account: Option<AccountId>,
    pub(crate) recipient: Recipient,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) dispatch: Dispatch,
    pub(crate) parcels: Vec<ParcelDraft>,
}

impl Draft {
    /// The size of the whole as one parcel: as told, else of a stack of its pieces where each has a size.
    pub(crate) fn size(&self) -> Option<Dimensions> {
        let told = match self.parcels.as_slice() {
            [only] => only.size,
            _ => None,
        };
        let pieces = || -> Option<Vec<(Dimensions, u32)>> {
            self.lines.iter().map(|line| Some((line.dimensions_mm?, line.quantity))).collect()
        };
        told.or_else(|| Dimensions::stacked(pieces()?))
    }

    /// An order that names no parcels and holds goods sent from several accounts becomes one parcel for each of
    /// them (S3-23); refused where those are more than an order may have.
    pub(crate) fn one_parcel_each(
        mut self,
        account: impl Fn(Option<&str>) -> AccountId,
    ) -> Result<Self, Problem> {
        let whole = self.parcels.len() == 1 && self.parcels.iter().all(|parcel| parcel.lines.is_empty());
        if !whole {
            return Ok(self);
        }
        let mut parts: Vec<(AccountId, ParcelDraft)> = Vec::new();
        for line in &self.lines {
            let from = account(line.vendor_id.as_deref());
            let part = ParcelLine { line_id: line.line_id.clone(), quantity: line.quantity };
            let weight = line.weight_g.checked_mul(line.quantity).unwrap_or(line.weight_g);
            match parts.iter_mut().find(|(known, _)| *known == from) {
                Some((_, parcel)) => {
                    parcel.weight = parcel.weight.checked_add(weight).unwrap_or(parcel.weight);
                    parcel.lines.push(part);
                }
                None => parts.push((from, ParcelDraft { lines: vec![part], weight, size: None })),
            }
        }
        if parts.len() > limits::MAX_PARCELS {
            let (accounts, most) = (parts.len(), limits::MAX_PARCELS);
            let fault =
                format!("are sent from {accounts} accounts; one order may have {most} parcels, split it");
            return Err(Problem::validation(vec![FieldError::new("/items", Fault::Other(fault))]));
        }
        if parts.len() > 1 {
            self.parcels = parts.into_iter().map(|(_, parcel)| parcel).collect();
        }
        Ok(self)
    }
}

/// Characters of an operator's code for goods or their tax.
const CODE: usize = 10;

impl OrderRequest {
    /// Checks every field and collects all faults.
    pub(crate) fn check(self) -> Result<Draft, Problem> {
        let mut faults = Vec::new();
        let number = clean(&self.number);
        if number.is_empty() {
            faults.push(FieldError::new("/number", Fault::Required));
        } else if number.chars().count() > limits::MAX_ORDER_NUMBER {
            faults.push(FieldError::new("/number", Fault::TooLong(limits::MAX_ORDER_NUMBER)));
        }
        let currency = self.goods_total.currency();
        let amounts = [
            ("/goods_total", Some(self.goods_total)),
            ("/discount_total", self.discount_total),
            ("/shipping_total", self.shipping_total),
            ("/declared_value", self.declared_value),
            ("/cod_amount", self.cod_amount),
        ];
        for (pointer, amount) in amounts {
            faults.extend(amount.and_then(|a| amount_fault(pointer, a, self.goods_total)));
        }
        if self.cod_amount.is_some() && !self.cod {
            let fault = Fault::Other("belongs to cash on delivery: set cod, or leave it out".into());
            faults.push(FieldError::new("/cod_amount", fault));
        }
        let lines = self.lines(&mut faults);
        if faults.is_empty() {
            faults.extend(check_sum(&lines, self.goods_total));
        }
        let parcels = self.parcels(&lines, &mut faults);
        let service = self.service.as_deref().map(clean).and_then(|s| match Service::parse(&s) {
            Ok(service) => Some(service),
            Err(_) => {
                let fault = Fault::Other("is not a service id; see /openapi.json".into());
                faults.push(FieldError::new("/service", fault));
                None
            }
        });
        let buyer_ip = self.buyer_ip.as_deref().map(clean).filter(|ip| !ip.is_empty());
        if buyer_ip.as_ref().is_some_and(|ip| ip.parse::<std::net::IpAddr>().is_err()) {
            faults.push(FieldError::new("/buyer_ip", Fault::Other("is not an IP address".into())));
        }
        let recipient = self.recipient.check("/recipient", None, buyer_ip, &mut faults);
        match recipient {
            Some(recipient) if faults.is_empty() => Ok(Draft {
                number,
                placed_at: self.placed_at,
                cod: self.cod,
                paid: self.paid,
                amounts: Amounts {
                    goods: self.goods_total,
                    discount: self.discount_total.unwrap_or(Money::zero(currency)),
                    shipping: self.shipping_total,
                    payer: self.postage_payer.unwrap_or(PostagePayer::Buyer),
                },
                declared_value: self.declared_value,
                cod_amount: self.cod_amount,
                rate_id: self.rate_id.filter(|r| !r.is_empty()),
                carrier: self.carrier,
                service,
                account: self.account_id,
                recipient,
                lines,
                dispatch: self.dispatch.unwrap_or(Dispatch::OnCreated),
                parcels,
            }),
            _ => Err(Problem::validation(faults)),
        }
    }

    fn lines(&self, faults: &mut Vec<FieldError>) -> Vec<OrderLine> {
        if self.items.is_empty() {
            faults.push(FieldError::new("/items", Fault::Required));
        }
        if self.items.len() > limits::MAX_ITEMS {
            faults.push(FieldError::new("/items", Fault::TooLong(limits::MAX_ITEMS)));
            return vec![];
        }
        let mut seen = std::collections::HashSet::new();
        let mut lines = Vec::with_capacity(self.items.len());
        for (i, item) in self.items.iter().enumerate() {
            let mut fault =
                |field: &str, fault| faults.push(FieldError::new(format!("/items/{i}/{field}"), fault));
            let line_id = item.line_id.as_deref().map_or_else(|| (i + 1).to_string(), clean);
            if line_id.is_empty() || line_id.len() > limits::MAX_SKU || !seen.insert(line_id.clone()) {
                fault(
                    "line_id",
                    Fault::Other("must be unique in the order and at most 64 characters".into()),
                );
            }
            let title = clean(&item.name);
            if title.is_empty() {
                fault("name", Fault::Required);
            } else if title.chars().count() > limits::MAX_ITEM_NAME {
                fault("name", Fault::TooLong(limits::MAX_ITEM_NAME));
            }
            if item.quantity == 0 || item.quantity > limits::MAX_QUANTITY {
                fault("quantity", Fault::OutOfRange("1".into(), limits::MAX_QUANTITY.to_string()));
            }
            let mut code = |name: &str, code: &Option<String>| {
                let code = code.as_deref().map(clean).filter(|code| !code.is_empty());
                if code.as_ref().is_some_and(|code| code.chars().count() > CODE) {
                    fault(name, Fault::TooLong(CODE));
                }
                code
            };
            let content_code = code("content_code", &item.content_code);
            let vat_code = code("vat_code", &item.vat_code);
            if let Some(error) = amount_fault(&format!("/items/{i}/price"), item.price, self.goods_total) {
                faults.push(error);
            }
            lines.push(OrderLine {
                line_id,
                sku: item.sku.as_deref().map(clean).filter(|s| !s.is_empty()),
                title,
                quantity: item.quantity,
                weight_g: Grams::new(item.weight_g),
                price: item.price,
                dimensions_mm: item.dimensions_mm,
                content_code,
                vat_code,
                vendor_id: item.vendor_id.as_deref().map(clean).filter(|v| !v.is_empty()),
            });
        }
        lines
    }

    fn parcels(&self, lines: &[OrderLine], faults: &mut Vec<FieldError>) -> Vec<ParcelDraft> {
        if self.parcels.is_empty() {
            let weight = weigh(lines.iter().map(|l| (l.weight_g, l.quantity)));
            if weight.is_none() {
                faults.push(FieldError::new(
                    "/items",
                    Fault::Other("the weights are too large to add up".into()),
                ));
            }
            return vec![ParcelDraft { lines: vec![], weight: weight.unwrap_or(Grams::new(0)), size: None }];
        }
        if self.parcels.len() > limits::MAX_PARCELS {
            faults.push(FieldError::new("/parcels", Fault::TooLong(limits::MAX_PARCELS)));
            return vec![];
        }
        let mut left: std::collections::HashMap<&str, u32> =
            lines.iter().map(|l| (l.line_id.as_str(), l.quantity)).collect();
        let mut drafts = Vec::new();
        for (i, parcel) in self.parcels.iter().enumerate() {
            let mut taken = Vec::new();
            for (j, part) in parcel.items.iter().enumerate() {
                let at = format!("/parcels/{i}/items/{j}");
                let Some(rest) = left.get_mut(part.line_id.as_str()) else {
                    faults.push(FieldError::new(
                        format!("{at}/line_id"),
                        Fault::Other("is not a line of the order".into()),
                    ));
                    continue;
                };
                if part.quantity == 0 || part.quantity > *rest {
                    let fault = Fault::OutOfRange("1".into(), rest.to_string());
                    faults.push(FieldError::new(format!("{at}/quantity"), fault));
                    continue;
                }
                *rest -= part.quantity;
                taken.push(ParcelLine { line_id: part.line_id.clone(), quantity: part.quantity });
            }
            if parcel.items.is_empty() {
                faults.push(FieldError::new(format!("/parcels/{i}/items"), Fault::Required));
            }
            let find = |id: &str| lines.iter().find(|l| l.line_id == id).map(|l| l.weight_g);
            let summed = weigh(taken.iter().filter_map(|t| Some((find(&t.line_id)?, t.quantity))));
            let weight = parcel.weight_g.map(Grams::new).or(summed).unwrap_or(Grams::new(0));
            drafts.push(ParcelDraft { lines: taken, weight, size: parcel.dimensions_mm });
        }
        if left.values().any(|rest| *rest > 0) && faults.is_empty() {
            let fault = Fault::Sum("every piece of every line must be in one of the parcels".into());
            faults.push(FieldError::new("/parcels", fault));
        }
        drafts
    }
}

/// The weight of pieces together; `None` when it does not fit.
fn weigh(mut lines: impl Iterator<Item = (Grams, u32)>) -> Option<Grams> {
    lines.try_fold(Grams::new(0), |sum, (weight, n)| sum.checked_add(weight.checked_mul(n)?))
}

fn amount_fault(pointer: &str, amount: Money, like: Money) -> Option<FieldError> {
    if amount.currency() != like.currency() {
        return Some(FieldError::new(pointer, Fault::Currency(like.currency().as_str().to_owned())));
    }
    if amount.is_negative() {
        return Some(FieldError::new(pointer, Fault::Negative));
    }
    (amount.amount() > limits::MAX_AMOUNT)
        .then(|| FieldError::new(pointer, Fault::OutOfRange("0".into(), limits::MAX_AMOUNT.to_string())))
}
