//! What AWS would bill, per flow.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use yam_platform::telemetry::TraceContext;

/// The account of one flow: a root route or schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct FlowUsage {
    /// DynamoDB read units.
    pub read_units: f64,
    /// DynamoDB write units.
    pub write_units: f64,
    /// SQS requests, in steps of 64 KiB as SQS counts them.
    pub sqs_requests: u64,
    /// Invocations of functions.
    pub invocations: u64,
    /// CPU time of the handlers in milliseconds.
    pub cpu_ms: f64,
}

impl FlowUsage {
    /// Adds another account.
    pub fn add(&mut self, other: &FlowUsage) {
        self.read_units += other.read_units;
        self.write_units += other.write_units;
        self.sqs_requests += other.sqs_requests;
        self.invocations += other.invocations;
        self.cpu_ms += other.cpu_ms;
    }
}

/// The accounts of all flows since the last reset. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Usage(Arc<Mutex<BTreeMap<String, FlowUsage>>>);

/// Name of the account for work outside every trace.
const NO_FLOW: &str = "(no flow)";

impl Usage {
    /// Empty accounts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The flow of the running task.
    #[must_use]
    pub fn current_flow() -> String {
        TraceContext::current().map_or_else(|| NO_FLOW.to_owned(), |trace| trace.flow().to_owned())
    }

    /// Adds to one flow.
    pub fn add(&self, flow: &str, usage: &FlowUsage) {
        let mut flows = self.lock();
        match flows.get_mut(flow) {
            Some(account) => account.add(usage),
            None => {
                flows.insert(flow.to_owned(), *usage);
            }
        }
    }

    /// Every flow by name.
    #[must_use]
    pub fn flows(&self) -> BTreeMap<String, FlowUsage> {
        self.lock().clone()
    }

    /// All flows together.
    #[must_use]
    pub fn total(&self) -> FlowUsage {
        self.lock().values().fold(FlowUsage::default(), |mut sum, flow| {
            sum.add(flow);
            sum
        })
    }

    /// Starts anew.
    pub fn reset(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, FlowUsage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
