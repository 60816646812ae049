//! Which rates to offer, and in which order.

use super::Rate;
use crate::ids::{CarrierId, Service};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Keeps the rates of the wanted carriers and services; an empty list wants all.
pub fn matching(rates: Vec<Rate>, carriers: &[CarrierId], services: &[Service]) -> Vec<Rate> {
    let wanted = |rate: &Rate| {
        (carriers.is_empty() || carriers.contains(&rate.carrier))
            && (services.is_empty() || services.contains(&rate.service))
    };
    rates.into_iter().filter(wanted).collect()
}

/// Keeps one rate for each service of each carrier: the cheapest; of equals, the better source (live,
/// then cached, then table). Rates of different currencies are kept apart. Sorted by total.
pub fn best_per_service(rates: Vec<Rate>) -> Vec<Rate> {
    let mut best: BTreeMap<(CarrierId, Service, &'static str), Rate> = BTreeMap::new();
    for rate in rates {
        let key = (rate.carrier, rate.service.clone(), rate.total.currency().as_str());
        match best.get(&key) {
            Some(held) if order(held, &rate) != Ordering::Greater => {}
            Some(_) | None => {
                best.insert(key, rate);
            }
        }
    }
    let mut chosen: Vec<Rate> = best.into_values().collect();
    sort_by_total(&mut chosen);
    chosen
}

/// Sorts by total, cheapest first, within each currency; equal totals by source, carrier and service,
/// so that equal requests get equally ordered answers.
pub fn sort_by_total(rates: &mut [Rate]) {
    rates.sort_by(order);
}

fn order(a: &Rate, b: &Rate) -> Ordering {
    let key = |rate: &Rate| (rate.total.currency(), rate.total.amount(), rate.source, rate.carrier);
    key(a).cmp(&key(b)).then_with(|| a.service.cmp(&b.service))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};
    use crate::rate::RateSource;
    use proptest::prelude::*;

    fn rate(carrier: CarrierId, service: &str, total: i64, source: RateSource) -> Rate {
        let money = |amount| Money::new(amount, carrier.currency());
        Rate {
            carrier,
            service: Service::parse(service).unwrap(),
            name: service.to_owned(),
            total: money(total),
            postage: money(total),
            vat: money(0),
            cod_fee: None,
            insurance: None,
            transit_days: None,
            source,
        }
    }

    #[test]
    fn the_cheapest_of_each_service_wins() {
        use RateSource::{Live, Table};
        let chosen = best_per_service(vec![
            rate(CarrierId::IranPost, "pishtaz", 90, Live),
            rate(CarrierId::IranPost, "pishtaz", 80, Table),
            rate(CarrierId::IranPost, "pishtaz", 80, Live),
            rate(CarrierId::IranPost, "sefareshi", 70, Live),
            rate(CarrierId::RussianPost, "parcel", 10, Live),
        ]);
        let told: Vec<_> = chosen.iter().map(|r| (r.service.as_str(), r.total.amount(), r.source)).collect();
        assert_eq!(told, [("sefareshi", 70, Live), ("pishtaz", 80, Live), ("parcel", 10, Live)]);
        assert_eq!(chosen[2].total.currency(), Currency::Rub);
    }

    #[test]
    fn wishes_filter() {
        let rates = vec![
            rate(CarrierId::IranPost, "pishtaz", 90, RateSource::Live),
            rate(CarrierId::KoreaPost, "parcel", 80, RateSource::Live),
        ];
        assert_eq!(matching(rates.clone(), &[], &[]).len(), 2);
        assert_eq!(matching(rates.clone(), &[CarrierId::KoreaPost], &[]).len(), 1);
        assert_eq!(matching(rates.clone(), &[], &[Service::pishtaz()]).len(), 1);
        assert_eq!(matching(rates, &[CarrierId::KoreaPost], &[Service::pishtaz()]).len(), 0);
    }

    #[test]
    fn empty_parts_are_left_out_of_json() {
        let json =
            serde_json::to_value(rate(CarrierId::KoreaPost, "parcel", 4_000, RateSource::Cached)).unwrap();
        assert_eq!(json["source"], "cached");
        assert!(json.get("cod_fee").is_none());
        assert_eq!(json["total"], serde_json::json!({"amount": 4000, "currency": "KRW"}));
    }

    proptest! {
        #[test]
        fn choosing_does_not_depend_on_arrival_order(totals in prop::collection::vec((0i64..50, 0usize..3), 1..12)) {
            let sources = [RateSource::Live, RateSource::Cached, RateSource::Table];
            let services = ["pishtaz", "sefareshi", "vizhe"];
            let rates: Vec<Rate> = totals.iter().enumerate()
                .map(|(i, (total, s))| rate(CarrierId::IranPost, services[i % 3], *total, sources[*s]))
                .collect();
            let mut reversed = rates.clone();
            reversed.reverse();
            prop_assert_eq!(best_per_service(rates), best_per_service(reversed));
        }
    }
}
