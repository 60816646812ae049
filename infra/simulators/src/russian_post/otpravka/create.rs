//! `PUT …/user/backlog`: makes orders, each for itself (section 4.4).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::check::{self, Checked, text};
use super::door::Asked;
use super::orders::{self, Order};
use super::{barcode, quote, reply};
use crate::dossier::{self, Kind};
use crate::duplicates::Duplicates;
use crate::error::Result;
use crate::faults::Delivery;
use crate::ledger;
use crate::pipeline::Answer;
use crate::russian_post::facts::{Destination, Facts};
use crate::russian_post::pricing::Price;
use crate::system::System;

/// Makes the orders of a list; version 1.0 answers with ids, 2.0 with barcodes.
pub(super) fn create(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(items) = asked.items().filter(|items| items.iter().all(Value::is_object)) else {
        return Ok(reply::broken("JSON parse error: a list of orders is expected"));
    };
    let (mut made, mut errors) = (Vec::new(), Vec::new());
    for (position, item) in items.iter().enumerate() {
        match one(asked, connection, item, None)? {
            Ok(order) => made.push(answered(asked, &order)),
            Err(codes) => errors.push(refused(&codes, position)),
        }
    }
    let name = if asked.is_second() { "orders" } else { "result-ids" };
    Ok(reply::lists(&[(name, &made), ("errors", &errors)]))
}

fn answered(asked: &Asked<'_>, order: &Order) -> Value {
    if !asked.is_second() {
        return json!(order.id);
    }
    let without = *asked.view.delivery == Delivery::EmptyNumber;
    let barcode = if without { "" } else { &order.barcode };
    json!({"barcode": barcode, "order-num": order.order_num, "result-id": order.id})
}

/// An item of `errors`.
pub(super) fn refused(codes: &[String], position: usize) -> Value {
    let one = |code: &String| json!({"code": code, "description": reply::description(code)});
    json!({"position": position, "error-codes": codes.iter().map(one).collect::<Vec<_>>()})
}

type Checks = std::result::Result<(Checked, Price), Vec<String>>;

/// Checks and prices an order.
pub(super) fn judged(asked: &Asked<'_>, item: &Value) -> Checks {
    let checked = check::check(item, &asked.client, asked.is_second())?;
    let settings = asked.view.shared.russian_post.tariff.get();
    let (price, _) = quote::price(&asked.client, &checked, item, &settings, asked.view.now)
        .ok_or_else(|| vec!["TARIFF_ERROR".to_owned()])?;
    Ok((checked, price))
}

/// Makes one order, in a batch if one is named.
pub(super) fn one(
    asked: &Asked<'_>,
    connection: &Connection,
    item: &Value,
    batch: Option<&str>,
) -> Result<std::result::Result<Order, Vec<String>>> {
    let (checked, price) = match judged(asked, item) {
        Ok(judged) => judged,
        Err(codes) => return Ok(Err(codes)),
    };
    let (view, order_num) = (asked.view, text(item, "order-num"));
    let settings = view.shared.russian_post.otpravka.settings.get();
    let earlier = orders::numbered(connection, &asked.client.token, order_num)?.into_iter().next();
    match (view.policy.unwrap_or(settings.duplicate_policy), earlier) {
        (Duplicates::Reject, Some(_)) => return Ok(Err(vec![settings.duplicate_code.clone()])),
        (Duplicates::ReturnExisting, Some(earlier)) => return Ok(Ok(earlier)),
        _ => {}
    }
    let order = Order {
        id: orders::next_id(connection)?,
        account: asked.client.token.clone(),
        order_num: order_num.to_owned(),
        barcode: barcode::issue(connection, view.now, checked.to.is_none())?,
        batch: batch.map(ToOwned::to_owned),
        mail_type: checked.product.name.to_owned(),
        mail_category: text(item, "mail-category").to_owned(),
        mass: checked.grams,
        rate: price.total() + price.vat(),
        value: with_rates(item, &checked, &price),
        committed: view.now,
        handed_over: None,
        deleted: None,
    };
    orders::add(connection, &order)?;
    let place = (System::RussianPost, order.barcode.as_str(), Kind::Facts);
    dossier::add(connection, place, (view.now, view.now), &facts(asked, item, &checked, &price))?;
    record(asked, connection, item, &order, &checked)?;
    Ok(Ok(order))
}

/// The order as it was given, with its rates and the office it goes from.
pub(super) fn with_rates(item: &Value, checked: &Checked, price: &Price) -> Value {
    let mut value = item.clone();
    for (name, rate) in quote::order_rates(price) {
        value[name] = json!(rate);
    }
    value["postoffice-code"] = json!(checked.from);
    value
}

/// What tracking knows of the item.
fn facts(asked: &Asked<'_>, item: &Value, checked: &Checked, price: &Price) -> Facts {
    let destination = checked
        .to
        .as_ref()
        .map(|index| Destination { index: index.clone(), description: text(item, "place-to").to_owned() });
    Facts {
        destination,
        mail_type: Some(checked.product.id),
        mail_ctg: Some(checked.category),
        mass: Some(checked.grams),
        payment: Some(checked.collected),
        value: Some(checked.declared),
        mass_rate: Some(price.carriage),
        insurance_rate: Some(price.insurance),
        sender: Some(asked.client.sender.clone()),
        recipient: Some(initials(item)),
        ..Facts::default()
    }
}

/// `СИДОРОВ П П`, as names are printed.
fn initials(item: &Value) -> String {
    let letter =
        |name: &str| text(item, name).chars().next().map(|letter| format!(" {letter}")).unwrap_or_default();
    format!("{}{}{}", text(item, "surname"), letter("given-name"), letter("middle-name")).to_uppercase()
}

/// The addressee as received.
pub(super) fn recipient(item: &Value) -> Value {
    let parts = ["region-to", "place-to", "street-to", "house-to", "room-to"].map(|name| text(item, name));
    let address: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    json!({
        "name": text(item, "recipient-name"),
        "address": address.join(", "),
        "postal_code": check::int(item, "index-to").map(|index| index.to_string()),
        "phone": check::int(item, "tel-address").map(|phone| phone.to_string()),
    })
}

/// Tells equal orders from different ones.
pub(super) fn content_hash(item: &Value) -> String {
    ledger::text_hash(item.to_string().as_bytes())
}

fn record(
    asked: &Asked<'_>,
    connection: &Connection,
    item: &Value,
    order: &Order,
    checked: &Checked,
) -> Result<()> {
    ledger::add(
        connection,
        &ledger::Entry {
            system: System::RussianPostOtpravka,
            kind: "parcel",
            account: &order.account,
            our_id: Some(&order.order_num),
            its_id: Some(&order.barcode),
            amount: Some(checked.declared),
            text_hash: &content_hash(item),
            recipient: Some(&recipient(item)),
            received: asked.view.call.received,
            committed: asked.view.now,
            detail: json!({
                "result_id": order.id, "mail_type": order.mail_type, "mail_category": order.mail_category,
                "mass": order.mass, "index_from": checked.from, "index_to": checked.to, "rate": order.rate,
                "collect": checked.collected,
            }),
        },
    )
}
