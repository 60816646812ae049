//! `GetResInfo`: finds a reservation by the shop's own number and the day it was made (section 3.5).

use rusqlite::Connection;

use super::door::Guest;
use super::reply::{Outcome, Refused, Reply};
use super::reservations::{self, Reservation};
use super::settings::Stages;
use crate::error::Result;
use crate::korea_post::KoreaPost;
use crate::korea_post::row::{DELIVERED, Row};
use crate::pipeline::View;
use crate::post::{Seen, find};

/// How far a parcel has come, as far as a reservation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Applied,
    Printed,
    PickedUp,
    Moving,
    Delivered,
}

impl Stage {
    /// The stage at a moment, from what the trace shows then.
    pub(super) fn of(view: &View<'_>, connection: &Connection, of: &Reservation) -> Result<Self> {
        if of.is_test() {
            return Ok(Self::Applied);
        }
        let asked = view.visible_until.unwrap_or(view.now);
        let scans = find::<KoreaPost>(view.shared, connection, &of.regi_no, asked)?.scans;
        Ok(furthest(&scans).unwrap_or(if of.printed { Self::Printed } else { Self::Applied }))
    }

    /// `treatStusCd` in one of its tables.
    fn code(self, table: Stages) -> &'static str {
        match (table, self) {
            (Stages::A, Self::Applied) | (Stages::B | Stages::C, Self::PickedUp) => "01",
            (Stages::B, Self::Applied | Self::Printed) | (Stages::C, Self::Applied) => "00",
            (Stages::A, Self::Printed) | (Stages::B | Stages::C, Self::Moving) => "02",
            (Stages::A, Self::PickedUp) | (Stages::B | Stages::C, Self::Delivered) => "03",
            (Stages::A, Self::Moving) | (Stages::C, Self::Printed) => "04",
            (Stages::A, Self::Delivered) => "05",
        }
    }
}

fn furthest(scans: &[Seen<Row>]) -> Option<Stage> {
    let stage = |seen: &Seen<Row>| match seen.scan.status.as_str() {
        "운송장출력" => Some(Stage::Printed),
        "신청취소" | "접수취소" | "미집하" => None,
        DELIVERED => Some(Stage::Delivered),
        "집하완료" | "인수완료" => Some(Stage::PickedUp),
        _ if seen.scan.is_acceptance() => Some(Stage::PickedUp),
        _ => Some(Stage::Moving),
    };
    scans.iter().filter_map(stage).max()
}

impl Reservation {
    /// The elements every reply about it has.
    pub(super) fn leaves(&self) -> [(&'static str, String); 7] {
        [
            ("reqNo", self.req_no.clone()),
            ("resNo", self.res_no.clone()),
            ("regiNo", self.regi_no.clone()),
            ("regiPoNm", self.post.clone()),
            ("resDate", self.res_date.clone()),
            ("price", self.price.to_string()),
            ("vTelNo", String::new()),
        ]
    }
}

/// Looks an order up on the day that is named. Without such an order ERR-225; on another day, or once
/// it is cancelled, ERR-123.
pub(super) fn look_up(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Outcome> {
    let fields = &guest.fields;
    for name in ["custNo", "reqType", "orderNo", "reqYmd"] {
        if fields.get(name).is_empty() {
            return Ok(Err(Refused::new("ERR-311", name)));
        }
    }
    if !super::order::is_digits(fields.get("reqYmd"), 8..=8) {
        return Ok(Err(Refused::new("ERR-522", "reqYmd")));
    }
    let mut known = reservations::of_order(connection, &guest.customer.cust_no, fields.get("orderNo"))?;
    let visible = |known: &Reservation| view.visible_until.is_none_or(|until| known.committed <= until);
    known.retain(|known| visible(known) && known.req_type == fields.get("reqType"));
    if known.is_empty() {
        return Ok(Err(Refused::new("ERR-225", "orderNo")));
    }
    known.retain(|known| known.is_live() && known.day == fields.get("reqYmd"));
    if known.is_empty() {
        return Ok(Err(Refused::new("ERR-123", "reqYmd")));
    }
    let table = view.shared.korea_post.ship.settings.get().stages;
    let mut reply = Reply::open(view);
    for reservation in &known {
        let stage = Stage::of(view, connection, reservation)?.code(table);
        let leaves = reservation.leaves();
        let mut texts: Vec<(&str, &str)> = leaves.iter().map(|(name, text)| (*name, text.as_str())).collect();
        texts.push(("treatStusCd", stage));
        reply.group("resInfo", &texts);
    }
    Ok(Ok(reply))
}
