//! What goes wrong at the posts and at the shop's receiver.

use serde_json::{Value, json};

use super::orders::Post;

/// How often something struck.
pub(super) struct Trouble {
    /// Anything.
    pub(super) all: u64,
    /// "Not now" to a registration on the wire without ids: the one answer after which the same body may come
    /// again there.
    pub(super) busy: u64,
}

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

/// More of them, at the posts that find a parcel by our number.
const FOUND_AGAIN: [(&str, u32); 3] = [("maintenance", 2), ("empty_number", 2), ("wrong_type", 1)];

fn chance(percent: u32) -> f64 {
    f64::from(percent) / 100.0
}

fn all() -> Vec<(&'static str, Value)> {
    let mut faults = Vec::new();
    for post in Post::ALL {
        let (system, register) = (post.system(), post.register());
        let more: &[(&str, u32)] =
            if matches!(post, Post::Korea | Post::Russia) { &FOUND_AGAIN } else { &[] };
        for (mode, percent) in REGISTRATION.iter().chain(more) {
            faults.push((
                system,
                json!({"mode": mode, "operation": register, "probability": chance(*percent)}),
            ));
        }
        let late = json!({"mode": "late_commit", "operation": register, "probability": 0.02, "seconds": 30, "clock": "sim"});
        faults.push((system, late));
    }
    let look_ups = [
        (Post::Rest, "Inquiry"),
        (Post::Korea, "GetResInfo"),
        (Post::Russia, "search_backlog"),
        (Post::Russia, "search_shipment"),
    ];
    for (post, operation) in look_ups {
        for mode in ["http_500", "lost_answer"] {
            faults.push((post.system(), json!({"mode": mode, "operation": operation, "probability": 0.1})));
        }
        let blind =
            json!({"mode": "blind_lookup", "operation": operation, "probability": 0.1, "seconds": 30});
        faults.push((post.system(), blind));
    }
    // What is made before a parcel, and what calls it off.
    for (post, operation, percent) in [
        (Post::Eshop, "AddStuff", 10),
        (Post::Korea, "GetResCancelCmd", 15),
        (Post::Russia, "clean_address", 3),
        (Post::Russia, "delete_backlog", 15),
    ] {
        for mode in ["http_500", "lost_answer"] {
            let fault = json!({"mode": mode, "operation": operation, "probability": chance(percent)});
            faults.push((post.system(), fault));
        }
    }
    // Nobody knows what these two do with a number they have seen: now this, now that.
    for post in [Post::Korea, Post::Russia] {
        for (policy, percent) in [("reject", 33), ("return_existing", 50), ("issue_new", 100)] {
            let fault = json!({"mode": "duplicate_policy", "policy": policy, "probability": chance(percent)});
            faults.push((post.system(), fault));
        }
    }
    faults.push(("webhooks", json!({"mode": "http_500", "probability": 0.05})));
    faults.push(("webhooks", json!({"mode": "lost_answer", "probability": 0.05})));
    faults
}

/// Sets the faults.
pub(super) async fn set(simulators: &str, seed: u64) {
    let http = reqwest::Client::builder().no_proxy().build().expect("client");
    for (at, (system, mut fault)) in all().into_iter().enumerate() {
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
    for system in Post::ALL.map(Post::system).into_iter().chain(["webhooks"]) {
        let url = format!("{simulators}/_local/simulators/{system}/faults");
        let listed: Value = http.get(&url).send().await.expect("simulators").json().await.expect("faults");
        let mut struck = 0;
        for fault in listed["items"].as_array().expect("items") {
            let (mode, hits) = (&fault["spec"]["mode"], fault["hits"].as_u64().expect("hits"));
            // A policy is no trouble by itself.
            struck += if mode == "duplicate_policy" { 0 } else { hits };
            if mode == "quota" && system == Post::Eshop.system() {
                trouble.busy += hits;
            }
        }
        assert!(struck > 0, "nothing ever went wrong at {system}");
        trouble.all += struck;
        http.delete(url).send().await.expect("simulators");
    }
    trouble
}
