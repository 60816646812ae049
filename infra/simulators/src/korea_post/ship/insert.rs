//! `InsertOrder`: one parcel, one waybill (sections 3.3 and 3.4).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::contracts::STOPPED;
use super::door::Guest;
use super::order::{self, Order};
use super::reply::{Outcome, Refused, Reply};
use super::reservations::{self, Numbers, Reservation, State};
use super::tariff::{self, Price};
use super::{customers::Contract, offices};
use crate::dossier::{self, Kind};
use crate::duplicates::Duplicates;
use crate::error::Result;
use crate::faults::Delivery;
use crate::korea_post::areas::{self, Area};
use crate::korea_post::facts::Facts;
use crate::korea_post::kst::{self, STAMP};
use crate::ledger;
use crate::pipeline::View;
use crate::system::System;

/// Registers a parcel.
pub(super) fn insert(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Outcome> {
    let settings = view.shared.korea_post.ship.settings.get();
    let fields = &guest.fields;
    let order = match order::check(fields, &settings) {
        Ok(order) => order,
        Err(refused) => return Ok(Err(refused)),
    };
    let contract = guest.customer.contract(fields.get("apprNo")).filter(|contract| contract.approved);
    let Some(contract) = contract.filter(|contract| contract.micro || !order.is_micro) else {
        return Ok(Err(Refused::new(&settings.codes.approval, "apprNo")));
    };
    if offices::find(connection, guest, fields.get("officeSer"))?.is_none() {
        return Ok(Err(Refused::new(&settings.codes.office, "officeSer")));
    }
    let zip = fields.get("recZip");
    let is_stopped = settings.stopped_zips.iter().any(|known| known == zip);
    if is_stopped && settings.refuse_stopped {
        return Ok(Err(Refused::new(&settings.codes.stopped, "recZip")));
    }
    let policy = view.policy.unwrap_or(settings.duplicate_policy);
    if let Some(earlier) = earlier(view, connection, guest)? {
        match policy {
            Duplicates::Reject => return Ok(Err(Refused::new(&settings.codes.duplicate, "orderNo"))),
            Duplicates::ReturnExisting => return Ok(Ok(existing(view, &earlier))),
            Duplicates::IssueNew => {}
        }
    }
    let area = areas::find(zip);
    let price = tariff::price(&order, area.as_ref(), &settings, guest.customer.discount_percent);
    let numbers = reservations::numbers(connection, &guest.customer.cust_no, view.now, guest.is_test())?;
    let reservation = reservation(view, guest, contract, &numbers, price.total);
    reservations::add(connection, &reservation)?;
    if !guest.is_test() {
        let facts = Facts {
            sender: masked(fields.get("ordNm")).unwrap_or_else(|| Facts::default().sender),
            receiver: masked(fields.get("recNm")).unwrap_or_else(|| Facts::default().receiver),
            ..Facts::default()
        };
        let place = (System::KoreaPost, numbers.regi_no.as_str(), Kind::Facts);
        dossier::add(connection, place, (view.now, view.now), &facts)?;
    }
    record(view, connection, guest, &reservation, &order, price)?;
    Ok(Ok(reply(view, guest, &reservation, price, area.as_ref(), is_stopped)))
}

/// A parcel this order number has already, where that counts.
fn earlier(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Option<Reservation>> {
    let any_day = view.shared.korea_post.ship.settings.get().duplicates_of_any_day;
    let today = kst::format(view.now, kst::DAY);
    let known = reservations::of_order(connection, &guest.customer.cust_no, guest.fields.get("orderNo"))?;
    Ok(known.into_iter().find(|known| {
        known.is_live()
            && known.is_test() == guest.is_test()
            && known.req_type == guest.fields.get("reqType")
            && (any_day || known.day == today)
    }))
}

fn reservation(
    view: &View<'_>,
    guest: &Guest,
    contract: &Contract,
    numbers: &Numbers,
    price: i64,
) -> Reservation {
    let field = |name: &str| guest.fields.get(name).to_owned();
    Reservation {
        id: 0,
        cust_no: guest.customer.cust_no.clone(),
        appr_no: contract.appr_no.clone(),
        req_type: field("reqType"),
        order_no: field("orderNo"),
        req_no: numbers.req_no.clone(),
        res_no: numbers.res_no.clone(),
        regi_no: numbers.regi_no.clone(),
        day: numbers.day.clone(),
        res_date: kst::format(view.now, STAMP),
        post: contract.post.clone(),
        price,
        printed: field("printYn") == "Y",
        state: State::Live,
        committed: view.now,
    }
}

/// `홍길동` becomes `홍*동`.
fn masked(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let (first, last) = (letters.next()?, letters.next_back());
    Some(match last {
        Some(last) if letters.next().is_some() => format!("{first}*{last}"),
        _ => format!("{first}*"),
    })
}

/// The addressee as received.
pub(super) fn recipient(guest: &Guest) -> Value {
    let field = |name: &str| guest.fields.get(name);
    json!({
        "name": field("recNm"),
        "address": format!("{} {}", field("recAddr1"), field("recAddr2")).trim(),
        "postal_code": field("recZip"),
        "phone": field("recTel"),
        "mobile": field("recMob"),
    })
}

fn record(
    view: &View<'_>,
    connection: &Connection,
    guest: &Guest,
    made: &Reservation,
    order: &Order,
    price: Price,
) -> Result<()> {
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: if made.is_test() { "test_parcel" } else { "parcel" },
            account: &made.cust_no,
            our_id: Some(&made.order_no),
            its_id: Some(&made.regi_no),
            amount: Some(price.total),
            text_hash: &ledger::text_hash(guest.fields.plain.as_bytes()),
            recipient: Some(&recipient(guest)),
            received: view.call.received,
            committed: view.now,
            detail: json!({
                "appr_no": made.appr_no, "req_type": made.req_type, "req_no": made.req_no, "res_no": made.res_no,
                "req_ymd": made.day, "office": guest.fields.get("officeSer"), "weight_kg": order.weight,
                "volume_cm": order.volume, "pay_type": guest.fields.get("payType"),
                "goods": guest.fields.get("goodsNm"), "insured": order.insured, "island_fee": price.island,
            }),
        },
    )
}

/// The reply to an order number that has a parcel: that parcel's numbers.
fn existing(view: &View<'_>, known: &Reservation) -> Reply {
    let mut reply = Reply::open(view);
    for (name, text) in known.leaves() {
        reply.leaf(name, &text);
    }
    reply.leaf("orderNo", &known.order_no);
    reply
}

fn reply(
    view: &View<'_>,
    guest: &Guest,
    made: &Reservation,
    price: Price,
    area: Option<&Area>,
    is_stopped: bool,
) -> Reply {
    let mut reply = Reply::open(view);
    let without_number = *view.delivery == Delivery::EmptyNumber;
    for (name, text) in made.leaves() {
        reply.leaf(name, if name == "regiNo" && without_number { "" } else { &text });
    }
    reply.leaf("orderNo", &made.order_no);
    reply.leaf("insuFee", &price.insurance.to_string());
    reply.leaf("islandAddFee", &price.island.to_string());
    let fields = &guest.fields;
    let for_print = fields.get("printYn") == "Y" || fields.get("printAreaCdYn") == "Y";
    if let Some(area) = area.filter(|_| for_print || guest.parameter("option") == "001") {
        reply.leaf("arrCnpoNm", area.hub);
        reply.leaf("delivPoNm", area.office);
        reply.leaf("delivAreaCd", &area.code);
        reply.leaf("courseNo", &area.course);
        reply.leaf("printAreaCd", &area.printed);
        reply.leaf("refineZip", fields.get("recZip"));
        reply.leaf("refineAddr", fields.get("recAddr1"));
        reply.leaf("notifyMsg", if is_stopped { STOPPED } else { "토요일은 배달하지 않습니다." });
    } else if is_stopped {
        reply.leaf("notifyMsg", STOPPED);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked() {
        let masked = |name| masked(name).unwrap_or_default();
        assert_eq!((masked("홍길동").as_str(), masked("남궁길동").as_str()), ("홍*동", "남*동"));
        assert_eq!((masked("홍길").as_str(), masked("홍").as_str(), masked("").as_str()), ("홍*", "홍*", ""));
    }
}
