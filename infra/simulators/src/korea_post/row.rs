//! Rows of a trace, in the operator's words and in those of the control surface.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::kst::KST;
use crate::post::Told;

/// The acceptance record, which the portal shows only when asked for it.
pub(super) const ACCEPTED: &str = "접수";
/// The end of a delivery, and of one that failed.
pub(super) const DELIVERED: &str = "배달완료";
pub(super) const FAILED: &str = "미배달";

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) status: String,
    /// Who received it, or why nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    #[serde(default = "somewhere")]
    pub(crate) office: String,
}

fn somewhere() -> String {
    "서울중앙우체국".to_owned()
}

impl Row {
    pub(super) fn new(status: &str, detail: Option<&str>, office: &str) -> Self {
        Self { status: status.to_owned(), detail: detail.map(ToOwned::to_owned), office: office.to_owned() }
    }

    /// Reads `{"status":"배달완료","detail":"…","office":"…","at":"…"}`; a time without an offset is
    /// Korean.
    pub(super) fn from_raw(raw: Value, office: Option<&str>) -> Result<Told<Self>, String> {
        let Value::Object(mut members) = raw else { return Err("\"raw\" must be an object".to_owned()) };
        let at = match members.remove("at") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(moment(&text)?),
            Some(other) => return Err(format!("at {other} is not a text")),
        };
        let mut scan: Self =
            serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string())?;
        if let Some(office) = office {
            office.clone_into(&mut scan.office);
        }
        Ok(Told { scan, at })
    }

    /// The row of a word, if the operator has one.
    pub(super) fn from_word(word: &str, office: Option<&str>) -> Option<Self> {
        let (_, status, detail) = WORDS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(word))?;
        let office = office.map_or_else(somewhere, ToOwned::to_owned);
        Some(Self::new(status, (!detail.is_empty()).then_some(*detail), &office))
    }

    /// As the control surface shows it.
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!(self);
        shown["english"] = json!(english(&self.status));
        shown
    }

    /// Whether it belongs to the acceptance record.
    pub(super) fn is_acceptance(&self) -> bool {
        self.status.starts_with(ACCEPTED) && !self.status.contains("취소")
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: DateTime = text.parse().map_err(|_| format!("at {text:?} is not an RFC 3339 date"))?;
    KST.to_timestamp(local).map_err(|error| error.to_string())
}

/// The English name of a status; without one, the Korean stays.
pub(super) fn english(status: &str) -> &str {
    ENGLISH.iter().find(|(korean, _)| *korean == status).map_or(status, |(_, english)| *english)
}

/// All words.
pub(super) fn words() -> Vec<&'static str> {
    WORDS.iter().map(|(word, _, _)| *word).collect()
}

/// Status and detail of each word.
const WORDS: &[(&str, &str, &str)] = &[
    ("registered", "운송장출력", ""),
    ("accepted", ACCEPTED, ""),
    ("picked_up", "집하완료", ""),
    ("handed_over", "인수완료", ""),
    ("pickup_failed", "미집하", ""),
    ("dispatched", "발송", ""),
    ("in_transit", "도착", ""),
    ("left_sorting_centre", "발송", ""),
    // What the operator shows of such a parcel.
    ("probably_arrived", "발송", ""),
    ("exported", "발송준비", ""),
    ("imported", "교환국 도착", ""),
    ("customs", "통관검사대기", ""),
    ("customs_released", "통관완료", ""),
    ("arrived", "우체국보관", ""),
    ("held_for_pickup", "우체국보관", ""),
    ("out_for_delivery", "배달준비", ""),
    ("delivery_failed", FAILED, "폐문부재"),
    ("refused", FAILED, "수취거절"),
    ("delivered", DELIVERED, "본인"),
    ("returning", "반송", ""),
    ("returned", "반송완료", ""),
    ("cancelled", "접수취소", ""),
    // A word that is in no table.
    ("unknown", "확인중", ""),
];

/// International events, Korean and English.
const ENGLISH: &[(&str, &str)] = &[
    (ACCEPTED, "Posted"),
    ("발송준비", "Departed from export office"),
    ("교환국 도착", "Arrived at import office"),
    ("발송", "Departed from sorting centre"),
    ("도착", "Arrived at sorting centre"),
    ("통관검사대기", "Presented to customs"),
    ("통관완료", "Released from customs"),
    ("우체국보관", "Arrived at post office"),
    ("배달준비", "Out for delivery"),
    (FAILED, "Attempted delivery"),
    (DELIVERED, "Delivered"),
    ("반송", "Returned to sender"),
    ("반송중", "Returned to sender"),
    ("반송완료", "Delivered to sender"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_an_offset_are_korean() {
        let told = |at: &str| {
            Row::from_raw(json!({"status": "도착", "at": at}), None).map(|told| told.at.unwrap().to_string())
        };
        assert_eq!(told("2025-01-03T18:00:00").unwrap(), "2025-01-03T09:00:00Z");
        assert_eq!(told("2025-01-03T18:00:00+03:30").unwrap(), "2025-01-03T14:30:00Z");
        assert!(told("soon").is_err());
        assert!(Row::from_raw(json!({"status": 5}), None).is_err());
    }

    #[test]
    fn a_cancelled_acceptance_is_none() {
        let row = |status| Row::new(status, None, "").is_acceptance();
        assert!(row("접수") && row("접수 마감 후 접수(익일발송)"));
        assert!(!row("접수취소") && !row("도착"));
    }
}
