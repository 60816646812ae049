//! The public calculator (`tariff.pochta.ru`, v2): price and delivery terms of each service, without an
//! account (protocol notes, section 5).

mod codes;
mod read;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method};
use jiff::civil::Date;
use url::form_urlencoded::Serializer;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

use super::products::Product;
use super::value::Value;
use super::{RussianPostSettings, products};
use crate::carrier::OperatorRate;
use crate::consignment::Quote;
use crate::errors::own;
use crate::finish::unanswered;
use crate::outcome::{CallOutcome, OperatorError, RefusalKind};

const SYSTEM: &str = "RUSSIAN_POST_TARIFF";
const SETTING: &str = "YAM_URL_RUSSIAN_POST_TARIFF";
const PATH: &str = "v2/calculate/tariff/delivery";
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Kind of package where a service wants one: not of the operator's own sizes.
const OWN_PACKAGE: &str = "99";

/// The calculator.
#[derive(Debug, Clone)]
pub(super) struct Calculator {
    http: EffectClient,
    endpoint: Endpoint,
    deadline: Duration,
}

impl Calculator {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        let endpoint = Endpoint::new(config, SETTING);
        Calculator { http, endpoint, deadline: config.millis("YAM_QUOTE_CARRIER_MS") }
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    /// One price per service that carries it; the first refusal when none does.
    pub(super) async fn quote(
        &self,
        settings: &RussianPostSettings,
        quote: &Quote,
        to: &str,
        day: Date,
    ) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let asked = asked(settings, quote).map_err(CallOutcome::<()>::Refused)?;
        let deadline = Deadline::after(self.deadline);
        let calls = asked.iter().map(|product| self.one(settings, product, quote, to, day, deadline));
        collect(join_all(calls).await)
    }

    async fn one(
        &self,
        settings: &RussianPostSettings,
        product: &Product,
        quote: &Quote,
        to: &str,
        day: Date,
        deadline: Deadline,
    ) -> CallOutcome<OperatorRate> {
        let value = match Value::of_quote(settings, product, quote) {
            Ok(value) => value,
            Err(error) => return CallOutcome::Refused(error),
        };
        let query = query(&settings.from_index, to, product, &value, quote, day);
        match self.send(query, deadline).await {
            Ok(answer) => read::price(&answer, product.id),
            Err(failure) => unanswered(failure),
        }
    }

    /// A price that anybody may ask for.
    pub(super) async fn trial(&self, day: Date) -> Result<Answer, SendFailure> {
        let query =
            format!("json&object=4030&from=101000&to=190000&weight=1000&errorcode=1&date={}", ymd(day));
        self.send(query, Deadline::after(Duration::from_secs(15))).await
    }

    async fn send(&self, query: String, deadline: Deadline) -> Result<Answer, SendFailure> {
        let mut url = self.endpoint.join(PATH)?;
        url.set_query(Some(&query));
        let call = Outbound {
            system: SYSTEM,
            operation: "calculate",
            method: Method::GET,
            url,
            headers: HeaderMap::from_iter([(ACCEPT, JSON)]),
            body: Bytes::new(),
            limits: deadline.limits()?,
        };
        self.http.send(call).await
    }
}

/// Whether the calculator gave a price in its own shape.
pub(super) fn speaks(answer: &Answer) -> bool {
    matches!(read::price(answer, "parcel"), CallOutcome::Done(_))
}

/// The services to ask about: those of the request, else those of the account.
pub(super) fn asked(
    settings: &RussianPostSettings,
    quote: &Quote,
) -> Result<Vec<&'static Product>, OperatorError> {
    let ids = if quote.services.is_empty() { &settings.services } else { &quote.services };
    let asked: Vec<&Product> = ids.iter().filter_map(|id| products::find(id)).collect();
    if asked.is_empty() {
        let words = format!("Russian Post carries {}", products::IDS.join(", "));
        return Err(own("service", words, RefusalKind::Service));
    }
    Ok(asked)
}

/// Prices, or the first of the ends that gave none.
pub(super) fn collect(
    outcomes: Vec<CallOutcome<OperatorRate>>,
) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
    let mut rates = Vec::new();
    let mut failure = None;
    for outcome in outcomes {
        match outcome.done() {
            Ok(rate) => rates.push(rate),
            Err(other) => failure = failure.or(Some(other)),
        }
    }
    match failure {
        Some(failure) if rates.is_empty() => Err(failure),
        Some(_) | None => Ok(rates),
    }
}

fn query(from: &str, to: &str, product: &Product, value: &Value, quote: &Quote, day: Date) -> String {
    let mut pairs = Serializer::new(String::from("json"));
    let mut add = |name: &str, text: String| {
        pairs.append_pair(name, &text);
    };
    add("object", product.object(value.category).to_string());
    add("from", from.to_owned());
    add("to", to.to_owned());
    add("weight", quote.weight.get().to_string());
    if value.declared > 0 {
        add("sumoc", value.declared.to_string());
    }
    if value.collected > 0 {
        add("sumnp", value.collected.to_string());
    }
    if let Some([a, b, c]) = quote.dimensions.map(|size| size.centimetres()) {
        add("size", format!("{a}x{b}x{c}"));
    }
    if product.packed {
        add("pack", OWN_PACKAGE.to_owned());
    }
    add("date", ymd(day));
    add("errorcode", "1".to_owned());
    pairs.finish()
}

fn ymd(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}
