//! A data folder over restarts.

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use yam_local::start::{Outside, Storage, start};

use crate::support::{Folder, call, get, options};

#[tokio::test(flavor = "multi_thread")]
async fn keys_settings_and_time_are_there_again() {
    let folder = Folder::new();
    let options = || options(Storage::Folder(folder.0.clone()), Outside::OwnSimulators);
    let first = start(options()).await.unwrap();
    let refused = start(options()).await.unwrap_err().to_string();
    assert!(refused.contains("another hub is running"), "{refused}");
    let (status, _) = call(&first, Method::POST, "/_local/clock", r#"{"advance":"2d"}"#).await;
    assert_eq!(status, StatusCode::OK);
    let now = |value: serde_json::Value| value["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let before = now(get(&first, "/_local/clock").await);
    let ready = first.ready().clone();
    first.stop().await;

    let second = start(options()).await.unwrap();
    assert_eq!(second.ready().demo.api_key, ready.demo.api_key);
    assert_eq!(second.ready().demo.webhook_secret, ready.demo.webhook_secret);
    assert_eq!(second.ready().operator.api_key, ready.operator.api_key);
    assert_eq!(get(&second, "/v1/me").await["merchant"], "demo");
    let after = now(get(&second, "/_local/clock").await);
    assert!(after >= before && after.duration_since(before) < SignedDuration::from_mins(10));
    second.stop().await;
}
