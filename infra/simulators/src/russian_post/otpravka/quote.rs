//! `POST /1.0/tariff`, and what an order costs (section 4.2).

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::check::{Checked, int, text};
use super::clients::Client;
use super::door::Asked;
use super::reply;
use crate::pipeline::Answer;
use crate::russian_post::offices::MOSCOW;
use crate::russian_post::pricing::products::{self, Class};
use crate::russian_post::pricing::routes::{self, Route};
use crate::russian_post::pricing::settings::Settings;
use crate::russian_post::pricing::{self, Consignment, Extra, Price, share};

/// Flags of a request and the services they stand for, with the name of the rate in answers.
const FLAGS: [(&str, Extra, &str); 10] = [
    ("fragile", Extra::Fragile, "fragile-rate"),
    ("courier", Extra::Courier, "courier-rate"),
    ("inventory", Extra::Inventory, "inventory-rate"),
    ("with-order-of-notice", Extra::OrderOfNotice, "notice-rate"),
    ("with-simple-notice", Extra::SimpleNotice, "notice-rate"),
    ("with-electronic-notice", Extra::ElectronicNotice, "electronic-notice-rate"),
    ("completeness-checking", Extra::Checking, "completeness-checking-rate"),
    ("contents-checking", Extra::Checking, "contents-checking-rate"),
    ("vsd", Extra::DocumentsBack, "vsd-rate"),
    ("sms-notice-recipient", Extra::Sms, "sms-notice-recipient-rate"),
];

/// The services a request or an order asks for.
fn extras(request: &Value) -> Vec<Extra> {
    let is_on = |name: &str| request[name] == true || int(request, name) == Some(1);
    let mut extras: Vec<Extra> =
        FLAGS.iter().filter(|(name, ..)| is_on(name)).map(|(_, extra, _)| *extra).collect();
    if text(request, "dimension-type") == "OVERSIZED" {
        extras.push(Extra::Oversize);
    }
    extras
}

/// What a client pays; nothing if the route is closed.
pub(super) fn price(
    client: &Client,
    what: &Checked,
    request: &Value,
    settings: &Settings,
    now: Timestamp,
) -> Option<(Price, Option<Route>)> {
    if what.to.as_deref().is_some_and(|to| settings.is_closed(to)) {
        return None;
    }
    let route = what.to.as_deref().and_then(|to| routes::route(&what.from, to));
    if what.to.is_some() && route.is_none() {
        return None;
    }
    let consignment = Consignment {
        product: what.product,
        category: what.category,
        route,
        grams: what.grams,
        declared: what.declared,
        by_air: text(request, "transport-type") == "AVIA",
    };
    let today = MOSCOW.to_datetime(now).date();
    let vat = settings.vat_percent.map_or_else(|| pricing::vat_percent(today), i64::from);
    let mut price = pricing::price(&consignment, &extras(request), vat);
    let level =
        share(i64::from(settings.level_percent), i64::from(100_u8.saturating_sub(client.discount_percent)));
    price.carriage = share(price.carriage, level);
    Some((price, route))
}

/// The quote of a contract.
pub(super) fn quote(asked: &Asked<'_>) -> Answer {
    let request = &asked.body;
    if !request.is_object() {
        return reply::broken("JSON parse error: an object is expected");
    }
    let (product, category) =
        (products::of_name(text(request, "mail-type")), products::category(text(request, "mail-category")));
    let index = |name: &str| int(request, name).map(|index| index.to_string());
    let from = index("index-from").unwrap_or_else(|| asked.client.first_point().to_owned());
    if !asked.client.points.contains(&from) {
        return reply::failure(
            StatusCode::BAD_REQUEST,
            "1001",
            "Неверный индекс отправителя",
            "ILLEGAL_INDEX_FROM",
        );
    }
    let to = index("index-to").filter(|to| routes::exists(to));
    let abroad = int(request, "mail-direct").is_some_and(|country| country != 643);
    let grams = int(request, "mass").unwrap_or(0);
    let (Some(product), Some(category), true, true) = (product, category, grams > 0, to.is_some() || abroad)
    else {
        return undefined();
    };
    let declared = int(request, "declared-value").unwrap_or(0).max(0);
    if grams > product.most || products::is_declared(category) && declared == 0 {
        return undefined();
    }
    let what = Checked {
        product,
        category,
        grams,
        declared,
        collected: 0,
        from,
        to: if abroad { None } else { to },
    };
    let settings = asked.view.shared.russian_post.tariff.get();
    match price(&asked.client, &what, request, &settings, asked.view.now) {
        Some((price, route)) => reply::ok(&Value::Object(rates(&price, route, product.class))),
        None => tariff_error("CODE_1372", "Нет доставки по этому направлению"),
    }
}

fn undefined() -> Answer {
    tariff_error("UNDEFINED", "Неопределенная ошибка")
}

/// The status and body of these errors are not known beyond their codes.
fn tariff_error(code: &str, text: &str) -> Answer {
    reply::json(StatusCode::BAD_REQUEST, &json!({"error-code": code, "desc": text, "code": code}))
}

fn rates(price: &Price, route: Option<Route>, class: Class) -> Map<String, Value> {
    let part = |rate: i64| json!({"rate": rate, "vat": price.vat_of(rate)});
    let (min, max) = match route {
        None => (10, 25),
        Some(route) if class == Class::Parcel => route.days(),
        Some(route) => (route.control_days(), route.control_days()),
    };
    let mut rates = Map::new();
    let mut put = |name: &str, value: Value| rates.insert(name.to_owned(), value);
    put("total-rate", json!(price.total()));
    put("total-vat", json!(price.vat()));
    put("ground-rate", part(price.carriage));
    if price.insurance > 0 {
        put("insurance-rate", part(price.insurance));
    }
    for (_, extra, name) in FLAGS {
        if let Some(rate) = price.extra(extra) {
            put(name, part(rate));
        }
    }
    if let Some(rate) = price.extra(Extra::Oversize) {
        put("oversize-rate", part(rate));
    }
    put("delivery-time", json!({"min-days": min, "max-days": max}));
    put("payment-method", json!("CASHLESS"));
    put("tariff-count", json!(1));
    rates
}

/// The members an order gets beside those it was given.
pub(super) fn order_rates(price: &Price) -> [(&'static str, i64); 5] {
    [
        ("mass-rate", price.carriage),
        ("mass-rate-with-vat", price.carriage + price.vat_of(price.carriage)),
        ("insr-rate", price.insurance),
        ("total-rate-wo-vat", price.total()),
        ("total-vat", price.vat()),
    ]
}
