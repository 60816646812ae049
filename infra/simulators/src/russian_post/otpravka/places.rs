//! Offices, drop-off points and pick-up points (section 4.1). Members beside those the protocol names are
//! left out.

use serde_json::{Value, json};

use super::door::Asked;
use super::{forms, reply};
use crate::journey::Office;
use crate::pipeline::Answer;
use crate::russian_post::offices::NETWORK;
use crate::russian_post::pricing::products;

fn offices() -> impl Iterator<Item = Office> {
    NETWORK.regions.iter().flat_map(|region| region.offices)
}

/// The town in an office's name, `Москва 9`.
fn town(office: &Office) -> &str {
    office.name.trim_end_matches(|sign: char| sign.is_ascii_digit()).trim()
}

/// `GET /1.0/user-shipping-points`
pub(super) fn shipping_points(asked: &Asked<'_>) -> Answer {
    let product = |product: &products::Product| json!({"mail-type": product.name, "mail-category": "ORDINARY", "product-type": product.name});
    let types: Vec<&str> = products::ALL
        .iter()
        .map(|product| product.name)
        .filter(|name| {
            !name.is_empty()
                && (asked.client.mail_types.is_empty()
                    || asked.client.mail_types.iter().any(|known| known == name))
        })
        .collect();
    let offered: Vec<Value> =
        products::ALL.iter().filter(|known| types.contains(&known.name)).map(product).collect();
    let point = |index: &String| {
        json!({
            "operator-postcode": index, "ops-address": index, "enabled": true, "available-mail-types": types,
            "available-products": offered,
        })
    };
    reply::ok(&asked.client.points.iter().map(point).collect())
}

fn shown(office: &Office) -> Value {
    json!({
        "postal-code": office.code, "settlement": town(office), "address-source": office.name,
        "type-code": "ГОПС", "is-closed": false, "is-temporary-closed": false,
    })
}

fn found(index: &str) -> Option<Office> {
    offices().find(|office| office.code == index)
}

/// `GET /postoffice/1.0/{index}`
pub(super) fn office(asked: &Asked<'_>) -> Answer {
    let index = asked.segment(2);
    found(index).map_or_else(|| reply::not_found("PostOffice", index), |office| reply::ok(&shown(&office)))
}

/// `GET /postoffice/1.0/{index}/services`
pub(super) fn services(asked: &Asked<'_>) -> Answer {
    let index = asked.segment(2);
    let services = json!([{"code": "1", "name": "Прием и вручение посылок"}]);
    found(index).map_or_else(|| reply::not_found("PostOffice", index), |_| reply::ok(&services))
}

fn top(asked: &Asked<'_>) -> usize {
    asked.parameter("top").parse().unwrap_or(3)
}

/// `GET /postoffice/1.0/by-address`
pub(super) fn by_address(asked: &Asked<'_>) -> Answer {
    let address = asked.parameter("address").to_lowercase();
    let fits =
        |office: &Office| address.contains(office.code) || address.contains(&town(office).to_lowercase());
    let codes: Vec<&str> = offices().filter(fits).take(top(asked)).map(|office| office.code).collect();
    reply::ok(&json!({"is-matched": !codes.is_empty(), "postoffices": codes}))
}

/// `GET /postoffice/1.0/nearby`: nothing here lies anywhere in particular, so the first are the nearest.
pub(super) fn nearby(asked: &Asked<'_>) -> Answer {
    reply::ok(&offices().take(top(asked)).map(|office| shown(&office)).collect())
}

/// `GET /postoffice/1.0/settlement.offices.codes`
pub(super) fn of_settlement(asked: &Asked<'_>) -> Answer {
    let settlement = asked.parameter("settlement").to_lowercase();
    let codes =
        offices().filter(|office| town(office).to_lowercase() == settlement).map(|office| office.code);
    reply::ok(&json!(codes.collect::<Vec<_>>()))
}

fn points() -> Value {
    let point = |office: Office| {
        json!({
            "delivery-point-index": office.code, "delivery-point-type": "DELIVERY_POINT", "enabled": true,
            "cash-payment": true, "card-payment": true, "address": {"index": office.code, "place": town(&office)},
        })
    };
    offices().map(point).collect()
}

/// `GET /1.0/delivery-point/findAll`
pub(super) fn delivery_points() -> Answer {
    reply::ok(&points())
}

/// `GET /1.0/unloading-passport/zip`: one text file of JSON.
pub(super) fn passport() -> Answer {
    forms::octets(&[("passport.txt", json!({"passportElements": points()}).to_string().into_bytes())])
}
