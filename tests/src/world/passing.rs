//! Time that passes.
//!
//! A tick of the relay asks every shard of every queue. Hours of a hub at rest would be thousands of
//! questions with no answer, so ticks at which nothing can be due are left out: the engines themselves are
//! asked first, which no fault touches and nobody is billed for.

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_platform::Clock as _;
use yam_platform::queue::Queue;
use yam_store::keys::{self, SHARDS, due_partition, outbox_partition};

use super::World;
use super::queues::QUEUES;

/// Between two ticks of the relay.
const BEAT: SignedDuration = SignedDuration::from_secs(30);
/// The sweep leaves an outbox row this long to who wrote it.
const INLINE: SignedDuration = SignedDuration::from_secs(30);

impl World {
    /// Moves time on in steps of half a minute, with a tick at each that has something to do.
    pub async fn advance(&self, by: SignedDuration) {
        let end = self.clock.now() + by;
        while self.clock.now() < end {
            let next = self.next_work().await.unwrap_or(Timestamp::MAX);
            loop {
                let now = self.clock.now();
                self.clock.advance(end.duration_since(now).min(BEAT));
                if self.clock.now() >= next.min(end) {
                    break;
                }
            }
            if next <= self.clock.now() {
                self.tick().await;
            }
        }
    }

    /// Moves time on in steps of an hour, for days of four hours, with a tick of both schedules at each.
    pub async fn travel(&self, by: SignedDuration) {
        let end = self.clock.now() + by;
        let stride = SignedDuration::from_hours(if by > SignedDuration::from_hours(48) { 4 } else { 1 });
        while self.clock.now() < end {
            let step = end.duration_since(self.clock.now()).min(stride);
            self.clock.advance(step);
            self.poll().await;
            if self.next_work().await.is_some_and(|next| next <= self.clock.now()) {
                self.tick().await;
            }
        }
    }

    /// When the relay or a queue next has something to do.
    async fn next_work(&self) -> Option<Timestamp> {
        let mut next: Option<Timestamp> = None;
        for queue in QUEUES {
            let visible = self.sqs.next_visible_at(queue).await.expect("queue");
            next = next.into_iter().chain(visible.map(of_millis)).min();
        }
        for partition in partitions() {
            let mut after = Value::Null;
            loop {
                let mut query = json!({
                    "TableName": "yam",
                    "KeyConditionExpression": "pk = :pk",
                    "ExpressionAttributeValues": {":pk": {"S": partition}},
                    "ConsistentRead": true,
                });
                if !after.is_null() {
                    query["ExclusiveStartKey"] = after;
                }
                let answer =
                    self.dynamo.primary().execute("Query", Bytes::from(query.to_string()), None).await;
                let mut page: Value = serde_json::from_slice(&answer.body).expect("a page of the table");
                let rows = page["Items"].as_array().unwrap_or_else(|| panic!("a page of the table: {page}"));
                next = next.into_iter().chain(rows.iter().map(due_at)).min();
                after = page["LastEvaluatedKey"].take();
                if after.is_null() {
                    break;
                }
            }
        }
        next
    }
}

/// Where work waits. Asked one by one: a look through the whole table costs more the more has been done.
fn partitions() -> impl Iterator<Item = String> {
    let shards = Queue::ALL.into_iter().flat_map(|queue| (0..SHARDS).map(move |shard| (queue, shard)));
    shards.flat_map(|(queue, shard)| [due_partition(queue, shard), outbox_partition(queue, shard)])
}

/// When a due row or an outbox row can be worked on.
fn due_at(row: &Value) -> Timestamp {
    let sk = row["sk"]["S"].as_str().expect("sort key");
    let at = keys::time_of(sk).unwrap_or(Timestamp::MIN);
    if row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("OUTBOX#")) {
        return at.saturating_add(INLINE).expect("instant");
    }
    let held = row["held_until"]["N"].as_str().and_then(|n| n.parse().ok()).map(of_millis);
    held.map_or(at, |held| held.max(at))
}

fn of_millis(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("instant")
}
