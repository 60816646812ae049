//! Kavenegar (protocol section 5.3): the key is in the path, the HTTP status repeats `return.status`.

mod send;

use std::sync::Arc;

use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::account::{Moderation, Template};
use super::course;
use super::line::{field, form_of, path_of};
use super::{Account, Desk, Message, Messenger, Messengers, State, vault};
use crate::error::Result;
use crate::gateways::json as wire;
use crate::gateways::notices::{FORM, Notice};
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::system::System;

/// The provider.
pub(crate) struct Kavenegar;

const OPERATIONS: [&str; 9] = [
    "sms/send",
    "sms/sendarray",
    "verify/lookup",
    "call/maketts",
    "sms/cancel",
    "sms/status",
    "sms/statuslocalmessageid",
    "account/info",
    "account/config",
];
/// How long a status is known by the provider's number, and by the client's.
const STATUS_HOURS: i64 = 48;
const LOCAL_HOURS: i64 = 12;

impl Messenger for Kavenegar {
    const SYSTEM: System = System::Kavenegar;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.kavenegar
    }

    fn seeds() -> Vec<Account> {
        let template =
            |name: &str, text: &str, state| Template { name: name.to_owned(), text: text.to_owned(), state };
        let demo = Account::seed("demo-kavenegar-key", "", (50_000_000, 1_200, 4_000), &["10000000"]);
        let templates = vec![
            template("parcel-arrived", "مرسوله سفارش %token به %token10 رسید.", Moderation::Approved),
            template("parcel-code", "کد تحویل شما %token است.", Moderation::Approved),
            template("parcel-waiting", "مرسوله %token هنوز منتظر شماست.", Moderation::Pending),
        ];
        vec![Account { templates, ..demo }]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        if !matches!(*method, Method::GET | Method::POST) {
            return None;
        }
        let method = path.strip_prefix("v1/")?.split_once('/')?.1.strip_suffix(".json")?;
        OPERATIONS.into_iter().find(|known| *known == method)
    }

    fn reach(operation: &str) -> Reach {
        match operation {
            "sms/send" | "sms/sendarray" | "verify/lookup" | "call/maketts" | "sms/cancel" => Reach::Effect,
            _ => Reach::Lookup,
        }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let Some(account) = account(view) else { return Ok(refused(403)) };
        if !account.active {
            return Ok(refused(401));
        }
        if !account.ip_allowed {
            return Ok(refused(407));
        }
        let fields = form_of(view.call);
        let operation = view.call.operation.as_str();
        let done = match operation {
            "sms/send" => send::send(view, connection, &account, &fields)?,
            "sms/sendarray" => send::array(view, connection, &account, &fields)?,
            "verify/lookup" => send::lookup(view, connection, &account, &fields)?,
            "call/maketts" => send::call(view, connection, &account, &fields)?,
            "sms/cancel" => cancel(view, connection, &account, field(&fields, "messageid"))?,
            "sms/status" => status(view, connection, &account, field(&fields, "messageid"), false)?,
            "sms/statuslocalmessageid" => {
                status(view, connection, &account, field(&fields, "localid"), true)?
            }
            "account/info" => {
                let left = course::balance::<Self>(connection, &account)?;
                Ok(json!({"remaincredit": left, "expiredate": 4_102_444_800_i64, "type": "master"}))
            }
            _ => Ok(json!({
                "apilogs": "justfaults", "debugmode": "disabled",
                "defaultsender": account.first_sender().unwrap_or_default(), "mincreditalarm": 0,
                "resendfailed": "disabled",
            })),
        };
        Ok(match done {
            Ok(entries) => {
                wire::ok(&json!({"return": {"status": 200, "message": "تایید شد"}, "entries": entries}))
            }
            Err(code) => refused(code),
        })
    }

    fn owner(view: &View<'_>) -> Option<(String, String)> {
        let account = account(view).map_or(String::new(), |account| account.name.clone());
        Some((account, field(&form_of(view.call), "localid").to_owned()))
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        wire::flawed(flaw, whole, refused, 409)
    }

    /// A GET with number and status; nothing is signed.
    fn receipt(_: &Account, url: &str, message: &Message) -> Option<Notice> {
        let mark = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{mark}messageid={}&status={}", message.id, code(message).0);
        Some(Notice { post: false, url, content_type: FORM, body: String::new(), expect: None })
    }
}

fn account(view: &View<'_>) -> Option<Arc<Account>> {
    let key = path_of(view.call).split('/').nth(1).unwrap_or_default();
    view.shared.messengers.kavenegar.account(key)
}

/// The envelope of a refusal; codes that HTTP does not have are still sent as its status.
fn refused(code: i32) -> Answer {
    let text = match code {
        400 => "پارامترها ناقص هستند",
        401 => "حساب کاربری غیرفعال شده است",
        403 => "کد شناسائی معتبر نمی‌باشد",
        407 => "دسترسی به اطلاعات مورد نظر برای شما امکان پذیر نیست",
        409 => "سرور قادر به پاسخگوئی نیست بعدا تلاش کنید",
        411 => "دریافت کننده نامعتبر است",
        412 => "ارسال کننده نامعتبر است",
        413 => "پیام خالی است و یا طول پیام بیش از حد مجاز می‌باشد",
        418 => "اعتبار شما کافی نمی‌باشد",
        424 => "الگوی مورد نظر پیدا نشد",
        431 => "ساختار کد صحیح نمی‌باشد",
        _ => "درخواست نامعتبر است",
    };
    let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let body = json!({"return": {"status": code, "message": text}, "entries": null});
    wire::answer(status.unwrap_or(StatusCode::BAD_REQUEST), &body)
}

/// Status and its words.
fn code(message: &Message) -> (i32, &'static str) {
    let code = |usual: (i32, &'static str)| message.code.map_or(usual, |code| (code, usual.1));
    match message.state {
        State::Accepted => (1, "در صف ارسال"),
        State::Sent | State::Busy => (5, "ارسال شده به مخابرات"),
        State::Delivered => (10, "رسیده به گیرنده"),
        State::Expired | State::Machine => code((11, "نرسیده به گیرنده")),
        State::Failed => code((6, "خطا در ارسال پیام")),
        State::Blocked => code((14, "بلاک شده است")),
        State::Cancelled => (13, "ارسال پیام لغو شده است"),
    }
}

/// A message as the provider lists it.
fn entry(message: &Message) -> Value {
    let (status, text) = code(message);
    json!({
        "messageid": number(&message.id), "message": message.text, "status": status, "statustext": text,
        "sender": message.from, "receptor": message.to, "date": message.sent.as_second(),
        "cost": message.price,
    })
}

fn number(id: &str) -> i64 {
    id.parse().unwrap_or_default()
}

type Done = std::result::Result<Value, i32>;

fn status(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    ids: &str,
    local: bool,
) -> Result<Done> {
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Ok(Err(400));
    }
    if ids.len() > 500 {
        return Ok(Err(414));
    }
    let hours = if local { LOCAL_HOURS } else { STATUS_HOURS };
    let mut entries = Vec::new();
    for id in ids {
        let found = if local {
            vault::by_our_id(connection, System::Kavenegar, &account.name, id)?
        } else {
            vault::by_id(connection, System::Kavenegar, id, None)?
        };
        let found = found.filter(|message| {
            message.account == account.name
                && view.now.duration_since(message.sent).as_hours() < hours
                && view.visible_until.is_none_or(|until| message.sent <= until)
        });
        let (status, text) = found.as_ref().map_or((100, "شناسه پیامک نامعتبر است"), code);
        let its = found.as_ref().map_or_else(|| number(id), |message| number(&message.id));
        let mut entry = json!({"messageid": its, "status": status, "statustext": text});
        if local {
            entry["localid"] = json!(id);
        }
        entries.push(entry);
    }
    Ok(Ok(json!(entries)))
}

/// Takes back what has not left; its money comes back.
fn cancel(view: &View<'_>, connection: &Connection, account: &Account, ids: &str) -> Result<Done> {
    let mut entries = Vec::new();
    for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()).take(500) {
        let found = vault::by_id(connection, System::Kavenegar, id, None)?;
        let (status, text) = match found.filter(|message| message.account == account.name) {
            Some(mut message) => {
                if message.state == State::Accepted {
                    message.state = State::Cancelled;
                    message.changed = view.now;
                    message.steps.clear();
                    vault::update(connection, &message)?;
                    vault::spend(connection, System::Kavenegar, &account.name, -message.price)?;
                }
                code(&message)
            }
            None => (100, "شناسه پیامک نامعتبر است"),
        };
        entries.push(json!({"messageid": number(id), "status": status, "statustext": text}));
    }
    Ok(if entries.is_empty() { Err(400) } else { Ok(json!(entries)) })
}
