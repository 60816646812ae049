//! The items of a parcel that was polled before.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use yam_domain::ids::{AccountId, CarrierId, OrderId, ParcelId, Service};
use yam_domain::parcel::{BarcodeState, RegistrationState};
use yam_domain::tracking::dwell::DwellEstimate;
use yam_domain::tracking::{DerivedSettings, Epochs, History, Polling, Snapshot, Timeline, derive};
use yam_domain::waybill::WaybillNumber;
use yam_domain::weight::Grams;
use yam_store::items::{Parcel, PollItem, PollPlace, Track, Tracked};

use crate::fill::much_later;
use crate::hub::CADENCE;

/// What is written of one parcel.
pub(crate) struct Rows {
    pub(crate) track: Track,
    pub(crate) parcel: Parcel,
    pub(crate) poll: PollItem,
}

/// The items after a poll that showed this; none for a journey that has not begun or is over.
pub(crate) fn rows(
    carrier: CarrierId,
    code: &WaybillNumber,
    place: &PollPlace,
    snapshot: &Snapshot,
    now: Timestamp,
) -> anyhow::Result<Option<Rows>> {
    let mut history = History::default();
    history.apply(snapshot, now);
    let timeline = Timeline::of(carrier, &history);
    let polling = Polling { since: now, last_good_at: Some(now), cadence: CADENCE, known: true };
    let settings = DerivedSettings::for_carrier(carrier, zone_of(carrier));
    let dwell = DwellEstimate::prior(carrier);
    let derived = derive(timeline.standing(), now, &polling, &settings, Some(&dwell));
    if history.is_empty() || derived.status.is_final() {
        return Ok(None);
    }
    let mut epochs = Epochs::default();
    epochs.update(&timeline, Some(&derived), now);
    let order = OrderId::parse(&format!("{carrier}-{code}").replace('_', "-"))?;
    let id = ParcelId::parse(&format!("{order}.1"))?;
    let later = much_later(now)?;
    let poll = PollItem { h: Some(history.fingerprint()), n: Some(later.as_second()) };
    let track = Track {
        parcel: id.clone(),
        carrier,
        code: code.clone(),
        since: now,
        known: true,
        ended: None,
        history,
        epochs,
        destination: snapshot.destination.clone(),
        money: Vec::new(),
        looked_at: Some(now),
        next_eval_at: Some(later),
        rev: 1,
    };
    let tracked = Tracked { place: Some(place.clone()), since: derived.since, ..Tracked::default() };
    let parcel = Parcel {
        order,
        order_number: code.to_string(),
        carrier,
        account: AccountId::parse("none")?,
        service: Service::parse("tracked")?,
        lines: Vec::new(),
        weight_g: Grams::new(0),
        dimensions_mm: None,
        registration: RegistrationState::Registered,
        barcode: BarcodeState::Received,
        generation: 0,
        watch: None,
        tracking_code: Some(code.clone()),
        reference: None,
        postage: None,
        vat: None,
        pickup_date: None,
        cancel_requested: false,
        task: None,
        whereabouts: derived.status,
        tracked_only: true,
        tracked: Some(tracked),
        order_total: None,
        product_name: None,
        cod: None,
        collected_told_at: None,
        recipient: None,
        history: Vec::new(),
        created_at: now,
        sequence: 1,
        rev: 1,
        id,
    };
    Ok(Some(Rows { track, parcel, poll }))
}

/// The clock of the operator's seat.
fn zone_of(carrier: CarrierId) -> TimeZone {
    let seconds = match carrier {
        CarrierId::IranPost => 12_600,
        CarrierId::KoreaPost => 9 * 3_600,
        CarrierId::RussianPost => 3 * 3_600,
    };
    Offset::from_seconds(seconds).unwrap_or(Offset::UTC).to_time_zone()
}
