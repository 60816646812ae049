//! `OpStateExt`: what the gateway knows of a number.

use http::StatusCode;
use rusqlite::Connection;

use super::signature::sign;
use super::{Payment, State, start};
use crate::delivery::HUGE;
use crate::error::Result;
use crate::gateways::face::decimal;
use crate::pipeline::{Answer, Flaw, View};
use crate::xml::{escaped, without_digits};

/// Result 1 is a bad signature, 2 no such shop, 3 no such operation.
pub(super) fn answer(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let fields = start::fields(view.call);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let desk = &view.shared.gateways.robokassa;
    let (login, inv) = (field("MerchantLogin"), field("InvoiceID"));
    let Some(account) = desk.account(login) else { return Ok(result(2)) };
    let signed = |test| sign(account.hash, &[login, inv, account.second(test)], &[]);
    if ![signed(false), signed(true)].iter().any(|known| known.eq_ignore_ascii_case(field("Signature"))) {
        return Ok(result(1));
    }
    let found = start::find(connection, login, inv)?;
    Ok(match found.and_then(|payment| payment.seen_at(view.visible_until)) {
        Some(payment) => shown(&payment, desk.settings().refunds_shown),
        None => result(3),
    })
}

fn shown(payment: &Payment, refunds_shown: bool) -> Answer {
    let code = match payment.state {
        State::Verified | State::Settled => "100",
        State::Refunded | State::Returned | State::Reversed => {
            if refunds_shown {
                "60"
            } else {
                "100"
            }
        }
        State::Cancelled | State::Expired => "10",
        State::Failed => payment.reason.as_deref().unwrap_or("10"),
        _ => "5",
    };
    let at = payment.ended.or(payment.verified).unwrap_or(payment.created);
    let extras: Vec<(String, String)> =
        serde_json::from_value(payment.detail["shp"].clone()).unwrap_or_default();
    let extras: String = extras
        .iter()
        .map(|(name, value)| {
            format!("<Field><Name>{}</Name><Value>{}</Value></Field>", escaped(name), escaped(value))
        })
        .collect();
    envelope(&format!(
        "<Result><Code>0</Code></Result><State><Code>{code}</Code><RequestDate>{}</RequestDate>\
         <StateDate>{at}</StateDate></State><Info><IncCurrLabel>BankCardPSR</IncCurrLabel><IncSum>{sum}</IncSum>\
         <IncAccount></IncAccount><PaymentMethod><Code>BankCard</Code><Description>Банковская карта</Description>\
         </PaymentMethod><OutCurrLabel>RUB</OutCurrLabel><OutSum>{sum}</OutSum><OpKey>{}</OpKey></Info>\
         <UserField>{extras}</UserField>",
        payment.created,
        escaped(payment.receipt.as_deref().unwrap_or_default()),
        sum = decimal(payment.amount, 2),
    ))
}

fn result(code: i32) -> Answer {
    envelope(&format!("<Result><Code>{code}</Code></Result>"))
}

fn envelope(inner: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<OperationStateResponse \
         xmlns=\"http://merchant.roboxchange.com/WebService/\">{inner}</OperationStateResponse>"
    );
    Answer { status: StatusCode::OK, content_type: "text/xml; charset=utf-8", body: body.into() }
}

/// 1000 is an error inside.
pub(super) fn flawed(flaw: Flaw, whole: Option<&Answer>) -> Answer {
    match flaw {
        Flaw::Quota => result(1_000),
        Flaw::Code(code) => result(code),
        Flaw::Garbage => Answer { body: "<OperationStateResponse><Result><Code>0<".into(), ..result(0) },
        Flaw::WrongType => {
            let text = whole.map_or(&b""[..], |answer| &answer.body[..]);
            Answer { content_type: "text/plain", body: without_digits(text, "сто").into(), ..result(0) }
        }
        Flaw::Huge => envelope(&"x".repeat(HUGE)),
    }
}
