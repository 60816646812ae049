//! The gateways this hub knows.

use std::sync::Arc;

use yam_domain::ids::GatewayId;
use yam_platform::Platform;

use crate::gateway::PaymentGateway;
use crate::mellat::Mellat;
use crate::robokassa::Robokassa;
use crate::sep::Sep;
use crate::toss::Toss;
use crate::yookassa::Yookassa;
use crate::zarinpal::Zarinpal;
use crate::zibal::Zibal;

/// A static table of gateways.
#[derive(Debug, Clone)]
pub struct Gateways(Arc<[Arc<dyn PaymentGateway>]>);

impl Gateways {
    /// All gateways, over the function's clients and addresses; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let (http, config) = (&platform.http, &platform.config);
        let all: Vec<Arc<dyn PaymentGateway>> = vec![
            Arc::new(Zarinpal::new(http.clone(), config)),
            Arc::new(Zibal::new(http.clone(), config)),
            Arc::new(Mellat::new(http.clone(), config)),
            Arc::new(Sep::new(http.clone(), config)),
            Arc::new(Robokassa::new(http.clone(), config)),
            Arc::new(Yookassa::new(http.clone(), config)),
            Arc::new(Toss::new(http.clone(), config)),
        ];
        Gateways(all.into())
    }

    /// Of given gateways, for tests.
    #[must_use]
    pub fn of(gateways: Vec<Arc<dyn PaymentGateway>>) -> Self {
        Gateways(gateways.into())
    }

    /// The gateway of an id, if this hub speaks with it.
    #[must_use]
    pub fn get(&self, id: GatewayId) -> Option<&Arc<dyn PaymentGateway>> {
        self.0.iter().find(|gateway| gateway.id() == id)
    }

    /// Every gateway.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn PaymentGateway>> {
        self.0.iter()
    }
}
