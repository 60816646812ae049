//! What of a hub polls: tracking and the relay over the embedded table and queues.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, ensure};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use jiff::{SignedDuration, Timestamp};
use yam_carriers::Trackers;
use yam_domain::ids::CarrierId;
use yam_embedded::dynamodb::{EmbeddedDynamo, TableDefinition};
use yam_embedded::sqs::{EmbeddedSqs, QueueDefinition, Received};
use yam_embedded::{Connector, FlowUsage, Usage, metered};
use yam_platform::lambda::Invocation;
use yam_platform::telemetry::{MetricSink, Metrics};
use yam_platform::{Clock, Config, IdGen, ManualClock, Platform, SeededIds};
use yam_relay::Relay;
use yam_store::Store;
use yam_tracking::Tracking;

/// The table.
pub(crate) const TABLE: &str = "yam";
/// From one poll of a parcel to the next, at every post.
pub(crate) const CADENCE: SignedDuration = SignedDuration::from_hours(4);
/// Between two ticks of tracking; the relay ticks more often, which changes only when tickets are fetched.
const TICK: SignedDuration = SignedDuration::from_mins(5);
const QUEUES: [&str; 6] = ["dispatch", "sync", "evidence", "tracking", "openpay", "notify"];
/// Messages in one invocation, as the template has it.
const BATCH: usize = 5;
const TIMEOUT: Duration = Duration::from_secs(300);

/// Costs by what was done: `tick`, `relay`, polls by the post's id, `look`.
pub(crate) type Costs = BTreeMap<&'static str, FlowUsage>;

/// The ticks of the schedules, which cost the same however many parcels there are in a bucket.
pub(crate) const TICKS: &str = "tick";
/// Releases of due rows.
pub(crate) const RELAY: &str = "relay";
/// Looks at single parcels, which follow a change; also tickets that came in one message with them.
pub(crate) const LOOKS: &str = "look";

#[derive(Debug)]
struct Silent;

impl MetricSink for Silent {
    fn line(&self, _line: &str) {}
}

/// The hub.
pub(crate) struct Hub {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) dynamo: EmbeddedDynamo,
    pub(crate) store: Store,
    pub(crate) trackers: Trackers,
    sqs: EmbeddedSqs,
    usage: Usage,
    tracking: Tracking,
    relay: Relay,
}

impl Hub {
    /// An empty one.
    pub(crate) async fn open(now: Timestamp, simulators: &str) -> anyhow::Result<Self> {
        let clock = Arc::new(ManualClock::new(now));
        let shared: Arc<dyn Clock> = clock.clone();
        let ids: Arc<dyn IdGen> = Arc::new(SeededIds::new(1));
        let usage = Usage::new();
        let dynamo = EmbeddedDynamo::memory(usage.clone())?;
        dynamo.create_table(&TableDefinition::keyed(TABLE, "pk", "sk")).await?;
        let sqs = EmbeddedSqs::memory(shared.clone(), ids.clone(), usage.clone())?;
        sqs.declare(QUEUES.map(QueueDefinition::named).to_vec()).await?;
        let settings = settings(simulators, &sqs)?;
        let config = Config::from_lookup(|name| settings.get(name).cloned())?;
        let sdk = Connector::new(dynamo.clone(), sqs.clone()).sdk_config();
        let platform = Platform::new(config, &sdk, shared, ids, Metrics::to("bench", Arc::new(Silent)));
        let trackers = Trackers::new(&platform);
        let store = Store::new(&platform);
        let tracking = Tracking::with(store.clone(), trackers.clone(), &platform);
        Ok(Hub { relay: Relay::new(&platform), clock, dynamo, store, trackers, sqs, usage, tracking })
    }

    /// One cadence of simulated time with all its ticks and polls. The time of the posts is the caller's.
    pub(crate) async fn round(&self) -> anyhow::Result<Costs> {
        let mut costs = Costs::new();
        let ticks = CADENCE.as_secs() / TICK.as_secs();
        for _ in 0..ticks {
            self.clock.advance(TICK);
            let invocation = Invocation::lasting(self.clock.real_now(), TIMEOUT);
            self.costing(&mut costs, TICKS, self.tracking.tick(invocation))
                .await
                .map_err(|error| anyhow!("{error}"))?;
            self.drain(&mut costs).await?;
            let released = self.costing(&mut costs, RELAY, self.relay.tick(invocation)).await;
            released.map_err(|error| anyhow!("{error}"))?;
            self.drain(&mut costs).await?;
        }
        Ok(costs)
    }

    /// Parcels of which the shops would have been told since the last call.
    pub(crate) async fn changes(&self) -> anyhow::Result<u64> {
        let waiting = self.sqs.counts("sync").await?.waiting;
        self.sqs.purge("sync").await?;
        Ok(waiting)
    }

    async fn drain(&self, costs: &mut Costs) -> anyhow::Result<()> {
        loop {
            let received = self.sqs.receive("tracking", 10, None).await?;
            if received.is_empty() {
                return Ok(());
            }
            let mut kinds: BTreeMap<&'static str, Vec<Received>> = BTreeMap::new();
            for message in received {
                kinds.entry(kind_of(&message.body)).or_default().push(message);
            }
            for (kind, mut messages) in kinds {
                while !messages.is_empty() {
                    let rest = messages.split_off(messages.len().min(BATCH));
                    self.deliver(costs, kind, std::mem::replace(&mut messages, rest)).await?;
                }
            }
        }
    }

    async fn deliver(
        &self,
        costs: &mut Costs,
        kind: &'static str,
        batch: Vec<Received>,
    ) -> anyhow::Result<()> {
        let receipts = batch.iter().map(|message| message.receipt.clone()).collect();
        let invocation = Invocation::lasting(self.clock.real_now(), TIMEOUT);
        let answer = self.costing(costs, kind, self.tracking.handle(event(batch), invocation)).await;
        ensure!(answer.batch_item_failures.is_empty(), "a poll of {kind} failed");
        self.sqs.delete("tracking", receipts).await?;
        Ok(())
    }

    /// Runs a handler and books what it cost.
    async fn costing<F: Future>(&self, costs: &mut Costs, kind: &'static str, work: F) -> F::Output {
        self.usage.reset();
        let (output, cpu) = metered(Box::pin(work)).await;
        let account = costs.entry(kind).or_default();
        account.add(&self.usage.total());
        account.invocations += 1;
        account.cpu_ms += cpu.as_secs_f64() * 1_000.0;
        output
    }
}

/// What a message of the tracking queue asks for.
fn kind_of(body: &str) -> &'static str {
    if body.contains("PARCEL#") {
        return LOOKS;
    }
    let post = CarrierId::ALL.into_iter().find(|carrier| body.contains(carrier.as_str()));
    post.map_or(LOOKS, |carrier| carrier.as_str())
}

fn event(batch: Vec<Received>) -> SqsEvent {
    let mut event = SqsEvent::default();
    for received in batch {
        let mut message = SqsMessage::default();
        message.message_id = Some(received.message_id);
        message.body = Some(received.body);
        for (name, attribute) in received.attributes {
            let mut value = SqsMessageAttribute::default();
            value.string_value = attribute.string_value;
            value.data_type = Some(attribute.data_type);
            message.message_attributes.insert(name, value);
        }
        event.records.push(message);
    }
    event
}

fn settings(simulators: &str, sqs: &EmbeddedSqs) -> anyhow::Result<HashMap<&'static str, String>> {
    let key = std::env::temp_dir().join(format!("yam-polling-{}.key", std::process::id()));
    std::fs::write(&key, [42; 32])?;
    let mut settings = HashMap::from([
        ("YAM_TABLE", TABLE.to_owned()),
        ("YAM_QUEUE_DISPATCH_URL", sqs.url("dispatch")),
        ("YAM_QUEUE_SYNC_URL", sqs.url("sync")),
        ("YAM_QUEUE_EVIDENCE_URL", sqs.url("evidence")),
        ("YAM_QUEUE_TRACKING_URL", sqs.url("tracking")),
        ("YAM_QUEUE_OPENPAY_URL", sqs.url("openpay")),
        ("YAM_QUEUE_NOTIFY_URL", sqs.url("notify")),
        ("YAM_PUBLIC_URL", "https://hub.example".to_owned()),
        ("YAM_KEY_FILE", key.display().to_string()),
        ("YAM_OPERATOR_KEY_SHA256", "0".repeat(64)),
        ("YAM_TRACK_NIGHT_FROM", "0".to_owned()),
        ("YAM_TRACK_NIGHT_UNTIL", "0".to_owned()),
    ]);
    for post in [
        "YAM_TRACK_EVERY_MINUTES_IRAN_POST",
        "YAM_TRACK_EVERY_MINUTES_KOREA_POST",
        "YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST",
    ] {
        settings.insert(post, (CADENCE.as_secs() / 60).to_string());
    }
    settings.extend(yam_simulators::urls(simulators));
    Ok(settings)
}
