//! Asking one account: cache, then the operator, then its tariff table.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tokio::time::Instant;
use yam_carriers::account::Account;
use yam_carriers::{CallOutcome, Carrier, OperatorError, OperatorRate, Quote, RefusalKind};
use yam_domain::rate::{QuotePlace, QuoteRequest, RateSource};
use yam_domain::weight::{WeightError, check_weights};

use crate::RatesState;
use crate::cache;
use crate::request::Asked;

/// One account's answer.
#[derive(Debug, Clone)]
pub(crate) struct Quoted {
    pub(crate) account: Account,
    pub(crate) destination: String,
    pub(crate) rates: Vec<OperatorRate>,
    pub(crate) source: RateSource,
    pub(crate) trouble: Option<Trouble>,
    /// Time spent waiting for the operator.
    pub(crate) waited: Duration,
}

/// Why an operator's own price is missing.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// Stable slug.
    pub(crate) kind: &'static str,
    /// In words.
    pub(crate) detail: String,
    /// The request can never work with this operator.
    pub(crate) permanent: bool,
    /// Bounds in grams, for weights.
    pub(crate) limits: Option<(u32, u32)>,
    /// The operator carries nothing to that country.
    pub(crate) elsewhere: bool,
}

impl Trouble {
    pub(crate) fn json(&self, carrier: &dyn Carrier) -> Value {
        json!({"carrier": carrier.id(), "type": self.kind, "detail": self.detail, "help": carrier.support()})
    }

    fn late(words: String) -> Self {
        Trouble {
            kind: "operator-unavailable",
            detail: words,
            permanent: false,
            limits: None,
            elsewhere: false,
        }
    }

    fn refused(error: &OperatorError) -> Self {
        let (kind, permanent) = match error.kind {
            RefusalKind::Weight => ("weight-over-carrier-limit", true),
            RefusalKind::Size => ("size-over-carrier-limit", true),
            RefusalKind::CodNotSupported => ("cod-not-supported", true),
            RefusalKind::Country | RefusalKind::City | RefusalKind::PostalCode => {
                ("destination-not-served", true)
            }
            RefusalKind::Service => ("service-not-available", true),
            RefusalKind::Credentials => ("carrier-credentials-wrong", false),
            RefusalKind::AccountInactive => ("carrier-account-inactive", false),
            _ => ("operator-refused", true),
        };
        Trouble {
            kind,
            detail: format!("{} ({})", error.message, error.code),
            permanent,
            limits: None,
            elsewhere: error.kind == RefusalKind::Country,
        }
    }

    fn weight(error: &WeightError, account: &Account) -> Self {
        let limits = &account.settings.limits;
        let bounds = match error.what() {
            yam_domain::weight::Weighed::Parcel => (limits.parcel_min, limits.parcel_max),
            yam_domain::weight::Weighed::Product(_) => (limits.product_min, limits.product_max),
        };
        Trouble {
            kind: "weight-over-carrier-limit",
            detail: error.to_string(),
            permanent: true,
            limits: Some((bounds.0.grams.get(), bounds.1.grams.get())),
            elsewhere: false,
        }
    }
}

/// The name of a question: equal questions have equal names, whatever else the request holds (trap 8).
fn canonical(destination: &str, quote: &Quote) -> String {
    let place = QuotePlace {
        country: quote.destination.country.clone(),
        city: Some(destination.to_owned()),
        ..QuotePlace::default()
    };
    let services = quote.services.iter().filter_map(|s| yam_domain::ids::Service::parse(s).ok()).collect();
    let request = QuoteRequest {
        origin: None,
        destination: place,
        weight_g: quote.weight,
        goods_total: quote.goods_total,
        cod: quote.cod,
        carriers: std::collections::BTreeSet::new(),
        services,
    };
    request.canonical_key()
}

/// Asks one account, for its share of the deadline and never beyond `until`; always answers.
pub(crate) async fn ask(
    state: &RatesState,
    account: Account,
    asked: &Asked,
    services: Vec<String>,
    until: Instant,
) -> Quoted {
    let quote = Quote { services, ..asked.quote.clone() };
    let nothing = |account: Account, trouble: Trouble| Quoted {
        account,
        destination: String::new(),
        rates: vec![],
        source: RateSource::Live,
        trouble: Some(trouble),
        waited: Duration::ZERO,
    };
    let Some(carrier) = state.carriers.get(account.carrier).cloned() else {
        let detail = "this hub does not speak with the operator".to_owned();
        let trouble =
            Trouble { kind: "operator-unknown", detail, permanent: true, limits: None, elsewhere: false };
        return nothing(account, trouble);
    };
    if let Err(errors) = check_weights(&asked.products, quote.weight, &account.settings.limits)
        && let Some(error) = errors.first()
    {
        let trouble = Trouble::weight(error, &account);
        return nothing(account, trouble);
    }
    let destination = match carrier.canonical_destination(&quote) {
        Ok(destination) => destination,
        Err(error) => return nothing(account, Trouble::refused(&error)),
    };
    let key = cache::key(&account.merchant, &account.id, &canonical(&destination, &quote));
    if !state.settings.fresh.is_zero() {
        let now = state.store.clock.now();
        let kept = match state.cache.local(&key, now) {
            Some(kept) => Some(kept),
            None => state.cache.shared(&state.store, &key, until).await,
        };
        if let Some(rates) = kept {
            let (source, waited) = (RateSource::Cached, Duration::ZERO);
            return Quoted { account, destination, rates, source, trouble: None, waited };
        }
    }
    let started = Instant::now();
    let flight = {
        let (state, carrier, account, quote, key) =
            (state.clone(), carrier.clone(), account.clone(), quote.clone(), key.clone());
        move || live(state, carrier, account, quote, key).boxed()
    };
    let flight = state.flights.join(&format!("{}/{}", key.pk, key.sk), flight);
    let patience = until.saturating_duration_since(started).min(state.settings.carrier);
    let landed = tokio::time::timeout(patience, flight).await;
    let waited = started.elapsed();
    let trouble = match landed {
        Ok(Ok(rates)) => {
            return Quoted { account, destination, rates, source: RateSource::Live, trouble: None, waited };
        }
        Ok(Err(CallOutcome::Refused(error))) => Trouble::refused(&error),
        Ok(Err(CallOutcome::Busy { error, .. })) => {
            Trouble::late(format!("{} ({})", error.message, error.code))
        }
        Ok(Err(CallOutcome::NotSent(words) | CallOutcome::Unknown(words))) => Trouble::late(words),
        Ok(Err(CallOutcome::Done(()))) => Trouble::late("the operator gave no price".into()),
        Err(_elapsed) => Trouble::late(format!("no answer within {} ms", patience.as_millis())),
    };
    fall_back(state, carrier.as_ref(), account, quote, destination, trouble, waited)
}

async fn live(
    state: RatesState,
    carrier: Arc<dyn Carrier>,
    account: Account,
    quote: Quote,
    key: yam_store::Key,
) -> crate::flight::Landed {
    let rates = carrier.quote(&account, &quote).await?;
    state.cache.keep(&state.store, &key, rates.clone(), state.settings.fresh).await;
    Ok(rates)
}

/// The tariff table stands in for an operator that is late, not for one that said no.
fn fall_back(
    state: &RatesState,
    carrier: &dyn Carrier,
    account: Account,
    quote: Quote,
    destination: String,
    trouble: Trouble,
    waited: Duration,
) -> Quoted {
    let source = RateSource::Table;
    let rates = if trouble.permanent {
        vec![]
    } else {
        carrier.table_rates(&account.settings, &quote).unwrap_or_default()
    };
    if !rates.is_empty() {
        let now = state.store.clock.now();
        state.store.metrics.count(now, "QuoteFallback", &[("carrier", carrier.id().as_str())]);
    }
    Quoted { account, destination, rates, source, trouble: Some(trouble), waited }
}
