//! What the intents towards postal operators store.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, CarrierId, OrderId, ParcelId};
use yam_domain::money::Money;
use yam_domain::waybill::WaybillNumber;

/// A call to a postal operator about one parcel. Ids and wire ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum CallWork {
    /// Register it.
    Register {
        /// Parcel.
        parcel: ParcelId,
        /// Its order.
        order: OrderId,
        /// Operator.
        carrier: CarrierId,
        /// Account.
        account: AccountId,
        /// Which wire the account spoke when this was submitted: settling asks the same one.
        wire: String,
        /// Generation.
        generation: u32,
        /// Our number on the wire, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<u32>,
        /// Mark at the end of the address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        marker: Option<String>,
        /// Postal code to send instead of the buyer's, after the operator refused that one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postal_code: Option<String>,
        /// The operator's own code of its last refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<String>,
        /// Its words on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal_words: Option<String>,
    },
    /// Tell the operator that it may be collected.
    Ready {
        /// Parcel.
        parcel: ParcelId,
        /// Operator.
        carrier: CarrierId,
        /// Account.
        account: AccountId,
        /// Code at the operator.
        code: WaybillNumber,
        /// Day, ISO.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pickup: Option<String>,
    },
    /// Call it off.
    Cancel {
        /// Parcel.
        parcel: ParcelId,
        /// Operator.
        carrier: CarrierId,
        /// Account.
        account: AccountId,
        /// Code at the operator.
        code: WaybillNumber,
    },
    /// Look once more for copies of it, after a send that was only taken for not done (reliability notes,
    /// section 1), and call them off.
    Audit {
        /// Parcel.
        parcel: ParcelId,
        /// Operator.
        carrier: CarrierId,
        /// Account.
        account: AccountId,
        /// Wire of the registration.
        wire: String,
        /// Its generation.
        generation: u32,
        /// Its number on the wire, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<u32>,
        /// The code that stays.
        code: WaybillNumber,
        /// When the registration was submitted: the first day on which a copy can have been made.
        since: Timestamp,
    },
}

impl CallWork {
    /// Parcel it is about.
    #[must_use]
    pub fn parcel(&self) -> &ParcelId {
        match self {
            CallWork::Register { parcel, .. }
            | CallWork::Ready { parcel, .. }
            | CallWork::Cancel { parcel, .. }
            | CallWork::Audit { parcel, .. } => parcel,
        }
    }

    /// Operator and account.
    #[must_use]
    pub fn account(&self) -> (CarrierId, &AccountId) {
        match self {
            CallWork::Register { carrier, account, .. }
            | CallWork::Ready { carrier, account, .. }
            | CallWork::Cancel { carrier, account, .. }
            | CallWork::Audit { carrier, account, .. } => (*carrier, account),
        }
    }

    /// Name of the kind, also in keys.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            CallWork::Register { .. } => "register",
            CallWork::Ready { .. } => "ready",
            CallWork::Cancel { .. } => "cancel",
            CallWork::Audit { .. } => "audit",
        }
    }
}

/// What proves that a call to an operator took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proof", rename_all = "snake_case")]
pub enum RegistrationProof {
    /// The operator has the parcel.
    Registered {
        /// Its code.
        code: WaybillNumber,
        /// Postage without VAT.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postage: Option<Money>,
        /// VAT.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vat: Option<Money>,
        /// A second id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        /// It was found more than once: whether the copies are gone is looked at again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        copies: bool,
    },
    /// The pick-up is ordered, or was before.
    Ready,
    /// It is called off there.
    Cancelled,
    /// Its copies were looked for.
    Audited {
        /// How many were called off.
        called_off: usize,
        /// What the operator does not call off: codes, or what else it calls them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<String>,
    },
}
