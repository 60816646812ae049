//! From answers to outcomes, pure (reliability notes, section 4.2).

mod status;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use yam_domain::money::{Currency, Money};
use yam_domain::waybill::{WaybillKind, WaybillNumber};
use yam_platform::http::Answer;

pub use self::status::{ParcelState, states};
use super::codes::{DUPLICATE_ID, NewStatus, ResCode, item_error};
use crate::iran_post::errors::{error, outline};
use crate::outcome::{CallOutcome, LookUpOutcome, OperatorError, RefusalKind, Registered};

const RATE_EXCEEDED: &str = "the post's call rate is exceeded; try again later";

/// `{"ResCode":…,"ResMsg":…,"Data":…}`
#[derive(Debug, Clone, PartialEq)]
struct Envelope {
    code: i64,
    message: String,
    data: Value,
}

/// Reads the envelope, or says what was seen instead.
fn envelope(answer: &Answer) -> Result<Envelope, String> {
    if !answer.status.is_success() {
        return Err(outline(answer, "no success"));
    }
    if !answer.complete {
        return Err(outline(answer, "an answer that is not whole"));
    }
    let text = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body);
    let Ok(Value::Object(members)) = serde_json::from_slice(text) else {
        return Err(outline(answer, "no JSON object"));
    };
    let code = whole_number(member(&members, "ResCode")).ok_or_else(|| outline(answer, "no ResCode"))?;
    let message = member(&members, "ResMsg").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Envelope { code, message, data: member(&members, "Data").cloned().unwrap_or(Value::Null) })
}

/// One item of a batch answer.
#[derive(Debug, Clone, Copy)]
struct Item<'a>(&'a Map<String, Value>);

impl<'a> Item<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        member(self.0, name).filter(|value| !value.is_null())
    }

    fn number(self, name: &str) -> Option<i64> {
        whole_number(self.get(name))
    }

    fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn money(self, name: &str) -> Option<Money> {
        self.number(name).filter(|amount| *amount >= 0).map(|amount| Money::new(amount, Currency::Irr))
    }

    /// Its errors as code and text; an entry that does not read is an error too.
    fn errors(self) -> Vec<(i64, String)> {
        let read = |entry: &Value| match entry {
            Value::Object(members) => {
                let item = Item(members);
                (item.number("ErrorCode").unwrap_or(i64::MIN), item.text("ErrorMessage").unwrap_or_default())
            }
            other => (whole_number(Some(other)).unwrap_or(i64::MIN), String::new()),
        };
        match self.get("Errors") {
            Some(Value::Array(entries)) => entries.iter().map(read).collect(),
            Some(other) => vec![read(other)],
            None => Vec::new(),
        }
    }

    fn refusal(self) -> Option<OperatorError> {
        let errors = self.errors();
        let (code, words) = errors.first()?;
        let (kind, meaning) = item_error(*code);
        Some(error(code, words, meaning, kind))
    }

    fn registered(self, code: WaybillNumber, reference: &str, postage: &str, vat: &str) -> Registered {
        Registered {
            code,
            postage: self.money(postage),
            vat: self.money(vat),
            reference: self.text(reference),
            told: BTreeMap::new(),
        }
    }

    fn barcode(self) -> Option<WaybillNumber> {
        let text = self.text("ParcelCode")?;
        let number = WaybillNumber::try_from(text).ok()?;
        let real =
            number.kind() == Some(WaybillKind::Iranian20To24) && number.as_str().bytes().any(|b| b != b'0');
        real.then_some(number)
    }
}

fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// A whole number, also as a text, or as a float without a fraction.
fn whole_number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64().or_else(|| {
            let text = number.to_string();
            text.strip_suffix(".0").and_then(|whole| whole.parse().ok())
        }),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The items of a batch answer; a lone object counts as a batch of one.
fn items(data: &Value) -> Vec<Item<'_>> {
    match data {
        Value::Array(values) => values.iter().filter_map(Value::as_object).map(Item).collect(),
        Value::Object(members) if !members.is_empty() => vec![Item(members)],
        _ => Vec::new(),
    }
}

/// A top-level code that says no, not now, or nothing certain.
fn not_ok<T>(envelope: &Envelope, answer: &Answer) -> CallOutcome<T> {
    let code = ResCode::of(envelope.code);
    if code == ResCode::RateExceeded {
        return busy(&envelope.message, answer);
    }
    match code.refusal() {
        Some((kind, meaning)) => CallOutcome::Refused(error(envelope.code, &envelope.message, meaning, kind)),
        None => CallOutcome::Unknown(outline(answer, &format!("ResCode {}", envelope.code))),
    }
}

fn busy<T>(words: &str, answer: &Answer) -> CallOutcome<T> {
    let error = error(-1, words, RATE_EXCEEDED, RefusalKind::Other);
    CallOutcome::Busy { retry_after: answer.retry_after(), error }
}

/// `Order/AddParcel` with one parcel under `client_id`.
#[must_use]
pub fn parcel(answer: &Answer, client_id: u32) -> CallOutcome<Registered> {
    if answer.status == http::StatusCode::TOO_MANY_REQUESTS {
        return busy("", answer);
    }
    let envelope = match envelope(answer) {
        Ok(envelope) => envelope,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    let unknown = |seen: &str| CallOutcome::Unknown(outline(answer, seen));
    let items = items(&envelope.data);
    if items.iter().any(|item| item.errors().iter().any(|(code, _)| *code == DUPLICATE_ID)) {
        return unknown("9505: our order id is in use, an earlier send may have won");
    }
    match ResCode::of(envelope.code) {
        ResCode::Ok => {}
        // Only the codes of the table are a no; a status change's codes have no business here.
        ResCode::PriceOrParameter
        | ResCode::BadOrder
        | ResCode::GatewayRefused
        | ResCode::BadShop
        | ResCode::RateExceeded => {
            let barcode = items.iter().any(|item| item.barcode().is_some());
            return if barcode { unknown("a refusal with a barcode") } else { not_ok(&envelope, answer) };
        }
        ResCode::SystemError
        | ResCode::BadStatusChange
        | ResCode::ParcelNotFound
        | ResCode::NoBarcode
        | ResCode::StatusFixed
        | ResCode::Other(_) => return unknown(&format!("ResCode {}", envelope.code)),
    }
    let [item] = items.as_slice() else { return unknown("not one item for one parcel") };
    if item.number("ClientOrderId").is_some_and(|id| id != i64::from(client_id)) {
        return unknown("an item of another order id");
    }
    match (item.barcode(), item.refusal()) {
        (Some(code), None) => {
            CallOutcome::Done(item.registered(code, "Shenase", "ShippingCost", "ShippingCostTax"))
        }
        (None, Some(error)) => CallOutcome::Refused(error),
        (Some(_), Some(_)) => unknown("an item with a barcode and an error"),
        (None, None) => unknown("an item with neither barcode nor error"),
    }
}

/// `Order/Inquiry`. An empty answer is a miss; a known order without a barcode is neither hit nor miss.
#[must_use]
pub fn inquiry(answer: &Answer) -> LookUpOutcome<Registered> {
    let envelope = match envelope(answer) {
        Ok(envelope) => envelope,
        Err(seen) => return LookUpOutcome::Failed(seen),
    };
    match ResCode::of(envelope.code) {
        ResCode::Ok => {}
        ResCode::ParcelNotFound => return LookUpOutcome::Miss,
        _ => return LookUpOutcome::Failed(outline(answer, &format!("ResCode {}", envelope.code))),
    }
    let found = match &envelope.data {
        Value::Null => return LookUpOutcome::Miss,
        Value::Object(members) if members.is_empty() => return LookUpOutcome::Miss,
        Value::Array(values) if values.is_empty() => return LookUpOutcome::Miss,
        data => items(data),
    };
    match found.as_slice() {
        [item] => match item.barcode() {
            Some(code) => {
                LookUpOutcome::Hit(item.registered(code, "ParcelShenase", "Postalprice", "PostalpriceTax"))
            }
            None => LookUpOutcome::Failed(outline(answer, "the order is known there, but has no barcode")),
        },
        _ => LookUpOutcome::Failed(outline(answer, "not one parcel")),
    }
}

/// `Order/DeliveryPrice` with one item: postage and VAT in Rial.
#[must_use]
pub fn price(answer: &Answer) -> CallOutcome<(Money, Money)> {
    one_item(answer, |item| {
        let cost = item.money("ShippingCost").filter(|cost| !cost.is_zero());
        Some((cost?, item.money("ShippingTax").or_else(|| item.money("ShippingCostTax"))?))
    })
}

/// `Product/Add`: ids in the order of the request, matched by our numbers.
#[must_use]
pub fn products(answer: &Answer, numbers: &[u32]) -> CallOutcome<Vec<String>> {
    let envelope = match accepted(answer) {
        Ok(envelope) => envelope,
        Err(outcome) => return outcome,
    };
    let items = items(&envelope.data);
    if let Some(error) = items.iter().find_map(|item| item.refusal()) {
        return CallOutcome::Refused(error);
    }
    let id_of = |number: &u32| {
        let own = |item: &&Item<'_>| item.number("ClientProductID") == Some(i64::from(*number));
        let id = items.iter().find(own)?.number("EbazaarProductID")?;
        (id > 0).then(|| id.to_string())
    };
    match numbers.iter().map(id_of).collect() {
        Some(ids) => CallOutcome::Done(ids),
        None => CallOutcome::Unknown(outline(answer, "no id for a product")),
    }
}

/// How a status change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Changed; the operator's words.
    Done(String),
    /// 9003: the parcel's own status has to be asked.
    Fixed(OperatorError),
}

/// `Order/ChangeStatus` of one parcel.
#[must_use]
pub fn change(answer: &Answer) -> CallOutcome<Change> {
    let envelope = match envelope(answer) {
        Ok(envelope) => envelope,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    let verdict = |code: i64, words: &str| match ResCode::of(code) {
        ResCode::Ok => CallOutcome::Done(Change::Done(words.to_owned())),
        ResCode::StatusFixed => {
            let meaning = "the status cannot be changed at this stage";
            CallOutcome::Done(Change::Fixed(error(code, words, meaning, RefusalKind::State)))
        }
        _ => not_ok(&Envelope { code, message: words.to_owned(), data: Value::Null }, answer),
    };
    if envelope.code != 0 {
        return verdict(envelope.code, &envelope.message);
    }
    match items(&envelope.data).as_slice() {
        [item] => match item.number("ResCode") {
            Some(code) => verdict(code, &item.text("Description").unwrap_or_default()),
            None => CallOutcome::Unknown(outline(answer, "no ResCode of the parcel")),
        },
        _ => CallOutcome::Unknown(outline(answer, "not one parcel")),
    }
}

/// What a parcel's own status says about a change that was refused with 9003.
#[must_use]
pub fn settled_change(answer: &Answer, wanted: NewStatus, refused: OperatorError) -> CallOutcome<String> {
    let status = one_item(answer, |item| {
        Some((item.number("StatusCode")?, item.text("Description").unwrap_or_default()))
    });
    match status {
        CallOutcome::Done((status, words)) if wanted.is_reached_by(status) => {
            CallOutcome::Done(format!("done before; status {status} {words}").trim_end().to_owned())
        }
        CallOutcome::Done((status, words)) => {
            let message = format!("{}; the parcel's status is {status} {words}", refused.message);
            CallOutcome::Refused(error(refused.code, message.trim_end(), "", refused.kind))
        }
        CallOutcome::NotSent(why) => CallOutcome::NotSent(why),
        CallOutcome::Busy { retry_after, error } => CallOutcome::Busy { retry_after, error },
        CallOutcome::Refused(error) => CallOutcome::Refused(error),
        CallOutcome::Unknown(why) => CallOutcome::Unknown(why),
    }
}

/// `BaseInfo/Province`: how many there are.
#[must_use]
pub fn provinces(answer: &Answer) -> CallOutcome<usize> {
    match accepted(answer) {
        Ok(envelope) => match items(&envelope.data).len() {
            0 => CallOutcome::Unknown(outline(answer, "an empty list of provinces")),
            count => CallOutcome::Done(count),
        },
        Err(outcome) => outcome,
    }
}

fn accepted<T>(answer: &Answer) -> Result<Envelope, CallOutcome<T>> {
    if answer.status == http::StatusCode::TOO_MANY_REQUESTS {
        return Err(busy("", answer));
    }
    let envelope = envelope(answer).map_err(CallOutcome::<T>::Unknown)?;
    if envelope.code == 0 { Ok(envelope) } else { Err(not_ok(&envelope, answer)) }
}

fn one_item<T>(answer: &Answer, read: impl FnOnce(Item<'_>) -> Option<T>) -> CallOutcome<T> {
    let envelope = match accepted(answer) {
        Ok(envelope) => envelope,
        Err(outcome) => return outcome,
    };
    let items = items(&envelope.data);
    let [item] = items.as_slice() else {
        return CallOutcome::Unknown(outline(answer, "not one item for one question"));
    };
    if let Some(error) = item.refusal() {
        return CallOutcome::Refused(error);
    }
    match read(*item) {
        Some(result) => CallOutcome::Done(result),
        None => CallOutcome::Unknown(outline(answer, "an item without its figures")),
    }
}
