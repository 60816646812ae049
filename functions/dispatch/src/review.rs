//! An application that hub staff did not answer in time is heard of (S3-10, S3-17).

use yam_domain::enrolment::EnrolmentState;
use yam_store::enrolment::{event_data, review_row};
use yam_store::event::{announce, record};
use yam_store::items::CarrierAccount;
use yam_store::keys::merchant_of;
use yam_store::{Key, Read, Store, StoreError, Txn};

/// Looks at an account whose review came due: says so once, and forgets the row.
pub(crate) async fn look(store: &Store, key: &Key) -> Result<(), StoreError> {
    let Some(merchant) = merchant_of(&key.pk) else { return Ok(()) };
    let account: Option<CarrierAccount> = store.table.get(key, Read::Consistent).await?;
    let now = store.clock.now();
    let Some(mut account) = account else { return Ok(()) };
    let Some(due_at) = account.review_due_at.filter(|due_at| *due_at <= now) else { return Ok(()) };
    let row = review_row(due_at, &merchant, &account.id);
    if account.account_state != EnrolmentState::UnderReview || account.review_overdue {
        return store.table.delete(&row).await;
    }
    account.review_overdue = true;
    let rev = account.rev;
    account.rev = rev.saturating_add(1);
    let mut txn = Txn::new();
    let data = event_data(&account);
    let told = record(&mut txn, store, &merchant, "account.review_overdue", account.rev, data);
    txn.replace("account", &store.table, key, &account, rev);
    txn.delete("review's row", &store.table, &row);
    txn.commit(&store.table).await?;
    store.metrics.count(now, "ReviewOverdue", &[("carrier", account.carrier.as_str())]);
    announce(store, &[told], "review").await
}
