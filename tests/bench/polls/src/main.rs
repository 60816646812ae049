//! What a poll costs with ten thousand parcels and with a million; `tests/bench/polling` runs it and holds the figures
//! to their bounds.
//!
//! One line of JSON per figure: `{"figure", "value", "unit"}`. A table is filled with parcels on the simulators'
//! journeys, six tenths of them in Russian tickets, two tenths each asked one by one at Korea Post's portal and at Iran
//! Post's page. Then one cadence goes by in which no post has anything new, and one in which about 2 % of the
//! parcels move. Ticks, messages, adapters and writes are the functions' own; the simulators run in a process of their
//! own.
//!
//! `polling [parcels ...]`: one after the other, the last set against the first; 10000 and 1000000 unless named.

mod fill;
mod hub;
mod parcel;
mod posts;

use jiff::Timestamp;
use serde_json::json;
use yam_domain::ids::CarrierId;
use yam_embedded::FlowUsage;

use fill::Share;
use hub::{CADENCE, Costs, Hub, RELAY, TICKS};
use posts::Posts;

/// When it begins: a whole multiple of the cadence, so that a round has every slot once.
const BEGINNING: &str = "2026-11-21T00:00:00Z";
/// All journeys began within so many hours.
const SPREAD_HOURS: i64 = 40 * 24;
/// How many times slower than usual parcels travel: about 2 % of them are scanned within a cadence.
const PACE: f64 = 10.5;
/// SQS bills the receive and the delete of a message beside its send.
const REQUESTS: f64 = 3.0;
/// Parcels polled ten to a bucket, which is stated and has no bound.
const SPARSE: u32 = 500;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if arguments.next_if(|first| first == posts::ROLE).is_some() {
        let now = arguments.next().unwrap_or_default().parse()?;
        return runtime.block_on(posts::simulate(now));
    }
    let sizes = arguments.map(|text| text.parse()).collect::<Result<Vec<u32>, _>>()?;
    let sizes = if sizes.is_empty() { vec![10_000, 1_000_000] } else { sizes };
    runtime.block_on(async {
        Box::pin(sparse()).await?;
        let mut all = Vec::new();
        for parcels in sizes {
            all.push(Box::pin(measure(parcels)).await?);
        }
        if let (Some(few), Some(many)) = (all.first(), all.last().filter(|_| all.len() > 1)) {
            compare(few, many);
        }
        Ok(())
    })
}

/// Per parcel.
#[derive(Debug, Clone, Copy)]
struct Each {
    reads: f64,
    writes: f64,
    requests: f64,
    cpu_ms: f64,
}

impl Each {
    fn of(usage: &FlowUsage, parcels: u32) -> Self {
        let parcels = f64::from(parcels);
        Each {
            reads: usage.read_units / parcels,
            writes: usage.write_units / parcels,
            requests: usage.sqs_requests as f64 * REQUESTS / parcels,
            cpu_ms: usage.cpu_ms / parcels,
        }
    }

    fn print(&self, name: &str) {
        figure(&format!("{name}_read_units"), self.reads, "units");
        figure(&format!("{name}_write_units"), self.writes, "units");
        figure(&format!("{name}_sqs_requests"), self.requests, "requests");
        figure(&format!("{name}_cpu"), self.cpu_ms, "ms");
    }
}

fn figure(name: &str, value: f64, unit: &str) {
    println!("{}", json!({"figure": name, "value": value, "unit": unit}));
}

/// A hub and posts with these parcels.
async fn world(shares: &[Share]) -> anyhow::Result<(Hub, Posts)> {
    let now: Timestamp = BEGINNING.parse()?;
    let mut posts = Posts::open(now, SPREAD_HOURS, PACE).await?;
    let hub = Hub::open(now, &posts.url).await?;
    Box::pin(fill::fill(&hub, &mut posts, shares)).await?;
    Ok((hub, posts))
}

/// One cadence in which nothing changes, and one in which some parcels move.
async fn measure(parcels: u32) -> anyhow::Result<[Each; 2]> {
    let tenth = parcels / 10;
    let share = |carrier, tenths, per_bucket| Share { carrier, parcels: tenths * tenth, per_bucket };
    let shares = [
        share(CarrierId::RussianPost, 6, 3_000),
        share(CarrierId::KoreaPost, 2, 1_000),
        share(CarrierId::IranPost, 2, 1_000),
    ];
    let (hub, mut posts) = world(&shares).await?;
    let name = |what: &str| format!("polling_{parcels}_{what}");
    figure(&name("resident_at_start"), resident()?, "MiB");

    let costs = Box::pin(hub.round()).await?;
    let untold = hub.changes().await?;
    anyhow::ensure!(untold == 0, "{untold} parcels changed although no post had anything new");
    let [russian, korean, iranian] = shares.map(|share| of_post(&costs, share));
    russian.print(&name("unchanged_in_tickets"));
    korean.print(&name("unchanged_one_by_one"));
    iranian.print(&name("unchanged_on_the_page"));
    let unchanged = Each::of(&polls(&costs), 10 * tenth);
    unchanged.print(&name("unchanged"));
    let ticks = &costs[TICKS];
    figure(&name("tick_read_units"), ticks.read_units / ticks.invocations as f64, "units");

    posts.go_on_to(BEGINNING.parse::<Timestamp>()? + CADENCE)?;
    let costs = Box::pin(hub.round()).await?;
    let changes = hub.changes().await?;
    figure(&name("moving_changes"), 100.0 * changes as f64 / f64::from(10 * tenth), "%");
    let moving = Each::of(&polls(&costs), 10 * tenth);
    moving.print(&name("moving"));
    figure(&name("moving_in_tickets_cpu"), of_post(&costs, shares[0]).cpu_ms, "ms");
    figure(&name("resident_at_end"), resident()?, "MiB");
    Ok([unchanged, moving])
}

/// Ten parcels to a bucket, each of a shop of its own.
async fn sparse() -> anyhow::Result<()> {
    let share = Share { carrier: CarrierId::KoreaPost, parcels: SPARSE, per_bucket: 10 };
    let (hub, _posts) = world(&[share]).await?;
    let costs = Box::pin(hub.round()).await?;
    of_post(&costs, share).print("polling_ten_to_a_bucket_unchanged");
    Ok(())
}

/// The polls of a post, with the sends of the ticks and the relay's writes as far as they are tickets'.
fn of_post(costs: &Costs, share: Share) -> Each {
    let mut usage = costs.get(share.carrier.as_str()).copied().unwrap_or_default();
    let buckets = u64::from(share.parcels.div_ceil(share.per_bucket));
    // A message from the tick for each bucket; of tickets another from the relay, and its hold on the row.
    usage.sqs_requests += buckets;
    if share.carrier == CarrierId::RussianPost {
        let relay = costs.get(RELAY).copied().unwrap_or_default();
        usage.sqs_requests += relay.sqs_requests;
        usage.write_units += relay.write_units;
    }
    Each::of(&usage, share.parcels)
}

/// Everything but the reads and the time of ticks, which come whether or not there are parcels.
fn polls(costs: &Costs) -> FlowUsage {
    let mut all = FlowUsage::default();
    for (kind, usage) in costs {
        let standing = [TICKS, RELAY].contains(kind);
        all.add(&if standing { FlowUsage { read_units: 0.0, cpu_ms: 0.0, ..*usage } } else { *usage });
    }
    all
}

/// How the cost of a parcel grows with their number: it must not.
fn compare(few: &[Each; 2], many: &[Each; 2]) {
    for (what, few, many) in [("unchanged", few[0], many[0]), ("moving", few[1], many[1])] {
        for (unit, few, many) in [
            ("read_units", few.reads, many.reads),
            ("write_units", few.writes, many.writes),
            ("sqs_requests", few.requests, many.requests),
            ("cpu", few.cpu_ms, many.cpu_ms),
        ] {
            figure(&format!("polling_growth_{what}_{unit}"), many / few, "times");
        }
    }
}

/// Memory of this process, table included: it is kept in memory.
fn resident() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    Ok(kib / 1_024.0)
}
