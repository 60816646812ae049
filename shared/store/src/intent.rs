//! Intents: the committed record of an external effect, and the due row that wakes it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use yam_domain::effect::{EffectState, Phase};
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::table::{Read, Table, from_item};
use crate::txn::Txn;

/// One external effect. `W` is what the effect needs to be carried out, as the function that owns it
/// defines it: ids and wire ids, never secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent<W> {
    /// Where it stands. Stored as `eff`: the long name is reserved in DynamoDB's expressions.
    #[serde(rename = "eff")]
    pub state: EffectState,
    /// Queue whose function carries it out.
    pub queue: String,
    /// What to do.
    pub work: W,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// What was seen last, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Token of the claim whose outcome was booked last: a worker whose commit timed out recognises
    /// its own write by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_by: Option<String>,
    /// Epoch seconds after which storage may forget it; only set at rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// It has no due row of its own: one that it shares with others wakes it, and stands until all of them are at
    /// rest or have rows of their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shares_row: bool,
}

/// How long an intent at rest is kept (180 days).
const KEPT_SECONDS: i64 = 180 * 86_400;

/// The row that wakes an intent. A hint: the handler re-checks everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// Epoch milliseconds until which the row is held because its key is with the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<i64>,
}

impl<W: Serialize + DeserializeOwned + Clone> Intent<W> {
    /// A fresh intent.
    #[must_use]
    pub fn planned(queue: Queue, work: W, state: EffectState, now: Timestamp) -> Self {
        Intent {
            state,
            queue: queue.name().to_owned(),
            work,
            created_at: now,
            note: None,
            booked_by: None,
            expires_at: None,
            shares_row: false,
        }
    }

    /// Its queue.
    #[must_use]
    pub fn queue(&self) -> Option<Queue> {
        Queue::from_name(&self.queue)
    }

    /// Reads an intent for a decision; 1 read unit.
    ///
    /// # Errors
    /// As [`Table::get`].
    pub async fn load(table: &Table, key: &Key) -> Result<Option<Self>, StoreError> {
        table.get(key, Read::Consistent).await
    }

    /// Adds the writes that submit it: the intent, which must not exist, and its due row, unless it shares one that
    /// stands already.
    pub fn submit(&self, txn: &mut Txn, table: &Table, key: &Key) {
        txn.insert("intent", table, key, self);
        if self.shares_row {
            return;
        }
        if let (Some(queue), Some(at)) = (self.queue(), self.state.due_at) {
            txn.upsert("due row", table, &keys::due_row(queue, at, key), &DueRow { held_until: None });
        }
    }

    /// Adds the writes that move it from `before` to itself, on condition that nobody else moved it:
    /// the intent under the fence and phase of `before`, and its due row where that moved. One that shares its row
    /// keeps doing so while it is called and at rest; to wait for another time it gets a row of its own.
    pub fn advance(&self, before: &EffectState, txn: &mut Txn, table: &Table, key: &Key) {
        let values = [
            (":fence", AttributeValue::N(before.fence.to_string())),
            (":phase", AttributeValue::S(phase_name(before.phase).to_owned())),
        ];
        let shared = self.shares_row;
        let leaves = shared && matches!(self.state.phase, Phase::Planned | Phase::Settling);
        let after = Intent { shares_row: shared && !leaves, ..self.clone() };
        txn.put("intent", table, key, &after, Some(("eff.fence = :fence AND eff.phase = :phase", &values)));
        let Some(queue) = self.queue() else { return };
        let stands = if shared { !leaves } else { before.due_at == self.state.due_at };
        if stands {
            return;
        }
        if let Some(at) = before.due_at.filter(|_| !shared) {
            txn.delete("old due row", table, &keys::due_row(queue, at, key));
        }
        if let Some(at) = self.state.due_at {
            txn.upsert("due row", table, &keys::due_row(queue, at, key), &DueRow { held_until: None });
        }
    }

    /// Marks what storage may forget; call before [`Intent::advance`] to a phase at rest.
    pub fn set_expiry(&mut self, now: Timestamp) {
        self.expires_at =
            (self.state.phase == Phase::Final).then(|| now.as_second().saturating_add(KEPT_SECONDS));
    }

    /// The intent an error of [`Intent::advance`] found instead, if the table told.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn found_instead(error: &StoreError) -> Result<Option<Self>, StoreError> {
        match error {
            StoreError::Condition { what: "intent", old: Some(item) } => {
                from_item((**item).clone()).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Planned => "planned",
        Phase::Calling => "calling",
        Phase::Settling => "settling",
        Phase::Held => "held",
        Phase::Final => "final",
    }
}
