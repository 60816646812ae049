//! Who may call: auth key, security key, quota (sections 3.1 and 3.2).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;

use super::customers::Customer;
use super::reg_data::Fields;
use super::reply::Refused;
use crate::error::Result;
use crate::form;
use crate::korea_post::kst::KST;
use crate::pipeline::{Call, View};
use crate::state::Shared;
use crate::store::{meta, set_meta};
use crate::usage::{self, Meter};

/// A caller and what it said.
pub(super) struct Guest {
    pub(super) customer: Arc<Customer>,
    pub(super) fields: Fields,
    /// Parameters outside `regData`.
    pub(super) plain: HashMap<String, String>,
}

impl Guest {
    /// A plain parameter; empty if it is missing.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.plain.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// Whether nothing is to be sent: clients say so inside `regData` or beside it.
    pub(super) fn is_test(&self) -> bool {
        [self.fields.get("testYn"), self.parameter("testYn")]
            .iter()
            .any(|said| said.eq_ignore_ascii_case("Y"))
    }
}

/// Reads a call without judging it; none if it cannot be read.
pub(super) fn peek(shared: &Shared, call: &Call) -> Option<Guest> {
    let plain = form::parse(&call.body);
    let customer = shared.korea_post.ship.customers.get(plain.get("key")?.trim())?;
    let fields = Fields::open(plain.get("regData")?.trim(), &customer.security_key)?;
    Some(Guest { customer, fields, plain })
}

/// Lets a caller in, or says why not. `sealed` calls need `regData`.
pub(super) fn enter(
    view: &View<'_>,
    connection: &Connection,
    sealed: bool,
) -> Result<std::result::Result<Guest, Refused>> {
    let ship = &view.shared.korea_post.ship;
    let settings = ship.settings.get();
    let codes = &settings.codes;
    let plain = form::parse(&view.call.body);
    let given = |name: &str| plain.get(name).map(|value| value.trim()).unwrap_or_default();
    if given("key").is_empty() {
        return Ok(Err(Refused::new("ERR-111", "key")));
    }
    if sealed && given("regData").is_empty() {
        return Ok(Err(Refused::new("ERR-111", "regData")));
    }
    let Some(customer) = ship.customers.get(given("key")) else {
        return Ok(Err(Refused::new(&codes.unknown_key, "key")));
    };
    if customer.expired || has_lapsed(connection, &customer, view.now, settings.key_idle_days)? {
        return Ok(Err(Refused::new(&codes.lapsed, "보안키 유효기간 만료")));
    }
    let fields = if sealed {
        match Fields::open(given("regData"), &customer.security_key) {
            Some(fields) => fields,
            None => return Ok(Err(Refused::new(&codes.cipher, "regData"))),
        }
    } else {
        Fields::default()
    };
    let meter = Meter {
        system: view.call.system,
        account: &customer.cust_no,
        service: "ship",
        limit: customer.daily,
        zone: KST,
    };
    if !usage::take(connection, &meter, view.now)? {
        return Ok(Err(Refused::new("ERR-131", "key")));
    }
    if !matches!(fields.get("custNo"), "") && fields.get("custNo") != customer.cust_no {
        return Ok(Err(Refused::new(&codes.customer, "custNo")));
    }
    Ok(Ok(Guest { customer, fields, plain }))
}

/// Whether a security key was left alone for too long. If not, this day is noted as its last use; one
/// that was never used is as good as new.
fn has_lapsed(connection: &Connection, customer: &Customer, now: Timestamp, idle_days: u32) -> Result<bool> {
    let name = format!("korea_post_key_used/{}/{}", customer.key, customer.security_key);
    let today = KST.to_datetime(now).date();
    let last: Option<Date> = meta(connection, &name)?.and_then(|day| day.parse().ok());
    if let Some(last) = last {
        let idle = today.since(last).map_or(0, |span| span.get_days());
        if i64::from(idle) > i64::from(idle_days) {
            return Ok(true);
        }
    }
    if last != Some(today) {
        set_meta(connection, &name, &today.to_string())?;
    }
    Ok(false)
}
