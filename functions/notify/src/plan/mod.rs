//! From an event to messages: first the epoch's plan in one write, which names them and their moments for ever; then
//! the messages themselves, each put where the plan says unless it is there. A worker that dies in between leaves the
//! rest to the event, which comes again; a transaction would cost twice.

mod told;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::{EffectState, Resolution};
use yam_domain::notice::{Audience, Calendar, Channel, Class, Fate, Planned, Reason, RuleSet, plan, zones};
use yam_platform::queue::Queue;
use yam_store::items::notices::{Follows, MessageState, MessageWork, NoticePlan, TextVersion};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Event, Intent, Key, Read, Store, StoreError, Txn};

use crate::CALL;
use crate::departure::{self, Departures};
use crate::digest::{self, Digests};
use crate::fresh::Fresh;
use crate::shop::ShopNotices;
pub(crate) use told::{Told, of_notice, told};

/// The net under a lost queue message.
const FIRST_DUE: SignedDuration = SignedDuration::from_secs(120);
/// How long what cannot wait is tried while providers are down.
const PATIENCE_IMMEDIATE: SignedDuration = SignedDuration::from_hours(24);
/// How long news are tried; time between windows is not counted.
const PATIENCE_NEWS: SignedDuration = SignedDuration::from_hours(72);
/// How long keys outlive what they tell of (reliability notes, section 5).
const KEPT_SECONDS: i64 = 180 * 86_400;
/// How often a plan is tried against others who plan the same epoch.
const TRIES: usize = 6;
/// Most people of a shop that one message goes to.
const MOST_CONTACTS: usize = 5;

/// What planning keeps between events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planning<'a> {
    pub(crate) store: &'a Store,
    pub(crate) digests: &'a Digests,
    pub(crate) departures: &'a Departures,
}

/// Plans the messages of an event; answers with those that can be sent now. Planning twice is harmless: keys that
/// were planned are left as they are.
///
/// # Errors
/// The table does not answer; the event comes again.
pub(crate) async fn plan_event(
    planning: Planning<'_>,
    shop: &ShopNotices,
    key: &Key,
) -> Result<Vec<Key>, StoreError> {
    let Some(event) = planning.store.table.get::<Event>(key, Read::Consistent).await? else {
        tracing::info!(event = %key.sk, "an event is gone");
        return Ok(vec![]);
    };
    let mut now = Vec::new();
    for told in told(&shop.merchant, &event) {
        now.extend(plan_told(planning, shop, &told).await?);
        if told.about.carrier.is_some() {
            digest::plan(planning, shop, event.at).await?;
        }
    }
    Ok(now)
}

/// Plans the messages of one thing to tell; answers with those that can be sent now.
///
/// # Errors
/// As [`plan_event`].
pub(crate) async fn plan_told(
    planning: Planning<'_>,
    shop: &ShopNotices,
    told: &Told,
) -> Result<Vec<Key>, StoreError> {
    let asked_for =
        told.asked.as_ref().map(|via| shop.rules.asked_for(told.event.kind, Audience::Buyer, via));
    let rules = asked_for.as_ref().unwrap_or(&shop.rules);
    if !rules.answering(told.event.kind).any(|rule| rule.enabled) {
        return Ok(vec![]);
    }
    let fresh = Fresh::load(planning.store, shop, &told.about).await?;
    for _ in 0..TRIES {
        match submit(planning, shop, rules, told, &fresh).await {
            // Another worker planned the same epoch: what it planned is known now.
            Err(StoreError::Condition { what: "plan", .. } | StoreError::Conflict) => {}
            done => return done,
        }
    }
    Err(StoreError::Conflict)
}

async fn submit(
    planning: Planning<'_>,
    shop: &ShopNotices,
    rules: &RuleSet,
    told: &Told,
    fresh: &Fresh,
) -> Result<Vec<Key>, StoreError> {
    let store = planning.store;
    let subject = told.about.carrier.map_or("hub", |carrier| carrier.as_str());
    let plan_key =
        of_merchant(&shop.merchant, sk::notice_plan(subject, &told.about.reference, &told.about.epoch));
    let stored: Option<NoticePlan> = store.table.get(&plan_key, Read::Consistent).await?;
    let at = store.clock.now();
    let calendar = Calendar {
        now: told.from.unwrap_or(at),
        window: shop.window,
        buyer: shop.buyers_zone(fresh.country(), fresh.postal_code()),
        shop: shop.zone.clone(),
        call: CALL,
    };
    let all = plan(&told.event, rules, &BTreeSet::new(), &calendar);
    let wanted: Vec<&Planned> =
        all.iter().filter(|planned| told.only.is_none_or(|only| planned.audience == only)).collect();
    let mut next = stored.clone().unwrap_or_default();
    for planned in &wanted {
        let place = || sk::message(moment(planned, at), planned.key.as_str());
        next.keys.entry(planned.key.as_str().to_owned()).or_insert_with(place);
    }
    let known = stored.as_ref().map_or(0, |plan| plan.keys.len());
    let mut messages = Vec::new();
    for planned in &wanted {
        let Some(place) = next.keys.get(planned.key.as_str()) else { continue };
        let call = all.iter().find(|other| is_call_before(other, planned));
        let call = call.and_then(|call| next.keys.get(call.key.as_str()));
        for contact in 0..contacts(shop, planned) {
            let mut intent = message(shop, told, fresh, planned, (contact, sk::moment_of(place)), at);
            let follows = |call: &String| Follows { call: call.clone(), day: planned.reminder_day };
            intent.work.follows = call.map(follows);
            let behind = if contact == 0 { String::new() } else { format!("-{contact}") };
            messages.push((of_merchant(&shop.merchant, format!("{place}{behind}")), intent));
        }
    }
    // A row before the messages that rely on it: one that wakes nobody goes by itself.
    for (key, intent) in messages.iter().filter(|(_, intent)| intent.shares_row) {
        planning.departures.announce(store, key, intent.state.not_before).await?;
    }
    if next.keys.len() > known {
        let rev = next.rev;
        next.rev = rev.saturating_add(1);
        next.expires_at = at.as_second().saturating_add(KEPT_SECONDS);
        let mut txn = Txn::new();
        match stored {
            Some(_) => txn.replace("plan", &store.table, &plan_key, &next, rev),
            None => txn.insert("plan", &store.table, &plan_key, &next),
        }
        store.hooks.pass("K0", "tell")?;
        txn.commit(&store.table).await?;
    }
    let mut now = Vec::new();
    for (key, intent) in messages {
        store.hooks.pass("K0", "message")?;
        if intent.shares_row {
            // The row stands before the message here too, for a planner that has slept since it was set.
            planning.departures.announce_late(store, &key).await?;
        }
        let mut txn = Txn::new();
        intent.submit(&mut txn, &store.table, &key);
        let fresh = match txn.commit(&store.table).await {
            Ok(()) => true,
            // It is there already: the event came again.
            Err(StoreError::Condition { .. }) => false,
            Err(error) => return Err(error),
        };
        if fresh && intent.state.due_at.is_some() && intent.state.not_before <= at {
            now.push(key);
        } else if !fresh || (intent.shares_row && intent.state.due_at.is_some()) {
            planning.departures.announce_late(store, &key).await?;
        }
    }
    Ok(now)
}

/// Is `other` the call that `planned` follows?
fn is_call_before(other: &Planned, planned: &Planned) -> bool {
    matches!(planned.fate, Fate::AfterCall(_))
        && other.channel == Channel::Call
        && (other.kind, other.audience, other.after_days)
            == (planned.kind, planned.audience, planned.after_days)
}

/// The moment a message is planned for. What waits for its window leaves with the others of its minute.
fn moment(planned: &Planned, now: Timestamp) -> Timestamp {
    match planned.fate {
        Fate::Due(at) | Fate::AfterCall(at) if planned.kind.class() == Class::News => {
            departure::of(at, now).unwrap_or(at)
        }
        Fate::Due(at) | Fate::AfterCall(at) => at,
        Fate::Not(_) => now,
    }
}

/// To how many people a message goes: one buyer, or the shop's.
fn contacts(shop: &ShopNotices, planned: &Planned) -> usize {
    match (planned.audience, planned.channel.needs_phone()) {
        (Audience::Buyer, _) => 1,
        (Audience::Admin, true) => shop.admin_phones.len().clamp(1, MOST_CONTACTS),
        (Audience::Admin, false) => shop.admin_emails.len().clamp(1, MOST_CONTACTS),
    }
}

fn message(
    shop: &ShopNotices,
    told: &Told,
    fresh: &Fresh,
    planned: &Planned,
    (contact, at): (usize, Option<Timestamp>),
    now: Timestamp,
) -> Intent<MessageWork> {
    let name = planned.key.as_str();
    let locale = match planned.audience {
        Audience::Buyer => fresh.locale().unwrap_or(&shop.shop.locale),
        Audience::Admin => &shop.shop.locale,
    };
    let version = planned.template_id.as_ref().and_then(|id| Some((id.clone(), shop.version_of(id)?)));
    let mut work = MessageWork {
        key: if contact == 0 { name.to_owned() } else { format!("{name}-{contact}") },
        kind: planned.kind,
        audience: planned.audience,
        channel: planned.channel,
        contact: u8::try_from(contact).unwrap_or(u8::MAX),
        after_days: planned.after_days,
        max_age_days: planned.max_age_days,
        about: told.about.clone(),
        verdict: told.event.verdict,
        text: TextVersion { template: version, locale: locale.clone() },
        rules_version: planned.rules_version,
        values: told.values.clone(),
        follows: None,
        state: MessageState::Planned,
        reason: None,
        tried: vec![],
        account: None,
        others: false,
        settling: None,
        signed_at: None,
        repeats: 0,
        provider_id: None,
        group_id: None,
        accepted_at: None,
        segments: None,
        sender: None,
        price: None,
        cost: None,
        block: None,
        to: None,
        receipt: None,
    };
    let patience = match planned.kind.class() {
        Class::Immediate => PATIENCE_IMMEDIATE,
        Class::News => PATIENCE_NEWS,
    };
    let at = at.unwrap_or(now);
    let first_due = if at > now { at } else { after(now, FIRST_DUE) };
    let mut state = EffectState::planned(at.max(now), first_due, after(at.max(now), patience));
    if let Fate::Not(reason) = planned.fate {
        state.end(Resolution::GivenUp);
        work.state =
            if reason == Reason::Superseded { MessageState::Superseded } else { MessageState::Suppressed };
        work.reason = crate::words::of(&reason);
    }
    let mut intent = Intent::planned(Queue::Notify, work, state, now);
    intent.shares_row = intent.state.due_at.is_some() && departure::of(at, now) == Some(at);
    intent.set_expiry(now);
    intent
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl ShopNotices {
    /// Whose clock a buyer's messages keep.
    pub(crate) fn buyers_zone(&self, country: Option<&str>, postal_code: Option<&str>) -> jiff::tz::TimeZone {
        match (self.buyer_zone, country) {
            (true, Some(country)) => zones::zone_of(country, postal_code.unwrap_or(""), &self.zone),
            _ => self.zone.clone(),
        }
    }
}
