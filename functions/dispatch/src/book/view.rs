//! What an event says about a parcel: its full state, without buyers' data.

use serde_json::{Value, json};
use yam_store::items::Parcel;

pub(crate) fn event_data(parcel: &Parcel) -> Value {
    json!({
        "parcel_id": parcel.id,
        "order_id": parcel.order,
        "order_number": parcel.order_number,
        "carrier": parcel.carrier,
        "service": parcel.service,
        "state": parcel.registration,
        "barcode_state": parcel.barcode,
        "status": parcel.whereabouts,
        "tracking_code": parcel.tracking_code,
        "pickup_date": parcel.pickup_date,
        "task": parcel.task.as_ref().map(|t| json!({
            "reason": t.reason, "operator_code": t.operator_code, "words": t.words, "marker": t.marker,
        })),
    })
}
