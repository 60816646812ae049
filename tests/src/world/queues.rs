//! The queues and how their messages come.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage, SqsMessageAttribute};
use yam_embedded::sqs::{QueueDefinition, Received, Redrive};
use yam_platform::Clock as _;
use yam_platform::lambda::Invocation;

use super::{FUNCTION_TIMEOUT, World};

pub(super) const QUEUES: [&str; 6] = ["dispatch", "sync", "evidence", "tracking", "openpay", "notify"];

/// What a queue does to messages beside handing them out, by chance that a seed repeats.
#[derive(Debug)]
pub(super) struct Disorder {
    random: AtomicU64,
    late: AtomicU64,
    doubled: AtomicU64,
}

impl Disorder {
    pub(super) fn seeded(seed: u64) -> Self {
        Disorder { random: AtomicU64::new(seed | 1), late: AtomicU64::new(0), doubled: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        let step = |state: u64| {
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
        };
        let before = self.random.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state)));
        step(before.unwrap_or_default()) >> 33
    }

    /// By how many minutes a message is late, if it is: one in three.
    fn minutes(&self) -> Option<i64> {
        let minutes = self.next().is_multiple_of(3).then(|| 1 + i64::try_from(self.next() % 60).unwrap_or(0));
        self.late.fetch_add(u64::from(minutes.is_some()), Ordering::SeqCst);
        minutes
    }

    /// Whether a message comes twice: every other one.
    fn doubles(&self) -> bool {
        let doubles = self.next().is_multiple_of(2);
        self.doubled.fetch_add(u64::from(doubles), Ordering::SeqCst);
        doubles
    }
}

impl World {
    /// How many messages came late, and how many came twice.
    #[must_use]
    pub fn disturbed(&self) -> (u64, u64) {
        let count = |count: &AtomicU64| count.load(Ordering::SeqCst);
        self.disorder.as_ref().map_or((0, 0), |disorder| (count(&disorder.late), count(&disorder.doubled)))
    }

    /// Runs the queues until nothing is visible any more.
    pub async fn drain(&self) {
        for _ in 0..1_000 {
            let mut worked = false;
            for queue in QUEUES {
                let batch = self.sqs.receive(queue, 10, None).await.expect("queue");
                worked |= !batch.is_empty();
                match self.disorder.as_ref().filter(|_| queue == "tracking") {
                    Some(disorder) => self.disturb(disorder, queue, batch).await,
                    None => self.deliver(queue, batch).await,
                }
            }
            if !worked {
                return;
            }
        }
        panic!("the queues never come to rest");
    }

    /// Delivers a batch as a queue may: some later, the last first, some twice.
    async fn disturb(&self, disorder: &Disorder, queue: &str, batch: Vec<Received>) {
        for message in batch.into_iter().rev() {
            // A message that was late once comes when it comes again.
            let first = message.receive_count == 1;
            if let Some(minutes) = first.then(|| disorder.minutes()).flatten() {
                let receipts = vec![message.receipt];
                self.sqs.change_visibility(queue, receipts, minutes * 60_000).await.expect("queue");
                continue;
            }
            if disorder.doubles() {
                let invocation = Invocation::lasting(self.clock.real_now(), FUNCTION_TIMEOUT);
                self.tracking.handle(sqs_event(vec![message.clone()]), invocation).await;
            }
            self.deliver(queue, vec![message]).await;
        }
    }

    async fn deliver(&self, queue: &str, batch: Vec<Received>) {
        if batch.is_empty() {
            return;
        }
        let receipts: Vec<(String, String)> =
            batch.iter().map(|m| (m.message_id.clone(), m.receipt.clone())).collect();
        let invocation = Invocation::lasting(self.clock.real_now(), FUNCTION_TIMEOUT);
        let event = sqs_event(batch);
        if self.doubled && queue == "tracking" {
            self.tracking.handle(event.clone(), invocation).await;
        }
        let answer: SqsBatchResponse = match queue {
            "sync" => Box::pin(self.sync.handle(event, invocation)).await,
            "tracking" => Box::pin(self.tracking.handle(event, invocation)).await,
            "openpay" => Box::pin(self.openpay.handle(event, invocation)).await,
            "notify" => Box::pin(self.notify.handle(event, invocation)).await,
            _ => Box::pin(self.dispatch.handle(event, invocation)).await,
        };
        let failed: Vec<String> = answer.batch_item_failures.into_iter().map(|f| f.item_identifier).collect();
        let done =
            receipts.into_iter().filter(|(id, _)| !failed.contains(id)).map(|(_, receipt)| receipt).collect();
        self.sqs.delete(queue, done).await.expect("queue");
    }
}

pub(super) fn definitions() -> Vec<QueueDefinition> {
    let mut all = Vec::new();
    for name in QUEUES {
        let dead = format!("{name}-dead");
        all.push(QueueDefinition::named(&dead));
        all.push(QueueDefinition {
            visibility_seconds: 450,
            redrive: Some(Redrive { dead_queue: dead, max_receives: 5 }),
            ..QueueDefinition::named(name)
        });
    }
    all
}

fn sqs_event(batch: Vec<Received>) -> SqsEvent {
    let mut event = SqsEvent::default();
    for received in batch {
        let mut message = SqsMessage::default();
        message.message_id = Some(received.message_id);
        message.body = Some(received.body);
        message.attributes.insert("ApproximateReceiveCount".into(), received.receive_count.to_string());
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
