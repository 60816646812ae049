//! Messages and events as they stand on the wire (notification notes, section 4.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::Url;
use yam_platform::http::Answer;

use super::codes;
use crate::account::Account;
use crate::answer::{id, instant, is_id, text};
use crate::errors::{ours, outline};
use crate::mail::{Email, Mailbox};
use crate::message::{Content, Message};
use crate::outcome::{CallOutcome, RefusalKind};
use crate::receipt::{Authenticity, LARGEST_BODY, Receipt, ReceiptCall, ReceiptError, Receipts};
use crate::status::{Sent, Status};

/// Bytes of an encoded word's text: 75 characters with its frame.
const WORD: usize = 45;
const MOST_RECIPIENTS: usize = 50;

pub(super) fn send<T>(account: &Account, message: &Message) -> Result<Value, CallOutcome<T>> {
    let Content::Email(email) = &message.content else {
        return Err(ours("SES sends e-mail only", RefusalKind::NotOffered));
    };
    let Email { from, to, reply_to, written, unsubscribe, .. } = email.as_ref();
    let data = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
    let mut headers = vec![json!({ "Name": "Auto-Submitted", "Value": "auto-generated" })];
    for (name, value) in unsubscribe.iter().flat_map(|unsubscribe| unsubscribe.headers()) {
        headers.push(json!({ "Name": name, "Value": value }));
    }
    let mut body = json!({
        "FromEmailAddress": shown(from),
        "Destination": { "ToAddresses": [to.as_str()] },
        "Content": { "Simple": {
            "Subject": data(&email.subject_line()),
            "Body": { "Text": data(&written.text), "Html": data(&written.html) },
            "Headers": headers,
        } },
        "EmailTags": [{ "Name": "ntf", "Value": message.key.as_str() }],
    });
    if let Some(reply_to) = reply_to {
        body["ReplyToAddresses"] = json!([reply_to.as_str()]);
    }
    if let Some(set) = &account.settings.configuration_set {
        body["ConfigurationSetName"] = json!(set);
    }
    Ok(body)
}

/// A name and an address as a header has them: plain names quoted, others as encoded words (RFC 2047).
fn shown(mailbox: &Mailbox) -> String {
    let (name, address) = (mailbox.shown_name(), mailbox.address.as_str());
    if name.is_empty() {
        return address.to_owned();
    }
    if name.is_ascii() {
        return format!("\"{name}\" <{address}>");
    }
    let mut words = vec![String::new()];
    for c in name.chars() {
        if words.last().is_some_and(|word| word.len() + c.len_utf8() > WORD) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    format!("{} <{address}>", words.join(" "))
}

/// The answer to a send below 500.
pub(super) fn sent(answer: &Answer, value: &Value) -> CallOutcome<Sent> {
    if answer.status.is_success() {
        return match id(value.get("MessageId").filter(|id| id.is_string())) {
            Some(message_id) => CallOutcome::Done(Sent::bare(message_id)),
            None => CallOutcome::Unknown("no MessageId in the answer".into()),
        };
    }
    let header = answer.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let code = header.map(str::to_owned).or_else(|| text(value.get("__type"))).unwrap_or_default();
    // `Name:http://…` in the header, `namespace#Name` in the body.
    let code = code.split(':').next().unwrap_or("").rsplit('#').next().unwrap_or("");
    if code.is_empty() {
        return CallOutcome::Unknown(outline(answer, "an error without a type"));
    }
    let words = text(value.get("message")).or_else(|| text(value.get("Message"))).unwrap_or_default();
    codes::failed(code, &words)
}

/// A push: an event, by itself or as a text within an envelope of SNS. Only the secret path speaks for it.
/// `trusted`: the origin of SNS as the configuration has it.
pub(super) fn receipts(call: &ReceiptCall, trusted: Option<&Url>) -> Result<Receipts, ReceiptError> {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|_| ReceiptError::Unreadable);
    if call.body.len() > LARGEST_BODY {
        return Err(ReceiptError::Unreadable);
    }
    let envelope = read(&call.body)?;
    let of_path = |receipts| Receipts::of(Authenticity::SecretPath, receipts);
    let event = match text(envelope.get("Type")).as_deref() {
        Some("SubscriptionConfirmation") => {
            let url = text(envelope.get("SubscribeURL")).and_then(|url| Url::parse(&url).ok());
            let url = url.filter(|url| is_amazon(url, trusted)).ok_or(ReceiptError::Forged)?;
            return Ok(Receipts { confirm: Some(url), ..of_path(Vec::new()) });
        }
        Some("Notification") => {
            let event = text(envelope.get("Message")).ok_or(ReceiptError::Unreadable)?;
            read(event.as_bytes())?
        }
        Some(_) => return Ok(of_path(Vec::new())),
        None => envelope,
    };
    let kind = text(event.get("eventType")).or_else(|| text(event.get("notificationType")));
    let kind = kind.ok_or(ReceiptError::Unreadable)?;
    let provider_id = text(event.pointer("/mail/messageId")).filter(|id| is_id(id));
    let provider_id = provider_id.ok_or(ReceiptError::Unreadable)?;
    let part = |name: &str| text(event.pointer(&format!("/bounce/{name}"))).unwrap_or_default();
    let bounce = (part("bounceType"), part("bounceSubType"));
    let Some(status) = codes::status(&kind, (&bounce.0, &bounce.1)) else { return Ok(of_path(Vec::new())) };
    let status = Status { at: at(&event), ..status };
    let key = text(event.pointer("/mail/tags/ntf/0")).filter(|key| key.len() <= 64);
    Ok(of_path(vec![Receipt { provider_id, key, status, recipients: recipients(&event) }]))
}

/// Each kind keeps its time in its own part.
fn at(event: &Value) -> Option<jiff::Timestamp> {
    ["bounce", "complaint", "delivery", "deliveryDelay", "mail"]
        .into_iter()
        .find_map(|part| instant(event.get(part)?.get("timestamp")))
}

fn recipients(event: &Value) -> Vec<String> {
    let parts = [
        ("/bounce/bouncedRecipients", "emailAddress"),
        ("/complaint/complainedRecipients", "emailAddress"),
        ("/deliveryDelay/delayedRecipients", "emailAddress"),
    ];
    let named = parts.iter().find_map(|(pointer, name)| {
        let rows = event.pointer(pointer)?.as_array()?;
        Some(rows.iter().filter_map(|row| text(row.get(name))).collect::<Vec<_>>())
    });
    let plain = || {
        let rows = event.pointer("/delivery/recipients").or_else(|| event.pointer("/mail/destination"));
        rows.and_then(Value::as_array).map(|rows| rows.iter().filter_map(|row| text(Some(row))).collect())
    };
    let found: Vec<String> = named.or_else(plain).unwrap_or_default();
    found.into_iter().filter(|address| address.len() <= 254).take(MOST_RECIPIENTS).collect()
}

/// `https://sns.{region}.amazonaws.com/…`, or the configured address of SNS.
fn is_amazon(url: &Url, trusted: Option<&Url>) -> bool {
    if trusted.is_some_and(|trusted| trusted.origin() == url.origin()) {
        return true;
    }
    let region = url
        .host_str()
        .and_then(|host| host.strip_prefix("sns.")?.strip_suffix(".amazonaws.com"))
        .is_some_and(|region| {
            !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    let plain = url.port().is_none() && url.username().is_empty() && url.password().is_none();
    url.scheme() == "https" && region && plain
}
