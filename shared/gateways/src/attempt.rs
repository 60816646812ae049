//! What goes to a gateway and what comes back, in our words.

use jiff::{SignedDuration, Timestamp};
use url::Url;
use yam_domain::money::Money;
use yam_domain::payment::amount::{Compared, compare};
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::payment::receipt::Receipt;
use yam_domain::phone::Phone;

use crate::card::MaskedCard;

/// Who pays, as far as a gateway wants to know.
#[derive(Debug, Clone, Default)]
pub struct Payer {
    /// Full name.
    pub name: Option<String>,
    /// Mobile phone.
    pub phone: Option<Phone>,
    /// E-mail address.
    pub email: Option<String>,
}

/// A payment to be opened at a gateway.
#[derive(Debug, Clone)]
pub struct Start {
    /// Our number of the attempt.
    pub order: OrderNumber,
    /// Frozen amount.
    pub amount: Money,
    /// What the payer sees at the gateway.
    pub description: String,
    /// Where the browser comes back to: `/openpay/callback/{gateway}/{payment_id}` and the attempt.
    pub return_url: Url,
    /// Who pays.
    pub payer: Payer,
    /// Fiscal receipt (Russia).
    pub receipt: Option<Receipt>,
    /// Language of the gateway's page, where it has several: `fa`, `ru`, `ko`, `en`.
    pub language: &'static str,
    /// Now, for wires that want local date and time.
    pub at: Timestamp,
    /// How long the gateway's page may be paid, where that can be said.
    pub payable_for: SignedDuration,
    /// Stored with the attempt before the call, so that a repeat is the same call.
    pub idempotency_key: String,
}

/// How the payer's browser gets to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    /// A redirect or a link.
    Get {
        /// Where to.
        url: Url,
    },
    /// A form that is posted; the page must keep its `Referer` (Mellat, SEP; gateway notes, section 3.1).
    Post {
        /// Where to.
        url: Url,
        /// Its fields.
        fields: Vec<(&'static str, String)>,
    },
    /// A script of the gateway in our page (Toss).
    Script {
        /// The script.
        url: Url,
        /// What it is called with.
        fields: Vec<(&'static str, String)>,
    },
}

/// A payment the gateway has opened, or that opens with the redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The gateway's id, unique at the terminal; our own order number where the gateway has none before
    /// the payer comes (Robokassa, Toss).
    pub gateway_id: String,
    /// The way there.
    pub redirect: Redirect,
}

/// An attempt as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Our number.
    pub order: OrderNumber,
    /// The gateway's id.
    pub gateway_id: String,
    /// Frozen amount.
    pub amount: Money,
    /// What only the return brings: Mellat's SaleReferenceId, SEP's RefNum, Toss's paymentKey; later
    /// Robokassa's OpKey.
    pub receipt: Option<String>,
    /// Verify calls of this attempt that were started before.
    pub verify_sends: u32,
}

/// Whether the gateway's amount is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyTold {
    /// The same, in minor units; also when the gateway compared ours with its own.
    Equal,
    /// Another one.
    Differs(Money),
    /// The answer names none.
    NotTold,
}

impl MoneyTold {
    /// Compares what the gateway names with the frozen amount.
    #[must_use]
    pub fn of(requested: Money, told: Option<Money>) -> Self {
        match told {
            None => MoneyTold::NotTold,
            Some(told) if compare(requested, told) == Compared::Equal => MoneyTold::Equal,
            Some(told) => MoneyTold::Differs(told),
        }
    }
}

/// A verified payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The gateway said that it had been verified before.
    pub before: bool,
    /// Whether the amount is ours.
    pub money: MoneyTold,
    /// The bank's tracking code, shown to the payer and the shop (S2-20): ref_id, refNumber,
    /// SaleReferenceId, RRN, OpKey, paymentKey.
    pub reference: Option<String>,
    /// What is claimed for this payment alone, so that no other can use it.
    pub receipt: Option<String>,
    /// The payer's card, masked.
    pub card: Option<MaskedCard>,
    /// A second step is needed before the money is paid out (Mellat).
    pub unsettled: bool,
}

/// A settled payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// It had been settled before.
    pub before: bool,
}

/// Where a payment stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Not paid so far; the payer may still pay, or has never begun.
    Open,
    /// Paid, and waiting for our verify.
    PaidUnverified,
    /// Paid and verified.
    Verified,
    /// Paid, verified and settled (Mellat).
    Settled,
    /// Refused; final.
    Failed,
    /// Given up; final.
    Cancelled,
    /// Back with the payer: reversed or refunded in full.
    Returned,
}

/// The answer to an inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Where it stands.
    pub standing: Standing,
    /// Whether the amount is ours.
    pub money: MoneyTold,
    /// The bank's tracking code, if it is told.
    pub reference: Option<String>,
    /// What is needed to verify, if the inquiry brought it (Mellat, Robokassa, Toss).
    pub receipt: Option<String>,
    /// The payer's card, masked.
    pub card: Option<MaskedCard>,
}

impl Inquiry {
    pub(crate) fn bare(standing: Standing) -> Self {
        Inquiry { standing, money: MoneyTold::NotTold, reference: None, receipt: None, card: None }
    }
}

/// One of the payments that wait to be verified (Zarinpal's list, once per merchant and tick).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// The gateway's id.
    pub gateway_id: String,
    /// Amount.
    pub amount: Money,
}

/// A reversed payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversed {
    /// It had been reversed before.
    pub before: bool,
}

/// A refund to be made.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Ours for this refund alone, kept for ever; the idempotency key where there is one.
    pub key: String,
    /// Own number, where the gateway numbers refunds by us (Mellat).
    pub order: OrderNumber,
    /// How much.
    pub amount: Money,
    /// Why, in words the gateway may show to the payer.
    pub reason: String,
    /// Fiscal receipt of the refund (Russia).
    pub receipt: Option<Receipt>,
    /// An id that only the gateway's panel shows (Zarinpal's session id), typed in by the shop.
    pub panel_id: Option<String>,
    /// The gateway's id of this refund, once it was told.
    pub refund_id: Option<String>,
}

/// A refund, in the gateway's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// Its id there.
    pub refund_id: Option<String>,
    /// Whether the money has gone; else it is accepted and under way.
    pub finished: bool,
}
