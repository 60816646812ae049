//! A hub for a test.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use http::{Method, StatusCode};
use serde_json::Value;
use yam_local::start::{Options, Outside, Running, Storage, start};
use yam_platform::{IdGen as _, SystemIds};

pub(crate) fn options(storage: Storage, outside: Outside) -> Options {
    Options {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        storage,
        outside,
        template: None,
        environment: BTreeMap::new(),
    }
}

pub(crate) async fn in_memory() -> Running {
    start(options(Storage::Memory, Outside::OwnSimulators)).await.unwrap()
}

pub(crate) async fn call(running: &Running, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = running.ready();
    let request = http
        .request(method, format!("{}{path}", ready.url))
        .bearer_auth(&ready.demo.api_key)
        .header("content-type", "application/json")
        .body(body.to_owned());
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) async fn get(running: &Running, path: &str) -> Value {
    let (status, answer) = call(running, Method::GET, path, "").await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

/// A folder that is gone after the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(std::env::temp_dir().join(format!("yam-test-{}", SystemIds.token(9))))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _may_be_absent = std::fs::remove_dir_all(&self.0);
    }
}
