//! How a call to an operator ended, classified once, at the edge.

use std::collections::BTreeMap;

use bytes::Bytes;
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
    /// The country: the operator, or this account at it, carries nothing there.
    Country,
    /// The city, or a city that is not served.
    City,
    /// The weight.
    Weight,
    /// The size.
    Size,
    /// The goods: unknown product, empty list, price out of bounds.
    Goods,
    /// The consignee's name, address, phone or e-mail.
    Consignee,
    /// The service or the way of payment.
    Service,
    /// The operator does not collect the goods' value.
    CodNotSupported,
    /// The operator does not offer this step at all.
    NotOffered,
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
    /// It is there more than once: a doubtful send was repeated and both took effect.
    Several {
        /// The copy to keep.
        kept: T,
        /// The others, to be called off ([`crate::Carrier::cancel_surplus`]).
        surplus: Vec<Surplus>,
    },
    /// A complete, well-formed "no such thing".
    Miss,
    /// The look-up failed: proves nothing.
    Failed(String),
}

impl<T> CallOutcome<T> {
    /// What is done with a finished call's result, leaving every other end as it is.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> CallOutcome<U> {
        match self.done() {
            Ok(result) => CallOutcome::Done(with(result)),
            Err(other) => other,
        }
    }

    /// The result, or the same end as one of another call.
    ///
    /// # Errors
    /// Every end but [`CallOutcome::Done`].
    pub fn done<U>(self) -> Result<T, CallOutcome<U>> {
        match self {
            CallOutcome::NotSent(why) => Err(CallOutcome::NotSent(why)),
            CallOutcome::Busy { retry_after, error } => Err(CallOutcome::Busy { retry_after, error }),
            CallOutcome::Refused(error) => Err(CallOutcome::Refused(error)),
            CallOutcome::Done(result) => Ok(result),
            CallOutcome::Unknown(why) => Err(CallOutcome::Unknown(why)),
        }
    }

    /// In one line for a report.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            CallOutcome::NotSent(why) => format!("not sent: {why}"),
            CallOutcome::Busy { error, .. } => format!("busy: {} {}", error.code, error.message),
            CallOutcome::Refused(error) => format!("refused: {} {}", error.code, error.message),
            CallOutcome::Done(_) => "answered".to_owned(),
            CallOutcome::Unknown(why) => why.clone(),
        }
    }
}

impl<T> LookUpOutcome<T> {
    /// The class the effect machine reads.
    pub fn class(&self) -> LookUpClass {
        match self {
            LookUpOutcome::Hit(_) | LookUpOutcome::Several { .. } => LookUpClass::Hit,
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
    /// Other ids the operator gave and wants back later (`Shenase` at Ebazaar, application and reservation
    /// numbers at Korea Post, the order's id at Russian Post), in the adapter's own form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What else it told, under its own names: delivery office, sorting codes, notices.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<String, String>,
}

/// A copy of a parcel that should not be at the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surplus {
    /// Its code, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<WaybillNumber>,
    /// The operator's other ids, as [`Registered::reference`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl From<Registered> for Surplus {
    fn from(found: Registered) -> Self {
        Surplus { code: Some(found.code), reference: found.reference }
    }
}

/// A form to print, as the operator made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub bytes: Bytes,
    /// Its media type, e.g. `application/pdf`.
    pub media_type: String,
    /// A name for it.
    pub file_name: String,
}

/// A place parcels may leave from, as the operator knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SenderPlace {
    /// The operator's code of it, which the account's settings name.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its address or post office, where told.
    pub address: String,
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
