//! Tariff tables, for when the operator's own price is late (protocol notes, section 13).
//!
//! Figures are data with a first day of validity; the code knows only how a table is read. Amounts are
//! whole Rial; each part is rounded half up once, where it is computed.

pub mod t2;
pub mod t4;

use std::str::FromStr;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use yam_domain::iran::{City, Distance, distance};
use yam_domain::money::{Currency, Money, MoneyError};
use yam_domain::weight::Grams;

use crate::carrier::OperatorRate;

/// A tariff table by the name that accounts use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tariff {
    /// About 1397 to 1399: pishtaz and sefareshi by weight band.
    T2,
    /// 1404: pishtaz and vizhe by carton and kilogram.
    T4,
}

impl FromStr for Tariff {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "t2" => Ok(Tariff::T2),
            "t4" => Ok(Tariff::T4),
            _ => Err("unknown tariff table; use t2 or t4".to_owned()),
        }
    }
}

/// What a table is asked.
#[derive(Debug, Clone, Copy)]
pub struct Parcel {
    /// State it leaves from.
    pub origin_state: u8,
    /// City it goes to.
    pub destination: City,
    /// Weight.
    pub weight: Grams,
    /// Value of the goods in Rial.
    pub value: Money,
    /// Cash on delivery.
    pub cod: bool,
    /// Day for which the price is asked.
    pub day: Date,
}

impl Parcel {
    fn distance(&self) -> Distance {
        distance(self.origin_state, self.destination.state)
    }
}

/// Why a table has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// A data file does not read.
    #[error("the tariff data cannot be read: {0}")]
    Data(String),
    /// The table has no line for it.
    #[error("the tariff table has no price for this: {0}")]
    NoPrice(String),
    /// A sum does not fit, or is not in Rial.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A price by its parts, Rial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Postage with its surcharges and service fee.
    pub postage: Money,
    /// Insurance.
    pub insurance: Money,
    /// Fee for collecting cash, on cash on delivery.
    pub cod_fee: Option<Money>,
    /// VAT on all of it.
    pub vat: Money,
}

impl Price {
    /// Everything the sender or buyer pays.
    ///
    /// # Errors
    /// On overflow.
    pub fn total(&self) -> Result<Money, MoneyError> {
        let parts = [self.postage, self.insurance, self.vat];
        Money::sum(parts.into_iter().chain(self.cod_fee), Currency::Irr)
    }

    /// The price with its total rounded up to a multiple of `step`; the difference is postage.
    fn rounded_up(mut self, step: i64) -> Result<Self, MoneyError> {
        let over = self.total()?.amount().checked_rem(step).unwrap_or(0);
        if over > 0 {
            self.postage = self.postage.checked_add(rial(step - over))?;
        }
        Ok(self)
    }

    fn rate(self, service: &str) -> OperatorRate {
        OperatorRate {
            service: service.to_owned(),
            postage: self.postage,
            vat: self.vat,
            cod_fee: self.cod_fee,
            insurance: Some(self.insurance),
            transit_days: None,
        }
    }
}

/// The prices a table has for those of `services` that it knows.
///
/// # Errors
/// When it has none at all.
pub fn rates(tariff: Tariff, parcel: &Parcel, services: &[&str]) -> Result<Vec<OperatorRate>, TariffError> {
    let mut found = Vec::new();
    let mut missing = TariffError::NoPrice("none of the services is in it".into());
    for service in services {
        let price = match tariff {
            Tariff::T2 => t2::price(parcel, service),
            Tariff::T4 => t4::price(&t4::Carton::of(*parcel), service),
        };
        match price {
            Ok(price) => found.push(price.rate(service)),
            Err(TariffError::NoPrice(why)) => missing = TariffError::NoPrice(why),
            Err(other) => return Err(other),
        }
    }
    if found.is_empty() { Err(missing) } else { Ok(found) }
}

/// A line of a table with the day from which it counts.
trait Dated {
    fn valid_from(&self) -> Date;
}

/// A fixed figure by name.
#[derive(Debug, Clone, Deserialize)]
struct Fee {
    valid_from: Date,
    name: String,
    value: i64,
}

impl Dated for Fee {
    fn valid_from(&self) -> Date {
        self.valid_from
    }
}

fn read<T: DeserializeOwned>(table: &str) -> Result<Vec<T>, TariffError> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|e| TariffError::Data(e.to_string()))
}

/// The lines in force on `day`: those of the newest date not after it, else of the oldest date.
fn in_force<T: Dated>(lines: &[T], day: Date) -> impl Iterator<Item = &T> {
    let newest = lines.iter().map(Dated::valid_from).filter(|from| *from <= day).max();
    let from = newest.or_else(|| lines.iter().map(Dated::valid_from).min());
    lines.iter().filter(move |line| Some(line.valid_from()) == from)
}

fn fee(fees: &[Fee], day: Date, name: &str) -> Result<i64, TariffError> {
    let found = in_force(fees, day).find(|fee| fee.name == name).map(|fee| fee.value);
    found.ok_or_else(|| TariffError::Data(format!("{name} is missing")))
}

fn basis_points(value: i64) -> Result<u32, TariffError> {
    u32::try_from(value).map_err(|_| TariffError::Data("a percentage is out of range".into()))
}

fn rial(amount: i64) -> Money {
    Money::new(amount, Currency::Irr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::iran;

    /// A parcel from state 1 in the summer of 2026.
    pub(super) fn parcel(to_city: u32, grams: u32, value: i64, cod: bool) -> Parcel {
        Parcel {
            origin_state: 1,
            destination: iran::city(to_city).unwrap(),
            weight: Grams::new(grams),
            value: rial(value),
            cod,
            day: jiff::civil::date(2026, 8, 1),
        }
    }

    #[test]
    fn the_newest_lines_not_after_the_day_count() {
        let fees: Vec<Fee> =
            read("valid_from,name,value\n2020-03-20,x,1\n2021-03-21,x,2\n2030-03-21,x,3\n").unwrap();
        for (day, expected) in [((2019, 1, 1), 1), ((2020, 3, 20), 1), ((2021, 3, 21), 2), ((2029, 1, 1), 2)]
        {
            let (y, m, d) = day;
            assert_eq!(fee(&fees, jiff::civil::date(y, m, d), "x"), Ok(expected), "{day:?}");
        }
    }

    #[test]
    fn names_of_tables() {
        assert_eq!("t2".parse(), Ok(Tariff::T2));
        assert_eq!("t4".parse(), Ok(Tariff::T4));
        assert!("T4".parse::<Tariff>().is_err());
    }

    #[test]
    fn a_table_gives_what_it_knows_and_says_when_it_knows_nothing() {
        let rates_of =
            |tariff, services: &[&str]| rates(tariff, &parcel(71, 700, 3_000_000, false), services);
        let names = |rates: Vec<OperatorRate>| rates.into_iter().map(|r| r.service).collect::<Vec<_>>();
        assert_eq!(
            rates_of(Tariff::T2, &["pishtaz", "sefareshi"]).map(names).unwrap(),
            ["pishtaz", "sefareshi"]
        );
        assert_eq!(rates_of(Tariff::T4, &["pishtaz", "sefareshi"]).map(names).unwrap(), ["pishtaz"]);
        assert!(matches!(rates_of(Tariff::T4, &["sefareshi"]), Err(TariffError::NoPrice(_))));
        assert!(matches!(rates_of(Tariff::T2, &[]), Err(TariffError::NoPrice(_))));
    }
}
