//! Three demo merchants, one per country, set up through the API itself. Run again it changes nothing
//! that is there: keys are kept in the data folder, settings are the merchant's own.

mod notices;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::home::write_durably;
use crate::ready::Demo;

/// Seconds for which a busy hub is waited for.
const PATIENCE: u32 = 60;

/// What seeding needs.
pub(crate) struct Seeding<'a> {
    /// The hub.
    pub(crate) app: Router,
    /// Where keys are kept.
    pub(crate) file: PathBuf,
    /// Hub staff's key.
    pub(crate) operator_key: &'a str,
    /// The simulators' address.
    pub(crate) simulators: Option<&'a str>,
    /// Whether to add accounts with the simulators' credentials.
    pub(crate) accounts: bool,
}

/// A merchant to set up.
struct Plan {
    id: &'static str,
    name: &'static str,
    country: &'static str,
    shop: Value,
    accounts: Vec<(&'static str, Value)>,
    /// Payment gateways, with the simulators' credentials.
    gateways: &'static [&'static str],
}

/// What is kept of a merchant: neither can be read back from the hub.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    user_id: String,
    api_key: String,
    webhook_secret: Option<String>,
}

fn plans() -> [Plan; 3] {
    let iran_post = || {
        json!({
            "carrier": "iran_post",
            "wire": "eshop",
            "credentials": { "username": "demo-shop", "password": "demo-pass" },
            "sender": { "region": "تهران", "city": "تهران" },
            "tariff": "t2",
        })
    };
    let russian_post = || {
        json!({
            "carrier": "russian_post",
            "wire": "otpravka",
            "tracking": "batch",
            "credentials": {
                "access_token": "demo-otpravka-token", "username": "demo-send", "password": "demo-pass",
                "tracking_login": "demo-track", "tracking_password": "demo-pass",
            },
            "russian_post": { "from_index": "101000" },
        })
    };
    let contract =
        |customer: &str, approval: &str, auth_key: &str, security_key: &str, vendor: Option<&str>| {
            json!({
                "carrier": "korea_post",
                "wire": "ship",
                "tracking": "portal",
                "vendor_id": vendor,
                "credentials": {
                    "auth_key": auth_key, "security_key": security_key,
                    "trace_key": "demotracekey000000000000000001",
                },
                "korea_post": {
                    "customer_number": customer, "approval_number": approval, "office": "01",
                    "shop_name": "데모 상점", "inquiry_phone": "0200000000",
                },
            })
        };
    let (first, second) = ("demoshipkey0000000000000000001", "demoshipkey0000000000000000002");
    let own = contract("0001234567", "1234567890", first, "demoSecurityKey01", None);
    let vendors = contract("0007654321", "7654321098", second, "otherSecurityKey2", Some("clay"));
    let tracked = json!({
        "carrier": "korea_post",
        "wire": "portal",
        "credentials": { "username": "demo", "password": "demotracekey000000000000000001" },
    });
    [
        Plan {
            id: "demo",
            name: "Demo shop",
            country: "IR",
            shop: json!({
                "country": "IR", "currency_unit": "IRR", "time_zone": "Europe/Moscow",
                "calendar": "gregorian", "locale": "en",
            }),
            accounts: vec![
                ("iran-post", iran_post()),
                ("russian-post", russian_post()),
                ("korea-post", own),
                ("korea-post-clay", vendors),
            ],
            gateways: &["zarinpal", "zibal", "mellat", "sep", "robokassa", "yookassa", "toss"],
        },
        Plan {
            id: "demo-ir",
            name: "فروشگاه نمونه",
            country: "IR",
            shop: json!({
                "country": "IR", "currency_unit": "IRT", "time_zone": "Asia/Tehran",
                "calendar": "jalali", "locale": "fa",
            }),
            accounts: vec![("iran-post", iran_post())],
            gateways: &["zarinpal", "zibal", "mellat", "sep"],
        },
        Plan {
            id: "demo-kr",
            name: "데모 상점",
            country: "KR",
            shop: json!({
                "country": "KR", "currency_unit": "KRW", "time_zone": "Asia/Seoul",
                "calendar": "gregorian", "locale": "ko",
            }),
            accounts: vec![("korea-post", tracked)],
            gateways: &["toss"],
        },
    ]
}

/// A gateway account that its simulator knows. The demo shops share terminals, so their numbers lie apart.
fn gateway(gateway: &str, plan: &Plan) -> Value {
    let credentials = match gateway {
        "zarinpal" => json!({
            "merchant_id": "11111111-2222-4333-8444-555555555555", "access_token": "demo-zarinpal-token",
        }),
        "zibal" => json!({ "merchant": "demo-zibal", "api_key": "demo-zibal-token" }),
        "mellat" => json!({ "terminal_id": "1234", "username": "demo", "password": "demo" }),
        "sep" => json!({ "terminal_id": "2015" }),
        "robokassa" => json!({
            "merchant_login": "demo", "password1": "pass1_demo", "password2": "pass2_demo", "password3": "pass3_demo",
        }),
        "yookassa" => json!({ "shop_id": "100001", "secret_key": "test_demo_secret" }),
        _ => json!({ "secret_key": "test_sk_demo000000", "client_key": "test_ck_demo000000" }),
    };
    let offset = match plan.id {
        "demo" => 0,
        "demo-ir" => 1_000_000,
        _ => 2_000_000,
    };
    json!({ "gateway": gateway, "credentials": credentials, "settings": { "order_offset": offset } })
}

/// Where payers of the demo shops transfer to.
fn openpay(plan: &Plan) -> Value {
    json!({
        "bank_accounts": [
            { "id": "main", "bank": "mellat", "holder": plan.name, "number": "IR00 0120 0000 0000 0000 0000 01" },
        ],
        "approve_matched_slips": true,
    })
}

/// Sets the merchants up, `demo` first.
pub(crate) async fn seed(seeding: &Seeding<'_>) -> anyhow::Result<Vec<Demo>> {
    let mut kept: BTreeMap<String, Kept> = match std::fs::read(&seeding.file) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| seeding.file.display().to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).with_context(|| seeding.file.display().to_string()),
    };
    let mut merchants = Vec::new();
    for plan in plans() {
        let known = kept.get(plan.id).cloned().unwrap_or_default();
        let mut merchant = seeding.merchant(&plan, known).await.with_context(|| plan.id.to_owned())?;
        // A key is kept before anything is done with it.
        kept.insert(plan.id.to_owned(), merchant.clone());
        write_durably(&seeding.file, &serde_json::to_vec_pretty(&kept)?)?;
        seeding.settings(&plan, &mut merchant).await.with_context(|| plan.id.to_owned())?;
        seeding.notices(&plan, &merchant).await.with_context(|| plan.id.to_owned())?;
        kept.insert(plan.id.to_owned(), merchant.clone());
        write_durably(&seeding.file, &serde_json::to_vec_pretty(&kept)?)?;
        merchants.push(Demo {
            merchant: plan.id.to_owned(),
            shop: plan.id.to_owned(),
            user_id: merchant.user_id,
            api_key: merchant.api_key,
            email: None,
            password: None,
            webhook_secret: merchant.webhook_secret,
        });
    }
    Ok(merchants)
}

impl Seeding<'_> {
    /// The merchant with a key that works.
    async fn merchant(&self, plan: &Plan, known: Kept) -> anyhow::Result<Kept> {
        if !known.api_key.is_empty() {
            let (status, answer) = self.call("GET", "/v1/me", &known.api_key, None).await?;
            match status {
                StatusCode::OK => return Ok(known),
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {}
                _ => bail!("GET /v1/me: {status} {answer}"),
            }
        }
        let body = json!({ "merchant_id": plan.id, "name": plan.name, "country": plan.country });
        let (status, made) =
            self.call("POST", "/v1/operator/merchants", self.operator_key, Some(&body)).await?;
        if status == StatusCode::CREATED {
            return Ok(Kept {
                user_id: text(&made, &["user_id"])?,
                api_key: text(&made, &["api_key", "api_key"])?,
                webhook_secret: None,
            });
        }
        // It is there and its key was lost or revoked: another key.
        let path = format!("/v1/operator/merchants/{}/keys", plan.id);
        let body = json!({ "label": "demo" });
        let (again, key) = self.call("POST", &path, self.operator_key, Some(&body)).await?;
        if again != StatusCode::CREATED {
            bail!("POST /v1/operator/merchants: {status} {made}");
        }
        Ok(Kept { user_id: plan.id.to_owned(), api_key: text(&key, &["api_key"])?, ..known })
    }

    /// What hub staff do with an account that waits for them.
    async fn approve(&self, merchant: &str, account: &str) -> anyhow::Result<()> {
        let path = format!("/v1/operator/merchants/{merchant}/carriers/{account}");
        let (_, known) = self.call("GET", &path, self.operator_key, None).await?;
        if known["state"] == "under_review" {
            let path = format!("{path}/approve");
            let (status, answer) = self.call("POST", &path, self.operator_key, Some(&json!({}))).await?;
            if !status.is_success() {
                bail!("POST {path}: {status} {answer}");
            }
        }
        Ok(())
    }

    async fn settings(&self, plan: &Plan, merchant: &mut Kept) -> anyhow::Result<()> {
        let key = merchant.api_key.clone();
        self.put_once("/v1/settings/shop", &key, &plan.shop).await?;
        for (id, account) in plan.accounts.iter().filter(|_| self.accounts) {
            self.put_once(&format!("/v1/settings/carriers/{id}"), &key, account).await?;
            self.approve(plan.id, id).await?;
        }
        for name in plan.gateways.iter().filter(|_| self.accounts) {
            self.put_once(&format!("/v1/settings/gateways/{name}"), &key, &gateway(name, plan)).await?;
        }
        self.slips(plan, &key).await?;
        let Some(simulators) = self.simulators else { return Ok(()) };
        let shop = if plan.id == "demo" { String::new() } else { format!("{}/", plan.id) };
        let url = format!("{simulators}/shop/{shop}webhooks");
        let path = "/v1/settings/webhooks/demo";
        let (status, known) = self.call("GET", path, &key, None).await?;
        let there = status == StatusCode::OK;
        if !there || known["url"] != url.as_str() {
            let (status, made) = self.call("PUT", path, &key, Some(&json!({ "url": url }))).await?;
            if !status.is_success() {
                bail!("PUT {path}: {status} {made}");
            }
            if let Ok(secret) = text(&made, &["secret"]) {
                merchant.webhook_secret = Some(secret);
            }
        }
        if merchant.webhook_secret.is_none() {
            let (status, made) = self.call("POST", &format!("{path}/rotate"), &key, Some(&json!({}))).await?;
            if !status.is_success() {
                bail!("POST {path}/rotate: {status} {made}");
            }
            merchant.webhook_secret = Some(text(&made, &["secret"])?);
        }
        Ok(())
    }

    /// Accounts for bank slips, unless the merchant has set some: this setting is always there to be read.
    async fn slips(&self, plan: &Plan, key: &str) -> anyhow::Result<()> {
        let path = "/v1/settings/openpay";
        let (_, known) = self.call("GET", path, key, None).await?;
        let none = known["bank_accounts"].as_array().is_none_or(Vec::is_empty);
        if none && self.accounts {
            let (status, answer) = self.call("PUT", path, key, Some(&openpay(plan))).await?;
            if !status.is_success() {
                bail!("PUT {path}: {status} {answer}");
            }
        }
        Ok(())
    }

    async fn put_once(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<()> {
        let (status, _) = self.call("GET", path, key, None).await?;
        if status == StatusCode::OK {
            return Ok(());
        }
        let (status, answer) = self.call("PUT", path, key, Some(body)).await?;
        if !status.is_success() {
            bail!("PUT {path}: {status} {answer}");
        }
        Ok(())
    }

    /// A call, repeated while the hub is busy with what the last run left behind.
    async fn call(
        &self,
        method: &str,
        path: &str,
        key: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        for _ in 0..PATIENCE {
            let (status, answer) = self.call_once(method, path, key, body).await?;
            if status != StatusCode::SERVICE_UNAVAILABLE {
                return Ok((status, answer));
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        self.call_once(method, path, key, body).await
    }

    async fn call_once(
        &self,
        method: &str,
        path: &str,
        key: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/json");
        if path.ends_with("/credit") {
            // Money is added once, also when its answer is lost.
            request = request.header("idempotency-key", "demo");
        }
        let request = request.body(body.map_or_else(Body::empty, |b| Body::from(b.to_string())))?;
        let response = self.app.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}

fn text(value: &Value, path: &[&str]) -> anyhow::Result<String> {
    let found = path.iter().fold(value, |value, name| &value[*name]);
    found.as_str().map(str::to_owned).with_context(|| format!("the answer lacks {}: {value}", path.join(".")))
}
