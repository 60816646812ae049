//! Runs the functions as AWS would: routes, queues, schedules, time-outs, and the account of what they
//! cost.

mod activity;
mod advance;
mod batch;
mod function;
mod http;
mod pollers;
mod routes;
mod schedules;
mod wakeups;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use yam_embedded::Usage;
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::sqs::EmbeddedSqs;
use yam_platform::Clock as _;

use crate::clock::SimulatedClock;
use crate::functions::Handlers;
use crate::template::{QueueSource, Template};
use crate::time_owner::TimeOwner;

pub use advance::{AdvanceError, Ran};
pub use function::Costs;

use activity::Activity;
use function::RunningFunction;
use routes::RouteTable;
use schedules::RunningSchedule;
use wakeups::Wakeups;

/// The engines under the functions.
#[derive(Debug, Clone)]
pub struct Engines {
    /// Table.
    pub dynamodb: EmbeddedDynamo,
    /// Queues.
    pub sqs: EmbeddedSqs,
    /// What both consumed, and the functions.
    pub usage: Usage,
}

/// A running hub.
#[derive(Debug)]
pub struct Hub {
    /// Simulated time.
    pub clock: Arc<SimulatedClock>,
    /// Engines.
    pub engines: Engines,
    time: TimeOwner,
    functions: BTreeMap<String, Arc<RunningFunction>>,
    routes: RouteTable,
    sources: Vec<Arc<Source>>,
    schedules: Vec<Arc<RunningSchedule>>,
    wakeups: Wakeups,
    activity: Arc<Activity>,
    /// One advance at a time.
    advancing: tokio::sync::Mutex<()>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// A queue that feeds a function.
#[derive(Debug)]
struct Source {
    function: Arc<RunningFunction>,
    source: QueueSource,
}

/// A function of the template that has no code here, or code that does not answer to its events.
#[derive(Debug, thiserror::Error)]
#[error("function {name}: {reason}")]
pub struct WiringError {
    name: String,
    reason: String,
}

impl Hub {
    /// Wires handlers to the template's events; nothing runs yet.
    ///
    /// # Errors
    /// An event without a handler.
    pub fn new(
        template: &Template,
        handlers: BTreeMap<String, Handlers>,
        engines: Engines,
        clock: Arc<SimulatedClock>,
        time: TimeOwner,
    ) -> Result<Self, WiringError> {
        let mut hub = Hub {
            wakeups: Wakeups::new(engines.dynamodb.clone(), template),
            clock,
            engines,
            time,
            functions: BTreeMap::new(),
            routes: RouteTable::default(),
            sources: Vec::new(),
            schedules: Vec::new(),
            activity: Arc::default(),
            advancing: tokio::sync::Mutex::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        for (name, handlers) in handlers {
            let Some(definition) = template.functions.get(&name) else { continue };
            hub.wire(&name, definition, handlers)?;
        }
        if let Some(name) = template.functions.keys().find(|name| !hub.functions.contains_key(*name)) {
            return Err(WiringError { name: name.clone(), reason: "has no code in the local runner".into() });
        }
        Ok(hub)
    }

    fn wire(
        &mut self,
        name: &str,
        definition: &crate::template::Function,
        handlers: Handlers,
    ) -> Result<(), WiringError> {
        let lacks =
            |what: &str| WiringError { name: name.to_owned(), reason: format!("does not answer to {what}") };
        if !definition.routes.is_empty() && handlers.http.is_none() {
            return Err(lacks("HTTP"));
        }
        if !definition.queues.is_empty() && handlers.queue.is_none() {
            return Err(lacks("queues"));
        }
        if !definition.schedules.is_empty() && handlers.schedule.is_none() {
            return Err(lacks("schedules"));
        }
        let usage = self.engines.usage.clone();
        let function = Arc::new(RunningFunction::new(name, definition.timeout, handlers, usage));
        for route in &definition.routes {
            self.routes.add(route, function.clone());
        }
        for source in &definition.queues {
            self.sources.push(Arc::new(Source { function: function.clone(), source: source.clone() }));
        }
        for schedule in &definition.schedules {
            self.schedules.push(Arc::new(RunningSchedule::new(function.clone(), schedule.rate.clone())));
        }
        self.functions.insert(name.to_owned(), function);
        Ok(())
    }

    /// Starts pollers and schedules.
    pub fn start(self: &Arc<Self>) {
        for source in &self.sources {
            self.tasks.spawn(pollers::poll(self.clone(), source.clone(), self.stop.clone()));
        }
        for schedule in &self.schedules {
            self.tasks.spawn(schedules::tick(self.clone(), schedule.clone(), self.stop.clone()));
        }
    }

    /// Takes no new work and waits for what is running, for so long.
    pub async fn shut_down(&self, patience: std::time::Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("work that was still running is left to the next start");
        }
    }

    /// The present, after following whoever owns the time.
    ///
    /// # Errors
    /// The owner does not answer.
    pub async fn now(&self) -> Result<Timestamp, AdvanceError> {
        self.time.follow(&self.clock).await?;
        Ok(self.clock.now())
    }

    /// What was consumed since the last reset.
    #[must_use]
    pub fn costs(&self) -> Costs {
        Costs {
            flows: self.engines.usage.flows(),
            total: self.engines.usage.total(),
            functions: self.functions.iter().map(|(name, f)| (name.clone(), f.spent())).collect(),
        }
    }

    /// Starts the account anew.
    pub fn reset_costs(&self) {
        self.engines.usage.reset();
        self.functions.values().for_each(|f| f.reset());
    }

    /// Names of the queues that feed functions.
    pub fn queues(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|s| s.source.queue.as_str())
    }

    /// The functions and the routes, queues and schedules they answer to, for the start page.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }
}
