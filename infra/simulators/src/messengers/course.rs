//! The course of a message: accepted and paid for, handed over, ended, told of.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::line::content_hash;
use super::message::Step;
use super::scripts::{self, Receipt, Script};
use super::{Account, Channel, Message, Messenger, Solapi, State, vault};
use crate::error::Result;
use crate::gateways::notices;
use crate::ledger::{self, Entry, text_hash};
use crate::pipeline::View;
use crate::state::Shared;

/// What is to be sent, already found good.
pub(super) struct Order<'a> {
    pub(super) id: String,
    pub(super) our_id: Option<&'a str>,
    pub(super) channel: Channel,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) subject: Option<&'a str>,
    pub(super) text: &'a str,
    pub(super) html: Option<&'a str>,
    pub(super) parts: u32,
    pub(super) price: i64,
    /// When it is to leave; at once without it.
    pub(super) leave: Option<Timestamp>,
    pub(super) extra: Value,
}

/// What an account has left.
pub(super) fn balance<M: Messenger>(connection: &Connection, account: &Account) -> Result<i64> {
    Ok(account.balance - vault::spent(connection, M::SYSTEM, &account.name)?)
}

/// Whether the account has sent as much as it may within a minute.
pub(super) fn is_throttled<M: Messenger>(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
) -> Result<bool> {
    let settings = M::desk(&view.shared.messengers).settings();
    let Some(limit) = settings.per_minute else { return Ok(false) };
    let since = seconds_before(view.now, 60);
    Ok(vault::count_since(connection, M::SYSTEM, &account.name, since)? >= i64::from(limit))
}

/// What makes two messages the same to a provider.
pub(super) fn sameness(channel: Channel, to: &str, text: &str) -> String {
    text_hash(format!("{}\n{to}\n{text}", channel.name()).as_bytes())
}

/// Whether the same message was accepted within the provider's brake.
pub(super) fn is_repeated<M: Messenger>(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    same: &str,
) -> Result<bool> {
    let settings = M::desk(&view.shared.messengers).settings();
    let since = seconds_before(view.now, settings.brake_seconds);
    vault::was_sent(connection, M::SYSTEM, &account.name, same, since)
}

pub(super) fn seconds_before(now: Timestamp, seconds: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MIN)
}

fn seconds_after(at: Timestamp, seconds: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MAX)
}

/// Takes a message: money, ledger, and what will become of it.
pub(super) fn accept<M: Messenger>(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    order: Order<'_>,
) -> Result<Message> {
    let settings = M::desk(&view.shared.messengers).settings();
    let script = match scripts::take(connection, M::SYSTEM, order.to, order.channel)? {
        Some(script) => script,
        None if settings.outcomes_by_number => Script::by_number(order.to),
        None => Script::usual(),
    };
    let mut at = order.leave.unwrap_or(view.now).max(view.now);
    let on_its_way = script.seconds.unwrap_or(settings.delivery_seconds);
    let mut steps = vec![Step { at: seconds_after(at, on_its_way / 2), state: State::Sent }];
    for state in script.outcome.states() {
        at = seconds_after(at, on_its_way);
        steps.push(Step { at, state: *state });
    }
    let mut message = Message {
        serial: 0,
        system: M::SYSTEM,
        id: order.id,
        account: account.name.clone(),
        our_id: order.our_id.map(str::to_owned),
        channel: order.channel,
        from: order.from.to_owned(),
        to: order.to.to_owned(),
        subject: order.subject.map(str::to_owned),
        text: order.text.to_owned(),
        html: order.html.map(str::to_owned),
        parts: order.parts,
        price: order.price,
        state: State::Accepted,
        code: script.code,
        sent: view.now,
        changed: view.now,
        steps,
        receipt: script.receipt,
        receipt_seconds: script.receipt_seconds,
        extra: order.extra,
    };
    let same = sameness(message.channel, &message.to, &message.text);
    vault::spend(connection, M::SYSTEM, &account.name, message.price)?;
    vault::insert(connection, &message, &same)?;
    message.serial = connection.last_insert_rowid();
    enter(connection, &message, &content_hash(view.call), view.call.received)?;
    if script.receipt == Receipt::First {
        while !message.steps.is_empty() {
            let step = Step { at: view.now, ..message.steps.remove(0) };
            self::step::<M>(view.shared, connection, &mut message, step)?;
        }
        view.shared.messengers.hasty.store(true, Ordering::SeqCst);
    }
    view.shared.messengers.timers.expect(message.due());
    Ok(message)
}

fn enter(connection: &Connection, message: &Message, hash: &str, received: Timestamp) -> Result<()> {
    ledger::add(
        connection,
        &Entry {
            system: message.system,
            kind: if message.channel == Channel::Voice { "call" } else { "message" },
            account: &message.account,
            our_id: message.our_id.as_deref(),
            its_id: Some(&message.id),
            amount: Some(message.price),
            text_hash: hash,
            recipient: Some(&json!(message.to)),
            received,
            committed: message.sent,
            detail: json!({
                "channel": message.channel, "from": message.from, "parts": message.parts, "text": message.text,
                "extra": message.extra,
            }),
        },
    )
}

/// Goes one step on, and tells of an end.
pub(super) fn step<M: Messenger>(
    shared: &Shared,
    connection: &Connection,
    message: &mut Message,
    step: Step,
) -> Result<()> {
    message.state = step.state;
    message.changed = step.at;
    vault::update(connection, message)?;
    shared.messengers.timers.expect(message.due());
    if !message.state.is_open() && message.state != State::Cancelled {
        tell::<M>(shared, connection, message, message.receipt)?;
        M::ended(shared, connection, message)?;
    }
    Ok(())
}

/// Sends a text in the stead of something that did not arrive, and charges it.
pub(super) fn replace(
    shared: &Shared,
    connection: &Connection,
    failed: &Message,
    id: String,
    price: i64,
    extra: Value,
) -> Result<()> {
    let at = failed.changed;
    let seconds = Solapi::desk(&shared.messengers).settings().delivery_seconds;
    let steps = vec![
        Step { at: seconds_after(at, seconds / 2), state: State::Sent },
        Step { at: seconds_after(at, seconds), state: State::Delivered },
    ];
    let message = Message {
        id,
        channel: Channel::Sms,
        price,
        state: State::Accepted,
        code: None,
        sent: at,
        steps,
        receipt: Receipt::Once,
        extra,
        ..failed.clone()
    };
    vault::spend(connection, message.system, &message.account, price)?;
    vault::insert(connection, &message, &sameness(message.channel, &message.to, &message.text))?;
    enter(connection, &message, &text_hash(message.text.as_bytes()), at)?;
    shared.messengers.timers.expect(message.due());
    Ok(())
}

/// Sends the receipt of a message in the given manner.
pub(crate) fn tell<M: Messenger>(
    shared: &Shared,
    connection: &Connection,
    message: &Message,
    manner: Receipt,
) -> Result<()> {
    let desk = M::desk(&shared.messengers);
    let (settings, account) = (desk.settings(), desk.account(&message.account));
    let Some(account) = account else { return Ok(()) };
    let Some(url) = account.receipt_url.as_ref().or(settings.receipt_url.as_ref()) else { return Ok(()) };
    let put = |message: &Message, at: Timestamp| match M::receipt(&account, url, message) {
        Some(notice) => notices::post(shared, connection, (M::SYSTEM, &message.id), &notice, at, true),
        None => Ok(()),
    };
    let at = message.changed;
    match manner {
        Receipt::Lost => Ok(()),
        Receipt::Once | Receipt::First => put(message, at),
        Receipt::Double => put(message, at).and_then(|()| put(message, at)),
        Receipt::Late => put(message, seconds_after(at, message.receipt_seconds)),
        Receipt::Reversed => {
            put(message, at)?;
            let older = Message { state: State::Sent, code: None, ..message.clone() };
            put(&older, seconds_after(at, 1))
        }
    }
}

/// Ends an open message now, by hand.
pub(crate) fn end<M: Messenger>(
    shared: &Shared,
    connection: &Connection,
    message: &mut Message,
    script: &Script,
    now: Timestamp,
) -> Result<()> {
    message.steps.clear();
    message.code = script.code;
    message.receipt = script.receipt;
    message.receipt_seconds = script.receipt_seconds;
    for state in script.outcome.states() {
        step::<M>(shared, connection, message, Step { at: now, state: *state })?;
    }
    Ok(())
}
