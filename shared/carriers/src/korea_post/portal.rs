//! `biz.epost.go.kr/KpostPortal`: `trace` of domestic and `emsTrace` of international numbers (protocol
//! notes, sections 5.1 and 12.1). Both shapes of the international reply are read.

use jiff::Timestamp;
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::{WaybillKind, WaybillNumber};
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Token};

use super::errors::{no_xml, portal};
use super::row::{Row, number};
use crate::tracker::{Scans, TrackOutcome, unreadable, words};

/// Length of `ERR-001`.
const ERROR_CODE: usize = 7;

/// The `target` of a number.
#[must_use]
pub fn target(code: &WaybillNumber) -> &'static str {
    if code.kind() == Some(WaybillKind::S10) { "emsTrace" } else { "trace" }
}

/// The answer of either target.
#[must_use]
pub fn read(answer: &Answer, code: &WaybillNumber, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
    if let Some(outcome) = no_xml(answer) {
        return outcome;
    }
    let trace = Trace::of(&answer.body, code.kind() == Some(WaybillKind::S10));
    if !answer.complete {
        return unreadable(answer, "a trace that is not whole");
    }
    if let Some(why) = trace.stopped {
        return unreadable(answer, why);
    }
    if trace.failed || trace.code.is_some() {
        return portal(trace.code.as_deref().unwrap_or_default(), &trace.told);
    }
    if !trace.seen {
        return unreadable(answer, "no trace in the answer");
    }
    if trace.number.as_deref().is_some_and(|number| number != code.as_str()) {
        return unreadable(answer, "the trace of another number");
    }
    trace.scans.outcome(asked_at)
}

/// Elements that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Root,
    Error,
    Scan,
    Sorted,
    Date,
    Time,
    Status,
    /// The status where there is no other name for it.
    Event,
    Place,
    Result,
    Reason,
    Number,
    Other,
}

impl Node {
    fn of(name: &str) -> Self {
        match name {
            "trace" | "emsTrace" | "emsEngTrace" => Node::Root,
            "error" => Node::Error,
            "item" => Node::Scan,
            "sortingdate" => Node::Sorted,
            "eventymd" => Node::Date,
            "eventhms" => Node::Time,
            "tracestatus" => Node::Status,
            "eventnm" => Node::Event,
            "eventregiponm" => Node::Place,
            "delivrsltnm" => Node::Result,
            "nondelivreasnnm" => Node::Reason,
            "regino" => Node::Number,
            _ => Node::Other,
        }
    }
}

/// What an answer held.
#[derive(Debug, Default)]
struct Trace {
    seen: bool,
    failed: bool,
    scans: Scans,
    number: Option<String>,
    code: Option<String>,
    told: String,
    stopped: Option<&'static str>,
}

impl Trace {
    fn of(body: &[u8], international: bool) -> Self {
        let mut trace = Trace::default();
        let mut pull = Pull::new(body);
        let mut path: Vec<Node> = Vec::with_capacity(8);
        let mut row = Row::default();
        loop {
            match pull.token() {
                Token::Open(tag) => {
                    let node = Node::of(tag.name());
                    trace.seen |= node == Node::Root;
                    trace.failed |= node == Node::Error;
                    if node == Node::Scan {
                        row = Row::default();
                    }
                    path.push(node);
                }
                Token::Close(text) => {
                    let node = path.pop().unwrap_or(Node::Other);
                    let in_scan = path.last() == Some(&Node::Scan);
                    match node {
                        Node::Scan => trace.scans.add(row.scan(international)),
                        Node::Sorted if in_scan => row.sorted = text,
                        Node::Date if in_scan => row.date = text,
                        Node::Time if in_scan => row.time = text,
                        Node::Status if in_scan => row.status = text,
                        Node::Event if in_scan && row.status.trim().is_empty() => row.status = text,
                        Node::Place if in_scan => row.place = text,
                        Node::Result if in_scan => row.detail = text,
                        Node::Reason if in_scan => row.reason = text,
                        Node::Number => trace.number = number(&text),
                        Node::Error | Node::Other if trace.failed => trace.error(&text),
                        _ => {}
                    }
                }
                Token::End => return trace,
                Token::Stop(why) => {
                    trace.stopped = Some(why);
                    return trace;
                }
            }
        }
    }

    /// A text of an error: its code, its words, or both in one.
    fn error(&mut self, text: &str) {
        let text = words(text);
        if let Some(code) = text.get(..ERROR_CODE).filter(|_| text.starts_with("ERR-")) {
            self.code = Some(code.to_owned());
            let rest = text.get(ERROR_CODE..).unwrap_or_default();
            self.told.push_str(rest.trim_start_matches([' ', ':', '-']));
        } else if self.told.is_empty() {
            self.told = text;
        }
    }
}
