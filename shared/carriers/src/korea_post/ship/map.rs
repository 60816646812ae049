//! From answers to outcomes, pure. What proves a waybill is settled here (reliability notes, section 4.3).

use yam_domain::money::{Currency, Money};
use yam_domain::waybill::{WaybillKind, WaybillNumber, validate};
use yam_platform::http::Answer;

use super::codes::{Verdict, refusal, verdict};
use super::reply::{Entry, Reply};
use crate::errors::{error, outline, own};
use crate::outcome::{CallOutcome, OperatorError, RefusalKind, Registered, SenderPlace};

/// The value that a rehearsal answers with; never a waybill.
pub(super) const TEST_NUMBER: &str = "TESTREGINOAPI";
/// What is worth keeping of an issued waybill beside its numbers.
const TOLD: &[&str] = &[
    "regiPoNm",
    "resDate",
    "insuFee",
    "islandAddFee",
    "arrCnpoNm",
    "delivPoNm",
    "delivAreaCd",
    "courseNo",
    "printAreaCd",
    "refineAddr",
    "refineZip",
    "notifyMsg",
    "treatStusCd",
];

/// An answer whose status says success, or what it is instead.
fn success(answer: &Answer) -> Result<(), String> {
    if answer.status.is_success() { Ok(()) } else { Err(outline(answer, "no success")) }
}

/// `InsertOrder`. The number is proof as soon as its element is whole; only a code of the table is a no.
#[must_use]
pub(super) fn inserted(answer: &Answer, order_no: &str) -> CallOutcome<Registered> {
    let unknown = |seen: &str| CallOutcome::Unknown(outline(answer, seen));
    if let Err(seen) = success(answer) {
        return CallOutcome::Unknown(seen);
    }
    let reply = Reply::of(answer, "resInfo");
    let registered = reply.first().map(|entry| registered(entry, order_no));
    match (registered, &reply.error, reply.stopped) {
        (Some(Ok(_)), Some(_), _) => unknown("a waybill beside an error"),
        (Some(Ok(registered)), None, _) => CallOutcome::Done(registered),
        (_, Some((code, told)), None) => match verdict(code) {
            Verdict::Load => unknown(&format!("{code}: overloaded")),
            Verdict::No | Verdict::Nothing | Verdict::Unlisted => CallOutcome::Refused(refusal(code, told)),
        },
        (Some(Err(Missing::Rehearsed)), None, None) => CallOutcome::Refused(rehearsed()),
        (_, _, Some(why)) => unknown(why),
        (Some(Err(Missing::OfAnother)), None, None) => unknown("the waybill of another order number"),
        (_, None, None) => unknown("no waybill number in the answer"),
    }
}

fn rehearsed() -> OperatorError {
    let words = "Korea Post rehearsed this only and sends nothing: the test mode of the account, or of the key, is on";
    error(TEST_NUMBER, words, words, RefusalKind::AccountInactive)
}

/// Why an entry proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Number,
    OfAnother,
    Rehearsed,
}

fn registered(entry: &Entry, order_no: &str) -> Result<Registered, Missing> {
    if entry.get("regiNo") == Some(TEST_NUMBER) {
        return Err(Missing::Rehearsed);
    }
    let code = waybill(entry).ok_or(Missing::Number)?;
    if entry.get("orderNo").is_some_and(|echo| echo != order_no) {
        return Err(Missing::OfAnother);
    }
    let price = entry.digits("price").and_then(|price| price.parse().ok());
    let reference = Numbers::of(entry).map(|numbers| numbers.to_string());
    Ok(Registered {
        code,
        postage: price.map(|won| Money::new(won, Currency::Krw)),
        vat: None,
        reference,
        told: entry.some(TOLD),
    })
}

fn waybill(entry: &Entry) -> Option<WaybillNumber> {
    let number = validate(yam_domain::ids::CarrierId::KoreaPost, &entry.digits("regiNo")?).ok()?;
    (number.kind() == Some(WaybillKind::Korean13)).then_some(number)
}

/// The numbers that a cancel wants back, kept as `application/reservation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    /// `reqNo`, whose first eight digits are the day of registration.
    pub(super) application: String,
    /// `resNo`
    pub(super) reservation: String,
}

impl Numbers {
    fn of(entry: &Entry) -> Option<Self> {
        Some(Numbers { application: entry.digits("reqNo")?, reservation: entry.digits("resNo")? })
    }

    /// Reads what was kept.
    pub(super) fn parse(reference: &str) -> Option<Self> {
        let (application, reservation) = reference.split_once('/')?;
        let digits = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = digits(application) && digits(reservation);
        whole.then(|| Numbers { application: application.to_owned(), reservation: reservation.to_owned() })
    }

    /// `reqYmd`, the day of registration.
    pub(super) fn day(&self) -> &str {
        self.application.get(..8).unwrap_or_default()
    }
}

impl std::fmt::Display for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.application, self.reservation)
    }
}

/// The copies that `GetResInfo` knows on one day; empty is a proven miss.
///
/// # Errors
/// What was seen, when it proves nothing.
pub(super) fn found(answer: &Answer, order_no: &str) -> Result<Vec<Registered>, String> {
    success(answer)?;
    let reply = Reply::of(answer, "resInfo");
    if let Some(why) = reply.stopped {
        return Err(outline(answer, why));
    }
    if let Some((code, told)) = &reply.error {
        return match verdict(code) {
            Verdict::Nothing => Ok(Vec::new()),
            Verdict::No | Verdict::Load | Verdict::Unlisted => {
                Err(format!("{code} {told}").trim_end().to_owned())
            }
        };
    }
    if reply.entries.is_empty() {
        return Err(outline(answer, "neither a reservation nor an error"));
    }
    let mut copies = Vec::new();
    for entry in &reply.entries {
        match registered(entry, order_no) {
            Ok(copy) => copies.push(copy),
            Err(Missing::Number) => return Err("a reservation without its waybill number".to_owned()),
            // A rehearsal is no parcel; what belongs to another order is not ours.
            Err(Missing::Rehearsed | Missing::OfAnother) => {}
        }
    }
    Ok(copies)
}

/// How a cancel ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cancelled {
    /// Called off and deleted.
    Gone,
    /// Called off, but another waybill took its place, which is live.
    Replaced(WaybillNumber, Option<Numbers>),
    /// The operator knows no such reservation: gone before, or other numbers.
    Unknown(OperatorError),
}

/// `GetResCancelCmd`.
#[must_use]
pub(super) fn cancelled(answer: &Answer, asked: &WaybillNumber) -> CallOutcome<Cancelled> {
    let unknown = |seen: &str| CallOutcome::Unknown(outline(answer, seen));
    if let Err(seen) = success(answer) {
        return CallOutcome::Unknown(seen);
    }
    let reply = Reply::of(answer, "resInfo");
    if let Some(why) = reply.stopped {
        return unknown(why);
    }
    if let Some((code, told)) = &reply.error {
        return match verdict(code) {
            Verdict::Nothing => CallOutcome::Done(Cancelled::Unknown(refusal(code, told))),
            Verdict::Load => {
                CallOutcome::Busy { retry_after: answer.retry_after(), error: refusal(code, told) }
            }
            Verdict::No | Verdict::Unlisted => CallOutcome::Refused(refusal(code, told)),
        };
    }
    let Some(entry) = reply.first() else { return unknown("neither a cancellation nor an error") };
    match entry.get("canceledYn").map(str::to_ascii_uppercase).as_deref() {
        Some("D") => CallOutcome::Done(Cancelled::Gone),
        Some("Y") => match waybill(entry).filter(|other| other != asked) {
            Some(other) => CallOutcome::Done(Cancelled::Replaced(other, Numbers::of(entry))),
            None => CallOutcome::Done(Cancelled::Gone),
        },
        Some("N") => {
            let told = entry.get("notCancelReason").unwrap_or_default();
            let words = format!("too late: Korea Post does not call this parcel off any more {told}");
            CallOutcome::Refused(own("canceledYn=N", words.trim_end(), RefusalKind::State))
        }
        _ => unknown("no word on the cancellation"),
    }
}

/// A list of entries that a reading message answers with; its "no rows" is an empty list.
pub(super) fn list(answer: &Answer, wrapper: &str) -> CallOutcome<Vec<Entry>> {
    if let Err(seen) = success(answer) {
        return CallOutcome::Unknown(seen);
    }
    let reply = Reply::of(answer, wrapper);
    if let Some(why) = reply.stopped {
        return CallOutcome::Unknown(outline(answer, why));
    }
    match &reply.error {
        None => CallOutcome::Done(reply.entries),
        Some((code, told)) => match verdict(code) {
            Verdict::Nothing if code.trim() == "ERR-125" => CallOutcome::Done(Vec::new()),
            Verdict::Load => {
                CallOutcome::Busy { retry_after: answer.retry_after(), error: refusal(code, told) }
            }
            Verdict::Nothing | Verdict::No | Verdict::Unlisted => CallOutcome::Refused(refusal(code, told)),
        },
    }
}

/// `officeInfo` as a place of the contract.
pub(super) fn place(entry: &Entry) -> Option<SenderPlace> {
    let text = |name: &str| entry.get(name).unwrap_or_default().to_owned();
    let address = format!("{} {}", text("officeZip"), text("officeAddr")).trim().to_owned();
    Some(SenderPlace { code: entry.get("officeSer")?.to_owned(), name: text("officeNm"), address })
}
