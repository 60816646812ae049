//! `Wallet/Credit`, `Finance/Billing`.

use rusqlite::Connection;
use serde_json::json;

use super::Asked;
use super::checks::{int, text};
use super::envelope::{Outcome, Refused};
use crate::error::Result;
use crate::iran_post::billing as bills;
use crate::iran_post::jalali::JalaliDate;
use crate::ledger;

pub(super) fn credit(asked: &Asked<'_>) -> Outcome {
    Ok(json!({"Credit": asked.account.credit}))
}

/// Rows per page; not documented.
const PAGE: usize = 50;

/// The member names of this answer are not documented; these are ours.
pub(super) fn billing(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let date = |name| match text(&asked.body, name) {
        "" => Ok(None),
        date => JalaliDate::parse(date).map(Some).ok_or(Refused(26)),
    };
    let (from, to) = match (date("FromDate"), date("ToDate")) {
        (Ok(from), Ok(to)) => (from, to),
        _ => return Ok(Err(Refused(26))),
    };
    let page = int(&asked.body, "Page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
    let rows = bills::list(connection, &asked.account.username)?
        .into_iter()
        .filter_map(|bill| {
            let at = jiff::Timestamp::from_millisecond(bill.at).ok()?;
            let day = JalaliDate::in_tehran(at)?;
            (from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)).then(|| {
                json!({
                    "BillID": bill.id, "ParcelCode": bill.code, "Price": bill.goods, "Postage": bill.postage,
                    "PostageTax": bill.vat, "RegistrationFee": bill.registration_fee, "Amount": bill.amount,
                    "Date": day.to_string(), "At": ledger::moment(bill.at),
                })
            })
        })
        .skip((page - 1).saturating_mul(PAGE))
        .take(PAGE)
        .collect();
    Ok(Ok(rows))
}
