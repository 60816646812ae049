//! Fills the table with parcels on their way, as they would stand there after polls, without polling them: what the
//! posts show of each is asked through the adapters, and its items are written in bulk through the engine.

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use yam_accounts::open_account;
use yam_carriers::account::{Account, AccountSettings};
use yam_carriers::{TrackOutcome, Tracker};
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::{WaybillNumber, ru14_check_digit};
use yam_platform::Clock as _;
use yam_store::items::{AccountState, Bucket, CarrierAccount, PollOwner, PollPlace, StoredCredentials};
use yam_store::keys::{self, of_merchant, sk};
use yam_store::tracking::slot_at;

use crate::hub::{CADENCE, Hub, TABLE};
use crate::parcel::{self, Rows};
use crate::posts::{PORTAL_KEY, Posts};

/// Buckets of one shop.
const BUCKETS_OF_A_SHOP: u32 = 10;
/// Items in one write.
const WRITE: usize = 25;
/// Questions at a time.
const AT_ONCE: usize = 8;
/// Numbers asked about for one place, at most: most travel, those that have ended are left out.
const WASTE: u64 = 20;

/// Parcels of one post.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) carrier: CarrierId,
    pub(crate) parcels: u32,
    pub(crate) per_bucket: u32,
}

/// Writes all parcels with their shops, accounts and buckets.
pub(crate) async fn fill(hub: &Hub, posts: &mut Posts, shares: &[Share]) -> anyhow::Result<()> {
    let mut moment = hub.clock.now();
    for share in shares {
        let mut next = 0_u64;
        for bucket in 0..share.parcels.div_ceil(share.per_bucket) {
            // Tickets are called by their millisecond. Scans stand at whole minutes, so nobody moves in a few of these.
            moment += SignedDuration::from_millis(1);
            posts.go_on_to(moment)?;
            let shop = shop_of(share, bucket)?;
            let place = place_of(share, bucket, &shop)?;
            let account = match &place.owner {
                PollOwner::Hub => None,
                PollOwner::Account(merchant, id) => Some(account(hub, share.carrier, merchant, id).await?),
            };
            register(hub, share.carrier, &place).await?;
            let most = share.per_bucket.min(share.parcels - bucket * share.per_bucket);
            fill_bucket(hub, share.carrier, account.as_ref(), (&shop, &place), most, &mut next).await?;
        }
    }
    Ok(())
}

fn shop_of(share: &Share, bucket: u32) -> anyhow::Result<MerchantId> {
    // Small buckets are those of small shops.
    let of_one = if share.per_bucket < 100 { 1 } else { BUCKETS_OF_A_SHOP };
    Ok(MerchantId::parse(&format!("a-shop-{:05}", bucket / of_one))?)
}

fn place_of(share: &Share, bucket: u32, shop: &MerchantId) -> anyhow::Result<PollPlace> {
    if share.carrier == CarrierId::IranPost {
        return Ok(PollPlace { owner: PollOwner::Hub, bucket });
    }
    let account = AccountId::parse(&share.carrier.as_str().replace('_', "-"))?;
    let of_one = if share.per_bucket < 100 { 1 } else { BUCKETS_OF_A_SHOP };
    Ok(PollPlace { owner: PollOwner::Account(shop.clone(), account), bucket: bucket % of_one })
}

/// The account a shop polls with, made when it is first asked for.
async fn account(
    hub: &Hub,
    carrier: CarrierId,
    merchant: &MerchantId,
    id: &AccountId,
) -> anyhow::Result<Account> {
    let store = &hub.store;
    if let Ok(account) = open_account(store, merchant, id).await {
        return Ok(account);
    }
    let (wire, username, password) = match carrier {
        CarrierId::RussianPost => ("batch", "demo-track", "demo-pass"),
        CarrierId::KoreaPost => ("portal", "key", PORTAL_KEY),
        CarrierId::IranPost => bail!("Iran Post's page is asked without an account"),
    };
    let (at, key) = store.vault.new_key(merchant).await?;
    store.table.put_new(&at, &key).await?;
    let cipher = store.vault.cipher(merchant).await?;
    let credentials = StoredCredentials {
        username: username.to_owned(),
        password: password.to_owned(),
        secrets: std::collections::BTreeMap::new(),
    };
    let sealed = cipher.seal(&CarrierAccount::purpose(id), &credentials, store.ids.as_ref());
    let kept = CarrierAccount {
        credentials: sealed.ok().context("the credentials could not be sealed")?,
        settings: serde_json::to_value(AccountSettings::of_wire(wire))?,
        account_state: AccountState::InUse,
        ..CarrierAccount::draft(id.clone(), carrier)
    };
    store.table.put(&of_merchant(merchant, sk::account(id.as_str())), &kept).await?;
    Ok(open_account(store, merchant, id).await?)
}

/// Enters a bucket whose next slots lie inside each cadence with time left for its ticket.
async fn register(hub: &Hub, carrier: CarrierId, place: &PollPlace) -> anyhow::Result<()> {
    let key = keys::bucket(carrier, place);
    let cadence_s = CADENCE.as_secs();
    let spread = i64::from(keys::hash_of(&format!("{}{}", key.pk, key.sk))) % (cadence_s * 3 / 4);
    let phase_s = spread + 600;
    let bucket = Bucket {
        carrier,
        place: place.clone(),
        cadence_s,
        phase_s,
        last_slot: slot_at(hub.clock.now(), cadence_s, phase_s),
        asleep: false,
        wakes: 0,
        cursor: None,
        trouble: None,
    };
    Ok(hub.store.table.put(&key, &bucket).await?)
}

async fn fill_bucket(
    hub: &Hub,
    carrier: CarrierId,
    account: Option<&Account>,
    (shop, place): (&MerchantId, &PollPlace),
    most: u32,
    next: &mut u64,
) -> anyhow::Result<()> {
    let tracker = hub.trackers.get(carrier).context("a tracker")?;
    let now = hub.clock.now();
    let (mut left, until) = (usize::try_from(most)?, *next + u64::from(most) * WASTE);
    let mut rows = Vec::new();
    while left > 0 {
        ensure!(*next < until, "hardly any parcel of {carrier} travels; choose another spread");
        let codes = (0..left).map(|_| code(carrier, next)).collect::<anyhow::Result<Vec<_>>>()?;
        for (code, snapshot) in shown(tracker.as_ref(), account, &codes).await? {
            if let Some(Rows { track, parcel, poll }) = parcel::rows(carrier, &code, place, &snapshot, now)? {
                rows.push(row(&of_merchant(shop, sk::track(carrier.as_str(), code.as_str())), &track)?);
                rows.push(row(&of_merchant(shop, sk::parcel(parcel.id.as_str())), &parcel)?);
                rows.push(row(&keys::poll_item(carrier, place, shop, &code), &poll)?);
                left -= 1;
            }
        }
    }
    for chunk in rows.chunks(WRITE) {
        write(hub, chunk).await?;
    }
    Ok(())
}

/// A number of the post's format that was not given out before.
fn code(carrier: CarrierId, next: &mut u64) -> anyhow::Result<WaybillNumber> {
    let n = *next;
    *next += 1;
    let text = match carrier {
        CarrierId::IranPost => format!("0518005064000811{n:08}"),
        CarrierId::KoreaPost => format!("6012{n:09}"),
        CarrierId::RussianPost => {
            let body = format!("80082{n:08}");
            let digit = ru14_check_digit(&body).context("thirteen digits")?;
            format!("{body}{digit}")
        }
    };
    Ok(WaybillNumber::try_from(text)?)
}

/// What the post shows of these numbers.
async fn shown(
    tracker: &dyn Tracker,
    account: Option<&Account>,
    codes: &[WaybillNumber],
) -> anyhow::Result<Vec<(WaybillNumber, Snapshot)>> {
    let answered: Vec<(WaybillNumber, TrackOutcome<Snapshot>)> = match account {
        Some(account) if tracker.id() == CarrierId::RussianPost => {
            let ticket = answer(tracker.ask_ticket(account, codes).await)?;
            answer(tracker.fetch_ticket(account, &ticket).await)?.parcels
        }
        _ => {
            let part = codes.len().div_ceil(AT_ONCE).max(1);
            let asked = codes.chunks(part).map(|part| async move {
                anyhow::Ok(part.iter().cloned().zip(tracker.track(account, part).await).collect::<Vec<_>>())
            });
            try_join_all(asked).await?.into_iter().flatten().collect()
        }
    };
    let mut known = Vec::with_capacity(answered.len());
    for (code, outcome) in answered {
        match outcome {
            TrackOutcome::Answer(snapshot) => known.push((code, snapshot)),
            TrackOutcome::NotFound => {}
            other => bail!("{code}: {}", other.describe()),
        }
    }
    Ok(known)
}

fn answer<T>(outcome: TrackOutcome<T>) -> anyhow::Result<T> {
    match outcome {
        TrackOutcome::Answer(answer) => Ok(answer),
        other => bail!("{}", other.describe()),
    }
}

/// An item as the store writes it, in DynamoDB's JSON.
fn row<T: Serialize>(key: &yam_store::Key, value: &T) -> anyhow::Result<Value> {
    let mut item = match serde_json::to_value(value)? {
        Value::Object(members) => members,
        other => bail!("{other} is no item"),
    };
    item.retain(|_, value| !value.is_null());
    let mut item: Map<String, Value> =
        item.into_iter().map(|(name, value)| (name, attribute(value))).collect();
    item.insert("pk".to_owned(), json!({"S": key.pk}));
    item.insert("sk".to_owned(), json!({"S": key.sk}));
    item.insert("v".to_owned(), json!({"N": "1"}));
    Ok(json!({"PutRequest": {"Item": item}}))
}

fn attribute(value: Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(yes) => json!({"BOOL": yes}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(items) => json!({"L": items.into_iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, attribute(value))).collect();
            json!({"M": members})
        }
    }
}

async fn write(hub: &Hub, rows: &[Value]) -> anyhow::Result<()> {
    let body = json!({"RequestItems": {TABLE: rows}}).to_string();
    let answer = hub.dynamo.execute("BatchWriteItem", Bytes::from(body), None).await;
    ensure!(answer.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    Ok(())
}

/// When something may follow from time alone: not while it is measured.
pub(crate) fn much_later(now: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(now.checked_add(SignedDuration::from_hours(30 * 24))?)
}
