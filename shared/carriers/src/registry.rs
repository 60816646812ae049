//! The operators this hub knows.

use std::sync::Arc;

use yam_domain::ids::CarrierId;
use yam_platform::Platform;

use crate::carrier::Carrier;
use crate::iran_post::IranPost;

/// A static table of operators.
#[derive(Debug, Clone)]
pub struct Carriers(Arc<[Arc<dyn Carrier>]>);

impl Carriers {
    /// All operators, over the function's clients and addresses; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let all: Vec<Arc<dyn Carrier>> = vec![Arc::new(IranPost::new(platform))];
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
