//! The report of a probe.

use std::time::Instant;

use yam_platform::http::{Answer, SendFailure};

use crate::outcome::ProbeReport;

/// Begins to measure.
pub(crate) fn begin() -> Instant {
    Instant::now()
}

/// What an answer showed: `recognised` says in one line what the gateway's protocol makes of it.
pub(crate) fn report(
    wire: &'static str,
    url: String,
    operation: &'static str,
    began: Instant,
    result: &Result<Answer, SendFailure>,
    recognised: impl FnOnce(&Answer) -> Option<String>,
) -> ProbeReport {
    let (works, seen) = match result {
        Err(failure) => (false, failure.to_string()),
        Ok(answer) => match recognised(answer) {
            Some(seen) => (true, seen),
            None => (false, crate::errors::outline(answer, "not an answer of this gateway")),
        },
    };
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    ProbeReport { wire, url, operation, works, seen, took_ms }
}
