//! Check-in of batches, and the day they are handed over (section 4.5).

use http::{Method, StatusCode};
use jiff::civil::Date;
use rusqlite::Connection;
use serde_json::json;

use super::batching::{no_batch, of_path, record, today};
use super::door::Asked;
use super::settings::Verb;
use super::{batches, orders, reply};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::Answer;

/// Tells equal check-ins from different ones.
pub(super) fn checkin_hash(name: &str) -> String {
    ledger::text_hash(format!("checkin {name}").as_bytes())
}

/// `POST /1.0/batch/{name}/sending/{y}/{m}/{d}`
pub(super) fn sending_day(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(batch) = of_path(asked, connection)? else { return Ok(no_batch(asked)) };
    let part = |place: usize| asked.segment(place).parse::<i16>().ok();
    let small = |place: usize| part(place).and_then(|part| i8::try_from(part).ok());
    let date = part(4).zip(small(5)).zip(small(6)).and_then(|((y, m), d)| Date::new(y, m, d).ok());
    let error = match date {
        None => return Ok(reply::broken("Failed to convert value of the date")),
        Some(_) if !batch.is_open() => Some("READONLY_STATE"),
        Some(date) if date < today(asked) => Some("PAST_DUE_DATE"),
        Some(date) => {
            batches::set_date(connection, &batch, &date.to_string())?;
            None
        }
    };
    Ok(match error {
        Some(code) => reply::ok(&json!({"error-code": code, "f103-sent": false})),
        None => reply::ok(&json!({"f103-sent": false})),
    })
}

/// `/1.0/batch/{name}/checkin`: sends the list F103; from then on nothing may change.
pub(super) fn checkin(asked: &Asked<'_>, connection: &Connection, verb: &Method) -> Result<Answer> {
    let settings = asked.view.shared.russian_post.otpravka.settings.get();
    let right = match settings.checkin_verb {
        Verb::Any => true,
        Verb::Get => verb == Method::GET,
        Verb::Post => verb == Method::POST,
    };
    if !right {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return Ok(reply::failure(status, "1002", "Request method is not supported", "METHOD_NOT_ALLOWED"));
    }
    let Some(batch) = of_path(asked, connection)? else { return Ok(no_batch(asked)) };
    let refused = |code: &str| Ok(reply::ok(&json!({"error-code": code, "f103-sent": false})));
    if !batch.is_open() {
        return refused("READONLY_STATE");
    }
    let due: i64 =
        orders::in_batch(connection, &batch.account, &batch.name)?.iter().map(|order| order.rate).sum();
    if asked.client.work_with_balance {
        if asked.parameter("useOnlineBalance") != "true" {
            return refused("OFFLINE_BALANCE_FORBIDDEN");
        }
        let left = balance(asked, connection)?;
        if left < due {
            let text = format!("Error in EXTERNAL_SYSTEMS: Requested {due} but available {left}");
            let status = StatusCode::from_u16(settings.balance_status).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok(reply::failure(status, "1024", &text, "EXTERNAL_SYSTEMS"));
        }
    }
    batches::set_status(connection, &batch, &settings.after_checkin, asked.view.now)?;
    orders::hand_over(connection, &batch.account, &batch.name, asked.view.now)?;
    record(asked, connection, "checkin", &batch.name, &checkin_hash(&batch.name))?;
    Ok(reply::ok(&json!({"f103-sent": true})))
}

/// What is left on a client's account.
pub(super) fn balance(asked: &Asked<'_>, connection: &Connection) -> Result<i64> {
    let spent: i64 = connection
        .prepare_cached(
            "SELECT coalesce(sum(rate), 0) FROM otpravka_orders
             WHERE account = ?1 AND handed_over_ms IS NOT NULL AND deleted_ms IS NULL",
        )?
        .query_row([&asked.client.token], |row| row.get(0))?;
    Ok(if asked.client.work_with_balance {
        asked.client.balance.saturating_sub(spent)
    } else {
        asked.client.balance
    })
}
