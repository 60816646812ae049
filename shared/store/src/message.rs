//! Queue messages: keys only.

use serde::{Deserialize, Serialize};
use yam_domain::ids::MerchantId;

use crate::keys::{Key, of_merchant};

/// A message of the hub's queues: up to [`Message::MAX_KEYS`] items to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Merchant and sort key of each.
    keys: Vec<(MerchantId, String)>,
}

impl Message {
    /// Keys in one message: a failed message brings all of them again.
    pub const MAX_KEYS: usize = 50;

    /// Message bodies for keys, as few as possible.
    #[must_use]
    pub fn bodies<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Vec<String> {
        let keys: Vec<_> = keys
            .into_iter()
            .filter_map(|key| Some((crate::keys::merchant_of(&key.pk)?, key.sk.clone())))
            .collect();
        keys.chunks(Message::MAX_KEYS)
            .filter_map(|keys| serde_json::to_string(&Message { keys: keys.to_vec() }).ok())
            .collect()
    }

    /// The keys of a body.
    ///
    /// # Errors
    /// Not a message of ours.
    pub fn parse(body: &str) -> Result<Vec<Key>, serde_json::Error> {
        let message: Message = serde_json::from_str(body)?;
        Ok(message.keys.into_iter().map(|(merchant, sk)| of_merchant(&merchant, sk)).collect())
    }
}
