//! What the post tells a shop of a parcel.

use rusqlite::Connection;

use super::accounts::Account;
use super::{IranPost, parcels};
use crate::error::Result;
use crate::pipeline::View;
use crate::post::{Post, find};

/// The status of a shop's parcel, if it has such a one.
///
/// Beside registered parcels there are codes that were only told or that travel. One of twenty digits
/// belongs to the shop whose number heads it; in longer ones nothing names a shop, so any may ask.
pub(crate) fn status(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    code: &str,
) -> Result<Option<i64>> {
    let parcel = parcels::by_code(connection, code)?;
    let told = match &parcel {
        Some(parcel) if parcel.account == account.username && parcel.visible(view.visible_until) => {
            Some(parcel.status)
        }
        Some(_) => return Ok(None),
        None if IranPost::accepts(code) && may_ask(account, code) => None,
        None => return Ok(None),
    };
    let found = find::<IranPost>(view.shared, connection, code, view.visible_until.unwrap_or(view.now))?;
    if told.is_some() && found.journey.is_none() {
        return Ok(told);
    }
    let latest = found.scans.iter().rev().find_map(|seen| seen.scan.status);
    Ok(latest.or(told))
}

fn may_ask(account: &Account, code: &str) -> bool {
    code.len() != 20 || code.starts_with(&format!("{:05}", account.shop_code))
}
