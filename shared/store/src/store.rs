//! The table with everything its users are given.

use std::sync::Arc;

use jiff::Timestamp;
use yam_domain::effect::{EffectState, Step};
use yam_platform::queue::QueueClient;
use yam_platform::telemetry::Metrics;
use yam_platform::{Clock, IdGen, Platform};

use crate::hooks::Hooks;
use crate::table::Table;
use crate::vault::Vault;

/// The store of one function. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// The table.
    pub table: Table,
    /// Merchants' data keys.
    pub vault: Vault,
    /// The queues.
    pub queues: QueueClient,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdGen>,
    /// Figures.
    pub metrics: Metrics,
    /// Crash points of tests.
    pub hooks: Hooks,
    /// When the table was last restored from an older copy (`YAM_RESTORED_AT`).
    pub restored_at: Option<Timestamp>,
}

impl Store {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let table =
            Table::new(platform.dynamodb.clone(), platform.config.text("YAM_TABLE"), platform.ids.clone());
        Store {
            vault: Vault::new(table.clone(), platform.sealer.clone(), platform.ids.clone()),
            table,
            queues: platform.queues.clone(),
            clock: platform.clock.clone(),
            ids: platform.ids.clone(),
            metrics: platform.metrics.clone(),
            hooks: Hooks::default(),
            restored_at: platform.config.instant("YAM_RESTORED_AT"),
        }
    }

    /// What to do now with an effect recorded at `since`. What is older than a restore of the table may have been
    /// done without the table knowing.
    #[must_use]
    pub fn next_step(&self, state: &EffectState, since: Timestamp) -> Step {
        let now = self.clock.now();
        match self.restored_at.filter(|restored_at| since < *restored_at) {
            Some(restored_at) => state.next_step_restored(now, restored_at),
            None => state.next_step(now),
        }
    }

    /// The same store with crash points.
    #[must_use]
    pub fn with_hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }
}
