//! `/v1/settings/templates`: the shop's own texts, in versions (S4-17, S4-18, S4-21 ... S4-24).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, Query, store_problem};
use yam_domain::ids::{AccountId, MerchantId};
use yam_domain::notice::advert::lint;
use yam_domain::notice::macros::Macro;
use yam_domain::notice::template::{default_text, kinds_with_defaults};
use yam_domain::notice::{Audience, Channel, Template, TemplateError};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Scope;
use yam_store::items::notices::NoticeText;
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Range, Read, Txn};

use crate::NoticesState;
use crate::rules::not_ready;
use crate::shop::{Answer, ShopNotices, fault, refuse, same_version, tag};

/// Most texts of a shop.
const MOST_TEXTS: usize = 300;

/// A text as it comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRequest {
    channel: Channel,
    subject: Option<String>,
    text: String,
    provider_template: Option<String>,
    /// The version that was changed, 0 for a new text; not looked at when absent.
    version: Option<u64>,
}

/// Which version.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct VersionQuery {
    version: Option<u64>,
}

/// Every text that is not deleted, by id.
pub(crate) async fn all_texts(
    state: &NoticesState,
    merchant: &MerchantId,
) -> Result<BTreeMap<String, NoticeText>, Problem> {
    let pk = merchant_partition(merchant);
    let all: Vec<(Key, NoticeText)> =
        state.store.table.query_all(&pk, sk::TEXTS, Read::Consistent).await.map_err(store_problem)?;
    let kept = all.into_iter().map(|(_, text)| text).filter(|text| !text.deleted);
    Ok(kept.map(|text| (text.id.clone(), text)).collect())
}

/// A text, or 404. `version` none: the current one.
pub(crate) async fn find(
    state: &NoticesState,
    merchant: &MerchantId,
    id: &str,
    version: Option<u64>,
) -> Result<NoticeText, Problem> {
    let id = text_id(id)?;
    let sk = match version {
        Some(version) => sk::text_version(&id, version),
        None => sk::text(&id),
    };
    let found: Option<NoticeText> =
        state.store.table.get(&of_merchant(merchant, sk), Read::Consistent).await.map_err(store_problem)?;
    found.filter(|text| version.is_some() || !text.deleted).ok_or_else(|| Problem::new(Kind::NotFound))
}

fn text_id(id: &str) -> Result<String, Problem> {
    AccountId::parse(id).map(|id| id.to_string()).map_err(|_| Problem::new(Kind::NotFound))
}

/// What is wrong with a text, at its field.
pub(crate) fn check(template: &Template) -> Result<(), Problem> {
    let Err(wrong) = template.check() else { return Ok(()) };
    let subject_is_read = template.subject.as_deref().map(yam_domain::notice::Text::parse);
    let field = match &wrong {
        TemplateError::Subject => "/subject",
        TemplateError::Macro(_) if matches!(subject_is_read, Some(Err(_))) => "/subject",
        TemplateError::ProviderTemplate => "/provider_template",
        _ => "/text",
    };
    Err(Problem::validation(vec![fault(field, wrong.to_string())]))
}

fn view(text: &NoticeText) -> Value {
    json!({
        "template_id": text.id,
        "version": text.version,
        "channel": text.template.channel,
        "subject": text.template.subject,
        "text": text.template.text,
        "provider_template": text.template.provider_template,
        "placeholder": text.template.blocks(),
        "saved_at": text.at,
        "deleted": text.deleted,
    })
}

/// What is to be thought of before a text goes out; nothing of it is refused.
pub(crate) fn warnings(template: &Template, country: &str) -> Vec<Value> {
    let faults = lint(&template.text, country);
    faults.into_iter().map(|fault| json!({"code": fault.code(), "detail": fault.to_string()})).collect()
}

/// `GET`: the shop's texts, the default ones in the shop's language, and the macros.
pub(crate) async fn list(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let texts = all_texts(&state, &caller.merchant).await?;
    let locale = shop.locale();
    let mut defaults = Vec::new();
    for kind in kinds_with_defaults() {
        for audience in Audience::ALL {
            for channel in Channel::ALL {
                if let Some(text) = default_text(locale, *audience, *channel, kind) {
                    defaults.push(json!({
                        "status": kind, "audience": audience, "channel": channel, "text": text,
                    }));
                }
            }
        }
    }
    Ok(Json(json!({
        "items": texts.values().map(view).collect::<Vec<_>>(),
        "next_cursor": null,
        "defaults": {"locale": tag(locale), "items": defaults},
        "macros": Macro::ALL.map(|name| format!("{{{}}}", name.as_str())),
    })))
}

/// `GET /{id}?version=`.
pub(crate) async fn read(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Answer {
    caller.require(Scope::Settings)?;
    Ok(Json(view(&find(&state, &caller.merchant, &id, query.version).await?)))
}

/// `GET /{id}/versions`, newest first, 50 at most.
pub(crate) async fn versions(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let prefix = sk::text_versions(&text_id(&id)?);
    let range = Range {
        pk: merchant_partition(&caller.merchant),
        prefix: &prefix,
        after: None,
        backwards: true,
        limit: 50,
    };
    let page = state.store.table.query::<NoticeText>(range, Read::Eventual).await.map_err(store_problem)?;
    if page.items.is_empty() {
        return Err(Problem::new(Kind::NotFound));
    }
    let items: Vec<Value> = page.items.iter().map(|(_, text)| view(text)).collect();
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `PUT /{id}`: a new version. A text that a rule sends must stay fit to be sent.
pub(crate) async fn write(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<TextRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let id = text_id(&id)?;
    let TextRequest { channel, subject, text, provider_template, version } = body.value;
    let template = Template { channel, subject, text, provider_template };
    check(&template)?;
    let key = of_merchant(&caller.merchant, sk::text(&id));
    let before: Option<NoticeText> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    let stored = before.as_ref().map_or(0, |text| text.version);
    if let Some(given) = version {
        let shown = before.as_ref().filter(|text| !text.deleted).map_or(0, |text| text.version);
        same_version(given, shown)?;
    }
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let mut texts = all_texts(&state, &caller.merchant).await?;
    if !texts.contains_key(&id) && texts.len() >= MOST_TEXTS {
        let words = format!("a shop may have {MOST_TEXTS} texts; delete one first");
        return Err(Problem::validation(vec![fault("", words)]));
    }
    let made = NoticeText {
        id: id.clone(),
        version: stored.saturating_add(1),
        template,
        at: state.store.clock.now(),
        by: caller.key_id.clone(),
        deleted: false,
    };
    texts.insert(id.clone(), made.clone());
    refuse(of_this_text(&shop, &texts, &id))?;
    store(&state, &caller, &made).await?;
    let mut shown = view(&made);
    if let Some(object) = shown.as_object_mut() {
        object.insert("warnings".into(), json!(warnings(&made.template, shop.country())));
    }
    Ok(Json(shown))
}

/// Why rules that are on could not send this text; said of the text, not of the rule.
fn of_this_text(
    shop: &ShopNotices,
    texts: &BTreeMap<String, NoticeText>,
    id: &str,
) -> Vec<yam_platform::problem::FieldError> {
    let mut rules = shop.settings.rules.clone();
    rules.rules.retain(|rule| rule.template_id.as_deref() == Some(id));
    let mut faults = not_ready(shop, &rules, texts);
    faults.truncate(1);
    for wrong in &mut faults {
        let field = if wrong.pointer.ends_with("/template_id") { "/channel" } else { "/text" };
        field.clone_into(&mut wrong.pointer);
    }
    faults
}

/// `DELETE /{id}`. Its versions stay for messages that were planned with it.
pub(crate) async fn remove(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let text = find(&state, &caller.merchant, &id, None).await?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    if shop.settings.rules.rules.iter().any(|rule| rule.template_id.as_ref() == Some(&text.id)) {
        let words = "a rule names it; take it out of /v1/settings/rules first";
        return Err(Problem::new(Kind::NotInThisState).with("in_use").with(words));
    }
    let gone = NoticeText {
        version: text.version.saturating_add(1),
        deleted: true,
        at: state.store.clock.now(),
        by: caller.key_id.clone(),
        ..text
    };
    store(&state, &caller, &gone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores a version; its own item must be new, so that two writers never share a number.
async fn store(state: &NoticesState, caller: &Caller, text: &NoticeText) -> Result<(), Problem> {
    let table = &state.store.table;
    let at = |sk: String| of_merchant(&caller.merchant, sk);
    let mut txn = Txn::new();
    txn.insert("text version", table, &at(sk::text_version(&text.id, text.version)), text);
    txn.upsert("text", table, &at(sk::text(&text.id)), text);
    txn.commit(table).await.map_err(store_problem)
}
