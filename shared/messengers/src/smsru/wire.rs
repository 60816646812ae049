//! Messages as they stand on the wire (notification notes, section 5.2).

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use yam_domain::money::Currency;
use yam_domain::phone::Phone;

use super::codes;
use crate::account::Account;
use crate::answer::{count, id, integer, is_id, seconds, text};
use crate::client::Form;
use crate::cost::Cost;
use crate::errors::ours;
use crate::message::{Content, Message, digits};
use crate::outcome::{CallOutcome, RefusalKind};
use crate::receipt::{Authenticity, MOST_RECEIPTS, Receipt, ReceiptCall, ReceiptError, Receipts};
use crate::status::{Balance, Price, Sent, Status};
use crate::wire_id::hex;

/// 8 parts of 67 characters; Latin texts of 8 x 153 fit too, and SMS.ru says so itself when not.
pub(super) const LONGEST_TEXT: usize = 8 * 153;
/// What SMS.ru wants to read, else it counts a failure.
const REPLY: &str = "100";

pub(super) fn send<T>(account: &Account, message: &Message) -> Result<Form, CallOutcome<T>> {
    let to = message.phone()?;
    let Content::Text(content) = &message.content else {
        return Err(ours("SMS.ru sends text messages only", RefusalKind::NotOffered));
    };
    if content.text.trim().is_empty() || content.text.chars().count() > LONGEST_TEXT {
        return Err(ours("SMS.ru takes 1 to 8 parts; shorten the text", RefusalKind::Content));
    }
    let mut form = vec![("to", digits(to).to_owned()), ("msg", content.text.clone())];
    form.extend(message.sender(account).map(|sender| ("from", sender.to_owned())));
    if account.settings.transliterate {
        form.push(("translit", "1".to_owned()));
    }
    let minutes = message.valid_for.map(|valid| valid.as_mins()).filter(|m| (1..=1_440).contains(m));
    form.extend(minutes.map(|minutes| ("ttl", minutes.to_string())));
    Ok(form)
}

/// The outer part of an answer, whose code is about the whole call.
pub(super) fn outer<T>(value: &Value, unclear: bool) -> Result<(), CallOutcome<T>> {
    let Some(code) = integer(value.get("status_code")) else {
        return Err(CallOutcome::Unknown("no status_code in the answer".into()));
    };
    let words = text(value.get("status_text")).unwrap_or_default();
    match codes::outcome(code, &words, unclear, || CallOutcome::Done(())) {
        CallOutcome::Done(()) => Ok(()),
        other => Err(other.then(|()| CallOutcome::Unknown(String::new()))),
    }
}

/// The one row of `sms` that is about `key`.
fn row<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let rows = value.get("sms")?.as_object()?;
    (rows.len() == 1).then(|| rows.get(key))?.filter(|row| row.is_object())
}

pub(super) fn sent(value: &Value, to: &Phone, unclear: bool) -> CallOutcome<Sent> {
    let Some(row) = row(value, digits(to)) else {
        return CallOutcome::Unknown("no row for the number in the answer".into());
    };
    let Some(code) = integer(row.get("status_code")) else {
        return CallOutcome::Unknown("no status_code for the number".into());
    };
    let words = text(row.get("status_text")).unwrap_or_default();
    codes::outcome(code, &words, unclear, || match id(row.get("sms_id")) {
        Some(sms_id) => CallOutcome::Done(Sent {
            cost: Cost::read(row.get("cost"), Currency::Rub),
            segments: count(row.get("sms")),
            balance: Cost::read(value.get("balance"), Currency::Rub),
            ..Sent::bare(sms_id)
        }),
        None => CallOutcome::Unknown("no sms_id in the answer".into()),
    })
}

pub(super) fn status(value: &Value, sms_id: &str) -> CallOutcome<Status> {
    let Some(code) = row(value, sms_id).and_then(|row| integer(row.get("status_code"))) else {
        return CallOutcome::Unknown("no row for the message in the answer".into());
    };
    if code == -1 {
        return codes::outcome(code, "", false, || CallOutcome::Unknown(String::new()));
    }
    match codes::status(code) {
        Some(status) => {
            let cost = row(value, sms_id).and_then(|row| Cost::read(row.get("cost"), Currency::Rub));
            CallOutcome::Done(Status { cost, ..status })
        }
        None => CallOutcome::Unknown(format!("status {code} is not documented")),
    }
}

/// The notes name `sms/cost` and not its answer: `cost` and `sms` of the number's row, as in the vendor's page [a].
/// A row that is refused has no price, also where the whole answer has one.
pub(super) fn price(value: &Value, to: &Phone) -> CallOutcome<Price> {
    let Some(row) = row(value, digits(to)) else {
        return CallOutcome::Unknown("no row for the number in the answer".into());
    };
    let Some(code) = integer(row.get("status_code")) else {
        return CallOutcome::Unknown("no status_code for the number".into());
    };
    let words = text(row.get("status_text")).unwrap_or_default();
    codes::outcome(code, &words, false, || match Cost::read(row.get("cost"), Currency::Rub) {
        Some(cost) => CallOutcome::Done(Price { cost, units: count(row.get("sms")) }),
        None => CallOutcome::Unknown("no cost in the answer".into()),
    })
}

pub(super) fn balance(value: &Value) -> CallOutcome<Balance> {
    match Cost::read(value.get("balance"), Currency::Rub) {
        Some(money) => CallOutcome::Done(Balance { money, extra: None }),
        None => CallOutcome::Unknown("no balance in the answer".into()),
    }
}

pub(super) fn senders(value: &Value) -> CallOutcome<Vec<String>> {
    match value.get("senders").and_then(Value::as_array) {
        Some(rows) => CallOutcome::Done(rows.iter().filter_map(|row| text(Some(row))).collect()),
        None => CallOutcome::Unknown("no list in the answer".into()),
    }
}

/// A push: entries of lines, signed as a whole.
pub(super) fn receipts(api_id: &str, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
    let fields = call.fields();
    let mut entries: Vec<(usize, &str)> = fields
        .iter()
        .filter_map(|(name, value)| {
            let index = name.strip_prefix("data[")?.strip_suffix(']')?;
            Some((index.parse().ok()?, value))
        })
        .collect();
    entries.sort_by_key(|(index, _)| *index);
    if entries.is_empty() || entries.len() > MOST_RECEIPTS || api_id.is_empty() {
        return Err(ReceiptError::Unreadable);
    }
    let mut hash = Sha256::new();
    hash.update(api_id.as_bytes());
    for (_, entry) in &entries {
        hash.update(entry.as_bytes());
    }
    let given = fields.get("hash").unwrap_or("").to_ascii_lowercase();
    if !bool::from(hex(&hash.finalize()).as_bytes().ct_eq(given.as_bytes())) {
        return Err(ReceiptError::Forged);
    }
    // Entries of other kinds (checks of a caller, later ones) are acknowledged and left out.
    let read = entries.iter().filter_map(|(_, entry)| receipt(entry)).collect();
    Ok(Receipts { reply: REPLY, ..Receipts::of(Authenticity::Signed, read) })
}

fn receipt(entry: &str) -> Option<Receipt> {
    let mut lines = entry.lines().map(str::trim);
    if lines.next()? != "sms_status" {
        return None;
    }
    let sms_id = lines.next().filter(|id| is_id(id))?;
    let status = codes::status(lines.next()?.parse().ok()?)?;
    let at = lines.next().map(|line| Value::String(line.to_owned()));
    Some(Receipt {
        provider_id: sms_id.to_owned(),
        key: None,
        status: Status { at: seconds(at.as_ref()), ..status },
        recipients: Vec::new(),
    })
}
