//! Refunds of settled sales: partial, repeatable, each under an order number of its own (section 3).
//!
//! What `bpRefundRequest` gives back is not published: `0,<refundReferenceId>` is assumed.

use rusqlite::Connection;
use serde_json::json;

use super::operations::Asked;
use super::{State, book, ids, sales, timers, vault};
use crate::error::Result;
use crate::gateways::vault::Refund;
use crate::system::System;

pub(super) fn create(asked: &Asked<'_>, connection: &Connection) -> Result<String> {
    let Some(mut sale) = sales::sale(asked, connection)? else { return Ok("42".to_owned()) };
    let order = asked.long("orderId").to_string();
    let taken = vault::by_order(connection, System::Mellat, &asked.account.terminal, &order)?.is_some()
        || vault::refund(connection, System::Mellat, &order)?.is_some();
    if taken {
        return Ok("41".to_owned());
    }
    let amount = asked.long("refundAmount");
    match sale.state {
        State::Settled => {}
        State::Returned | State::Reversed => return Ok("48".to_owned()),
        State::Refunded => return Ok("12".to_owned()),
        _ => return Ok("46".to_owned()),
    }
    if amount <= 0 {
        return Ok("25".to_owned());
    }
    if amount > sale.left() {
        return Ok("12".to_owned());
    }
    let view = asked.view;
    sale.refunded = sale.refunded.saturating_add(amount);
    if sale.left() == 0 {
        sale.end(State::Refunded, view.now);
    }
    timers::keep(view.shared, connection, &sale)?;
    let refund = Refund {
        id: ids::number(12)?,
        our_id: order,
        payment: sale.id.clone(),
        account: sale.account.clone(),
        amount,
        at: view.now,
        note: String::new(),
    };
    vault::add_refund(connection, System::Mellat, &refund)?;
    let detail = json!({"refund_id": refund.id, "refund_order": refund.our_id});
    book::row_with(connection, &sale, "refunded", amount, &book::Cause::shop(view), detail)?;
    Ok(format!("0,{}", refund.id))
}

/// `bpRefundInquiryRequest` and `bpRefundVerifyRequest`: 0 if the refund is there, else 49.
pub(super) fn inquiry(asked: &Asked<'_>, connection: &Connection) -> Result<i32> {
    let order = asked.long("refundOrderId").to_string();
    let reference = asked.long("refundReferenceId");
    let found = vault::refund(connection, System::Mellat, &order)?
        .filter(|refund| refund.our_id == order && refund.account == asked.account.terminal)
        .filter(|refund| reference == 0 || refund.id == reference.to_string())
        .filter(|refund| asked.view.visible_until.is_none_or(|until| refund.at <= until));
    Ok(if found.is_some() { 0 } else { 49 })
}
