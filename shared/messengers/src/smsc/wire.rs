//! Messages as they stand on the wire (notification notes, section 5.1).

use jiff::SignedDuration;
use md5::{Digest as _, Md5};
use serde_json::Value;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use yam_domain::money::Currency;
use yam_domain::phone::Phone;

use super::codes::{self, Asked};
use crate::account::{Account, Credentials};
use crate::answer::{count, integer, seconds, text};
use crate::client::Form;
use crate::cost::Cost;
use crate::errors::{ours, refused};
use crate::message::{Call, Content, Handle, Message, Recipient, Speaker, Text, digits};
use crate::outcome::{CallOutcome, RefusalKind};
use crate::receipt::{Authenticity, Fields, Receipt, ReceiptCall, ReceiptError, Receipts};
use crate::status::{Balance, Price, Sent, Status};
use crate::wire_id::{hex, positive_31};

pub(super) const LONGEST_TEXT: usize = 1_000;

/// Russian numbers as digits, which SMSC mends; others with their plus, which it takes as they are.
pub(super) fn phone(phone: &Phone) -> String {
    match phone.e164().strip_prefix("+7") {
        Some(_) => digits(phone).to_owned(),
        None => phone.e164().to_owned(),
    }
}

/// What every call carries. The password goes as its MD5, which is what SMSC compares.
pub(super) fn signed(credentials: &Credentials, rest: Form) -> Form {
    let mut form: Form = match credentials.get("api_key") {
        "" => vec![
            ("login", credentials.get("login").to_owned()),
            ("psw", hex(&Md5::digest(credentials.get("password").as_bytes()))),
        ],
        key => vec![("apikey", key.to_owned())],
    };
    form.extend([("fmt", "3".to_owned()), ("charset", "utf-8".to_owned())]);
    form.extend(rest);
    form
}

pub(super) fn send<T>(account: &Account, message: &Message) -> Result<Form, CallOutcome<T>> {
    let to = message.phone()?;
    let (words, extra) = match &message.content {
        Content::Text(content) => (content.text.as_str(), texted(account, message, content)),
        Content::Call(content) => (content.text.as_str(), called(content)?),
        Content::Email(_) => return Err(ours("e-mail goes by SES or SMTP", RefusalKind::NotOffered)),
    };
    if words.trim().is_empty() || words.chars().count() > LONGEST_TEXT {
        return Err(ours("SMSC takes 1 to 1000 characters; shorten the text", RefusalKind::Content));
    }
    let mut form = vec![
        ("phones", phone(to)),
        ("mes", words.to_owned()),
        ("id", positive_31(message.channel(), &message.key).to_string()),
    ];
    form.extend(message.sender(account).map(|sender| ("sender", sender.to_owned())));
    form.extend(extra);
    Ok(form)
}

fn texted(account: &Account, message: &Message, _: &Text) -> Form {
    let mut form = Form::new();
    if account.settings.transliterate {
        form.push(("translit", "1".to_owned()));
    }
    form.extend(message.valid_for.and_then(validity).map(|valid| ("valid", valid)));
    form
}

/// `hh:mm`, 1 minute to 24 hours.
fn validity(valid_for: SignedDuration) -> Option<String> {
    let minutes = valid_for.as_mins();
    (1..=24 * 60).contains(&minutes).then(|| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

fn called<T>(call: &Call) -> Result<Form, CallOutcome<T>> {
    let in_bounds = (10..=35).contains(&call.ring_seconds)
        && (1..=9).contains(&call.attempts)
        && (10..=3_600).contains(&call.between_seconds);
    if !in_bounds {
        return Err(ours(
            "a call rings 10 to 35 s, 1 to 9 times, 10 to 3600 s apart; change the call's settings",
            RefusalKind::Request,
        ));
    }
    let voice = match call.speaker {
        Speaker::Female => "w",
        Speaker::Male => "m",
    };
    let param = format!("{},{},{}", call.ring_seconds, call.between_seconds, call.attempts);
    Ok(vec![("call", "1".to_owned()), ("voice", voice.to_owned()), ("param", param)])
}

/// An object, or the first of an array; an error in it has its class already.
pub(super) fn object<T>(value: &Value, asked: Asked, unclear: bool) -> Result<&Value, CallOutcome<T>> {
    let object = value.as_array().map_or(Some(value), |rows| rows.first());
    let Some(object) = object.filter(|value| value.is_object()) else {
        return Err(CallOutcome::Unknown("no object in the answer".into()));
    };
    match integer(object.get("error_code")) {
        Some(code) => {
            let words = text(object.get("error")).unwrap_or_default();
            Err(codes::outcome(asked, code, &words, unclear))
        }
        None if object.get("error").is_some() => Err(CallOutcome::Unknown("an error without a code".into())),
        None => Ok(object),
    }
}

pub(super) fn sent(answer: &Value, message: &Message) -> CallOutcome<Sent> {
    let ours = positive_31(message.channel(), &message.key);
    if integer(answer.get("id")) != Some(i64::from(ours)) {
        return CallOutcome::Unknown("the answer is about another message".into());
    }
    let units = count(answer.get("cnt"));
    let is_call = matches!(message.content, Content::Call(_));
    CallOutcome::Done(Sent {
        segments: units.filter(|_| !is_call),
        seconds: units.filter(|_| is_call),
        cost: Cost::read(answer.get("cost"), Currency::Rub),
        balance: Cost::read(answer.get("balance"), Currency::Rub),
        ..Sent::bare(ours.to_string())
    })
}

/// `phone` and `id` of a look-up or a cancel. The number is spelled as it was when the message was sent: without
/// its plus a short foreign one would be "put right" to a Russian one and never be found [a].
pub(super) fn asked_for<T>(handle: &Handle) -> Result<Form, CallOutcome<T>> {
    let Recipient::Phone(to) = &handle.to else {
        return Err(ours("SMSC is asked by phone and id", RefusalKind::Request));
    };
    let ours = positive_31(handle.channel, &handle.key).to_string();
    Ok(vec![("phone", phone(to)), ("id", ours)])
}

pub(super) fn status(answer: &Value) -> CallOutcome<Status> {
    let Some(code) = integer(answer.get("status")) else {
        return CallOutcome::Unknown("no status in the answer".into());
    };
    if code == codes::NOT_FOUND {
        return refused(code, "", "no such message", RefusalKind::NotFound);
    }
    match codes::status(code, integer(answer.get("err")).unwrap_or(0)) {
        Some(status) => CallOutcome::Done(Status {
            at: seconds(answer.get("last_timestamp")),
            cost: Cost::read(answer.get("cost"), Currency::Rub),
            segments: count(answer.get("sms_cnt")),
            ..status
        }),
        None => CallOutcome::Unknown(format!("status {code} is not documented")),
    }
}

pub(super) fn balance(answer: &Value) -> CallOutcome<Balance> {
    let currency = match text(answer.get("currency")).as_deref() {
        Some("RUR" | "RUB") | None => Currency::Rub,
        Some("USD") => Currency::Usd,
        Some("EUR") => Currency::Eur,
        Some(_) => return CallOutcome::Unknown("the balance has a currency that is not known".into()),
    };
    let extra = Cost::read(answer.get("credit"), currency);
    match Cost::read(answer.get("balance"), currency) {
        Some(money) => CallOutcome::Done(Balance { money, extra }),
        None => CallOutcome::Unknown("no balance in the answer".into()),
    }
}

pub(super) fn price(answer: &Value) -> CallOutcome<Price> {
    match Cost::read(answer.get("cost"), Currency::Rub) {
        Some(cost) => CallOutcome::Done(Price { cost, units: count(answer.get("cnt")) }),
        None => CallOutcome::Unknown("no cost in the answer".into()),
    }
}

/// A list, or an error in an object.
pub(super) fn senders(value: &Value) -> CallOutcome<Vec<String>> {
    if let Some(rows) = value.as_array() {
        return CallOutcome::Done(rows.iter().filter_map(|row| text(row.get("sender"))).collect());
    }
    match object(value, Asked::Read, false) {
        Ok(_) => CallOutcome::Unknown("no list in the answer".into()),
        Err(end) => end,
    }
}

/// A receipt. A signature is checked wherever there is one; whether SMSC signs is told differently by its
/// clients, so that the secret path has to do without.
pub(super) fn receipt(credentials: &Credentials, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
    let fields = call.fields();
    let value = |name: &str| fields.get(name).ok_or(ReceiptError::Unreadable);
    let (id, status) = (value("id")?, value("status")?);
    let phone: String = value("phone")?.chars().filter(char::is_ascii_digit).collect();
    let authenticity = authenticity(credentials, call, &fields, &format!("{id}:{phone}:{status}"))?;
    let json = |name: &str| fields.get(name).map(|value| Value::String(value.to_owned()));
    let code: i64 = status.parse().map_err(|_| ReceiptError::Unreadable)?;
    id.parse::<u32>().map_err(|_| ReceiptError::Unreadable)?;
    let reason = integer(json("err").as_ref()).unwrap_or(0);
    let found = codes::status(code, reason).ok_or(ReceiptError::Unreadable)?;
    let status = Status {
        at: seconds(json("ts").as_ref()),
        cost: Cost::read(json("cost").as_ref(), Currency::Rub),
        ..found
    };
    let receipt = Receipt { provider_id: id.to_owned(), key: None, status, recipients: Vec::new() };
    Ok(Receipts::of(authenticity, vec![receipt]))
}

fn authenticity(
    credentials: &Credentials,
    call: &ReceiptCall,
    fields: &Fields,
    signed: &str,
) -> Result<Authenticity, ReceiptError> {
    let secret = credentials.get("callback_secret");
    let signed = format!("{signed}:{secret}");
    let header = |name: &str| call.headers.get(name).and_then(|value| value.to_str().ok());
    let mut seen = Authenticity::SecretPath;
    for (given, expected) in [
        (fields.get("md5").or_else(|| header("x-smsc-md5")), hex(&Md5::digest(signed.as_bytes()))),
        (fields.get("sha1").or_else(|| header("x-smsc-sha1")), hex(&Sha1::digest(signed.as_bytes()))),
    ] {
        let Some(given) = given.filter(|_| !secret.is_empty()) else { continue };
        let given = given.trim().to_ascii_lowercase();
        if !bool::from(given.as_bytes().ct_eq(expected.as_bytes())) {
            return Err(ReceiptError::Forged);
        }
        seen = Authenticity::Signed;
    }
    Ok(seen)
}
