//! What goes wrong at the operator and at the shop's receiver.

use serde_json::{Value, json};

/// How often something struck.
pub(super) struct Trouble {
    /// Anything.
    pub(super) all: u64,
    /// "Not now" to a registration: the one answer after which the same body may come again.
    pub(super) busy: u64,
}

const SYSTEMS: [&str; 3] = ["iran_post_eshop", "iran_post_rest", "webhooks"];

/// Modes that leave a registration in doubt or undone, each with its chance in percent.
const REGISTRATION: [(&str, u32); 8] = [
    ("lost_answer", 3),
    ("commit_then_500", 2),
    ("http_500", 2),
    ("truncate", 2),
    ("malformed", 1),
    ("refuse", 3),
    ("cut_request", 2),
    ("quota", 3),
];

/// Sets the faults.
pub(super) async fn set(simulators: &str, seed: u64) {
    let mut faults = Vec::new();
    for system in ["iran_post_eshop", "iran_post_rest"] {
        for (mode, percent) in REGISTRATION {
            faults.push((
                system,
                json!({"mode": mode, "operation": "AddParcel", "probability": f64::from(percent) / 100.0}),
            ));
        }
        let late = json!({"mode": "late_commit", "operation": "AddParcel", "probability": 0.02, "seconds": 30, "clock": "sim"});
        faults.push((system, late));
    }
    for mode in ["http_500", "lost_answer"] {
        faults.push(("iran_post_eshop", json!({"mode": mode, "operation": "AddStuff", "probability": 0.1})));
        faults.push(("iran_post_rest", json!({"mode": mode, "operation": "Inquiry", "probability": 0.1})));
    }
    faults.push(("webhooks", json!({"mode": "http_500", "probability": 0.05})));
    faults.push(("webhooks", json!({"mode": "lost_answer", "probability": 0.05})));
    let http = reqwest::Client::builder().no_proxy().build().expect("client");
    for (at, (system, mut fault)) in faults.into_iter().enumerate() {
        fault["seed"] = json!(seed.wrapping_add(at as u64));
        let url = format!("{simulators}/_local/simulators/{system}/faults");
        let answer = http.post(url).json(&fault).send().await.expect("simulators");
        assert!(answer.status().is_success(), "{fault}: {}", answer.text().await.unwrap_or_default());
    }
}

/// Ends them; answers with what they did.
pub(super) async fn clear(simulators: &str) -> Trouble {
    let http = reqwest::Client::builder().no_proxy().build().expect("client");
    let mut trouble = Trouble { all: 0, busy: 0 };
    for system in SYSTEMS {
        let url = format!("{simulators}/_local/simulators/{system}/faults");
        let listed: Value = http.get(&url).send().await.expect("simulators").json().await.expect("faults");
        for fault in listed["items"].as_array().expect("items") {
            let hits = fault["hits"].as_u64().expect("hits");
            trouble.all += hits;
            if fault["spec"]["mode"] == "quota" {
                trouble.busy += hits;
            }
        }
        http.delete(url).send().await.expect("simulators");
    }
    trouble
}
