//! The hub's process is killed again and again while it polls parcels on life-like journeys, and the posts
//! misbehave: answers cut and lost, tickets ready later, quotas used up, scans that come late and vanish, a minute, a day
//! and in long runs eight days on which no post answers, and half a day on which the credentials do not hold (F7).
//! Meanwhile the shop deletes parcels and enters them again, and gives parcels other numbers and the old ones back (F17).
//! Of F6 and F19 it has what a kill brings about; late, doubled and shuffled messages and a crash at each point stand
//! in the flow tests (`tracking_journeys`, `tracking`), for every message (G2).
//!
//! At the end every parcel is as up to date as one that is looked at for the first time (T1), stands in one bucket with
//! the fingerprint of its history, and no login asked too often (T2); whatever waits is woken and nothing else lies
//! about (G1); what was entered right before a kill is there (G3); each change was told once, and the highest sequence
//! tells the truth (W1, W2).
//!
//! `YAM_TEST_SEED` repeats a run, `YAM_TEST_PARCELS` and `YAM_TEST_KILLS` make it longer or shorter.

mod judge;
mod posts;
mod table;
mod watcher;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use tokio::task::JoinSet;
use yam_platform::SeededIds;

use self::posts::{Number, Posts};
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
/// Numbers that parcels have for a while.
const SPARE: u64 = 5_000;
/// Kills from which on a run has time for eight days without any post.
const LONG: u64 = 40;

/// A hub that may die, and the world that does not.
struct Run<'a> {
    data: &'a Path,
    simulators: String,
    posts: Posts,
    shop: Watcher,
    dice: Dice,
    /// All numbers, and the parcels that have them.
    numbers: Vec<Number>,
    tracked: BTreeMap<String, String>,
    /// Kills while a way through time was under way.
    midway: u64,
    /// Calls at the posts between the last two kills: fewer, as journeys end.
    busy: u64,
}

impl Run<'_> {
    /// Lets time pass, kills the hub after so many calls at the posts, and lets it finish after its return.
    async fn travel_through_a_kill(&mut self, hub: Process, span: SignedDuration, calls: u64) -> Process {
        let target = self.shop.now().await + span;
        let before = self.posts.calls().await;
        let enough = before + self.dice.up_to(calls);
        let mut travelling = JoinSet::new();
        travelling.spawn(self.shop.sets_clock(target));
        if self.posts.heard(enough, &mut travelling).await {
            self.midway += 1;
        }
        self.enter_another().await;
        hub.kill().await;
        while travelling.join_next().await.is_some() {}
        let hub = Process::hub(self.data, &self.simulators, &SETTINGS).await;
        self.shop.moves_to(&hub);
        self.shop.travels_to(target).await;
        self.busy = self.posts.calls().await.saturating_sub(before);
        hub
    }

    /// A number that is entered, and acknowledged, just before a kill.
    async fn enter_another(&mut self) {
        let n = self.numbers.len() as u64;
        let another = posts::numbers(n..n + 1);
        self.tracked.extend(self.shop.tracks(&another).await);
        self.numbers.extend(another);
    }

    /// What becomes of the posts, and of the shop's parcels, between two kills.
    async fn next(&mut self, hub: Process, kill: u64, kills: u64, seed: u64) -> Process {
        let calls = self.busy.max(2);
        match kill {
            _ if kill == kills / 2 => self.without_posts(hub, DAY, seed).await,
            _ if kill == kills / 2 + 1 => {
                self.posts.let_in(false).await;
                let hub = self.travel_through_a_kill(hub, STEP, 10).await;
                self.posts.let_in(true).await;
                hub
            }
            _ if kills >= LONG && kill == kills * 3 / 4 => self.without_posts(hub, 8 * DAY, seed).await,
            1 => self.without_posts(hub, SignedDuration::from_mins(1), seed).await,
            _ => {
                let hub = self.travel_through_a_kill(hub, STEP, calls).await;
                self.edit(kill).await;
                hub
            }
        }
    }

    async fn without_posts(&mut self, hub: Process, span: SignedDuration, seed: u64) -> Process {
        self.posts.go_down().await;
        let hub = self.travel_through_a_kill(hub, span, 10).await;
        self.posts.come_back(seed).await;
        hub
    }

    /// One parcel is deleted and entered again; another gets a number of nobody's, and then its own again.
    async fn edit(&mut self, kill: u64) {
        let at = |n: u64| usize::try_from(n).expect("few kills") % self.numbers.len();
        let (anew, astray) = (self.numbers[at(2 * kill)].clone(), self.numbers[at(2 * kill + 1)].clone());
        let id = self.shop.enters_anew(&anew, &self.tracked[&anew.1]).await;
        self.tracked.insert(anew.1.clone(), id);
        let id = self.tracked[&astray.1].clone();
        let spare = posts::numbers(SPARE + 3 * kill..SPARE + 3 * kill + 3);
        let spare = spare.iter().find(|(carrier, _)| *carrier == astray.0).expect("one of each post");
        self.shop.corrects(&id, &spare.1).await;
        let soon = self.shop.now().await + SignedDuration::from_mins(5);
        self.shop.travels_to(soon).await;
        self.shop.corrects(&id, &astray.1).await;
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
    posts.let_in(true).await;
    posts.send_parcels_out(seed).await;
    let numbers = posts::numbers(0..parcels);
    let shop = Watcher::of(&hub);
    let tracked = shop.tracks(&numbers).await;
    posts.misbehave(seed).await;
    let dice = Dice(SeededIds::new(seed));
    let (data, simulated) = (&ours.0, simulators.url());
    let mut run = Run {
        data,
        simulators: simulated,
        posts,
        shop,
        dice,
        numbers,
        tracked,
        midway: 0,
        busy: 2 * parcels,
    };
    for kill in 0..kills {
        hub = run.next(hub, kill, kills, seed).await;
    }
    println!("{} of {kills} kills fell while time went by", run.midway);
    assert!(run.midway > kills / 3, "the hub was killed while it rested");
    let struck = run.posts.behave().await;
    println!("faults that struck: {struck}");
    assert!(struck > kills, "the posts were too kind to show anything");

    let (shop, numbers, tracked) = (&run.shop, &run.numbers, &run.tracked);
    let target = shop.now().await + CADENCE;
    shop.travels_to(target).await;
    let then = shop.parcels(tracked).await;
    let asked_at = shop.now().await;
    hub.end().await;
    // A hub that looks at them for the first time learns all that the posts tell.
    let other = Process::hub(&fresh.0, &simulators.url(), &SETTINGS).await;
    let newcomer = Watcher::of(&other);
    let theirs_too = newcomer.tracks(numbers).await;
    let soon = newcomer.now().await + SignedDuration::from_mins(3);
    newcomer.travels_to(soon).await;
    let looked = newcomer.parcels(&theirs_too).await;
    let until = newcomer.now().await;
    other.end().await;
    let moved = run.posts.changed_between(numbers, asked_at - CADENCE, until).await;
    judge::everything_is_up_to_date(&then, &looked, &moved);

    // Webhooks that were refused are repeated for a day.
    let hub = Process::hub(&ours.0, &simulators.url(), &SETTINGS).await;
    run.shop.moves_to(&hub);
    let tracked = &run.tracked;
    let target = run.shop.now().await + DAY + SignedDuration::from_hours(6);
    run.shop.travels_to(target).await;
    let now = run.shop.parcels(tracked).await;
    let events = run.shop.events().await;
    let queues = run.shop.queues().await;
    hub.end().await;
    let told = run.posts.webhooks().await;
    judge::each_change_was_told_once(&events, &told, &now);
    let items = super::judge::items(&ours.0.join("dynamodb.db")).await;
    super::judge::nothing_is_left_lying(&queues, &items);
    judge::each_parcel_is_in_one_bucket(&items, &now);
    judge::quotas_were_kept(&run.posts.tickets_used().await, posts::TICKETS);
    table::fingerprints_are_those_of_the_histories(&items);
    table::whatever_waits_is_woken(&items);
    simulators.end().await;
}
