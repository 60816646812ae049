//! The operators this hub knows.

use std::sync::Arc;

use yam_domain::ids::CarrierId;
use yam_platform::Platform;

use crate::carrier::Carrier;
use crate::iran_post::{IranPost, IranPostTracking};
use crate::korea_post::{KoreaPost, KoreaPostTracking};
use crate::russian_post::{RussianPost, RussianPostTracking};
use crate::tracker::Tracker;

/// A static table of operators.
#[derive(Debug, Clone)]
pub struct Carriers(Arc<[Arc<dyn Carrier>]>);

impl Carriers {
    /// All operators, over the function's clients and addresses; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let all: Vec<Arc<dyn Carrier>> = vec![
            Arc::new(IranPost::new(platform)),
            Arc::new(KoreaPost::new(platform)),
            Arc::new(RussianPost::new(platform)),
        ];
        Carriers(all.into())
    }

    /// Of given operators, for tests.
    #[must_use]
    pub fn of(carriers: Vec<Arc<dyn Carrier>>) -> Self {
        Carriers(carriers.into())
    }

    /// The operator of an id, if this hub speaks with it.
    #[must_use]
    pub fn get(&self, id: CarrierId) -> Option<&Arc<dyn Carrier>> {
        self.0.iter().find(|c| c.id() == id)
    }

    /// Every operator.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Carrier>> {
        self.0.iter()
    }
}

/// A static table of the operators' tracking services.
#[derive(Debug, Clone)]
pub struct Trackers(Arc<[Arc<dyn Tracker>]>);

impl Trackers {
    /// All of them, over the function's clients and addresses; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let all: Vec<Arc<dyn Tracker>> = vec![
            Arc::new(IranPostTracking::new(platform)),
            Arc::new(KoreaPostTracking::new(platform)),
            Arc::new(RussianPostTracking::new(platform)),
        ];
        Trackers(all.into())
    }

    /// Of given operators, for tests.
    #[must_use]
    pub fn of(trackers: Vec<Arc<dyn Tracker>>) -> Self {
        Trackers(trackers.into())
    }

    /// The tracking of an operator, if this hub asks it.
    #[must_use]
    pub fn get(&self, id: CarrierId) -> Option<&Arc<dyn Tracker>> {
        self.0.iter().find(|tracker| tracker.id() == id)
    }

    /// Every one of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Tracker>> {
        self.0.iter()
    }
}
