//! The question: which product, from where to where, how heavy (section 5, parameters).

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::{Map, Value, json};

use super::errors::{
    BAD_COUNTRY, BAD_DATE, BAD_OBJECT, BAD_SERVICE, BAD_SUM, BAD_WEIGHT, CLOSED, MISSING, NO_AIR, NO_INDEX,
    NO_NUMBER, OUT_OF_RANGE, Wrong,
};
use crate::form;
use crate::russian_post::offices::MOSCOW;
use crate::russian_post::pricing::products::{self, Product};
use crate::russian_post::pricing::routes;
use crate::russian_post::pricing::settings::Settings;
use crate::russian_post::pricing::{Consignment, Extra, MOST_DECLARED};

/// Parameters as they came.
pub(super) struct Query {
    values: HashMap<String, String>,
    /// Whether an answer in JSON is wanted.
    pub(super) is_json: bool,
}

impl Query {
    pub(super) fn read(query: &[u8]) -> Self {
        let text = String::from_utf8_lossy(query);
        let name = |part: &str| part.split('=').next().unwrap_or_default().to_owned();
        let is_json = text.split('&').any(|part| matches!(name(part).as_str(), "json" | "jsontext"));
        Self { values: form::parse(query), is_json }
    }

    /// A parameter; empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// A number; the error if it is none.
    fn number(&self, name: &'static str) -> Result<Option<i64>, Wrong> {
        match self.get(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Wrong { code: NO_NUMBER, about: name }),
        }
    }

    fn needed(&self, name: &'static str) -> Result<i64, Wrong> {
        self.number(name)?.ok_or(Wrong { code: MISSING, about: name })
    }

    /// Everything that was said, numbers as numbers.
    pub(super) fn echoed(&self) -> Value {
        let echo = |text: &String| text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number));
        Value::Object(
            self.values.iter().map(|(name, text)| (name.clone(), echo(text))).collect::<Map<_, _>>(),
        )
    }
}

/// A question that can be answered.
pub(super) struct Question {
    pub(super) object: i64,
    pub(super) product: &'static Product,
    pub(super) category: u16,
    pub(super) from: String,
    /// None if it goes abroad.
    pub(super) to: Option<String>,
    pub(super) country: Option<i64>,
    pub(super) what: Consignment,
    pub(super) extras: Vec<(i64, Extra)>,
    pub(super) date: Date,
    pub(super) time: Time,
}

/// Numbers of services that are priced, and those that cost nothing here.
const SERVICES: [(i64, Option<Extra>); 26] = [
    (1, Some(Extra::SimpleNotice)),
    (2, Some(Extra::OrderOfNotice)),
    (4, Some(Extra::Fragile)),
    (12, Some(Extra::Oversize)),
    (20, Some(Extra::Sms)),
    (21, Some(Extra::Sms)),
    (22, Some(Extra::Inventory)),
    (23, Some(Extra::Inventory)),
    (24, None),
    (26, Some(Extra::Courier)),
    (28, None),
    (41, Some(Extra::Sms)),
    (42, Some(Extra::Sms)),
    (43, Some(Extra::Sms)),
    (44, Some(Extra::Sms)),
    (57, None),
    (62, Some(Extra::ElectronicNotice)),
    (66, Some(Extra::DocumentsBack)),
    (67, None),
    (80, Some(Extra::Courier)),
    (81, Some(Extra::Checking)),
    (82, Some(Extra::Checking)),
    (83, Some(Extra::Checking)),
    (90, None),
    (110, None),
    (11, None),
];

/// Countries that items go to: the protocol has no list.
const COUNTRIES: [i64; 8] = [31, 51, 112, 156, 276, 398, 410, 840];

impl Question {
    /// Reads a question; all that is wrong with it is found in one go, as far as it can be.
    pub(super) fn read(query: &Query, settings: &Settings, now: Timestamp) -> Result<Self, Vec<Wrong>> {
        let (object, product, category, abroad) = object(query).map_err(|wrong| vec![wrong])?;
        let mut wrongs = Vec::new();
        let mut or_note = |found: Result<i64, Wrong>| {
            found.unwrap_or_else(|wrong| {
                wrongs.push(wrong);
                0
            })
        };
        let from = or_note(query.needed("from"));
        let to = if abroad { 0 } else { or_note(query.needed("to")) };
        let grams = or_note(query.needed("weight"));
        let declared_needed = products::is_declared(category);
        let declared = or_note(if declared_needed { query.needed("sumoc") } else { Ok(0) });
        let collected = or_note(query.number("sumnp").map(Option::unwrap_or_default));
        let by_air = or_note(query.number("isavia").map(Option::unwrap_or_default));
        let country = or_note(if abroad { country(query) } else { Ok(0) });
        let closed_too = or_note(query.number("closed").map(Option::unwrap_or_default)) == 1;
        let moment = moment(query, now).map_err(|wrong| wrongs.push(wrong));
        let extras = extras(query).map_err(|wrong| wrongs.push(wrong));
        let (Ok((date, time)), Ok(extras), true) = (moment, extras, wrongs.is_empty()) else {
            return Err(wrongs);
        };
        let mut wrong = |is_wrong: bool, code, about| {
            if is_wrong {
                wrongs.push(Wrong { code, about });
            }
        };
        let (from, to) = (from.to_string(), (!abroad).then(|| to.to_string()));
        wrong(!routes::exists(&from), NO_INDEX, "from");
        wrong(to.as_deref().is_some_and(|to| !routes::exists(to)), NO_INDEX, "to");
        wrong(abroad && !COUNTRIES.contains(&country), BAD_COUNTRY, "country-to");
        wrong(grams <= 0, OUT_OF_RANGE, "weight");
        wrong(grams > product.most, BAD_WEIGHT, "weight");
        wrong(declared_needed && !(1..=MOST_DECLARED).contains(&declared), OUT_OF_RANGE, "sumoc");
        wrong(collected < 0 || collected > 0 && collected > declared, BAD_SUM, "sumnp");
        wrong(!closed_too && to.as_deref().is_some_and(|to| settings.is_closed(to)), CLOSED, "");
        let route = to.as_deref().and_then(|to| routes::route(&from, to));
        let flies = by_air == 2 || by_air == 1 && route.is_some_and(|route| route.is_long);
        wrong(by_air == 2 && route.is_some_and(|route| route.zone() < 2), NO_AIR, "");
        if !wrongs.is_empty() {
            return Err(wrongs);
        }
        let what = Consignment { product, category, route, grams, declared, by_air: flies };
        let country = abroad.then_some(country);
        Ok(Self { object, product, category, from, to, country, what, extras, date, time })
    }
}

/// The product, by its code or by its three parts; and whether it goes abroad.
fn object(query: &Query) -> Result<(i64, &'static Product, u16, bool), Wrong> {
    let object = match query.number("object")? {
        Some(object) => object,
        None => {
            let part = |name| query.needed(name);
            let direct = query.number("directctg")?.unwrap_or(1);
            part("mailtype")?.saturating_mul(1_000) + part("mailctg")?.saturating_mul(10) + direct - 1
        }
    };
    let bad = Wrong { code: BAD_OBJECT, about: "object" };
    let direction = object.rem_euclid(10);
    let small = |number: i64| u16::try_from(number).ok();
    let product = small(object.div_euclid(1_000)).and_then(products::of_id);
    let category = small(object.rem_euclid(1_000) / 10).filter(|id| products::is_category(*id));
    match (product, category, direction) {
        (Some(product), Some(category), 0 | 1) => Ok((object, product, category, direction == 1)),
        _ => Err(bad),
    }
}

/// The second version calls it `country-to`, the first `country`.
fn country(query: &Query) -> Result<i64, Wrong> {
    match query.number("country-to")? {
        Some(country) => Ok(country),
        None => query.needed("country"),
    }
}

fn extras(query: &Query) -> Result<Vec<(i64, Extra)>, Wrong> {
    let bad = Wrong { code: BAD_SERVICE, about: "service" };
    let mut extras = Vec::new();
    for part in query.get("service").split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let number: i64 = part.parse().map_err(|_| Wrong { code: NO_NUMBER, about: "service" })?;
        let (_, extra) = SERVICES.iter().find(|(known, _)| *known == number).ok_or_else(|| bad.clone())?;
        extras.extend(extra.map(|extra| (number, extra)));
    }
    Ok(extras)
}

/// Date and time of the calculation: now in Moscow, unless they are given.
fn moment(query: &Query, now: Timestamp) -> Result<(Date, Time), Wrong> {
    let here = MOSCOW.to_datetime(now);
    let date = match query.get("date") {
        "" => here.date(),
        text => Date::strptime("%Y%m%d", text).map_err(|_| Wrong { code: BAD_DATE, about: "date" })?,
    };
    let time = match query.get("time") {
        "" => here.time(),
        text => Time::strptime("%H%M", text).map_err(|_| Wrong { code: BAD_DATE, about: "time" })?,
    };
    Ok((date, time))
}

/// All services, for the dictionary.
pub(super) fn services() -> impl Iterator<Item = i64> {
    SERVICES.iter().map(|(number, _)| *number)
}

/// All countries, for the dictionary.
pub(super) fn countries() -> impl Iterator<Item = i64> {
    COUNTRIES.into_iter()
}
