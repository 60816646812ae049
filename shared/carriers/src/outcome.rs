//! How a call to an operator ended, classified once, at the edge.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use yam_domain::effect::{CallClass, LookUpClass};
use yam_domain::money::Money;
use yam_domain::waybill::WaybillNumber;

/// Why an operator said no, as far as a merchant would act differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// Wrong user name or password.
    Credentials,
    /// The credentials are right, but the shop is not active, blocked or in debt there (S0-16).
    AccountInactive,
    /// The postal code.
    PostalCode,
    /// The city, or a city that is not served.
    City,
    /// The weight.
    Weight,
    /// The goods: unknown product, empty list, price out of bounds.
    Goods,
    /// The consignee's name, address, phone or e-mail.
    Consignee,
    /// The service or the way of payment.
    Service,
    /// The status does not allow it.
    State,
    /// Our client id is in use there.
    DuplicateId,
    /// Anything else.
    Other,
}

/// An operator's own words, kept beside our classification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorError {
    /// Its own code, e.g. `-6`.
    pub code: String,
    /// Its own text, or the protocol's meaning of the code; cleaned and cut to 500 characters.
    pub message: String,
    /// Our reading.
    pub kind: RefusalKind,
}

/// The end of a call that may have had an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome<T> {
    /// No connection, or stopped before the first byte.
    NotSent(String),
    /// Not now; nothing was done.
    Busy {
        /// When the operator wants to be asked again.
        retry_after: Option<SignedDuration>,
        /// Its words.
        error: OperatorError,
    },
    /// A complete, well-formed, definite no.
    Refused(OperatorError),
    /// A complete proof.
    Done(T),
    /// Anything else; says what was seen.
    Unknown(String),
}

impl<T> CallOutcome<T> {
    /// The class the effect machine reads.
    pub fn class(&self) -> CallClass {
        match self {
            CallOutcome::NotSent(_) => CallClass::NotSent,
            CallOutcome::Busy { retry_after, .. } => CallClass::Busy { retry_after: *retry_after },
            CallOutcome::Refused(_) => CallClass::Refused,
            CallOutcome::Done(_) => CallClass::Done,
            CallOutcome::Unknown(_) => CallClass::Unknown,
        }
    }
}

/// The end of a look-up by our id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUpOutcome<T> {
    /// It is there.
    Hit(T),
    /// A complete, well-formed "no such thing".
    Miss,
    /// The look-up failed: proves nothing.
    Failed(String),
}

impl<T> LookUpOutcome<T> {
    /// The class the effect machine reads.
    pub fn class(&self) -> LookUpClass {
        match self {
            LookUpOutcome::Hit(_) => LookUpClass::Hit,
            LookUpOutcome::Miss => LookUpClass::Miss,
            LookUpOutcome::Failed(_) => LookUpClass::Failed,
        }
    }
}

/// Proof that a parcel is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The operator's code for it.
    pub code: WaybillNumber,
    /// Postage as the operator computed it, without VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postage: Option<Money>,
    /// VAT on the postage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Money>,
    /// A second id the operator gave (`Shenase` at Ebazaar).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What the safest real call of a wire showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeReport {
    /// Wire, e.g. `iran_post_eshop`.
    pub wire: &'static str,
    /// Address called.
    pub url: String,
    /// Operation called, which changes nothing there.
    pub operation: &'static str,
    /// Whether the wire answered as its protocol says.
    pub works: bool,
    /// What was seen, in one line.
    pub seen: String,
    /// Milliseconds it took.
    pub took_ms: u64,
}
