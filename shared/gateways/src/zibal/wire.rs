//! Messages as they stand on the wire (gateway notes, sections 2.1 and 2.3).

use serde_json::{Value, json};
use yam_domain::money::{Currency, Money};

use super::codes;
use crate::account::Account;
use crate::answer::{integer, text};
use crate::attempt::{Attempt, Inquiry, MoneyTold, Start, Verified};
use crate::card::MaskedCard;
use crate::mobile::iranian;
use crate::outcome::CallOutcome;

pub(super) fn request(account: &Account, start: &Start) -> Value {
    let mut body = json!({
        "merchant": account.credentials.get("merchant"),
        "amount": start.amount.amount(),
        "callbackUrl": start.return_url.as_str(),
        "description": start.description,
        "orderId": start.order.to_string(),
    });
    if let (Some(mobile), Some(fields)) = (iranian(&start.payer), body.as_object_mut()) {
        fields.insert("mobile".into(), json!(mobile));
    }
    body
}

/// By the trackId, as the number it is.
pub(super) fn by_track(account: &Account, track: &str) -> Value {
    let number = track.parse::<i64>().map_or_else(|_| json!(track), |number| json!(number));
    json!({ "merchant": account.credentials.get("merchant"), "trackId": number })
}

/// An answer with a result.
#[derive(Debug)]
pub(super) struct Reply {
    result: i64,
    fields: Value,
}

impl Reply {
    pub(super) fn read(fields: Value) -> Option<Self> {
        Some(Reply { result: integer(fields.get("result"))?, fields })
    }

    pub(super) fn result(&self) -> i64 {
        self.result
    }

    pub(super) fn status(&self) -> Option<i64> {
        integer(self.fields.get("status"))
    }

    pub(super) fn outcome<T>(&self, done: impl FnOnce() -> CallOutcome<T>) -> CallOutcome<T> {
        codes::outcome(self.result, &text(self.fields.get("message")).unwrap_or_default(), done)
    }

    fn money(&self, requested: Money) -> MoneyTold {
        let told = integer(self.fields.get("amount")).map(|amount| Money::new(amount, Currency::Irr));
        MoneyTold::of(requested, told)
    }

    fn reference(&self) -> Option<String> {
        text(self.fields.get("refNumber"))
    }

    fn card(&self) -> Option<MaskedCard> {
        MaskedCard::read(&text(self.fields.get("cardNumber"))?)
    }
}

pub(super) fn track_id(reply: &Reply) -> CallOutcome<String> {
    reply.outcome(|| match integer(reply.fields.get("trackId")) {
        Some(track) if track > 0 => CallOutcome::Done(track.to_string()),
        _ => CallOutcome::Unknown("a success without a trackId".into()),
    })
}

/// The amount is not sent, so it has to be in the answer, and the order number if it is told.
pub(super) fn verified(reply: &Reply, attempt: &Attempt) -> CallOutcome<Verified> {
    reply.outcome(|| {
        let money = reply.money(attempt.amount);
        if money == MoneyTold::NotTold {
            return CallOutcome::Unknown("a success without an amount".into());
        }
        let other_order =
            text(reply.fields.get("orderId")).is_some_and(|order| order != attempt.order.to_string());
        if other_order {
            return CallOutcome::Unknown("a success for another order number".into());
        }
        let reference = reply.reference();
        CallOutcome::Done(Verified {
            before: false,
            money,
            receipt: reference.clone().or_else(|| Some(attempt.gateway_id.clone())),
            reference,
            card: reply.card(),
            unsettled: false,
        })
    })
}

pub(super) fn inquiry(reply: &Reply, requested: Money) -> CallOutcome<Inquiry> {
    reply.outcome(|| match reply.status() {
        None => CallOutcome::Unknown("an inquiry without a status".into()),
        Some(status) => codes::standing(status).then(|standing| {
            CallOutcome::Done(Inquiry {
                standing,
                money: reply.money(requested),
                reference: reply.reference(),
                receipt: None,
                card: reply.card(),
            })
        }),
    })
}
