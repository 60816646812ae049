//! What is wrong with an order (sections 4.4 and 4.6).

use serde_json::Value;

use super::clients::Client;
use crate::russian_post::pricing::products::{self, Product};
use crate::russian_post::pricing::{MOST_DECLARED, routes};

/// An order that can be taken.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) product: &'static Product,
    pub(super) category: u16,
    pub(super) grams: i64,
    /// Kopecks.
    pub(super) declared: i64,
    pub(super) collected: i64,
    pub(super) from: String,
    /// None if it goes abroad.
    pub(super) to: Option<String>,
}

/// The country itself.
const RUSSIA: i64 = 643;
/// Kinds whose addressee must be reachable.
const WITH_PHONE: [&str; 9] = [
    "ONLINE_PARCEL",
    "ONLINE_COURIER",
    "EMS",
    "EMS_OPTIMAL",
    "EMS_RT",
    "EMS_TENDER",
    "BUSINESS_COURIER",
    "ECOM",
    "ECOM_MARKETPLACE",
];
const TRANSPORTS: [&str; 5] = ["SURFACE", "AVIA", "COMBINED", "EXPRESS", "STANDARD"];
const PAYMENTS: [&str; 5] = ["CASHLESS", "STAMP", "FRANKING", "TO_FRANKING", "ONLINE_PAYMENT_MARK"];

/// An integer, or digits in a string; none of a member that is null or of another type.
pub(super) fn int(order: &Value, name: &str) -> Option<i64> {
    match order.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text; empty if it is missing.
pub(super) fn text<'a>(order: &'a Value, name: &str) -> &'a str {
    order.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

fn is_there(order: &Value, name: &str) -> bool {
    order.get(name).is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

/// A member of an enumeration: missing, unknown, or known.
fn known<T>(
    order: &Value,
    name: &str,
    code: &str,
    find: impl Fn(&str) -> Option<T>,
    errors: &mut Vec<String>,
) -> Option<T> {
    if !is_there(order, name) {
        errors.push(format!("EMPTY_{code}"));
        return None;
    }
    let found = find(text(order, name));
    if found.is_none() {
        errors.push(format!("ILLEGAL_{code}"));
    }
    found
}

/// Checks an order; `second` is the stricter version of the call.
pub(super) fn check(order: &Value, client: &Client, second: bool) -> Result<Checked, Vec<String>> {
    let mut errors = Vec::new();
    if text(order, "order-num").is_empty() {
        errors.push("UNDEFINED".to_owned());
    }
    let product = known(order, "mail-type", "MAIL_TYPE", products::of_name, &mut errors);
    let category = known(order, "mail-category", "MAIL_CATEGORY", products::category, &mut errors);
    if product.is_some_and(|product| !offers(client, product)) {
        errors.push("UNAVAILABLE_MAIL_TYPE".to_owned());
    }
    let abroad = country(order, &mut errors) != RUSSIA;
    let grams = mass(order, product, &mut errors);
    address(order, abroad, second, &mut errors);
    people(order, product, &mut errors);
    let from = point(order, client, second, &mut errors);
    let (declared, collected) = money(order, category, client, &mut errors);
    rest(order, product, abroad, &mut errors);
    let to = (!abroad).then(|| int(order, "index-to").unwrap_or_default().to_string());
    match (product, category, errors.is_empty()) {
        (Some(product), Some(category), true) => {
            Ok(Checked { product, category, grams, declared, collected, from, to })
        }
        _ => Err(errors),
    }
}

fn offers(client: &Client, product: &Product) -> bool {
    client.mail_types.is_empty() || client.mail_types.iter().any(|name| name == product.name)
}

fn country(order: &Value, errors: &mut Vec<String>) -> i64 {
    if !is_there(order, "mail-direct") {
        errors.push("EMPTY_MAIL_DIRECT".to_owned());
        return RUSSIA;
    }
    let country = int(order, "mail-direct").filter(|country| (1..1_000).contains(country));
    country.unwrap_or_else(|| {
        errors.push("ILLEGAL_MAIL_DIRECT".to_owned());
        RUSSIA
    })
}

fn mass(order: &Value, product: Option<&Product>, errors: &mut Vec<String>) -> i64 {
    if !is_there(order, "mass") {
        errors.push("EMPTY_MASS".to_owned());
        return 0;
    }
    let grams = int(order, "mass").unwrap_or(0);
    if grams <= 0 {
        errors.push("ILLEGAL_MASS".to_owned());
    } else if product.is_some_and(|product| grams > product.most) {
        errors.push("ILLEGAL_MASS_EXCESS".to_owned());
    }
    grams
}

fn address(order: &Value, abroad: bool, second: bool, errors: &mut Vec<String>) {
    let kind = known(
        order,
        "address-type-to",
        "ADDRESS_TYPE_TO",
        |kind| ["DEFAULT", "PO_BOX", "DEMAND", "UNIT"].into_iter().find(|known| *known == kind),
        errors,
    );
    let mut wrong = |is_wrong: bool, code: &str| {
        if is_wrong {
            errors.push(code.to_owned());
        }
    };
    wrong(
        matches!(kind, Some("PO_BOX" | "UNIT")) && !is_there(order, "num-address-type-to"),
        "EMPTY_NUM_ADDRESS_TYPE",
    );
    if abroad {
        wrong(!is_there(order, "customs-declaration"), "EMPTY_CUSTOMS_ENTRIES");
    } else {
        let index = int(order, "index-to").map(|index| index.to_string());
        wrong(!is_there(order, "index-to"), "EMPTY_INDEX_TO");
        wrong(
            is_there(order, "index-to") && !index.is_some_and(|index| routes::exists(&index)),
            "ILLEGAL_INDEX_TO",
        );
    }
    wrong(!is_there(order, "region-to"), "EMPTY_REGION_TO");
    wrong(!is_there(order, "place-to"), "EMPTY_PLACE_TO");
    wrong(second && kind == Some("DEFAULT") && !is_there(order, "street-to"), "EMPTY_STREET_TO");
    for (name, code) in [
        ("letter-to", "ILLEGAL_ADDRESS_LETTER"),
        ("slash-to", "ILLEGAL_ADDRESS_SLASH"),
        ("corpus-to", "ILLEGAL_ADDRESS_CORPUS"),
        ("building-to", "ILLEGAL_ADDRESS_BUILDING"),
        ("room-to", "ILLEGAL_ADDRESS_ROOM"),
    ] {
        wrong(text(order, name).chars().count() > 12, code);
    }
}

fn people(order: &Value, product: Option<&Product>, errors: &mut Vec<String>) {
    if !is_there(order, "recipient-name") {
        errors.push("ILLEGAL_RECIPIENT_NAME".to_owned());
    }
    if !is_there(order, "surname") || !is_there(order, "given-name") {
        errors.push("ILLEGAL_INITIALS".to_owned());
    }
    let phone = int(order, "tel-address").map(|phone| phone.to_string());
    let is_phone = phone.as_deref().is_some_and(|phone| phone.len() == 11 && phone.starts_with('7'));
    let needed = product.is_some_and(|product| WITH_PHONE.contains(&product.name));
    if (needed || is_there(order, "tel-address")) && !is_phone {
        errors.push("EMPTY_TELADDRESS".to_owned());
    }
}

fn point(order: &Value, client: &Client, second: bool, errors: &mut Vec<String>) -> String {
    let given = text(order, "postoffice-code");
    if given.is_empty() {
        if second {
            errors.push("EMPTY_POSTOFFICE_CODE".to_owned());
        }
        return client.first_point().to_owned();
    }
    if !client.points.iter().any(|point| point == given) {
        errors.push("ILLEGAL_POSTOFFICE_CODE".to_owned());
    }
    given.to_owned()
}

/// Declared and collected sums: nothing is collected beyond what is declared, nor by a client without a
/// number for money orders.
fn money(order: &Value, category: Option<u16>, client: &Client, errors: &mut Vec<String>) -> (i64, i64) {
    let mut sum = |is_needed: bool, name: &str, code: &str| {
        let value = int(order, name).unwrap_or(0);
        if is_needed && !is_there(order, name) {
            errors.push(format!("EMPTY_{code}"));
        } else if value < 0 || is_needed && value == 0 {
            errors.push(format!("ILLEGAL_{code}"));
        }
        value
    };
    let is = |rule: fn(u16) -> bool| category.is_some_and(rule);
    let declared = sum(is(products::is_declared), "insr-value", "INSR_VALUE");
    let collected = sum(is(products::is_cod), "payment", "PAYMENT");
    sum(is(products::is_compulsory), "compulsory-payment", "PAYMENT");
    if declared > MOST_DECLARED {
        errors.push("INSR_VALUE_EXCEEDS_MAX".to_owned());
    }
    if is(products::is_cod) && collected > declared {
        errors.push("NOT_INSURED_PAYMENT".to_owned());
    }
    if is(products::is_cod) && !client.cod {
        errors.push("RESTRICTED_MAIL_CATEGORY".to_owned());
    }
    (declared, if is(products::is_cod) { collected } else { 0 })
}

fn rest(order: &Value, product: Option<&Product>, abroad: bool, errors: &mut Vec<String>) {
    let mut wrong = |is_wrong: bool, code: &str| {
        if is_wrong {
            errors.push(code.to_owned());
        }
    };
    let is_ecom = product.is_some_and(|product| product.name.starts_with("ECOM"));
    let point = order.get("ecom-data").is_some_and(|data| is_there(data, "delivery-point-index"));
    wrong(is_ecom && !point, "EMPTY_DELIVERY_POINT_INDEX");
    wrong(is_ecom && !is_there(order, "dimension-type"), "EMPTY_DIMENSION_TYPE");
    wrong(is_there(order, "fragile") && !order["fragile"].is_boolean(), "ILLEGAL_FRAGILE");
    let unknown = |name: &str, known: &[&str]| is_there(order, name) && !known.contains(&text(order, name));
    wrong(unknown("transport-type", &TRANSPORTS), "ILLEGAL_TRANSPORT_TYPE");
    wrong(unknown("payment-method", &PAYMENTS), "ILLEGAL_PAYMENT_METHOD");
    wrong(abroad && product.is_some_and(|product| product.name == "ONLINE_PARCEL"), "ILLEGAL_MAIL_DIRECT");
    let shelf_life = int(order, "shelf-life-days");
    wrong(
        is_there(order, "shelf-life-days") && !shelf_life.is_some_and(|days| (15..=60).contains(&days)),
        "UNDEFINED",
    );
    let goods = order.get("goods").and_then(|goods| goods.get("items")).and_then(Value::as_array);
    let is_good =
        |item: &Value| !text(item, "description").is_empty() && int(item, "quantity").unwrap_or(0) > 0;
    wrong(goods.is_some_and(|items| !items.iter().all(is_good)), "UNDEFINED");
}
