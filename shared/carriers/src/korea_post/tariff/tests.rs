//! The table of the notes, its edges, and a contract's own prices.

use super::*;
use jiff::civil::date;

fn ask(rates: &ContractRates, grams: u32, girth_cm: u32, area: Area, day: Date) -> Option<i64> {
    price(rates, &Parcel { weight: Grams::new(grams), girth_cm, area, day }).map(Money::amount)
}

fn public(grams: u32, girth_cm: u32) -> Option<i64> {
    ask(&ContractRates::default(), grams, girth_cm, Area::Mainland, date(2026, 11, 2))
}

#[test]
fn every_row_of_the_data_reads_and_steps_only_grow() {
    let text = include_str!("../data/tariff.csv");
    assert_eq!(rows().count(), text.lines().count() - 1);
    let all: Vec<Row> = rows().collect();
    for pair in all.windows(2).filter(|pair| (pair[0].table, pair[0].from) == (pair[1].table, pair[1].from)) {
        assert!(pair[0].grams < pair[1].grams && pair[0].girth_cm <= pair[1].girth_cm, "{pair:?}");
        assert!(pair[0].mainland < pair[1].mainland && pair[0].jeju < pair[1].jeju, "{pair:?}");
    }
    for row in all {
        assert_eq!(row.jeju - row.mainland, 2_500, "{row:?}");
    }
}

#[test]
fn the_higher_of_weight_step_and_size_step_decides() {
    for (grams, girth, won) in [
        (1, 1, 4_000),
        (3_000, 80, 4_000),
        (3_001, 80, 4_500),
        (3_000, 81, 4_500),
        (5_001, 100, 5_000),
        (1_000, 101, 6_000),
        (10_001, 60, 7_000),
        (20_000, 120, 8_000),
        (1_000, 121, 13_000),
        (30_000, 160, 13_000),
    ] {
        assert_eq!(public(grams, girth), Some(won), "{grams} g {girth} cm");
    }
    assert_eq!(public(30_001, 60), None);
    assert_eq!(public(1_000, 161), None);
}

#[test]
fn figures_change_with_their_day() {
    let rates = ContractRates::default();
    let heavy = |day| ask(&rates, 25_000, 120, Area::Mainland, day);
    assert_eq!(heavy(date(2025, 12, 31)), Some(9_000));
    assert_eq!(heavy(date(2026, 1, 1)), Some(11_000));
    assert_eq!(heavy(date(2019, 12, 31)), None);
    let pickup = ContractRates { table: Table::Pickup, ..ContractRates::default() };
    assert_eq!(ask(&pickup, 5_000, 80, Area::Mainland, date(2026, 11, 2)), Some(5_000));
}

#[test]
fn the_sea_costs_more() {
    let rates = ContractRates { island_fee: 3_000, ..ContractRates::default() };
    let day = date(2026, 11, 2);
    assert_eq!(ask(&rates, 1_000, 60, Area::Jeju, day), Some(6_500));
    assert_eq!(ask(&rates, 1_000, 60, Area::Island, day), Some(7_000));
    assert_eq!(ask(&rates, 1_000, 60, Area::Mainland, day), Some(4_000));
}

#[test]
fn a_contract_has_its_own_steps_or_a_discount() {
    let day = date(2026, 11, 2);
    let discount = ContractRates { discount_basis_points: 1_250, ..ContractRates::default() };
    assert_eq!(ask(&discount, 1_000, 60, Area::Mainland, day), Some(3_500));
    let odd = ContractRates { discount_basis_points: 3_333, ..ContractRates::default() };
    assert_eq!(ask(&odd, 4_000, 60, Area::Mainland, day), Some(3_000), "3000.15 won");
    let steps = vec![
        Step { max_girth_cm: 120, max_grams: 5_000, price: 2_900 },
        Step { max_girth_cm: 80, max_grams: 2_000, price: 2_200 },
    ];
    let own = ContractRates { steps, jeju_fee: 2_000, island_fee: 500, ..discount };
    assert_eq!(ask(&own, 2_000, 80, Area::Mainland, day), Some(2_200));
    assert_eq!(ask(&own, 2_001, 80, Area::Jeju, day), Some(4_900));
    assert_eq!(ask(&own, 2_000, 80, Area::Island, day), Some(2_700));
    assert_eq!(ask(&own, 6_000, 80, Area::Mainland, day), Some(4_375), "beyond the contract's steps");
}
