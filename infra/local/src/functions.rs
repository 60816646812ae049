//! The hub's functions, by the name of their folder.

use std::pin::Pin;
use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use lambda_runtime::Error;
use yam_platform::Platform;
use yam_platform::lambda::Invocation;

/// A future of a handler.
pub type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Handles a batch of a queue.
pub type OnQueue = Arc<dyn Fn(SqsEvent, Invocation) -> Work<SqsBatchResponse> + Send + Sync>;
/// Handles a tick.
pub type OnSchedule = Arc<dyn Fn(Invocation) -> Work<Result<(), Error>> + Send + Sync>;

/// What a function answers to.
#[derive(Clone, Default)]
pub struct Handlers {
    /// HTTP API.
    pub http: Option<Router>,
    /// Queues.
    pub queue: Option<OnQueue>,
    /// Schedules.
    pub schedule: Option<OnSchedule>,
}

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handlers")
            .field("http", &self.http.is_some())
            .field("queue", &self.queue.is_some())
            .field("schedule", &self.schedule.is_some())
            .finish()
    }
}

/// Builds a function, or `None` if there is none of that name.
#[must_use]
pub fn build(name: &str, platform: Platform) -> Option<Handlers> {
    Some(match name {
        "rates" => http(yam_rates::app(platform)),
        "orders" => http(yam_orders::app(platform)),
        "console" => http(yam_console::app(platform)),
        "notices" => http(yam_notices::app(&platform)),
        "payments" => http(yam_openpay::OpenPay::new(&platform).api()),
        "dispatch" => {
            let dispatch = Arc::new(yam_dispatch::Dispatch::new(&platform));
            queue(move |event, invocation| {
                let dispatch = dispatch.clone();
                Box::pin(async move { dispatch.handle(event, invocation).await })
            })
        }
        "sync" => {
            let sync = Arc::new(yam_sync::Sync::new(&platform));
            queue(move |event, invocation| {
                let sync = sync.clone();
                Box::pin(async move { sync.handle(event, invocation).await })
            })
        }
        "tracking" => {
            let tracking = Arc::new(yam_tracking::Tracking::new(&platform));
            let ticking = tracking.clone();
            let polls = queue(move |event, invocation| {
                let tracking = tracking.clone();
                Box::pin(async move { tracking.handle(event, invocation).await })
            });
            let ticks = schedule(move |invocation| {
                let tracking = ticking.clone();
                Box::pin(async move { tracking.tick(invocation).await })
            });
            Handlers { schedule: ticks.schedule, ..polls }
        }
        "openpay" => {
            let openpay = Arc::new(yam_openpay::OpenPay::new(&platform));
            let router = openpay.router();
            let jobs = queue(move |event, invocation| {
                let openpay = openpay.clone();
                Box::pin(async move { openpay.handle(event, invocation).await })
            });
            Handlers { http: Some(router), ..jobs }
        }
        "notify" => {
            let messengers = yam_messengers::Messengers::new(&platform, &platform.sdk);
            let notify = Arc::new(yam_notify::Notify::new(&platform, messengers));
            let router = notify.router();
            let jobs = queue(move |event, invocation| {
                let notify = notify.clone();
                Box::pin(async move { notify.handle(event, invocation).await })
            });
            Handlers { http: Some(router), ..jobs }
        }
        "relay" => {
            let relay = Arc::new(yam_relay::Relay::new(&platform));
            schedule(move |invocation| {
                let relay = relay.clone();
                Box::pin(async move { relay.tick(invocation).await.map(|_| ()) })
            })
        }
        _ => return None,
    })
}

fn http(router: Router) -> Handlers {
    Handlers { http: Some(router), ..Handlers::default() }
}

fn queue(
    handle: impl Fn(SqsEvent, Invocation) -> Work<SqsBatchResponse> + Send + Sync + 'static,
) -> Handlers {
    Handlers { queue: Some(Arc::new(handle)), ..Handlers::default() }
}

fn schedule(tick: impl Fn(Invocation) -> Work<Result<(), Error>> + Send + Sync + 'static) -> Handlers {
    Handlers { schedule: Some(Arc::new(tick)), ..Handlers::default() }
}
