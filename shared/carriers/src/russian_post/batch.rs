//! Batch access: `getTicket` and `getResponseByTicket` (protocol notes, section 2): up to 3,000 codes in one
//! answer, without names of offices, in the offices' local times.

use std::borrow::Cow;

use jiff::Timestamp;
use yam_domain::tracking::{CodMoney, RawScan, Scan, Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Tag, Token, escaped, mended};

use super::errors::{self, Fault, Part};
use super::{MOST_CODES, envelope, money, zones};
use crate::account::Credentials;
use crate::tracker::{Scans, Ticket, TicketAnswer, TrackOutcome, no_document, office, unreadable, words};
use crate::wire_time;

/// Asks for a ticket.
#[must_use]
pub fn ticket_request(codes: &[WaybillNumber], credentials: &Credentials) -> String {
    let item = |code: &WaybillNumber| format!("<fcl:Item Barcode=\"{}\"/>", escaped(code.as_str()));
    let items: String = codes.iter().map(item).collect();
    let login = envelope::batch_login(credentials);
    envelope::batch(&format!(
        "<pos:ticketRequest><request>{items}</request>{login}<language>RUS</language></pos:ticketRequest>"
    ))
}

/// Asks for the answer of a ticket.
#[must_use]
pub fn answer_request(ticket: &str, credentials: &Credentials) -> String {
    let (ticket, login) = (escaped(ticket), envelope::batch_login(credentials));
    envelope::batch(&format!(
        "<pos:answerByTicketRequest><ticket>{ticket}</ticket>{login}</pos:answerByTicketRequest>"
    ))
}

/// The answer to [`ticket_request`].
#[must_use]
pub fn ticket(answer: &Answer, asked_at: Timestamp) -> TrackOutcome<Ticket> {
    if let Some(outcome) = no_document(answer) {
        return outcome;
    }
    let reading = Reading::of(&answer.body, asked_at);
    if !answer.complete {
        return unreadable(answer, "a ticket that is not whole");
    }
    if let Some(why) = reading.stopped {
        return unreadable(answer, why);
    }
    if let Some(outcome) = reading.refusal() {
        return outcome;
    }
    match reading.value.filter(|id| !id.is_empty()) {
        Some(id) => TrackOutcome::Answer(Ticket { id, asked_at }),
        None => unreadable(answer, "no ticket in the answer"),
    }
}

/// The answer to [`answer_request`]. Of an answer that breaks off, the parcels before the break count.
#[must_use]
pub fn parcels(answer: &Answer, ticket: &Ticket) -> TrackOutcome<TicketAnswer> {
    if let Some(outcome) = no_document(answer) {
        return outcome;
    }
    let mut reading = Reading::of(&answer.body, ticket.asked_at);
    if reading.stopped.is_some()
        && let Some(body) = mended(&answer.body)
    {
        reading = Reading::of(&body, ticket.asked_at);
    }
    if let Some(outcome) = reading.refusal() {
        return outcome;
    }
    if reading.parcels.is_empty() {
        return unreadable(answer, reading.stopped.unwrap_or("no parcels in the answer"));
    }
    TrackOutcome::Answer(TicketAnswer {
        prepared_at: reading.prepared_at,
        parcels: reading.parcels,
        unreadable: reading.unreadable,
        whole: answer.complete && reading.stopped.is_none(),
    })
}

/// Elements that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Value,
    Item,
    Operation,
    Error,
    Fault,
    Part(Part),
    Other,
}

impl Node {
    fn of(name: &str) -> Self {
        match name {
            "Operation" => Node::Operation,
            "Item" => Node::Item,
            "Error" | "error" => Node::Error,
            "value" => Node::Value,
            "Fault" => Node::Fault,
            other => Part::of(other).map_or(Node::Other, Node::Part),
        }
    }
}

/// `ErrorTypeID` and `ErrorName`.
type Error = (String, String);

/// A parcel being read.
#[derive(Debug, Default)]
struct Item {
    code: Option<WaybillNumber>,
    scans: Scans,
    money: Vec<CodMoney>,
    error: Option<Error>,
}

impl Item {
    fn outcome(self, taken_at: Timestamp) -> TrackOutcome<Snapshot> {
        let Item { scans, money, error, .. } = self;
        match (scans.outcome(taken_at), error) {
            (TrackOutcome::NotFound, Some((id, told))) => errors::by_id(&id, &told),
            (outcome, _) => outcome.map(|snapshot| Snapshot { money, ..snapshot }),
        }
    }
}

/// What an answer held.
#[derive(Debug)]
struct Reading {
    asked_at: Timestamp,
    value: Option<String>,
    prepared_at: Option<Timestamp>,
    parcels: Vec<(WaybillNumber, TrackOutcome<Snapshot>)>,
    unreadable: u32,
    item: Option<Item>,
    error: Option<Error>,
    fault: Fault,
    stopped: Option<&'static str>,
}

impl Reading {
    fn of(body: &[u8], asked_at: Timestamp) -> Self {
        let mut reading = Reading {
            asked_at,
            value: None,
            prepared_at: None,
            parcels: Vec::new(),
            unreadable: 0,
            item: None,
            error: None,
            fault: Fault::default(),
            stopped: None,
        };
        let mut pull = Pull::new(body);
        let mut path: Vec<Node> = Vec::with_capacity(8);
        loop {
            match pull.token() {
                Token::Open(tag) => {
                    let node = Node::of(tag.name());
                    reading.begin(node, &tag);
                    path.push(node);
                }
                Token::Close(text) => reading.end(path.pop().unwrap_or(Node::Other), &text),
                Token::End => return reading,
                Token::Stop(why) => {
                    reading.stopped = Some(why);
                    return reading;
                }
            }
        }
    }

    fn begin(&mut self, node: Node, tag: &Tag<'_>) {
        match node {
            Node::Operation => {
                if let Some(item) = &mut self.item {
                    let scan = scan(tag);
                    item.money.extend(scan.as_ref().and_then(money::of_scan));
                    item.scans.add(scan);
                }
            }
            Node::Error => match &mut self.item {
                Some(item) => item.error = Some(error(tag)),
                None => self.error = Some(error(tag)),
            },
            Node::Item => {
                let code = attribute(tag, "Barcode").and_then(|code| WaybillNumber::try_from(code).ok());
                self.item = Some(Item { code, ..Item::default() });
            }
            Node::Value => {
                let prepared = attribute(tag, "DatePreparation").and_then(|text| wire_time::dotted(&text));
                self.prepared_at = prepared.and_then(|local| wire_time::at(local, zones::MOSCOW));
            }
            Node::Fault => self.fault.begin(),
            Node::Part(_) | Node::Other => {}
        }
    }

    fn end(&mut self, node: Node, text: &str) {
        match node {
            Node::Item => {
                let item = self.item.take().unwrap_or_default();
                match item.code.clone().filter(|_| self.parcels.len() < MOST_CODES) {
                    Some(code) => {
                        let taken_at = self.prepared_at.unwrap_or(self.asked_at);
                        self.parcels.push((code, item.outcome(taken_at)));
                    }
                    None => self.unreadable = self.unreadable.saturating_add(1),
                }
            }
            Node::Value => self.value = Some(words(text)),
            Node::Part(part) => self.fault.add(part, text),
            Node::Operation | Node::Error | Node::Fault | Node::Other => {}
        }
    }

    /// An error about the whole question.
    fn refusal<T>(&self) -> Option<TrackOutcome<T>> {
        let error = self.error.as_ref().map(|(id, told)| errors::by_id(id, told));
        error.or_else(|| self.fault.outcome())
    }
}

/// The attributes of an operation.
#[derive(Debug, Default)]
struct Operation<'t> {
    kind: Cow<'t, str>,
    attribute: Cow<'t, str>,
    name: Cow<'t, str>,
    date: Cow<'t, str>,
    index: Cow<'t, str>,
}

fn scan(tag: &Tag<'_>) -> Option<Scan> {
    let mut told = Operation::default();
    let whole = tag.each_attribute(|name, value| match name {
        "OperTypeID" => told.kind = value,
        "OperCtgID" => told.attribute = value,
        "OperName" => told.name = value,
        "DateOper" => told.date = value,
        "IndexOper" => told.index = value,
        _ => {}
    });
    let kind: u32 = told.kind.trim().parse().ok().filter(|_| whole)?;
    let attribute: u32 = match told.attribute.trim() {
        "" => 0,
        text => text.parse().ok()?,
    };
    Some(Scan {
        happened_at: wire_time::at(wire_time::dotted(&told.date)?, zones::offset(&told.index))?,
        reading: dictionary::russian_post(kind, attribute),
        office: office(&told.index, ""),
        // The attribute has no name on this wire.
        raw: RawScan { code: format!("{kind}/{attribute}"), text: words(&told.name), detail: String::new() },
    })
}

fn error(tag: &Tag<'_>) -> Error {
    let (mut id, mut told) = (String::new(), String::new());
    tag.each_attribute(|name, value| match name {
        "ErrorTypeID" => id = value.into_owned(),
        "ErrorName" => told = value.into_owned(),
        _ => {}
    });
    (id, told)
}

fn attribute(tag: &Tag<'_>, wanted: &str) -> Option<String> {
    let mut found = None;
    tag.each_attribute(|name, value| {
        if name == wanted {
            found = Some(value.trim().to_owned());
        }
    });
    found
}
