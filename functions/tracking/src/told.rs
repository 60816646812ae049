//! What shops are told of a parcel's way.

use jiff::Timestamp;
use serde_json::{Value, json};
use yam_domain::tracking::{Event, Opened, Verdict};
use yam_store::items::{Parcel, Track};

/// The data of an event: the parcel as it is now, and the change. A receiver that keeps the highest
/// `sequence` has the parcel's present state, also when a late change is told (invariant W2).
pub(crate) fn data(parcel: &Parcel, track: &Track, change: Option<&Opened>, now: Timestamp) -> Value {
    let tracked = parcel.tracked.clone().unwrap_or_default();
    json!({
        "parcel_id": parcel.id,
        "order_id": (!parcel.tracked_only).then(|| parcel.order.as_str()),
        "order_number": parcel.order_number,
        "carrier": parcel.carrier,
        "tracking_code": parcel.tracking_code,
        "state": parcel.registration,
        "status": parcel.whereabouts,
        "since": tracked.since,
        "reason": tracked.reason,
        "office": tracked.office,
        "waiting_days": tracked.waiting_days(now),
        "storage_deadline": tracked.storage_deadline,
        "cod": parcel.cod,
        "change": change.map(|change| json!({
            "epoch": change.id.as_str(),
            "status": change.status,
            "happened_at": change.happened_at,
            "seen_at": now,
            "office": change.office,
            "reason": change.reason,
            "late": change.verdict == Verdict::Late,
            "superseded": change.verdict == Verdict::Superseded,
            "raw": raw_of(track, change),
        })),
    })
}

/// The operator's own words for a change; none for one that follows from silence.
fn raw_of(track: &Track, change: &Opened) -> Option<Value> {
    let said = |event: &Event<'_>| {
        event.scan.happened_at == change.happened_at && event.scan.office == change.office
    };
    let scan = track.history.events().filter(said).last()?.scan;
    Some(json!({"code": scan.raw.code, "text": scan.raw.text, "detail": scan.raw.detail}))
}
