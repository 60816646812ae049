//! Messages of a shop that leave in the same minute, woken by one due row. A row for each would cost more than the
//! message: it is written, held and deleted.
//!
//! ```text
//!   planned for 10:05:37 --> stands under 10:05:00, shares_row        DUE# 10:05:00 -> INTENT#tell#<10:05:00>-
//!   10:05  relay: the row's key --SQS--> those of the minute that are not at rest get their turns
//!   10:08  again (the row is held for three minutes): nobody is left, the row goes
//! ```
//!
//! What then waits for another time (its answer is lost, the window has closed) gets a row of its own
//! (`Intent::advance`).

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use tokio::sync::Mutex;
use yam_platform::queue::Queue;
use yam_store::intent::DueRow;
use yam_store::keys::{due_row, merchant_of, of_merchant, sk};
use yam_store::{Key, Message, Store, StoreError, due, notices};

/// A message that leaves sooner has a row of its own: whoever plans it has ended, one way or the other, before its
/// minute's row is looked at.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);
/// A row that wakes nobody stays this long after its minute, for planners that are late.
const STAYS: SignedDuration = SignedDuration::from_mins(2);
/// Turns that one queue message brings; the others of the minute go to further ones.
const TURNS: usize = Message::MAX_KEYS;
/// Turns that all minutes of one batch bring: as many as ten queue messages of single messages. One body may name the
/// minutes of fifty shops.
pub(crate) const TURNS_OF_BATCH: usize = 10 * Message::MAX_KEYS;
/// Rows that a container remembers to stand.
const REMEMBERED: usize = 10_000;

/// The minute with which a message leaves that may leave at `at`; none when that is too soon.
pub(crate) fn of(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let minute = floor(at)?;
    (minute.duration_since(now) >= AHEAD).then_some(minute)
}

fn floor(at: Timestamp) -> Option<Timestamp> {
    at.round(TimestampRound::new().smallest(Unit::Minute).mode(RoundMode::Floor)).ok()
}

/// The rows that are known to stand: none is deleted before its minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Departures(Arc<Mutex<HashSet<Key>>>);

impl Departures {
    /// Sees to it that a row wakes the message of a key at its minute. 1 write unit where that is not known.
    ///
    /// # Errors
    /// The table does not answer.
    pub(crate) async fn announce(
        &self,
        store: &Store,
        message: &Key,
        minute: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(merchant) = merchant_of(&message.pk) else { return Ok(()) };
        let row = due_row(Queue::Notify, minute, &of_merchant(&merchant, sk::departure(minute)));
        // Held over the write: who comes next relies on the row, not on the attempt to write it.
        let mut known = self.0.lock().await;
        if known.contains(&row) {
            return Ok(());
        }
        store.table.put(&row, &DueRow { held_until: None }).await?;
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(row);
        Ok(())
    }

    /// Sets the row of a message whose minute has passed again: its planner may have slept between the row and the
    /// message for longer than a row that wakes nobody stays. Writes nothing before the minute.
    ///
    /// # Errors
    /// The table does not answer.
    pub(crate) async fn announce_late(&self, store: &Store, message: &Key) -> Result<(), StoreError> {
        let minute = sk::moment_of(&message.sk).filter(|at| floor(*at) == Some(*at));
        match (merchant_of(&message.pk), minute) {
            (Some(merchant), Some(minute)) if minute <= store.clock.now() => {
                let row = due_row(Queue::Notify, minute, &of_merchant(&merchant, sk::departure(minute)));
                store.table.put(&row, &DueRow { held_until: None }).await
            }
            _ => Ok(()),
        }
    }
}

/// The messages of a minute to be given their turns now, `room` at most. Those beyond what one queue message brings are
/// sent on; the row of a minute whose messages are all at rest goes.
///
/// # Errors
/// The table or the queue does not answer; the row brings them again.
pub(crate) async fn leaving(
    store: &Store,
    key: &Key,
    minute: Timestamp,
    room: usize,
) -> Result<Vec<Key>, StoreError> {
    let mut messages = notices::sharing(&store.table, key).await?;
    if messages.is_empty() {
        if store.clock.now().duration_since(minute) >= STAYS {
            due::forget(store, &due_row(Queue::Notify, minute, key)).await?;
        }
        return Ok(vec![]);
    }
    let others = messages.split_off(messages.len().min(TURNS).min(room));
    if !others.is_empty() {
        let sent = store.queues.send(Queue::Notify, &Message::bodies(&others)).await;
        sent.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_leave_with_their_minute_unless_it_is_too_near() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (planned, now, minute) in [
            ("2026-11-22T10:05:37.2Z", "2026-11-22T08:00:00Z", Some("2026-11-22T10:05:00Z")),
            ("2026-11-22T10:05:00Z", "2026-11-22T10:03:00Z", Some("2026-11-22T10:05:00Z")),
            ("2026-11-22T10:05:59Z", "2026-11-22T10:03:00.001Z", None),
            ("2026-11-22T10:05:00Z", "2026-11-22T11:00:00Z", None),
        ] {
            assert_eq!(of(at(planned), at(now)), minute.map(at), "{planned} at {now}");
        }
    }
}
