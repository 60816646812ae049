//! T2: postage by weight band and distance, with insurance, a service fee and VAT; the total is rounded
//! up as shops do.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;
use yam_domain::iran::Distance;
use yam_domain::money::Money;

use super::{Dated, Fee, Parcel, Price, TariffError, basis_points, fee, in_force, read, rial};

#[derive(Debug, Clone, Deserialize)]
struct Band {
    valid_from: Date,
    service: String,
    /// None: each further started kilogram.
    up_to_g: Option<u32>,
    in_state: i64,
    neighbour: i64,
    other: i64,
}

impl Dated for Band {
    fn valid_from(&self) -> Date {
        self.valid_from
    }
}

impl Band {
    fn amount(&self, distance: Distance) -> i64 {
        match distance {
            Distance::InState => self.in_state,
            Distance::Neighbour => self.neighbour,
            Distance::Other => self.other,
        }
    }
}

#[derive(Debug)]
struct Tables {
    bands: Vec<Band>,
    fees: Vec<Fee>,
}

fn tables() -> Result<&'static Tables, TariffError> {
    static TABLES: OnceLock<Result<Tables, TariffError>> = OnceLock::new();
    let load = || {
        let bands = read(include_str!("data/t2_bands.csv"))?;
        Ok(Tables { bands, fees: read(include_str!("data/t2_fees.csv"))? })
    };
    TABLES.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// The price of a service, its total rounded up to the table's step.
///
/// # Errors
/// When the table does not have the service.
pub fn price(parcel: &Parcel, service: &str) -> Result<Price, TariffError> {
    let fees = &tables()?.fees;
    Ok(exact_price(parcel, service)?.rounded_up(fee(fees, parcel.day, "round_total_up_to")?)?)
}

/// The price of a service to the Rial.
///
/// # Errors
/// When the table does not have the service.
pub fn exact_price(parcel: &Parcel, service: &str) -> Result<Price, TariffError> {
    let Tables { bands, fees } = tables()?;
    let fee = |name| fee(fees, parcel.day, name);
    let postage = base(bands, parcel, service)?.checked_add(rial(fee("service")?))?;
    let insurance = rial(fee("insurance")?);
    let vat = postage.checked_add(insurance)?.percent_half_up(basis_points(fee("vat_basis_points")?)?)?;
    Ok(Price { postage, insurance, cod_fee: None, vat })
}

/// The band the weight is rounded up to; above the last one, a step for each started kilogram.
fn base(bands: &[Band], parcel: &Parcel, service: &str) -> Result<Money, TariffError> {
    let distance = parcel.distance();
    let grams = parcel.weight.get();
    let of_service = || in_force(bands, parcel.day).filter(|band| band.service == service);
    let limited = |band: &&Band| band.up_to_g.is_some();
    let within = of_service().filter(|band| band.up_to_g.is_some_and(|top| grams <= top));
    if let Some(band) = within.min_by_key(|band| band.up_to_g) {
        return Ok(rial(band.amount(distance)));
    }
    let absent = || TariffError::NoPrice(format!("service {service}"));
    let last = of_service().filter(limited).max_by_key(|band| band.up_to_g).ok_or_else(absent)?;
    let step = of_service().find(|band| band.up_to_g.is_none()).ok_or_else(absent)?;
    let started_kilograms = grams.saturating_sub(last.up_to_g.unwrap_or(0)).div_ceil(1_000);
    let further = rial(step.amount(distance)).checked_mul(u64::from(started_kilograms))?;
    Ok(rial(last.amount(distance)).checked_add(further)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::tariff::tests::parcel;

    const IN_STATE: u32 = 331;
    const NEIGHBOUR: u32 = 371;
    const OTHER: u32 = 71;

    #[test]
    fn vectors_of_the_protocol_notes() {
        for (service, city, grams, exact, rounded) in [
            ("pishtaz", IN_STATE, 400, 88_835, 89_000),
            ("pishtaz", NEIGHBOUR, 1_500, 164_590, 165_000),
            ("pishtaz", OTHER, 3_200, 233_260, 234_000),
            ("sefareshi", OTHER, 750, 105_512, 106_000),
        ] {
            let parcel = parcel(city, grams, 900_000, true);
            let price_exact = exact_price(&parcel, service).unwrap();
            assert_eq!(price_exact.total(), Ok(rial(exact)), "{service} {grams} g");
            let price = price(&parcel, service).unwrap();
            assert_eq!(price.total(), Ok(rial(rounded)), "{service} {grams} g");
            assert_eq!((price.vat, price.insurance), (price_exact.vat, price_exact.insurance));
        }
    }

    #[test]
    fn weight_is_rounded_up_to_the_band() {
        let base_of = |grams| {
            let price = exact_price(&parcel(OTHER, grams, 0, false), "pishtaz").unwrap();
            price.postage.amount() - 16_000
        };
        for (grams, expected) in [
            (1, 84_000),
            (500, 84_000),
            (501, 112_000),
            (1_000, 112_000),
            (1_001, 140_000),
            (2_000, 140_000),
            (2_001, 165_000),
            (3_000, 165_000),
            (3_001, 190_000),
            (30_000, 140_000 + 28 * 25_000),
        ] {
            assert_eq!(base_of(grams), expected, "{grams} g");
        }
    }

    #[test]
    fn sefareshi_above_two_kilograms_is_the_last_band_plus_ten_thousand_a_kilogram() {
        let price = exact_price(&parcel(OTHER, 4_100, 0, false), "sefareshi").unwrap();
        assert_eq!(price.postage.amount(), 95_000 + 3 * 10_000 + 16_000);
    }

    #[test]
    fn a_price_never_falls_with_weight() {
        for service in ["pishtaz", "sefareshi"] {
            for city in [IN_STATE, NEIGHBOUR, OTHER] {
                let total =
                    |grams| price(&parcel(city, grams, 0, false), service).unwrap().total().unwrap().amount();
                let totals: Vec<i64> = (1..=60).map(|half| total(half * 500)).collect();
                assert!(totals.is_sorted(), "{service} to {city}");
            }
        }
    }

    #[test]
    fn a_service_the_table_lacks_has_no_price() {
        assert!(matches!(price(&parcel(OTHER, 500, 0, false), "vizhe"), Err(TariffError::NoPrice(_))));
    }

    #[test]
    fn the_heaviest_weight_does_not_overflow() {
        assert!(price(&parcel(OTHER, u32::MAX, 0, false), "pishtaz").is_ok());
    }
}
