//! `/v1/operator/merchants`: hub staff make merchants.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yam_api::{Body, NewKey, Operator, PageQuery, Query, store_problem};
use yam_domain::ids::MerchantId;
use yam_domain::limits;
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::{ApiKey, Merchant, Scope};
use yam_store::keys::{of_merchant, registered_merchant, sk};
use yam_store::{Range, Read, StoreError, Txn};

use crate::ConsoleState;

#[derive(Debug, Deserialize)]
pub(crate) struct MerchantRequest {
    merchant_id: Option<String>,
    name: String,
    country: String,
}

/// The registry's row.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Registered {
    merchant: MerchantId,
}

/// `POST`: the merchant, its data key, and its first API key, which is shown this once.
pub(crate) async fn create(
    State(state): State<ConsoleState>,
    _operator: Operator,
    body: Body<MerchantRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let merchant = check(&state, body.value)?;
    let store = &state.store;
    let first = NewKey::make(&merchant.id, store.ids.as_ref());
    let key = ApiKey {
        id: first.id.clone(),
        secret_sha256: first.secret_sha256.clone(),
        scopes: Scope::ALL.to_vec(),
        label: "first key".into(),
        created_at: store.clock.now(),
        ends_at: None,
    };
    let (wrapped_at, wrapped) = store.vault.new_key(&merchant.id).await.map_err(store_problem)?;
    let mut txn = Txn::new();
    txn.insert("merchant", &store.table, &of_merchant(&merchant.id, sk::MERCHANT), &merchant);
    txn.insert("data key", &store.table, &wrapped_at, &wrapped);
    txn.insert("api key", &store.table, &of_merchant(&merchant.id, sk::api_key(&key.id)), &key);
    let row = Registered { merchant: merchant.id.clone() };
    txn.upsert("registry", &store.table, &registered_merchant(&merchant.id), &row);
    match txn.commit(&store.table).await {
        Ok(()) => {}
        Err(StoreError::Condition { .. }) => {
            let fault = Fault::Other("is taken; make another key for it under /keys".into());
            return Err(Problem::validation(vec![FieldError::new("/merchant_id", fault)]));
        }
        Err(error) => return Err(store_problem(error)),
    }
    let shown = json!({
        "merchant": {"merchant_id": merchant.id, "name": merchant.display_name, "country": merchant.country},
        "user_id": merchant.id,
        "api_key": {"key_id": first.id, "api_key": first.text, "scopes": key.scopes},
    });
    Ok((StatusCode::CREATED, Json(shown)))
}

fn check(state: &ConsoleState, request: MerchantRequest) -> Result<Merchant, Problem> {
    let mut faults = Vec::new();
    let id = request
        .merchant_id
        .unwrap_or_else(|| format!("m{}", &state.store.ids.ordered(state.store.clock.now())[..20]));
    let id = MerchantId::parse(&id).map_err(|error| {
        faults.push(FieldError::new("/merchant_id", Fault::Other(error.to_string())));
    });
    let name = clean(&request.name);
    if name.is_empty() {
        faults.push(FieldError::new("/name", Fault::Required));
    } else if name.chars().count() > limits::MAX_NAME {
        faults.push(FieldError::new("/name", Fault::TooLong(limits::MAX_NAME)));
    }
    let country = clean(&request.country).to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        faults
            .push(FieldError::new("/country", Fault::Other("must be a country code of two letters".into())));
    }
    match id {
        Ok(id) if faults.is_empty() => {
            Ok(Merchant { id, display_name: name, country, created_at: state.store.clock.now() })
        }
        _ => Err(Problem::validation(faults)),
    }
}

/// `GET`.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<Value>, Problem> {
    // The registry's sort keys are merchant ids, which are no secret to hub staff: plain cursors.
    let range = Range {
        pk: "HUB#MERCHANTS".into(),
        prefix: "",
        after: query.cursor.clone(),
        backwards: false,
        limit: query.limit(),
    };
    let page =
        state.store.table.query_lenient::<Registered>(range, Read::Eventual).await.map_err(store_problem)?;
    let mut items = Vec::with_capacity(page.items.len());
    for (_, row) in page.items {
        let key = of_merchant(&row.merchant, sk::MERCHANT);
        let merchant: Option<Merchant> =
            state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?;
        if let Some(m) = merchant {
            items.push(json!({
                "merchant_id": m.id, "name": m.display_name, "country": m.country, "created_at": m.created_at,
            }));
        }
    }
    Ok(Json(json!({"items": items, "next_cursor": page.next})))
}
