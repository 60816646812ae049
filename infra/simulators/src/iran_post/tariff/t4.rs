//! T4, 1404: by carton, with surcharges for big cities, insurance by value and a COD fee.

use super::{Consignment, Service, kilograms, percent};

/// First kilogram and each further one, by carton: in province, to a neighbour, elsewhere.
fn pishtaz(carton: u8) -> ([i64; 3], [i64; 3]) {
    let small = [80_000, 91_760, 100_640];
    let large = [200_000, 229_400, 251_600];
    match carton {
        0..=3 => ([276_500, 405_700, 464_900], small),
        // Cartons 4 to 9 are published for one kilogram only; further ones as in the next size group.
        4 => ([473_000, 699_060, 761_240], small),
        5 => ([543_000, 786_060, 925_240], small),
        6 => ([612_000, 856_060, 979_240], small),
        7 => ([658_000, 969_560, 1_011_240], large),
        8 => ([663_000, 986_000, 1_134_000], large),
        9 => ([668_000, 991_000, 1_139_000], large),
        _ => ([671_000, 994_000, 1_142_000], large),
    }
}

/// Postage before tax; only pishtaz is offered.
pub(super) fn postage(consignment: &Consignment) -> Option<i64> {
    if consignment.service != Service::Pishtaz {
        return None;
    }
    let (first, further) = pishtaz(consignment.carton);
    let further_kilograms = kilograms(consignment.weight).saturating_sub(1);
    let base = consignment.distance.of(first) + further_kilograms * consignment.distance.of(further);
    let surcharge = match consignment.destination_city {
        1 | 31 => 120,
        51 | 61 | 71 | 81 | 91 => 115,
        _ => 100,
    };
    let cod = if consignment.cod { cod_fee(consignment.value) } else { 0 };
    Some(percent(base, surcharge) + insurance(consignment.value) + cod)
}

const MILLION: i64 = 1_000_000;

fn insurance(value: i64) -> i64 {
    let value = value.min(1_000 * MILLION);
    let hundredths_of_a_percent = match value / MILLION {
        ..50 => return 50_000,
        50..300 => 20,
        300..500 => 25,
        500..700 => 30,
        _ => 35,
    };
    percent(value, hundredths_of_a_percent) / 100
}

fn cod_fee(value: i64) -> i64 {
    let fee = match value / MILLION {
        200.. => 150_000,
        50..200 => 120_000,
        10..50 => 100_000,
        5..10 => 90_000,
        _ => percent(value, 1),
    };
    fee + 37_000
}
