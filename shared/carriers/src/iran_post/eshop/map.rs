//! From answers to outcomes, pure. What is proof of a registration is settled here (reliability notes,
//! section 4.1).

use std::collections::BTreeMap;

use jiff::civil::Date;
use yam_domain::jalali::JalaliDate;
use yam_domain::money::{Currency, Money};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;

use super::codes::{Code, GATEWAY_NOT_REACHED};
use super::envelope::{Document, Element, Reply};
use super::wire::Operation;
use crate::iran_post::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind, Registered};

/// Digits of a `ParcelCode`.
const CODE_DIGITS: usize = 20;

/// A price in Rial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryPrice {
    /// Without VAT.
    pub postage: i64,
    /// VAT on it.
    pub vat: i64,
}

/// A place or a product of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Code or id.
    pub code: i64,
    /// Name.
    pub name: String,
}

/// `AddParcel` and `AddParcelWithDiscount`.
///
/// Done: code 0 and a 20-digit barcode whose closing tag arrived, even if the rest was cut. Refused: a
/// whole answer with one of the guide's codes. Everything else may have made a parcel.
#[must_use]
pub fn parcel(operation: Operation, answer: &Answer) -> CallOutcome<Registered> {
    let document = Document::read(&answer.body);
    let (fields, whole) = match fields(&document, operation, answer) {
        Ok(found) => found,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    let (code, barcode) = match (fields.code(), fields.text("ParcelCode")) {
        (Ok(code), Ok(barcode)) => (code.map(Code::of), barcode),
        (Err(seen), _) | (_, Err(seen)) => return CallOutcome::Unknown(outline(answer, &seen)),
    };
    let no_barcode = barcode.is_none_or(str::is_empty);
    match code {
        Some(Code::Ok) => match barcode.and_then(full_code) {
            Some(number) => CallOutcome::Done(fields.registered(number)),
            None => CallOutcome::Unknown(outline(answer, "ErrorCode 0 without a 20-digit ParcelCode")),
        },
        Some(code) if whole && no_barcode => match negative(code, fields.description()) {
            Some(outcome) => outcome,
            None => CallOutcome::Unknown(outline(answer, &format!("unknown ErrorCode {}", code.number()))),
        },
        Some(code) => {
            let seen =
                format!("ErrorCode {} in an answer that is not whole or holds a barcode", code.number());
            CallOutcome::Unknown(outline(answer, &seen))
        }
        None => CallOutcome::Unknown(outline(answer, "no ErrorCode")),
    }
}

/// `GetDeliveryPrice`.
#[must_use]
pub fn price(answer: &Answer) -> CallOutcome<DeliveryPrice> {
    coded(Operation::GetDeliveryPrice, answer, |fields| {
        let postage = fields.amount("PostDeliveryPrice").filter(|postage| *postage > 0)?;
        Some(DeliveryPrice { postage, vat: fields.amount("VatTax")? })
    })
}

/// `DeliveryMultiPrice`: every numeric member by its name, as the guide does not name them.
#[must_use]
pub fn multi_price(answer: &Answer) -> CallOutcome<Vec<(String, i64)>> {
    coded(Operation::DeliveryMultiPrice, answer, |fields| {
        let members = fields.0.iter().filter(|m| !m.name.eq_ignore_ascii_case("ErrorCode"));
        Some(members.filter_map(|m| Some((m.name.clone(), m.text.parse().ok()?))).collect())
    })
}

/// `ReadyToShip`: 0 and 3 both mean that the parcel is ready.
#[must_use]
pub fn ready(answer: &Answer) -> CallOutcome<String> {
    let document = Document::read(&answer.body);
    let (fields, whole) = match fields(&document, Operation::ReadyToShip, answer) {
        Ok(found) => found,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    let code = match fields.code() {
        Ok(Some(code)) if whole => Code::of(code),
        Ok(_) => return CallOutcome::Unknown(outline(answer, "no ErrorCode in a whole answer")),
        Err(seen) => return CallOutcome::Unknown(outline(answer, &seen)),
    };
    let words = fields.description();
    match code {
        Code::Ok => CallOutcome::Done(words.to_owned()),
        Code::AlreadyReady => {
            let meaning = "declared ready before; the earlier date stands";
            CallOutcome::Done(error(3, words, meaning, RefusalKind::State).message)
        }
        code => negative(code, words).unwrap_or_else(|| {
            CallOutcome::Refused(error(
                code.number(),
                words,
                "the parcel cannot be declared ready",
                RefusalKind::State,
            ))
        }),
    }
}

/// `AddStuff`: the product's id; a negative number is an error code.
#[must_use]
pub fn stuff_id(answer: &Answer) -> CallOutcome<i64> {
    match number(Operation::AddStuff, answer) {
        CallOutcome::Done(code) if code <= 0 => negative(Code::of(code), "")
            .unwrap_or_else(|| CallOutcome::Unknown(outline(answer, &format!("product id {code}")))),
        other => other,
    }
}

/// `GetStatus`: a status code. -1 may be a bad login or an unknown parcel (protocol notes, 17.4).
#[must_use]
pub fn status(answer: &Answer) -> CallOutcome<i64> {
    number(Operation::GetStatus, answer)
}

/// `GetStates` and `GetCities`.
#[must_use]
pub fn places(operation: Operation, answer: &Answer) -> CallOutcome<Vec<Named>> {
    list(operation, answer, "Code")
}

/// `AddStuffs`.
#[must_use]
pub fn stuffs(answer: &Answer) -> CallOutcome<Vec<Named>> {
    list(Operation::AddStuffs, answer, "Id")
}

/// The pick-up date as the wire wants it.
#[must_use]
pub fn jalali(date: Date) -> Option<String> {
    JalaliDate::from_gregorian(date).ok().map(|date| date.to_string())
}

fn coded<T>(
    operation: Operation,
    answer: &Answer,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> CallOutcome<T> {
    let document = Document::read(&answer.body);
    let (fields, whole) = match fields(&document, operation, answer) {
        Ok(found) => found,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    let code = match fields.code() {
        Ok(Some(code)) if whole => Code::of(code),
        Ok(_) => return CallOutcome::Unknown(outline(answer, "no ErrorCode in a whole answer")),
        Err(seen) => return CallOutcome::Unknown(outline(answer, &seen)),
    };
    match code {
        Code::Ok => match read(&fields) {
            Some(result) => CallOutcome::Done(result),
            None => CallOutcome::Unknown(outline(answer, "ErrorCode 0 without its figures")),
        },
        code => negative(code, fields.description()).unwrap_or_else(|| {
            CallOutcome::Unknown(outline(answer, &format!("unknown ErrorCode {}", code.number())))
        }),
    }
}

fn list(operation: Operation, answer: &Answer, code: &str) -> CallOutcome<Vec<Named>> {
    let document = Document::read(&answer.body);
    let (result, whole) = match result(&document, operation, answer) {
        Ok(found) => found,
        Err(seen) => return CallOutcome::Unknown(seen),
    };
    if !whole {
        return CallOutcome::Unknown(outline(answer, "a list that is not whole"));
    }
    let named = |row: &Element| {
        let code = row.child(code)?.text.parse().ok()?;
        Some(Named { code, name: row.child("Name").map(|name| name.text.clone()).unwrap_or_default() })
    };
    match result.children.iter().map(named).collect() {
        Some(rows) => CallOutcome::Done(rows),
        None => CallOutcome::Unknown(outline(answer, "a list with other members than expected")),
    }
}

fn number(operation: Operation, answer: &Answer) -> CallOutcome<i64> {
    let document = Document::read(&answer.body);
    match result(&document, operation, answer) {
        Ok((result, true)) => match result.text.parse() {
            Ok(number) => CallOutcome::Done(number),
            Err(_) => CallOutcome::Unknown(outline(answer, "no number in the answer")),
        },
        Ok((_, false)) => CallOutcome::Unknown(outline(answer, "an answer that is not whole")),
        Err(seen) => CallOutcome::Unknown(seen),
    }
}

/// A code that says no, or not now.
fn negative<T>(code: Code, words: &str) -> Option<CallOutcome<T>> {
    if code == Code::GatewayNotReached {
        let error = error(code.number(), words, GATEWAY_NOT_REACHED, RefusalKind::Other);
        return Some(CallOutcome::Busy { retry_after: None, error });
    }
    let (kind, meaning) = code.refusal()?;
    Some(CallOutcome::Refused(error(code.number(), words, meaning, kind)))
}

fn full_code(text: &str) -> Option<WaybillNumber> {
    let plausible = text.len() == CODE_DIGITS
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b != b'0');
    if plausible { WaybillNumber::try_from(text.to_owned()).ok() } else { None }
}

/// The result element and whether the answer is whole, or what was seen instead.
fn result<'a>(
    document: &'a Document,
    operation: Operation,
    answer: &Answer,
) -> Result<(&'a Element, bool), String> {
    if !answer.status.is_success() {
        return Err(outline(answer, "no success"));
    }
    match document.reply(operation.name()) {
        Reply::Result { result, whole } => Ok((result, whole && answer.complete)),
        Reply::Fault => Err(outline(answer, "a SOAP fault")),
        Reply::Html => Err(outline(answer, "a web page instead of XML")),
        Reply::Nothing if answer.media_type() == "text/html" => {
            Err(outline(answer, "a web page instead of XML"))
        }
        Reply::Nothing => Err(outline(answer, "no answer of the operation in it")),
    }
}

fn fields<'a>(
    document: &'a Document,
    operation: Operation,
    answer: &Answer,
) -> Result<(Fields<'a>, bool), String> {
    let (result, whole) = result(document, operation, answer)?;
    Ok((Fields(&result.children), whole))
}

/// Members of a result, of which only closed ones count.
struct Fields<'a>(&'a [Element]);

impl<'a> Fields<'a> {
    /// The text of a member; an error when it stands there twice with different texts.
    fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        let mut found =
            self.0.iter().filter(|m| m.closed && m.name.eq_ignore_ascii_case(name)).map(|m| m.text.as_str());
        let first = found.next();
        if found.any(|other| Some(other) != first) {
            return Err(format!("two different {name} in one answer"));
        }
        Ok(first)
    }

    /// The error code. The guide prints the types of `ErrorCode` and `Description` swapped for one
    /// operation, so a number in the other member is taken when this one holds none.
    fn code(&self) -> Result<Option<i64>, String> {
        let number = |name| Ok::<_, String>(self.text(name)?.and_then(|text| text.parse().ok()));
        match (self.text("ErrorCode")?, number("ErrorCode")?) {
            (_, Some(code)) => Ok(Some(code)),
            (Some(_), None) => number("Description"),
            (None, None) => Ok(None),
        }
    }

    /// The operator's words, whichever of the two members holds them.
    fn description(&self) -> &'a str {
        let words = |name| {
            self.text(name).ok().flatten().filter(|text| text.parse::<i64>().is_err() && !text.is_empty())
        };
        words("Description").or_else(|| words("ErrorCode")).unwrap_or("")
    }

    /// An amount that makes sense.
    fn amount(&self, name: &str) -> Option<i64> {
        let amount = self.text(name).ok().flatten()?.parse::<i64>().ok()?;
        (0..=i64::from(i32::MAX)).contains(&amount).then_some(amount)
    }

    fn registered(&self, code: WaybillNumber) -> Registered {
        let money = |name| self.amount(name).map(|amount| Money::new(amount, Currency::Irr));
        Registered {
            code,
            postage: money("PostDeliveryPrice"),
            vat: money("VatTax"),
            reference: None,
            told: BTreeMap::new(),
        }
    }
}
