//! Orders as look-ups show them (section 4.1).

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::batches::{self, Batch};
use super::door::Asked;
use super::opers;
use super::orders::Order;
use crate::error::Result;
use crate::post::find;
use crate::russian_post::{RussianPost, names};

/// An order as it was given, with what the service made of it. Version 1.0 may give barcodes later.
pub(super) fn order(asked: &Asked<'_>, order: &Order) -> Value {
    let delay = asked.view.shared.russian_post.otpravka.settings.get().barcode_delay_seconds;
    let from =
        order.committed.checked_add(SignedDuration::from_secs(i64::from(delay))).unwrap_or(Timestamp::MAX);
    let mut shown = order.value.clone();
    shown["id"] = json!(order.id);
    if order.batch.is_some() || asked.view.now >= from {
        shown["barcode"] = json!(order.barcode);
    }
    shown
}

/// An order in a batch, with the batch's state and what happened last to the item.
pub(super) fn shipment(
    asked: &Asked<'_>,
    connection: &Connection,
    known: &Order,
    batch: &Batch,
) -> Result<Value> {
    let mut shown = order(asked, known);
    shown["batch-name"] = json!(batch.name);
    shown["batch-status"] = json!(batches::status(asked, connection, batch)?);
    let until = asked.view.visible_until.unwrap_or(asked.view.now);
    let found = find::<RussianPost>(asked.view.shared, connection, &known.barcode, until)?;
    if let Some(last) = found.scans.last() {
        shown["last-oper-type"] = json!(opers::name(last.scan.kind));
        shown["last-oper-attr"] = json!(names::of_attr(last.scan.kind, last.scan.attr));
        shown["last-oper-date"] = json!(last.at);
        shown["human-operation-name"] = json!(names::of_type(last.scan.kind));
    }
    Ok(shown)
}
