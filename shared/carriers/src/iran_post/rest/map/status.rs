//! `Order/ParcelStatus` of several parcels (protocol notes, sections 4.2 and 8).

use yam_platform::http::Answer;

use super::{Item, accepted, items};
use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, OperatorError, RefusalKind};

/// What is told of one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelState {
    /// Its number.
    pub code: String,
    /// Its status code, or why there is none.
    pub status: Result<i64, OperatorError>,
    /// The operator's words for the status; may be empty.
    pub words: String,
}

/// The parcels told, in the operator's order; those it does not know may be missing.
#[must_use]
pub fn states(answer: &Answer) -> CallOutcome<Vec<ParcelState>> {
    let envelope = match accepted(answer) {
        Ok(envelope) => envelope,
        Err(outcome) => return outcome,
    };
    let items = items(&envelope.data);
    let states: Vec<ParcelState> = items.iter().filter_map(|item| state(*item)).collect();
    if states.is_empty() && !items.is_empty() {
        return CallOutcome::Unknown(outline(answer, "statuses of no parcel"));
    }
    CallOutcome::Done(states)
}

fn state(item: Item<'_>) -> Option<ParcelState> {
    let code = item.text("ParcelCode")?;
    let missing = || error("status", "", "the post tells no status", RefusalKind::Other);
    let status = match item.refusal() {
        Some(refused) => Err(refused),
        None => item.number("StatusCode").ok_or_else(missing),
    };
    Some(ParcelState { code, status, words: item.text("Description").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value) -> CallOutcome<Vec<ParcelState>> {
        states(&Answer {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: body.to_string().into(),
            complete: true,
        })
    }

    #[test]
    fn statuses_and_refusals_stand_beside_each_other() {
        let body = json!({"ResCode": 0, "ResMsg": "ok", "Data": [
            {"ParcelCode": "29999000711000000012", "StatusCode": 7, "Description": " توزیع شده "},
            {"ParcelCode": "29999000711000000013", "StatusCode": "-1"},
            {"ParcelCode": "29999000711000000014", "Errors": [{"ErrorCode": 2101, "ErrorMessage": "x"}]},
            {"ParcelCode": "29999000711000000015"},
            {"StatusCode": 5},
            7,
        ]});
        let CallOutcome::Done(states) = read(&body) else { panic!("done") };
        let [delivered, unknown, refused, silent] = states.as_slice() else { panic!("four") };
        assert_eq!((delivered.status.as_ref().ok(), delivered.words.as_str()), (Some(&7), "توزیع شده"));
        assert_eq!(unknown.status.as_ref().ok(), Some(&-1));
        assert_eq!(refused.status.as_ref().err().map(|error| error.code.as_str()), Some("2101"));
        assert!(silent.status.is_err());
    }

    #[test]
    fn an_empty_list_is_empty_and_another_shape_is_unknown() {
        for data in [json!([]), json!(null), json!({})] {
            assert_eq!(read(&json!({"ResCode": 0, "Data": data})), CallOutcome::Done(Vec::new()));
        }
        let other = json!({"ResCode": 0, "Data": [{"Code": "29999000711000000012", "Status": 7}]});
        assert!(matches!(read(&other), CallOutcome::Unknown(_)));
        assert!(matches!(read(&json!({"ResCode": 21})), CallOutcome::Refused(_)));
        assert!(matches!(read(&json!({"ResCode": -1})), CallOutcome::Busy { .. }));
    }
}
