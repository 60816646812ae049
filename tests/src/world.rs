//! The world.

mod asking;
mod outside;
mod passing;
mod queues;
mod restore;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_carriers::Carriers;
use yam_dispatch::Dispatch;
use yam_embedded::dynamodb::{EmbeddedDynamo, FaultyDynamo, TableDefinition};
use yam_embedded::sqs::EmbeddedSqs;
use yam_embedded::{Connector, Usage};
use yam_messengers::Messengers;
use yam_notify::Notify;
use yam_openpay::OpenPay;
use yam_platform::lambda::Invocation;
use yam_platform::telemetry::Metrics;
use yam_platform::{Clock, Config, IdGen, ManualClock, Platform, SeededIds};
use yam_relay::Relay;
use yam_simulators::{SimClock, Simulators};
use yam_store::hooks::Hooks;
use yam_sync::Sync;
use yam_tracking::Tracking;

use queues::{Disorder, definitions};

/// When a world begins: a Saturday, 10:00 in Tehran, 15:30 in Seoul, 09:30 in Moscow. Not the machine's own
/// time, or tests that cross a midnight would pass or fail by the hour they are run at.
const BEGINNING: &str = "2026-11-21T06:30:00Z";

/// How to build a world.
#[derive(Debug, Default)]
pub struct Options {
    /// Wire of the demo account, `eshop` unless set.
    pub wire: Option<&'static str>,
    /// Crash points.
    pub hooks: Hooks,
    /// More settings.
    pub settings: Vec<(&'static str, String)>,
    /// Seed of ids and faults.
    pub seed: u64,
    /// When the world begins; a fixed moment unless set.
    pub beginning: Option<Timestamp>,
    /// Every message of the tracking queue comes twice.
    pub doubled: bool,
    /// How far the operators' clocks are ahead of the hub's, or behind.
    pub skew: SignedDuration,
    /// Messages of the tracking queue come one by one, the last first, many of them twice and many up to an hour late.
    pub disorder: bool,
}

/// A hub with everything around it.
pub struct World {
    /// The clock.
    pub clock: Arc<ManualClock>,
    /// The database, with its faults.
    pub dynamo: FaultyDynamo,
    /// The queues.
    pub sqs: EmbeddedSqs,
    /// What things cost.
    pub usage: Usage,
    /// Address of the simulators.
    pub simulators: String,
    /// API key of the merchant `demo`.
    pub key: String,
    /// What the functions were built from.
    pub platform: Platform,
    routers: Vec<(&'static [&'static str], Router)>,
    dispatch: Dispatch,
    sync: Sync,
    relay: Relay,
    tracking: Tracking,
    openpay: OpenPay,
    notify: Notify,
    web: reqwest::Client,
    _stop: tokio::sync::oneshot::Sender<()>,
    doubled: bool,
    disorder: Option<Disorder>,
    counted: Arc<Counted>,
}

/// Everything that is deployed.
struct Functions {
    routers: Vec<(&'static [&'static str], Router)>,
    dispatch: Dispatch,
    sync: Sync,
    relay: Relay,
    tracking: Tracking,
    openpay: OpenPay,
    notify: Notify,
}

impl Functions {
    fn new(platform: &Platform, hooks: &Hooks) -> Self {
        let carriers = Carriers::new(platform);
        let openpay = OpenPay::with(platform, hooks.clone());
        let messengers = Messengers::new(platform, &platform.sdk);
        let notify = Notify::new(platform, messengers).with_hooks(hooks.clone());
        let routers = vec![
            (&["/v1/rates"][..], yam_rates::app_with(platform.clone(), carriers.clone())),
            (&["/v1/orders", "/v1/parcels"][..], {
                yam_orders::app_with(platform, carriers.clone(), hooks.clone())
            }),
            (PAYMENTS, openpay.api()),
            (&["/openpay"][..], openpay.router()),
            (NOTICES, yam_notices::app(platform)),
            (&["/hooks", "/t"][..], notify.router()),
            (&["/"][..], yam_console::app_with(platform, carriers)),
        ];
        Functions {
            routers,
            dispatch: Dispatch::new(platform).with_hooks(hooks.clone()),
            sync: Sync::new(platform).with_hooks(hooks.clone()),
            relay: Relay::new(platform),
            tracking: Tracking::new(platform).with_hooks(hooks.clone()),
            openpay,
            notify,
        }
    }
}

/// Where browsers and gateways think the hub is; nothing listens there.
pub const HUB: &str = "https://hub.example";

/// Routes of the payments.
const PAYMENTS: &[&str] =
    &["/v1/payment", "/v1/reports/payments", "/v1/settings/gateways", "/v1/settings/openpay"];

/// Routes of the messages; one part of a path stands for any.
const NOTICES: &[&str] = &[
    "/v1/account",
    "/v1/notifications",
    "/v1/reports/notifications",
    "/v1/opt-outs",
    "/v1/settings/rules",
    "/v1/settings/service",
    "/v1/settings/templates",
    "/v1/settings/sender-names",
    "/v1/settings/voice",
    "/v1/settings/contacts",
    "/v1/settings/phones",
    "/v1/settings/window",
    "/v1/settings/routes",
    "/v1/settings/messengers",
    "/v1/operator/message-prices",
    "/v1/operator/sender-names",
    "/v1/operator/merchants/*/sender-names",
    "/v1/operator/merchants/*/caller-id",
    "/v1/operator/merchants/*/credit",
];

/// Hub staff's key.
pub const OPERATOR_KEY: &str = "operator-key-of-the-tests";
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(300);

#[derive(Debug)]
struct Follow(Arc<ManualClock>, SignedDuration);

impl SimClock for Follow {
    fn now(&self) -> Timestamp {
        self.0.now() + self.1
    }

    fn signing_now(&self) -> Timestamp {
        self.0.now()
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("simulators", &self.simulators).finish_non_exhaustive()
    }
}

impl World {
    /// A world with one merchant, its Iran Post account and its webhook endpoint.
    pub async fn new(options: Options) -> Self {
        let wire = options.wire.unwrap_or("eshop");
        let world = Box::pin(Self::bare(options)).await;
        world.prepare(wire).await;
        world
    }

    async fn bare(options: Options) -> Self {
        let beginning = options.beginning.unwrap_or_else(|| BEGINNING.parse().expect("instant"));
        let clock = Arc::new(ManualClock::new(beginning));
        let shared: Arc<dyn Clock> = clock.clone();
        let ids: Arc<dyn IdGen> = Arc::new(SeededIds::new(options.seed.wrapping_add(1)));
        let usage = Usage::new();
        let dynamo =
            FaultyDynamo::new(EmbeddedDynamo::memory(usage.clone()).expect("database"), options.seed)
                .expect("faulty database");
        dynamo.create_table(&TableDefinition::keyed("yam", "pk", "sk")).await.expect("table");
        let sqs = EmbeddedSqs::memory(shared.clone(), ids.clone(), usage.clone()).expect("queues");
        sqs.declare(definitions()).await.expect("queues");
        let (simulators, stop) = simulators(Follow(clock.clone(), options.skew)).await;
        let settings = settings(&simulators, &sqs, options.settings);
        let config = Config::from_lookup(|name| settings.get(name).cloned()).expect("settings");
        let connector = Connector::new(dynamo.clone(), sqs.clone());
        let (sdk, outside) = (connector.sdk_config(), connector.outside_config());
        let counted = Arc::new(Counted::default());
        let metrics = Metrics::to("test", counted.clone());
        let platform =
            Platform { sdk: Arc::new(outside), ..Platform::new(config, &sdk, shared, ids, metrics) };
        let Functions { routers, dispatch, sync, relay, tracking, openpay, notify } =
            Functions::new(&platform, &options.hooks);
        World {
            counted,
            doubled: options.doubled,
            disorder: options.disorder.then(|| Disorder::seeded(options.seed)),
            openpay,
            notify,
            dispatch,
            sync,
            relay,
            tracking,
            web: reqwest::Client::new(),
            key: String::new(),
            _stop: stop,
            clock,
            dynamo,
            sqs,
            usage,
            simulators,
            platform,
            routers,
        }
        .with_merchant()
        .await
    }

    async fn with_merchant(mut self) -> Self {
        self.key = self.merchant("demo").await;
        self
    }

    /// Makes a merchant; answers with its API key.
    pub async fn merchant(&self, id: &str) -> String {
        let body = json!({"merchant_id": id, "name": "Shop of the tests", "country": "IR"});
        let (status, answer) =
            self.call_as(OPERATOR_KEY, "POST", "/v1/operator/merchants", &[], Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["api_key"]["api_key"].as_str().expect("key").to_owned()
    }

    async fn prepare(&self, wire: &str) {
        let account = json!({
            "carrier": "iran_post", "wire": wire, "tariff": "t2",
            "credentials": {"username": "demo-shop", "password": "demo-pass"},
            "sender": {"region": "تهران", "city": "تهران"},
        });
        let (status, answer) = self.call("PUT", "/v1/settings/carriers/post", Some(account)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["state"], "in_use", "{answer}");
        // The account's own news are told before anybody listens.
        self.drain().await;
        let endpoint = json!({"url": format!("{}/shop/webhooks", self.simulators)});
        let (status, answer) = self.call("PUT", "/v1/settings/webhooks/shop", Some(endpoint)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
    }

    /// One tick of the relay schedule, and all work it releases.
    pub async fn tick(&self) {
        let invocation = Invocation::lasting(self.clock.real_now(), FUNCTION_TIMEOUT);
        if let Err(error) = self.relay.tick(invocation).await {
            // What could not be released is released by the next tick.
            println!("relay: {error}");
        }
        self.drain().await;
    }

    /// The table, for what no route shows.
    #[must_use]
    pub fn store(&self) -> yam_store::Store {
        yam_store::Store::new(&self.platform)
    }

    /// One tick of the tracking schedule, and all polls it starts.
    pub async fn poll(&self) {
        self.send_polls().await;
        self.drain().await;
    }

    /// One tick of the tracking schedule alone: its polls wait in the queue.
    pub async fn send_polls(&self) {
        let invocation = Invocation::lasting(self.clock.real_now(), FUNCTION_TIMEOUT);
        if let Err(error) = self.tracking.tick(invocation).await {
            println!("tracking: {error}");
        }
    }

    /// Tracks a number; answers with the parcel.
    pub async fn track(&self, carrier: &str, code: &str) -> Value {
        let body = json!({"carrier": carrier, "tracking_code": code, "order_number": format!("T-{code}")});
        let (status, answer) = self.call("POST", "/v1/parcels", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer
    }

    /// A parcel as it is now.
    pub async fn parcel(&self, parcel: &Value) -> Value {
        let id = parcel["parcel_id"].as_str().expect("parcel");
        let (status, answer) = self.call("GET", &format!("/v1/parcels/{id}"), None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// How often a figure was written.
    #[must_use]
    pub fn counted(&self, name: &str) -> usize {
        let lines = self.counted.0.lock().expect("nobody panics here");
        lines.iter().filter(|line| line.contains(&format!("\"{name}\":1"))).count()
    }

    /// Places an order; answers with it.
    pub async fn place(&self, order: Value) -> Value {
        let (status, answer) = self.call("POST", "/v1/orders", Some(order)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer
    }

    /// The first parcel of an order as it is now.
    pub async fn parcel_of(&self, order: &Value) -> Value {
        let id = order["parcels"][0]["parcel_id"].as_str().expect("parcel");
        let (status, answer) = self.call("GET", &format!("/v1/parcels/{id}"), None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

/// The figures a hub wrote.
#[derive(Debug, Default)]
struct Counted(std::sync::Mutex<Vec<String>>);

impl yam_platform::telemetry::MetricSink for Counted {
    fn line(&self, line: &str) {
        self.0.lock().expect("nobody panics here").push(line.to_owned());
    }
}

async fn simulators(clock: Follow) -> (String, tokio::sync::oneshot::Sender<()>) {
    let options = yam_simulators::Options { data: None, clock: Arc::new(clock) };
    let simulators = Simulators::open(options).expect("simulators");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
    let base = format!("http://{}", listener.local_addr().expect("address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let shutdown = async {
            let _ended = stopped.await;
        };
        simulators.serve(listener, shutdown).await;
    });
    (base, stop)
}

fn settings(
    simulators: &str,
    sqs: &EmbeddedSqs,
    more: Vec<(&'static str, String)>,
) -> HashMap<&'static str, String> {
    let mut settings: HashMap<&'static str, String> = HashMap::from([
        ("YAM_TABLE", "yam".to_owned()),
        ("YAM_QUEUE_DISPATCH_URL", sqs.url("dispatch")),
        ("YAM_QUEUE_SYNC_URL", sqs.url("sync")),
        ("YAM_QUEUE_EVIDENCE_URL", sqs.url("evidence")),
        ("YAM_QUEUE_TRACKING_URL", sqs.url("tracking")),
        ("YAM_QUEUE_OPENPAY_URL", sqs.url("openpay")),
        ("YAM_QUEUE_NOTIFY_URL", sqs.url("notify")),
        ("YAM_PUBLIC_URL", HUB.to_owned()),
        ("YAM_PAY_FORMS_PER_MINUTE", "10000".to_owned()),
        ("YAM_KEY_FILE", key_file()),
        ("YAM_OPERATOR_KEY_SHA256", yam_store::idempotency::sha256_hex(OPERATOR_KEY.as_bytes())),
        ("YAM_WEBHOOK_TRUSTED_ORIGINS", simulators.to_owned()),
        // Real time: no test may wait for a real operator's patience, none may fail on a slow machine.
        ("YAM_CALL_DEADLINE_MS", "4000".to_owned()),
        ("YAM_WEBHOOK_DEADLINE_MS", "15000".to_owned()),
        ("YAM_MESSAGE_DEADLINE_MS", "4000".to_owned()),
        ("YAM_MAIL_FROM", "noreply@hub.example".to_owned()),
        ("YAM_QUOTE_DEADLINE_MS", "20000".to_owned()),
        ("YAM_QUOTE_CARRIER_MS", "15000".to_owned()),
        // No night, or tests would have to know at which hour each of their steps falls.
        ("YAM_TRACK_NIGHT_FROM", "0".to_owned()),
        ("YAM_TRACK_NIGHT_UNTIL", "0".to_owned()),
    ]);
    settings.extend(yam_simulators::urls(simulators));
    settings.extend(more);
    settings
}

/// One key file per test process.
fn key_file() -> String {
    static FILE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let path = FILE.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("yam-tests-{}.key", std::process::id()));
        std::fs::write(&path, [42; 32]).expect("key file");
        path.display().to_string()
    });
    path.clone()
}
