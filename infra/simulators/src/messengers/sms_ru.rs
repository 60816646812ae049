//! SMS.ru (protocol section 5.2): HTTP 200 always, a code for the call and one for each number.

use std::collections::HashMap;

use http::Method;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::course::{self, Order};
use super::line::{field, form_of};
use super::{Account, Channel, Desk, Message, Messenger, Messengers, State, encoding, vault};
use crate::error::Result;
use crate::gateways::ids;
use crate::gateways::json as wire;
use crate::gateways::notices::{FORM, Notice};
use crate::ledger::text_hash;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::system::System;

/// The provider.
pub(crate) struct SmsRu;

const OPERATIONS: [&str; 7] =
    ["sms/send", "sms/status", "sms/cost", "my/balance", "my/limit", "my/senders", "auth/check"];

impl Messenger for SmsRu {
    const SYSTEM: System = System::SmsRu;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.sms_ru
    }

    fn seeds() -> Vec<Account> {
        let id = "00000000-0000-0000-0000-000000000001";
        vec![Account::seed(id, "", (1_000_000, 290, 0), &["ROMASHKA", "YAM"])]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        let known = OPERATIONS.into_iter().find(|known| *known == path);
        known.filter(|_| matches!(*method, Method::GET | Method::POST))
    }

    fn reach(operation: &str) -> Reach {
        if operation == "sms/send" { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = form_of(view.call);
        let found = view.shared.messengers.sms_ru.account(field(&fields, "api_id"));
        let Some(account) = found.filter(|account| account.active) else { return Ok(refused(200)) };
        let mut answer = json!({"status": "OK", "status_code": 100});
        match view.call.operation.as_str() {
            "sms/send" => {
                if course::is_throttled::<Self>(view, connection, &account)? {
                    return Ok(refused(220));
                }
                answer["sms"] = match send(view, connection, &account, &fields)? {
                    Ok(sms) => sms,
                    Err(code) => return Ok(refused(code)),
                };
                answer["balance"] = roubles(course::balance::<Self>(connection, &account)?);
            }
            "sms/cost" => {
                let letters = match letters(&fields) {
                    Ok(letters) => letters,
                    Err(code) => return Ok(refused(code)),
                };
                let row = |text: &str| {
                    let parts = encoding::parts(text);
                    let cost = roubles(account.price * i64::from(parts));
                    json!({"status": "OK", "status_code": 100, "cost": cost, "sms": parts})
                };
                let rows = letters.into_iter().map(|(phone, text)| {
                    let shown = unsendable(&account, field(&fields, "from"), &phone, &text);
                    let shown = shown.map_or_else(|| row(&text), one);
                    (phone, shown)
                });
                answer["sms"] = rows.collect::<Map<_, _>>().into();
            }
            "sms/status" => {
                let mut sms = Map::new();
                for id in field(&fields, "sms_id").split(',').filter(|id| !id.is_empty()).take(100) {
                    let found = vault::by_id(connection, System::SmsRu, id, None)?;
                    let shown = match found.filter(|message| message.account == account.name) {
                        Some(message) => {
                            let code = code(&message);
                            json!({
                                "status": "OK", "status_code": code, "cost": roubles(message.price),
                                "status_text": meaning(code),
                            })
                        }
                        None => one(-1),
                    };
                    sms.insert(id.to_owned(), shown);
                }
                answer["sms"] = sms.into();
                answer["balance"] = roubles(course::balance::<Self>(connection, &account)?);
            }
            "my/balance" => answer["balance"] = roubles(course::balance::<Self>(connection, &account)?),
            "my/limit" => {
                let since = course::seconds_before(view.now, 86_400);
                let used = vault::count_since(connection, System::SmsRu, &account.name, since)?;
                answer["total_limit"] = json!(1_000_000);
                answer["used_today"] = json!(used);
            }
            "my/senders" => {
                let names = account.senders.iter().filter(|sender| account.may_send_as(&sender.name));
                answer["senders"] = json!(names.map(|sender| &sender.name).collect::<Vec<_>>());
            }
            _ => {}
        }
        Ok(wire::ok(&answer))
    }

    fn owner(view: &View<'_>) -> Option<(String, String)> {
        Some((field(&form_of(view.call), "api_id").to_owned(), String::new()))
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        wire::flawed(flaw, whole, refused, 220)
    }

    /// A form with one entry, whose hash is SHA-256 of account and entries; taken is the body `100`.
    fn receipt(account: &Account, url: &str, message: &Message) -> Option<Notice> {
        let entry = format!("sms_status\n{}\n{}\n{}", message.id, code(message), message.changed.as_second());
        let hash = text_hash(format!("{}{entry}", account.name).as_bytes());
        let body = format!("data%5B0%5D={}&hash={hash}", entry.replace('\n', "%0A"));
        let expect = Some("100".to_owned());
        Some(Notice { post: true, url: url.to_owned(), content_type: FORM, body, expect })
    }
}

#[expect(clippy::cast_precision_loss, reason = "money is small, and a float on this wire")]
fn roubles(kopecks: i64) -> Value {
    json!(kopecks as f64 / 100.0)
}

fn meaning(code: i32) -> &'static str {
    match code {
        -1 => "Сообщение не найдено",
        100 => "Запрос выполнен или сообщение находится в нашей очереди",
        101 => "Сообщение передается оператору",
        102 => "Сообщение отправлено (в пути)",
        103 => "Сообщение доставлено",
        104 => "Не может быть доставлено: время жизни истекло",
        200 => "Неправильный api_id",
        201 => "Не хватает средств на лицевом счету",
        202 => "Неправильно указан номер телефона получателя",
        204 => "Имя отправителя не согласовано",
        220 => "Сервис временно недоступен",
        _ => "Ошибка",
    }
}

fn one(code: i32) -> Value {
    json!({"status": "ERROR", "status_code": code, "status_text": meaning(code)})
}

fn refused(code: i32) -> Answer {
    wire::ok(&one(code))
}

fn code(message: &Message) -> i32 {
    let code = |usual| message.code.unwrap_or(usual);
    match message.state {
        State::Accepted => 100,
        State::Sent | State::Busy => 102,
        State::Delivered => 103,
        State::Expired => code(104),
        State::Cancelled => 105,
        State::Failed | State::Machine => code(107),
        State::Blocked => code(108),
    }
}

type Letters = Vec<(String, String)>;

/// Recipients and texts: `to` with `msg`, or `to[<phone>]`.
fn letters(fields: &HashMap<String, String>) -> std::result::Result<Letters, i32> {
    let to = field(fields, "to");
    let mut letters: Letters = fields
        .iter()
        .filter_map(|(name, text)| {
            Some((name.strip_prefix("to[")?.strip_suffix(']')?.to_owned(), text.clone()))
        })
        .collect();
    letters.sort();
    let text = field(fields, "msg");
    let listed = to.split(',').map(str::trim).filter(|phone| !phone.is_empty());
    letters.extend(listed.map(|phone| (phone.to_owned(), text.to_owned())));
    match letters.len() {
        0 => Err(202),
        1..=100 => Ok(letters),
        _ => Err(207),
    }
}

fn send(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &HashMap<String, String>,
) -> Result<std::result::Result<Value, i32>> {
    let letters = match letters(fields) {
        Ok(letters) => letters,
        Err(code) => return Ok(Err(code)),
    };
    let from = field(fields, "from");
    let mut sms = Map::new();
    for (phone, text) in letters {
        let shown = match refusal(view, connection, account, from, (&phone, &text))? {
            Some(code) => one(code),
            None if field(fields, "test") == "1" => {
                json!({"status": "OK", "status_code": 100, "sms_id": "000000-10000000"})
            }
            None => {
                let parts = encoding::parts(&text);
                let day = view.now.strftime("%Y%m").to_string();
                let order = Order {
                    id: format!("{day}-1{}", ids::number(6)?),
                    our_id: None,
                    channel: Channel::Sms,
                    from: if from.is_empty() { account.first_sender().unwrap_or("SMS.RU") } else { from },
                    to: &phone,
                    subject: None,
                    text: &text,
                    html: None,
                    parts,
                    price: account.price * i64::from(parts),
                    leave: None,
                    extra: json!({}),
                };
                let message = course::accept::<SmsRu>(view, connection, account, order)?;
                json!({"status": "OK", "status_code": 100, "sms_id": message.id})
            }
        };
        sms.insert(phone, shown);
    }
    Ok(Ok(sms.into()))
}

fn refusal(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    from: &str,
    (phone, text): (&str, &str),
) -> Result<Option<i32>> {
    let price = account.price * i64::from(encoding::parts(text));
    let same = course::sameness(Channel::Sms, phone, text);
    Ok(if let Some(code) = unsendable(account, from, phone, text) {
        Some(code)
    } else if course::is_repeated::<SmsRu>(view, connection, account, &same)? {
        Some(231)
    } else if course::balance::<SmsRu>(connection, account)? < price {
        Some(201)
    } else {
        None
    })
}

/// What is wrong with a message whenever it is sent.
fn unsendable(account: &Account, from: &str, phone: &str, text: &str) -> Option<i32> {
    let digits = phone.trim_start_matches('+');
    if digits.len() != 11 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(202)
    } else if !digits.starts_with("79") {
        // Numbers in the fixed network.
        Some(207)
    } else if text.trim().is_empty() {
        Some(203)
    } else if !from.is_empty() && !account.may_send_as(from) {
        Some(204)
    } else if encoding::parts(text) > 8 {
        Some(205)
    } else if account.is_stopped(phone) {
        Some(209)
    } else {
        None
    }
}
