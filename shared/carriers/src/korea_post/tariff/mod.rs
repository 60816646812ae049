//! Prices at checkout: the operator has no way to ask for one, so a dated table stands in, under the steps
//! and the discount of the contract (protocol notes, section 8; S3-24).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yam_domain::korea::Area;
use yam_domain::money::{Currency, Money};
use yam_domain::weight::Grams;

use super::settings::{ContractRates, Step};

/// A public price list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Handed in at an office.
    #[default]
    Counter,
    /// Collected from the sender.
    Pickup,
}

/// What a price is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parcel {
    /// Weight.
    pub(super) weight: Grams,
    /// Length, width and height together.
    pub(super) girth_cm: u32,
    /// Where it goes.
    pub(super) area: Area,
    /// Day of the price, in Korea.
    pub(super) day: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Row {
    table: Table,
    from: Date,
    girth_cm: u32,
    grams: u32,
    mainland: u32,
    jeju: u32,
}

/// The data file is checked by a test; a row that does not read is no price.
fn rows() -> impl Iterator<Item = Row> {
    let rows = csv::Reader::from_reader(include_str!("../data/tariff.csv").as_bytes());
    rows.into_deserialize().filter_map(Result::ok)
}

/// The price of a parcel in won; none when no step holds it.
pub(super) fn price(rates: &ContractRates, parcel: &Parcel) -> Option<Money> {
    let island = if parcel.area == Area::Island { rates.island_fee } else { 0 };
    let own = contract_step(&rates.steps, parcel).map(|step| {
        let jeju = if parcel.area == Area::Jeju { rates.jeju_fee } else { 0 };
        i64::from(step.price) + i64::from(jeju)
    });
    let price = match own {
        Some(price) => price,
        None => discounted(public_step(rates.table, parcel)?, rates.discount_basis_points)?,
    };
    Some(Money::new(price.checked_add(i64::from(island))?, Currency::Krw))
}

/// The cheapest step of the contract that holds the parcel.
fn contract_step<'a>(steps: &'a [Step], parcel: &Parcel) -> Option<&'a Step> {
    let holds = |step: &&Step| parcel.girth_cm <= step.max_girth_cm && parcel.weight.get() <= step.max_grams;
    steps.iter().filter(holds).min_by_key(|step| step.price)
}

fn public_step(table: Table, parcel: &Parcel) -> Option<u32> {
    let in_force = rows().filter(|row| row.table == table && row.from <= parcel.day);
    let newest = in_force.map(|row| row.from).max()?;
    let holds = |row: &Row| {
        (row.table, row.from) == (table, newest)
            && parcel.girth_cm <= row.girth_cm
            && parcel.weight.get() <= row.grams
    };
    let row = rows().find(holds)?;
    Some(if parcel.area == Area::Jeju { row.jeju } else { row.mainland })
}

/// Rounded half up once.
fn discounted(price: u32, basis_points: u32) -> Option<i64> {
    let kept = 10_000_u32.checked_sub(basis_points)?;
    let exact = i64::from(price).checked_mul(i64::from(kept))?;
    Some(exact.checked_add(5_000)? / 10_000)
}

#[cfg(test)]
mod tests;
