//! List prices of registered parcels (section 8), in won.

use super::order::Order;
use super::settings::{Settings, Tariff};
use crate::korea_post::areas::Area;

/// Up to so many centimetres, so many kilograms: next day.
const STEPS: [(i64, i64, i64); 8] = [
    (80, 3, 4_000),
    (100, 5, 4_500),
    (100, 7, 5_000),
    (120, 10, 6_000),
    (120, 15, 7_000),
    (120, 20, 8_000),
    (120, 25, 11_000),
    (160, 30, 13_000),
];
/// What the last two steps cost less in 2020.
const SINCE_2020: i64 = 2_000;
const JEJU_NEXT_DAY: i64 = 2_500;
const RECIPIENT_PAYS: i64 = 500;
/// Insurance: a fee, and more of it per so many won above what is covered anyway. The protocol does not
/// say how much that is.
const INSURED: i64 = 1_000;
const INSURED_STEP: (i64, i64) = (100_000, 500);
const COVERED: i64 = 500_000;

/// What a parcel costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Price {
    /// Everything together.
    pub(super) total: i64,
    /// Thereof for insurance and for the island.
    pub(super) insurance: i64,
    pub(super) island: i64,
}

/// Prices an order by the higher of its two steps.
pub(super) fn price(order: &Order, area: Option<&Area>, settings: &Settings, discount: u8) -> Price {
    let fits = |(size, weight, _): &&(i64, i64, i64)| order.volume <= *size && order.weight <= *weight;
    let (_, weight, listed) = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
    let dear = weight > 20 && settings.tariff == Tariff::Of2020;
    let listed = if dear { listed - SINCE_2020 } else { listed };
    let jeju =
        if area.is_some_and(|area| area.is_jeju) && settings.jeju_next_day { JEJU_NEXT_DAY } else { 0 };
    let postage = (listed + jeju) * i64::from(100_u8.saturating_sub(discount)) / 100;
    let island = if area.is_some_and(|area| area.is_island) { settings.island_add_fee } else { 0 };
    let insurance = order.insured.map_or(0, |value| {
        let above = (value - COVERED).max(0);
        INSURED + (above + INSURED_STEP.0 - 1) / INSURED_STEP.0 * INSURED_STEP.1
    });
    let collecting = if order.recipient_pays { RECIPIENT_PAYS } else { 0 };
    Price { total: postage.saturating_add(island).saturating_add(insurance) + collecting, insurance, island }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::korea_post::areas;

    #[test]
    fn the_higher_step_counts() {
        let settings = Settings::default();
        let of = |weight, volume, zip| {
            let order = Order { weight, volume, is_micro: false, recipient_pays: false, insured: None };
            price(&order, areas::find(zip).as_ref(), &settings, 0).total
        };
        assert_eq!((of(2, 60, "04526"), of(3, 81, "04526"), of(6, 60, "04526")), (4_000, 4_500, 5_000));
        assert_eq!(
            (of(1, 160, "04526"), of(30, 60, "04526"), of(21, 120, "04526")),
            (13_000, 13_000, 11_000)
        );
        assert_eq!((of(2, 60, "63000"), of(2, 60, "40240")), (6_500, 9_000));
    }

    #[test]
    fn extras_are_added_and_the_year_counts() {
        let order =
            Order { weight: 25, volume: 60, is_micro: false, recipient_pays: true, insured: Some(650_000) };
        let settings = Settings { tariff: Tariff::Of2020, ..Settings::default() };
        let price = price(&order, None, &settings, 50);
        assert_eq!((price.insurance, price.total), (2_000, 4_500 + 2_000 + 500));
    }
}
