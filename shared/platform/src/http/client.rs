//! One client per way out (direct or proxy), built on first use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use super::answer::{Answer, SendFailure};
use super::guard::{GuardedResolver, TrustedOrigins, check_url};
use crate::Config;

/// Bounds of one call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for everything, connection and body included.
    pub total: Duration,
    /// Bytes of the answer's body that are read.
    pub body: usize,
}

/// A call to make.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// System of the settings `YAM_URL_<SYSTEM>` and `YAM_PROXY_<SYSTEM>`, e.g. `IRAN_POST_ESHOP`.
    pub system: &'static str,
    /// What is done there, for logs and metrics, e.g. `AddParcel`.
    pub operation: &'static str,
    /// Verb.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Bounds.
    pub limits: Limits,
}

/// Makes calls to the outside.
#[derive(Clone)]
pub struct EffectClient {
    proxies: Arc<HashMap<&'static str, String>>,
    trusted: Arc<TrustedOrigins>,
    clients: Arc<Mutex<HashMap<String, reqwest::Client>>>,
}

impl std::fmt::Debug for EffectClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EffectClient")
    }
}

const USER_AGENT: &str = concat!("yam/", env!("CARGO_PKG_VERSION"));
/// System name under which merchants' own addresses are called.
const WEBHOOKS: &str = "WEBHOOKS";

impl EffectClient {
    /// Reads the proxies and trusted origins; opens nothing.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let proxies = crate::config::SETTINGS
            .iter()
            .filter_map(|s| Some((s.name.strip_prefix("YAM_PROXY_")?, config.optional(s.name)?.to_owned())))
            .collect();
        EffectClient {
            proxies: Arc::new(proxies),
            trusted: Arc::new(TrustedOrigins::parse(config.text("YAM_WEBHOOK_TRUSTED_ORIGINS"))),
            clients: Arc::default(),
        }
    }

    /// Origins that merchants' addresses may use although they are private or plain http.
    #[must_use]
    pub fn trusted_origins(&self) -> &TrustedOrigins {
        &self.trusted
    }

    /// Calls an operator: its address is the hub's own configuration.
    ///
    /// # Errors
    /// [`SendFailure`] when there is no answer at all.
    pub async fn send(&self, call: Outbound) -> Result<Answer, SendFailure> {
        let key = self.proxies.get(call.system).cloned().unwrap_or_default();
        let client = self.client(&key, || builder(self.proxies.get(call.system)))?;
        exchange(&client, call).await
    }

    /// Calls an address a merchant chose: https only, no private addresses, judged after the name is
    /// resolved, so that a name cannot be pointed inside later.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] also when the address is refused.
    pub async fn send_guarded(&self, mut call: Outbound) -> Result<Answer, SendFailure> {
        call.system = WEBHOOKS;
        check_url(&call.url, &self.trusted).map_err(|e| SendFailure::NotSent(e.to_string()))?;
        let trusted = self.trusted.contains(&call.url);
        let proxy = self.proxies.get(WEBHOOKS).filter(|_| !trusted);
        let key = if trusted { "trusted".to_owned() } else { format!("guarded {}", proxy.map_or("", |p| p)) };
        let client = self.client(&key, || {
            let builder = builder(proxy)?;
            Ok(if trusted { builder } else { builder.dns_resolver(Arc::new(GuardedResolver)) })
        })?;
        exchange(&client, call).await
    }

    fn client(
        &self,
        key: &str,
        build: impl FnOnce() -> Result<reqwest::ClientBuilder, SendFailure>,
    ) -> Result<reqwest::Client, SendFailure> {
        let mut clients = self.clients.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(client) = clients.get(key) {
            return Ok(client.clone());
        }
        let client = build()?.build().map_err(|e| SendFailure::NotSent(format!("HTTP client: {e}")))?;
        clients.insert(key.to_owned(), client.clone());
        Ok(client)
    }
}

fn builder(proxy: Option<&String>) -> Result<reqwest::ClientBuilder, SendFailure> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(20))
        .tcp_nodelay(true)
        .no_proxy();
    match proxy {
        None => Ok(builder),
        // The proxy's address may carry a password: it is not repeated in the error.
        Some(url) => reqwest::Proxy::all(url.as_str())
            .map(|proxy| builder.proxy(proxy))
            .map_err(|_| SendFailure::NotSent("the outbound proxy's address is not valid".into())),
    }
}

async fn exchange(client: &reqwest::Client, call: Outbound) -> Result<Answer, SendFailure> {
    let Outbound { system, operation, method, url, mut headers, body, limits } = call;
    let trace = crate::telemetry::TraceContext::current();
    if let Some(value) = trace.and_then(|t| HeaderValue::from_str(&t.child_header()).ok()) {
        headers.entry("traceparent").or_insert(value);
    }
    // reqwest's own time-out covers connection, headers and body, and keeps the error's kind: only a
    // failure to connect proves that nothing left.
    let started = Instant::now();
    let request = client.request(method, url).headers(headers).body(body).timeout(limits.total);
    let outcome = read(request, limits.body).await;
    let took = started.elapsed();
    super::waited::note(took);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match &outcome {
        Ok(answer) => tracing::debug!(
            target: "yam::outbound", system, operation, duration_ms = millis,
            status = answer.status.as_u16(), complete = answer.complete, size_bytes = answer.body.len(), "call answered"
        ),
        Err(error) => {
            tracing::warn!(target: "yam::outbound", system, operation, duration_ms = millis, %error, "call failed")
        }
    }
    outcome
}

async fn read(request: reqwest::RequestBuilder, limit: usize) -> Result<Answer, SendFailure> {
    let mut response = request.send().await.map_err(|e| {
        let text = describe(&e);
        if e.is_connect() || e.is_builder() {
            SendFailure::NotSent(text)
        } else {
            SendFailure::NoAnswer(text)
        }
    })?;
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    let complete = loop {
        match response.chunk().await {
            Ok(None) => break true,
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(Some(_)) | Err(_) => break false,
        }
    };
    Ok(Answer { status, headers, body: body.freeze(), complete })
}

/// The error and its causes without the URL, which may hold what a log must not.
fn describe(error: &reqwest::Error) -> String {
    let kind = match () {
        () if error.is_timeout() => "time-out",
        () if error.is_connect() => "cannot connect",
        () if error.is_body() || error.is_decode() => "answer cut",
        () => "connection failed",
    };
    let mut text = kind.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
