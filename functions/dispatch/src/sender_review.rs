//! A sender name that hub staff did not decide on in time is heard of (S4-09).

use yam_domain::notice::sender::Review;
use yam_platform::queue::Queue;
use yam_store::items::notices::NoticeSender;
use yam_store::keys::{due_row, merchant_of};
use yam_store::{Key, Read, Store, StoreError};

/// Looks at a name whose review came due: counts it for the alarm, and forgets the row. That it is overdue shows in
/// the staff's list from its time alone.
pub(crate) async fn look(store: &Store, key: &Key) -> Result<(), StoreError> {
    let Some(merchant) = merchant_of(&key.pk) else { return Ok(()) };
    let sender: Option<NoticeSender> = store.table.get(key, Read::Consistent).await?;
    let now = store.clock.now();
    let Some(sender) = sender else { return Ok(()) };
    let Some(due_at) = sender.review_due_at.filter(|due_at| *due_at <= now) else { return Ok(()) };
    if matches!(sender.review, Review::Pending { .. }) {
        store.metrics.count(now, "ReviewOverdue", &[("kind", "sender_name")]);
        tracing::warn!(%merchant, name = sender.name.as_str(), %due_at, "a sender name waits for hub staff");
    }
    store.table.delete(&due_row(Queue::Dispatch, due_at, key)).await
}
