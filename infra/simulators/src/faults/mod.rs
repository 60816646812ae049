//! Faults on demand: what goes wrong, on which calls, how often.

mod book;
mod plan;
mod random;

pub(crate) use book::Book;
pub(crate) use plan::{Delivery, Plan, Work};

/// A fault that strikes before the body has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Early {
    /// Reset at once.
    Reset,
    /// Read so many bytes of the body, then end the connection.
    CutBody(u64),
}

use serde::{Deserialize, Serialize};

use crate::duplicates::Duplicates;
use crate::system::System;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Timeout,
    #[serde(rename = "http_500")]
    Http500,
    Refuse,
    Truncate,
    Malformed,
    Slow,
    LostAnswer,
    CutRequest,
    LateCommit,
    BlindLookup,
    /// Order numbers seen before are treated otherwise than the settings say.
    DuplicatePolicy,
    /// Success without the parcel's number in it.
    EmptyNumber,
    #[serde(rename = "commit_then_500")]
    CommitThen500,
    Quota,
    WrongType,
    Html,
    Huge,
    EntityBomb,
    /// The operator's own page for works on its machines.
    Maintenance,
    /// A given HTTP status, with a `Location` for redirects.
    Status,
    /// A given error code of the operator's own.
    Code,
}

impl Mode {
    /// Whether it works beside other faults, and without end if nothing else was said.
    fn stands_beside(self) -> bool {
        matches!(self, Self::BlindLookup | Self::DuplicatePolicy)
    }
}

/// Which clock a `late_commit` waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WaitFor {
    /// Real time.
    Real,
    /// The simulators' clock.
    Sim,
}

/// One fault as the control surface takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) mode: Mode,
    /// Only calls of this operation; all calls without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    /// How many calls it hits: 1 if not given, without end for `blind_lookup`, `duplicate_policy` and for
    /// random faults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at_byte: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<WaitFor>,
    /// Overrides whether the work is done before the answer goes wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) execute: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<Duplicates>,
}

/// A fault in the book.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) id: i64,
    pub(crate) system: System,
    pub(crate) spec: Spec,
    /// Calls still to be hit; `None` is without end.
    pub(crate) remaining: Option<u64>,
    pub(crate) hits: u64,
}

impl Spec {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Some("probability must lie between 0 and 1");
        }
        if self.seconds.is_some_and(|seconds| !(0.0..=31_536_000.0).contains(&seconds)) {
            return Some("seconds must lie between 0 and one year");
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Some("status must lie between 200 and 599");
        }
        match self.mode {
            Mode::Status if self.status.is_none() => Some("mode \"status\" needs \"status\""),
            Mode::Code if self.code.is_none() => Some("mode \"code\" needs \"code\""),
            Mode::DuplicatePolicy if self.policy.is_none() => {
                Some("mode \"duplicate_policy\" needs \"policy\"")
            }
            _ => None,
        }
    }

    /// How many calls it will hit.
    pub(crate) fn initial_times(&self) -> Option<u64> {
        match self.times {
            Some(times) => Some(times),
            None if self.mode.stands_beside() || self.probability.is_some() => None,
            None => Some(1),
        }
    }
}

impl Fault {
    /// Whether it strikes before the body has been read.
    pub(crate) fn early(&self) -> Option<Early> {
        match (self.spec.mode, self.spec.at_byte) {
            (Mode::Refuse, _) => Some(Early::Reset),
            (Mode::CutRequest, Some(bytes)) => Some(Early::CutBody(bytes)),
            _ => None,
        }
    }

    /// Whether it may hit this call.
    pub(crate) fn matches(&self, system: System, operation: &str) -> bool {
        self.system.covers(system)
            && self.remaining != Some(0)
            && self.spec.operation.as_deref().is_none_or(|wanted| same_operation(wanted, operation))
    }
}

/// `AddParcel` names SOAP's `AddParcel` and REST's `Order/AddParcel` alike.
fn same_operation(wanted: &str, operation: &str) -> bool {
    let last = operation.rsplit('/').next().unwrap_or(operation);
    wanted.eq_ignore_ascii_case(operation) || wanted.eq_ignore_ascii_case(last)
}
