//! What an operator told, and how we read it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::parcel::ParcelStatus;

/// Why a parcel is held, was not delivered, or goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not collected in time: feeds the blacklist.
    StorageExpired,
    /// The addressee refused it.
    Refused,
    /// Nobody was there.
    AddresseeAbsent,
    /// The addressee moved away.
    Moved,
    /// Wrong, unreadable or unknown address.
    Address,
    /// The addressee has died.
    Deceased,
    /// The sender asked for it.
    SenderRequest,
    /// Customs.
    Customs,
    /// Agreed with the addressee: another day, another place.
    Agreed,
    /// Damaged, incomplete or badly packed.
    Damaged,
    /// Something is to be paid first.
    PaymentDue,
    /// The pick-up point or locker is closed, full or broken.
    PickupPoint,
    /// No way to the addressee's door.
    NoAccess,
    /// Not allowed in the post.
    Forbidden,
    /// Nobody was there to hand it over at collection.
    PickupFailed,
    /// Sent to the wrong office.
    Missent,
    /// Anything else.
    Other,
}

/// What a scan means for the parcel's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The parcel is in this status since then.
    Status(ParcelStatus),
    /// Worth keeping, but the status stays.
    Info,
    /// The operator takes the scan before it back (Russian Post type 26).
    CancelsPrevious,
    /// The parcel goes on under another number (Russian Post 8/26).
    Renumbered,
    /// No dictionary knows the code: the status becomes `unknown` only if nothing else is known.
    Unknown,
}

/// What a scan says about free storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageWord {
    /// It ends this many days after the scan's day in the office's calendar.
    DaysLeft(u8),
    /// It was extended; until when is not told.
    Extended,
}

/// How a dictionary reads an operator's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reading {
    /// What it means.
    pub meaning: Meaning,
    /// Why, where the operator says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Left a sorting centre towards the office of delivery: from here on silence may mean arrival.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_sorting: bool,
    /// At a parcel locker: its short storage term is not the office's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locker: bool,
    /// The way back begins: whatever moves after it moves towards the sender.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub turns_back: bool,
    /// The order was cancelled. Says something only of a parcel that never moved: it will not come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// What it says about free storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageWord>,
}

impl Reading {
    /// A reading that is just a status.
    #[must_use]
    pub const fn status(status: ParcelStatus) -> Self {
        Self::of(Meaning::Status(status))
    }

    /// A reading without further detail.
    #[must_use]
    pub const fn of(meaning: Meaning) -> Self {
        Reading {
            meaning,
            reason: None,
            left_sorting: false,
            locker: false,
            turns_back: false,
            cancelled: false,
            storage: None,
        }
    }

    /// The same with a reason.
    #[must_use]
    pub const fn because(self, reason: Reason) -> Self {
        Reading { reason: Some(reason), ..self }
    }
}

/// Where a scan happened, as the operator names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Office {
    /// Postal index, where one is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Name, where one is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Office {
    /// What tells this office from another: its index, else its name.
    pub fn place(&self) -> Option<&str> {
        [&self.index, &self.name].into_iter().filter_map(Option::as_deref).find(|text| !text.is_empty())
    }
}

/// The operator's own words, kept beside our reading for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RawScan {
    /// Its code as text: `8/2` (Russian Post type/attribute), `7` (Iran Post), `배달완료` (Korea Post).
    pub code: String,
    /// Its text, cleaned and cut to 300 characters; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// More of its words (reason, remark), cleaned and cut to 300 characters; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scan {
    /// When it happened, by the operator's word.
    pub happened_at: Timestamp,
    /// Our reading.
    pub reading: Reading,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// The operator's own words.
    pub raw: RawScan,
}

impl Scan {
    /// Where it happened, as [`Office::place`].
    pub fn place(&self) -> Option<&str> {
        self.office.as_ref().and_then(Office::place)
    }
}

/// What became of the cash on delivery, by the operator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CodMoney {
    /// The buyer paid.
    Collected {
        /// How much, where told.
        amount: Option<Money>,
        /// When, where told.
        at: Option<Timestamp>,
    },
    /// The sender was paid.
    PaidOut {
        /// How much, where told.
        amount: Option<Money>,
        /// When, where told.
        at: Option<Timestamp>,
    },
}

/// One answer of an operator about one parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// As of when, by the operator's word; else when it was asked.
    pub taken_at: Timestamp,
    /// Whether the operator knows the parcel. "Not yet" is `false` with no scans: it erases nothing.
    pub known: bool,
    /// All scans told, in the operator's order; bad ones are left out and counted.
    pub scans: Vec<Scan>,
    /// Scans that could not be read: one bad scan never loses the others.
    #[serde(default)]
    pub unreadable: u32,
    /// Other numbers the parcel goes by, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Office of destination, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Office>,
    /// What became of the cash on delivery, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<CodMoney>,
}
