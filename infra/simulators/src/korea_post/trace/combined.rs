//! `getLongitudinalCombinedList`, domestic and international. The misspelt names are the operator's.

use std::fmt::Write as _;

use rusqlite::Connection;

use super::{Fields, gateway, item};
use crate::error::Result;
use crate::korea_post::facts::Facts;
use crate::korea_post::kst::{self, CLOCK, DASHED};
use crate::korea_post::row::{DELIVERED, Row};
use crate::korea_post::{is_domestic, is_international};
use crate::pipeline::{Answer, View};
use crate::post::Seen;
use crate::xml::escaped;

pub(super) fn answer(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Answer> {
    let number = match gateway::number(view, connection, fields)? {
        Ok(number) => number,
        Err(failure) => return Ok(failure),
    };
    let found = item(view, connection, number)?;
    let time = kst::format(view.now, "%Y-%m-%d %H:%M:%S");
    let known = is_domestic(number) || is_international(number);
    if found.scans.is_empty() || !known {
        let header = header(number, &time, Some("조회된 결과가 없습니다."));
        return Ok(gateway::document(format!("<response>{header}</response>")));
    }
    let facts = found.facts.unwrap_or_default();
    let header = header(number, &time, None);
    let track = track(number, &facts, &found.scans);
    Ok(gateway::document(format!("<response>{header}<trackInfo>{track}</trackInfo></response>")))
}

fn leaf(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, "<{name}>{}</{name}>", escaped(text));
}

fn header(number: &str, time: &str, error: Option<&str>) -> String {
    let mut out = String::from("<header>");
    leaf(&mut out, "requestRegiNo", number);
    leaf(&mut out, "responseTime", time);
    leaf(&mut out, "successYN", if error.is_none() { "Y" } else { "N" });
    leaf(&mut out, "errorMessage", error.unwrap_or_default());
    out.push_str("</header>");
    out
}

fn track(number: &str, facts: &Facts, rows: &[Seen<Row>]) -> String {
    let mut out = String::new();
    let date = |seen: Option<&Seen<Row>>| seen.map(|seen| kst::format(seen.at, DASHED)).unwrap_or_default();
    let delivered = rows.iter().rev().find(|seen| seen.scan.status == DELIVERED);
    leaf(&mut out, "regiNo", number);
    leaf(&mut out, "senderName", &facts.sender);
    leaf(&mut out, "senderData", &date(rows.first()));
    leaf(&mut out, "receiveName", &facts.receiver);
    leaf(&mut out, "receiveDate", &date(delivered));
    leaf(&mut out, "trackState", rows.last().map(|seen| seen.scan.status.as_str()).unwrap_or_default());
    leaf(&mut out, "expressType", if is_international(number) { "EMS" } else { "" });
    for (at, seen) in rows.iter().enumerate() {
        out.push_str("<detaileTrackList>");
        leaf(&mut out, "sortNo", &at.to_string());
        leaf(&mut out, "date", &kst::format(seen.at, DASHED));
        leaf(&mut out, "time", &kst::format(seen.at, CLOCK));
        leaf(&mut out, "statue", &statue(&seen.scan));
        leaf(&mut out, "location", &seen.scan.office);
        leaf(&mut out, "remark", "");
        out.push_str("</detaileTrackList>");
    }
    out
}

/// The acceptance with a blank behind it, what has a detail with that in a second line.
fn statue(row: &Row) -> String {
    match &row.detail {
        Some(detail) => format!("{}\n({detail})", row.status),
        None if row.is_acceptance() => format!("{} ", row.status),
        None => row.status.clone(),
    }
}
