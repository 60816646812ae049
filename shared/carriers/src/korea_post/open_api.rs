//! `openapi.epost.go.kr`: the domestic and the combined service of the public-data portal (protocol notes,
//! section 5.2). They tell the same in different words; the misspelt names are real.

use jiff::Timestamp;
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::{WaybillKind, WaybillNumber};
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Token};

use super::errors::{gateway, no_xml, portal, unsuccessful};
use super::row::{Row, number};
use crate::tracker::{Scans, TrackOutcome, unreadable, words};

/// One of the portal's services, each applied for apart from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Domestic and international numbers.
    Combined,
    /// Domestic numbers only.
    Domestic,
}

impl Service {
    /// Its path below the host.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Service::Combined => {
                "trace/retrieveLongitudinalCombinedService/retrieveLongitudinalCombinedService/getLongitudinalCombinedList"
            }
            Service::Domestic => {
                "trace/retrieveLongitudinalService/retrieveLongitudinalService/getLongitudinalDomesticList"
            }
        }
    }

    /// Its operation, for the logs.
    #[must_use]
    pub const fn operation(self) -> &'static str {
        match self {
            Service::Combined => "getLongitudinalCombinedList",
            Service::Domestic => "getLongitudinalDomesticList",
        }
    }
}

/// The answer of either service. A spoilt letter spoils the whole: statuses are Korean words, and an answer
/// in another character set has none that could be read.
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
    if trace.code.starts_with("ERR-") {
        return portal(&trace.code, &trace.told);
    }
    if let Some(outcome) = gateway(&trace.code, &trace.told) {
        return outcome;
    }
    if trace.success.eq_ignore_ascii_case("N") {
        return unsuccessful(&trace.told);
    }
    if !trace.seen {
        return unreadable(answer, "no trace in the answer");
    }
    if trace.number.as_deref().is_some_and(|number| number != code.as_str()) {
        return unreadable(answer, "the trace of another number");
    }
    trace.scans.outcome(asked_at)
}

/// Elements that matter, of both services and of the gateway in front of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Root,
    Scan,
    Date,
    Time,
    Status,
    Place,
    Detail,
    Number,
    Success,
    Code,
    Words,
    Other,
}

impl Node {
    fn of(name: &str) -> Self {
        match name {
            "response" | "LongitudinalDomesticListResponse" | "LongitudinalCombinedListResponse" => {
                Node::Root
            }
            "detaileTrackList" | "detailTrackList" | "longitudinalDomesticList" => Node::Scan,
            "date" | "dlvyDate" => Node::Date,
            "time" | "dlvyTime" => Node::Time,
            "statue" | "status" | "processSttus" => Node::Status,
            "location" | "nowLc" => Node::Place,
            "remark" | "detailDc" => Node::Detail,
            "regiNo" | "rgist" => Node::Number,
            "successYN" => Node::Success,
            "returnReasonCode" | "returnCode" => Node::Code,
            "errorMessage" | "errMsg" | "returnAuthMsg" => Node::Words,
            _ => Node::Other,
        }
    }
}

/// What an answer held.
#[derive(Debug, Default)]
struct Trace {
    seen: bool,
    scans: Scans,
    number: Option<String>,
    success: String,
    code: String,
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
                        Node::Date if in_scan => row.date = text,
                        Node::Time if in_scan => row.time = text,
                        Node::Status if in_scan => row.status = text,
                        Node::Place if in_scan => row.place = text,
                        Node::Detail if in_scan => row.detail = text,
                        Node::Number => trace.number = number(&text),
                        Node::Success => trace.success = words(&text),
                        Node::Code => trace.code = words(&text),
                        // Several members may hold words; the first that says something counts.
                        Node::Words if trace.told.is_empty() => trace.told = words(&text),
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
}
