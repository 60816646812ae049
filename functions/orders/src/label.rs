//! `GET /v1/parcels/{id}/label`: the operator's own file passed through, or where it prints labels itself.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use yam_accounts::{AccountError, open_account};
use yam_api::{Caller, store_problem};
use yam_carriers::consignment::RegisteredParcel;
use yam_carriers::{CallOutcome, Label, OurId, Support};
use yam_domain::ids::ParcelId;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::{Parcel, Scope};

use crate::OrdersState;
use crate::change::{load_parcel, path_id, registered_here};

/// An API behind Lambda answers within its 15 s; the operator gets most of them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing is changed at the operator, so it is simply asked.
pub(crate) async fn read(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let parcel = load_parcel(&state, &caller.merchant, &path_id(ParcelId::parse(&id))?).await?;
    registered_here(&parcel)?;
    let carrier = state.carriers.get(parcel.carrier).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let account = open_account(&state.store, &caller.merchant, &parcel.account).await;
    let account = account.map_err(|error| match error {
        AccountError::Store(error) => store_problem(error),
        other => Problem::new(Kind::AccountNotReady).with(other.to_string()),
    })?;
    let own_page = |text: &str| {
        Problem::new(Kind::NotSupportedByOperator).with(text).member("panel_url", carrier.panel_url())
    };
    if let Support::No(text) = carrier.capabilities(&account.settings).label {
        return Err(own_page(text));
    }
    let registered = registered(&parcel).ok_or_else(|| {
        let words = "wait for its number, then ask again";
        Problem::new(Kind::NotInThisState).with(parcel.registration.as_str()).with(words)
    })?;
    match tokio::time::timeout(PATIENCE, carrier.label(&account, &registered)).await {
        Ok(CallOutcome::Done(label)) => Ok(file(label)),
        Ok(CallOutcome::Refused(error)) => Err(own_page(&format!("{} ({})", error.message, error.code))),
        Ok(CallOutcome::Busy { error, .. }) => Err(late(&error.message)),
        Ok(CallOutcome::NotSent(words) | CallOutcome::Unknown(words)) => Err(late(&words)),
        Err(_elapsed) => Err(late("no answer in time")),
    }
}

fn registered(parcel: &Parcel) -> Option<RegisteredParcel> {
    Some(RegisteredParcel {
        parcel: parcel.id.clone(),
        code: parcel.tracking_code.clone()?,
        reference: parcel.reference.clone(),
        ours: OurId::new(parcel.id.clone(), parcel.generation),
    })
}

fn file(label: Label) -> Response {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = label.file_name.chars().filter(|c| plain(*c)).collect();
    let headers = [
        (CONTENT_TYPE, label.media_type),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        // It holds the receiver's address.
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, label.bytes).into_response()
}

fn late(words: &str) -> Problem {
    Problem::new(Kind::Unavailable).retry_after(30).member("operator", words)
}
