//! A running set of simulators and a small client for each wire.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use yam_simulators::{Options, Simulators, SystemSimClock};

/// Simulators on a port of their own.
pub(crate) struct World {
    pub(crate) base: String,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        Self::open(None).await
    }

    pub(crate) async fn open(data: Option<PathBuf>) -> Self {
        let clock = Arc::new(SystemSimClock::new());
        let simulators = Simulators::open(Options { data, clock }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(simulators.serve(listener, async {
            let _ = stopped.await;
        }));
        // No pool: each call sees its own connection, as a cut one would be.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .unwrap();
        Self { base, client, stop: Some(stop), served: Some(served) }
    }

    /// Stops in order, so that the file can be opened again.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.served.take().unwrap().await.unwrap();
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let response = self.client.post(format!("{}{path}", self.base)).json(body).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub(crate) async fn fault(&self, system: &str, fault: Value) {
        let (status, answer) = self.post(&format!("/_local/simulators/{system}/faults"), &fault).await;
        assert_eq!(status, 201, "{answer}");
    }

    pub(crate) async fn settings(&self, change: Value) {
        let (status, answer) = self.post("/_local/simulators/iran_post/settings", &change).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub(crate) async fn advance(&self, span: &str) {
        let (status, answer) = self.post("/_local/clock", &json!({"advance": span})).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub(crate) async fn ledger(&self, system: &str) -> Value {
        self.get(&format!("/_local/simulators/{system}/ledger")).await
    }

    /// Ledger entries of one kind.
    pub(crate) async fn entries(&self, system: &str, kind: &str) -> Vec<Value> {
        let ledger = self.ledger(system).await;
        ledger["items"].as_array().unwrap().iter().filter(|item| item["kind"] == kind).cloned().collect()
    }

    pub(crate) async fn parcels(&self) -> usize {
        self.entries("iran_post", "parcel").await.len()
    }

    /// What became of a SOAP call on the wire.
    pub(crate) async fn soap_raw(
        &self,
        operation: &str,
        inner: &str,
    ) -> Result<(u16, String), reqwest::Error> {
        let response = self.soap_request(operation, inner).send().await?;
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    pub(crate) fn soap_request(&self, operation: &str, inner: &str) -> reqwest::RequestBuilder {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <{operation} xmlns=\"http://tempuri.org/\">{inner}</{operation}></s:Body></s:Envelope>"
        );
        self.client
            .post(format!("{}/iran_post/eshop/EShopService.svc", self.base))
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", format!("\"http://tempuri.org/IEShopService/{operation}\""))
            .body(body)
    }

    pub(crate) async fn soap(&self, operation: &str, inner: &str) -> String {
        let (status, text) = self.soap_raw(operation, inner).await.unwrap();
        assert_eq!(status, 200, "{text}");
        text
    }

    pub(crate) async fn soap_product(&self) -> String {
        let inner = format!(
            "{LOGIN}<name>چای</name><price>900000</price><weight>1000</weight><count>10</count>\
             <description/><percentDiscount>0</percentDiscount>"
        );
        tag(&self.soap("AddStuff", &inner).await, "AddStuffResult")
    }

    pub(crate) async fn token(&self, username: &str, password: &str) -> (u16, Value) {
        let response = self
            .client
            .post(format!("{}/iran_post/rest/RestApi/token", self.base))
            .form(&[("username", username), ("password", password), ("grant_type", "password")])
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) fn rest_request(&self, token: &str, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.client
            .post(format!("{}/iran_post/rest/RestApi/api/v0/{path}", self.base))
            .header("authorization", format!("Bearer {token}"))
            .json(body)
    }

    pub(crate) async fn rest(&self, token: &str, path: &str, body: &Value) -> Value {
        let response = self.rest_request(token, path, body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// A token of the demo shop.
    pub(crate) async fn demo_token(&self) -> String {
        let (status, answer) = self.token("demo-shop", "demo-pass").await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn rest_product(&self, token: &str) -> i64 {
        let answer = self.rest(token, "Product/Add", &json!([product()])).await;
        answer["Data"][0]["EbazaarProductID"].as_i64().unwrap()
    }
}

pub(crate) const LOGIN: &str = "<username>demo-shop</username><password>demo-pass</password>";

/// `AddParcel` as the guide has it.
pub(crate) fn add_parcel(product: &str) -> String {
    add_parcel_with(product, &[])
}

/// `AddParcel` with some parameters replaced.
pub(crate) fn add_parcel_with(product: &str, changes: &[(&str, &str)]) -> String {
    let items = format!(
        "<d:TempProducts><d:Count>2</d:Count><d:DisCount>0</d:DisCount><d:Id>{product}</d:Id></d:TempProducts>"
    );
    let parameters = [
        ("username", "demo-shop"),
        ("password", "demo-pass"),
        ("productsId", items.as_str()),
        ("cityCode", "71"),
        ("serviceType", "1"),
        ("payType", "1"),
        ("registerFirstName", "نام"),
        ("registerLastName", "آزمایشی"),
        ("registerAddress", "شیراز، خیابان نمونه، پلاک ۱ (Y-7)"),
        ("registerPhoneNumber", "07130000000"),
        ("registerMobile", "09170000000"),
        ("registerPostalCode", "7134467891"),
    ];
    parameters
        .iter()
        .map(|(name, value)| {
            let value =
                changes.iter().find(|(changed, _)| changed == name).map_or(*value, |(_, value)| *value);
            let namespace = if *name == "productsId" { " xmlns:d=\"urn:x\"" } else { "" };
            format!("<{name}{namespace}>{value}</{name}>")
        })
        .collect()
}

/// A product as REST takes it.
pub(crate) fn product() -> Value {
    json!({
        "ClientProductID": 7, "Name": "چای", "Price": 900_000, "PercentDiscount": 0, "Weight": 800, "Count": 5,
        "Enabled": true, "Visible": true, "IsStandard": true, "IsPocket": false, "Description": "",
    })
}

/// An order as REST takes it.
pub(crate) fn order(id: i64, product: i64) -> Value {
    json!({
        "ClientOrderId": id, "CityID": 71, "ServiceType": 1, "PayType": 0, "RegisterFirstName": "نام",
        "RegisterLastName": "آزمایشی", "RegisterAddress": "خیابان نمونه (Y-9)",
        "RegisterPhoneNumber": "09170000000", "RegisterMobile": "09170000000",
        "RegisterEmail": "a@example.com", "RegisterIp": "192.0.2.10", "RegisterPostalCode": "7134467891",
        "DiscountAmount": 0, "PackingWeight": 0, "PrePaidAmount": 0, "NonStandardPackage": false,
        "SMSService": false, "Pod": false,
        "Products": [{
            "EbazaarProductID": product, "Count": 1, "Weight": 800, "Price": 900_000, "DisCountPercent": 0,
        }],
    })
}

/// An order with one member replaced.
pub(crate) fn order_with(id: i64, product: i64, name: &str, value: Value) -> Value {
    let mut order = order(id, product);
    order[name] = value;
    order
}

/// The first error code of the first item.
pub(crate) fn item_error(answer: &Value) -> i64 {
    answer["Data"][0]["Errors"][0]["ErrorCode"]
        .as_i64()
        .unwrap_or_else(|| panic!("no item error in {answer}"))
}

/// The text of the first element of this local name.
pub(crate) fn tag(xml: &str, name: &str) -> String {
    for prefix in ["", "a:"] {
        if xml.contains(&format!("<{prefix}{name}/>")) {
            return String::new();
        }
        let Some(start) = xml.find(&format!("<{prefix}{name}")) else { continue };
        let inner = &xml[start..];
        let from = inner.find('>').unwrap() + 1;
        let to = inner.find(&format!("</{prefix}{name}>")).unwrap();
        return inner[from..to].to_owned();
    }
    panic!("no {name} in {xml}");
}

/// A file name nobody else uses.
pub(crate) struct TempFile(pub(crate) PathBuf);

impl TempFile {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("yam-simulators-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder.join("simulators.db"))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}
