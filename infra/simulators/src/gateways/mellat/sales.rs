//! Verify, settle, reverse, inquire (section 3.3).
//!
//! Assumed, since the guide does not say: settle and inquiry before verify are 44, a reversal after its
//! three hours 55, one after settle 45; an inquiry of a settled sale is 0.

use rusqlite::Connection;

use super::operations::Asked;
use super::{Payment, State, book, minutes, timers, vault};
use crate::error::Result;
use crate::system::System;

/// The sale that both names mean, as it is or as it seems.
pub(super) fn sale(asked: &Asked<'_>, connection: &Connection) -> Result<Option<Payment>> {
    let reference = asked.long("saleReferenceId").to_string();
    let order = asked.long("saleOrderId").to_string();
    let found = vault::by_receipt(connection, System::Mellat, &reference)?;
    let own = found.filter(|sale| sale.account == asked.account.terminal && sale.our_id == order);
    Ok(own.and_then(|sale| sale.seen_at(asked.view.visible_until)))
}

pub(super) fn verify(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    let Some(mut sale) = sale(asked, connection)? else { return Ok(42) };
    match sale.state {
        State::Paid => {
            let view = asked.view;
            sale.verify(view.now);
            let settings = view.shared.gateways.mellat.settings();
            sale.due = view.now.checked_add(minutes(settings.settle_minutes)).ok();
            timers::keep(view.shared, connection, &sale)?;
            book::row(connection, &sale, "verified", sale.amount, &book::Cause::shop(view))?;
            Ok(0)
        }
        State::Verified | State::Settled | State::Refunded => Ok(43),
        State::Returned | State::Reversed => Ok(48),
        _ => Ok(42),
    }
}

pub(super) fn settle(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    let Some(mut sale) = sale(asked, connection)? else { return Ok(42) };
    match sale.state {
        State::Verified => {
            let view = asked.view;
            sale.state = State::Settled;
            sale.settled = Some(view.now);
            sale.due = None;
            timers::keep(view.shared, connection, &sale)?;
            book::row(connection, &sale, "settled", sale.amount, &book::Cause::shop(view))?;
            Ok(0)
        }
        State::Settled | State::Refunded => Ok(45),
        State::Returned | State::Reversed => Ok(48),
        _ => Ok(44),
    }
}

/// Both at once (guide 1.38).
pub(super) fn verify_and_settle(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    match verify(asked, connection)? {
        0 | 43 => settle(asked, connection),
        code => Ok(code),
    }
}

pub(super) fn inquiry(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    Ok(match sale(asked, connection)?.map(|sale| sale.state) {
        None => 42,
        Some(State::Verified | State::Settled | State::Refunded) => 0,
        Some(State::Returned | State::Reversed) => 48,
        Some(_) => 44,
    })
}

/// Gives the whole sum back: within three hours of verify, and before settle.
pub(super) fn reverse(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    let Some(mut sale) = sale(asked, connection)? else { return Ok(42) };
    let view = asked.view;
    match sale.state {
        State::Paid | State::Verified => {
            let limit = minutes(view.shared.gateways.mellat.settings().reversal_minutes);
            if sale.verified.is_some_and(|at| view.now.duration_since(at) > limit) {
                return Ok(55);
            }
            sale.end(State::Reversed, view.now);
            timers::keep(view.shared, connection, &sale)?;
            book::row(connection, &sale, "reversed", sale.amount, &book::Cause::shop(view))?;
            Ok(0)
        }
        State::Settled | State::Refunded => Ok(45),
        _ => Ok(48),
    }
}

/// `SaleReferenceId` of an order whose return was lost: in the WSDL only.
pub(super) fn reference(asked: &Asked<'_>, connection: &Connection) -> Result<String> {
    let order = asked.long("saleOrderId").to_string();
    let found = vault::by_order(connection, System::Mellat, &asked.account.terminal, &order)?;
    let receipt = found
        .and_then(|sale| sale.seen_at(asked.view.visible_until))
        .filter(|sale| sale.paid.is_some())
        .and_then(|sale| sale.receipt);
    let pair = asked.view.shared.gateways.mellat.settings().sale_reference_pair;
    Ok(match receipt {
        None => "42".to_owned(),
        Some(receipt) if pair => format!("0,{receipt}"),
        Some(receipt) => receipt,
    })
}
