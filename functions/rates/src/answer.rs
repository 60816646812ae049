//! The handler and its answer.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::join_all;
use http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;
use yam_api::{Body, Caller, RateToken, store_problem};
use yam_carriers::OperatorRate;
use yam_domain::ids::Service;
use yam_domain::money::{Money, MoneyError};
use yam_domain::rate::{Rate, TransitDays, sort_by_total};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Scope;

use crate::RatesState;
use crate::accounts::Merchants;
use crate::quote::{Quoted, ask};
use crate::request::{Asked, RatesRequest};

/// Kept back from the deadline for putting the answer together.
const ANSWERING: Duration = Duration::from_millis(25);

/// `POST /v1/rates`.
pub(crate) async fn rates(
    State(state): State<RatesState>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<RatesRequest>,
) -> Result<Response, Problem> {
    let started = Instant::now();
    let until = started + state.settings.deadline.saturating_sub(ANSWERING);
    caller.require(Scope::Rates)?;
    let asked = body.value.check()?;
    let merchants = state.accounts.of(&state.store, &caller.merchant).await.map_err(store_problem)?;
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let language = yam_platform::problem::Language::negotiate(language).tag();
    let questions = questions(&merchants, &asked);
    if questions.is_empty() {
        let text = "Add a carrier account by PUT /v1/settings/carriers/{id}, or ask for a carrier you have.";
        return Err(Problem::new(Kind::AccountNotReady).with(text));
    }
    let questions = questions.into_iter();
    let quoted =
        join_all(questions.map(|(account, services)| ask(&state, account, &asked, services, until))).await;
    let waited = quoted.iter().map(|q| q.waited).max().unwrap_or_default();
    let mut response = answer(&state, &merchants, &asked, quoted, language)?;
    time_apart(&mut response, started.elapsed(), waited);
    Ok(response)
}

/// Which accounts are asked for which services: the shop's shipping methods, or everything it has.
fn questions(merchants: &Merchants, asked: &Asked) -> Vec<(yam_carriers::Account, Vec<String>)> {
    let wanted =
        |service: &str| asked.quote.services.is_empty() || asked.quote.services.iter().any(|s| s == service);
    let accounts = merchants
        .accounts
        .iter()
        .filter(|a| asked.carriers.is_empty() || asked.carriers.contains(&a.carrier));
    accounts
        .filter_map(|account| {
            if merchants.methods.is_empty() {
                return Some((account.clone(), asked.quote.services.clone()));
            }
            let methods = merchants.methods.iter().filter(|m| m.account == account.id);
            let services: Vec<String> =
                methods.map(|m| m.service.as_str().to_owned()).filter(|s| wanted(s)).collect();
            (!services.is_empty()).then(|| (account.clone(), services))
        })
        .collect()
}

fn answer(
    state: &RatesState,
    merchants: &Merchants,
    asked: &Asked,
    quoted: Vec<Quoted>,
    language: &str,
) -> Result<Response, Problem> {
    let honoured =
        SignedDuration::try_from(state.settings.honoured).unwrap_or(SignedDuration::from_hours(24));
    let expires_at = state.store.clock.now().saturating_add(honoured).unwrap_or(Timestamp::MAX);
    let mut rates: Vec<(Rate, String)> = Vec::new();
    let mut errors: Vec<Value> = Vec::new();
    let mut permanent = !quoted.is_empty();
    let mut weights = None;
    // A post of another country is no news to a shop that has accounts at several, unless it asked for that one.
    let is_elsewhere = |quoted: &Quoted| quoted.trouble.as_ref().is_some_and(|trouble| trouble.elsewhere);
    let some_serve = quoted.iter().any(|quoted| !is_elsewhere(quoted));
    let told = |quoted: &&Quoted| !(some_serve && asked.carriers.is_empty() && is_elsewhere(quoted));
    for quoted in quoted.iter().filter(told) {
        let Some(carrier) = state.carriers.get(quoted.account.carrier) else { continue };
        if let Some(trouble) = &quoted.trouble {
            errors.push(trouble.json(carrier.as_ref()));
            permanent &= trouble.permanent;
            weights = weights.or_else(|| trouble.limits.map(|l| (l, carrier.support())));
        }
        for offered in &quoted.rates {
            match offer(state, merchants, asked, quoted, offered, language, expires_at) {
                Ok(rate) => rates.push(rate),
                Err(error) => tracing::error!(%error, "an operator's price does not add up"),
            }
        }
    }
    if rates.is_empty() {
        let problem = match (permanent, weights) {
            (true, Some(((min, max), support))) => Problem::new(Kind::WeightOverCarrierLimit)
                .with(min.to_string())
                .with(max.to_string())
                .with(support)
                .member("min_g", min)
                .member("max_g", max),
            (true, None) => Problem::new(Kind::NoRates),
            (false, _) => Problem::new(Kind::OperatorsDown).retry_after(60),
        };
        return Err(problem.member("rate_errors", errors));
    }
    let mut order: Vec<Rate> = rates.iter().map(|(rate, _)| rate.clone()).collect();
    sort_by_total(&mut order);
    let mut listed = Vec::with_capacity(rates.len());
    for rate in order {
        let Some(position) = rates.iter().position(|(r, _)| *r == rate) else { continue };
        let (rate, id) = rates.swap_remove(position);
        let mut shown = serde_json::to_value(&rate).unwrap_or_default();
        if let Some(object) = shown.as_object_mut() {
            object.insert("rate_id".into(), json!(id));
            object.insert("expires_at".into(), json!(expires_at));
        }
        listed.push(shown);
    }
    Ok(Json(json!({"rates": listed, "errors": errors})).into_response())
}

fn offer(
    state: &RatesState,
    merchants: &Merchants,
    asked: &Asked,
    quoted: &Quoted,
    offered: &OperatorRate,
    language: &str,
    expires_at: Timestamp,
) -> Result<(Rate, String), MoneyError> {
    let zero = Money::zero(offered.postage.currency());
    let parts =
        [offered.postage, offered.vat, offered.cod_fee.unwrap_or(zero), offered.insurance.unwrap_or(zero)];
    let total = Money::sum(parts, offered.postage.currency())?;
    let Ok(service) = Service::parse(&offered.service) else { return Err(MoneyError::Overflow) };
    let token = RateToken {
        carrier: quoted.account.carrier,
        account: quoted.account.id.clone(),
        service: service.clone(),
        postage: offered.postage,
        vat: offered.vat,
        cod_fee: offered.cod_fee,
        weight: asked.quote.weight,
        goods_total: asked.quote.goods_total,
        cod: asked.quote.cod,
        destination: quoted.destination.clone(),
        expires_at,
    };
    let id = token.seal(&merchants.cipher, state.store.ids.as_ref()).unwrap_or_default();
    let days = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    let carrier = state.carriers.get(quoted.account.carrier);
    let method = merchants.methods.iter().find(|m| m.account == quoted.account.id && m.service == service);
    let name = match (method, carrier) {
        (Some(method), _) => method.title.clone(),
        (None, Some(carrier)) => format!("{} – {}", carrier.name(language), service.as_str()),
        (None, None) => service.as_str().to_owned(),
    };
    let rate = Rate {
        carrier: quoted.account.carrier,
        service,
        name,
        total,
        postage: offered.postage,
        vat: offered.vat,
        cod_fee: offered.cod_fee,
        insurance: offered.insurance,
        transit_days: offered.transit_days.map(|(min, max)| TransitDays { min: days(min), max: days(max) }),
        source: quoted.source,
    };
    Ok((rate, id))
}

/// Tells the hub's own time apart from the operators'.
fn time_apart(response: &mut Response, total: Duration, waited: Duration) {
    let own = total.saturating_sub(waited);
    let text =
        format!("own;dur={:.3}, operator;dur={:.3}", own.as_secs_f64() * 1e3, waited.as_secs_f64() * 1e3);
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert("server-timing", value);
    }
}
