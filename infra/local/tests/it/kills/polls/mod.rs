//! The hub's process is killed again and again while it polls parcels on life-like journeys, and the posts
//! misbehave: answers cut and lost, tickets ready later, quotas used up, scans that come late and vanish, and one
//! day on which no post answers (F7, F17, and of F6 and F19 what a kill brings about; shuffled and doubled messages
//! and a crash at each point stand in the flow tests). At the end every parcel is as up to date as one that is
//! looked at for the first time, and each change was told once (T1, T2, G1, G3, W1, W2).
//!
//! `YAM_TEST_SEED` repeats a run, `YAM_TEST_PARCELS` and `YAM_TEST_KILLS` make it longer or shorter.

mod judge;
mod posts;
mod watcher;

use std::path::Path;

use jiff::SignedDuration;
use tokio::task::JoinSet;
use yam_platform::SeededIds;

use self::posts::Posts;
use self::watcher::Watcher;
use super::process::Process;
use super::{Dice, number, seed};
use crate::support::Folder;

/// All posts are asked every four hours, also at night: that is the cadence after which all is up to date.
const SETTINGS: [(&str, &str); 5] = [
    ("YAM_CALL_DEADLINE_MS", "3000"),
    ("YAM_TRACK_EVERY_MINUTES_IRAN_POST", "240"),
    ("YAM_TRACK_EVERY_MINUTES_KOREA_POST", "240"),
    ("YAM_TRACK_NIGHT_FROM", "0"),
    ("YAM_TRACK_NIGHT_UNTIL", "0"),
];
/// One cadence, the ticks after it, and twice the quarter of an hour for a ticket to get ready.
const CADENCE: SignedDuration = SignedDuration::from_mins(4 * 60 + 45);
/// Between two kills without an outage.
const STEP: SignedDuration = SignedDuration::from_hours(12);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A hub that may die, and the world that does not.
struct Run<'a> {
    data: &'a Path,
    simulators: String,
    posts: Posts,
    shop: Watcher,
    dice: Dice,
    /// Kills while a way through time was under way.
    midway: u64,
}

impl Run<'_> {
    /// Lets time pass, kills the hub after so many calls at the posts, and lets it finish after its return.
    async fn travel_through_a_kill(&mut self, hub: Process, span: SignedDuration, calls: u64) -> Process {
        let target = self.shop.now().await + span;
        let enough = self.posts.calls().await + self.dice.up_to(calls);
        let mut travelling = JoinSet::new();
        travelling.spawn(self.shop.sets_clock(target));
        if self.posts.heard(enough, &mut travelling).await {
            self.midway += 1;
        }
        hub.kill().await;
        while travelling.join_next().await.is_some() {}
        let hub = Process::hub(self.data, &self.simulators, &SETTINGS).await;
        self.shop.moves_to(&hub);
        self.shop.travels_to(target).await;
        hub
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parcels_stay_up_to_date_through_kills_and_outages() {
    let seed = seed();
    let (parcels, kills) =
        (number("YAM_TEST_PARCELS").unwrap_or(30), number("YAM_TEST_KILLS").unwrap_or(10).max(2));
    println!("seed {seed}: {parcels} parcels, {kills} kills");
    let (theirs, ours, fresh) = (Folder::new(), Folder::new(), Folder::new());
    let simulators = Process::simulators(&theirs.0).await;
    let mut hub = Process::hub(&ours.0, &simulators.url(), &SETTINGS).await;
    let posts = Posts::new(&simulators.url());
    posts.send_parcels_out(seed).await;
    let numbers = posts::numbers(parcels);
    let shop = Watcher::of(&hub);
    let tracked = shop.tracks(&numbers).await;
    posts.misbehave(seed).await;
    let dice = Dice(SeededIds::new(seed));
    let mut run = Run { data: &ours.0, simulators: simulators.url(), posts, shop, dice, midway: 0 };
    for kill in 0..kills {
        if kill == kills / 2 {
            run.posts.go_down().await;
            hub = run.travel_through_a_kill(hub, DAY, 10).await;
            run.posts.come_back(seed).await;
        } else {
            hub = run.travel_through_a_kill(hub, STEP, 2 * parcels).await;
        }
    }
    println!("{} of {kills} kills fell while time went by", run.midway);
    assert!(run.midway > kills / 3, "the hub was killed while it rested");
    let struck = run.posts.behave().await;
    println!("faults that struck: {struck}");
    assert!(struck > kills, "the posts were too kind to show anything");

    let shop = &run.shop;
    let target = shop.now().await + CADENCE;
    shop.travels_to(target).await;
    let then = shop.parcels(&tracked).await;
    let asked_at = shop.now().await;
    hub.end().await;
    // A hub that looks at them for the first time learns all that the posts tell.
    let other = Process::hub(&fresh.0, &simulators.url(), &SETTINGS).await;
    let newcomer = Watcher::of(&other);
    let theirs_too = newcomer.tracks(&numbers).await;
    let soon = newcomer.now().await + SignedDuration::from_mins(3);
    newcomer.travels_to(soon).await;
    let looked = newcomer.parcels(&theirs_too).await;
    let until = newcomer.now().await;
    other.end().await;
    let moved = run.posts.changed_between(&numbers, asked_at - CADENCE, until).await;
    judge::everything_is_up_to_date(&then, &looked, &moved);

    // Webhooks that were refused are repeated for a day.
    let hub = Process::hub(&ours.0, &simulators.url(), &SETTINGS).await;
    run.shop.moves_to(&hub);
    let target = run.shop.now().await + DAY + SignedDuration::from_hours(6);
    run.shop.travels_to(target).await;
    let now = run.shop.parcels(&tracked).await;
    let events = run.shop.events().await;
    let queues = run.shop.queues().await;
    hub.end().await;
    let told = run.posts.webhooks().await;
    judge::each_change_was_told_once(&events, &told, &now);
    let items = super::judge::items(&ours.0.join("dynamodb.db")).await;
    super::judge::nothing_is_left_lying(&queues, &items);
    judge::each_parcel_is_in_one_bucket(&items, &now);
    simulators.end().await;
}
