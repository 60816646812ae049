//! `GetResCancelCmd`: possible until the parcel is picked up (sections 3.5 and 9.9).

use rusqlite::Connection;
use serde_json::json;

use super::door::Guest;
use super::look_up::Stage;
use super::reply::{Outcome, Refused, Reply};
use super::reservations::{self, Reservation, State};
use crate::dossier::{self, Kind};
use crate::error::Result;
use crate::korea_post::kst::{self, STAMP};
use crate::korea_post::row::Row;
use crate::ledger;
use crate::pipeline::View;
use crate::system::System;

/// What the trace shows of a parcel that was cancelled.
const CANCELLED: &str = "신청취소";

/// Cancels a reservation: `delYn=Y` for good, `N` with a new waybill in place of the old one.
pub(super) fn cancel(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Outcome> {
    let fields = &guest.fields;
    for name in ["custNo", "apprNo", "reqType", "reqNo", "resNo", "regiNo", "reqYmd", "delYn"] {
        if fields.get(name).is_empty() {
            return Ok(Err(Refused::new("ERR-311", name)));
        }
    }
    let deletes = match fields.get("delYn") {
        "Y" => true,
        "N" => false,
        _ => return Ok(Err(Refused::new("ERR-523", "delYn"))),
    };
    let found = reservations::of_application(connection, fields.get("regiNo"), fields.get("reqNo"))?;
    let same = |known: &Reservation| {
        known.is_live()
            && known.cust_no == guest.customer.cust_no
            && [("apprNo", &known.appr_no), ("reqType", &known.req_type), ("resNo", &known.res_no)]
                .iter()
                .all(|(name, value)| fields.get(name) == value.as_str())
            && fields.get("reqYmd") == known.day
    };
    let Some(known) = found.filter(same) else { return Ok(Err(Refused::new("ERR-123", "regiNo"))) };
    if Stage::of(view, connection, &known)? >= Stage::PickedUp {
        return Ok(Ok(too_late(view, &known)));
    }
    reservations::cancel(connection, known.id)?;
    if !known.is_test() {
        ledger::cancel(connection, &known.regi_no, view.now)?;
        let row = Row::new(CANCELLED, None, &known.post);
        let place = (System::KoreaPost, known.regi_no.as_str(), Kind::Scan);
        dossier::add(connection, place, (view.now, view.now), &row)?;
    }
    record(view, connection, guest, &known, deletes)?;
    let replacement = if deletes { None } else { Some(replace(view, connection, guest, &known)?) };
    let mut reply = numbers(view, &known);
    reply.leaf("cancelRegiNo", &known.regi_no);
    reply.leaf("cancelDate", &kst::format(view.now, STAMP));
    reply.leaf("canceledYn", if deletes { "D" } else { "Y" });
    reply.leaf("regiNo", replacement.as_deref().unwrap_or_default());
    reply.leaf("notCancelReason", "");
    Ok(Ok(reply))
}

fn numbers(view: &View<'_>, known: &Reservation) -> Reply {
    let mut reply = Reply::open(view);
    reply.leaf("reqNo", &known.req_no);
    reply.leaf("resNo", &known.res_no);
    reply
}

fn too_late(view: &View<'_>, known: &Reservation) -> Reply {
    let mut reply = numbers(view, known);
    reply.leaf("cancelRegiNo", "");
    reply.leaf("cancelDate", "");
    reply.leaf("canceledYn", "N");
    reply.leaf("regiNo", &known.regi_no);
    reply.leaf("notCancelReason", "이미 접수된 소포는 취소할 수 없습니다.");
    reply
}

/// The old reservation goes on under a new waybill, unless the settings say that only the number comes.
fn replace(view: &View<'_>, connection: &Connection, guest: &Guest, known: &Reservation) -> Result<String> {
    if known.is_test() {
        return Ok(known.regi_no.clone());
    }
    let regi_no = reservations::waybill(connection)?;
    if !view.shared.korea_post.ship.settings.get().replacement_lives {
        return Ok(regi_no);
    }
    let new =
        Reservation { regi_no: regi_no.clone(), state: State::Live, committed: view.now, ..known.clone() };
    reservations::add(connection, &new)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "parcel",
            account: &new.cust_no,
            our_id: Some(&new.order_no),
            its_id: Some(&new.regi_no),
            amount: Some(new.price),
            text_hash: &content_hash(guest),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({
                "appr_no": new.appr_no, "req_type": new.req_type, "req_no": new.req_no, "res_no": new.res_no,
                "req_ymd": new.day, "replaces": known.regi_no,
            }),
        },
    )?;
    Ok(regi_no)
}

/// Tells equal requests from different ones.
pub(super) fn content_hash(guest: &Guest) -> String {
    ledger::text_hash(guest.fields.plain.as_bytes())
}

fn record(
    view: &View<'_>,
    connection: &Connection,
    guest: &Guest,
    known: &Reservation,
    deletes: bool,
) -> Result<()> {
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "cancel",
            account: &known.cust_no,
            our_id: Some(&known.regi_no),
            its_id: Some(&known.regi_no),
            amount: None,
            text_hash: &content_hash(guest),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"order_no": known.order_no, "deleted": deletes}),
        },
    )
}
