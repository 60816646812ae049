//! `AddStuff`, `AddStuffs`, `EditStuffs`, `EditStuffPrice`, `EditStuffWeight`.

use rusqlite::Connection;
use serde_json::json;

use super::Outcome;
use super::errors::{NO_SUCH_PRODUCT, OK};
use super::params::{Members, Unreadable};
use super::prices::login;
use super::soap::Value;
use crate::error::Result;
use crate::iran_post::products::{self, Product};
use crate::ledger;
use crate::pipeline::View;
use crate::xml::Element;

pub(super) const ADD: &[&str] =
    &["username", "password", "name", "price", "weight", "count", "description", "percentDiscount"];
const STUFF: &[&str] = &["Count", "Description", "Id", "Name", "PercentDiscount", "Price", "Weight"];

fn product(
    members: &Members<'_>,
    [name, price, weight, count, description, discount]: [&str; 6],
) -> Result<Product, Unreadable> {
    Ok(Product {
        client_id: None,
        name: members.text(name),
        price: members.int(price)?,
        weight: members.int(weight)?,
        stock: members.int(count)?,
        percent_discount: members.int(discount)?,
        description: members.text(description),
    })
}

/// The item codes of `EditStuffs`, which the guide documents only there.
fn item_error(product: &Product) -> i64 {
    if product.name.is_empty() {
        4
    } else if product.price <= 0 {
        2
    } else if product.weight <= 0 {
        3
    } else {
        OK
    }
}

fn item_text(code: i64) -> &'static str {
    match code {
        0 => "",
        1 => "شناسه صفر است",
        2 => "قیمت صفر است",
        3 => "وزن صفر است",
        4 => "نام خالی است",
        _ => "محصول وجود ندارد",
    }
}

fn register(view: &View<'_>, connection: &Connection, account: &str, product: &Product) -> Result<i64> {
    let id = products::add(connection, account, product)?;
    let text = format!("{}|{}|{}", product.name, product.price, product.weight);
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "product",
            account,
            our_id: None,
            its_id: Some(&id.to_string()),
            amount: Some(product.price),
            text_hash: &ledger::text_hash(text.as_bytes()),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"name": product.name, "weight_g": product.weight}),
        },
    )?;
    Ok(id)
}

pub(super) fn add(view: &View<'_>, connection: &Connection, members: &Members<'_>) -> Result<Outcome> {
    let product =
        match product(members, ["name", "price", "weight", "count", "description", "percentDiscount"]) {
            Ok(product) => product,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => return Ok(Ok(Value::Int(refusal.code))),
    };
    let code = match item_error(&product) {
        OK => register(view, connection, &account.username, &product)?,
        // Undocumented: the item code, negative so that it cannot be taken for an id.
        error => -error,
    };
    Ok(Ok(Value::Int(code)))
}

fn stuffs(list: Option<&Element>, strict: bool) -> Result<Vec<(i64, Product)>, Unreadable> {
    list.map_or(&[][..], |list| list.children.as_slice())
        .iter()
        .map(|item| {
            let members = Members::read(item, STUFF, strict);
            let names = ["Name", "Price", "Weight", "Count", "Description", "PercentDiscount"];
            Ok((members.int("Id")?, product(&members, names)?))
        })
        .collect()
}

fn output(code: i64, id: i64, name: String) -> Value {
    Value::Object(vec![
        ("ErrorCode", Value::Int(code)),
        ("ErrorMessage", Value::Text(item_text(code).to_owned())),
        ("id", Value::Int(id)),
        ("name", Value::Text(name)),
    ])
}

pub(super) fn add_all(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    strict: bool,
) -> Result<Outcome> {
    let items = match stuffs(members.element("stuffs"), strict) {
        Ok(items) => items,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => {
            return Ok(Ok(Value::List("OutputStuff", vec![output(refusal.code, 0, String::new())])));
        }
    };
    let mut out = Vec::new();
    for (_, product) in items {
        let (code, id) = match item_error(&product) {
            OK => (OK, register(view, connection, &account.username, &product)?),
            error => (error, 0),
        };
        out.push(output(code, id, product.name));
    }
    Ok(Ok(Value::List("OutputStuff", out)))
}

pub(super) fn edit_all(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    strict: bool,
) -> Result<Outcome> {
    let items = match stuffs(members.element("Stuffs"), strict) {
        Ok(items) => items,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => {
            return Ok(Ok(Value::List("OutputStuff", vec![output(refusal.code, 0, String::new())])));
        }
    };
    let mut out = Vec::new();
    for (id, product) in items {
        let code = match item_error(&product) {
            _ if id == 0 => 1,
            OK if products::update(connection, &account.username, id, &product)? => OK,
            OK => 5,
            error => error,
        };
        out.push(output(code, id, product.name));
    }
    Ok(Ok(Value::List("OutputStuff", out)))
}

/// Which field of a product is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Price,
    Weight,
}

pub(super) fn edit_one(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    field: Field,
) -> Result<Outcome> {
    let name = if field == Field::Price { "price" } else { "weight" };
    let (id, value) = match (members.int("stuffId"), members.int(name)) {
        (Ok(id), Ok(value)) => (id, value),
        (Err(unreadable), _) | (_, Err(unreadable)) => return Ok(Err(unreadable)),
    };
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => return Ok(Ok(Value::Int(refusal.code))),
    };
    let Some(mut product) = products::get(connection, &account.username, id)? else {
        return Ok(Ok(Value::Int(NO_SUCH_PRODUCT)));
    };
    match field {
        Field::Price => product.price = value,
        Field::Weight => product.weight = value,
    }
    let code = match item_error(&product) {
        OK => {
            products::update(connection, &account.username, id, &product)?;
            OK
        }
        error => -error,
    };
    Ok(Ok(Value::Int(code)))
}
