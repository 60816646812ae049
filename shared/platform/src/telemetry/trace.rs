//! W3C trace context, carried from the HTTP request through queue messages to outgoing calls.

use std::fmt::Write as _;

use crate::IdGen;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// The trace a piece of work belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: String,
    span_id: String,
    flow: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _infallible = write!(s, "{b:02x}");
        s
    })
}

impl TraceContext {
    /// A new trace; `flow` is the root route or schedule.
    #[must_use]
    pub fn root(ids: &dyn IdGen, flow: &str) -> Self {
        let (mut trace, mut span) = ([0u8; 16], [0u8; 8]);
        ids.fill(&mut trace);
        ids.fill(&mut span);
        TraceContext { trace_id: hex(&trace), span_id: hex(&span), flow: flow.to_owned() }
    }

    /// Continues the trace of a `traceparent` header; anything malformed starts a new one.
    #[must_use]
    pub fn continued(header: Option<&str>, ids: &dyn IdGen, flow: &str) -> Self {
        let mut own = TraceContext::root(ids, flow);
        let mut parts = header.unwrap_or("").split('-');
        if let (Some("00"), Some(trace), Some(span), Some(_flags)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        {
            let is_id = |s: &str, n: usize| {
                s.len() == n
                    && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                    && s.bytes().any(|b| b != b'0')
            };
            if is_id(trace, 32) && is_id(span, 16) {
                trace.clone_into(&mut own.trace_id);
            }
        }
        own
    }

    /// The trace of the running task.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs `work` as part of this trace.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// 32 hex digits that all logs of one piece of work share; also the request id told to callers.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }

    /// The root route or schedule, for the cost account.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// The `traceparent` header for work this one causes.
    #[must_use]
    pub fn child_header(&self) -> String {
        format!("00-{}-{}-01", self.trace_id, self.span_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededIds;

    #[test]
    fn continues_a_valid_header_and_starts_anew_on_a_broken_one() {
        let ids = SeededIds::new(1);
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let trace = TraceContext::continued(Some(good), &ids, "POST /v1/rates");
        assert_eq!(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(trace.child_header().starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
        for bad in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f-00f067aa0ba902b7-01",
        ] {
            let trace = TraceContext::continued(Some(bad), &ids, "x");
            assert_ne!(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736", "{bad}");
            assert_eq!(trace.trace_id().len(), 32);
        }
    }
}
