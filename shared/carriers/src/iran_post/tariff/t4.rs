//! T4: postage by carton size and started kilogram, surcharges of city and contents, insurance and cash
//! fee by value, VAT on everything.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;
use yam_domain::iran::Distance;
use yam_domain::money::{Currency, Money};

use super::{Dated, Fee, Parcel, Price, TariffError, basis_points, fee, in_force, read, rial};

/// A parcel in its carton.
#[derive(Debug, Clone, Copy)]
pub struct Carton {
    /// Weight, places and value.
    pub parcel: Parcel,
    /// Carton number, 1 to 9; 10 is anything larger.
    pub number: u8,
    /// Fragile or liquid contents.
    pub fragile: bool,
    /// Collected at the sender's.
    pub collected: bool,
}

impl Carton {
    /// The common case: a small carton with ordinary contents, brought to the post.
    #[must_use]
    pub fn of(parcel: Parcel) -> Self {
        Carton { parcel, number: 1, fragile: false, collected: false }
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Base {
    valid_from: Date,
    service: String,
    box_from: u8,
    box_to: u8,
    in_state: i64,
    in_state_kg: Option<i64>,
    neighbour: i64,
    neighbour_kg: Option<i64>,
    other: i64,
    other_kg: Option<i64>,
}

impl Base {
    fn amounts(&self, distance: Distance) -> (i64, Option<i64>) {
        match distance {
            Distance::InState => (self.in_state, self.in_state_kg),
            Distance::Neighbour => (self.neighbour, self.neighbour_kg),
            Distance::Other => (self.other, self.other_kg),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
struct CitySurcharge {
    valid_from: Date,
    city: u32,
    percent: i64,
}

/// A fixed fee and a share of the value, from a value on.
#[derive(Debug, Clone, Deserialize)]
struct ByValue {
    valid_from: Date,
    value_from: i64,
    fixed: i64,
    basis_points: i64,
}

#[derive(Debug, Clone, Deserialize)]
struct BorderState {
    valid_from: Date,
    state: u8,
}

macro_rules! dated {
    ($($line:ty),+) => {
        $(impl Dated for $line {
            fn valid_from(&self) -> Date {
                self.valid_from
            }
        })+
    };
}

dated!(Base, CitySurcharge, ByValue, BorderState);

#[derive(Debug)]
struct Tables {
    base: Vec<Base>,
    cities: Vec<CitySurcharge>,
    insurance: Vec<ByValue>,
    cod: Vec<ByValue>,
    border: Vec<BorderState>,
    fees: Vec<Fee>,
}

fn tables() -> Result<&'static Tables, TariffError> {
    static TABLES: OnceLock<Result<Tables, TariffError>> = OnceLock::new();
    let load = || {
        Ok(Tables {
            base: read(include_str!("data/t4_base.csv"))?,
            cities: read(include_str!("data/t4_city.csv"))?,
            insurance: read(include_str!("data/t4_insurance.csv"))?,
            cod: read(include_str!("data/t4_cod.csv"))?,
            border: read(include_str!("data/t4_border_states.csv"))?,
            fees: read(include_str!("data/t4_fees.csv"))?,
        })
    };
    TABLES.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// Whether parcels from this state are priced by a table that nobody published.
///
/// # Errors
/// When the data does not read.
pub fn is_border_state(state: u8, day: Date) -> Result<bool, TariffError> {
    Ok(in_force(&tables()?.border, day).any(|line| line.state == state))
}

/// The price of a service.
///
/// # Errors
/// When the table does not have the service, the carton's weight, or the state of origin.
pub fn price(carton: &Carton, service: &str) -> Result<Price, TariffError> {
    let tables = tables()?;
    let parcel = &carton.parcel;
    if is_border_state(parcel.origin_state, parcel.day)? {
        return Err(TariffError::NoPrice("parcels from a border province have a table of their own".into()));
    }
    let fee = |name| fee(&tables.fees, parcel.day, name);
    let mut postage = surcharged(tables, carton, base(tables, carton, service)?)?;
    if carton.collected {
        postage = postage.checked_add(rial(fee("collection")?))?;
    }
    let insured = parcel.value.amount().min(fee("insured_value_cap")?);
    let insurance = by_value(&tables.insurance, parcel.day, insured)?;
    let cod_fee = match parcel.cod {
        false => None,
        true => {
            let share = by_value(&tables.cod, parcel.day, parcel.value.amount())?;
            Some(share.checked_add(rial(fee("cod_extra")?))?)
        }
    };
    let taxed = Money::sum([postage, insurance].into_iter().chain(cod_fee), Currency::Irr)?;
    let vat = taxed.percent_half_up(basis_points(fee("vat_basis_points")?)?)?;
    Ok(Price { postage, insurance, cod_fee, vat }.rounded_up(fee("round_total_up_to")?)?)
}

fn base(tables: &Tables, carton: &Carton, service: &str) -> Result<Money, TariffError> {
    let Carton { parcel, number, .. } = carton;
    let kilograms = i64::from(parcel.weight.get().div_ceil(1_000).max(1));
    if kilograms > fee(&tables.fees, parcel.day, "most_kilograms")? {
        return Err(TariffError::NoPrice(format!("{} is above its heaviest line", parcel.weight)));
    }
    let line = in_force(&tables.base, parcel.day)
        .find(|line| line.service == service && (line.box_from..=line.box_to).contains(number))
        .ok_or_else(|| TariffError::NoPrice(format!("service {service}, carton {number}")))?;
    let (first, step) = line.amounts(parcel.distance());
    let further = u64::try_from(kilograms - 1).unwrap_or(0);
    if further == 0 {
        return Ok(rial(first));
    }
    let unknown = || TariffError::NoPrice(format!("carton {number} above one kilogram"));
    Ok(rial(first).checked_add(rial(step.ok_or_else(unknown)?).checked_mul(further)?)?)
}

/// Surcharges are shares of the base, added up, not compounded.
fn surcharged(tables: &Tables, carton: &Carton, base: Money) -> Result<Money, TariffError> {
    let day = carton.parcel.day;
    let city = in_force(&tables.cities, day).find(|line| line.city == carton.parcel.destination.code);
    let city = city.map_or(0, |line| line.percent);
    let fragile = if carton.fragile { fee(&tables.fees, day, "fragile_percent")? } else { 0 };
    let share = basis_points(city.saturating_add(fragile).saturating_mul(100))?;
    Ok(base.checked_add(base.percent_half_up(share)?)?)
}

fn by_value(lines: &[ByValue], day: Date, value: i64) -> Result<Money, TariffError> {
    let line =
        in_force(lines, day).filter(|line| line.value_from <= value).max_by_key(|line| line.value_from);
    let line = line.ok_or_else(|| TariffError::NoPrice("a negative value".into()))?;
    let share = rial(value).percent_half_up(basis_points(line.basis_points)?)?;
    Ok(rial(line.fixed).checked_add(share)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::tariff::tests::parcel;

    fn total(carton: &Carton, service: &str) -> i64 {
        price(carton, service).unwrap().total().unwrap().amount()
    }

    #[test]
    fn vectors_of_the_protocol_notes() {
        for (case, to, grams, value, cod, expected) in [
            ("Tehran to Shiraz, online", 71, 2_000, 3_000_000, false, 770_408),
            ("Tehran to Shiraz, cash", 71, 2_000, 3_000_000, true, 844_108),
            ("Tehran to Tehran, online", 1, 1_000, 3_000_000, false, 419_980),
            ("Tehran to Karaj, cash", 31, 1_000, 60_000_000, true, 840_224),
        ] {
            assert_eq!(total(&Carton::of(parcel(to, grams, value, cod)), "pishtaz"), expected, "{case}");
        }
    }

    #[test]
    fn kilograms_are_rounded_up_and_end_at_thirty() {
        let postage =
            |grams| price(&Carton::of(parcel(331, grams, 0, false)), "pishtaz").map(|p| p.postage.amount());
        assert_eq!(postage(0), Ok(276_500));
        assert_eq!(postage(1_000), Ok(276_500));
        assert_eq!(postage(1_001), Ok(356_500));
        assert_eq!(postage(30_000), Ok(276_500 + 29 * 80_000));
        assert!(matches!(postage(30_001), Err(TariffError::NoPrice(_))));
    }

    #[test]
    fn insurance_and_cash_fee_step_with_the_value() {
        let parts = |value| {
            let price = price(&Carton::of(parcel(331, 500, value, true)), "pishtaz").unwrap();
            (price.insurance.amount(), price.cod_fee.unwrap().amount())
        };
        for (value, insurance, cod) in [
            (0, 50_000, 37_000),
            (4_999_999, 50_000, 50_000 + 37_000),
            (5_000_000, 50_000, 127_000),
            (10_000_000, 50_000, 137_000),
            (49_999_999, 50_000, 137_000),
            (50_000_000, 100_000, 157_000),
            (200_000_000, 400_000, 187_000),
            (300_000_000, 750_000, 187_000),
            (500_000_000, 1_500_000, 187_000),
            (700_000_000, 2_450_000, 187_000),
            (1_000_000_000, 3_500_000, 187_000),
            (5_000_000_000, 3_500_000, 187_000),
        ] {
            assert_eq!(parts(value), (insurance, cod), "{value}");
        }
    }

    #[test]
    fn cartons_services_and_surcharges_of_the_table() {
        let light = Carton::of(parcel(331, 800, 0, false));
        let postage = |carton: &Carton, service: &str| price(carton, service).map(|p| p.postage.amount());
        assert_eq!(postage(&Carton { number: 4, ..light }, "pishtaz"), Ok(473_000));
        assert_eq!(postage(&Carton { number: 10, ..light }, "pishtaz"), Ok(671_000));
        assert_eq!(postage(&light, "vizhe"), Ok(398_500));
        assert_eq!(postage(&Carton { fragile: true, ..light }, "pishtaz"), Ok(345_625));
        assert_eq!(postage(&Carton { collected: true, ..light }, "pishtaz"), Ok(293_000));
        let heavy = Carton { number: 4, ..Carton::of(parcel(331, 1_001, 0, false)) };
        for (carton, service) in
            [(&heavy, "pishtaz"), (&Carton { number: 5, ..light }, "vizhe"), (&light, "sefareshi")]
        {
            assert!(matches!(postage(carton, service), Err(TariffError::NoPrice(_))), "{service}");
        }
    }

    #[test]
    fn the_unpublished_table_of_border_provinces_is_not_guessed() {
        let mut carton = Carton::of(parcel(71, 800, 0, false));
        carton.parcel.origin_state = 5;
        assert!(matches!(price(&carton, "pishtaz"), Err(TariffError::NoPrice(_))));
    }

    #[test]
    fn a_negative_value_has_no_price() {
        assert!(matches!(
            price(&Carton::of(parcel(71, 800, -1, true)), "pishtaz"),
            Err(TariffError::NoPrice(_))
        ));
    }
}
