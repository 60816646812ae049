//! Tracking in the table: which numbers are polled, in which buckets, and when.
//!
//! A parcel with a number stands in exactly one bucket until its journey ends (invariant T2). It gets
//! there by a due row ([`look_later`]) that any function may leave in its own transaction, and leaves
//! ([`leave`]) in the transaction that ends its tracking. An unchanged poll writes nothing.

mod buckets;
mod dwell;
mod night;
mod places;
mod quota;
mod tickets;

pub use buckets::{
    BUCKET_SHARDS, Slot, bucket_page, buckets_of, claim_slot, set_pace, sleep, slot_at, told_trouble, wake,
};
pub use dwell::{experience, teach};
pub use night::Night;
pub use places::{leave, look_later, newest_bucket, poll_page, take_place};
pub use quota::{QuotaUsed, quota_used, take_quota};
pub use tickets::{close_ticket, open_ticket, postpone_ticket};
