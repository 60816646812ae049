//! A tracking credential that was tried, in the terms of a carrier's accounts.

use crate::errors::own;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};

/// Whether the credentials worked, by what the safest call showed.
pub(crate) fn verified(reports: Vec<ProbeReport>) -> CallOutcome<()> {
    match reports.into_iter().find(|report| !report.works) {
        None => CallOutcome::Done(()),
        Some(report) if report.seen.starts_with("denied") => {
            CallOutcome::Refused(own(report.operation, report.seen, RefusalKind::Credentials))
        }
        Some(report) => CallOutcome::Unknown(report.seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denied_credential_is_told_apart_from_a_silent_operator() {
        let report = |works, seen: &str| ProbeReport {
            wire: "w",
            url: String::new(),
            operation: "o",
            works,
            seen: seen.to_owned(),
            took_ms: 1,
        };
        assert_eq!(verified(vec![report(true, "")]), CallOutcome::Done(()));
        assert!(matches!(verified(vec![report(false, "denied: 3 x")]), CallOutcome::Refused(_)));
        assert!(matches!(verified(vec![report(false, "failed: x")]), CallOutcome::Unknown(_)));
    }
}
