//! A shop that calls the hub.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use yam_storefronts::standard_webhooks::{Secret, signatures};

use crate::start::Ready;

/// The demo shop's side of the API, and the one who sits at the clock.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    url: String,
    key: String,
    /// The keys of all demo shops.
    keys: BTreeMap<String, String>,
    secret: Secret,
}

impl Caller {
    pub(crate) fn new(ready: &Ready) -> anyhow::Result<Self> {
        let secret = ready.demo.webhook_secret.as_deref().context("the demo shop has no webhook secret")?;
        Ok(Caller {
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build()?,
            url: ready.url.clone(),
            key: ready.demo.api_key.clone(),
            keys: ready.merchants.iter().map(|shop| (shop.merchant.clone(), shop.api_key.clone())).collect(),
            secret: Secret::parse(secret)?,
        })
    }

    /// The same for another demo shop; its webhooks are not looked at.
    pub(crate) fn of_shop(&self, merchant: &str) -> anyhow::Result<Self> {
        let key = self.keys.get(merchant).with_context(|| format!("there is no shop {merchant}"))?;
        Ok(Caller { key: key.clone(), ..self.clone() })
    }

    /// What the clock shows.
    pub(crate) async fn now(&self) -> anyhow::Result<Timestamp> {
        let shown = self.get("/_local/clock").await?;
        Ok(shown["now"].as_str().context("the clock shows nothing")?.parse()?)
    }

    /// Calls and expects a status.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        expected: StatusCode,
    ) -> anyhow::Result<Value> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        if path.starts_with("/v1/") {
            request = request.bearer_auth(&self.key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == expected, "{method} {path}: {status} instead of {expected}: {text}");
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None, StatusCode::OK).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value, expected: StatusCode) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body), expected).await
    }

    /// A page as a browser without scripts gets it: its address after redirects inside the hub, and its text.
    pub(crate) async fn browse(&self, url: &str, form: Option<&[(&str, &str)]>) -> anyhow::Result<String> {
        let url = if url.starts_with("http") { url.to_owned() } else { format!("{}{url}", self.url) };
        let request = match form {
            Some(fields) => self.http.post(url).form(fields),
            None => self.http.get(url),
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{status}: {text}");
        Ok(text)
    }

    /// Waits until the hub has nothing to do.
    pub(crate) async fn drain(&self) -> anyhow::Result<()> {
        self.post("/_local/drain", Value::Null, StatusCode::OK).await.map(|_| ())
    }

    /// The only parcel of an order.
    pub(crate) async fn parcel(&self, number: &str) -> anyhow::Result<Value> {
        let parcels = self.parcels(number).await?;
        ensure!(parcels.len() == 1, "order {number} has {} parcels", parcels.len());
        Ok(parcels[0].clone())
    }

    /// The parcels of an order.
    pub(crate) async fn parcels(&self, number: &str) -> anyhow::Result<Vec<Value>> {
        let orders = self.get(&format!("/v1/orders?number={number}")).await?;
        // Asked by its number an order comes alone or as a list of one.
        let order = orders["items"].get(0).unwrap_or(&orders);
        order["parcels"].as_array().cloned().with_context(|| format!("no parcels: {orders}"))
    }

    /// Bodies of the webhooks of one type, each with a good signature.
    pub(crate) async fn webhooks(&self, kind: &str) -> anyhow::Result<Vec<Value>> {
        let received = self.get("/_local/webhooks").await?;
        let mut bodies = Vec::new();
        for item in received["items"].as_array().into_iter().flatten() {
            let text = item["body"].as_str().context("a webhook without a body")?;
            let body: Value = serde_json::from_str(text)?;
            if body["type"] == kind {
                self.verify(&item["headers"], text)?;
                bodies.push(body);
            }
        }
        Ok(bodies)
    }

    fn verify(&self, headers: &Value, body: &str) -> anyhow::Result<()> {
        let header = |name: &str| headers[name].as_str().with_context(|| format!("no header {name}"));
        let at = header("webhook-timestamp")?.parse()?;
        let expected =
            signatures(std::slice::from_ref(&self.secret), header("webhook-id")?, at, body.as_bytes());
        let good = header("webhook-signature")?.split(' ').any(|given| given == expected);
        ensure!(good, "the webhook's signature is wrong");
        Ok(())
    }
}
