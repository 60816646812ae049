//! The posts: journeys, faults, and the truth about both.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use yam_domain::waybill::ru14_check_digit;

/// Carriers, each with the system its parcels are asked at.
const POSTS: [(&str, &str); 3] = [
    ("iran_post", "iran_post_eshop"),
    ("korea_post", "korea_post_trace"),
    ("russian_post", "russian_post_tracking"),
];
/// Tickets a day, as Russian Post grants them.
pub(super) const TICKETS: u64 = 100;
/// Between two looks at how many calls came in.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A parcel's carrier and number.
pub(super) type Number = (&'static str, String);

/// Numbers in turn of each post; the simulators let every one of the right format travel.
pub(super) fn numbers(parcels: std::ops::Range<u64>) -> Vec<Number> {
    let number = |n: u64| match n % 3 {
        0 => ("iran_post", format!("05180050640008116083{:04}", 1_000 + n)),
        1 => ("korea_post", format!("60123001{n:05}")),
        _ => {
            let body = format!("80082{:08}", 24_000_000 + n);
            let digit = ru14_check_digit(&body).expect("thirteen digits");
            ("russian_post", format!("{body}{digit}"))
        }
    };
    parcels.map(number).collect()
}

/// The simulators' control routes.
pub(super) struct Posts {
    http: reqwest::Client,
    base: String,
}

impl Posts {
    pub(super) fn new(simulators: &str) -> Self {
        Posts {
            http: reqwest::Client::builder().no_proxy().build().expect("client"),
            base: format!("{simulators}/_local"),
        }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/{path}", self.base)).send().await.expect("simulators");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("json")
    }

    async fn post(&self, path: &str, body: &Value) {
        let answer =
            self.http.post(format!("{}/{path}", self.base)).json(body).send().await.expect("simulators");
        assert!(answer.status().is_success(), "{body}: {}", answer.text().await.unwrap_or_default());
    }

    /// Journeys with many scans that come late and many that vanish (F17).
    pub(super) async fn send_parcels_out(&self, seed: u64) {
        let journeys = json!({"journeys": {
            "seed": seed % 1_000_000, "spread_hours": 48, "pace": 0.7, "late": 0.2, "vanished": 0.2,
        }});
        for (carrier, _) in POSTS {
            self.post(&format!("simulators/{carrier}/settings"), &journeys).await;
        }
    }

    /// Whatever goes wrong on a usual day; Russian tickets get ready later than they are first asked for.
    pub(super) async fn misbehave(&self, seed: u64) {
        self.post("simulators/russian_post/settings", &json!({"ticket_minutes": 25})).await;
        let usual =
            [("http_500", 0.05), ("truncate", 0.05), ("malformed", 0.03), ("html", 0.02), ("quota", 0.02)];
        let mut faults: Vec<(&str, Value)> = Vec::new();
        for (_, system) in POSTS {
            faults.extend(usual.map(|(mode, part)| (system, json!({"mode": mode, "probability": part}))));
        }
        let orphan = json!({"mode": "lost_answer", "operation": "getTicket", "probability": 0.1});
        faults.push(("russian_post_tracking", orphan));
        for mode in ["http_500", "lost_answer"] {
            faults.push(("webhooks", json!({"mode": mode, "probability": 0.05})));
        }
        for (at, (system, mut fault)) in faults.into_iter().enumerate() {
            fault["seed"] = json!(seed.wrapping_add(at as u64));
            self.post(&format!("simulators/{system}/faults"), &fault).await;
        }
    }

    /// The shop's credentials hold, or hold no longer (F7); a login of the batch wire has [`TICKETS`] a day.
    pub(super) async fn let_in(&self, good: bool) {
        let password = if good { "demo-pass" } else { "another-pass" };
        let account = json!({
            "login": "demo-track", "password": password, "contract": true, "daily_tickets": TICKETS,
        });
        self.post("simulators/russian_post/accounts", &account).await;
        let key = json!({
            "key": "demotracekey000000000000000001", "service": "portal", "enabled": good,
        });
        self.post("simulators/korea_post/keys", &key).await;
    }

    /// Calls of the batch wire by login and day.
    pub(super) async fn tickets_used(&self) -> Vec<Value> {
        let ledger = self.get("simulators/russian_post_tracking/ledger").await;
        ledger["usage"].as_array().expect("usage").clone()
    }

    /// No post answers any more (F7).
    pub(super) async fn go_down(&self) {
        for (_, system) in POSTS {
            self.clear(system).await;
            self.post(&format!("simulators/{system}/faults"), &json!({"mode": "refuse", "probability": 1.0}))
                .await;
        }
    }

    /// They answer again, as well as before.
    pub(super) async fn come_back(&self, seed: u64) {
        self.behave().await;
        self.misbehave(seed.wrapping_add(1_000)).await;
    }

    /// Nothing goes wrong any more; answers with how often something did since it began to.
    pub(super) async fn behave(&self) -> u64 {
        self.post("simulators/russian_post/settings", &json!({"ticket_minutes": 15})).await;
        let mut struck = 0;
        for system in POSTS.map(|(_, system)| system).into_iter().chain(["webhooks"]) {
            let listed = self.get(&format!("simulators/{system}/faults")).await;
            let faults = listed["items"].as_array().expect("faults").iter();
            struck += faults.map(|fault| fault["hits"].as_u64().expect("hits")).sum::<u64>();
            self.clear(system).await;
        }
        struck
    }

    async fn clear(&self, system: &str) {
        let url = format!("{}/simulators/{system}/faults", self.base);
        self.http.delete(url).send().await.expect("simulators");
    }

    /// Calls that came in at any of them.
    pub(super) async fn calls(&self) -> u64 {
        let mut calls = 0;
        for (_, system) in POSTS {
            let ledger = self.get(&format!("simulators/{system}/ledger")).await;
            let counted = ledger["calls"].as_array().expect("calls").iter();
            calls += counted.map(|row| row["received"].as_u64().expect("a count")).sum::<u64>();
        }
        calls
    }

    /// Returns when so many calls have come in (true), or when the way through time is over before (false).
    pub(super) async fn heard(&self, enough: u64, travelling: &mut JoinSet<()>) -> bool {
        loop {
            if self.calls().await >= enough {
                return !travelling.is_empty();
            }
            let over = tokio::time::timeout(BETWEEN_LOOKS, travelling.join_next()).await;
            if let Ok(ended) = over {
                ended.expect("one way was begun").expect("a traveller");
                return false;
            }
        }
    }

    /// Numbers about which a post began or ceased to show something in that time.
    pub(super) async fn changed_between(
        &self,
        numbers: &[Number],
        from: Timestamp,
        until: Timestamp,
    ) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        for (carrier, code) in numbers {
            let journey = self.get(&format!("simulators/{carrier}/journeys/{code}")).await;
            let scans = journey["scans"].as_array().expect("scans").iter();
            let within = |at: &Value| {
                at.as_str()
                    .is_some_and(|at| (from..=until).contains(&at.parse::<Timestamp>().expect("a time")))
            };
            if scans.clone().any(|scan| within(&scan["visible_at"]) || within(&scan["gone_at"])) {
                changed.insert(code.clone());
            }
        }
        changed
    }

    /// Webhooks the shops took.
    pub(super) async fn webhooks(&self) -> Vec<Value> {
        self.get("webhooks").await["items"].as_array().expect("items").clone()
    }
}
