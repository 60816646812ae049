//! The request, checked.

use serde::Deserialize;
use yam_carriers::{Quote, QuoteDestination};
use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{CarrierId, Service};
use yam_domain::limits;
use yam_domain::money::Money;
use yam_domain::text::{ascii_digits, clean};
use yam_domain::weight::Grams;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};

/// `POST /v1/rates`.
#[derive(Debug, Clone, Deserialize)]
pub struct RatesRequest {
    destination: Place,
    #[serde(default)]
    items: Vec<Item>,
    weight_g: Option<u64>,
    /// Size of the packed parcel, in mm; else it follows from the goods where each names its own.
    dimensions_mm: Option<Dimensions>,
    goods_total: Money,
    declared_value: Option<Money>,
    #[serde(default)]
    cod: bool,
    #[serde(default)]
    carriers: Vec<CarrierId>,
    #[serde(default)]
    services: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Place {
    country: String,
    postal_code: Option<String>,
    region: Option<String>,
    city: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Item {
    quantity: u32,
    weight_g: u64,
    dimensions_mm: Option<Dimensions>,
    price: Option<Money>,
}

/// What is asked, reduced to what the operators need.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) quote: Quote,
    /// Weight of one piece of each product.
    pub(crate) products: Vec<Grams>,
    pub(crate) carriers: Vec<CarrierId>,
}

/// The heaviest weight that is understood at all (1,000 t): beyond it is a typing error.
const HEAVIEST: u64 = 1_000_000_000;

impl RatesRequest {
    /// Checks every field and collects all faults.
    pub(crate) fn check(self) -> Result<Asked, Problem> {
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, fault: Fault| faults.push(FieldError::new(pointer, fault));
        let country = clean(&self.destination.country).to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            fault(
                "/destination/country",
                Fault::Other("must be a country code of two letters, e.g. IR".into()),
            );
        }
        let mut text = |name: &str, value: Option<String>, max: usize| {
            let value = value.map(|v| clean(&v)).filter(|v| !v.is_empty());
            if value.as_ref().is_some_and(|v| v.chars().count() > max) {
                fault(&format!("/destination/{name}"), Fault::TooLong(max));
            }
            value
        };
        let region = text("region", self.destination.region, limits::MAX_PLACE);
        let city = text("city", self.destination.city, limits::MAX_PLACE);
        let postal_code = text("postal_code", self.destination.postal_code, 20).map(|p| ascii_digits(&p));
        if region.is_none() && city.is_none() && postal_code.is_none() {
            fault("/destination/postal_code", Fault::Required);
        }
        if self.goods_total.is_negative() {
            fault("/goods_total/amount", Fault::Negative);
        }
        if self.goods_total.amount() > limits::MAX_AMOUNT {
            fault("/goods_total/amount", Fault::OutOfRange("0".into(), limits::MAX_AMOUNT.to_string()));
        }
        if self.items.len() > limits::MAX_ITEMS {
            fault("/items", Fault::TooLong(limits::MAX_ITEMS));
        }
        if let Some(value) = self.declared_value {
            if value.currency() != self.goods_total.currency() {
                let expected = self.goods_total.currency().as_str().to_owned();
                fault("/declared_value/currency", Fault::Currency(expected));
            }
            if !(0..=limits::MAX_AMOUNT).contains(&value.amount()) {
                let most = limits::MAX_AMOUNT.to_string();
                fault("/declared_value/amount", Fault::OutOfRange("0".into(), most));
            }
        }
        let sizes = self.items.iter().map(|item| Some((item.dimensions_mm?, item.quantity)));
        let packed = sizes.collect::<Option<Vec<_>>>().and_then(Dimensions::stacked);
        let mut products = Vec::new();
        let mut sum: u64 = 0;
        for (i, item) in self.items.iter().enumerate() {
            if item.quantity == 0 || item.quantity > limits::MAX_QUANTITY {
                fault(
                    &format!("/items/{i}/quantity"),
                    Fault::OutOfRange("1".into(), limits::MAX_QUANTITY.to_string()),
                );
            }
            if item.price.is_some_and(|p| p.currency() != self.goods_total.currency()) {
                let expected = self.goods_total.currency().as_str().to_owned();
                fault(&format!("/items/{i}/price"), Fault::Currency(expected));
            }
            match u32::try_from(item.weight_g) {
                Ok(grams) if item.weight_g <= HEAVIEST => products.push(Grams::new(grams)),
                _ => fault(
                    &format!("/items/{i}/weight_g"),
                    Fault::OutOfRange("0".into(), HEAVIEST.to_string()),
                ),
            }
            sum = sum.saturating_add(item.weight_g.saturating_mul(u64::from(item.quantity)));
        }
        if self.items.is_empty() && self.weight_g.is_none() {
            fault("/items", Fault::Required);
        }
        let total = self.weight_g.unwrap_or(sum);
        let weight = match u32::try_from(total) {
            Ok(grams) if total <= HEAVIEST => Grams::new(grams),
            _ => {
                fault("/weight_g", Fault::OutOfRange("1".into(), HEAVIEST.to_string()));
                Grams::new(0)
            }
        };
        let services = self.services.iter().map(|s| clean(s)).collect::<Vec<_>>();
        for (i, service) in services.iter().enumerate() {
            if Service::parse(service).is_err() {
                fault(
                    &format!("/services/{i}"),
                    Fault::Other("is not a service id; see /openapi.json".into()),
                );
            }
        }
        if !faults.is_empty() {
            return Err(Problem::validation(faults));
        }
        let destination = QuoteDestination { country, region, city, postal_code };
        let quote = Quote {
            destination,
            weight,
            dimensions: self.dimensions_mm.or(packed),
            goods_total: self.goods_total,
            declared_value: self.declared_value,
            cod: self.cod,
            services,
        };
        Ok(Asked { quote, products, carriers: self.carriers })
    }
}
