//! `/v1/reports/...`: what a shop can hold against its post.

mod table;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::try_join_all;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, store_problem};
use yam_domain::ids::{CarrierId, MerchantId};
use yam_domain::tracking::claim::{Claim, ClaimTerms, Watched, claim, letter, office_figures};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_sheets::Wanted;
use yam_store::items::{Parcel, Scope, Track};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read, StoreError};

use crate::ConsoleState;

/// Days a shop may give for its terms.
const MOST_DAYS: u32 = 3_650;
/// Where a table says how to go on, which a list says in its body.
const NEXT_CURSOR: &str = "x-next-cursor";

/// The query of the claims report.
#[derive(Debug, Deserialize)]
pub(crate) struct ClaimsQuery {
    carrier: Option<CarrierId>,
    late_after_days: Option<u32>,
    missing_after_days: Option<u32>,
    claim_within_days: Option<u32>,
    format: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl ClaimsQuery {
    fn check(&self) -> Result<(), Problem> {
        let days = [
            ("/late_after_days", self.late_after_days),
            ("/missing_after_days", self.missing_after_days),
            ("/claim_within_days", self.claim_within_days),
        ];
        let wrong = |(_, days): &(&str, Option<u32>)| days.is_some_and(|d| !(1..=MOST_DAYS).contains(&d));
        let faults: Vec<FieldError> = days
            .into_iter()
            .filter(wrong)
            .map(|(field, _)| FieldError::new(field, Fault::OutOfRange("1".into(), MOST_DAYS.to_string())))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::validation(faults)) }
    }

    /// The shop's terms over the usual ones.
    fn terms(&self, carrier: CarrierId) -> ClaimTerms {
        let usual = ClaimTerms::usual(carrier);
        ClaimTerms {
            late_after_days: self.late_after_days.unwrap_or(usual.late_after_days),
            missing_after_days: self.missing_after_days.unwrap_or(usual.missing_after_days),
            claim_within_days: self.claim_within_days.or(usual.claim_within_days),
        }
    }
}

/// A parcel with all that its operator told of it.
struct Case {
    parcel: Parcel,
    track: Track,
    claim: Option<Claim>,
}

/// `GET /v1/reports/claims`: parcels that were lost, went missing or came late, each with a letter to the post,
/// and how late each office's scans show (D9). A page is what was read of the shop's parcels, newest first: it
/// may hold fewer cases than `limit` and still have a next one; its offices are those of the parcels in it.
pub(crate) async fn claims(
    State(state): State<ConsoleState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ClaimsQuery>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    query.check()?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let wanted = Wanted::of(query.format.as_deref(), accept).ok_or_else(|| {
        Problem::validation(vec![FieldError::new("/format", Fault::OneOf(Wanted::NAMES.into()))])
    })?;
    let merchant = &caller.merchant;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let range = Range {
        pk: merchant_partition(merchant),
        prefix: sk::PARCELS,
        after: page.after(&cipher, "claims")?,
        backwards: true,
        limit: page.limit(),
    };
    let read = state.store.table.query::<Parcel>(range, Read::Eventual).await.map_err(store_problem)?;
    let now = state.store.clock.now();
    let asked = |parcel: &Parcel| query.carrier.is_none_or(|carrier| parcel.carrier == carrier);
    let parcels = read.items.into_iter().map(|(_, parcel)| parcel).filter(asked);
    let cases = try_join_all(parcels.map(|parcel| case(&state, merchant, parcel, &query, now)));
    let cases: Vec<Case> = cases.await.map_err(store_problem)?.into_iter().flatten().collect();
    let rows: Vec<Value> = cases.iter().filter_map(|case| row(case, case.claim.as_ref()?)).collect();
    let offices = office_figures(cases.iter().map(|case| Watched {
        since: case.track.since,
        history: &case.track.history,
        claim: case.claim.as_ref(),
    }));
    let mut answer = PageQuery::answer(rows, read.next, &cipher, "claims", state.store.ids.as_ref());
    if let Wanted::Table(kind) = wanted {
        return as_table(&answer, kind);
    }
    if let Some(object) = answer.as_object_mut() {
        object.insert("offices".into(), json!(offices));
    }
    Ok(([(VARY, "accept")], Json(answer)).into_response())
}

async fn case(
    state: &ConsoleState,
    merchant: &MerchantId,
    parcel: Parcel,
    query: &ClaimsQuery,
    now: Timestamp,
) -> Result<Option<Case>, StoreError> {
    let Some(code) = &parcel.tracking_code else { return Ok(None) };
    let key = of_merchant(merchant, sk::track(parcel.carrier.as_str(), code.as_str()));
    let track: Option<Track> = state.store.table.get(&key, Read::Eventual).await?;
    Ok(track.map(|track| {
        let claim = claim(parcel.carrier, &track.history, now, &query.terms(parcel.carrier));
        Case { parcel, track, claim }
    }))
}

/// A case as the report shows it, its letter and the whole of its scans included.
fn row(case: &Case, claim: &Claim) -> Option<Value> {
    let Case { parcel, track, .. } = case;
    let code = parcel.tracking_code.as_ref()?;
    let scans: Vec<Value> = track
        .history
        .events()
        .map(|event| {
            json!({
                "happened_at": event.scan.happened_at,
                "seen_at": event.seen_at,
                "withdrawn_at": event.withdrawn_at,
                "office": event.scan.office,
                "raw": event.scan.raw,
            })
        })
        .collect();
    let mut row = json!({
        "parcel_id": parcel.id,
        "order_number": parcel.order_number,
        "order_total": parcel.order_total,
        "carrier": parcel.carrier,
        "tracking_code": code,
        "letter": letter(parcel.carrier, code.as_str(), claim),
        "scans": scans,
    });
    let claimed = serde_json::to_value(claim).ok()?;
    row.as_object_mut()?.extend(claimed.as_object().cloned()?);
    Some(row)
}

fn as_table(answer: &Value, kind: yam_sheets::Kind) -> Result<Response, Problem> {
    let rows = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let file = table::sheet(rows).write(kind).map_err(|error| {
        tracing::error!(%error, "a report could not be written");
        Problem::new(Kind::Internal)
    })?;
    let headers =
        [(CONTENT_TYPE, file.media_type), (CONTENT_DISPOSITION, file.disposition.as_str()), (VARY, "accept")];
    let mut response = (headers, file.bytes).into_response();
    let next = answer["next_cursor"].as_str().and_then(|cursor| HeaderValue::from_str(cursor).ok());
    if let Some(next) = next {
        response.headers_mut().insert(NEXT_CURSOR, next);
    }
    Ok(response)
}
