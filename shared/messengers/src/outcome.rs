//! How a call to a provider ended, classified once, at the edge.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use yam_domain::effect::CallClass;

/// What a provider's "no" means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// Key, login, contract, or our address not on the provider's list.
    Account,
    /// The account has no money.
    Money,
    /// The sender name or number is not approved for this account.
    Sender,
    /// The pattern or template is not known or not approved.
    Template,
    /// The account's own limit for a day or a month is reached.
    Quota,
    /// This provider has no way to the number's network or country.
    NoRoute,
    /// No such number or address, or it takes no such message.
    Number,
    /// The recipient, or a stop list, refuses our messages.
    Blocked,
    /// The provider's limit of messages for one recipient; an earlier message got through.
    Repeated,
    /// The text: forbidden, too long, or with characters the wire does not carry.
    Content,
    /// Anything else we sent.
    Request,
    /// The provider knows no such message.
    NotFound,
    /// The message's state there does not allow the step.
    NotPossible,
    /// This provider, or this account, has no such step.
    NotOffered,
    /// Anything else.
    Other,
}

impl RefusalKind {
    /// All kinds, for tables.
    pub const ALL: [RefusalKind; 15] = [
        RefusalKind::Account,
        RefusalKind::Money,
        RefusalKind::Sender,
        RefusalKind::Template,
        RefusalKind::Quota,
        RefusalKind::NoRoute,
        RefusalKind::Number,
        RefusalKind::Blocked,
        RefusalKind::Repeated,
        RefusalKind::Content,
        RefusalKind::Request,
        RefusalKind::NotFound,
        RefusalKind::NotPossible,
        RefusalKind::NotOffered,
        RefusalKind::Other,
    ];

    /// Whether another provider may take the message. What is refused for the recipient or for the text is
    /// refused everywhere; a refusal nobody documented is looked at by a person first.
    #[must_use]
    pub const fn may_fail_over(self) -> bool {
        match self {
            RefusalKind::Account
            | RefusalKind::Money
            | RefusalKind::Sender
            | RefusalKind::Template
            | RefusalKind::Quota
            | RefusalKind::NoRoute
            | RefusalKind::NotOffered
            | RefusalKind::Request => true,
            RefusalKind::Number
            | RefusalKind::Blocked
            | RefusalKind::Repeated
            | RefusalKind::Content
            | RefusalKind::NotFound
            | RefusalKind::NotPossible
            | RefusalKind::Other => false,
        }
    }

    /// Whether every further message of this account would be refused too: stop it and tell its admins once
    /// (notification notes, section 7.3, class `config`).
    #[must_use]
    pub const fn stops_account(self) -> bool {
        matches!(self, RefusalKind::Account | RefusalKind::Money | RefusalKind::Sender | RefusalKind::Quota)
    }
}

/// A provider's own words, kept beside our reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderError {
    /// Its own code, e.g. `418`.
    pub code: String,
    /// Its own text, or the protocol's meaning of the code; cleaned and cut to 500 characters.
    pub message: String,
    /// Our reading.
    pub kind: RefusalKind,
}

/// The end of a call that may have had an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome<T> {
    /// No connection, or stopped before anything that counts was sent.
    NotSent(String),
    /// Not now; nothing was done.
    Busy {
        /// When the provider wants to be asked again.
        retry_after: Option<SignedDuration>,
        /// Its words.
        error: ProviderError,
    },
    /// A complete, well-formed, definite no.
    Refused(ProviderError),
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
    /// Provider.
    pub wire: &'static str,
    /// Address called.
    pub url: String,
    /// Operation called, which sends nothing.
    pub operation: &'static str,
    /// Whether the wire answered as its protocol says.
    pub works: bool,
    /// What was seen, in one line.
    pub seen: String,
    /// Milliseconds it took.
    pub took_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_an_account_leaves_the_way_to_another() {
        for kind in RefusalKind::ALL {
            assert!(!kind.stops_account() || kind.may_fail_over(), "{kind:?}");
        }
    }

    #[test]
    fn only_a_result_is_handed_on() {
        let done = CallOutcome::Done(1).then(|n| CallOutcome::Done(n + 1));
        assert_eq!(done, CallOutcome::Done(2));
        let lost = CallOutcome::<u8>::Unknown("cut".into()).then(|n| CallOutcome::Done(n + 1));
        assert_eq!((lost.class(), lost.describe().as_str()), (CallClass::Unknown, "unknown: cut"));
    }
}
