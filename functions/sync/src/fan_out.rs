//! One delivery per endpoint and event.

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::EffectState;
use yam_platform::queue::Queue;
use yam_store::items::{DeliveryWork, Endpoint};
use yam_store::keys::{merchant_of, of_merchant, sk};
use yam_store::{Event, Intent, Key, Read, Store, StoreError, Txn};

/// The net under a worker that dies between planning and sending.
const FIRST_DUE: SignedDuration = SignedDuration::from_secs(120);
/// A delivery is tried for a day (storefront notes, section 5.1).
const PATIENCE: SignedDuration = SignedDuration::from_hours(25);

/// The key of a delivery: the event first, so that the newest deliveries stand last.
#[must_use]
pub fn delivery_key(event: &Key, endpoint: &str) -> Key {
    let id = event.sk.strip_prefix(sk::EVENTS).unwrap_or(&event.sk);
    Key { pk: event.pk.clone(), sk: sk::intent("deliver", &format!("{id}#{endpoint}")) }
}

/// Plans the deliveries of an event; answers with the keys to work on. Planning twice is harmless: a
/// delivery that exists is left as it is.
pub(crate) async fn fan_out(store: &Store, key: &Key) -> Result<Vec<Key>, StoreError> {
    let Some(merchant) = merchant_of(&key.pk) else { return Ok(vec![]) };
    let Some(event) = store.table.get::<Event>(key, Read::Consistent).await? else {
        tracing::info!(event = %key.sk, "an event is gone");
        return Ok(vec![]);
    };
    let endpoints = of_merchant(&merchant, "");
    let endpoints: Vec<(Key, Endpoint)> =
        store.table.query_all(&endpoints.pk, sk::ENDPOINTS, Read::Consistent).await?;
    let now = store.clock.now();
    let later = |by: SignedDuration| now.saturating_add(by).unwrap_or(Timestamp::MAX);
    let mut planned = Vec::new();
    for (_, endpoint) in endpoints.into_iter().filter(|(_, e)| e.wants(&event.kind)) {
        let delivery = delivery_key(key, endpoint.id.as_str());
        let work = DeliveryWork {
            event: key.sk.clone(),
            event_id: key.sk.strip_prefix(sk::EVENTS).unwrap_or(&key.sk).to_owned(),
            event_type: event.kind.clone(),
            endpoint: endpoint.id.to_string(),
            last_status: None,
        };
        let state = EffectState::planned(now, later(FIRST_DUE), later(PATIENCE));
        let mut txn = Txn::new();
        Intent::planned(Queue::Sync, work, state, now).submit(&mut txn, &store.table, &delivery);
        match txn.commit(&store.table).await {
            Ok(()) | Err(StoreError::Condition { .. }) => planned.push(delivery),
            Err(error) => return Err(error),
        }
    }
    Ok(planned)
}
