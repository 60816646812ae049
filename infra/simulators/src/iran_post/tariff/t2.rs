//! T2, about 1397-1399: weight bands, insurance and service fee.

use super::{Consignment, Service, kilograms, percent};

const INSURANCE: i64 = 8_000;
const SERVICE_FEE: i64 = 16_000;

/// Upper end of each band in grams, then the price in province, to a neighbour, elsewhere.
type Bands = [(i64, [i64; 3]); 3];

const PISHTAZ: Bands = [
    (500, [57_500, 78_000, 84_000]),
    (1_000, [74_000, 100_000, 112_000]),
    (2_000, [98_000, 127_000, 140_000]),
];
const PISHTAZ_FURTHER_KG: i64 = 25_000;

const SEFARESHI: Bands =
    [(500, [36_800, 49_000, 53_000]), (1_000, [48_300, 67_600, 72_800]), (2_000, [69_000, 88_000, 95_000])];
const SEFARESHI_FURTHER_KG: i64 = 10_000;

/// Postage before tax.
pub(super) fn postage(consignment: &Consignment) -> i64 {
    let base = match consignment.service {
        Service::Pishtaz => base(&PISHTAZ, PISHTAZ_FURTHER_KG, consignment),
        Service::Sefareshi => base(&SEFARESHI, SEFARESHI_FURTHER_KG, consignment),
        Service::Printed => percent(base(&SEFARESHI, SEFARESHI_FURTHER_KG, consignment), 40),
    };
    base + INSURANCE + SERVICE_FEE
}

fn base(bands: &Bands, further_kg: i64, consignment: &Consignment) -> i64 {
    let [.., (heaviest, last)] = bands;
    bands.iter().find(|(limit, _)| consignment.weight <= *limit).map_or_else(
        || consignment.distance.of(*last) + kilograms(consignment.weight - heaviest) * further_kg,
        |(_, prices)| consignment.distance.of(*prices),
    )
}
