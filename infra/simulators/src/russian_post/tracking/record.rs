//! History records, with their elements in the order of the schema.

use std::fmt::{Display, Write as _};

use crate::post::Seen;
use crate::russian_post::facts::Facts;
use crate::russian_post::operation::Operation;
use crate::russian_post::{Item, names, offices};
use crate::xml::escaped;

const RUSSIA: &str = "<ns3:MailDirect><ns3:Id>643</ns3:Id><ns3:Code2A>RU</ns3:Code2A><ns3:Code3A>RUS</ns3:Code3A>\
<ns3:NameRU>Российская Федерация</ns3:NameRU><ns3:NameEN>Russian Federation</ns3:NameEN></ns3:MailDirect>";

/// All records of an item, oldest first. What nobody has said is left out.
pub(super) fn write_all(out: &mut String, item: &Item) {
    let facts = item.facts.clone().unwrap_or_default();
    let mut barcode = item.dossier.code.as_str();
    for seen in &item.operations {
        barcode = seen.scan.barcode.as_deref().unwrap_or(barcode);
        out.push_str("<ns3:historyRecord>");
        addresses(out, &facts, &seen.scan);
        finance(out, &facts);
        what(out, &facts, barcode);
        operation(out, seen);
        people(out, &facts);
        out.push_str("</ns3:historyRecord>");
    }
}

fn leaf(out: &mut String, name: &str, value: impl Display) {
    let _ = write!(out, "<ns3:{name}>{value}</ns3:{name}>");
}

/// A dictionary's entry; its name is left out if the dictionary lacks it.
fn entry(out: &mut String, name: &str, id: u16, text: Option<&str>) {
    let _ = write!(out, "<ns3:{name}><ns3:Id>{id}</ns3:Id>");
    if let Some(text) = text {
        leaf(out, "Name", text);
    }
    let _ = write!(out, "</ns3:{name}>");
}

fn address(out: &mut String, name: &str, index: &str, description: Option<&str>) {
    let _ = write!(out, "<ns3:{name}>");
    if !index.is_empty() {
        leaf(out, "Index", escaped(index));
    }
    if let Some(description) = description {
        leaf(out, "Description", escaped(description));
    }
    let _ = write!(out, "</ns3:{name}>");
}

fn addresses(out: &mut String, facts: &Facts, operation: &Operation) {
    out.push_str("<ns3:AddressParameters>");
    if let Some(to) = &facts.destination {
        address(out, "DestinationAddress", &to.index, Some(&to.description));
    }
    address(out, "OperationAddress", &operation.index, operation.description.as_deref());
    if facts.destination.is_some() {
        out.push_str(RUSSIA);
    }
    out.push_str("</ns3:AddressParameters>");
}

fn finance(out: &mut String, facts: &Facts) {
    let amounts = [
        ("Payment", facts.payment),
        ("Value", facts.value),
        ("MassRate", facts.mass_rate),
        ("InsrRate", facts.insurance_rate),
        ("AirRate", None),
        ("Rate", None),
        ("CustomDuty", None),
    ];
    if amounts.iter().all(|(_, amount)| amount.is_none()) {
        return;
    }
    out.push_str("<ns3:FinanceParameters>");
    for (name, amount) in amounts {
        leaf(out, name, amount.unwrap_or(0));
    }
    out.push_str("</ns3:FinanceParameters>");
}

fn what(out: &mut String, facts: &Facts, barcode: &str) {
    out.push_str("<ns3:ItemParameters>");
    leaf(out, "Barcode", escaped(barcode));
    if facts.mail_type.is_some() || facts.mail_ctg.is_some() {
        leaf(out, "ValidRuType", barcode.len() == 14);
        leaf(out, "ValidEnType", barcode.len() != 14);
        entry(out, "MailRank", 0, Some("Без разряда"));
        entry(out, "PostMark", 0, Some("Без отметки"));
    }
    if let Some(id) = facts.mail_type {
        entry(out, "MailType", id, names::of_mail_type(id));
    }
    if let Some(id) = facts.mail_ctg {
        entry(out, "MailCtg", id, names::of_mail_ctg(id));
    }
    if let Some(mass) = facts.mass {
        leaf(out, "Mass", mass);
    }
    out.push_str("</ns3:ItemParameters>");
}

fn operation(out: &mut String, seen: &Seen<Operation>) {
    let (kind, attr) = (seen.scan.kind, seen.scan.attr);
    out.push_str("<ns3:OperationParameters>");
    entry(out, "OperType", kind, names::of_type(kind));
    // The name of attribute 0 never comes, not even where it has one.
    let name = if attr == 0 { None } else { names::of_attr(kind, attr) };
    entry(out, "OperAttr", attr, name);
    leaf(out, "OperDate", offices::with_offset(&seen.scan.index, seen.at));
    out.push_str("</ns3:OperationParameters>");
}

fn people(out: &mut String, facts: &Facts) {
    if facts.sender.is_none() && facts.recipient.is_none() {
        return;
    }
    out.push_str("<ns3:UserParameters>");
    entry(out, "SendCtg", 5, Some("Корпоративный клиент"));
    for (name, person) in [("Sndr", &facts.sender), ("Rcpn", &facts.recipient)] {
        if let Some(person) = person {
            leaf(out, name, escaped(person));
        }
    }
    out.push_str("</ns3:UserParameters>");
}
