//! Fields of a JSON item, and the checks prices and orders share.

use std::sync::Arc;

use serde_json::Value;

use super::envelope::Refused;
use crate::iran_post::IranPost;
use crate::iran_post::accounts::Account;
use crate::iran_post::codes::Pay;
use crate::iran_post::places::City;
use crate::iran_post::tariff::{self, Consignment, MAX_WEIGHT, Price, Service, Table};

/// Integers as numbers, or as digits in a string (the older build took both).
pub(super) fn int(item: &Value, name: &str) -> Option<i64> {
    match item.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text; empty if it is missing.
pub(super) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The id a shop gives an order: an integer.
pub(super) fn client_order_id(item: &Value) -> Result<String, Refused> {
    int(item, "ClientOrderId")
        .filter(|id| i32::try_from(*id).is_ok_and(|id| id > 0))
        .map(|id| id.to_string())
        .ok_or(Refused(13))
}

/// Prices a shop may ask for its goods.
pub(super) const PRICES: std::ops::RangeInclusive<i64> = 50_000..=1_000_000_000;

/// What an item wants carried, or its error codes.
pub(super) struct Carried {
    pub(super) city: u32,
    pub(super) service: Service,
    pub(super) pay: Pay,
    pub(super) price: Price,
    /// What sending it back would cost.
    pub(super) back: Price,
}

/// Checks where and how an item is to be carried, and prices it.
pub(super) fn carried(
    iran: &IranPost,
    account: &Arc<Account>,
    item: &Value,
    weight: i64,
    goods: i64,
) -> Result<Carried, Vec<i64>> {
    let table = iran.settings().tariff;
    let city = city(iran, item);
    let service = service(account, item, table);
    let pay = pay(item);
    let mut errors: Vec<i64> = Vec::new();
    errors.extend(city.as_ref().err());
    errors.extend(service.as_ref().err());
    errors.extend(pay.as_ref().err());
    if !(1..=MAX_WEIGHT).contains(&weight) {
        errors.push(2111);
    } else if weight > 5_000 && service.is_ok_and(|service| service != Service::Pishtaz) {
        errors.push(2109);
    }
    errors.extend(pick_up_errors(iran, item));
    let (Ok(city), Ok(service), Ok(pay), true) = (city, service, pay, errors.is_empty()) else {
        return Err(errors);
    };
    let carton = int(item, "BoxSizeID").and_then(|size| u8::try_from(size).ok()).unwrap_or(1);
    let consignment = Consignment {
        service,
        distance: iran.places.distance(account.state, city.state),
        destination_city: city.code,
        weight,
        value: goods,
        cod: pay.collects(),
        carton,
    };
    let price = tariff::price(table, &consignment).ok_or_else(|| vec![2112])?;
    let home = Consignment { destination_city: account.city, cod: false, ..consignment };
    let back = tariff::price(table, &home).ok_or_else(|| vec![2113])?;
    Ok(Carried { city: city.code, service, pay, price, back })
}

/// The newer build has `CityID`, the older one `CityCode` as a string.
fn city<'a>(iran: &'a IranPost, item: &Value) -> Result<&'a City, i64> {
    int(item, "CityID")
        .or_else(|| int(item, "CityCode"))
        .and_then(|code| u32::try_from(code).ok())
        .and_then(|code| iran.places.city(code))
        .ok_or(2103)
}

fn service(account: &Account, item: &Value, table: Table) -> Result<Service, i64> {
    match (int(item, "ServiceType"), table) {
        (Some(1), _) => Ok(Service::Pishtaz),
        (Some(0), Table::T2) => Ok(Service::Sefareshi),
        (Some(3), Table::T2) if account.printed_matter => Ok(Service::Printed),
        (Some(3), _) => Err(2107),
        _ => Err(2106),
    }
}

fn pay(item: &Value) -> Result<Pay, i64> {
    match int(item, "PayType") {
        Some(0) => Ok(Pay::Cod),
        Some(1) => Ok(Pay::Online),
        Some(88) => Ok(Pay::FreeCod),
        Some(89) => Ok(Pay::PostageOnDelivery),
        Some(90) => Ok(Pay::WalletCod),
        Some(91) => Ok(Pay::WalletOnline),
        _ => Err(2108),
    }
}

/// Whether the buyer fetches the parcel at a kiosk or a partner's point.
pub(super) fn is_picked_up(item: &Value) -> bool {
    int(item, "KioskID").is_some() || int(item, "PudoPostnodeID").is_some()
}

/// Each capital has one kiosk (`code * 10 + 1`) and one partner's point (`code * 10 + 2`).
fn pick_up_errors(iran: &IranPost, item: &Value) -> Vec<i64> {
    let (kiosk, pudo) = (int(item, "KioskID"), int(item, "PudoPostnodeID"));
    let target = int(item, "CityID").or_else(|| int(item, "CityCode"));
    let wrong = |id: i64, digit: i64, unknown: i64, elsewhere: i64| {
        let city = id / 10;
        if id % 10 != digit || !u32::try_from(city).is_ok_and(|city| iran.places.city(city).is_some()) {
            Some(unknown)
        } else if Some(city) != target {
            Some(elsewhere)
        } else {
            None
        }
    };
    match (kiosk, pudo) {
        (Some(_), Some(_)) => vec![2301],
        (Some(kiosk), None) => wrong(kiosk, 1, 2302, 2303).into_iter().collect(),
        (None, Some(pudo)) => wrong(pudo, 2, 2304, 2305).into_iter().collect(),
        (None, None) => Vec::new(),
    }
}
