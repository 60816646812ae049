//! Orders found in the backlog and among shipments, by our exact number (reliability notes, section 4.4).

use serde_json::Value;
use yam_domain::ids::CarrierId;
use yam_domain::waybill::{WaybillNumber, validate};

use crate::outcome::Surplus;

/// An order as either search tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The operator's id.
    pub(super) id: u64,
    /// Its barcode, once it has one.
    pub(super) code: Option<WaybillNumber>,
    /// The batch it is in, if it is in one.
    pub(super) batch: Option<String>,
    /// That batch's state.
    pub(super) batch_status: Option<String>,
    /// What the operator will charge, kopecks: without VAT, VAT.
    pub(super) charge: Option<(i64, i64)>,
}

impl Found {
    /// Reads an order that has an id.
    pub(super) fn of(order: &Value) -> Option<Self> {
        let text =
            |name: &str| order.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        let kopecks = |name: &str| order.get(name).and_then(Value::as_i64).filter(|kopecks| *kopecks >= 0);
        let charge = kopecks("total-rate-wo-vat").zip(kopecks("total-vat"));
        Some(Found {
            id: id(order.get("id")?)?,
            code: text("barcode").and_then(|code| validate(CarrierId::RussianPost, code).ok()),
            batch: text("batch-name").map(str::to_owned),
            batch_status: text("batch-status").map(str::to_owned),
            charge,
        })
    }

    /// Whether its batch has been given to the post.
    pub(super) fn is_sent(&self) -> bool {
        self.batch.is_some() && self.batch_status.as_deref().is_some_and(|status| status != "CREATED")
    }
}

impl From<&Found> for Surplus {
    fn from(found: &Found) -> Self {
        Surplus { code: found.code.clone(), reference: Some(found.id.to_string()) }
    }
}

/// An id as a number or as a text of digits.
pub(super) fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The orders of a search that have exactly our number; none when the answer is no list, or an order of ours
/// has no id.
pub(super) fn exact(body: &Value, order_num: &str) -> Option<Vec<Found>> {
    let ours = |order: &&Value| order.get("order-num").and_then(Value::as_str) == Some(order_num);
    body.as_array()?.iter().filter(ours).map(Found::of).collect()
}

/// The copy to keep, then the rest: one in a batch goes before the others, then the lowest id.
pub(super) fn sorted(backlog: Vec<Found>, shipped: Vec<Found>) -> Vec<Found> {
    let mut all: Vec<Found> = shipped.into_iter().chain(backlog).collect();
    // The same order may be in both answers when it moved between them: the later word has its batch.
    all.sort_by_key(|found| (found.id, found.batch.is_none()));
    all.dedup_by_key(|found| found.id);
    all.sort_by_key(|found| (found.batch.is_none(), found.id));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_exact_numbers_are_ours() {
        let body = json!([
            {"id": 7, "order-num": "p-1-1", "barcode": "10100007000014"},
            {"id": 8, "order-num": "p-1-10", "barcode": "10100007000021"},
            {"id": 9, "order-num": "P-1-1"},
        ]);
        let found = exact(&body, "p-1-1").unwrap();
        assert_eq!(found.iter().map(|order| order.id).collect::<Vec<_>>(), [7]);
        assert_eq!(exact(&json!({"code": "1001"}), "p-1-1"), None);
        assert_eq!(exact(&json!([{"order-num": "p-1-1"}]), "p-1-1"), None, "ours without an id");
        assert_eq!(exact(&json!([]), "p-1-1"), Some(vec![]));
    }

    #[test]
    fn the_copy_in_a_batch_is_kept_else_the_lowest() {
        let order = |id: u64, batch: Option<&str>| {
            Found::of(&json!({"id": id, "batch-name": batch, "batch-status": "CREATED"})).unwrap()
        };
        let ids = |all: Vec<Found>| all.iter().map(|found| found.id).collect::<Vec<_>>();
        assert_eq!(ids(sorted(vec![order(9, None), order(3, None)], vec![])), [3, 9]);
        assert_eq!(ids(sorted(vec![order(3, None)], vec![order(9, Some("24"))])), [9, 3]);
        let moved = sorted(vec![order(5, None)], vec![order(5, Some("24"))]);
        assert_eq!((moved.len(), moved[0].batch.as_deref()), (1, Some("24")));
    }

    #[test]
    fn a_barcode_counts_only_when_it_is_one() {
        let code = |text: Value| Found::of(&json!({"id": "5", "barcode": text})).unwrap().code;
        assert!(code(json!("10100007000014")).is_some());
        assert!(code(json!("10100007000015")).is_none());
        assert!(code(json!("")).is_none() && code(Value::Null).is_none());
    }

    #[test]
    fn a_batch_past_its_making_is_sent() {
        let sent = |status: &str| {
            Found::of(&json!({"id":1,"batch-name":"24","batch-status":status})).unwrap().is_sent()
        };
        assert!(!sent("CREATED"));
        for status in ["FROZEN", "ACCEPTED", "SENT", "ARCHIVED", "CANCELLED"] {
            assert!(sent(status), "{status}");
        }
        assert!(!Found::of(&json!({"id":1})).unwrap().is_sent());
    }
}
