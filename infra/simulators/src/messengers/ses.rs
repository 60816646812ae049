//! Amazon SES v2 (protocol section 4.4): JSON in, a number out; what became of a mail comes as an event.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::course::{self, Order};
use super::mime::Mail;
use super::{Account, Channel, Desk, Message, Messenger, Messengers, State};
use crate::error::Result;
use crate::gateways::ids;
use crate::gateways::json as wire;
use crate::gateways::notices::Notice;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::system::System;

/// The provider.
pub(crate) struct Ses;

/// The account every signature belongs to: signatures are not checked, only that there is one.
const ACCOUNT: &str = "aws";
const PATH: &str = "v2/email/outbound-emails";

impl Messenger for Ses {
    const SYSTEM: System = System::Ses;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.ses
    }

    fn seeds() -> Vec<Account> {
        let senders = ["shop.example", "hub.example", "yam.example"];
        vec![Account::seed(ACCOUNT, "", (10_000_000, 10, 0), &senders)]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        match (method, path) {
            (&Method::POST, PATH) => Some("SendEmail"),
            (&Method::GET, "v2/email/account") => Some("GetAccount"),
            _ => None,
        }
    }

    fn reach(operation: &str) -> Reach {
        if operation == "SendEmail" { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let signed = view.call.headers.iter().any(|(name, _)| name == "authorization");
        let Some(account) = view.shared.messengers.ses.account(ACCOUNT).filter(|_| signed) else {
            return Ok(refused(403, "AccessDeniedException", "the request is not signed"));
        };
        if !account.active {
            return Ok(refused(400, "AccountSuspendedException", "the account is suspended"));
        }
        if view.call.operation == "GetAccount" {
            // Its members stand in no source; the sandbox's limits are those of the protocol.
            let quota = json!({"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0});
            return Ok(wire::ok(&json!({"SendingEnabled": true, "SendQuota": quota})));
        }
        let body = wire::members(&view.call.body).unwrap_or_default();
        let letter = match read(&body) {
            Ok(letter) => letter,
            Err(what) => return Ok(refused(400, "BadRequestException", &what)),
        };
        if !account.may_send_as(domain(&letter.from)) && !account.may_send_as(bare(&letter.from)) {
            let text = format!("Email address is not verified: {}", letter.from);
            return Ok(refused(400, "MessageRejected", &text));
        }
        if course::is_throttled::<Self>(view, connection, &account)? {
            return Ok(refused(429, "TooManyRequestsException", "Maximum sending rate exceeded."));
        }
        let id = format!("0107018fabc00000-{}-000000", ids::uuid()?);
        for to in &letter.to {
            let order = Order {
                id: id.clone(),
                our_id: None,
                channel: Channel::Email,
                from: &letter.from,
                to: bare(to),
                subject: Some(&letter.subject),
                text: letter.text.as_deref().unwrap_or_default(),
                html: letter.html.as_deref(),
                parts: 1,
                price: account.price,
                leave: None,
                extra: json!({"tags": letter.tags, "headers": letter.headers}),
            };
            course::accept::<Self>(view, connection, &account, order)?;
        }
        Ok(wire::ok(&json!({"MessageId": id})))
    }

    fn owner(_: &View<'_>) -> Option<(String, String)> {
        Some((ACCOUNT.to_owned(), String::new()))
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        let refuse = |code: i32| match code {
            429 => refused(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
            404 => refused(404, "NotFoundException", "there is no such configuration set"),
            403 => refused(403, "AccessDeniedException", "not authorized to perform: ses:SendEmail"),
            400 => refused(400, "SendingPausedException", "sending is paused"),
            _ => refused(500, "InternalServiceError", "internal error"),
        };
        wire::flawed(flaw, whole, refuse, 429)
    }

    /// An event in an envelope of SNS, as a string. The envelope's own signature is left out.
    fn receipt(_: &Account, url: &str, message: &Message) -> Option<Notice> {
        let address = &message.to;
        let mail = json!({
            "timestamp": message.sent.to_string(), "messageId": message.id, "source": bare(&message.from),
            "destination": [address], "tags": arrays(&message.extra["tags"]),
        });
        let at = message.changed.to_string();
        let (kind, member, detail) = match message.state {
            State::Delivered => {
                let detail = json!({"timestamp": at, "recipients": [address], "smtpResponse": "250 ok"});
                ("Delivery", "delivery", detail)
            }
            State::Sent | State::Accepted | State::Busy => ("Send", "send", json!({})),
            State::Blocked => {
                let detail = json!({
                    "timestamp": at, "complainedRecipients": [{"emailAddress": address}],
                    "feedbackId": format!("0107-fb-{}", message.serial), "complaintFeedbackType": "abuse",
                });
                ("Complaint", "complaint", detail)
            }
            _ => {
                let soft = message.state == State::Expired;
                let (bounce, sub, status) = if soft {
                    ("Transient", "MailboxFull", "4.2.2")
                } else {
                    ("Permanent", "NoEmail", "5.1.1")
                };
                let detail = json!({
                    "bounceType": bounce, "bounceSubType": sub, "timestamp": at,
                    "bouncedRecipients": [{"emailAddress": address, "action": "failed", "status": status}],
                    "feedbackId": format!("0107-fb-{}", message.serial),
                });
                ("Bounce", "bounce", detail)
            }
        };
        let event = json!({"eventType": kind, "mail": mail, member: detail});
        let body = json!({
            "Type": "Notification", "MessageId": format!("00000000-0000-5000-8000-{:012}", message.serial),
            "TopicArn": "arn:aws:sns:eu-central-1:000000000000:mail", "Message": event.to_string(),
            "Timestamp": at,
        });
        Some(Notice::json(url, &body))
    }
}

fn refused(status: u16, code: &str, text: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    wire::answer(status, &json!({"__type": code, "message": text}))
}

/// Tags as events have them: a list of values each.
fn arrays(tags: &Value) -> Value {
    let tags = tags.as_object().cloned().unwrap_or_default();
    Value::Object(tags.into_iter().map(|(name, value)| (name, json!([value]))).collect())
}

/// The address in `Name <address>`.
pub(super) fn bare(address: &str) -> &str {
    let inner = address.rsplit_once('<').map_or(address, |(_, inner)| inner);
    inner.trim().trim_end_matches('>')
}

/// What stands behind the address's sign.
pub(super) fn domain(address: &str) -> &str {
    bare(address).rsplit_once('@').map_or("", |(_, domain)| domain)
}

struct Letter {
    from: String,
    to: Vec<String>,
    subject: String,
    text: Option<String>,
    html: Option<String>,
    tags: Map<String, Value>,
    headers: Map<String, Value>,
}

fn list(members: Option<&Value>) -> Vec<String> {
    let items = members.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn read(body: &Map<String, Value>) -> std::result::Result<Letter, String> {
    let body = Value::Object(body.clone());
    let to = &body["Destination"];
    let all: Vec<String> =
        ["ToAddresses", "CcAddresses", "BccAddresses"].iter().flat_map(|name| list(to.get(name))).collect();
    if all.is_empty() || all.len() > 50 {
        return Err("a mail has 1 to 50 recipients".to_owned());
    }
    if let Some(wrong) = all.iter().find(|address| domain(address).is_empty() || !address.is_ascii()) {
        return Err(format!("Local address contains control or whitespace: {wrong}"));
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let tag = |pair: &Value| Some((pair["Name"].as_str()?.to_owned(), pair["Value"].clone()));
    let pairs = |value: &Value| -> Map<String, Value> {
        value.as_array().map(|pairs| pairs.iter().filter_map(tag).collect()).unwrap_or_default()
    };
    let tags = pairs(&body["EmailTags"]);
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let fits = |text: &str| (1..=256).contains(&text.len()) && plain(text);
    if !tags.iter().all(|(name, value)| fits(name) && value.as_str().is_some_and(fits)) {
        return Err("tags have letters, digits, _ and - only".to_owned());
    }
    let from = text(&body["FromEmailAddress"]);
    let content = &body["Content"];
    if let Some(raw) = content["Raw"]["Data"].as_str() {
        let raw = STANDARD.decode(raw).map_err(|_| "Raw.Data is not base64".to_owned())?;
        let mail = Mail::read(&raw);
        let from = from.or_else(|| mail.header("from")).ok_or("there is no sender")?;
        let subject = mail.header("subject").unwrap_or_default();
        let headers = mail.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        return Ok(Letter { from, to: all, subject, text: mail.text, html: mail.html, tags, headers });
    }
    let simple = &content["Simple"];
    let (subject, inner) = (text(&simple["Subject"]["Data"]), &simple["Body"]);
    let (words, html) = (text(&inner["Text"]["Data"]), text(&inner["Html"]["Data"]));
    if subject.is_none() || words.is_none() && html.is_none() {
        return Err("Content has neither Simple nor Raw that can be sent".to_owned());
    }
    let headers = pairs(&simple["Headers"]);
    if headers.len() > 15 {
        return Err("a mail has up to 15 headers of its own".to_owned());
    }
    let from = from.ok_or("FromEmailAddress is missing")?;
    Ok(Letter { from, to: all, subject: subject.unwrap_or_default(), text: words, html, tags, headers })
}
