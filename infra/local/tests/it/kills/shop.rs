//! A shop whose buyers order while its hub keeps dying.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::orders::{is_called_off, mark, order, releases};
use super::process::Process;

/// Buyers at a time.
const BUYERS: usize = 4;

/// The demo shop.
pub(super) struct Shop {
    http: reqwest::Client,
    key: String,
    hub: watch::Sender<String>,
    taken: watch::Sender<u64>,
    next: AtomicU64,
    orders: u64,
    /// Orders whose end the hub has acknowledged.
    called_off: Mutex<BTreeSet<u64>>,
}

/// An order as the hub shows it in the end.
#[derive(Debug)]
pub(super) struct Sold {
    pub(super) parcels: Vec<Value>,
    /// The hub said that it is called off.
    pub(super) called_off: bool,
}

impl Shop {
    pub(super) async fn open(hub: &Process, orders: u64) -> Self {
        Shop {
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(600))
                .build()
                .expect("client"),
            key: hub.ready["demo"]["api_key"].as_str().expect("a key").to_owned(),
            hub: watch::Sender::new(hub.url()),
            taken: watch::Sender::new(0),
            next: AtomicU64::new(0),
            orders,
            called_off: Mutex::default(),
        }
    }

    /// An account on Iran Post's other wire, beside those of the demo shop.
    pub(super) async fn second_account(&self) {
        let account = json!({
            "carrier": "iran_post", "wire": "rest", "tariff": "t2",
            "credentials": {"username": "demo-kit", "password": "demo-pass"},
            "sender": {"region": "تهران", "city": "تهران"},
        });
        let url = format!("{}/v1/settings/carriers/rest", self.url());
        let answer = self.http.put(url).bearer_auth(&self.key).json(&account).send().await.expect("hub");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    fn url(&self) -> String {
        self.hub.borrow().clone()
    }

    /// The hub is back, at another address.
    pub(super) fn moves_to(&self, url: &str) {
        self.hub.send_replace(url.to_owned());
    }

    /// Returns when so many orders were acknowledged; fails when a buyer did.
    pub(super) async fn taken(&self, number: u64, buyers: &mut JoinSet<()>) {
        let mut taken = self.taken.subscribe();
        let mut enough = std::pin::pin!(taken.wait_for(|taken| *taken >= number));
        loop {
            tokio::select! {
                reached = &mut enough => return drop(reached.expect("a count")),
                Some(ended) = buyers.join_next() => ended.expect("a buyer"),
            }
        }
    }

    /// Lets the buyers in.
    pub(super) fn start(self: Arc<Self>) -> JoinSet<()> {
        let buyer = |shop: Arc<Self>| async move {
            loop {
                let number = shop.next.fetch_add(1, Ordering::SeqCst) + 1;
                if number > shop.orders {
                    return;
                }
                shop.serve(number).await;
                shop.taken.send_modify(|taken| *taken += 1);
            }
        };
        (0..BUYERS).map(|_| buyer(self.clone())).collect()
    }

    /// One order's way through the shop: placed, packed in parts where the post is Korea's, and sometimes called
    /// off while its parcels are on their way to the post.
    async fn serve(&self, number: u64) {
        let (status, placed) = self.insist("/v1/orders", None, &order(number)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{placed}");
        let id = placed["order_id"].as_str().expect("an id");
        for (step, items) in releases(number).iter().enumerate() {
            let key = format!("{}-{step}", mark(number));
            let (status, answer) = self.insist(&format!("/v1/orders/{id}/release"), Some(&key), items).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        }
        if is_called_off(number) {
            let (status, answer) = self.insist(&format!("/v1/orders/{id}/cancel"), None, &json!({})).await;
            if status.is_success() {
                self.called_off.lock().expect("nobody panics here").insert(number);
            } else {
                // Iran's post has it already and calls nothing off.
                let kind = answer["type"].as_str().unwrap_or_default();
                assert_eq!(kind, "/problems/not-supported-by-operator", "{status} {answer}");
            }
        }
    }

    /// Asks until the hub has answered: what any storefront does.
    async fn insist(&self, path: &str, key: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let mut hub = self.hub.subscribe();
        loop {
            let url = hub.borrow_and_update().clone();
            let mut request = self.http.post(format!("{url}{path}")).bearer_auth(&self.key).json(body);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            let answer = match request.send().await {
                Ok(answer) => (answer.status(), answer.json().await),
                Err(dead) => (StatusCode::SERVICE_UNAVAILABLE, Err(dead)),
            };
            match answer {
                (status, Ok(answer)) => {
                    let answer: Value = answer;
                    let again = status.is_server_error() || answer["type"] == "/problems/overtaken";
                    if !again {
                        return (status, answer);
                    }
                }
                (_, Err(_dead)) => {
                    // Until it is back; if it came back before we looked, at once.
                    let _in_vain = tokio::time::timeout(Duration::from_millis(200), hub.changed()).await;
                }
            }
        }
    }

    /// Lets simulated time pass.
    pub(super) async fn later(&self, span: &str) {
        let url = format!("{}/_local/clock", self.url());
        let answer = self.http.post(url).json(&json!({"advance": span})).send().await.expect("hub");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// Lets simulated time pass while buyers order, until the hub is killed.
    pub(super) fn passing(self: Arc<Self>, span: &'static str) -> JoinSet<()> {
        let mut passing = JoinSet::new();
        passing.spawn(async move {
            let url = format!("{}/_local/clock", self.url());
            let _killed_meanwhile = self.http.post(url).json(&json!({"advance": span})).send().await;
        });
        passing
    }

    async fn get(&self, path: &str) -> Value {
        let answer =
            self.http.get(format!("{}{path}", self.url())).bearer_auth(&self.key).send().await.expect("hub");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("json")
    }

    /// All orders with their parcels, by their numbers.
    pub(super) async fn sold(&self) -> BTreeMap<u64, Sold> {
        let called_off = self.called_off.lock().expect("nobody panics here").clone();
        let mut sold = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/v1/orders?limit=100{cursor}")).await;
            for order in page["items"].as_array().expect("items") {
                let number = order["number"].as_str().expect("a number");
                let number: u64 = number.trim_start_matches('K').parse().expect("one of ours");
                let parcels = order["parcels"].as_array().expect("parcels").clone();
                assert!(!parcels.is_empty(), "{order}");
                let called_off = called_off.contains(&number);
                let twice = sold.insert(number, Sold { parcels, called_off });
                assert!(twice.is_none(), "{number} stands there twice");
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return sold,
            }
        }
    }

    /// The queues' counts.
    pub(super) async fn queues(&self) -> Value {
        self.get("/_local/queues").await
    }
}
