//! Parcels.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{AccountId, CarrierId, OrderId, ParcelId, Service};
use yam_domain::money::Money;
use yam_domain::parcel::{BarcodeState, ParcelStatus, RegistrationState};
use yam_domain::waybill::WaybillNumber;
use yam_domain::weight::Grams;

use super::track::{Cod, Tracked};

/// Part of an order line in a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelLine {
    /// Id of the order line.
    pub line_id: String,
    /// Pieces.
    pub quantity: u32,
}

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskReason {
    /// The operator said no.
    Refused,
    /// The operator may or may not have the parcel.
    OutcomeUnknown,
    /// Patience ran out while the operator was down.
    OperatorDown,
    /// A second code turned up for the parcel.
    TwoCodes,
    /// The operator cannot call it off: withdraw it at the post.
    WithdrawAtPost,
    /// The pick-up could not be ordered.
    PickupRefused,
}

/// What a person is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Why.
    pub reason: TaskReason,
    /// The operator's own code, if it said something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_code: Option<String>,
    /// The operator's own words, or what was seen.
    pub words: String,
    /// Since when.
    pub since: Timestamp,
    /// Mark to search for in the operator's panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// From when on "it is not there" is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_from: Option<Timestamp>,
    /// The other code, for [`TaskReason::TwoCodes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_code: Option<String>,
}

/// One step in the life of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// State after it.
    pub to: RegistrationState,
    /// `hub`, `merchant` or `operator`.
    pub actor: String,
    /// What happened.
    pub note: String,
}

/// How long a waybill has been waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Since when.
    pub since: Timestamp,
    /// The time of its due row.
    pub due_at: Timestamp,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Id.
    pub id: ParcelId,
    /// Order it belongs to.
    pub order: OrderId,
    /// Number of that order.
    pub order_number: String,
    /// Operator.
    pub carrier: CarrierId,
    /// Account that registers it.
    pub account: AccountId,
    /// Service.
    pub service: Service,
    /// What is in it; empty means the whole order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ParcelLine>,
    /// Weight of the whole.
    pub weight_g: Grams,
    /// Size as it is packed, mm; none where it was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions_mm: Option<Dimensions>,
    /// Where its registration stands.
    pub registration: RegistrationState,
    /// Whether its barcode is known (S0-21).
    pub barcode: BarcodeState,
    /// Registrations begun; each has an intent and wire ids of its own.
    pub generation: u32,
    /// When the present registration began and is looked after next, where a shop is promised its waybill
    /// within a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<Watch>,
    /// Code at the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_code: Option<WaybillNumber>,
    /// A second id the operator gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Postage as the operator computed it at registration, without VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postage: Option<Money>,
    /// VAT on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Money>,
    /// Day it may be collected, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_date: Option<String>,
    /// A cancel waits for the call under way to be settled.
    #[serde(default)]
    pub cancel_requested: bool,
    /// What a person is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// Where it is.
    pub whereabouts: ParcelStatus,
    /// Registered elsewhere: the hub only tracks its number. It has no order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tracked_only: bool,
    /// What its tracking shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracked: Option<Tracked>,
    /// What the order it belongs to elsewhere came to, for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_total: Option<Money>,
    /// What is in it, for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// The cash that is collected for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cod: Option<Cod>,
    /// When its buyer said to have it (S4-53).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_told_at: Option<Timestamp>,
    /// Sealed recipient of its own, after an edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Newest last, bounded.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Grows with each change told to the outside.
    pub sequence: u64,
    /// Counts the changes.
    pub rev: u64,
}

/// Steps kept in a parcel; the events keep the rest.
const HISTORY: usize = 20;

impl Parcel {
    /// What a recipient of its own is sealed for.
    #[must_use]
    pub fn purpose(id: &ParcelId) -> String {
        format!("recipient/{id}")
    }

    /// Takes down a step and counts the change.
    pub fn note(&mut self, at: Timestamp, actor: &str, note: impl Into<String>) {
        if self.history.len() >= HISTORY {
            self.history.remove(1);
        }
        let note = note.into().chars().take(300).collect();
        self.history.push(HistoryEntry { at, to: self.registration, actor: actor.to_owned(), note });
        self.sequence = self.sequence.saturating_add(1);
    }
}

/// The claim of a tracking code within a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeClaim {
    /// Parcel that has it.
    pub parcel: ParcelId,
}
