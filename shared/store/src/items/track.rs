//! Tracking: what is kept of a number, and the small items that polls read.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::Money;
use yam_domain::tracking::{CodMoney, Epochs, History, Office, Reason};
use yam_domain::waybill::WaybillNumber;

/// Whose credential polls: buckets are kept apart by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollOwner {
    /// Nobody's: public pages, asked for all shops together.
    Hub,
    /// An account of a shop.
    Account(MerchantId, AccountId),
}

impl PollOwner {
    /// As it stands in keys.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            PollOwner::Hub => "hub".to_owned(),
            PollOwner::Account(merchant, account) => format!("{merchant}/{account}"),
        }
    }
}

/// The bucket in which a parcel is polled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PollPlace {
    /// Whose credential.
    pub owner: PollOwner,
    /// Number of the owner's bucket, from 0.
    pub bucket: u32,
}

/// One parcel in a bucket. Every poll reads all of them, a ticket's even twice: shop and number stand in
/// the key, the parcel is found by them, and what is left takes some 75 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollItem {
    /// Fingerprint of the history as last told; none when nothing was told yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h: Option<u64>,
    /// Epoch seconds at which something may follow from time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
}

/// A bucket in the registry that ticks read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Operator.
    pub carrier: CarrierId,
    /// Which.
    pub place: PollPlace,
    /// Seconds from one poll to the next.
    pub cadence_s: i64,
    /// Seconds into a slot at which this bucket is polled, so that not all are polled at once.
    pub phase_s: i64,
    /// The slot that was polled last, by whoever claimed it.
    pub last_slot: i64,
    /// Nobody is in it: ticks pass it by until somebody comes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asleep: bool,
    /// Counts who came, so that a round that saw nobody does not put the bucket to sleep after them.
    #[serde(default)]
    pub wakes: u64,
    /// Where a daily quota ended the last round: the next one goes on behind this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The operator's last trouble, in its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// An answer that was ordered from the operator and is fetched later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTicket {
    /// Operator.
    pub carrier: CarrierId,
    /// Bucket it is for.
    pub place: PollPlace,
    /// The operator's name for it.
    pub ticket: String,
    /// When it was ordered.
    pub asked_at: Timestamp,
    /// When it is fetched next: the time of its due row.
    pub due_at: Timestamp,
    /// Counts the changes.
    pub rev: u64,
}

/// Why a number is not polled any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollEnd {
    /// Its journey is over.
    Final,
    /// The merchant or the buyer stopped it.
    Stopped,
    /// The parcel got another number.
    Replaced,
    /// The parcel was deleted.
    Deleted,
}

/// All that is kept of one number of a shop. It outlives a correction of the parcel's code: when the
/// number comes back, its epochs are found again (reliability notes, section 5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Parcel that has or had the number.
    pub parcel: ParcelId,
    /// Operator.
    pub carrier: CarrierId,
    /// Number.
    pub code: WaybillNumber,
    /// When it was entered.
    pub since: Timestamp,
    /// Whether the operator has ever known it.
    pub known: bool,
    /// Why it is not polled any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<PollEnd>,
    /// Everything ever told.
    pub history: History,
    /// Which changes were news.
    pub epochs: Epochs,
    /// Where it is going, by the operator's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Office>,
    /// What became of the cash on delivery, by the operator's word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<CodMoney>,
    /// When an answer was last looked at closely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// When something may follow from time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_eval_at: Option<Timestamp>,
    /// Counts the changes.
    pub rev: u64,
}

/// Where the cash on delivery of a parcel is (`due`, then `collected`, then `paid_out`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodState {
    /// Not collected yet.
    Due,
    /// The buyer paid the operator.
    Collected,
    /// The operator paid the merchant (S0-09).
    PaidOut,
    /// The operator paid the merchant less than was to be collected.
    Short,
    /// The parcel came back: nothing will be paid.
    Returned,
}

/// The cash on delivery of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cod {
    /// How much, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Where it is.
    pub state: CodState,
}

/// What a parcel shows of its tracking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// Where it is polled; none while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PollPlace>,
    /// The due row that has the tracking function look at this parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When the parcel came into its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Why it is in this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Where it was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Day of arrival in the office's calendar, while it waits there: waiting days count from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<Date>,
    /// That calendar's offset from UTC in minutes.
    #[serde(default)]
    pub offset_min: i32,
    /// Last day of free storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_deadline: Option<Date>,
    /// Probability of having arrived, in hundredths of a percent, while `probably_arrived`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<u16>,
    /// Tracking was stopped by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// Why it is not polled although it should be, in words for the merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
}

impl Tracked {
    /// Whole days since arrival in the office's calendar, counted from 0, while the parcel waits there.
    #[must_use]
    pub fn waiting_days(&self, now: Timestamp) -> Option<u32> {
        let offset = jiff::tz::Offset::from_seconds(self.offset_min.checked_mul(60)?).ok()?;
        let waited = self.waits_since?.duration_until(offset.to_datetime(now).date());
        u32::try_from(waited.as_hours() / 24).ok()
    }
}

/// That a number was used in a month: each distinct one counts once (S1-18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// When it was first used in that month.
    pub first: Timestamp,
    /// By which parcel.
    pub parcel: ParcelId,
}
