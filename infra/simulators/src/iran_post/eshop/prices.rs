//! `GetDeliveryPrice`, `DeliveryMultiPrice`, and the price a parcel is registered with.

use std::sync::Arc;

use super::Outcome;
use super::errors::{BAD_LOGIN, BAD_PAY_TYPE, BAD_SERVICE_TYPE, OK, Refusal};
use super::params::Members;
use super::soap::Value;
use crate::iran_post::accounts::Account;
use crate::iran_post::codes::Pay;
use crate::iran_post::tariff::{self, Consignment, Price, REGISTRATION_FEE, Service, Table};
use crate::pipeline::View;

pub(super) const DELIVERY_PRICE: &[&str] =
    &["username", "password", "cityCode", "price", "weight", "serviceType", "payType"];
pub(super) const MULTI_PRICE: &[&str] = &["username", "password", "cityCode", "price", "weight"];

/// The shop that calls.
pub(super) fn login(view: &View<'_>, members: &Members<'_>) -> Result<Arc<Account>, Refusal> {
    view.shared
        .iran_post
        .accounts
        .check(&members.text("username"), &members.text("password"))
        .filter(|account| account.active)
        .ok_or_else(|| Refusal::new(BAD_LOGIN))
}

pub(super) fn pay(code: i64) -> Result<Pay, Refusal> {
    match code {
        1 => Ok(Pay::Cod),
        2 => Ok(Pay::Online),
        88 => Ok(Pay::FreeCod),
        _ => Err(Refusal::new(BAD_PAY_TYPE)),
    }
}

pub(super) fn service(code: i64, table: Table) -> Result<Service, Refusal> {
    match (code, table) {
        (1, _) => Ok(Service::Pishtaz),
        (2, Table::T2) => Ok(Service::Sefareshi),
        (3, Table::T2) => Ok(Service::Printed),
        _ => Err(Refusal::new(BAD_SERVICE_TYPE)),
    }
}

/// What the gateway says a parcel costs.
pub(super) fn price(
    view: &View<'_>,
    account: &Account,
    city: i64,
    service: Service,
    pay: Pay,
    (weight, value): (i64, i64),
) -> Result<(u32, Price), Refusal> {
    let iran = &view.shared.iran_post;
    let city =
        u32::try_from(city).ok().and_then(|city| iran.places.city(city)).ok_or_else(Refusal::bad_city)?;
    if !account.gateway {
        return Err(Refusal::new(super::errors::NO_GATEWAY));
    }
    let consignment = Consignment {
        service,
        distance: iran.places.distance(account.state, city.state),
        destination_city: city.code,
        weight,
        value,
        cod: pay.collects(),
        carton: 1,
    };
    let price = tariff::price(iran.settings().tariff, &consignment).ok_or_else(Refusal::no_price)?;
    Ok((city.code, price))
}

pub(super) fn delivery_price(view: &View<'_>, members: &Members<'_>) -> Outcome {
    let (city, value, weight) = (members.int("cityCode")?, members.int("price")?, members.int("weight")?);
    let (service_code, pay_code) = (members.int("serviceType")?, members.int("payType")?);
    let quoted = login(view, members).and_then(|account| {
        let pay = pay(pay_code)?;
        let service = service(service_code, view.shared.iran_post.settings().tariff)?;
        price(view, &account, city, service, pay, (weight, value))
    });
    let (refusal, price) = match quoted {
        Ok((_, price)) => (Refusal::new(OK), price),
        Err(refusal) => (refusal, Price { postage: 0, vat: 0 }),
    };
    Ok(Value::Object(vec![
        ("Description", Value::Text(refusal.text.to_owned())),
        ("ErrorCode", Value::Int(refusal.code)),
        ("PostDeliveryPrice", Value::Int(price.postage)),
        ("VatTax", Value::Int(price.vat)),
    ]))
}

/// The member names of this answer are not documented; these are ours.
pub(super) fn multi_price(view: &View<'_>, members: &Members<'_>) -> Outcome {
    let (city, value, weight) = (members.int("cityCode")?, members.int("price")?, members.int("weight")?);
    let none = Price { postage: 0, vat: 0 };
    let quoted = login(view, members).and_then(|account| {
        let of = |service| {
            price(view, &account, city, service, Pay::Online, (weight, value)).map(|(_, price)| price)
        };
        // A table without sefareshi leaves it at zero.
        Ok((of(Service::Pishtaz)?, of(Service::Sefareshi).unwrap_or(none)))
    });
    let (refusal, (pishtaz, sefareshi), fee) = match quoted {
        Ok(prices) => (Refusal::new(OK), prices, REGISTRATION_FEE),
        Err(refusal) => (refusal, (none, none), 0),
    };
    Ok(Value::Object(vec![
        ("CodFee", Value::Int(fee)),
        ("Description", Value::Text(refusal.text.to_owned())),
        ("ErrorCode", Value::Int(refusal.code)),
        ("PishtazPrice", Value::Int(pishtaz.postage)),
        ("PishtazVatTax", Value::Int(pishtaz.vat)),
        ("SefareshiPrice", Value::Int(sefareshi.postage)),
        ("SefareshiVatTax", Value::Int(sefareshi.vat)),
    ]))
}
