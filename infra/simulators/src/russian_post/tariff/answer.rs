//! Prices and terms as both versions write them (section 5, answer fields).

use http::StatusCode;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::errors;
use super::query::{Query, Question};
use super::{BOTH, DELIVERY, is_old};
use crate::pipeline::{Answer, View};
use crate::russian_post::pricing::products::{Class, full_title};
use crate::russian_post::pricing::{self, Extra, Price, share};

/// Answers a question, or says what is wrong with it.
pub(super) fn answer(view: &View<'_>, query: &Query) -> Answer {
    let settings = view.shared.russian_post.tariff.get();
    let question = match Question::read(query, &settings, view.now) {
        Ok(question) => question,
        Err(wrongs) if is_old(&view.call.path) => return errors::old_answer(query, &wrongs),
        Err(wrongs) => return errors::answer(query, &wrongs),
    };
    let vat = settings.vat_percent.map_or_else(|| pricing::vat_percent(question.date), i64::from);
    let extras: Vec<Extra> = question.extras.iter().map(|(_, extra)| *extra).collect();
    let mut price = pricing::price(&question.what, &extras, vat);
    price.carriage = share(price.carriage, i64::from(settings.level_percent));
    if is_old(&view.call.path) {
        return json_answer("text/plain;charset=utf-8", &old(&question, &price, &view.call.operation));
    }
    let mut body = head(&question);
    if view.call.operation != DELIVERY {
        price_of(&mut body, &question, &price);
    }
    if view.call.operation != super::TARIFF {
        body["delivery"] = delivery(&question);
    }
    if query.is_json {
        return json_answer("application/json;charset=utf-8", &body);
    }
    // The other formats are for people: a line for each value.
    let lines: String =
        body.as_object().into_iter().flatten().map(|(name, value)| format!("{name}: {value}\n")).collect();
    Answer { status: StatusCode::OK, content_type: "text/plain;charset=utf-8", body: lines.into() }
}

fn json_answer(content_type: &'static str, body: &Value) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.to_string().into() }
}

fn head(question: &Question) -> Value {
    let mut head = json!({
        "version_api": 2, "version": "2.14.1.700", "caption": "Расчет тарифа и сроков", "id": question.object,
        "name": full_title(question.product, question.category), "mailtype": question.product.id, "mailctg": question.category,
        "directctg": if question.to.is_some() { 1 } else { 2 }, "weight": question.what.grams,
        "from": number(&question.from), "date": number(&question.date.strftime("%Y%m%d").to_string()),
        // Without leading zeros: half past two in the night is 23000.
        "time": number(&question.time.strftime("%H%M%S").to_string()),
        "transtype": if question.what.by_air { 2 } else { 1 },
        "transname": if question.what.by_air { "авиа" } else { "наземно" },
    });
    if let Some(to) = &question.to {
        head["to"] = json!(number(to));
    }
    if let Some(country) = question.country {
        head["country-to"] = json!(country);
    }
    if question.what.declared > 0 {
        head["sumoc"] = json!(question.what.declared);
    }
    head
}

fn number(digits: &str) -> i64 {
    digits.parse().unwrap_or_default()
}

fn part(price: &Price, value: i64) -> Value {
    json!({"val": value, "valnds": value + price.vat_of(value)})
}

fn price_of(body: &mut Value, question: &Question, price: &Price) {
    let carriage = if question.what.by_air { "avia" } else { "ground" };
    let mut items = vec![json!({
        "id": "3173", "name": "Плата за пересылку", "serviceon": [110, 11], "tariff": part(price, price.carriage),
    })];
    body[carriage] = part(price, price.carriage);
    if price.insurance > 0 {
        body["cover"] = part(price, price.insurance);
        items.push(json!({
            "id": "3174", "name": "Плата за объявленную ценность", "serviceon": [],
            "tariff": part(price, price.insurance),
        }));
    }
    for ((service, _), (_, value)) in question.extras.iter().zip(&price.extras) {
        let id = (4_000 + service).to_string();
        items
            .push(json!({"id": id, "name": "Услуга", "serviceon": [service], "tariff": part(price, *value)}));
    }
    let services: i64 = price.extras.iter().map(|(_, value)| value).sum();
    if services > 0 {
        body["service"] = part(price, services);
    }
    let (total, vat) = (price.total(), price.vat());
    body["items"] = json!(items);
    body["pay"] = json!(total);
    body["paynds"] = json!(total + vat);
    body["ndsrate"] = json!(price.vat_percent);
    body["nds"] = json!(vat);
}

fn days(question: &Question) -> (i64, i64) {
    match (question.what.route, question.product.class) {
        (None, _) => (10, 25),
        (Some(route), Class::Parcel) => route.days(),
        (Some(route), _) => (route.control_days(), route.control_days()),
    }
}

fn delivery(question: &Question) -> Value {
    let (min, max) = days(question);
    let deadline = question.date.checked_add(max.days()).unwrap_or(Date::MAX);
    json!({"min": min, "max": max, "deadline": format!("{}T235900", deadline.strftime("%Y%m%d"))})
}

/// The first version.
fn old(question: &Question, price: &Price, operation: &str) -> Value {
    let to = question.to.as_deref().map_or(0, number);
    if operation == DELIVERY || operation == BOTH {
        return json!({"id": question.object, "from": number(&question.from), "to": to, "delivery": delivery(question)});
    }
    let (total, vat) = (price.total(), price.vat());
    json!({
        "id": question.object, "name": full_title(question.product, question.category), "typ": question.product.id, "cat": question.category,
        "dir": if question.to.is_some() { 0 } else { 1 }, "weight": question.what.grams,
        "from": number(&question.from), "to": to, "trans": "наземно", "transid": 1, "transname": "наземно",
        "tariff": [{
            "id": "3173", "name": "Плата за пересылку", "from": question.from, "fromi": question.from,
            "to": question.to, "toi": question.to, "ground": part(price, price.carriage),
        }],
        "ground": part(price, price.carriage), "pay": total, "paynds": total + vat, "nds": vat,
        "ndsrate": price.vat_percent,
    })
}
