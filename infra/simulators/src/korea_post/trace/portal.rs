//! KpostPortal: `trace`, `emsTrace`, `emsEngTrace`.

use rusqlite::Connection;

use super::{EMS_ENG_TRACE, Fields, TRACE, granted, item};
use crate::error::Result;
use crate::korea_post::facts::Facts;
use crate::korea_post::keys::Service;
use crate::korea_post::kst::{self, CLOCK, DOTTED, STAMP};
use crate::korea_post::row::{DELIVERED, FAILED, Row, english};
use crate::korea_post::settings::{EmsRows, EventHms, Settings};
use crate::korea_post::sheet::Sheet;
use crate::korea_post::{is_domestic, is_international};
use crate::pipeline::{Answer, View};
use crate::post::Seen;

/// One reply's circumstances.
struct Reply<'a> {
    settings: &'a Settings,
    operation: &'a str,
}

/// A refusal by its code.
pub(super) fn refusal(view: &View<'_>, code: &str) -> Answer {
    let mut sheet = sheet(view);
    sheet.open("error");
    sheet.leaf("error_code", code);
    sheet.leaf("message", text(code));
    sheet.close("error");
    sheet.answer()
}

/// The words beside a code; they are ours.
fn text(code: &str) -> &'static str {
    match code {
        "ERR-001" => "검색된 결과가 없습니다.",
        "ERR-123" => "등록되지 않은 인증키이거나 사용할 수 없는 서비스입니다.",
        "ERR-125" => "등기번호가 없거나 올바르지 않습니다.",
        "ERR-131" => "이용량이 많아 서비스가 제한되었습니다.",
        "ERR-321" => "등기번호는 13자리여야 합니다.",
        _ => "처리 중 오류가 발생하였습니다.",
    }
}

pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let settings = view.shared.korea_post.settings.get();
    Sheet::new(settings.cdata, settings.euc_kr && view.call.path.ends_with("/openapi"))
}

/// Why a call is not let in, if it is not: its key, or the quota.
pub(super) fn refused(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Option<Answer>> {
    let key = view.shared.korea_post.keys.get(fields.get("regkey"));
    let Some(key) = key.filter(|key| key.service == Service::Portal && key.enabled) else {
        return Ok(Some(refusal(view, "ERR-123")));
    };
    Ok(if granted(view, connection, &key)? { None } else { Some(refusal(view, "ERR-131")) })
}

/// Key, quota, number, rows: in this order.
pub(super) fn answer(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Answer> {
    if let Some(refusal) = refused(view, connection, fields)? {
        return Ok(refusal);
    }
    let (operation, number) = (view.call.operation.as_str(), fields.get("query"));
    if number.is_empty() || (operation != TRACE && !is_international(number)) {
        return Ok(refusal(view, "ERR-125"));
    }
    if operation == TRACE && !is_domestic(number) {
        return Ok(refusal(view, "ERR-321"));
    }
    let settings = view.shared.korea_post.settings.get();
    let found = item(view, connection, number)?;
    let mut rows = found.scans;
    if settings.hide_acceptance && !fields.get("showRec").eq_ignore_ascii_case("Y") {
        rows.retain(|seen| !seen.scan.is_acceptance());
    }
    let Some(last) = rows.last() else { return Ok(refusal(view, "ERR-001")) };
    let reply = Reply { settings: &settings, operation };
    let facts = found.facts.unwrap_or_default();
    let mut sheet = sheet(view);
    sheet.open("trace");
    reply.summary(&mut sheet, number, &facts, last);
    sheet.open("itemlist");
    for seen in &rows {
        sheet.open("item");
        reply.item(&mut sheet, seen);
        sheet.close("item");
    }
    sheet.close("itemlist");
    sheet.close("trace");
    Ok(sheet.answer())
}

impl Reply<'_> {
    /// Whether rows are written as international events.
    fn events(&self) -> bool {
        self.operation != TRACE && self.settings.ems_rows == EmsRows::Events
    }

    fn status<'b>(&self, row: &'b Row) -> &'b str {
        if self.operation == EMS_ENG_TRACE { english(&row.status) } else { &row.status }
    }

    fn summary(&self, sheet: &mut Sheet, number: &str, facts: &Facts, last: &Seen<Row>) {
        let row = &last.scan;
        let delivered = row.status == DELIVERED;
        let (sender, receiver) =
            if self.events() { ("sendernm", "receivernm") } else { ("sendnm", "recevnm") };
        sheet.leaf("regino", number);
        sheet.leaf(sender, &facts.sender);
        sheet.leaf(receiver, &facts.receiver);
        sheet.leaf("relationnm", if delivered { &facts.relation } else { "" });
        sheet.leaf("mailtypenm", &facts.mail_type);
        sheet.leaf("destcountrynm", if self.operation == TRACE { "" } else { &facts.country });
        sheet.leaf("eventnm", self.status(row));
        sheet.leaf("eventymd", &kst::format(last.at, DOTTED));
        sheet.leaf("eventhms", &self.hms(last));
        sheet.leaf("eventregiponm", &row.office);
        self.results(sheet, row);
    }

    /// The time of a row by the present switch.
    fn hms(&self, seen: &Seen<Row>) -> String {
        let shape = match self.settings.eventhms {
            EventHms::Time => CLOCK,
            EventHms::Timestamp => STAMP,
        };
        kst::format(seen.at, shape)
    }

    fn results(&self, sheet: &mut Sheet, row: &Row) {
        sheet.leaf("delivrsltnm", if row.status == DELIVERED { self.status(row) } else { "" });
        let reason = if row.status == FAILED { row.detail.as_deref() } else { None };
        sheet.leaf("nondelivreasnnm", reason.unwrap_or_default());
    }

    fn item(&self, sheet: &mut Sheet, seen: &Seen<Row>) {
        let row = &seen.scan;
        if self.events() {
            // Fourteen digits in a field of twenty.
            sheet.leaf("sortingdate", &format!("{:<20}", kst::format(seen.at, STAMP)));
            sheet.leaf("eventhms", &kst::format(seen.at, CLOCK));
            sheet.leaf("eventregiponm", &row.office);
            self.results(sheet, row);
            sheet.leaf("eventnm", self.status(row));
            sheet.leaf("eventymd", &kst::format(seen.at, DOTTED));
            sheet.leaf("upucd", upu(&row.status));
        } else {
            sheet.leaf("sortingdate", &kst::format(seen.at, DOTTED));
            sheet.leaf("eventhms", &self.hms(seen));
            sheet.leaf("eventregiponm", &row.office);
            sheet.leaf("tracestatus", self.status(row));
        }
    }
}

/// The letter of an international event; the protocol has seen C, D, G and I.
fn upu(status: &str) -> &'static str {
    match status {
        "접수" => "A",
        "발송준비" => "C",
        "교환국 도착" => "D",
        "통관검사대기" => "E",
        "통관완료" => "F",
        "도착" | "우체국보관" => "G",
        FAILED => "H",
        DELIVERED => "I",
        _ => "",
    }
}
