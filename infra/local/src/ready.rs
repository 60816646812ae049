//! What is said when everything answers.

use std::fmt::Write as _;

use serde::Serialize;

/// The ready line. Keys of systems that are not there yet are present and empty.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    ready: bool,
    /// The hub's address.
    pub url: String,
    /// The simulators' address.
    pub simulators: Option<String>,
    /// The demo merchant.
    pub demo: Demo,
    /// Hub staff.
    pub operator: Operator,
    /// All seeded merchants.
    pub merchants: Vec<Demo>,
}

/// A seeded merchant.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Demo {
    /// Its id.
    pub merchant: String,
    /// Its shop.
    pub shop: String,
    /// User name for Basic authentication.
    pub user_id: String,
    /// API key.
    pub api_key: String,
    /// Login of the console.
    pub email: Option<String>,
    /// Password of the console.
    pub password: Option<String>,
    /// Secret that verifies its webhooks.
    pub webhook_secret: Option<String>,
}

/// Hub staff.
#[derive(Debug, Clone, Serialize)]
pub struct Operator {
    /// API key.
    pub api_key: String,
}

impl Ready {
    pub(crate) fn new(
        url: String,
        simulators: Option<String>,
        merchants: Vec<Demo>,
        operator_key: String,
    ) -> Self {
        let demo = merchants.first().cloned().unwrap_or_default();
        Ready { ready: true, url, simulators, demo, operator: Operator { api_key: operator_key }, merchants }
    }

    /// One JSON object.
    ///
    /// # Errors
    /// Never in practice: the type holds nothing JSON cannot.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// For people: addresses, keys, and a line to try each feature.
    #[must_use]
    pub fn for_people(&self) -> String {
        let mut text = format!("Yam is running on {}\n\n", self.url);
        let mut line = |name: &str, value: &str| {
            let _infallible = writeln!(text, "  {name:<14}{value}");
        };
        line("console", &format!("{}/", self.url));
        line("pay page", &format!("{}/openpay/{}/?price=250000&description=test", self.url, self.demo.shop));
        line("demo API key", &self.demo.api_key);
        line("operator key", &self.operator.api_key);
        if let Some(simulators) = &self.simulators {
            line("simulators", simulators);
        }
        text.push_str("\nTry it:\n\n");
        for (what, command) in self.commands() {
            let _infallible = write!(text, "# {what}\n{command}\n\n");
        }
        text.push_str("Ctrl-C stops the hub.");
        text
    }

    /// One command line for each feature.
    #[must_use]
    pub fn commands(&self) -> Vec<(&'static str, String)> {
        let (url, key) = (&self.url, &self.demo.api_key);
        let send = |method: &str, path: &str, body: &str| {
            format!(
                "curl -s -X {method} {url}{path} -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'"
            )
        };
        let read = |path: &str| format!("curl -s '{url}{path}' -H 'Authorization: Bearer {key}'");
        let mut commands = vec![
            ("a price at checkout", send("POST", "/v1/rates", RATES)),
            ("an order, which is registered with the post", send("POST", "/v1/orders", ORDER)),
            ("the order with its barcode", read("/v1/orders?number=1001")),
            ("a number registered elsewhere, to be tracked", send("POST", "/v1/parcels", TRACKED)),
            ("where it is, and what its post said", read("/v1/parcels?tracking_code=6012300045678")),
            ("a payment link", send("POST", "/v1/payment-links", LINK)),
            ("payments, newest first", read("/v1/payments?limit=5")),
            (
                "where to send signed webhooks",
                send("PUT", "/v1/settings/webhooks/mine", r#"{"url":"https://example.com/yam"}"#),
            ),
        ];
        if self.simulators.is_some() {
            commands.push((
                "a scan at the post",
                format!(
                    r#"curl -s -X POST {url}/_local/simulators/korea_post/parcels/6012300045678/events -d '{{"status":"arrived"}}'"#
                ),
            ));
            commands.push((
                "three hours later",
                format!(r#"curl -s -X POST {url}/_local/clock -d '{{"advance":"3h"}}'"#),
            ));
            commands.push((
                "what the post believes happened",
                format!("curl -s {url}/_local/simulators/iran_post/ledger"),
            ));
            commands.push(("webhooks the demo shop received", format!("curl -s {url}/_local/webhooks")));
        }
        commands
    }
}

/// A price request for a parcel to Isfahan.
pub(crate) const RATES: &str = r#"{"destination":{"country":"IR","region":"اصفهان","city":"اصفهان","postal_code":"8158713131"},"items":[{"name":"Saffron","quantity":1,"weight_g":500,"price":{"amount":2500000,"currency":"IRR"}}],"goods_total":{"amount":2500000,"currency":"IRR"},"cod":true}"#;

/// A parcel in Korea.
const TRACKED: &str = r#"{"carrier":"korea_post","tracking_code":"6012300045678","order_number":"1002","recipient":{"name":"Sara Karimi","phone":"+989131234567"}}"#;

/// A link that is paid once.
const LINK: &str =
    r#"{"amount":{"amount":2500000,"currency":"IRR"},"description":"Support fee","single_use":true}"#;

/// An order to the same place.
pub(crate) const ORDER: &str = r#"{"number":"1001","cod":true,"goods_total":{"amount":2500000,"currency":"IRR"},"carrier":"iran_post","service":"pishtaz","recipient":{"first_name":"Sara","last_name":"Karimi","phone":"09131234567","country":"IR","region":"اصفهان","city":"اصفهان","postal_code":"8158713131","address":"Chaharbagh 12"},"items":[{"sku":"saffron","name":"Saffron","quantity":1,"weight_g":500,"price":{"amount":2500000,"currency":"IRR"}}],"dispatch":"on_created"}"#;
