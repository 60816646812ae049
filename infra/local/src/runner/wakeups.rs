//! When the table has work again: due rows and outbox rows, looked up in the engine itself so that it
//! costs nobody anything.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_domain::ids::CarrierId;
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_platform::queue::Queue;
use yam_store::keys;
use yam_store::tracking::BUCKET_SHARDS;

use crate::template::Template;

/// The sweep leaves an outbox row this long to who wrote it.
const OUTBOX_AGE: SignedDuration = SignedDuration::from_secs(31);

/// Queues with due rows; evidence is never waited with.
const RELEASED: [Queue; 5] = [Queue::Dispatch, Queue::Sync, Queue::Tracking, Queue::Openpay, Queue::Notify];

/// Looks up work items.
#[derive(Debug)]
pub(super) struct Wakeups {
    dynamodb: EmbeddedDynamo,
    table: Option<String>,
}

/// What the table has to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Rows that can be released now.
    pub(super) now: Vec<String>,
    /// When the next can be.
    pub(super) next: Option<Timestamp>,
}

impl Work {
    fn at(&mut self, id: &str, at: Timestamp, now: Timestamp) {
        if at <= now {
            self.now.push(id.to_owned());
        } else {
            self.next = Some(self.next.map_or(at, |next| next.min(at)));
        }
    }
}

/// The table could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the table's due rows cannot be read: {0}")]
pub struct WakeupError(String);

impl Wakeups {
    pub(super) fn new(dynamodb: EmbeddedDynamo, template: &Template) -> Self {
        Wakeups { dynamodb, table: template.tables.first().map(|t| t.name.clone()) }
    }

    /// What there is to do now and next.
    pub(super) async fn look(&self, now: Timestamp) -> Result<Work, WakeupError> {
        let mut work = Work::default();
        let Some(table) = &self.table else { return Ok(work) };
        for shard in 0..keys::SHARDS {
            for queue in RELEASED {
                self.due(table, &keys::due_partition(queue, shard), now, &mut work).await?;
            }
            // Events are the only thing with an outbox.
            self.outbox(table, &keys::outbox_partition(Queue::Sync, shard), now, &mut work).await?;
        }
        Ok(work)
    }

    /// Rows up to now that nobody holds, and the first one after that.
    async fn due(
        &self,
        table: &str,
        partition: &str,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<(), WakeupError> {
        let mut after = "0".to_owned();
        loop {
            let answer = self.ask(&query(table, partition, &after, 500)).await?;
            for row in rows(&answer) {
                if let Some(at) = keys::time_of(sk(row)).filter(|at| *at > now) {
                    work.at(sk(row), at, now);
                    return Ok(());
                }
                let held = row["held_until"]["N"].as_str().and_then(|n| n.parse().ok());
                let held = held.and_then(|ms| Timestamp::from_millisecond(ms).ok());
                work.at(sk(row), held.unwrap_or(Timestamp::MIN), now);
            }
            match answer["LastEvaluatedKey"]["sk"]["S"].as_str() {
                Some(last) => last.clone_into(&mut after),
                None => return Ok(()),
            }
        }
    }

    /// When the next bucket has a slot that nobody has polled yet.
    pub(super) async fn next_slot(&self) -> Result<Option<Timestamp>, WakeupError> {
        let Some(table) = &self.table else { return Ok(None) };
        let mut next: Option<Timestamp> = None;
        for carrier in CarrierId::ALL {
            for shard in 0..BUCKET_SHARDS {
                let partition = keys::bucket_partition(carrier, shard);
                let mut query = query(table, &partition, "0", 1_000);
                query["ProjectionExpression"] = json!("cadence_s, phase_s, last_slot, asleep");
                for bucket in rows(&self.ask(&query).await?) {
                    let number = |name: &str| bucket[name]["N"].as_str().and_then(|n| n.parse::<i64>().ok());
                    let (Some(cadence), Some(phase), Some(slot)) =
                        (number("cadence_s"), number("phase_s"), number("last_slot"))
                    else {
                        continue;
                    };
                    if bucket["asleep"]["BOOL"] == true {
                        continue;
                    }
                    let begins = slot.saturating_add(1).saturating_mul(cadence).saturating_add(phase);
                    let begins = Timestamp::from_second(begins).ok();
                    next = [next, begins].into_iter().flatten().min();
                }
            }
        }
        Ok(next)
    }

    async fn outbox(
        &self,
        table: &str,
        partition: &str,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<(), WakeupError> {
        let answer = self.ask(&query(table, partition, "0", 1)).await?;
        for row in rows(&answer) {
            if let Some(at) = keys::time_of(sk(row)) {
                work.at(sk(row), at.saturating_add(OUTBOX_AGE).unwrap_or(Timestamp::MAX), now);
            }
        }
        Ok(())
    }

    async fn ask(&self, query: &Value) -> Result<Value, WakeupError> {
        let answer = self.dynamodb.execute("Query", Bytes::from(query.to_string()), None).await;
        if !answer.is_success() {
            return Err(WakeupError(String::from_utf8_lossy(&answer.body).into_owned()));
        }
        serde_json::from_slice(&answer.body).map_err(|e| WakeupError(e.to_string()))
    }
}

fn query(table: &str, partition: &str, after: &str, limit: usize) -> Value {
    json!({
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk > :after",
        "ProjectionExpression": "sk, held_until",
        "ExpressionAttributeValues": { ":pk": { "S": partition }, ":after": { "S": after } },
        "ConsistentRead": true,
        "Limit": limit,
    })
}

fn rows(answer: &Value) -> impl Iterator<Item = &Value> {
    answer["Items"].as_array().into_iter().flatten()
}

fn sk(row: &Value) -> &str {
    row["sk"]["S"].as_str().unwrap_or_default()
}
