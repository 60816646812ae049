//! What a struck call will do: work or not, and what leaves on the wire.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Mode, Spec, WaitFor};
use crate::duplicates::Duplicates;

/// The course of one call.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) work: Work,
    pub(crate) delivery: Delivery,
    /// Look-ups do not see what was committed within this time.
    pub(crate) blind: Option<SignedDuration>,
    /// What becomes of order numbers seen before, whatever the settings say.
    pub(crate) policy: Option<Duplicates>,
}

/// Whether the work is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Work {
    Now,
    Never,
    Later { after: SignedDuration, clock: WaitFor },
}

/// What leaves on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Delivery {
    Whole,
    /// The whole answer, but the number of what was made is left out. Wires without such an answer send it
    /// as it is.
    EmptyNumber,
    /// Hold the connection without a byte, then cut it.
    Hold(Duration),
    /// The whole answer, after a while.
    After(Duration),
    Reset,
    Silence,
    AtByte(u64),
    /// Right head, then only so many bytes of the body (half of it if not said).
    Truncated(Option<u64>),
    Status {
        status: u16,
        location: Option<String>,
    },
    Garbage,
    Quota,
    Code(i32),
    WrongType,
    Html,
    Maintenance,
    Huge,
    EntityBomb,
}

impl Plan {
    /// Nothing goes wrong.
    pub(crate) fn clean() -> Self {
        Self { work: Work::Now, delivery: Delivery::Whole, blind: None, policy: None }
    }

    /// The course under these faults.
    pub(crate) fn new(main: Option<Spec>, blind: Option<&Spec>) -> Self {
        let blind =
            blind.map(|spec| SignedDuration::try_from(span(spec, 60.0)).unwrap_or(SignedDuration::MAX));
        let Some(spec) = main else { return Self { blind, ..Self::clean() } };
        let (work, delivery) = course(&spec);
        let work = match spec.execute {
            Some(true) if work == Work::Never => Work::Now,
            Some(false) => Work::Never,
            _ => work,
        };
        Self { work, delivery, blind, policy: None }
    }
}

fn course(spec: &Spec) -> (Work, Delivery) {
    let cut = || spec.at_byte.map_or(Delivery::Silence, Delivery::AtByte);
    match spec.mode {
        Mode::Timeout => (Work::Never, Delivery::Hold(span(spec, 120.0))),
        Mode::Http500 => (Work::Never, Delivery::Status { status: 500, location: None }),
        Mode::Refuse => (Work::Never, Delivery::Reset),
        Mode::CutRequest => (Work::Never, Delivery::Silence),
        Mode::Truncate => (Work::Now, Delivery::Truncated(spec.at_byte)),
        Mode::Malformed => (Work::Now, Delivery::Garbage),
        Mode::Slow => (Work::Now, Delivery::After(span(spec, 25.0))),
        Mode::LostAnswer => (Work::Now, cut()),
        Mode::LateCommit => {
            let after = SignedDuration::try_from(span(spec, 30.0)).unwrap_or(SignedDuration::MAX);
            (Work::Later { after, clock: spec.clock.unwrap_or(WaitFor::Real) }, Delivery::Silence)
        }
        // Taken out by the caller; here only for a match without a gap.
        Mode::BlindLookup | Mode::DuplicatePolicy => (Work::Now, Delivery::Whole),
        Mode::EmptyNumber => (Work::Now, Delivery::EmptyNumber),
        Mode::CommitThen500 => (Work::Now, Delivery::Status { status: 500, location: None }),
        Mode::Quota => (Work::Never, Delivery::Quota),
        Mode::WrongType => (Work::Now, Delivery::WrongType),
        Mode::Html => (Work::Never, Delivery::Html),
        Mode::Maintenance => (Work::Never, Delivery::Maintenance),
        Mode::Huge => (Work::Now, Delivery::Huge),
        Mode::EntityBomb => (Work::Now, Delivery::EntityBomb),
        Mode::Status => {
            let status = spec.status.unwrap_or(500);
            (Work::Never, Delivery::Status { status, location: spec.location.clone() })
        }
        Mode::Code => (Work::Never, Delivery::Code(spec.code.unwrap_or(-1))),
    }
}

fn span(spec: &Spec, default: f64) -> Duration {
    Duration::try_from_secs_f64(spec.seconds.unwrap_or(default)).unwrap_or(Duration::MAX)
}
