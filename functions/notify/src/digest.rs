//! The report of a day to the shop's people: planned by the first news of a period, counted when it leaves
//! (S4-04, S4-31, S4-64).
//!
//! A report belongs to a window of the shop. It covers what happened from the opening of the window before to the
//! opening of its own, whatever was read when: two workers, or one that comes late, count the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::MerchantId;
use yam_domain::notice::{Audience, Digest, Kind, Notice, Values};
use yam_domain::parcel::ParcelStatus;
use yam_store::items::notices::{MessageState, MessageWork};
use yam_store::keys::{merchant_partition, sk, time_prefix};
use yam_store::{Event, Intent, Key, Range, Read, Store, StoreError};

use crate::plan::{Planning, Told, of_notice, plan_told};
use crate::shop::ShopNotices;

/// Entries read at once.
const PAGE: u32 = 200;
/// Most pages of events, and of messages, of one report: 20,000 of each, about 5 MB read.
const PAGES: usize = 100;
/// Shops whose report a container remembers to be planned.
const REMEMBERED: usize = 1_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The reports that are known to be planned: a shop's hundredth news of a day costs nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digests(Arc<Mutex<HashMap<MerchantId, String>>>);

impl Digests {
    fn known(&self, merchant: &MerchantId, epoch: &str) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(merchant).is_some_and(|known| known == epoch)
    }

    fn keep(&self, merchant: &MerchantId, epoch: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(merchant.clone(), epoch);
    }
}

/// Plans the report in which news of `at` belong. Without anybody to read it there is none.
///
/// # Errors
/// The table does not answer; the event comes again.
pub(crate) async fn plan(
    planning: Planning<'_>,
    shop: &ShopNotices,
    at: Timestamp,
) -> Result<(), StoreError> {
    let digests = planning.digests;
    let kind = Kind::Other(Notice::Digest);
    let reaches = |rule: &yam_domain::notice::Rule| match rule.channel.needs_phone() {
        true => !shop.admin_phones.is_empty(),
        false => !shop.admin_emails.is_empty(),
    };
    let wanted = shop
        .rules
        .answering(kind)
        .any(|rule| rule.enabled && rule.audience == Audience::Admin && reaches(rule));
    let Some(slot) = shop.window.opening_after(&shop.zone, at).filter(|_| wanted) else { return Ok(()) };
    let epoch = slot.day.to_string();
    if digests.known(&shop.merchant, &epoch) {
        return Ok(());
    }
    let told = of_notice(&shop.merchant, Notice::Digest, "digest", epoch.clone(), at, Values::new());
    let told = Told { from: Some(slot.opens_at), ..told };
    Box::pin(plan_told(planning, shop, &told)).await?;
    digests.keep(&shop.merchant, epoch);
    Ok(())
}

/// Counts what a report tells; none when its day cannot be read.
///
/// # Errors
/// The table does not answer.
pub(crate) async fn gather(
    store: &Store,
    shop: &ShopNotices,
    work: &MessageWork,
) -> Result<Option<Digest>, StoreError> {
    let Ok(day) = work.about.epoch.parse::<Date>() else { return Ok(None) };
    let opening = |day: Date| shop.window.on(day, &shop.zone).map(|slot| slot.opens_at);
    let Some(until) = opening(day) else { return Ok(None) };
    let from = day
        .checked_sub(DAY)
        .ok()
        .and_then(opening)
        .unwrap_or_else(|| until.saturating_sub(DAY).unwrap_or(until));
    let mut digest = Digest::default();
    parcels(store, shop, (from, until), &mut digest).await?;
    messages(store, shop, (from, until), &mut digest).await?;
    Ok(Some(digest))
}

/// Where the parcels with news are now.
async fn parcels(
    store: &Store,
    shop: &ShopNotices,
    (from, until): (Timestamp, Timestamp),
    digest: &mut Digest,
) -> Result<(), StoreError> {
    let after = format!("{}{}", sk::EVENTS, store.ids.ordered_from(from));
    let read = |(_, event): (Key, Event), digest: &mut Digest| {
        if event.at >= until {
            return false;
        }
        let word = |name: &str| event.data.get(name).and_then(|value| value.as_str());
        let change =
            event.data.get("change").and_then(|change| change.get("status")).and_then(|to| to.as_str());
        let status: Option<ParcelStatus> = match event.kind.as_str() {
            "parcel.registered" => Some(ParcelStatus::Registered),
            "parcel.status_changed" => change.and_then(|status| status.parse().ok()),
            _ => None,
        };
        if let (Some(code), Some(status)) = (word("tracking_code"), status) {
            digest.came(code, status);
        }
        true
    };
    scan(store, shop, sk::EVENTS, after, digest, read).await
}

/// How the messages fared that were planned for the time.
async fn messages(
    store: &Store,
    shop: &ShopNotices,
    (from, until): (Timestamp, Timestamp),
    digest: &mut Digest,
) -> Result<(), StoreError> {
    let after = format!("{}{}", sk::MESSAGES, time_prefix(from));
    let end = format!("{}{}", sk::MESSAGES, time_prefix(until));
    let read = |(key, intent): (Key, Intent<MessageWork>), digest: &mut Digest| {
        if key.sk >= end {
            return false;
        }
        match intent.work.state {
            MessageState::Accepted | MessageState::Delivered => digest.sent(intent.work.channel),
            MessageState::Failed | MessageState::OutcomeUnknown => digest.failed(),
            _ => {}
        }
        true
    };
    scan(store, shop, sk::MESSAGES, after, digest, read).await
}

/// Reads a range until `read` has seen enough.
async fn scan<T: serde::de::DeserializeOwned>(
    store: &Store,
    shop: &ShopNotices,
    prefix: &str,
    after: String,
    digest: &mut Digest,
    read: impl Fn((Key, T), &mut Digest) -> bool,
) -> Result<(), StoreError> {
    let mut after = Some(after);
    for _ in 0..PAGES {
        let range =
            Range { pk: merchant_partition(&shop.merchant), prefix, after, backwards: false, limit: PAGE };
        let found = store.table.query::<T>(range, Read::Eventual).await?;
        for item in found.items {
            if !read(item, digest) {
                return Ok(());
            }
        }
        match found.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
    digest.cut();
    Ok(())
}
