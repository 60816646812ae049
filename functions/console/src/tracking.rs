//! `/v1/settings/tracking`: the shop's choices about states that follow from time (S4-15, S1-33 ... S1-35).

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{DerivedChoices, DerivedSettings};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::Read;
use yam_store::items::Scope;
use yam_store::keys::{of_merchant, sk};

use crate::ConsoleState;

/// `GET`: what was chosen, and what holds for each operator.
pub(crate) async fn read(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let key = of_merchant(&caller.merchant, sk::TRACKING);
    let chosen: Option<DerivedChoices> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok(Json(view(&chosen.unwrap_or_default())))
}

/// `PUT`: replaces the choices; parcels under way follow at their next poll.
pub(crate) async fn write(
    State(state): State<ConsoleState>,
    caller: Caller,
    body: Body<DerivedChoices>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let faults = body.value.faults().into_iter();
    let faults: Vec<FieldError> = faults
        .map(|(field, least, most)| {
            FieldError::new(format!("/{field}"), Fault::OutOfRange(least.to_string(), most.to_string()))
        })
        .collect();
    if !faults.is_empty() {
        return Err(Problem::validation(faults));
    }
    let key = of_merchant(&caller.merchant, sk::TRACKING);
    state.store.table.put(&key, &body.value).await.map_err(store_problem)?;
    Ok(Json(view(&body.value)))
}

fn view(chosen: &DerivedChoices) -> Value {
    let in_force: serde_json::Map<String, Value> = CarrierId::ALL
        .into_iter()
        .map(|carrier| {
            let usual = DerivedSettings::for_carrier(carrier, jiff::tz::TimeZone::UTC);
            let settings = chosen.over(carrier, usual);
            let shown = json!({
                "not_collected_text_days": settings.not_collected_text_days,
                "not_collected_call_days": settings.not_collected_call_days,
                "stalled_days": settings.stalled_days,
                "invalid_code_days": settings.invalid_code_days,
                "storage_days": settings.storage.office_days,
                "storage_expiring_days_before": settings.storage.expiring_days_before,
                "arrived_threshold_percent": settings.arrived_threshold / 100,
            });
            (carrier.to_string(), shown)
        })
        .collect();
    json!({"chosen": chosen, "in_force": in_force})
}
