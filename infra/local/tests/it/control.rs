//! The ready line and `/_local`.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use yam_local::start::{Outside, Storage, start};

use crate::support::{call, get, in_memory, options};

#[tokio::test(flavor = "multi_thread")]
async fn the_ready_line_has_every_key_and_the_demo_key_works() {
    let running = in_memory().await;
    let line: serde_json::Value = serde_json::from_str(&running.ready().line().unwrap()).unwrap();
    assert_eq!(line["ready"], true);
    for key in ["url", "simulators", "demo", "operator", "merchants"] {
        assert!(!line[key].is_null(), "{key}");
    }
    for key in ["merchant", "shop", "user_id", "api_key", "email", "password"] {
        assert!(line["demo"].get(key).is_some(), "{key}");
    }
    assert!(line["operator"]["api_key"].as_str().is_some_and(|k| !k.is_empty()));
    let merchants: Vec<_> = line["merchants"].as_array().unwrap().iter().map(|m| &m["merchant"]).collect();
    assert_eq!(merchants, ["demo", "demo-ir", "demo-kr"]);
    assert_eq!(get(&running, "/v1/me").await["merchant"], "demo");
    let page = get(&running, "/").await;
    assert!(page.as_str().unwrap().starts_with("<!doctype html>"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_idle_days_pass_at_once_and_time_never_goes_back() {
    let running = in_memory().await;
    let now = |value: &serde_json::Value| value["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let before = now(&get(&running, "/_local/clock").await);
    let started = Instant::now();
    let (status, moved) = call(&running, Method::POST, "/_local/clock", r#"{"advance":"60d"}"#).await;
    assert_eq!(status, StatusCode::OK, "{moved}");
    // Five seconds are promised of a release build; one without optimisations takes several times that.
    let most = if cfg!(debug_assertions) { 20 } else { 5 };
    assert!(started.elapsed() < Duration::from_secs(most), "{:?}", started.elapsed());
    assert!(now(&moved).duration_since(before) >= SignedDuration::from_hours(60 * 24));
    assert!(moved["ran"].is_object());

    let back = format!(r#"{{"set":"{before}"}}"#);
    let (status, refused) = call(&running, Method::POST, "/_local/clock", &back).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    for bad in ["", "{}", r#"{"advance":"soon"}"#, r#"{"advance":"-3h"}"#, r#"{"set":"x"}"#] {
        let (status, _) = call(&running, Method::POST, "/_local/clock", bad).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let (status, _) = call(&running, Method::POST, "/_local/drain", "").await;
    assert_eq!(status, StatusCode::OK);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_costs_and_listings_answer() {
    let running = in_memory().await;
    let queues = get(&running, "/_local/queues").await;
    let names: Vec<_> = queues["items"].as_array().unwrap().iter().map(|q| &q["name"]).collect();
    assert_eq!(names, ["dispatch", "evidence", "notify", "openpay", "sync", "tracking"]);
    for name in ["dispatch", "yam-dispatch"] {
        let dead = get(&running, &format!("/_local/queues/{name}/dead")).await;
        assert_eq!(dead["items"].as_array().unwrap().len(), 0);
    }
    let (status, _) = call(&running, Method::GET, "/_local/queues/none/dead", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(get(&running, "/_local/outbox?channel=sms").await["items"], serde_json::json!([]));
    assert!(get(&running, "/_local/webhooks").await["items"].is_array());
    assert!(get(&running, "/_local/simulators/iran_post/ledger").await["items"].is_array());

    let (status, _) = call(&running, Method::POST, "/_local/costs/reset", "").await;
    assert_eq!(status, StatusCode::OK);
    get(&running, "/v1/me").await;
    let costs = get(&running, "/_local/costs").await;
    let flow = &costs["flows"]["GET /v1/me"];
    assert_eq!(flow["invocations"], 1, "{costs}");
    assert!(flow["read_units"].as_f64().unwrap() > 0.0, "{costs}");
    assert!(flow["cpu_ms"].as_f64().unwrap() > 0.0, "{costs}");
    assert_eq!(costs["functions"]["console"]["invocations"], 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_simulators_there_are_no_local_routes_unless_asked_for() {
    let alone = start(options(Storage::Memory, Outside::Real { local_control: false })).await.unwrap();
    assert!(alone.ready().simulators.is_none());
    for path in ["/_local/clock", "/_local/queues", "/_local/webhooks", "/_local/simulators/iran_post/ledger"]
    {
        assert_eq!(call(&alone, Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
    alone.stop().await;

    let controlled = start(options(Storage::Memory, Outside::Real { local_control: true })).await.unwrap();
    for path in ["/_local/clock", "/_local/queues", "/_local/costs"] {
        get(&controlled, path).await;
    }
    for path in ["/_local/outbox", "/_local/webhooks", "/_local/simulators/iran_post/ledger"] {
        assert_eq!(call(&controlled, Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
    controlled.stop().await;

    let mut open = options(Storage::Memory, Outside::Real { local_control: true });
    open.address = std::net::SocketAddr::from((std::net::Ipv4Addr::UNSPECIFIED, 0));
    assert!(start(open).await.unwrap_err().to_string().contains("refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn simulators_of_another_process_own_the_clock() {
    let theirs = in_memory().await;
    let url = theirs.ready().url.clone();
    let ours = start(options(Storage::Memory, Outside::SimulatorsAt(url))).await.unwrap();
    let now = |value: &serde_json::Value| value["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    call(&theirs, Method::POST, "/_local/clock", r#"{"advance":"5h"}"#).await;
    let followed = now(&get(&ours, "/_local/clock").await);
    let (status, moved) = call(&ours, Method::POST, "/_local/clock", r#"{"advance":"1h"}"#).await;
    assert_eq!(status, StatusCode::OK, "{moved}");
    let led = now(&get(&theirs, "/_local/clock").await);
    assert!(led.duration_since(followed) >= SignedDuration::from_hours(1));
    assert!(get(&ours, "/_local/simulators/iran_post/ledger").await["items"].is_array());
    ours.stop().await;
    theirs.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_route_takes_is_not_found() {
    let running = in_memory().await;
    for path in ["/nowhere", "/v1", "/v1/orders/", "/_local/nothing"] {
        assert_eq!(call(&running, Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
    running.stop().await;
}
