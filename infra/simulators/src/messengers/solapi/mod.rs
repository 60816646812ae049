//! Solapi (protocol section 5.5): signed JSON; HTTP 200 with a `statusCode` other than 2000 is a failure.

mod auth;
mod send;
mod shown;

use std::sync::Arc;

use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::json;

use super::account::{Moderation, Template};
use super::course;
use super::line::path_of;
use super::{Account, Channel, Desk, Message, Messenger, Messengers, State, encoding, vault};
use crate::error::Result;
use crate::gateways::json as wire;
use crate::gateways::notices::Notice;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The provider.
pub(crate) struct Solapi;

impl Messenger for Solapi {
    const SYSTEM: System = System::Solapi;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.solapi
    }

    fn seeds() -> Vec<Account> {
        let secret = "TESTSECRET0123456789ABCDEFGHIJKL";
        let demo =
            Account::seed("NCSDEMO000000001", secret, (1_000_000, 20, 90), &["0200000001", "029302266"]);
        let text = "주문하신 상품이 도착했습니다.";
        let notice = Template {
            name: "KA01TP000000000001".to_owned(),
            text: text.to_owned(),
            state: Moderation::Approved,
        };
        vec![Account { templates: vec![notice], ..demo }]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        match (method, path) {
            (&Method::POST, "messages/v4/send") => Some("send"),
            (&Method::POST, "messages/v4/send-many/detail" | "messages/v4/send-many") => Some("send-many"),
            (&Method::GET, "messages/v4/list") => Some("list"),
            (&Method::GET, path) if path.starts_with("messages/v4/groups/") => Some("group"),
            (&Method::DELETE, path)
                if path.starts_with("messages/v4/groups/") && path.ends_with("/schedule") =>
            {
                Some("unschedule")
            }
            (&Method::GET, "cash/v1/balance") => Some("balance"),
            _ => None,
        }
    }

    /// Every call uses up its signature.
    fn reach(_: &str) -> Reach {
        Reach::Effect
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let account = match auth::check(view, connection)? {
            Ok(account) => account,
            Err((code, text)) => return Ok(refused(StatusCode::FORBIDDEN, code, text)),
        };
        let sends = matches!(view.call.operation.as_str(), "send" | "send-many");
        if sends && course::is_throttled::<Self>(view, connection, &account)? {
            return Ok(refused(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests"));
        }
        match view.call.operation.as_str() {
            "send" => send::one(view, connection, &account),
            "send-many" => send::many(view, connection, &account),
            "list" => shown::list(view, connection, &account),
            "group" => shown::group(view, connection, &account),
            "unschedule" => unschedule(view, connection, &account),
            _ => {
                let left = course::balance::<Self>(connection, &account)?;
                let alert = json!({"notificationBalance": "0", "currentBalance": "0", "enabled": false});
                Ok(wire::ok(&json!({"balance": left, "point": 0, "lowBalanceAlert": alert})))
            }
        }
    }

    fn owner(view: &View<'_>) -> Option<(String, String)> {
        let known = auth::named(view).map_or(String::new(), |account| account.name.clone());
        matches!(view.call.operation.as_str(), "send" | "send-many").then_some((known, String::new()))
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        let refuse = |code: i32| match code {
            503 => refused(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "try again later"),
            429 => refused(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests"),
            403 => refused(StatusCode::FORBIDDEN, "InvalidAPIKey", "the API key is not known"),
            code => wire::ok(&json!({
                "groupId": "", "messageId": "", "statusCode": code.to_string(), "statusMessage": "실패 ",
            })),
        };
        wire::flawed(flaw, whole, refuse, 429)
    }

    /// A notice that did not arrive is followed by its text, unless that was ruled out.
    fn ended(shared: &Shared, connection: &Connection, message: &Message) -> Result<()> {
        let failed = message.channel == Channel::Kakao && message.state != State::Delivered;
        let account = shared.messengers.solapi.account(&message.account);
        let (Some(account), true) = (account, failed && message.extra["fallback"] == true) else {
            return Ok(());
        };
        let short = encoding::euc_kr_length(&message.text).is_some_and(|length| length <= 90);
        let (kind, factor) = if short { ("SMS", 1) } else { ("LMS", 2) };
        let price = account.price * factor;
        if course::balance::<Self>(connection, &account)? < price {
            return Ok(());
        }
        let mut extra = message.extra.clone();
        extra["type"] = json!(kind);
        extra["replaces"] = json!(message.id);
        course::replace(shared, connection, message, send::number("M4V", message.changed)?, price, extra)
    }

    /// A list of one event; nothing is signed.
    fn receipt(_: &Account, url: &str, message: &Message) -> Option<Notice> {
        Some(Notice::json(
            url,
            &json!([{
                "eventDataId": format!("ev{}", message.serial), "retryCount": 0, "data": {
                    "messageId": message.id, "groupId": message.extra["group"], "type": message.extra["type"],
                    "to": message.to, "from": message.from, "statusCode": code(message).to_string(),
                    "statusMessage": words(code(message)), "dateProcessed": message.sent.to_string(),
                    "dateReported": message.changed.to_string(), "dateReceived": message.changed.to_string(),
                    "networkCode": "45005", "customFields": message.extra["tags"],
                },
            }]),
        ))
    }
}

fn refused(status: StatusCode, code: &str, text: &str) -> Answer {
    wire::answer(status, &json!({"errorCode": code, "errorMessage": text}))
}

/// The code of a message's state.
fn code(message: &Message) -> i32 {
    let code = |usual| message.code.unwrap_or(usual);
    match message.state {
        State::Accepted => 2000,
        State::Sent | State::Busy => 3000,
        State::Delivered => 4000,
        State::Expired => code(3040),
        State::Failed | State::Cancelled => code(3031),
        State::Blocked => code(3047),
        State::Machine => code(3041),
    }
}

/// What the provider says of a code; it ends in a blank on this wire.
fn words(code: i32) -> &'static str {
    match code {
        2000 => "정상 접수(이통사로 접수 예정) ",
        3000 => "이통사로 접수 완료 ",
        4000 => "수신 완료 ",
        _ => "실패 ",
    }
}

fn group_of(view: &View<'_>) -> String {
    path_of(view.call).split('/').nth(3).unwrap_or_default().to_owned()
}

fn unschedule(view: &View<'_>, connection: &Connection, account: &Arc<Account>) -> Result<Answer> {
    let group = group_of(view);
    let mut count = 0;
    for mut message in vault::list(connection, Some(System::Solapi))? {
        let meant = message.extra["group"] == group.as_str() && message.account == account.name;
        if meant && message.state == State::Accepted && message.extra["scheduled"] == true {
            message.state = State::Cancelled;
            message.steps.clear();
            vault::update(connection, &message)?;
            vault::spend(connection, System::Solapi, &account.name, -message.price)?;
            count += 1;
        }
    }
    Ok(match count {
        0 => refused(StatusCode::NOT_FOUND, "ResourceNotFound", "nothing is scheduled in this group"),
        _ => wire::ok(&json!({"groupId": group, "status": "PENDING", "count": {"total": count}})),
    })
}
