//! Cleaning of addresses, names and phone numbers (section 4.3).

mod address;
mod name;
mod phone;

use serde_json::{Value, json};

use super::check::text;
use super::door::Asked;
use super::reply;
use crate::pipeline::Answer;

/// Answers each item of a list; an item keeps its id.
fn each(asked: &Asked<'_>, member: &str, clean: impl Fn(&str) -> Value) -> Answer {
    let Some(items) = asked.items().filter(|items| items.iter().all(Value::is_object)) else {
        return reply::broken("JSON parse error: a list is expected");
    };
    let one = |item: &Value| {
        let original = text(item, member);
        let mut cleaned = clean(original);
        cleaned["id"] = item["id"].clone();
        cleaned[member] = json!(original);
        cleaned
    };
    // Order is not promised, so it is not kept.
    reply::ok(&items.iter().rev().map(one).collect())
}

/// `POST /1.0/clean/address`
pub(super) fn addresses(asked: &Asked<'_>) -> Answer {
    each(asked, "original-address", |original| address::Address::read(original).shown())
}

/// `POST /1.0/clean/physical`
pub(super) fn names(asked: &Asked<'_>) -> Answer {
    each(asked, "original-fio", name::clean)
}

/// `POST /1.0/clean/phone`
pub(super) fn phones(asked: &Asked<'_>) -> Answer {
    each(asked, "original-phone", phone::clean)
}

/// `POST /1.0/unreliable-recipient`: all are reliable, but for phones that end in 0000.
pub(super) fn reliability(asked: &Asked<'_>) -> Answer {
    let Some(items) = asked.items().filter(|items| items.iter().all(Value::is_object)) else {
        return reply::broken("JSON parse error: a list is expected");
    };
    let one = |item: &Value| {
        let mut answered = item.clone();
        let unreliable = text(item, "raw-telephone").ends_with("0000");
        answered["unreliability"] = json!(if unreliable { "FRAUD" } else { "RELIABLE" });
        answered
    };
    reply::ok(&items.iter().map(one).collect())
}
