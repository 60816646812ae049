//! `getTicket` and `getResponseByTicket`.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::json;

use super::soap11::{self, ITEMS};
use super::{GET_TICKET, QUOTA, knowledge, tickets};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::{Answer, View};
use crate::russian_post::accounts::Account;
use crate::russian_post::offices::{self, MOSCOW};
use crate::russian_post::{Item, names};
use crate::usage::{self, Meter};
use crate::xml::{Element, escaped};

/// Wrappers of the answers.
pub(super) const TICKET: &str = "ticketResponse";
pub(super) const RESPONSE: &str = "answerByTicketResponse";

/// Items in one ticket, and characters of an identifier.
const MOST_ITEMS: usize = 3_000;
const LONGEST: usize = 14;

/// The client, or the error that keeps it out: batch access is for contracts only.
fn client(view: &View<'_>, wrapper: &Element) -> std::result::Result<Arc<Account>, i32> {
    let account = view.shared.russian_post.accounts.get(plain(wrapper, "login"));
    account.filter(|account| account.contract && account.password == plain(wrapper, "password")).ok_or(3)
}

/// The text of a child in no namespace, as the schema wants it.
fn plain<'a>(wrapper: &'a Element, name: &str) -> &'a str {
    wrapper.child_in("", name).map(|child| child.text.trim()).unwrap_or_default()
}

fn barcodes(wrapper: &Element) -> Vec<&str> {
    let items = wrapper.child_in("", "request").map_or(&[][..], |request| request.children.as_slice());
    let items = items.iter().filter(|item| item.name == "Item" && item.namespace == ITEMS);
    items.filter_map(|item| item.attribute("Barcode").map(str::trim)).collect()
}

/// Tells equal requests from different ones.
pub(super) fn content_hash(wrapper: &Element) -> String {
    ledger::text_hash(barcodes(wrapper).join("\n").as_bytes())
}

/// `getTicket`.
pub(super) fn ticket(view: &View<'_>, connection: &Connection, wrapper: &Element) -> Result<Answer> {
    let refused = |error| Ok(soap11::refusal(TICKET, error));
    let account = match client(view, wrapper) {
        Ok(account) => account,
        Err(error) => return refused(error),
    };
    let codes = barcodes(wrapper);
    if codes.is_empty() {
        return refused(2);
    }
    if codes.len() > MOST_ITEMS {
        return refused(18);
    }
    if !matches!(plain(wrapper, "language"), "" | "RUS" | "ENG") {
        return refused(20);
    }
    if codes.iter().any(|code| code.chars().count() > LONGEST) {
        return refused(21);
    }
    let meter = Meter {
        system: view.call.system,
        account: &account.login,
        service: GET_TICKET,
        limit: account.daily_tickets,
        zone: MOSCOW,
    };
    if !usage::take(connection, &meter, view.now)? {
        return Ok(used_up(TICKET));
    }
    let settings = view.shared.russian_post.settings.get();
    let ready = later(view.now, SignedDuration::from_mins(i64::from(settings.ticket_minutes)));
    let kept = SignedDuration::from_hours(i64::from(settings.ticket_hours));
    tickets::forget(connection, view.now.checked_sub(kept).unwrap_or(Timestamp::MIN))?;
    let id = tickets::issue(connection, &account.login, &codes, (view.now, ready))?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "ticket",
            account: &account.login,
            our_id: None,
            its_id: Some(&id),
            amount: None,
            text_hash: &content_hash(wrapper),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"items": codes.len(), "ready_at": ready}),
        },
    )?;
    Ok(soap11::answer(TICKET, &format!("<value>{}</value>", escaped(&id))))
}

/// The quota's answer, which poses as a failed login.
pub(super) fn used_up(wrapper: &str) -> Answer {
    soap11::refusal_with(wrapper, 3, &format!("{}: {QUOTA}", soap11::name(3)))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// `getResponseByTicket`. A ticket that nobody issued, or someone else's, looks like one whose answer
/// has been deleted: nothing is left that could tell them apart.
pub(super) fn answer(view: &View<'_>, connection: &Connection, wrapper: &Element) -> Result<Answer> {
    let refused = |error| Ok(soap11::refusal(RESPONSE, error));
    let account = match client(view, wrapper) {
        Ok(account) => account,
        Err(error) => return refused(error),
    };
    let id = plain(wrapper, "ticket");
    if id.is_empty() {
        return refused(2);
    }
    let Some(ticket) = tickets::find(connection, id, &account.login)? else { return refused(17) };
    if view.now < ticket.ready {
        return refused(6);
    }
    let settings = view.shared.russian_post.settings.get();
    if view.now >= later(ticket.ready, SignedDuration::from_hours(i64::from(settings.ticket_hours))) {
        return refused(17);
    }
    let asked = knowledge(view).min(ticket.ready);
    let prepared = MOSCOW.to_datetime(ticket.ready);
    let mut value = format!(
        "<value FileName=\"\" FileTypeID=\"2\" FileNumber=\"1\" RecipientID=\"1\" DatePreparation=\"{}\">",
        prepared.strftime(DATE)
    );
    for code in ticket.codes() {
        let item = Item::find(view.shared, connection, code, asked)?;
        write_item(&mut value, code, &item);
    }
    value.push_str("</value>");
    Ok(soap11::answer(RESPONSE, &value))
}

const DATE: &str = "%d.%m.%Y %H:%M:%S";

fn write_item(out: &mut String, code: &str, item: &Item) {
    let _ = write!(out, "<ns3:Item Barcode=\"{}\">", escaped(code));
    if item.operations.is_empty() {
        let _ = write!(out, "<ns3:Error ErrorTypeID=\"12\" ErrorName=\"{}\"/>", soap11::name(12));
    }
    for seen in &item.operations {
        let operation = &seen.scan;
        // The clock on the office's wall, without saying where that hangs.
        let local = offices::local(&operation.index, seen.at);
        let _ = write!(
            out,
            "<ns3:Operation OperTypeID=\"{}\" OperCtgID=\"{}\" OperName=\"{}\" DateOper=\"{}\" IndexOper=\"{}\"/>",
            operation.kind,
            operation.attr,
            names::of_type(operation.kind).unwrap_or_default(),
            local.strftime(DATE),
            escaped(&operation.index)
        );
    }
    out.push_str("</ns3:Item>");
}
