//! The hub's process is killed again and again while orders for all three posts come in and the posts misbehave.
//! The simulators are a process of their own: their ledgers survive the hub and judge it, post by post (F21 in
//! small; invariants R1 to R4, G1, G3 of the design's reliability rules).
//!
//! `YAM_TEST_SEED` repeats a run, `YAM_TEST_ORDERS` and `YAM_TEST_KILLS` make it longer or shorter.

mod faults;
mod judge;
mod ledger;
mod orders;
mod polls;
mod process;
mod shop;

use std::sync::Arc;

use yam_platform::{IdGen, SeededIds, SystemIds};

use crate::support::Folder;
use ledger::Ledger;
use orders::Post;
use process::Process;
use shop::Shop;

/// How a run goes.
struct Plan {
    seed: u64,
    orders: u64,
    kills: u64,
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// `YAM_TEST_SEED`, else another one each time.
fn seed() -> u64 {
    number("YAM_TEST_SEED").unwrap_or_else(|| {
        let mut bytes = [0; 8];
        SystemIds.fill(&mut bytes);
        u64::from_le_bytes(bytes) >> 16
    })
}

/// Thousands of polls would show nothing of registrations.
const SETTINGS: [(&str, &str); 4] = [
    ("YAM_CALL_DEADLINE_MS", "3000"),
    ("YAM_TRACK_EVERY_MINUTES_IRAN_POST", "1440"),
    ("YAM_TRACK_EVERY_MINUTES_KOREA_POST", "1440"),
    ("YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST", "1440"),
];

impl Plan {
    fn read() -> Self {
        Plan {
            seed: seed(),
            orders: number("YAM_TEST_ORDERS").unwrap_or(100),
            kills: number("YAM_TEST_KILLS").unwrap_or(6),
        }
    }
}

/// Random numbers that a seed repeats.
struct Dice(SeededIds);

impl Dice {
    /// From 1 to `most`.
    fn up_to(&self, most: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % most.max(1) + 1
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_for_three_posts_survive_kills() {
    let plan = Plan::read();
    println!("seed {}: {} orders, {} kills", plan.seed, plan.orders, plan.kills);
    let dice = Dice(SeededIds::new(plan.seed));
    let (theirs, ours) = (Folder::new(), Folder::new());
    let simulators = Process::simulators(&theirs.0).await;
    let mut hub = Process::hub(&ours.0, &simulators.url(), &SETTINGS).await;
    let shop = Arc::new(Shop::open(&hub, plan.orders).await);
    shop.second_account().await;
    faults::set(&simulators.url(), plan.seed).await;

    let mut buying = shop.clone().start();
    let every = (plan.orders / plan.kills.max(1)).max(1);
    let mut next = 0;
    for _ in 0..plan.kills {
        // Look-ups, second sends and looks for copies fall due while orders come in.
        let passing = shop.clone().passing("45s");
        // Twice the mean at most: kills fall anywhere between two answers.
        next += dice.up_to(2 * every - 1);
        shop.taken(next.min(plan.orders), &mut buying).await;
        hub.kill().await;
        passing.join_all().await;
        hub = Process::hub(&ours.0, &simulators.url(), &SETTINGS).await;
        shop.moves_to(&hub.url());
    }
    shop.taken(plan.orders, &mut buying).await;
    shop.later("10m").await;

    let trouble = faults::clear(&simulators.url()).await;
    println!("faults that struck: {}", trouble.all);
    assert!(trouble.all > plan.orders / 20, "the posts were too kind to show anything");
    // Three days: every lease, back-off, look-up and webhook retry has had its time.
    shop.later("72h").await;
    let orders = shop.sold().await;
    let rest = shop.queues().await;
    hub.end().await;

    judge::everything_acknowledged_is_there(&orders, plan.orders);
    for post in Post::ALL {
        let ledger = Ledger::read(&simulators.url(), post).await;
        judge::no_parcel_twice(post, &ledger, &orders, trouble.busy);
        judge::every_parcel_at_the_post_is_ours(post, &ledger, &orders);
        judge::every_parcel_came_to_an_end(post, &orders);
        judge::what_is_called_off_is_gone(post, &ledger, &orders);
    }
    let items = judge::items(&ours.0.join("dynamodb.db")).await;
    judge::nothing_is_left_lying(&rest, &items);
    judge::the_shop_was_told(&simulators.url(), &orders).await;
    simulators.end().await;
}
