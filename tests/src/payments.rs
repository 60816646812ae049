//! Payers: a browser without scripts that talks to the hub, and hands that pay at the gateways' simulators.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::world::{HUB, World};

/// A page as a browser sees it.
#[derive(Debug, Clone)]
pub struct Page {
    /// Status.
    pub status: StatusCode,
    /// Where it leads, for redirects.
    pub location: Option<String>,
    /// Content-Security-Policy.
    pub policy: String,
    /// The document.
    pub text: String,
    /// Address it was got from.
    pub path: String,
}

impl Page {
    /// The text between two marks.
    #[must_use]
    pub fn between(&self, from: &str, to: &str) -> Option<String> {
        let start = self.text.find(from)?.checked_add(from.len())?;
        let rest = self.text.get(start..)?;
        Some(rest.get(..rest.find(to)?)?.to_owned())
    }

    /// The sealed field of the form whose step this is.
    #[must_use]
    pub fn form(&self, step: &str) -> Option<String> {
        let at = self.text.find(&format!("name=\"step\" value=\"{step}\""))?;
        let before = self.text.get(..at)?;
        let start = before.rfind("name=\"form\" value=\"")?.checked_add("name=\"form\" value=\"".len())?;
        let rest = before.get(start..)?;
        Some(rest.get(..rest.find('"')?)?.to_owned())
    }

    /// State of the payment on a status page.
    #[must_use]
    pub fn state(&self) -> String {
        self.between("data-state=\"", "\"").unwrap_or_default()
    }

    /// Tracking code on a status page.
    #[must_use]
    pub fn code(&self) -> String {
        self.between("id=\"code\">", "<").unwrap_or_default()
    }
}

/// A payer's browser.
#[derive(Debug, Clone, Copy)]
pub struct Browser<'a> {
    world: &'a World,
}

impl<'a> Browser<'a> {
    /// In a world.
    #[must_use]
    pub fn new(world: &'a World) -> Self {
        Browser { world }
    }

    /// Gets a page.
    pub async fn get(&self, path: &str) -> Page {
        self.ask("GET", path, String::new(), &[]).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", path, body, &[]).await
    }

    /// Any request.
    pub async fn ask(&self, method: &str, path: &str, body: String, headers: &[(&str, &str)]) -> Page {
        let path = path.strip_prefix(HUB).unwrap_or(path).to_owned();
        let mut request = Request::builder().method(method).uri(&path);
        request =
            request.header("content-type", "application/x-www-form-urlencoded").header("host", "hub.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.world.answer(request.body(Body::from(body)).expect("request")).await;
        let status = response.status();
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let location = header("location").map(|place| {
            let base = url::Url::parse(&format!("{HUB}{path}")).expect("address");
            base.join(&place).expect("place").to_string()
        });
        let policy = header("content-security-policy").unwrap_or_default();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("body");
        Page { status, location, policy, text: String::from_utf8_lossy(&bytes).into_owned(), path }
    }

    /// Follows a redirect.
    pub async fn follow(&self, page: &Page) -> Page {
        self.get(page.location.as_deref().expect("a redirect")).await
    }

    /// Opens a pay page and types a payer's details; the page with the ways to pay, or the one for the amount.
    pub async fn details(&self, path: &str) -> Page {
        // Payments are listed by time, which stands still unless it is moved.
        self.world.clock.advance(jiff::SignedDuration::from_millis(1));
        let first = self.get(path).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        let form = first.form("details").expect("the form for details");
        let fields = [
            ("form", form.as_str()),
            ("step", "details"),
            ("name", "سارا آزمایشی"),
            ("mobile", "۰۹۱۷۰۰۰۰۰۰۰"),
            ("phone", "07132000000"),
        ];
        let page = self.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page
    }

    /// From the ways to pay on to the page that leads to the gateway.
    pub async fn choose(&self, page: &Page, account: &str) -> Page {
        let form = page.form("pay").expect("the form to pay");
        self.post(&page.path, &[("form", &form), ("step", "pay"), ("gateway", account)]).await
    }

    /// All the way to the gateway.
    pub async fn leave(&self, path: &str, account: &str) -> Page {
        let ways = self.details(path).await;
        let page = self.choose(&ways, account).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("id=\"go\""), "{}", page.text);
        page
    }

    /// Comes back as a gateway would send it: a `return` of the simulators.
    pub async fn come_back(&self, way: &Value) -> Page {
        let url = way["url"].as_str().expect("a way back");
        if way["method"] == "GET" {
            return self.get(url).await;
        }
        let fields = way["fields"].as_object().expect("fields");
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
        self.post(url, &fields).await
    }
}

/// Credentials that the simulators know.
#[must_use]
pub fn gateway_account(gateway: &str) -> Value {
    let credentials = match gateway {
        "zarinpal" => {
            json!({"merchant_id": "11111111-2222-4333-8444-555555555555", "access_token": "demo-zarinpal-token"})
        }
        "zibal" => json!({"merchant": "demo-zibal", "api_key": "demo-zibal-token"}),
        "mellat" => json!({"terminal_id": "1234", "username": "demo", "password": "demo"}),
        "sep" => json!({"terminal_id": "2015"}),
        "robokassa" => json!({
            "merchant_login": "demo", "password1": "pass1_demo", "password2": "pass2_demo", "password3": "pass3_demo",
        }),
        "yookassa" => json!({"shop_id": "100001", "secret_key": "test_demo_secret"}),
        _ => json!({"secret_key": "test_sk_demo000000", "client_key": "test_ck_demo000000"}),
    };
    json!({"gateway": gateway, "credentials": credentials})
}

impl World {
    /// Adds gateway accounts named after their gateways.
    pub async fn gateways(&self, all: &[&str]) {
        for gateway in all {
            let path = format!("/v1/settings/gateways/{gateway}");
            let (status, answer) = self.call("PUT", &path, Some(gateway_account(gateway))).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
    }

    /// Makes a link; answers with it.
    pub async fn link(&self, request: Value) -> Value {
        let (status, answer) = self.call("POST", "/v1/payment-links", Some(request)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer
    }

    /// The newest payment of the shop.
    pub async fn newest_payment(&self) -> Value {
        let (status, answer) = self.call("GET", "/v1/payments?limit=1", None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["items"][0].clone()
    }

    /// A payment as it is now.
    pub async fn payment(&self, payment: &Value) -> Value {
        let id = payment["payment_id"].as_str().expect("payment");
        let (status, answer) = self.call("GET", &format!("/v1/payments/{id}"), None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// Something a payer does at a gateway; `number` is our number of the attempt.
    pub async fn at_gateway(&self, gateway: &str, number: &str, act: Value) -> Value {
        self.simulator(reqwest::Method::POST, &format!("{gateway}/payments/{number}"), Some(act)).await
    }

    /// The number of a payment's newest attempt at its gateway.
    #[must_use]
    pub fn number_of(payment: &Value) -> String {
        let attempts = payment["attempts"].as_array().expect("attempts");
        attempts.last().expect("an attempt")["order"].to_string()
    }

    /// The sum of a gateway's ledger rows of one kind.
    pub async fn sum(&self, gateway: &str, kind: &str) -> i64 {
        self.money(gateway).await.iter().filter(|row| row.0 == kind).map(|row| row.2).sum()
    }
}
