//! What stands outside the hub: the operators' simulators with their accounts, and the shop that listens.

use http::StatusCode;
use serde_json::{Value, json};

use super::{OPERATOR_KEY, World};
use crate::requests::korean_contract;

impl World {
    /// Scripts a fault of a simulator.
    pub async fn fault(&self, system: &str, fault: Value) {
        let url = format!("{}/_local/simulators/{system}/faults", self.simulators);
        let answer = self.web.post(url).json(&fault).send().await.expect("simulator");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// Clears the faults of a simulator.
    pub async fn heal(&self, system: &str) {
        let url = format!("{}/_local/simulators/{system}/faults", self.simulators);
        self.web.delete(url).send().await.expect("simulator");
    }

    /// The parcels an operator believes it has.
    pub async fn ledger(&self, system: &str) -> Vec<Value> {
        let url = format!("{}/_local/simulators/{system}/ledger", self.simulators);
        let ledger: Value = self.web.get(url).send().await.expect("simulator").json().await.expect("ledger");
        let items = ledger["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().filter(|row| row["kind"] == "parcel").collect()
    }

    /// Codes of the parcels an operator has and did not call off, sorted.
    pub async fn live(&self, system: &str) -> Vec<String> {
        let rows = self.ledger(system).await.into_iter().filter(|row| row["cancelled_at"].is_null());
        let mut codes: Vec<String> =
            rows.map(|row| row["its_id"].as_str().expect("a code").to_owned()).collect();
        codes.sort();
        codes
    }

    /// Everything of a kind in an operator's ledger.
    pub async fn entries(&self, system: &str, kind: &str) -> Vec<Value> {
        let ledger = self.simulator(reqwest::Method::GET, &format!("{system}/ledger"), None).await;
        let items = ledger["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().filter(|row| row["kind"] == kind).collect()
    }

    /// Everything that stands in a gateway's ledger.
    pub async fn whole_ledger(&self, gateway: &str) -> Vec<Value> {
        let url = format!("{}/_local/simulators/{gateway}/ledger", self.simulators);
        let ledger: Value = self.web.get(url).send().await.expect("simulator").json().await.expect("ledger");
        ledger["items"].as_array().cloned().unwrap_or_default()
    }

    /// What a gateway believes happened: kind, our number, amount.
    pub async fn money(&self, gateway: &str) -> Vec<(String, String, i64)> {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| (text(row, "kind"), text(row, "our_id"), row["amount"].as_i64().unwrap_or(0));
        self.whole_ledger(gateway).await.iter().map(row).collect()
    }

    /// What would have reached people, oldest first.
    pub async fn outbox(&self) -> Vec<Value> {
        let url = format!("{}/_local/outbox", self.simulators);
        let answer: Value = self.web.get(url).send().await.expect("simulator").json().await.expect("outbox");
        answer["items"].as_array().cloned().unwrap_or_default()
    }

    /// The webhooks the demo shop received.
    pub async fn webhooks(&self) -> Vec<Value> {
        let url = format!("{}/_local/webhooks", self.simulators);
        let answer: Value =
            self.web.get(url).send().await.expect("simulator").json().await.expect("webhooks");
        answer["items"].as_array().cloned().unwrap_or_default()
    }

    /// The events of a type that the demo shop was told of, by their webhook ids.
    pub async fn told(&self, kind: &str) -> Vec<Value> {
        let mut seen = std::collections::BTreeMap::new();
        for webhook in self.webhooks().await {
            let body: Value = serde_json::from_str(webhook["body"].as_str().expect("a body")).expect("json");
            if body["type"] == kind {
                let id = webhook["headers"]["webhook-id"].as_str().expect("an id").to_owned();
                seen.insert(id, body);
            }
        }
        let mut told: Vec<Value> = seen.into_values().collect();
        told.sort_by_key(|event| event["sequence"].as_u64());
        told
    }

    /// A scan at an operator, in a word of the control surface.
    pub async fn scan(&self, carrier: &str, code: &str, scan: Value) -> Value {
        let url = format!("{}/_local/simulators/{carrier}/parcels/{code}/events", self.simulators);
        let answer = self.web.post(url).json(&scan).send().await.expect("simulator");
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "{status} {body}");
        body
    }

    /// Changes or removes something at a simulator.
    pub async fn simulator(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/_local/simulators/{path}", self.simulators);
        let mut request = self.web.request(method, url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("simulator");
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "{status} {body}");
        body
    }

    /// An account that tracks, with the simulators' credentials.
    pub async fn tracking_account(&self, carrier: &str, wire: &str) {
        let credentials = match (carrier, wire) {
            ("russian_post", "single") => json!({"username": "single-track", "password": "single-pass"}),
            ("russian_post", _) => json!({"username": "demo-track", "password": "demo-pass"}),
            (_, "portal") => json!({"username": "key", "password": "demotracekey000000000000000001"}),
            _ => json!({"username": "key", "password": "demo+Service/Key=="}),
        };
        let account = json!({"carrier": carrier, "wire": wire, "credentials": credentials});
        let path = format!("/v1/settings/carriers/{}", carrier.replace('_', "-"));
        let (status, answer) = self.call("PUT", &path, Some(account)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["state"], "in_use", "{answer}");
    }

    /// A contract at Korea Post for an account that is named so; the simulator's first customer, or another.
    pub async fn contract(&self, account: &str, vendor: Option<&str>) -> Value {
        let body = korean_contract(vendor);
        let (status, answer) =
            self.call("PUT", &format!("/v1/settings/carriers/{account}"), Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["state"], "under_review", "{answer}");
        let path = format!("/v1/operator/merchants/demo/carriers/{account}/approve");
        let (status, answer) = self.call_as(OPERATOR_KEY, "POST", &path, &[], None).await;
        assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
        answer
    }
}
