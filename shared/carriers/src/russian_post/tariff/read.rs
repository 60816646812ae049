//! Answers of the calculator.

use serde::Deserialize;
use yam_domain::money::{Currency, Money};
use yam_platform::http::Answer;

use super::codes::reading;
use crate::carrier::OperatorRate;
use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind};

#[derive(Debug, Deserialize)]
struct Price {
    pay: Option<i64>,
    nds: Option<i64>,
    paynds: Option<i64>,
    cover: Option<Part>,
    delivery: Option<Terms>,
    #[serde(default)]
    errors: Vec<Flaw>,
}

#[derive(Debug, Deserialize)]
struct Part {
    val: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Terms {
    min: Option<u32>,
    max: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Flaw {
    #[serde(default)]
    msg: String,
    #[serde(default)]
    code: i64,
}

/// The price of one service: postage without VAT and without insurance, which stand apart.
pub(super) fn price(answer: &Answer, service: &str) -> CallOutcome<OperatorRate> {
    let unknown = |seen: &str| CallOutcome::Unknown(outline(answer, seen));
    if answer.status == http::StatusCode::TOO_MANY_REQUESTS {
        let error = error(429, "", "Russian Post's calculator asks for patience", RefusalKind::Other);
        return CallOutcome::Busy { retry_after: answer.retry_after(), error };
    }
    let price = match serde_json::from_slice::<Price>(&answer.body) {
        Ok(price) if answer.complete => price,
        Ok(_) | Err(_) => return unknown("no whole price"),
    };
    let expected = answer.status.is_success() || answer.status == http::StatusCode::BAD_REQUEST;
    if let Some(flaw) = price.errors.first() {
        return match reading(flaw.code) {
            Some((kind, meaning)) if expected => {
                CallOutcome::Refused(error(flaw.code, &flaw.msg, meaning, kind))
            }
            Some(_) | None => unknown(&format!("error {}", flaw.code)),
        };
    }
    if !answer.status.is_success() {
        return unknown("no success");
    }
    match rate(&price, service) {
        Some(rate) => CallOutcome::Done(rate),
        None => unknown("no amounts in the answer"),
    }
}

fn rate(price: &Price, service: &str) -> Option<OperatorRate> {
    let rub = |kopecks: i64| Money::new(kopecks, Currency::Rub);
    let (pay, total) = (price.pay?, price.paynds?);
    let vat = price.nds.unwrap_or(total.checked_sub(pay)?);
    if pay <= 0 || vat < 0 || pay.checked_add(vat)? != total {
        return None;
    }
    let cover = price.cover.as_ref().and_then(|part| part.val).filter(|cover| (1..pay).contains(cover));
    let days = price.delivery.as_ref().and_then(|terms| Some((terms.min.or(terms.max)?, terms.max?)));
    Some(OperatorRate {
        service: service.to_owned(),
        postage: rub(pay.checked_sub(cover.unwrap_or(0))?),
        vat: rub(vat),
        cod_fee: None,
        insurance: cover.map(rub),
        transit_days: days,
    })
}
