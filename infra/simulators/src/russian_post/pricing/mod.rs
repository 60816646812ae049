//! List prices and terms, which the public calculator and contracts share.
//!
//! The protocol has a few prices that were really charged, not the table behind them. This one is made to
//! meet them: five zones by distance, a price for the first half kilogram and one for each further, a
//! third more for fragile things, three kopecks insurance for each rouble, tax on the sum (sections 1.3,
//! 4.2 and 5).

pub(crate) mod products;
pub(crate) mod routes;
pub(crate) mod settings;

use jiff::civil::Date;

use products::{Class, Product};
use routes::Route;

/// What is to be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consignment {
    pub(crate) product: &'static Product,
    /// The category's id.
    pub(crate) category: u16,
    /// None if it goes abroad.
    pub(crate) route: Option<Route>,
    pub(crate) grams: i64,
    /// Kopecks.
    pub(crate) declared: i64,
    pub(crate) by_air: bool,
}

/// A paid service beside carriage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extra {
    Fragile,
    Oversize,
    Courier,
    SimpleNotice,
    OrderOfNotice,
    ElectronicNotice,
    Inventory,
    Sms,
    Checking,
    DocumentsBack,
}

/// What it costs, in kopecks without tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) carriage: i64,
    pub(crate) insurance: i64,
    pub(crate) extras: Vec<(Extra, i64)>,
    pub(crate) vat_percent: i64,
}

/// First half kilogram and each further, by zone.
const ZONES: [(i64, i64); 5] =
    [(26_000, 1_900), (29_500, 2_600), (34_500, 3_900), (42_000, 5_900), (52_848, 8_300)];
/// Insurance, percent of the declared value.
const INSURANCE: i64 = 3;
/// A registered letter beside a simple one.
const ORDERED: i64 = 5_400;
/// What may be declared at most.
pub(crate) const MOST_DECLARED: i64 = 50_000_000;

/// Prices a consignment with its extras.
pub(crate) fn price(what: &Consignment, extras: &[Extra], vat_percent: i64) -> Price {
    let carriage = carriage(what);
    let extras = extras.iter().map(|extra| (*extra, extra.price(carriage))).collect();
    let insurance = if products::is_declared(what.category) { share(what.declared, INSURANCE) } else { 0 };
    Price { carriage, insurance, extras, vat_percent }
}

fn carriage(what: &Consignment) -> i64 {
    let steps = |size: i64| (what.grams.max(1) + size - 1) / size - 1;
    let ordered = if what.category == products::ORDERED { ORDERED } else { 0 };
    let listed = match (what.product.class, what.route) {
        (Class::Letter, _) => 2_900 + steps(20) * 250 + ordered,
        (Class::Wrapper, _) => 4_200 + (steps(20) - 4).max(0) * 300 + ordered,
        (Class::Parcel, Some(route)) => {
            let (first, further) = ZONES[route.zone()];
            share(first + steps(500) * further, what.product.percent)
        }
        (Class::Parcel, None) => share(150_000 + steps(1_000) * 60_000, what.product.percent),
    };
    if what.by_air { share(listed, 150) } else { listed }
}

/// So many percent, rounded.
pub(crate) fn share(of: i64, percent: i64) -> i64 {
    (of.saturating_mul(percent) + 50) / 100
}

/// The tax of a day: one fifth until 2025, 22 percent from then on.
pub(crate) fn vat_percent(on: Date) -> i64 {
    if on.year() < 2026 { 20 } else { 22 }
}

impl Extra {
    fn price(self, carriage: i64) -> i64 {
        match self {
            Self::Fragile => share(carriage, 30),
            Self::Oversize => share(carriage, 40),
            Self::Courier => 20_000,
            Self::SimpleNotice => 5_000,
            Self::OrderOfNotice => 9_000,
            Self::ElectronicNotice => 2_000,
            Self::Inventory => 12_000,
            Self::Sms => 1_500,
            Self::Checking => 6_000,
            Self::DocumentsBack => 30_000,
        }
    }
}

impl Price {
    /// Everything without tax.
    pub(crate) fn total(&self) -> i64 {
        self.extras.iter().fold(self.carriage.saturating_add(self.insurance), |sum, (_, one)| sum + one)
    }

    /// The tax on it.
    pub(crate) fn vat(&self) -> i64 {
        self.vat_of(self.total())
    }

    /// The tax on a part.
    pub(crate) fn vat_of(&self, part: i64) -> i64 {
        share(part, self.vat_percent)
    }

    /// What an extra costs, if it is wanted.
    pub(crate) fn extra(&self, wanted: Extra) -> Option<i64> {
        self.extras.iter().find(|(extra, _)| *extra == wanted).map(|(_, price)| *price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(from: &str, to: &str, grams: i64) -> Consignment {
        Consignment {
            product: products::of_id(4).unwrap(),
            category: products::ORDINARY,
            route: routes::route(from, to),
            grams,
            declared: 150_000,
            by_air: false,
        }
    }

    /// Section 4.2 (b): Saratov to Magadan, 2026.
    #[test]
    fn a_real_price_is_met() {
        let price = price(&parcel("410012", "685000", 1_000), &[], 22);
        assert_eq!((price.total(), price.vat()), (61_148, 13_453));
    }

    /// Section 4.2 (a): what fragile things cost more, and how tax is rounded.
    #[test]
    fn fragile_things_cost_a_third_more() {
        assert_eq!(
            (Extra::Fragile.price(23_583), share(7_075, 20), share(30_658, 20)),
            (7_075, 1_415, 6_132)
        );
    }

    /// Section 5: a wrapper of 100 g in 2022.
    #[test]
    fn a_wrapper_has_its_price() {
        let product = products::of_id(3).unwrap();
        let what = Consignment { product, category: 0, ..parcel("344038", "115162", 100) };
        let tax = vat_percent("2022-10-06".parse().unwrap());
        let price = price(&what, &[], tax);
        assert_eq!((price.total(), price.vat(), price.vat_percent), (4_200, 840, 20));
    }

    /// Section 1.3: 5,400 kopecks with tax for 150,000 declared.
    #[test]
    fn declared_values_are_insured() {
        let what = Consignment { category: products::DECLARED_AND_COD, ..parcel("101000", "630099", 1_250) };
        let price = price(&what, &[], 20);
        assert_eq!(price.insurance + price.vat_of(price.insurance), 5_400);
        assert_eq!(super::price(&parcel("101000", "630099", 1_250), &[], 20).insurance, 0);
    }
}
