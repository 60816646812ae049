//! `getLongitudinalDomesticList`: no XML declaration, empty elements closed at once.

use std::fmt::Write as _;

use rusqlite::Connection;

use super::{Fields, gateway, item};
use crate::error::Result;
use crate::korea_post::facts::Facts;
use crate::korea_post::is_domestic;
use crate::korea_post::kst::{self, CLOCK, DASHED, KST};
use crate::korea_post::row::{DELIVERED, Row};
use crate::pipeline::{Answer, View};
use crate::post::Seen;
use crate::xml::escaped;

pub(super) fn answer(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Answer> {
    let number = match gateway::number(view, connection, fields)? {
        Ok(number) => number,
        Err(failure) => return Ok(failure),
    };
    let found = item(view, connection, number)?;
    if found.scans.is_empty() || !is_domestic(number) {
        // How the service says so is not known.
        let mut body = header(view, Some("조회된 데이터가 없습니다."));
        leaf(&mut body, "rgist", number);
        return Ok(gateway::document(wrapped(&body)));
    }
    let facts = found.facts.unwrap_or_default();
    let mut body = header(view, None);
    write(&mut body, number, &facts, &found.scans);
    Ok(gateway::document(wrapped(&body)))
}

fn wrapped(body: &str) -> String {
    format!("<LongitudinalDomesticListResponse>{body}</LongitudinalDomesticListResponse>")
}

fn leaf(out: &mut String, name: &str, text: &str) {
    let _ = if text.is_empty() {
        write!(out, "<{name}/>")
    } else {
        write!(out, "<{name}>{}</{name}>", escaped(text))
    };
}

fn header(view: &View<'_>, error: Option<&str>) -> String {
    let now = KST.to_datetime(view.now);
    let time = format!("{}{:03}", now.strftime("%Y%m%d:%H%M%S"), now.millisecond());
    let mut out = String::from("<cmmMsgHeader>");
    leaf(&mut out, "requestMsgId", "");
    leaf(&mut out, "responseMsgId", "");
    leaf(&mut out, "responseTime", &time);
    leaf(&mut out, "successYN", if error.is_none() { "Y" } else { "N" });
    leaf(&mut out, "returnCode", if error.is_none() { "00" } else { "99" });
    leaf(&mut out, "errMsg", error.unwrap_or_default());
    out.push_str("</cmmMsgHeader>");
    out
}

fn write(out: &mut String, number: &str, facts: &Facts, rows: &[Seen<Row>]) {
    let delivered = rows.iter().rev().find(|seen| seen.scan.status == DELIVERED);
    leaf(out, "addrseNm", &facts.receiver);
    leaf(out, "applcntNm", &facts.sender);
    leaf(out, "dlvyDe", &delivered.map(|seen| kst::format(seen.at, "%Y-%m-%d %H:%M")).unwrap_or_default());
    leaf(out, "dlvySttus", rows.last().map(|seen| seen.scan.status.as_str()).unwrap_or_default());
    for seen in rows {
        out.push_str("<longitudinalDomesticList>");
        leaf(out, "dlvyDate", &kst::format(seen.at, DASHED));
        leaf(out, "dlvyTime", &kst::format(seen.at, CLOCK));
        leaf(out, "nowLc", &seen.scan.office);
        leaf(out, "processSttus", &seen.scan.status);
        leaf(out, "detailDc", &detail(&seen.scan, facts));
        out.push_str("</longitudinalDomesticList>");
    }
    leaf(out, "pstmtrKnd", &facts.mail_type);
    leaf(out, "rgist", number);
    leaf(out, "trtmntSe", &facts.treatment);
}

/// Who received it, or the reason in plain words.
fn detail(row: &Row, facts: &Facts) -> String {
    let said = row.detail.as_deref().unwrap_or_default();
    if row.status == DELIVERED {
        let relation = if said.is_empty() { facts.relation.as_str() } else { said };
        return format!("배달(수령인:{} - {relation})", facts.receiver);
    }
    said.to_owned()
}
