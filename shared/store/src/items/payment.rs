//! Payments by link, their attempts and what is sent back.
//!
//! A payment is one item with all its attempts: whether money is wanted depends on every one of them, and a
//! transition is one write under the payment's revision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::effect::EffectState;
use yam_domain::ids::{AccountId, GatewayId, LinkId, OrderId, PaymentId};
use yam_domain::money::Money;
use yam_domain::notice::Channel;
use yam_domain::payment::PaymentState;
use yam_domain::payment::form::Unit;
use yam_domain::payment::link::LinkTerms;
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::payment::receipt::ReceiptLine;
use yam_domain::payment::slip::{PictureKind, Seen, Slip};
use yam_domain::payment::tracking_code::TrackingCode;
use yam_domain::payment::wanted::Unwanted;
use yam_domain::phone::Phone;

use super::binary::Binary;

/// Most steps that are kept of a payment, the oldest and the newest.
const KEPT_STEPS: usize = 60;

/// What a payer owes or gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Id: the merchant, a dot, time and randomness; sorts by time within a merchant.
    pub id: PaymentId,
    /// What the payer is given to read out (S2-17); claimed for this payment.
    pub code: TrackingCode,
    /// The link it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// The order it pays (S2-27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// What attempts are opened for.
    pub amount: Money,
    /// What the address or the link asked for, where it named an amount (S2-24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Money>,
    /// The shop's unit when it was made: a later change of the setting rewrites nothing (S2-25).
    pub unit: Unit,
    /// What it is for.
    pub description: String,
    /// Sealed [`PayerDetails`].
    pub payer: String,
    /// Language of the payer's pages.
    pub language: String,
    /// Where it stands: the most telling of its attempts and its slip.
    #[serde(rename = "st")]
    pub state: PaymentState,
    /// Attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// The bank slip, where it was paid by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slip: Option<SlipRecord>,
    /// Lines of its fiscal receipt (Russia).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipt_lines: Vec<ReceiptLine>,
    /// What a person has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<PaymentTask>,
    /// Its use of the link is counted.
    #[serde(default)]
    pub counted: bool,
    /// `payment.paid` was told.
    #[serde(default)]
    pub paid_told: bool,
    /// Its order is marked paid.
    #[serde(default)]
    pub order_told: bool,
    /// When marking the order was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_tried_at: Option<Timestamp>,
    /// What happened, oldest first.
    pub steps: Vec<PaymentStep>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Where its due row stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Grows with each change told to the outside.
    pub sequence: u64,
    /// Counts the changes.
    pub rev: u64,
}

/// Who pays. Stored sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerDetails {
    /// Full name.
    pub name: String,
    /// Mobile phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Phone>,
    /// Another phone (S2-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// One try at one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Our number there.
    pub order: OrderNumber,
    /// Gateway.
    pub gateway: GatewayId,
    /// The merchant's account at it.
    pub account: AccountId,
    /// Frozen amount.
    pub amount: Money,
    /// Where it stands.
    #[serde(rename = "st")]
    pub state: PaymentState,
    /// Stored before the opening, so that a repeat is the same call.
    pub idempotency_key: String,
    /// The gateway answers an inquiry about it without what only a return brings.
    pub can_be_asked: bool,
    /// The gateway's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<String>,
    /// What only the return brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// The bank's tracking code (S2-20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The payer's card, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// What the gateway says was paid, where that is another amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Money>,
    /// Grows with each claim; bad news is believed only from the holder of the newest.
    pub fence: u64,
    /// Until when a worker holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Timestamp>,
    /// Who holds it: random per claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Verify calls started.
    #[serde(default)]
    pub verify_sends: u32,
    /// Settle calls started.
    #[serde(default)]
    pub settle_sends: u32,
    /// Reverse calls started.
    #[serde(default)]
    pub reverse_sends: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the payer was sent out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_at: Option<Timestamp>,
    /// When the gateway was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When it was first heard that it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// When it was last tried to verify or settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<Timestamp>,
    /// When a verify was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Why nothing wants its money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwanted: Option<Unwanted>,
    /// Another attempt has to be settled first.
    #[serde(default)]
    pub waits_for_other: bool,
    /// A person was asked.
    #[serde(default)]
    pub with_person: bool,
    /// Money that goes back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backs: Vec<SendBack>,
    /// Whether it was paid, by the merchant's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// What the merchant found in the gateway's panel, where the gateway cannot be asked any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The money has come; of a refund or reversal: it went back.
    pub yes: bool,
    /// The number under which the panel shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the merchant wrote down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Id of the API key that said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackKind {
    /// Reversed: all of it, for a while.
    Reverse,
    /// Refunded.
    Refund,
}

/// Money on its way back: an effect of its own, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendBack {
    /// The request's id, chosen by the shop or by us.
    pub id: String,
    /// How.
    pub kind: BackKind,
    /// How much.
    pub amount: Money,
    /// Why, in words the payer may see.
    pub reason: String,
    /// Our number of a refund, where the gateway wants one.
    pub number: OrderNumber,
    /// An id of the gateway's panel, typed in by the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_id: Option<String>,
    /// The gateway's id of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// What the attempt was before.
    pub was: PaymentState,
    /// How the call stands.
    #[serde(rename = "eff")]
    pub effect: EffectState,
    /// Whether the money went back, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went_back: Option<bool>,
    /// What was seen last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was asked for.
    pub since: Timestamp,
    /// Whether it went back, by the merchant's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// A bank slip as it stands on the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipRecord {
    /// What the payer typed.
    pub slip: Slip,
    /// Who has shown it before.
    pub seen: Seen,
    /// Where it stands.
    #[serde(rename = "st")]
    pub state: PaymentState,
    /// The row of a bank statement that it was matched with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Who decided, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<String>,
    /// Its picture, where the payer gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<SlipPicture>,
}

/// The picture of a slip; it lies beside the payment, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipPicture {
    /// Id, random: a form that is sent twice overwrites nothing.
    pub id: String,
    /// Kind.
    pub kind: PictureKind,
    /// Size.
    pub bytes: u32,
    /// Pieces.
    pub pieces: u32,
    /// Epoch seconds after which it is not shown and may be forgotten.
    pub expires_at: i64,
}

/// A piece of a picture, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePiece {
    /// Sealed bytes.
    pub data: Binary,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}

/// Why a person has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTaskReason {
    /// Whether it was paid cannot be found out here: look in the gateway's panel.
    OutcomeUnknown,
    /// The gateway speaks of another amount, order or terminal.
    Mismatch,
    /// Another payment has shown the same receipt.
    ReceiptTaken,
    /// Money that nothing wants, and no way back by API.
    Overpaid,
    /// Whether a refund or reversal happened cannot be found out here.
    BackUnknown,
    /// The gateway's word contradicts what was booked.
    Contradiction,
    /// A slip waits for a decision.
    Slip,
    /// The order it pays cannot be released.
    Order,
}

/// What a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTask {
    /// Why.
    pub reason: PaymentTaskReason,
    /// In words.
    pub words: String,
    /// Since when.
    pub since: Timestamp,
}

/// A step of a payment's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentStep {
    /// When.
    pub at: Timestamp,
    /// Attempt, counted from 1; none for the payment itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<usize>,
    /// State after it.
    #[serde(rename = "st")]
    pub state: PaymentState,
    /// The event.
    pub event: String,
    /// What was seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Id of the API key that decided it, where that was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Payment {
    /// What its payer's details are sealed for.
    #[must_use]
    pub fn purpose(id: &PaymentId) -> String {
        format!("payer/{id}")
    }

    /// Takes a step down; of a very long life the middle is forgotten.
    pub fn note(&mut self, step: PaymentStep) {
        if self.steps.len() >= KEPT_STEPS {
            self.steps.remove(KEPT_STEPS / 2);
        }
        self.steps.push(step);
    }

    /// The state that follows from attempts and slip.
    #[must_use]
    pub fn overall(&self) -> PaymentState {
        let slip = self.slip.iter().map(|slip| slip.state);
        PaymentState::of_attempts(self.attempts.iter().map(|attempt| attempt.state).chain(slip))
    }

    /// The attempt with one of our numbers.
    #[must_use]
    pub fn attempt_of(&self, gateway: GatewayId, order: &str) -> Option<usize> {
        self.attempts.iter().position(|a| a.gateway == gateway && a.order.to_string() == order)
    }
}

/// A payment link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentLink {
    /// Id; 160 random bits, so that nobody guesses one.
    pub id: LinkId,
    /// What it allows.
    pub terms: LinkTerms,
    /// What it is for.
    pub description: String,
    /// Sealed [`PayerDetails`], where the shop knows who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    /// Gateways that are offered; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<GatewayId>,
    /// Where the payer goes from the result page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Lines of the fiscal receipt (Russia).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipt_lines: Vec<ReceiptLine>,
    /// By what means the hub sends it to the payer (S2-07).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub send_via: Vec<Channel>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// How often it was paid.
    pub paid: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

impl PaymentLink {
    /// What its payer's details are sealed for.
    #[must_use]
    pub fn purpose(id: &LinkId) -> String {
        format!("link-payer/{id}")
    }
}

/// A claim that leads to one attempt of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentClaim {
    /// The payment.
    pub payment: PaymentId,
    /// Our number of its attempt, where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderNumber>,
}

/// A browser that came back, or a notice, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReturn {
    /// When.
    pub at: Timestamp,
    /// `return` or `notice`.
    pub kind: String,
    /// How it was judged.
    pub judged: String,
    /// Names and values, cards masked, capped.
    pub fields: Vec<(String, String)>,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}
