//! Postage in rial, from dated tables.

mod t2;
mod t4;

use serde::{Deserialize, Serialize};

/// Which table is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Table {
    /// About 1397-1399, both services.
    #[default]
    T2,
    /// 1404, by carton size; no sefareshi.
    T4,
}

/// A service both wires know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Pishtaz,
    Sefareshi,
    Printed,
}

impl Service {
    /// The name in the store and the ledger.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pishtaz => "pishtaz",
            Self::Sefareshi => "sefareshi",
            Self::Printed => "printed",
        }
    }
}

/// The tariff's idea of distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distance {
    InProvince,
    Neighbour,
    Other,
}

impl Distance {
    /// Picks the value of this distance.
    fn of<T: Copy>(self, [in_province, neighbour, other]: [T; 3]) -> T {
        match self {
            Self::InProvince => in_province,
            Self::Neighbour => neighbour,
            Self::Other => other,
        }
    }
}

/// What is to be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consignment {
    pub(crate) service: Service,
    pub(crate) distance: Distance,
    pub(crate) destination_city: u32,
    /// Grams, 1 to [`MAX_WEIGHT`].
    pub(crate) weight: i64,
    /// Goods in rial.
    pub(crate) value: i64,
    pub(crate) cod: bool,
    /// Carton 1 to 10.
    pub(crate) carton: u8,
}

/// The heaviest parcel in grams.
pub(crate) const MAX_WEIGHT: i64 = 30_000;

/// Postage before tax, and its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) postage: i64,
    pub(crate) vat: i64,
}

/// The price, or `None` if this table does not offer the service or carry the weight.
pub(crate) fn price(table: Table, consignment: &Consignment) -> Option<Price> {
    if !(1..=MAX_WEIGHT).contains(&consignment.weight) || consignment.value < 0 {
        return None;
    }
    let (postage, vat_percent) = match table {
        Table::T2 => (t2::postage(consignment), 9),
        Table::T4 => (t4::postage(consignment)?, 10),
    };
    Some(Price { postage, vat: percent(postage, vat_percent) })
}

/// What the post keeps of a COD settlement, with tax.
pub(crate) const REGISTRATION_FEE: i64 = 4_360;

/// A share in percent, rounded half up.
fn percent(amount: i64, percent: i64) -> i64 {
    amount.saturating_mul(percent).saturating_add(50) / 100
}

/// Started kilograms.
fn kilograms(grams: i64) -> i64 {
    grams.saturating_add(999) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(table: Table, consignment: Consignment) -> i64 {
        let price = price(table, &consignment).unwrap();
        price.postage + price.vat
    }

    fn t2(service: Service, distance: Distance, weight: i64) -> i64 {
        let parcel = Consignment {
            service,
            distance,
            destination_city: 71,
            weight,
            value: 1_000_000,
            cod: false,
            carton: 1,
        };
        total(Table::T2, parcel)
    }

    #[test]
    fn t2_matches_the_published_vectors() {
        assert_eq!(t2(Service::Pishtaz, Distance::InProvince, 400), 88_835);
        assert_eq!(t2(Service::Pishtaz, Distance::Neighbour, 1_500), 164_590);
        assert_eq!(t2(Service::Pishtaz, Distance::Other, 3_200), 233_260);
        assert_eq!(t2(Service::Sefareshi, Distance::Other, 750), 105_512);
    }

    #[test]
    fn t2_bands_end_where_they_should() {
        let base = |weight| t2(Service::Pishtaz, Distance::InProvince, weight);
        assert_eq!(base(1), base(500));
        assert!(base(501) > base(500));
        assert_eq!(base(501), base(1_000));
        assert!(base(1_001) > base(1_000));
        assert_eq!(base(1_001), base(2_000));
        assert!(base(2_001) > base(2_000));
        // A step back would make a heavier parcel cheaper.
        assert!(
            t2(Service::Sefareshi, Distance::Other, 2_001) > t2(Service::Sefareshi, Distance::Other, 2_000)
        );
    }

    #[test]
    fn printed_matter_costs_two_fifths_of_sefareshi() {
        let parcel = |service| {
            let consignment = Consignment {
                service,
                distance: Distance::InProvince,
                destination_city: 1,
                weight: 400,
                value: 0,
                cod: false,
                carton: 1,
            };
            price(Table::T2, &consignment).unwrap().postage - 24_000
        };
        assert_eq!(parcel(Service::Printed), 14_720);
        assert_eq!(parcel(Service::Sefareshi), 36_800);
    }

    fn t4(distance: Distance, destination_city: u32, weight: i64, value: i64, cod: bool) -> i64 {
        let service = Service::Pishtaz;
        total(Table::T4, Consignment { service, distance, destination_city, weight, value, cod, carton: 1 })
    }

    #[test]
    fn t4_matches_the_published_vectors() {
        assert_eq!(t4(Distance::Other, 71, 2_000, 3_000_000, false), 770_408);
        assert_eq!(t4(Distance::Other, 71, 2_000, 3_000_000, true), 844_108);
        assert_eq!(t4(Distance::InProvince, 1, 1_000, 3_000_000, false), 419_980);
        assert_eq!(t4(Distance::Neighbour, 31, 1_000, 60_000_000, true), 840_224);
    }

    #[test]
    fn weights_out_of_range_and_unoffered_services_have_no_price() {
        let parcel = |service, weight| Consignment {
            service,
            distance: Distance::Other,
            destination_city: 71,
            weight,
            value: i64::MAX,
            cod: true,
            carton: 10,
        };
        for weight in [i64::MIN, -1, 0, 30_001, i64::MAX] {
            assert_eq!(price(Table::T2, &parcel(Service::Pishtaz, weight)), None);
        }
        assert_eq!(price(Table::T4, &parcel(Service::Sefareshi, 500)), None);
        assert!(price(Table::T4, &parcel(Service::Pishtaz, 30_000)).is_some());
    }
}
