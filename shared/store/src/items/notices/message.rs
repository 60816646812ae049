//! What a message's intent stores. No personal data: recipients are read from the parcel, the payment or the
//! settings when the message is claimed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::effect::Phase;
use yam_domain::ids::{AccountId, CarrierId, LinkId, OrderId, ParcelId, PaymentId};
use yam_domain::money::Money;
use yam_domain::notice::{Audience, Channel, Kind, Macro, ReminderDay};
use yam_domain::tracking::Verdict;

use crate::intent::Intent;

/// Where a message stands (reliability notes, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits for its time.
    Planned,
    /// Waits for the shop's plan to be in force again.
    Held,
    /// A worker has it.
    Sending,
    /// The provider has it.
    Accepted,
    /// It arrived.
    Delivered,
    /// It did not arrive, or nobody took it.
    Failed,
    /// The provider may have it.
    OutcomeUnknown,
    /// Not sent, for a reason.
    Suppressed,
    /// Something newer was told instead.
    Superseded,
    /// Taken back.
    Cancelled,
}

impl MessageState {
    /// Its word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            MessageState::Planned => "planned",
            MessageState::Held => "held",
            MessageState::Sending => "sending",
            MessageState::Accepted => "accepted",
            MessageState::Delivered => "delivered",
            MessageState::Failed => "failed",
            MessageState::OutcomeUnknown => "outcome_unknown",
            MessageState::Suppressed => "suppressed",
            MessageState::Superseded => "superseded",
            MessageState::Cancelled => "cancelled",
        }
    }
}

/// What a message is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Operator of the parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierId>,
    /// Tracking code, payment id, link id or account id: the reference of its key.
    pub reference: String,
    /// Epoch of its key.
    pub epoch: String,
    /// The parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelId>,
    /// The order of the parcel or payment, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// The payment link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
}

/// The text a message was planned with; edits do not change what was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextVersion {
    /// The shop's own text and its version; none for the default text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<(String, u64)>,
    /// Language tag in which it is filled: `fa`, `ru`, `ko`, `en`.
    pub locale: String,
}

/// One account's part in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The messenger account.
    pub account: AccountId,
    /// How its last send ended: `calling`, `not_sent`, `busy`, `refused`, `done`, `unknown`.
    pub end: String,
    /// Our reading of a refusal (`yam_messengers::RefusalKind`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// How a lost answer is settled, as the provider said before the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "way")]
pub enum Settling {
    /// The same call again, until then.
    Repeat {
        /// Seconds from the first send whose answer was lost.
        within_s: i64,
    },
    /// The provider is asked; a miss counts from so many seconds after the call.
    LookUp {
        /// Seconds.
        first_after_s: i64,
    },
    /// One more send after so many seconds, once.
    RepeatOnce {
        /// Seconds.
        first_after_s: i64,
    },
    /// Nothing but a receipt can tell.
    Wait,
}

/// What is known of a message's delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReceipt {
    /// State (`yam_messengers::DeliveryState`).
    pub state: String,
    /// Why it did not arrive (`yam_messengers::Cause`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The provider's own code.
    pub code: String,
    /// When, by the provider's word or ours.
    pub at: Timestamp,
    /// Never falls.
    pub rank: u8,
}

/// That a text follows a call about the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    /// Sort key of the call's intent.
    pub call: String,
    /// On which day.
    pub day: ReminderDay,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageWork {
    /// Its name for ever: a message key, with `-<n>` behind it for the further contacts of a shop.
    pub key: String,
    /// What it tells.
    pub kind: Kind,
    /// To whom.
    pub audience: Audience,
    /// By what means.
    pub channel: Channel,
    /// Which of the shop's contacts, for admins.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub contact: u8,
    /// Days after the event.
    #[serde(default, skip_serializing_if = "is_zero_days")]
    pub after_days: u16,
    /// Most days between acceptance and loading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
    /// What it is about.
    pub about: About,
    /// What was decided about the change when it was seen.
    pub verdict: Verdict,
    /// Its text.
    pub text: TextVersion,
    /// Version of the rules it comes from.
    pub rules_version: u64,
    /// Values that only its event knew; none of a person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<Macro, String>,
    /// The call it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// Where it stands.
    pub state: MessageState,
    /// Why, in a stable word: `notice::Reason`, or how sending ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was tried, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
    /// The account that has it or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Another account may be tried at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// How a lost answer is settled there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settling: Option<Settling>,
    /// Keyed hash of whom the last send went to: what is asked and repeated is about that one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The time its present send carries, real time, as signatures want it. A repeat carries that of the first send
    /// that may have won: providers know it by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// Sends that repeated one whose answer was lost, and may have won too.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u8,
    /// The provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The provider's id of the group it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// When the provider took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// Parts of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// Its sender, or the number a call shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// What is held for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What it cost the shop; none while that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// The block its price is held in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// What is known of its delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<MessageReceipt>,
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

fn is_zero_days(n: &u16) -> bool {
    *n == 0
}

impl MessageWork {
    /// Where it stands, for people: a worker's claim shows as `sending`.
    #[must_use]
    pub fn stands(intent: &Intent<MessageWork>) -> MessageState {
        match (intent.work.state, intent.state.phase) {
            (MessageState::Planned, Phase::Calling | Phase::Settling) => MessageState::Sending,
            (state, _) => state,
        }
    }

    /// Whether its cost is still open: a provider may have it.
    #[must_use]
    pub fn is_open(intent: &Intent<MessageWork>) -> bool {
        matches!(intent.state.phase, Phase::Calling | Phase::Settling)
            || (intent.state.phase == Phase::Planned
                && (intent.state.doubtful_sends > 0 || intent.state.missed_sends > 0))
    }
}

/// Proof that a provider has a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentProof {
    /// The account that took it.
    pub account: AccountId,
    /// The provider's id.
    pub provider_id: String,
    /// Its group there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// Parts of a text, as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// What a receipt or a look-up said already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<MessageReceipt>,
}
