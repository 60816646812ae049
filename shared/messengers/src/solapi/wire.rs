//! Messages as they stand on the wire (notification notes, section 5.5).

use serde_json::{Map, Value, json};
use yam_domain::money::Currency;
use yam_domain::phone::Phone;
use yam_platform::http::Answer;

use super::codes;
use crate::account::Account;
use crate::answer::{id, instant, is_id, text};
use crate::cost::Cost;
use crate::errors::{ours, outline, refused};
use crate::message::{Call, Content, Message, Speaker, Text, digits};
use crate::outcome::{CallOutcome, RefusalKind};
use crate::receipt::{
    Authenticity, LARGEST_BODY, MOST_RECEIPTS, Receipt, ReceiptCall, ReceiptError, Receipts,
};
use crate::status::{Balance, Sent, Status};

const SHORT_BYTES: usize = 90;
pub(super) const LONG_BYTES: usize = 2_000;
const SUBJECT_BYTES: usize = 40;

/// Bytes in EUC-KR: one for ASCII, two for every other character of KS X 1001. What is outside of it the
/// provider refuses by itself, as `strict` is set.
pub(super) fn bytes(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Recipient and country as the wire wants them: Korean numbers in national form.
fn to(phone: &Phone) -> (String, Option<&'static str>) {
    match phone.national_korea() {
        Some(national) => (national, Some("82")),
        None => (digits(phone).to_owned(), None),
    }
}

pub(super) fn send<T>(account: &Account, message: &Message) -> Result<Value, CallOutcome<T>> {
    let (number, country) = to(message.phone()?);
    let Some(sender) = message.sender(account) else {
        return Err(ours("enter a sender number that is registered at Solapi", RefusalKind::Sender));
    };
    let mut made = Map::new();
    made.insert("to".into(), number.into());
    made.insert("from".into(), sender.into());
    made.extend(country.map(|country| ("country".to_owned(), country.into())));
    made.insert("customFields".into(), json!({ "ntf": message.key.as_str() }));
    match &message.content {
        Content::Text(content) => texted(account, content, &mut made)?,
        Content::Call(content) => called(content, &mut made)?,
        Content::Email(_) => return Err(ours("Solapi sends no e-mail", RefusalKind::NotOffered)),
    }
    Ok(json!({ "message": made, "strict": true, "allowDuplicates": false }))
}

fn texted<T>(account: &Account, content: &Text, made: &mut Map<String, Value>) -> Result<(), CallOutcome<T>> {
    let length = bytes(&content.text);
    if content.text.trim().is_empty() || length > LONG_BYTES {
        return Err(ours("Solapi takes 1 to 2000 bytes; shorten the text", RefusalKind::Content));
    }
    made.insert("text".into(), content.text.clone().into());
    let long = length > SHORT_BYTES;
    // A subject on a short message is refused (1013).
    if let Some(subject) = content.subject.as_deref().filter(|_| long) {
        if bytes(subject) > SUBJECT_BYTES {
            return Err(ours("a subject takes at most 40 bytes; shorten it", RefusalKind::Content));
        }
        made.insert("subject".into(), subject.into());
    }
    let Some(notice) = &content.kakao else {
        made.insert("type".into(), if long { "LMS" } else { "SMS" }.into());
        return Ok(());
    };
    let Some(channel) = &account.settings.kakao_channel else {
        return Err(ours("enter the Kakao channel of this account", RefusalKind::Template));
    };
    let variables: Map<String, Value> =
        notice.variables.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    made.insert("type".into(), "ATA".into());
    // The notes name `kakaoOptions` and not its members: these are those of the vendor's clients [a].
    let options = json!({
        "pfId": channel,
        "templateId": notice.template,
        "variables": variables,
        "disableSms": false,
    });
    made.insert("kakaoOptions".into(), options);
    Ok(())
}

fn called<T>(call: &Call, made: &mut Map<String, Value>) -> Result<(), CallOutcome<T>> {
    if call.text.trim().is_empty() || bytes(&call.text) > LONG_BYTES {
        return Err(ours("Solapi takes 1 to 2000 bytes; shorten the text", RefusalKind::Content));
    }
    let voice = match call.speaker {
        Speaker::Female => "FEMALE",
        Speaker::Male => "MALE",
    };
    made.insert("type".into(), "VOICE".into());
    made.insert("text".into(), call.text.clone().into());
    made.insert("voiceOptions".into(), json!({ "voiceType": voice }));
    Ok(())
}

/// The object of a successful answer; an error in it has its class already.
pub(super) fn succeeded<T>(answer: &Answer, value: Value, unclear: bool) -> Result<Value, CallOutcome<T>> {
    if let Some(code) = text(value.get("errorCode")) {
        let words = text(value.get("errorMessage")).unwrap_or_default();
        // What the error is called stands nowhere [a].
        if answer.status.as_u16() == 404 {
            return Err(refused(code, &words, "there is no such thing", RefusalKind::NotFound));
        }
        return Err(codes::failed(&code, &words, unclear));
    }
    if answer.status.is_success() {
        return Ok(value);
    }
    Err(CallOutcome::Unknown(outline(answer, "an error without a code")))
}

/// HTTP 200 with another `statusCode` than 2000 is a failure.
pub(super) fn sent(value: &Value, message: &Message) -> CallOutcome<Sent> {
    let Some(code) = text(value.get("statusCode")) else {
        return CallOutcome::Unknown("no statusCode in the answer".into());
    };
    let words = text(value.get("statusMessage")).unwrap_or_default();
    codes::taken(&code, &words).then(|state| {
        let number = message.phone::<Sent>().map(|phone| to(phone).0).ok();
        if text(value.get("to")).is_some_and(|told| Some(told) != number) {
            return CallOutcome::Unknown("the answer is about another number".into());
        }
        match id(value.get("messageId")) {
            Some(message_id) => CallOutcome::Done(Sent {
                state,
                group_id: id(value.get("groupId")),
                ..Sent::bare(message_id)
            }),
            None => CallOutcome::Unknown("no messageId in the answer".into()),
        }
    })
}

/// The row of a list, which is an object by message id or, at other versions, an array.
pub(super) fn status(value: &Value, message_id: &str) -> CallOutcome<Status> {
    let rows = value.get("messageList").unwrap_or(value);
    let row = match rows {
        Value::Object(rows) => rows.get(message_id),
        Value::Array(rows) => {
            rows.iter().find(|row| text(row.get("messageId")).as_deref() == Some(message_id))
        }
        _ => return CallOutcome::Unknown("no list in the answer".into()),
    };
    let Some(row) = row else {
        return refused("messageList", "", "no such message", RefusalKind::NotFound);
    };
    let Some(code) = text(row.get("statusCode")) else {
        return CallOutcome::Unknown("no statusCode in the answer".into());
    };
    match codes::status(&code) {
        Some(status) => CallOutcome::Done(Status { at: received(row), ..status }),
        None => CallOutcome::Unknown(format!("status {code} is not documented")),
    }
}

fn received(row: &Value) -> Option<jiff::Timestamp> {
    ["dateReceived", "dateReported", "dateProcessed"].into_iter().find_map(|name| instant(row.get(name)))
}

pub(super) fn balance(value: &Value) -> CallOutcome<Balance> {
    let read = |name: &str| Cost::read(value.get(name), Currency::Krw);
    match read("balance") {
        Some(money) => CallOutcome::Done(Balance { money, extra: read("point") }),
        None => CallOutcome::Unknown("no balance in the answer".into()),
    }
}

/// A push: an array of events. How it is signed is not known, so that only the secret path speaks for it.
pub(super) fn receipts(call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
    if call.body.len() > LARGEST_BODY {
        return Err(ReceiptError::Unreadable);
    }
    let value: Value = serde_json::from_slice(&call.body).map_err(|_| ReceiptError::Unreadable)?;
    let events = value.as_array().filter(|events| events.len() <= MOST_RECEIPTS);
    let events = events.ok_or(ReceiptError::Unreadable)?;
    // Events of other kinds are acknowledged and left out.
    let read = events.iter().filter_map(|event| receipt(event.get("data")?)).collect();
    Ok(Receipts::of(Authenticity::SecretPath, read))
}

fn receipt(data: &Value) -> Option<Receipt> {
    let provider_id = text(data.get("messageId")).filter(|id| is_id(id))?;
    let status = codes::status(&text(data.get("statusCode"))?)?;
    let key = text(data.pointer("/customFields/ntf")).filter(|key| key.len() <= 64);
    let status = Status { at: received(data), ..status };
    Some(Receipt { provider_id, key, status, recipients: Vec::new() })
}
