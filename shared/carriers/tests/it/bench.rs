//! A hub's adapter and a simulator on a free port, with the simulator's control routes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;
use yam_carriers::account::AccountSettings;
use yam_carriers::consignment::RegisteredParcel;
use yam_carriers::iran_post::IranPost;
use yam_carriers::{
    Account, CallOutcome, Carrier, Consignee, Consignment, Credentials, Prepared, Quote, QuoteDestination,
    References, Registered, Stuff,
};
use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::{Currency, Money};
use yam_domain::phone::Phone;
use yam_domain::weight::{Grams, WeightLimits};
use yam_platform::http::{Limits, Outbound};
use yam_platform::telemetry::Metrics;
use yam_platform::{Config, ManualClock, Platform, SeededIds};
use yam_simulators::{Options, Simulators, SystemSimClock};

/// Ids of products, as the hub's table keeps them.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeMap<String, String>>);

impl Memory {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[async_trait::async_trait]
impl References for Memory {
    async fn get(&self, key: &str) -> Result<Option<String>, String> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    async fn put_if_absent(&self, key: &str, value: &str) -> Result<String, String> {
        Ok(self.0.lock().unwrap().entry(key.to_owned()).or_insert_with(|| value.to_owned()).clone())
    }
}

/// The adapter under test and the world around it.
pub(crate) struct Bench {
    pub(crate) post: IranPost,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) references: Memory,
    platform: Platform,
    base: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<()>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings beside the addresses.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let simulators =
            Simulators::open(Options { data: None, clock: Arc::new(SystemSimClock::new()) }).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let shutdown = async move {
            let _ended_or_dropped = stopped.await;
        };
        let served = tokio::spawn(simulators.serve(listener, shutdown));
        let urls = yam_simulators::urls(&base);
        let own =
            |name: &str| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let config = Config::from_lookup(|name| {
            own(name).or_else(|| urls.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone()))
        });
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(1_785_000_000).unwrap()));
        let sdk = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .build();
        let ids = Arc::new(SeededIds::new(1));
        let platform = Platform::new(config.unwrap(), &sdk, clock.clone(), ids, Metrics::stdout("test"));
        let post = IranPost::new(&platform);
        Bench { post, clock, references: Memory::default(), platform, base, stop: Some(stop), served }
    }

    /// Stops the simulator: nothing listens any more.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        self.served.abort();
        let _aborted = (&mut self.served).await;
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if method == Method::GET { Vec::new() } else { body.to_string().into_bytes() };
        let json = HeaderValue::from_static("application/json");
        let call = Outbound {
            system: "IRAN_POST_ESHOP",
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

    /// Replaces all faults by this one.
    pub(crate) async fn fault(&self, fault: Value) {
        self.no_faults().await;
        self.control(Method::POST, "/_local/simulators/iran_post/faults", fault).await;
    }

    pub(crate) async fn no_faults(&self) {
        self.control(Method::DELETE, "/_local/simulators/iran_post/faults", Value::Null).await;
    }

    pub(crate) async fn settings(&self, settings: Value) {
        self.control(Method::POST, "/_local/simulators/iran_post/settings", settings).await;
    }

    pub(crate) async fn revoke_tokens(&self) {
        self.control(Method::POST, "/_local/simulators/iran_post/tokens/revoke", json!({})).await;
    }

    pub(crate) async fn scan(&self, code: &str, status: i64) {
        let path = format!("/_local/simulators/iran_post/parcels/{code}/events");
        self.control(Method::POST, &path, json!({"raw": {"status": status}})).await;
    }

    pub(crate) async fn ledger(&self) -> Value {
        self.control(Method::GET, "/_local/simulators/iran_post/ledger", Value::Null).await
    }

    /// Ledger items of a kind.
    pub(crate) async fn items(&self, kind: &str) -> Vec<Value> {
        let ledger = self.ledger().await;
        let items = ledger["items"].as_array().unwrap().iter();
        items.filter(|item| item["kind"] == kind).cloned().collect()
    }

    /// Codes of the parcels that really exist at the post.
    pub(crate) async fn parcels(&self) -> Vec<String> {
        let items = self.items("parcel").await;
        items.iter().map(|item| item["its_id"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn prepared(&self, account: &Account, consignment: &Consignment) -> Prepared {
        match self.post.prepare(account, consignment, &self.references).await {
            CallOutcome::Done(prepared) => prepared,
            other => panic!("prepare: {other:?}"),
        }
    }

    /// Prepares and registers.
    pub(crate) async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        client_id: Option<u32>,
    ) -> CallOutcome<Registered> {
        let prepared = self.prepared(account, consignment).await;
        self.post.register(account, consignment, &prepared, client_id).await
    }

    /// A registered parcel of the account.
    pub(crate) async fn parcel(&self, account: &Account, client_id: Option<u32>) -> RegisteredParcel {
        match self.register(account, &consignment(), client_id).await {
            CallOutcome::Done(registered) => {
                RegisteredParcel { parcel: ParcelId::parse("p-1").unwrap(), code: registered.code }
            }
            other => panic!("register: {other:?}"),
        }
    }
}

/// One of the simulator's seeded shops on a wire.
pub(crate) fn account(wire: &str, user: &str) -> Account {
    let password = format!("{}-pass", user.split('-').next().unwrap());
    account_with(wire, user, &password)
}

pub(crate) fn account_with(wire: &str, user: &str, password: &str) -> Account {
    Account {
        merchant: MerchantId::parse("demo-ir").unwrap(),
        id: AccountId::parse("post").unwrap(),
        carrier: CarrierId::IranPost,
        credentials: Credentials { username: user.into(), password: password.to_owned().into() },
        settings: AccountSettings {
            wire: wire.into(),
            origin_state: Some(1),
            origin_city: Some(1),
            limits: WeightLimits::default(),
            tariff: Some("t2".into()),
            address_marker: true,
            track_every_minutes: None,
        },
    }
}

pub(crate) fn quote(region: &str, city: &str, grams: u32) -> Quote {
    Quote {
        destination: QuoteDestination {
            country: "IR".into(),
            region: Some(region.into()),
            city: Some(city.into()),
            postal_code: None,
        },
        weight: Grams::new(grams),
        goods_total: rial(900_000),
        cod: true,
        services: Vec::new(),
    }
}

pub(crate) fn consignment() -> Consignment {
    Consignment {
        parcel: ParcelId::parse("p-1").unwrap(),
        marker: Some("Y-7K2M".into()),
        consignee: Consignee {
            first_name: "نام".into(),
            last_name: "آزمایشی <&>".into(),
            phone: Some(Phone::parse("09170000000", "IR").unwrap()),
            phone2: None,
            email: Some("a@example.com".into()),
            country: "IR".into(),
            region: Some("فارس".into()),
            city: Some("شیراز".into()),
            postal_code: Some("7134467891".into()),
            address: "خیابان نمونه، پلاک ۱".into(),
        },
        items: vec![
            Stuff {
                name: "کتاب \"نمونه\" & دفتر".into(),
                quantity: 2,
                weight: Grams::new(400),
                price: rial(450_000),
            },
            Stuff { name: "لیوان".into(), quantity: 1, weight: Grams::new(300), price: rial(100_000) },
        ],
        weight: Grams::new(1_200),
        service: "pishtaz".into(),
        cod: true,
        postage_by_merchant: false,
        discount: rial(0),
        buyer_ip: Some("192.0.2.10".into()),
    }
}

pub(crate) fn rial(amount: i64) -> Money {
    Money::new(amount, Currency::Irr)
}

pub(crate) fn kind_of<T>(outcome: &CallOutcome<T>) -> &'static str {
    match outcome {
        CallOutcome::NotSent(_) => "not sent",
        CallOutcome::Busy { .. } => "busy",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::Done(_) => "done",
        CallOutcome::Unknown(_) => "unknown",
    }
}
