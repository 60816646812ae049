//! A shop that only watches parcels, and moves time.

use std::collections::BTreeMap;
use std::time::Duration;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::posts::Number;
use crate::kills::process::Process;

/// What is left of a way through time that is not worth another.
const AS_GOOD_AS_THERE: SignedDuration = SignedDuration::from_mins(1);

/// The demo shop of a hub.
pub(super) struct Watcher {
    http: reqwest::Client,
    key: String,
    hub: String,
}

impl Watcher {
    pub(super) fn of(hub: &Process) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(600));
        Watcher {
            http: http.build().expect("client"),
            key: hub.ready["demo"]["api_key"].as_str().expect("a key").to_owned(),
            hub: hub.url(),
        }
    }

    /// The hub is back, at another address.
    pub(super) fn moves_to(&mut self, hub: &Process) {
        self.hub = hub.url();
    }

    /// Has these numbers tracked; answers with the parcels' ids.
    pub(super) async fn tracks(&self, numbers: &[Number]) -> BTreeMap<String, String> {
        let mut parcels = BTreeMap::new();
        for (carrier, code) in numbers {
            let body = json!({"carrier": carrier, "tracking_code": code});
            let url = format!("{}/v1/parcels", self.hub);
            let answer = self.http.post(url).bearer_auth(&self.key).json(&body).send().await.expect("hub");
            let status = answer.status();
            let parcel: Value = answer.json().await.expect("json");
            assert_eq!(status, StatusCode::CREATED, "{parcel}");
            parcels.insert(code.clone(), parcel["parcel_id"].as_str().expect("an id").to_owned());
        }
        parcels
    }

    async fn change(&self, method: Method, path: &str, body: &Value) -> StatusCode {
        let url = format!("{}{path}", self.hub);
        let request = self.http.request(method, url).bearer_auth(&self.key).json(body);
        request.send().await.expect("hub").status()
    }

    /// Deletes a parcel and enters its number again (F17); answers with its new id.
    pub(super) async fn enters_anew(&self, number: &Number, id: &str) -> String {
        let gone = self.change(Method::DELETE, &format!("/v1/parcels/{id}"), &json!({})).await;
        assert_eq!(gone, StatusCode::NO_CONTENT);
        let mut entered = self.tracks(std::slice::from_ref(number)).await;
        entered.remove(&number.1).expect("the parcel")
    }

    /// Gives a parcel this number, which may be one it has had before (F17).
    pub(super) async fn corrects(&self, id: &str, code: &str) {
        let path = format!("/v1/parcels/{id}/tracking-code");
        let corrected = self.change(Method::PUT, &path, &json!({"tracking_code": code})).await;
        assert_eq!(corrected, StatusCode::OK, "{code}");
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.hub);
        let answer = self.http.get(url).bearer_auth(&self.key).send().await.expect("hub");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("json")
    }

    /// The parcels as they are now, by number.
    pub(super) async fn parcels(&self, ids: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
        let mut parcels = BTreeMap::new();
        for (code, id) in ids {
            parcels.insert(code.clone(), self.get(&format!("/v1/parcels/{id}")).await);
        }
        parcels
    }

    /// All events there are, oldest first.
    pub(super) async fn events(&self) -> Vec<Value> {
        let mut events = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.get(&format!("/v1/events?limit=200&after={after}")).await;
            events.extend(page["items"].as_array().expect("items").iter().cloned());
            if page["more"] != true {
                return events;
            }
            page["next_after"].as_str().expect("an id").clone_into(&mut after);
        }
    }

    /// The queues' counts.
    pub(super) async fn queues(&self) -> Value {
        self.get("/_local/queues").await
    }

    /// Simulated time.
    pub(super) async fn now(&self) -> Timestamp {
        let clock = self.get("/_local/clock").await;
        clock["now"].as_str().expect("a time").parse().expect("a time")
    }

    /// Begins to move time on; whether it gets there is for the hub to live to see.
    pub(super) fn sets_clock(&self, target: Timestamp) -> impl Future<Output = ()> + Send + use<> {
        let url = format!("{}/_local/clock", self.hub);
        let request = self.http.post(url).json(&json!({"set": target.to_string()}));
        async move {
            if let Ok(answer) = request.send().await {
                let status = answer.status();
                assert!(status.is_success(), "{status}: {}", answer.text().await.unwrap_or_default());
            }
        }
    }

    /// Moves time on and returns when everything up to then has run.
    pub(super) async fn travels_to(&self, target: Timestamp) {
        let there = self.now().await + AS_GOOD_AS_THERE >= target;
        let (path, body) =
            if there { ("drain", json!({})) } else { ("clock", json!({"set": target.to_string()})) };
        let url = format!("{}/_local/{path}", self.hub);
        let answer = self.http.post(url).json(&body).send().await.expect("hub");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
    }
}
