//! Single access, `getOperationHistory` (protocol notes, sections 1.2 to 1.4): one code, its whole history
//! with names, offices and offsets.
//!
//! The answer is read as a stream. Containers that hold nothing we keep are passed over unread, which is
//! half of every record.

use std::borrow::Cow;

use jiff::Timestamp;
use yam_domain::tracking::{CodMoney, Office, RawScan, Scan, Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Token, escaped, mended};

use super::errors::{Fault, Part};
use super::{envelope, money, zones};
use crate::account::Credentials;
use crate::tracker::{Scans, TrackOutcome, no_document, office, unreadable, words};
use crate::wire_time;

/// Numbers of one parcel that are kept.
const MOST_ALIASES: usize = 16;

/// The request for a code's history.
#[must_use]
pub fn request(code: &WaybillNumber, credentials: &Credentials) -> String {
    let (code, login) = (escaped(code.as_str()), envelope::single_login(credentials));
    envelope::single(&format!(
        "<oper:getOperationHistory><data:OperationHistoryRequest><data:Barcode>{code}</data:Barcode>\
         <data:MessageType>0</data:MessageType><data:Language>RUS</data:Language></data:OperationHistoryRequest>\
         {login}</oper:getOperationHistory>"
    ))
}

/// The answer to it. A cut answer counts for nothing: scans missing from it would look withdrawn.
#[must_use]
pub fn read(answer: &Answer, code: &WaybillNumber, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
    if let Some(outcome) = no_document(answer) {
        return outcome;
    }
    let mut history = History::of(&answer.body);
    if history.stopped.is_some()
        && let Some(body) = mended(&answer.body)
    {
        history = History::of(&body);
    }
    if !answer.complete {
        return unreadable(answer, "a history that is not whole");
    }
    if let Some(why) = history.stopped {
        return unreadable(answer, why);
    }
    if let Some(outcome) = history.fault.outcome() {
        return outcome;
    }
    if !history.seen {
        return unreadable(answer, "no history in the answer");
    }
    history.outcome(code, asked_at)
}

/// Elements that matter; their names are told apart once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    /// The list of records, and the wrapper around it.
    History,
    Record,
    Destination,
    Here,
    Item,
    Type,
    Attribute,
    Date,
    Index,
    Description,
    Barcode,
    Id,
    Name,
    Fault,
    Part(Part),
    /// Holds nothing we keep.
    Unneeded,
    Other,
}

impl Node {
    fn of(name: &str) -> Self {
        match name {
            "Id" => Node::Id,
            "Name" => Node::Name,
            "Index" => Node::Index,
            "Description" => Node::Description,
            "historyRecord" => Node::Record,
            "OperationAddress" => Node::Here,
            "DestinationAddress" => Node::Destination,
            "ItemParameters" => Node::Item,
            "Barcode" => Node::Barcode,
            "OperType" => Node::Type,
            "OperAttr" => Node::Attribute,
            "OperDate" => Node::Date,
            "FinanceParameters" | "UserParameters" | "MailDirect" | "CountryFrom" | "CountryOper" => {
                Node::Unneeded
            }
            "OperationHistoryData" | "getOperationHistoryResponse" => Node::History,
            "Fault" => Node::Fault,
            other => Part::of(other).map_or(Node::Other, Node::Part),
        }
    }
}

/// A record as it stands in the answer.
#[derive(Debug, Default)]
struct Record<'a> {
    kind: Cow<'a, str>,
    kind_name: Cow<'a, str>,
    attribute: Cow<'a, str>,
    attribute_name: Cow<'a, str>,
    date: Cow<'a, str>,
    index: Cow<'a, str>,
    office: Cow<'a, str>,
    destination_index: Cow<'a, str>,
    destination: Cow<'a, str>,
    barcode: Cow<'a, str>,
}

/// This wire tells milliseconds, tickets tell seconds: the same scan must have the same time on both.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

impl Record<'_> {
    fn scan(&self) -> Option<Scan> {
        let kind: u32 = self.kind.trim().parse().ok()?;
        let attribute: u32 = match self.attribute.trim() {
            "" => 0,
            told => told.parse().ok()?,
        };
        Some(Scan {
            happened_at: whole_seconds(wire_time::iso(&self.date, zones::offset(&self.index))?),
            reading: dictionary::russian_post(kind, attribute),
            office: office(&self.index, &self.office),
            raw: RawScan {
                code: format!("{kind}/{attribute}"),
                text: words(&self.kind_name),
                detail: words(&self.attribute_name),
            },
        })
    }
}

/// What an answer held.
#[derive(Debug, Default)]
struct History {
    seen: bool,
    scans: Scans,
    /// Numbers in the order in which they came up.
    numbers: Vec<String>,
    destination: Option<Office>,
    money: Vec<CodMoney>,
    fault: Fault,
    stopped: Option<&'static str>,
}

impl History {
    fn of(body: &[u8]) -> Self {
        let mut history = History::default();
        let mut pull = Pull::new(body);
        let mut path: Vec<Node> = Vec::with_capacity(16);
        let mut record = Record::default();
        loop {
            match pull.token() {
                Token::Open(tag) => {
                    let node = Node::of(tag.name());
                    match node {
                        Node::Unneeded => pull.skip(tag.name()),
                        Node::Record => record = Record::default(),
                        Node::History => history.seen = true,
                        Node::Fault => history.fault.begin(),
                        _ => {}
                    }
                    path.push(node);
                }
                Token::Close(text) => {
                    let node = path.pop().unwrap_or(Node::Other);
                    let parent = path.last().copied().unwrap_or(Node::Other);
                    match (parent, node) {
                        (Node::Here, Node::Index) => record.index = text,
                        (Node::Here, Node::Description) => record.office = text,
                        (Node::Destination, Node::Index) => record.destination_index = text,
                        (Node::Destination, Node::Description) => record.destination = text,
                        (Node::Type, Node::Id) => record.kind = text,
                        (Node::Type, Node::Name) => record.kind_name = text,
                        (Node::Attribute, Node::Id) => record.attribute = text,
                        (Node::Attribute, Node::Name) => record.attribute_name = text,
                        (_, Node::Date) => record.date = text,
                        (Node::Item, Node::Barcode) => {
                            record.barcode = text;
                            // Mass, category and their like follow.
                            pull.skip("ItemParameters");
                        }
                        (_, Node::Record) => history.add(&record),
                        (_, Node::Part(part)) => history.fault.add(part, &text),
                        _ => {}
                    }
                }
                Token::End => return history,
                Token::Stop(why) => {
                    history.stopped = Some(why);
                    return history;
                }
            }
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        let scan = record.scan();
        self.money.extend(scan.as_ref().and_then(money::of_scan));
        self.scans.add(scan);
        if let Some(destination) = office(&record.destination_index, &record.destination) {
            self.destination = Some(destination);
        }
        let number = record.barcode.trim();
        let known = number.is_empty() || self.numbers.iter().any(|known| known == number);
        if !known && self.numbers.len() < MOST_ALIASES {
            self.numbers.push(words(number));
        }
    }

    fn outcome(self, code: &WaybillNumber, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
        let History { scans, mut numbers, destination, money, .. } = self;
        numbers.retain(|number| number != code.as_str());
        scans.outcome(asked_at).map(|snapshot| Snapshot { aliases: numbers, destination, money, ..snapshot })
    }
}
