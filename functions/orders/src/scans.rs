//! `POST /v1/parcels/scans`: what a scanner read off a stack of parcels, entered at once (S4-43, S4-66).

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller};
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodeVerdict, check_code};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::Scope;

use crate::OrdersState;
use crate::track::{Entered, enter_number};

/// Numbers in one request.
const MOST: usize = 200;

/// Body of the request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ScansRequest {
    carrier: CarrierId,
    codes: Codes,
}

/// A list, or what a scanner types: one number a line.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Codes {
    List(Vec<String>),
    Text(String),
}

impl Codes {
    fn lines(&self) -> Vec<&str> {
        let all: Vec<&str> = match self {
            Codes::List(list) => list.iter().map(String::as_str).collect(),
            Codes::Text(text) => text.lines().collect(),
        };
        all.into_iter().filter(|line| !line.trim().is_empty()).collect()
    }
}

/// Each number gets its own end, and one that is wrong stops no other. The same again is harmless: what was
/// entered is `known` then.
pub(crate) async fn add(
    State(state): State<OrdersState>,
    caller: Caller,
    body: Body<ScansRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let lines = body.value.codes.lines();
    let fault = match lines.len() {
        0 => Some(Fault::Required),
        many if many > MOST => Some(Fault::TooLong(MOST)),
        _ => None,
    };
    if let Some(fault) = fault {
        return Err(Problem::validation(vec![FieldError::new("/codes", fault)]));
    }
    let mut items = Vec::new();
    for scanned in lines {
        items.push(entry(&state, &caller, body.value.carrier, scanned).await?);
    }
    Ok(Json(json!({ "items": items })))
}

async fn entry(
    state: &OrdersState,
    caller: &Caller,
    carrier: CarrierId,
    scanned: &str,
) -> Result<Value, Problem> {
    let (number, mended) = match check_code(carrier, scanned) {
        CodeVerdict::Valid(number) => (number, None),
        CodeVerdict::Repaired { number, mended } => (number, Some(mended)),
        CodeVerdict::Invalid { reason, fits } => {
            return Ok(json!({
                "scanned": scanned, "result": "refused", "detail": reason.to_string(), "fits": fits,
            }));
        }
    };
    let (result, parcel) = match enter_number(state, &caller.merchant, carrier, &number).await? {
        Entered::New(parcel) => ("entered", parcel),
        Entered::Known(parcel) => ("known", parcel),
    };
    Ok(json!({
        "scanned": scanned, "result": result, "tracking_code": number, "mended": mended,
        "parcel_id": parcel.id, "status": parcel.whereabouts,
    }))
}
