//! Orders and parcels as the API shows them.

use jiff::Timestamp;
use serde_json::{Value, json};
use yam_carriers::Carriers;
use yam_domain::ids::CarrierId;
use yam_domain::parcel::{ParcelStatus, RegistrationState};
use yam_domain::tracking::{Event, Meaning};
use yam_store::items::{Order, Parcel, Task, TaskReason, Track};

/// An order with its parcels.
pub(crate) fn order(carriers: &Carriers, order: &Order, parcels: &[Parcel]) -> Value {
    json!({
        "order_id": order.id,
        "number": order.number,
        "state": order.phase,
        "placed_at": order.placed_at,
        "created_at": order.created_at,
        "cod": order.cod,
        "paid": order.paid,
        "dispatch": order.dispatch,
        "postage_payer": order.postage_payer,
        "invoice": order.invoice,
        "declared_value": order.declared_value,
        "cod_amount": order.cod_amount,
        "carrier": order.rate.carrier,
        "service": order.rate.service,
        "account_id": order.rate.account,
        "quoted": order.rate.quoted,
        "items": order.lines.iter().map(|l| json!({
            "line_id": l.line_id, "sku": l.sku, "name": l.title, "quantity": l.quantity,
            "weight_g": l.weight_g, "dimensions_mm": l.dimensions_mm, "price": l.price,
            "vendor_id": l.vendor_id, "content_code": l.content_code, "vat_code": l.vat_code,
        })).collect::<Vec<_>>(),
        "parcels": parcels.iter().map(|p| parcel(carriers, p)).collect::<Vec<_>>(),
        "sequence": order.sequence,
    })
}

/// A parcel.
pub(crate) fn parcel(carriers: &Carriers, parcel: &Parcel) -> Value {
    let carrier = carriers.get(parcel.carrier);
    let tracked = parcel.tracked.clone().unwrap_or_default();
    json!({
        "parcel_id": parcel.id,
        "order_id": (!parcel.tracked_only).then(|| parcel.order.as_str()),
        "order_number": parcel.order_number,
        "carrier": parcel.carrier,
        "service": (!parcel.tracked_only).then(|| parcel.service.as_str()),
        "account_id": (!parcel.tracked_only).then(|| parcel.account.as_str()),
        "state": parcel.registration,
        "barcode_state": parcel.barcode,
        "status": parcel.whereabouts,
        "since": tracked.since,
        "reason": tracked.reason,
        "office": tracked.office,
        "waits_since": tracked.waits_since,
        "storage_deadline": tracked.storage_deadline,
        "probability": tracked.probability.map(|hundredths| f64::from(hundredths) / 10_000.0),
        "suspended": tracked.suspended.is_some(),
        "suspended_reason": tracked.suspended,
        "collected_told_at": parcel.collected_told_at,
        "order_total": parcel.order_total,
        "product_name": parcel.product_name,
        "cod": parcel.cod,
        "tracking_code": parcel.tracking_code,
        "reference": parcel.reference,
        "resolution": resolution(parcel),
        "generation": parcel.generation,
        "cancel_requested": parcel.cancel_requested,
        "task": parcel.task.as_ref().map(|t| task(parcel, t)),
        "weight_g": parcel.weight_g,
        "dimensions_mm": parcel.dimensions_mm,
        "postage": parcel.postage,
        "vat": parcel.vat,
        "pickup_date": parcel.pickup_date,
        "items": parcel.lines,
        "history": parcel.history,
        "created_at": parcel.created_at,
        "sequence": parcel.sequence,
        "panel_url": carrier.map(|c| c.panel_url()),
        "support": carrier.map(|c| c.support()),
    })
}

/// A parcel with the days it has been waiting and everything its operator told of it.
pub(crate) fn parcel_with_events(
    carriers: &Carriers,
    of: &Parcel,
    track: Option<&Track>,
    now: Timestamp,
) -> Value {
    let mut shown = parcel(carriers, of);
    let events: Vec<Value> =
        track.map(|track| track.history.events().map(event).collect()).unwrap_or_default();
    if let Some(object) = shown.as_object_mut() {
        let days = of.tracked.as_ref().and_then(|tracked| tracked.waiting_days(now));
        object.insert("waiting_days".into(), json!(days));
        object.insert("events".into(), json!(events));
    }
    shown
}

fn event(event: Event<'_>) -> Value {
    let status = match event.scan.reading.meaning {
        Meaning::Status(status) => Some(status),
        Meaning::Unknown => Some(ParcelStatus::Unknown),
        Meaning::Info | Meaning::CancelsPrevious | Meaning::Renumbered => None,
    };
    json!({
        "happened_at": event.scan.happened_at,
        "seen_at": event.seen_at,
        "withdrawn_at": event.withdrawn_at,
        "status": status,
        "reason": event.scan.reading.reason,
        "office": event.scan.office,
        "raw": event.scan.raw,
    })
}

/// Who settles what is not known.
fn resolution(parcel: &Parcel) -> Option<&'static str> {
    match (parcel.registration, &parcel.task) {
        (RegistrationState::OutcomeUnknown, None) => Some("automatic"),
        (RegistrationState::OutcomeUnknown, Some(_)) | (RegistrationState::NeedsAttention, _) => {
            Some("person")
        }
        _ => None,
    }
}

fn task(parcel: &Parcel, task: &Task) -> Value {
    let id = &parcel.id;
    let type_code = format!("PUT /v1/parcels/{id}/tracking-code");
    let register = format!("POST /v1/parcels/{id}/register");
    let absent = format!("POST /v1/parcels/{id}/register {{\"confirmed_absent\":true}}");
    let edit = format!("PATCH /v1/parcels/{id}/recipient");
    let cancel = format!("POST /v1/parcels/{id}/cancel");
    let actions = match task.reason {
        TaskReason::OutcomeUnknown if parcel.carrier == CarrierId::IranPost => {
            vec![type_code, absent, cancel]
        }
        // Posts that find a parcel by our number are asked again.
        TaskReason::OutcomeUnknown => vec![register, type_code, absent, cancel],
        TaskReason::Refused | TaskReason::OperatorDown => vec![edit, register, type_code, cancel],
        TaskReason::TwoCodes => vec![type_code],
        TaskReason::WithdrawAtPost => vec![],
        TaskReason::PickupRefused => vec![format!("POST /v1/parcels/{id}/ready")],
    };
    json!({
        "reason": task.reason,
        "operator_code": task.operator_code,
        "words": task.words,
        "since": task.since,
        "marker": task.marker,
        "absent_from": task.absent_from,
        "other_code": task.other_code,
        "actions": actions,
    })
}
