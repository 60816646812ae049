//! `Idempotency-Key` (storefront notes, section 5.3).

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;
use yam_domain::ids::MerchantId;
use yam_domain::limits::MAX_IDEMPOTENCY_KEY;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::idempotency::{Earlier, RequestKey};
use yam_store::{Store, Txn};

use crate::failure::store_problem;

/// The header, bare or as a quoted structured-field string; 1 to [`MAX_IDEMPOTENCY_KEY`] printable characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(IdempotencyKey(None)) };
        let value = value.to_str().map_err(|_| Problem::new(Kind::IdempotencyRequired))?.trim();
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        let printable = value.bytes().all(|b| (0x20..0x7f).contains(&b));
        if value.is_empty() || value.len() > MAX_IDEMPOTENCY_KEY || !printable {
            return Err(Problem::new(Kind::IdempotencyRequired));
        }
        Ok(IdempotencyKey(Some(value.to_owned())))
    }
}

/// One request that may have been made before.
#[derive(Debug, Clone)]
pub struct Idempotent {
    record: Option<RequestKey>,
}

impl Idempotent {
    /// Looks for an earlier request with the same key; its answer ends this one.
    ///
    /// # Errors
    /// The earlier answer as `Err(Ok(..))`, a problem as `Err(Err(..))`: 422 when the key was used for
    /// another body.
    pub async fn begin(
        store: &Store,
        merchant: &MerchantId,
        method: &str,
        path: &str,
        key: &IdempotencyKey,
        body: &Value,
    ) -> Result<Self, Result<Response, Problem>> {
        let Some(header) = &key.0 else { return Ok(Idempotent { record: None }) };
        let record = RequestKey::new(merchant, method, path, header, body);
        match record.earlier(store).await.map_err(|e| Err(store_problem(e)))? {
            Earlier::None => Ok(Idempotent { record: Some(record) }),
            Earlier::OtherBody => Err(Err(Problem::new(Kind::IdempotencyMismatch))),
            Earlier::Answer(status, answer) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                let mut response = (status, axum::Json(answer)).into_response();
                response.headers_mut().insert("idempotent-replayed", http::HeaderValue::from_static("true"));
                Err(Ok(response))
            }
        }
    }

    /// Adds the record of the answer to the transaction that makes the resource.
    pub fn finish(&self, txn: &mut Txn, store: &Store, status: StatusCode, answer: &Value) {
        if let Some(record) = &self.record {
            record.record(txn, store, status.as_u16(), answer);
        }
    }
}
