//! `/v1/settings/rules` and `/service`: which change is told to whom, in versions (S4-13 ... S4-20, S4-44).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, Query, store_problem};
use yam_domain::notice::ladder::climb;
use yam_domain::notice::readiness::default_template;
use yam_domain::notice::rules::MAX_AFTER_DAYS;
use yam_domain::notice::{Rule, RuleSet, Template, unready};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::Scope;
use yam_store::items::notices::{NoticeText, PastRules};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Txn};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault, refuse, same_version};
use crate::texts::all_texts;

/// Rules as they come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesRequest {
    /// The version that was changed.
    version: u64,
    rules: Vec<Rule>,
    /// Left as it is when absent.
    service_enabled: Option<bool>,
}

/// The switch as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRequest {
    enabled: bool,
}

/// `GET`: the rules in force, and what keeps those that are off from being switched on.
pub(crate) async fn read(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let texts = all_texts(&state, &caller.merchant).await?;
    Ok(Json(view(&shop, &texts)))
}

/// `PUT`: a new version. Rules that are on need a text that may be sent.
pub(crate) async fn write(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<RulesRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let request = body.value;
    same_version(request.version, shop.settings.rules.version)?;
    let texts = all_texts(&state, &caller.merchant).await?;
    let rules = RuleSet {
        version: request.version.saturating_add(1),
        service_enabled: request.service_enabled.unwrap_or(shop.settings.rules.service_enabled),
        rules: request.rules,
    };
    let mut faults: Vec<FieldError> =
        rules.faults().into_iter().map(|(at, wrong)| fault(wrong.path(at), wrong.to_string())).collect();
    faults.extend(unknown_texts(&rules, &texts));
    faults.extend(not_ready(&shop, &rules, &texts));
    refuse(faults)?;
    keep(&state, &caller, &mut shop, rules).await?;
    Ok(Json(view(&shop, &texts)))
}

/// `GET /v1/settings/rules/{version}`: rules that were in force, for `explain`.
pub(crate) async fn past(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(version): Path<String>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let version: u64 = version.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    if version == shop.settings.rules.version {
        return Ok(Json(json!({"version": version, "rules": shop.settings.rules.rules,
            "service_enabled": shop.settings.rules.service_enabled})));
    }
    let key = of_merchant(&caller.merchant, sk::past_rules(version));
    let found: Option<PastRules> =
        state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?;
    let past = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(json!({
        "version": past.rules.version, "rules": past.rules.rules,
        "service_enabled": past.rules.service_enabled, "saved_at": past.at, "saved_by": past.by,
    })))
}

/// How long offices keep a parcel, for a ladder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LadderQuery {
    storage_days: u16,
}

/// `GET /v1/settings/rules/ladder?storage_days=15`: the shop's rules with reminders that begin with what costs nothing
/// and end before the storage does (beyond D4). A proposal: it holds once it was `PUT`.
pub(crate) async fn ladder(
    State(state): State<NoticesState>,
    caller: Caller,
    Query(query): Query<LadderQuery>,
) -> Answer {
    caller.require(Scope::Settings)?;
    if !(1..=MAX_AFTER_DAYS).contains(&query.storage_days) {
        let bounds = Fault::OutOfRange("1".into(), MAX_AFTER_DAYS.to_string());
        return Err(Problem::validation(vec![FieldError::new("/storage_days", bounds)]));
    }
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let rules = &shop.settings.rules;
    Ok(Json(json!({"version": rules.version, "rules": climb(rules, query.storage_days)})))
}

/// `GET /v1/settings/service`.
pub(crate) async fn read_service(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    Ok(Json(json!({"enabled": shop.settings.rules.service_enabled})))
}

/// `PUT /v1/settings/service`: off: nothing leaves, tracking goes on (S4-44).
pub(crate) async fn write_service(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<ServiceRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let enabled = body.value.enabled;
    if shop.settings.rules.service_enabled != enabled {
        let version = shop.settings.rules.version.saturating_add(1);
        let rules = RuleSet { version, service_enabled: enabled, ..shop.settings.rules.clone() };
        keep(&state, &caller, &mut shop, rules).await?;
    }
    Ok(Json(json!({"enabled": enabled})))
}

/// Puts rules in force; each version stays readable.
async fn keep(
    state: &NoticesState,
    caller: &Caller,
    shop: &mut ShopNotices,
    rules: RuleSet,
) -> Result<(), Problem> {
    let now = state.store.clock.now();
    let by = caller.key_id.clone();
    let mut txn = Txn::new();
    if shop.settings.rules.version == 1 {
        // The rules of a new shop were in force too, and nobody saved them.
        let usual =
            PastRules { rules: shop.settings.rules.clone(), at: shop.merchant.created_at, by: String::new() };
        let key = of_merchant(&caller.merchant, sk::past_rules(usual.rules.version));
        txn.upsert("first rules", &state.store.table, &key, &usual);
    }
    let key = of_merchant(&caller.merchant, sk::past_rules(rules.version));
    let past = PastRules { rules: rules.clone(), at: now, by };
    txn.upsert("rules", &state.store.table, &key, &past);
    shop.settings.rules = rules;
    shop.write(state, &mut txn);
    txn.commit(&state.store.table).await.map_err(store_problem)
}

/// The text a rule would send.
fn text_of(shop: &ShopNotices, rule: &Rule, texts: &BTreeMap<String, NoticeText>) -> Option<Template> {
    match &rule.template_id {
        Some(id) => texts.get(id).map(|text| text.template.clone()),
        None => default_template(rule, shop.locale()),
    }
}

/// Rules that are off may name no text that is not there either.
fn unknown_texts(rules: &RuleSet, texts: &BTreeMap<String, NoticeText>) -> Vec<FieldError> {
    let rules = rules.rules.iter().enumerate().filter(|(_, rule)| !rule.enabled);
    let missing =
        rules.filter(|(_, rule)| rule.template_id.as_ref().is_some_and(|id| !texts.contains_key(id)));
    missing
        .map(|(at, _)| {
            let words = "there is no such text; see /v1/settings/templates";
            fault(format!("/rules/{at}/template_id"), words)
        })
        .collect()
}

/// What keeps rules from being on.
pub(crate) fn not_ready(
    shop: &ShopNotices,
    rules: &RuleSet,
    texts: &BTreeMap<String, NoticeText>,
) -> Vec<FieldError> {
    let faults = unready(rules, |rule| text_of(shop, rule, texts));
    faults.into_iter().map(|(path, wrong)| fault(path, wrong.to_string())).collect()
}

fn view(shop: &ShopNotices, texts: &BTreeMap<String, NoticeText>) -> Value {
    let rules = &shop.settings.rules;
    let mut all_on = rules.clone();
    all_on.rules.iter_mut().for_each(|rule| rule.enabled = true);
    let faults = unready(&all_on, |rule| text_of(shop, rule, texts));
    let blocked: Vec<Value> = faults
        .iter()
        .map(|(path, wrong)| json!({"pointer": format!("#{path}"), "detail": wrong.to_string()}))
        .collect();
    json!({
        "version": rules.version,
        "service_enabled": rules.service_enabled,
        "rules": rules.rules,
        "not_ready": blocked,
    })
}
