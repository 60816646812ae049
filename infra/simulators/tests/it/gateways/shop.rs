//! A shop that is returned to and told things, and small clients of the gateways.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::World;

/// A request that reached the shop.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
}

/// A shop on a port of its own; answers 200 and a text of choice.
pub(crate) struct Shop {
    pub(crate) base: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    seen: Vec<Seen>,
    status: Option<StatusCode>,
    text: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = axum::Router::new().fallback(taken).with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, inner }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn answer(&self, status: u16, text: &str) {
        let mut inner = self.inner.lock().unwrap();
        inner.status = Some(StatusCode::from_u16(status).unwrap());
        text.clone_into(&mut inner.text);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.lock().unwrap().seen.clone()
    }
}

async fn taken(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    uri: Uri,
    body: String,
) -> (StatusCode, String) {
    let mut inner = inner.lock().unwrap();
    inner.seen.push(Seen { method: method.to_string(), path: uri.to_string(), body });
    (inner.status.unwrap_or(StatusCode::OK), inner.text.clone())
}

impl World {
    /// Something the payer or somebody in their name does.
    pub(crate) async fn act(&self, gateway: &str, id: &str, act: Value) -> Value {
        let (status, answer) = self.post(&format!("/_local/simulators/{gateway}/payments/{id}"), &act).await;
        assert_eq!(status, 200, "{act}: {answer}");
        answer
    }

    pub(crate) async fn pay(&self, gateway: &str, id: &str) -> Value {
        self.act(gateway, id, json!({"action": "pay"})).await
    }

    pub(crate) async fn switch(&self, gateway: &str, change: Value) {
        let (status, answer) = self.post(&format!("/_local/simulators/{gateway}/settings"), &change).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub(crate) async fn account(&self, gateway: &str, account: Value) {
        let (status, answer) = self.post(&format!("/_local/simulators/{gateway}/accounts"), &account).await;
        assert_eq!(status, 201, "{answer}");
    }

    pub(crate) async fn script(&self, gateway: &str, script: Value) {
        let (status, answer) = self.post(&format!("/_local/simulators/{gateway}/scripts"), &script).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Sends what is due, and lists all that was or will be sent.
    pub(crate) async fn deliver(&self, gateway: &str) -> Vec<Value> {
        let path = format!("/_local/simulators/{gateway}/notices/deliver");
        let (status, answer) = self.post(&path, &json!({})).await;
        assert_eq!(status, 200, "{answer}");
        answer["items"].as_array().unwrap().clone()
    }

    /// The kinds of a gateway's ledger rows with their amounts, oldest first.
    pub(crate) async fn rows(&self, gateway: &str) -> Vec<(String, i64)> {
        let ledger = self.ledger(gateway).await;
        let items = ledger["items"].as_array().unwrap().clone();
        let row =
            |item: &Value| (item["kind"].as_str().unwrap().to_owned(), item["amount"].as_i64().unwrap());
        items.iter().map(row).collect()
    }

    /// Kinds alone.
    pub(crate) async fn kinds(&self, gateway: &str) -> Vec<String> {
        self.rows(gateway).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// A page as a browser gets it.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let response = self.client().get(format!("{}{path}", self.base)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// What a browser gets that posts a form: status, target, page.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let request = self.client().post(format!("{}{path}", self.base)).form(fields);
        let response = request.send().await.unwrap();
        let target = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), target.unwrap_or_default(), response.text().await.unwrap())
    }
}

/// The card of all pages.
pub(crate) const CARD: &str = "6104330000001233";
