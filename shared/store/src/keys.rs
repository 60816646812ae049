//! Every key of the table, built here and nowhere else.
//!
//! Items that a request can reach have the merchant in their partition key (`M#<merchant>`), so no
//! path leads from one merchant to another's things. Work items (`DUE#`, `OUTBOX#`) hold ids only and
//! are never reached from a request's input, nor are the buckets of tracking (`POLL#`, `BUCKETS#`)
//! and what was learned of ways (`DWELL#`), nor who has shown a bank slip (`SLIPS#`, by a keyed hash).
//! Hub-wide items stand under `HUB#`.

use jiff::Timestamp;
use yam_domain::ids::{CarrierId, MerchantId};
use yam_domain::waybill::WaybillNumber;
use yam_platform::queue::Queue;

use crate::items::{PollOwner, PollPlace};

/// Primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Partitions over which work items of one queue spread.
pub const SHARDS: u32 = 8;

/// Partition of everything a merchant has.
#[must_use]
pub fn merchant_partition(merchant: &MerchantId) -> String {
    format!("M#{merchant}")
}

/// An item of a merchant.
#[must_use]
pub fn of_merchant(merchant: &MerchantId, sk: impl Into<String>) -> Key {
    Key { pk: merchant_partition(merchant), sk: sk.into() }
}

/// The merchant of a partition key made by [`merchant_partition`].
#[must_use]
pub fn merchant_of(pk: &str) -> Option<MerchantId> {
    MerchantId::parse(pk.strip_prefix("M#")?).ok()
}

/// Sort keys within a merchant's partition.
pub mod sk {
    mod notices;

    pub use notices::*;

    /// The merchant itself.
    pub const MERCHANT: &str = "MERCHANT";
    /// The merchant's wrapped data key.
    pub const DATA_KEY: &str = "DATAKEY";
    /// Settings of the shop.
    pub const SHOP: &str = "SHOP";
    /// The shop's choices about states that follow from time.
    pub const TRACKING: &str = "TRACKING";
    /// Prefix of API keys.
    pub const API_KEYS: &str = "KEY#";
    /// Prefix of carrier accounts.
    pub const ACCOUNTS: &str = "ACCOUNT#";
    /// Prefix of shipping methods.
    pub const METHODS: &str = "METHOD#";
    /// Prefix of webhook endpoints.
    pub const ENDPOINTS: &str = "HOOK#";
    /// Prefix of orders; ids sort by time.
    pub const ORDERS: &str = "ORDER#";
    /// Prefix of parcels.
    pub const PARCELS: &str = "PARCEL#";
    /// Prefix of events; ids sort by time.
    pub const EVENTS: &str = "EVENT#";
    /// Prefix of intents.
    pub const INTENTS: &str = "INTENT#";

    /// An API key.
    #[must_use]
    pub fn api_key(id: &str) -> String {
        format!("{API_KEYS}{id}")
    }
    /// A carrier account.
    #[must_use]
    pub fn account(id: &str) -> String {
        format!("{ACCOUNTS}{id}")
    }
    /// A shipping method.
    #[must_use]
    pub fn method(id: &str) -> String {
        format!("{METHODS}{id}")
    }
    /// A webhook endpoint.
    #[must_use]
    pub fn endpoint(id: &str) -> String {
        format!("{ENDPOINTS}{id}")
    }
    /// An order.
    #[must_use]
    pub fn order(id: &str) -> String {
        format!("{ORDERS}{id}")
    }
    /// The claim of an order number: at most one order has it, for ever.
    #[must_use]
    pub fn order_number(number: &str) -> String {
        format!("ORDERNO#{number}")
    }
    /// A parcel.
    #[must_use]
    pub fn parcel(id: &str) -> String {
        format!("{PARCELS}{id}")
    }
    /// The claim of a tracking code: at most one parcel of the shop has it.
    #[must_use]
    pub fn code(carrier: &str, code: &str) -> String {
        format!("CODE#{carrier}#{code}")
    }
    /// An event.
    #[must_use]
    pub fn event(id: &str) -> String {
        format!("{EVENTS}{id}")
    }
    /// An intent: kind, then what identifies the effect.
    #[must_use]
    pub fn intent(kind: &str, id: &str) -> String {
        format!("{INTENTS}{kind}#{id}")
    }
    /// The record of an `Idempotency-Key`; `hash` covers method, route and key.
    #[must_use]
    pub fn idempotency(hash: &str) -> String {
        format!("IDEM#{hash}")
    }
    /// A cached price.
    #[must_use]
    pub fn quote(account: &str, hash: &str) -> String {
        format!("QUOTE#{account}#{hash}")
    }
    /// What is known of a tracking number.
    #[must_use]
    pub fn track(carrier: &str, code: &str) -> String {
        format!("TRACK#{carrier}#{code}")
    }
    /// Prefix of open tickets.
    pub const TICKETS: &str = "TICKET#";
    /// The open ticket of a bucket.
    #[must_use]
    pub fn ticket(carrier: &str, account: &str, bucket: u32) -> String {
        format!("{TICKETS}{carrier}#{account}#{bucket}")
    }
    /// Calls made of an account's daily quota, by the operator's day.
    #[must_use]
    pub fn quota(account: &str, day: jiff::civil::Date) -> String {
        format!("QUOTA#{account}#{day}")
    }
    /// That a number was used in a month (`2026-11`).
    #[must_use]
    pub fn usage(month: &str, carrier: &str, code: &str) -> String {
        format!("USAGE#{month}#{carrier}#{code}")
    }
    /// Prefix of payments; ids sort by time.
    pub const PAYMENTS: &str = "PAYMENT#";
    /// Prefix of payment links.
    pub const LINKS: &str = "LINK#";
    /// Prefix of gateway accounts.
    pub const GATEWAYS: &str = "GATEWAY#";
    /// The shop's choices about payments.
    pub const OPENPAY: &str = "OPENPAY";
    /// A payment.
    #[must_use]
    pub fn payment(id: &str) -> String {
        format!("{PAYMENTS}{id}")
    }
    /// The claim of a payer's tracking code: at most one payment of the shop has it.
    #[must_use]
    pub fn payment_code(code: &str) -> String {
        format!("PAYCODE#{code}")
    }
    /// A payment link.
    #[must_use]
    pub fn link(id: &str) -> String {
        format!("{LINKS}{id}")
    }
    /// A gateway account.
    #[must_use]
    pub fn gateway(id: &str) -> String {
        format!("{GATEWAYS}{id}")
    }
    /// How the last openings at a gateway account ended.
    #[must_use]
    pub fn gateway_health(id: &str) -> String {
        format!("GATEWAYHEALTH#{id}")
    }
    /// The claim of a gateway's id of a payment: it belongs to one attempt.
    #[must_use]
    pub fn gateway_payment(account: &str, gateway_id: &str) -> String {
        format!("GATEID#{account}#{gateway_id}")
    }
    /// The claim of a receipt: no two payments use one.
    #[must_use]
    pub fn payment_receipt(account: &str, receipt: &str) -> String {
        format!("RECEIPT#{account}#{receipt}")
    }
    /// Prefix of what came back about a payment.
    #[must_use]
    pub fn payment_returns(payment: &str) -> String {
        format!("RETURN#{payment}#")
    }
    /// Prefix of the payments that show the same slip.
    #[must_use]
    pub fn slips_like(duplicate_key: &str) -> String {
        format!("SLIP#{duplicate_key}#")
    }
    /// The claim of a transfer by an approved slip.
    #[must_use]
    pub fn slip_claim(claim_key: &str) -> String {
        format!("SLIPCLAIM#{claim_key}")
    }
    /// The claim of a row of a bank statement.
    #[must_use]
    pub fn statement_row(key: &str) -> String {
        format!("{STATEMENT_ROWS}{key}")
    }
    /// Prefix of statement rows that approvals have taken.
    pub const STATEMENT_ROWS: &str = "STATEMENTROW#";
    /// A counter of an account.
    #[must_use]
    pub fn counter(account: &str) -> String {
        format!("COUNTER#{account}")
    }
    /// Prefix of what is known of the life of accounts' credentials.
    pub const KEY_USES: &str = "KEYUSE#";
    /// Until when an account's credentials hold.
    #[must_use]
    pub fn key_use(account: &str) -> String {
        format!("{KEY_USES}{account}")
    }
    /// An id an operator gave us that must outlive the call, e.g. of a product.
    #[must_use]
    pub fn reference(account: &str, key: &str) -> String {
        format!("REF#{account}#{key}")
    }
}

/// A point in time as it stands in sort keys: milliseconds, 13 digits, so that text order is time
/// order until the year 2286.
#[must_use]
pub fn time_prefix(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}

/// The time of a sort key made with [`time_prefix`].
#[must_use]
pub fn time_of(sk: &str) -> Option<Timestamp> {
    let (millis, _) = sk.split_once('#')?;
    Timestamp::from_millisecond(millis.parse().ok()?).ok()
}

/// FNV-1a: stable over versions and machines, which the standard hasher does not promise.
#[must_use]
pub fn hash_of(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// The shard an id always falls into.
#[must_use]
pub fn shard_of(id: &str) -> u32 {
    hash_of(id) % SHARDS
}

/// Partition of a bucket's parcels.
#[must_use]
pub fn poll_partition(carrier: CarrierId, place: &PollPlace) -> String {
    format!("POLL#{carrier}#{}#{}", place.owner.key(), place.bucket)
}

/// A parcel in its bucket. Where buckets hold all shops' parcels the shop is part of it: two shops may
/// track one number.
#[must_use]
pub fn poll_item(carrier: CarrierId, place: &PollPlace, merchant: &MerchantId, code: &WaybillNumber) -> Key {
    let sk = match &place.owner {
        PollOwner::Hub => format!("{code}/{merchant}", code = code.as_str()),
        PollOwner::Account(..) => code.as_str().to_owned(),
    };
    Key { pk: poll_partition(carrier, place), sk }
}

/// The shop and the number of a poll item.
#[must_use]
pub fn polled(place: &PollPlace, sk: &str) -> Option<(MerchantId, WaybillNumber)> {
    let (code, merchant) = match &place.owner {
        PollOwner::Hub => {
            let (code, merchant) = sk.split_once('/')?;
            (code, MerchantId::parse(merchant).ok()?)
        }
        PollOwner::Account(merchant, _) => (sk, merchant.clone()),
    };
    Some((merchant, WaybillNumber::try_from(code.to_owned()).ok()?))
}

/// Partition of one shard of an operator's buckets.
#[must_use]
pub fn bucket_partition(carrier: CarrierId, shard: u32) -> String {
    format!("BUCKETS#{carrier}#{shard}")
}

/// A bucket in the registry.
#[must_use]
pub fn bucket(carrier: CarrierId, place: &PollPlace) -> Key {
    let sk = format!("{}#{:06}", place.owner.key(), place.bucket);
    Key { pk: bucket_partition(carrier, hash_of(&sk) % crate::tracking::BUCKET_SHARDS), sk }
}

/// The counter by which an owner's buckets fill.
#[must_use]
pub fn bucket_counter(carrier: CarrierId, owner: &PollOwner) -> Key {
    Key { pk: format!("BUCKETS#{carrier}#next"), sk: owner.key() }
}

/// What was learned of a way, by a key of `dwell_keys`. Apart from shops: it names none.
#[must_use]
pub fn dwell(way: &str) -> Key {
    Key { pk: format!("DWELL#{way}"), sk: "STATS".into() }
}

/// Partition of the due rows of one queue and shard.
#[must_use]
pub fn due_partition(queue: Queue, shard: u32) -> String {
    format!("DUE#{}#{shard}", queue.name())
}

/// The due row of an intent: derived from the intent alone, so it can be deleted without being read.
#[must_use]
pub fn due_row(queue: Queue, at: Timestamp, intent: &Key) -> Key {
    let id = row_id(intent);
    Key { pk: due_partition(queue, shard_of(&id)), sk: format!("{}#{id}", time_prefix(at)) }
}

/// The intent a due row points at.
#[must_use]
pub fn intent_of_due_row(sk: &str) -> Option<Key> {
    let (_, id) = sk.split_once('#')?;
    key_of_row_id(id)
}

/// Partition of the outbox rows of one queue and shard.
#[must_use]
pub fn outbox_partition(queue: Queue, shard: u32) -> String {
    format!("OUTBOX#{}#{shard}", queue.name())
}

/// The outbox row of an event.
#[must_use]
pub fn outbox_row(queue: Queue, at: Timestamp, event: &Key) -> Key {
    let id = row_id(event);
    Key { pk: outbox_partition(queue, shard_of(&id)), sk: format!("{}#{id}", time_prefix(at)) }
}

/// A merchant's item in one text, for rows and messages: `<merchant>/<sk>`.
fn row_id(key: &Key) -> String {
    format!("{}/{}", key.pk.strip_prefix("M#").unwrap_or(&key.pk), key.sk)
}

fn key_of_row_id(id: &str) -> Option<Key> {
    let (merchant, sk) = id.split_once('/')?;
    Some(of_merchant(&MerchantId::parse(merchant).ok()?, sk))
}

/// The registry of merchants, which only hub staff read.
#[must_use]
pub fn registered_merchant(merchant: &MerchantId) -> Key {
    Key { pk: "HUB#MERCHANTS".into(), sk: merchant.to_string() }
}

/// That a shop's payer has shown a slip: found by every shop, by a keyed hash, which names neither bank nor
/// number.
#[must_use]
pub fn slip_seen(hash: &str, merchant: &MerchantId) -> Key {
    Key { pk: format!("SLIPS#{hash}"), sk: merchant.to_string() }
}

/// A piece of a slip's picture. Each picture has a partition of its own, still under its merchant: a partition
/// takes 1,000 write units a second, and a picture is 2,000 that the shop's orders need not wait for.
#[must_use]
pub fn slip_picture(merchant: &MerchantId, picture: &str, piece: u32) -> Key {
    Key { pk: format!("{}#PICTURE#{picture}", merchant_partition(merchant)), sk: format!("{piece:04}") }
}

/// The hub's prices of messages.
#[must_use]
pub fn notice_prices() -> Key {
    Key { pk: "HUB#PRICES".into(), sk: "NOTICES".into() }
}

/// Partition of the sender names that wait for hub staff.
pub const WAITING_SENDERS: &str = "HUB#SENDERS";

/// A sender name that waits for hub staff, in the one list they read.
#[must_use]
pub fn waiting_sender(merchant: &MerchantId, name: &str) -> Key {
    Key { pk: WAITING_SENDERS.into(), sk: format!("{merchant}/{name}") }
}

/// A wrapped key of the hub itself.
#[must_use]
pub fn hub_key(purpose: &str) -> Key {
    Key { pk: "HUB#KEYS".into(), sk: purpose.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn rows_lead_back_to_their_intent() {
        let demo = MerchantId::parse("demo").unwrap();
        let intent = of_merchant(&demo, sk::intent("register", "p1.1#g2"));
        let row = due_row(Queue::Dispatch, at(1_763_717_400_123), &intent);
        assert!(row.pk.starts_with("DUE#dispatch#"));
        assert_eq!(row.sk, "1763717400123#demo/INTENT#register#p1.1#g2");
        assert_eq!(intent_of_due_row(&row.sk), Some(intent));
        assert_eq!(time_of(&row.sk), Some(at(1_763_717_400_123)));
    }

    #[test]
    fn text_order_is_time_order() {
        let mut times =
            [at(0), at(9_999), at(10_000), at(1_763_717_400_123), at(9_999_999_999_999)].map(time_prefix);
        let sorted = times.clone();
        times.sort();
        assert_eq!(times, sorted);
    }

    #[test]
    fn merchants_partitions_lead_back_to_them() {
        let demo = MerchantId::parse("demo-ir").unwrap();
        assert_eq!(merchant_of(&merchant_partition(&demo)), Some(demo));
        assert_eq!(merchant_of("DUE#dispatch#1"), None);
    }

    #[test]
    fn shards_are_stable_and_all_used() {
        assert_eq!(shard_of("demo/INTENT#register#p1"), shard_of("demo/INTENT#register#p1"));
        let used: std::collections::BTreeSet<u32> = (0..200).map(|i| shard_of(&format!("m/{i}"))).collect();
        assert_eq!(used.len(), SHARDS as usize);
    }
}
