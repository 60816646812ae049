//! The report of a probe.

use std::time::Instant;

use yam_platform::http::{Answer, SendFailure};

use crate::outcome::ProbeReport;

/// What is called.
#[derive(Debug)]
pub(crate) struct Probe {
    wire: &'static str,
    url: String,
    operation: &'static str,
    began: Instant,
}

impl Probe {
    /// Begins to measure.
    pub(crate) fn begin(wire: &'static str, url: String, operation: &'static str) -> Self {
        Probe { wire, url, operation, began: Instant::now() }
    }

    /// What an answer showed: `recognised` says in one line what the provider's protocol makes of it.
    pub(crate) fn report(
        self,
        result: &Result<Answer, SendFailure>,
        recognised: impl FnOnce(&Answer) -> Option<String>,
    ) -> ProbeReport {
        match result {
            Err(failure) => self.end(false, failure.to_string()),
            Ok(answer) => match recognised(answer) {
                Some(seen) => self.end(true, seen),
                None => self.end(false, crate::errors::outline(answer, "not an answer of this provider")),
            },
        }
    }

    /// What was seen otherwise.
    pub(crate) fn end(self, works: bool, seen: String) -> ProbeReport {
        let took_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        ProbeReport { wire: self.wire, url: self.url, operation: self.operation, works, seen, took_ms }
    }
}
