//! The hub's adapters and the simulators on a free port, with the simulators' control routes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;
use yam_domain::ids::MessengerId;
use yam_messengers::{Account, CallOutcome, Message, Messenger, Messengers, Sent};
use yam_platform::http::{Limits, Outbound};
use yam_platform::telemetry::Metrics;
use yam_platform::{Clock as _, Config, Platform, SeededIds, SystemClock};
use yam_simulators::{Options, Simulators, SystemSimClock};

use crate::letters::{self, system};

/// Long enough for a busy machine.
pub(crate) const WITHIN: Duration = Duration::from_secs(20);

/// Every provider that is spoken to over HTTP.
pub(crate) const HTTP: [MessengerId; 6] = [
    MessengerId::Kavenegar,
    MessengerId::Smsc,
    MessengerId::SmsRu,
    MessengerId::Solapi,
    MessengerId::Sns,
    MessengerId::Ses,
];

/// The adapters and the world around them.
pub(crate) struct Bench {
    pub(crate) mail: SocketAddr,
    messengers: Messengers,
    platform: Platform,
    base: String,
    count: AtomicU32,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<()>,
}

fn sdk() -> SdkConfig {
    let role = aws_credential_types::Credentials::new("AKIDDEMO", "secret-demo", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(role))
        .http_client(yam_platform::aws::http_client())
        .build()
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| None).await
    }

    /// With settings beside the addresses.
    pub(crate) async fn with(settings: impl Fn(&str) -> Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let simulators =
            Simulators::open(Options { data: None, clock: Arc::new(SystemSimClock::new()) }).unwrap();
        let mail = simulators.mail_address();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let shutdown = async move {
            let _ended_or_dropped = stopped.await;
        };
        let served = tokio::spawn(simulators.serve(listener, shutdown));
        let urls = yam_simulators::urls(&base);
        let config = Config::from_lookup(|name| match name {
            "YAM_SMTP_TRUSTED_HOSTS" => Some(mail.to_string()),
            _ => settings(name)
                .or_else(|| urls.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())),
        });
        let sdk = sdk();
        // Signatures of Solapi and Amazon are made in real time.
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SeededIds::new(1)));
        let platform = Platform::new(config.unwrap(), &sdk, clock, ids, Metrics::stdout("test"));
        let messengers = Messengers::new(&platform, &sdk);
        let count = AtomicU32::new(1_000);
        Bench { mail, messengers, platform, base, count, stop: Some(stop), served }
    }

    /// Stops the simulators: nothing listens any more.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        self.served.abort();
        let _aborted = (&mut self.served).await;
    }

    pub(crate) fn of(&self, id: MessengerId) -> &Arc<dyn Messenger> {
        self.messengers.get(id).unwrap()
    }

    pub(crate) fn account(&self, id: MessengerId) -> Account {
        letters::account(id, self.mail)
    }

    pub(crate) fn now() -> Timestamp {
        SystemClock.real_now()
    }

    /// A number no message of this bench has had.
    pub(crate) fn count(&self) -> u32 {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    /// A message with words of its own.
    pub(crate) fn usual(&self, id: MessengerId) -> Message {
        letters::usual(id, self.count(), Self::now())
    }

    pub(crate) async fn send(&self, id: MessengerId, message: &Message) -> CallOutcome<Sent> {
        self.of(id).send(&self.account(id), message, WITHIN).await
    }

    /// Sends, and expects it to be taken.
    pub(crate) async fn sent(&self, id: MessengerId, message: &Message) -> Sent {
        match self.send(id, message).await {
            CallOutcome::Done(sent) => sent,
            other => panic!("{id}: {other:?}"),
        }
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let body = if method == Method::GET { Vec::new() } else { body.to_string().into_bytes() };
        let json = HeaderValue::from_static("application/json");
        let call = Outbound {
            system: "SIMULATORS",
            operation: "control",
            method,
            url: Url::parse(&format!("{}{path}", self.base)).unwrap(),
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, json)]),
            body: body.into(),
            limits: Limits { total: Duration::from_secs(30), body: 16 * 1024 * 1024 },
        };
        let answer = self.platform.http.send(call).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {} {:?}", answer.status, answer.body);
        serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
    }

    async fn post(&self, id: MessengerId, rest: &str, body: &Value) -> Value {
        self.control(Method::POST, &format!("/_local/simulators/{}/{rest}", system(id)), body).await
    }

    /// Replaces all faults by this one.
    pub(crate) async fn fault(&self, id: MessengerId, fault: &Value) {
        let path = format!("/_local/simulators/{}/faults", system(id));
        self.control(Method::DELETE, &path, &Value::Null).await;
        self.control(Method::POST, &path, fault).await;
    }

    /// The fault that answers with a code of the provider's own.
    pub(crate) async fn code(&self, id: MessengerId, code: i64) {
        self.fault(id, &json!({"mode": "code", "code": code})).await;
    }

    pub(crate) async fn settings(&self, id: MessengerId, settings: Value) {
        self.post(id, "settings", &settings).await;
    }

    /// Replaces an account of a provider.
    pub(crate) async fn put_account(&self, id: MessengerId, account: Value) {
        self.post(id, "accounts", &account).await;
    }

    /// What becomes of the next message.
    pub(crate) async fn script(&self, id: MessengerId, script: Value) {
        self.post(id, "scripts", &script).await;
    }

    /// Moves the simulators' time.
    pub(crate) async fn advance(&self, span: &str) {
        self.control(Method::POST, "/_local/clock", &json!({"advance": span})).await;
    }

    /// Sends the receipts that are due and waits for their answers.
    pub(crate) async fn deliver(&self, id: MessengerId) -> Vec<Value> {
        self.post(id, "notices/deliver", &json!({})).await["items"].as_array().unwrap().clone()
    }

    /// What a provider has taken: messages and calls, oldest first.
    pub(crate) async fn ledger(&self, id: MessengerId) -> Vec<Value> {
        let path = format!("/_local/simulators/{}/ledger", system(id));
        let ledger = self.control(Method::GET, &path, &Value::Null).await;
        let items = ledger["items"].as_array().unwrap().iter();
        items.filter(|item| item["kind"] == "message" || item["kind"] == "call").cloned().collect()
    }

    /// The one thing a provider has taken.
    pub(crate) async fn only(&self, id: MessengerId) -> Value {
        let mut ledger = self.ledger(id).await;
        assert_eq!(ledger.len(), 1, "{id}: {ledger:?}");
        ledger.remove(0)
    }
}
