//! One function at work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use serde::Serialize;
use yam_embedded::{FlowUsage, Usage, metered};
use yam_platform::lambda::Invocation;
use yam_platform::{Clock as _, SystemClock};

use crate::functions::{Handlers, OnQueue, OnSchedule};

/// Invocations and CPU time of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Invocations.
    pub invocations: u64,
    /// CPU time in milliseconds.
    pub cpu_ms: f64,
}

/// The account of a hub.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Costs {
    /// By root route or schedule.
    pub flows: BTreeMap<String, FlowUsage>,
    /// All together.
    pub total: FlowUsage,
    /// By function.
    pub functions: BTreeMap<String, Spent>,
}

#[derive(Debug, Default)]
struct Counters {
    invocations: AtomicU64,
    cpu_ns: AtomicU64,
    /// Invocations by queues and schedules, never reset.
    events: AtomicU64,
}

/// A function with its handlers.
#[derive(Debug)]
pub(super) struct RunningFunction {
    pub(super) name: String,
    pub(super) timeout: Duration,
    pub(super) http: Option<Router>,
    handlers: Handlers,
    counters: std::sync::Arc<Counters>,
    usage: Usage,
}

/// The function did not answer in time.
#[derive(Debug)]
pub(super) struct TimedOut;

impl RunningFunction {
    pub(super) fn new(name: &str, timeout: Duration, handlers: Handlers, usage: Usage) -> Self {
        let counters = std::sync::Arc::new(Counters::default());
        let http = handlers.http.clone().map(|router| {
            let (counters, usage) = (counters.clone(), usage.clone());
            // Inside the router's matching, so that the flow is the route's pattern.
            router.layer(middleware::from_fn(move |request: Request, next: Next| {
                let (counters, usage) = (counters.clone(), usage.clone());
                async move {
                    let path = request.extensions().get::<MatchedPath>();
                    let flow =
                        format!("{} {}", request.method(), path.map_or("(no route)", MatchedPath::as_str));
                    let (response, cpu) = metered(next.run(request)).await;
                    counters.count(&usage, &flow, cpu);
                    response
                }
            }))
        });
        RunningFunction { name: name.to_owned(), timeout, http, handlers, counters, usage }
    }

    /// How often queues and schedules invoked it.
    pub(super) fn events(&self) -> u64 {
        self.counters.events.load(Ordering::Relaxed)
    }

    pub(super) fn spent(&self) -> Spent {
        let nanos = self.counters.cpu_ns.load(Ordering::Relaxed);
        Spent {
            invocations: self.counters.invocations.load(Ordering::Relaxed),
            cpu_ms: Duration::from_nanos(nanos).as_secs_f64() * 1000.0,
        }
    }

    pub(super) fn reset(&self) {
        self.counters.invocations.store(0, Ordering::Relaxed);
        self.counters.cpu_ns.store(0, Ordering::Relaxed);
    }

    /// Invokes it with a batch.
    pub(super) async fn on_queue(&self, event: SqsEvent, flow: &str) -> Result<SqsBatchResponse, TimedOut> {
        let Some(handle) = &self.handlers.queue else { return Ok(SqsBatchResponse::default()) };
        let handle: &OnQueue = handle;
        self.invoke(flow, handle(event, self.invocation())).await
    }

    /// Invokes it with a tick.
    pub(super) async fn on_schedule(&self, flow: &str) -> Result<(), TimedOut> {
        let Some(tick) = &self.handlers.schedule else { return Ok(()) };
        let tick: &OnSchedule = tick;
        if let Err(error) = self.invoke(flow, tick(self.invocation())).await? {
            tracing::warn!(function = self.name, %error, "a tick failed; the next one finds the same work");
        }
        Ok(())
    }

    fn invocation(&self) -> Invocation {
        Invocation::lasting(SystemClock.real_now(), self.timeout)
    }

    async fn invoke<T>(&self, flow: &str, work: impl Future<Output = T>) -> Result<T, TimedOut> {
        self.counters.events.fetch_add(1, Ordering::Relaxed);
        let (output, cpu) = metered(tokio::time::timeout(self.timeout, work)).await;
        self.counters.count(&self.usage, flow, cpu);
        output.map_err(|_elapsed| {
            tracing::error!(
                function = self.name,
                seconds = self.timeout.as_secs(),
                "a function ran out of time"
            );
            TimedOut
        })
    }
}

impl Counters {
    fn count(&self, usage: &Usage, flow: &str, cpu: Duration) {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        self.cpu_ns.fetch_add(u64::try_from(cpu.as_nanos()).unwrap_or(0), Ordering::Relaxed);
        let cpu_ms = cpu.as_secs_f64() * 1000.0;
        usage.add(flow, &FlowUsage { invocations: 1, cpu_ms, ..FlowUsage::default() });
    }
}
