//! D10: a parcel's history from one hub, told again to another, comes to the same decisions; and a wrong one is named.

use std::path::Path;
use std::process::Command;

use http::Method;
use serde_json::{Value, json};
use yam_local::start::Running;

use crate::support::{Folder, call, get, in_memory};

const CODE: &str = "80082240994512";

async fn post(running: &Running, path: &str, body: Value) -> Value {
    let (status, answer) = call(running, Method::POST, path, &body.to_string()).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

/// A parcel that is accepted, arrives, waits for a day and is handed over.
async fn lived(running: &Running) -> String {
    let parcel = json!({
        "carrier": "russian_post", "tracking_code": CODE, "order_number": "D-10",
        "recipient": {"name": "Anna Probe", "phone": "+79161234567", "country": "RU"},
    });
    let parcel = post(running, "/v1/parcels", parcel).await;
    let days = [("accepted", "6h"), ("arrived", "26h"), ("delivered", "26h")];
    for (status, pause) in days {
        let scan = json!({"status": status, "office": "690000"});
        post(running, &format!("/_local/simulators/russian_post/parcels/{CODE}/events"), scan).await;
        post(running, "/_local/clock", json!({"advance": pause})).await;
    }
    parcel["parcel_id"].as_str().expect("an id").to_owned()
}

/// The command; what it printed, and whether all was the same.
fn replay(arguments: &[&str], key: &str) -> (String, bool) {
    let yam = env!("CARGO_BIN_EXE_yam");
    let done = Command::new(yam).arg("replay").args(arguments).env("KEY_OF_THE_SHOP", key).output();
    let done = done.expect("the command");
    let told = String::from_utf8(done.stdout).expect("text");
    assert!(!told.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    (told, done.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_told_again_comes_to_the_same_decisions() {
    let running = in_memory().await;
    let id = lived(&running).await;
    let explained = get(&running, &format!("/v1/parcels/{id}/explain")).await;
    assert!(explained["messages"].as_array().expect("messages").len() >= 3, "{explained}");
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("case.json");
    let case = file.to_str().expect("a path");
    let ready = running.ready().clone();
    let from = ["--hub", &ready.url, "--key-in", "KEY_OF_THE_SHOP", "--parcel", &id, "--save", case];
    let (first, same) = replay(&from, &ready.demo.api_key);
    assert!(same, "{first}");
    for line in
        ["same      epoch arrived by a scan", "same      message arrived to buyer by sms after 0 days: told"]
    {
        assert!(first.contains(line), "{line}:\n{first}");
    }
    running.stop().await;
    // The file alone, bit for bit.
    assert_eq!(replay(&[case], ""), (first, true));
    names_nobody(&file);
    differs(&file);
}

/// A case may leave the house: it holds nothing of the buyer.
fn names_nobody(file: &Path) {
    let text = std::fs::read_to_string(file).expect("a case");
    for of_buyer in ["Probe", "9161234567"] {
        assert!(!text.contains(of_buyer), "{of_buyer}");
    }
}

/// Decisions that the history does not lead to.
fn differs(file: &Path) {
    let mut case: Value = serde_json::from_slice(&std::fs::read(file).expect("a case")).expect("json");
    let epochs = case["explain"]["epochs"].as_array_mut().expect("epochs");
    let arrived = epochs.iter_mut().find(|epoch| epoch["status"] == "arrived").expect("an arrival");
    arrived["verdict"] = json!("late");
    std::fs::write(file, case.to_string()).expect("a case");
    let (told, same) = replay(&[file.to_str().expect("a path")], "");
    assert!(!same && told.contains("DIFFERS   epoch arrived by a scan, late"), "{told}");
}

#[test]
fn what_is_no_case_is_refused_in_words() {
    let yam = env!("CARGO_BIN_EXE_yam");
    let done = Command::new(yam).args(["replay", "/nowhere/case.json"]).output().expect("the command");
    assert!(!done.status.success() && String::from_utf8_lossy(&done.stderr).contains("/nowhere/case.json"));
}
