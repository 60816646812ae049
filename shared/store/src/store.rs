//! The table with everything its users are given.

use std::sync::Arc;

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
        }
    }

    /// The same store with crash points.
    #[must_use]
    pub fn with_hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }
}
