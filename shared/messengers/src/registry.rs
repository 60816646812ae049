//! The providers this hub knows.

use std::sync::Arc;

use aws_config::SdkConfig;
use yam_domain::ids::MessengerId;
use yam_platform::Platform;

use crate::kavenegar::Kavenegar;
use crate::messenger::Messenger;
use crate::ses::Ses;
use crate::smsc::Smsc;
use crate::smsru::SmsRu;
use crate::smtp::Smtp;
use crate::sns::Sns;
use crate::solapi::Solapi;

/// A static table of providers.
#[derive(Debug, Clone)]
pub struct Messengers(Arc<[Arc<dyn Messenger>]>);

impl Messengers {
    /// All providers, over the function's clients and addresses; opens no socket. `sdk` brings the region and
    /// the function's own AWS role.
    #[must_use]
    pub fn new(platform: &Platform, sdk: &SdkConfig) -> Self {
        let (http, config, clock) = (&platform.http, &platform.config, &platform.clock);
        let all: Vec<Arc<dyn Messenger>> = vec![
            Arc::new(Kavenegar::new(http.clone(), config)),
            Arc::new(Smsc::new(http.clone(), config)),
            Arc::new(SmsRu::new(http.clone(), config)),
            Arc::new(Solapi::new(http.clone(), config, clock.clone(), platform.ids.clone())),
            Arc::new(Sns::new(config, sdk)),
            Arc::new(Ses::new(http.clone(), config, sdk, clock.clone())),
            Arc::new(Smtp::new(config)),
        ];
        Messengers(all.into())
    }

    /// Of given providers, for tests.
    #[must_use]
    pub fn of(messengers: Vec<Arc<dyn Messenger>>) -> Self {
        Messengers(messengers.into())
    }

    /// The provider of an id, if this hub speaks with it.
    #[must_use]
    pub fn get(&self, id: MessengerId) -> Option<&Arc<dyn Messenger>> {
        self.0.iter().find(|messenger| messenger.id() == id)
    }

    /// Every provider.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Messenger>> {
        self.0.iter()
    }
}
