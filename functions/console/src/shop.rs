//! `/v1/settings/shop`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, store_problem};
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::Read;
use yam_store::items::{Scope, Shop};
use yam_store::keys::{of_merchant, sk};

use crate::ConsoleState;

#[derive(Debug, Deserialize)]
pub(crate) struct ShopRequest {
    country: String,
    currency_unit: String,
    time_zone: String,
    #[serde(default = "gregorian")]
    calendar: String,
    #[serde(default = "english")]
    locale: String,
}

fn gregorian() -> String {
    "gregorian".into()
}

fn english() -> String {
    "en".into()
}

/// `GET`.
pub(crate) async fn read(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let key = of_merchant(&caller.merchant, sk::SHOP);
    let shop: Option<Shop> = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    shop.map(|s| Json(serde_json::json!(s))).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// `PUT`. Changing the unit changes how amounts are shown, never what is stored (S0-33, S2-25).
pub(crate) async fn write(
    State(state): State<ConsoleState>,
    caller: Caller,
    body: Body<ShopRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let shop = check(body.value)?;
    state.store.table.put(&of_merchant(&caller.merchant, sk::SHOP), &shop).await.map_err(store_problem)?;
    Ok(Json(serde_json::json!(shop)))
}

fn check(request: ShopRequest) -> Result<Shop, Problem> {
    let mut faults = Vec::new();
    let country = clean(&request.country).to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        faults
            .push(FieldError::new("/country", Fault::Other("must be a country code of two letters".into())));
    }
    let currency_unit = clean(&request.currency_unit).to_ascii_uppercase();
    if !["IRR", "IRT", "RUB", "KRW", "USD", "EUR"].contains(&currency_unit.as_str()) {
        faults.push(FieldError::new("/currency_unit", Fault::OneOf("IRR, IRT, RUB, KRW, USD, EUR".into())));
    }
    let time_zone = clean(&request.time_zone);
    if jiff::tz::TimeZone::get(&time_zone).is_err() {
        faults.push(FieldError::new(
            "/time_zone",
            Fault::Other("must be an IANA zone, e.g. Asia/Tehran".into()),
        ));
    }
    if !["gregorian", "jalali"].contains(&request.calendar.as_str()) {
        faults.push(FieldError::new("/calendar", Fault::OneOf("gregorian, jalali".into())));
    }
    if !["en", "fa", "ru", "ko"].contains(&request.locale.as_str()) {
        faults.push(FieldError::new("/locale", Fault::OneOf("en, fa, ru, ko".into())));
    }
    if !faults.is_empty() {
        return Err(Problem::validation(faults));
    }
    Ok(Shop { country, currency_unit, time_zone, calendar: request.calendar, locale: request.locale })
}
