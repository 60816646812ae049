//! What the posts did and heard.

use std::collections::BTreeMap;

use serde_json::Value;

use super::orders::{Post, number_in};

/// One post's own book.
pub(super) struct Ledger {
    /// Its parcels, by the number of the order.
    pub(super) parcels: BTreeMap<u64, Vec<Value>>,
    /// Whole requests for a parcel, by the number of the order.
    pub(super) bodies: BTreeMap<u64, u64>,
}

impl Ledger {
    pub(super) async fn read(simulators: &str, post: Post) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("client");
        let url = format!("{simulators}/_local/simulators/{}/ledger", post.system());
        let all: Value = http.get(url).send().await.expect("simulators").json().await.expect("ledger");
        let mut ledger = Ledger { parcels: BTreeMap::new(), bodies: BTreeMap::new() };
        for row in all["items"].as_array().expect("items").iter().filter(|row| row["kind"] == "parcel") {
            ledger.parcels.entry(number_in(row)).or_default().push(row.clone());
        }
        let registrations = |row: &&Value| {
            row["operation"].as_str().is_some_and(|operation| operation.contains(post.register()))
        };
        for row in all["bodies"].as_array().expect("bodies").iter().filter(registrations) {
            *ledger.bodies.entry(number_in(row)).or_default() += row["received"].as_u64().expect("a count");
        }
        assert!(!ledger.parcels.is_empty() && !ledger.bodies.is_empty(), "{post:?}");
        ledger
    }

    /// Parcels that were not called off.
    pub(super) fn live(&self) -> impl Iterator<Item = (u64, &Value)> {
        let rows = self.parcels.iter().flat_map(|(number, rows)| rows.iter().map(|row| (*number, row)));
        rows.filter(|(_, row)| row["cancelled_at"].is_null())
    }
}
