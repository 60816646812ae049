//! How a call to a gateway ended, classified once, at the edge.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use yam_domain::effect::CallClass;

/// What a gateway's "no" means for the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// Credentials, terminal, contract, or our address not on the gateway's list.
    Account,
    /// The amount is outside what the gateway takes.
    Amount,
    /// Anything else we sent: return address, description, payer's data.
    Request,
    /// Our order number is in use there.
    Duplicate,
    /// The bank or the gateway refused the payer's payment; final.
    NotPaid,
    /// The payer gave up; final.
    Cancelled,
    /// Not paid so far; the payer may still pay.
    StillOpen,
    /// The gateway knows another amount, order or terminal.
    Mismatch,
    /// The id belongs to another payment or merchant.
    Foreign,
    /// The gateway's time for this step is over.
    Expired,
    /// The money is back with the payer.
    Returned,
    /// The gateway knows no such payment.
    NotFound,
    /// The payment's state there does not allow the step.
    NotPossible,
    /// This gateway, or this account, has no such step.
    NotOffered,
    /// Anything else.
    Other,
}

/// A gateway's own words, kept beside our reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayError {
    /// Its own code, e.g. `-51`.
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
        /// When the gateway wants to be asked again.
        retry_after: Option<SignedDuration>,
        /// Its words.
        error: GatewayError,
    },
    /// A complete, well-formed, definite no.
    Refused(GatewayError),
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

    /// What is done with a finished call's result, leaving every other end as it is.
    pub fn then<U>(self, with: impl FnOnce(T) -> CallOutcome<U>) -> CallOutcome<U> {
        match self {
            CallOutcome::NotSent(why) => CallOutcome::NotSent(why),
            CallOutcome::Busy { retry_after, error } => CallOutcome::Busy { retry_after, error },
            CallOutcome::Refused(error) => CallOutcome::Refused(error),
            CallOutcome::Done(result) => with(result),
            CallOutcome::Unknown(why) => CallOutcome::Unknown(why),
        }
    }

    /// The refusal's meaning, if it is one.
    pub fn refusal(&self) -> Option<RefusalKind> {
        match self {
            CallOutcome::Refused(error) => Some(error.kind),
            _ => None,
        }
    }

    /// In one line, for a log or a report.
    pub fn describe(&self) -> String {
        match self {
            CallOutcome::NotSent(why) => format!("not sent: {why}"),
            CallOutcome::Busy { error, .. } => format!("busy: {} {}", error.code, error.message),
            CallOutcome::Refused(error) => format!("refused: {} {}", error.code, error.message),
            CallOutcome::Done(_) => "done".to_owned(),
            CallOutcome::Unknown(why) => format!("unknown: {why}"),
        }
    }
}

/// What the safest real call of a wire showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeReport {
    /// Gateway.
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
