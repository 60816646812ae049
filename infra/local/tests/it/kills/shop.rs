//! A shop whose buyers order while its hub keeps dying.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::process::Process;

/// Buyers at a time.
const BUYERS: usize = 4;
/// Products, so that few are registered anew with the post.
const PRODUCTS: u64 = 20;

/// The demo shop.
pub(super) struct Shop {
    http: reqwest::Client,
    key: String,
    hub: watch::Sender<String>,
    taken: watch::Sender<u64>,
    next: AtomicU64,
    orders: u64,
}

/// How an order is found again at the post: in the consignee's address.
pub(super) fn mark(number: u64) -> String {
    format!("K{number:05}")
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
        }
    }

    /// An account on the post's other wire: half of the orders go there.
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
                shop.buy(number).await;
                shop.taken.send_modify(|taken| *taken += 1);
            }
        };
        (0..BUYERS).map(|_| buyer(self.clone())).collect()
    }

    /// Orders until the hub has taken the order: what any storefront does.
    async fn buy(&self, number: u64) {
        let order = order(number);
        let mut hub = self.hub.subscribe();
        loop {
            let url = hub.borrow_and_update().clone();
            let sent = self.http.post(format!("{url}/v1/orders")).bearer_auth(&self.key).json(&order).send();
            match sent.await {
                Ok(answer) if answer.status() == StatusCode::ACCEPTED => return,
                Ok(answer) if answer.status().is_server_error() => {}
                Ok(answer) => panic!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
                Err(_dead) => {
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

    async fn get(&self, path: &str) -> Value {
        let answer =
            self.http.get(format!("{}{path}", self.url())).bearer_auth(&self.key).send().await.expect("hub");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("json")
    }

    /// The only parcel of each order, by the order's mark.
    pub(super) async fn parcels(&self) -> BTreeMap<String, Value> {
        let mut parcels = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/v1/orders?limit=100{cursor}")).await;
            for order in page["items"].as_array().expect("items") {
                let number = order["number"].as_str().expect("a number").to_owned();
                let all = order["parcels"].as_array().expect("parcels");
                assert_eq!(all.len(), 1, "{order}");
                assert!(
                    parcels.insert(number.clone(), all[0].clone()).is_none(),
                    "{number} stands there twice"
                );
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return parcels,
            }
        }
    }

    /// The queues' counts.
    pub(super) async fn queues(&self) -> Value {
        self.get("/_local/queues").await
    }
}

fn order(number: u64) -> Value {
    let product = number % PRODUCTS;
    let price = json!({"amount": 500_000 + product * 10_000, "currency": "IRR"});
    json!({
        "number": mark(number),
        "cod": true,
        "goods_total": price,
        "carrier": "iran_post",
        "service": "pishtaz",
        "account_id": if number.is_multiple_of(2) { "rest" } else { "iran-post" },
        "recipient": {
            "first_name": "مینا", "last_name": "آزمایشی", "phone": "09170000000", "country": "IR",
            "region": "فارس", "city": "شیراز", "postal_code": "7134467891",
            "address": format!("خیابان نمونه، پلاک {}", mark(number)),
        },
        "items": [{"line_id": "1", "sku": format!("P-{product}"), "name": format!("کتاب {product}"),
                   "quantity": 1, "weight_g": 800, "price": price}],
        "dispatch": "on_created",
    })
}
