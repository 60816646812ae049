//! `Product/Add`, `Product/Edit`.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Asked;
use super::checks::{PRICES, int, text};
use super::envelope::{Outcome, Refused, errors};
use crate::error::Result;
use crate::iran_post::products::{self, Product};
use crate::iran_post::tariff::MAX_WEIGHT;
use crate::ledger;

fn read(item: &Value) -> (Product, Vec<i64>) {
    let product = Product {
        client_id: item
            .get("ClientProductID")
            .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)),
        name: text(item, "Name").to_owned(),
        price: int(item, "Price").unwrap_or(0),
        weight: int(item, "Weight").unwrap_or(0),
        stock: int(item, "Count").unwrap_or(0),
        percent_discount: int(item, "PercentDiscount").unwrap_or(0),
        description: text(item, "Description").to_owned(),
    };
    let checks = [
        (product.name.is_empty() || product.name.chars().count() > 70, 1101),
        (product.stock <= 0, 1102),
        (product.weight < 1, 1103),
        (product.weight > MAX_WEIGHT, 1104),
        (!PRICES.contains(&product.price), 1105),
        (!(0..=100).contains(&product.percent_discount), 1106),
    ];
    let codes = checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, code)| code).collect();
    (product, codes)
}

fn result(item: &Value, id: Option<i64>, codes: &[i64]) -> Value {
    json!({
        "ClientProductID": item.get("ClientProductID"), "EbazaarProductID": id, "Succ": codes.is_empty(),
        "Errors": errors(codes),
    })
}

pub(super) fn add(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let items = match asked.items() {
        Ok(items) if !items.is_empty() => items,
        _ => return Ok(Err(Refused(13))),
    };
    let mut out = Vec::new();
    for item in items {
        let (product, codes) = read(item);
        let id = if codes.is_empty() {
            let id = products::add(connection, &asked.account.username, &product)?;
            write_ledger(asked, connection, item, &product, id)?;
            Some(id)
        } else {
            None
        };
        out.push(result(item, id, &codes));
    }
    Ok(Ok(Value::Array(out)))
}

fn write_ledger(
    asked: &Asked<'_>,
    connection: &Connection,
    item: &Value,
    product: &Product,
    id: i64,
) -> Result<()> {
    ledger::add(
        connection,
        &ledger::Entry {
            system: asked.view.call.system,
            kind: "product",
            account: &asked.account.username,
            our_id: product.client_id.as_deref(),
            its_id: Some(&id.to_string()),
            amount: Some(product.price),
            text_hash: &ledger::text_hash(item.to_string().as_bytes()),
            recipient: None,
            received: asked.view.call.received,
            committed: asked.view.now,
            detail: json!({"name": product.name, "weight_g": product.weight}),
        },
    )
}

pub(super) fn edit(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let items = match asked.items() {
        Ok(items) if !items.is_empty() => items,
        _ => return Ok(Err(Refused(13))),
    };
    let mut out = Vec::new();
    for item in items {
        let (product, mut codes) = read(item);
        let id = int(item, "EbazaarProductID");
        match id {
            None => codes.push(1121),
            Some(id) if codes.is_empty() => {
                if !products::update(connection, &asked.account.username, id, &product)? {
                    codes.push(1122);
                }
            }
            Some(_) => {}
        }
        out.push(result(item, id, &codes));
    }
    Ok(Ok(Value::Array(out)))
}
