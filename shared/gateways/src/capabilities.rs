//! What a gateway can do, as data.

use yam_domain::ids::GatewayId;
use yam_domain::money::Currency;
use yam_domain::payment::amount::Limits;
use yam_domain::payment::form::Unit;
use yam_domain::payment::order_number;
use yam_domain::payment::sweep::{Plan, plan};

use crate::account::Account;
use crate::notice::Authenticity;

/// How an attempt is settled whose payer did not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostReturn {
    /// By a list of what waits, once per merchant and tick; by inquiry when the list is full (Zarinpal).
    ListThenInquiry,
    /// By inquiry.
    Inquiry,
    /// By an operation that stands in no guide, where the account switched it on (Mellat).
    UndocumentedLookUp,
    /// By nothing: the money returns by itself, or a person looks (SEP; Mellat without the switch).
    Nothing,
}

/// Whether money can be refunded later by API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundSupport {
    /// All of it or a part.
    Partial,
    /// A part too, with an id from the gateway's panel (Zarinpal).
    WithPanelId,
    /// Not by API, or not with these credentials; the text says what to do.
    No(&'static str),
}

/// What an account at a gateway can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The gateway's currency.
    pub currency: Currency,
    /// The unit of amounts on its wire.
    pub unit: Unit,
    /// Amounts it takes.
    pub limits: Limits,
    /// Last order number of its range.
    pub last_order_number: u64,
    /// Windows and cadence.
    pub plan: Plan,
    /// A lost return.
    pub lost_return: LostReturn,
    /// A second step after verify.
    pub settles: bool,
    /// Money can be reversed for a while.
    pub reverses: bool,
    /// Money can be refunded later.
    pub refund: RefundSupport,
    /// A refund whose answer was lost can be looked up.
    pub refund_look_up: bool,
    /// Notices from server to server, and how they are believed.
    pub notices: Option<Authenticity>,
    /// Receipts of 54-FZ.
    pub receipts: bool,
}

impl Capabilities {
    /// What every gateway has, for an account.
    pub(crate) fn base(gateway: GatewayId, account: &Account) -> Self {
        let unit = match gateway.currency() {
            Currency::Rub => Unit::Ruble,
            Currency::Krw => Unit::Won,
            Currency::Irr | Currency::Usd | Currency::Eur => Unit::Rial,
        };
        Capabilities {
            currency: gateway.currency(),
            unit,
            limits: account.settings.limits(gateway),
            last_order_number: order_number::last(gateway),
            plan: plan(gateway),
            lost_return: LostReturn::Inquiry,
            settles: false,
            reverses: false,
            refund: RefundSupport::No("refund it in the gateway's panel"),
            refund_look_up: false,
            notices: None,
            receipts: false,
        }
    }

    /// Whether an inquiry can be made without what only a return brings.
    #[must_use]
    pub fn can_be_asked(&self) -> bool {
        self.lost_return != LostReturn::Nothing
    }
}
