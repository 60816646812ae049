//! `/v2/dictionary/…`: lists of what can be asked for (section 5).

use http::StatusCode;
use serde_json::{Value, json};

use super::query::{Query, countries, services};
use crate::pipeline::Answer;
use crate::russian_post::offices::NETWORK;
use crate::russian_post::pricing::products::{ALL, CATEGORIES, Product, full_title};

/// The dictionary of a path, or those entries of it that have the wanted number.
pub(super) fn answer(path: &str, query: &Query) -> Answer {
    let which = path.split("/dictionary").nth(1).unwrap_or_default().trim_start_matches('/');
    let (name, mut entries) = match which.split('/').next().unwrap_or_default() {
        "category" => {
            ("category", CATEGORIES.iter().map(|(id, _, name)| entry(i64::from(*id), name)).collect())
        }
        "service" => ("service", services().map(|id| entry(id, "Услуга")).collect()),
        "country" => ("country", countries().map(|id| entry(id, "Страна")).collect()),
        "postoffice" => ("postoffice", offices()),
        _ => ("object", objects()),
    };
    if let Ok(id) = query.get("id").parse::<i64>() {
        entries.retain(|entry| entry["id"] == id);
    }
    let body = json!({"version_api": 2, name: entries}).to_string();
    Answer { status: StatusCode::OK, content_type: "application/json;charset=utf-8", body: body.into() }
}

fn entry(id: i64, name: &str) -> Value {
    json!({"id": id, "name": name})
}

fn objects() -> Vec<Value> {
    let of = |product: &'static Product| {
        CATEGORIES.iter().map(move |(category, ..)| {
            let id = i64::from(product.id) * 1_000 + i64::from(*category) * 10;
            entry(id, &full_title(product, *category))
        })
    };
    ALL.iter().flat_map(of).collect()
}

fn offices() -> Vec<Value> {
    let offices = NETWORK.regions.iter().flat_map(|region| region.offices);
    offices
        .filter_map(|office| {
            let index: i64 = office.code.parse().ok()?;
            Some(json!({"id": index, "index": index, "name": office.name, "weight-max": 20_000, "pvz": 1}))
        })
        .collect()
}
