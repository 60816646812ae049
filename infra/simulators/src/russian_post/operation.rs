//! Operations on an item, in the operator's codes and in the words of the control surface.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{names, offices};
use crate::post::Told;

/// Where an operation happened if nobody said.
const SOMEWHERE: &str = "101000";

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    #[serde(rename = "type")]
    pub(crate) kind: u16,
    #[serde(default)]
    pub(crate) attr: u16,
    #[serde(default = "somewhere")]
    pub(crate) index: String,
    /// The office's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The number the item bears from here on (8/26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) barcode: Option<String>,
}

fn somewhere() -> String {
    SOMEWHERE.to_owned()
}

impl Operation {
    /// An operation at an office.
    fn at(kind: u16, attr: u16, office: &str) -> Self {
        let plain = Self { kind, attr, index: somewhere(), description: None, barcode: None };
        plain.moved(office)
    }

    /// The same at another office: `630099`, `630099 Новосибирск 99` or only a name.
    pub(super) fn moved(mut self, office: &str) -> Self {
        let office = office.trim();
        let (index, name) = office.split_once(' ').unwrap_or((office, ""));
        let is_index = index.len() == 6 && index.bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_index { name.trim() } else { office };
        if is_index {
            index.clone_into(&mut self.index);
        }
        self.description = (!name.is_empty()).then(|| name.to_owned());
        self
    }

    /// Reads `{"type":8,"attr":2,"index":"630099","date":"…"}`; a date without an offset is in the
    /// office's time.
    pub(super) fn from_raw(raw: Value, office: Option<&str>) -> Result<Told<Self>, String> {
        let Value::Object(mut members) = raw else { return Err("\"raw\" must be an object".to_owned()) };
        let date = members.remove("date");
        let read: Self = serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string())?;
        let scan = match office {
            Some(office) => read.moved(office),
            None => read,
        };
        let at = match date {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(moment(&text, &scan.index)?),
            Some(other) => return Err(format!("date {other} is not a text")),
        };
        Ok(Told { scan, at })
    }

    /// The operation of a word, if the operator has one.
    pub(super) fn from_word(word: &str, office: Option<&str>) -> Option<Self> {
        let (_, kind, attr) = WORDS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(word))?;
        Some(Self::at(*kind, *attr, office.unwrap_or(SOMEWHERE)))
    }

    /// As the control surface shows it.
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!(self);
        shown["name"] = json!(names::of_type(self.kind));
        shown["attr_name"] = json!(names::of_attr(self.kind, self.attr));
        shown
    }
}

fn moment(text: &str, index: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: DateTime = text.parse().map_err(|_| format!("date {text:?} is not an RFC 3339 date"))?;
    offices::offset(index).to_timestamp(local).map_err(|error| error.to_string())
}

/// All words.
pub(super) fn words() -> Vec<&'static str> {
    WORDS.iter().map(|(word, _, _)| *word).collect()
}

/// Type and attribute of each word.
const WORDS: &[(&str, u16, u16)] = &[
    ("registered", 28, 0),
    ("accepted", 1, 2),
    ("in_transit", 8, 3),
    ("left_sorting_centre", 8, 4),
    // What the operator shows of such a parcel.
    ("probably_arrived", 8, 4),
    ("imported", 9, 0),
    ("exported", 10, 0),
    ("customs", 11, 0),
    ("customs_released", 14, 1),
    ("customs_hold", 14, 4),
    ("on_hold", 8, 21),
    ("arrived", 8, 2),
    ("held_for_pickup", 8, 2),
    ("arrived_at_locker", 8, 9),
    ("out_for_delivery", 8, 15),
    ("delivery_failed", 12, 1),
    ("second_attempt", 42, 1),
    ("storage_expiring", 8, 42),
    ("storage_expired", 8, 40),
    ("delivered", 2, 1),
    ("returning", 3, 1),
    ("refused", 3, 4),
    ("returned", 2, 2),
    ("undeliverable", 5, 2),
    ("lost", 18, 0),
    ("cancelled", 46, 0),
    ("cancellation", 26, 2),
    ("cod_paid", 63, 0),
    // No dictionary has it.
    ("unknown", 999, 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_are_an_index_a_name_or_both() {
        let office = |text| {
            let operation = Operation::at(8, 2, text);
            (operation.index, operation.description)
        };
        assert_eq!(office("630099"), ("630099".to_owned(), None));
        assert_eq!(office("630099 Новосибирск 99"), ("630099".to_owned(), Some("Новосибирск 99".to_owned())));
        assert_eq!(office("Новосибирск"), ("101000".to_owned(), Some("Новосибирск".to_owned())));
    }

    #[test]
    fn raw_dates_are_local_without_an_offset() {
        let told = |date: &str| {
            let raw = json!({"type": 8, "attr": 2, "index": "630099", "date": date});
            Operation::from_raw(raw, None).map(|told| told.at.unwrap().to_string())
        };
        assert_eq!(told("2026-12-01T09:00:00").unwrap(), "2026-12-01T02:00:00Z");
        assert_eq!(told("2026-12-01T09:00:00+03:00").unwrap(), "2026-12-01T06:00:00Z");
        assert!(told("tomorrow").is_err());
        assert!(Operation::from_raw(json!({"type": 8, "colour": "red"}), None).is_err());
    }
}
