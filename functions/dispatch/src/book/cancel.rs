//! The operator called the parcel off, or does not.

use yam_domain::parcel::RegistrationEvent;
use yam_store::items::{RegistrationProof, Task, TaskReason};
use yam_store::tracking::leave;
use yam_store::work::Ended;
use yam_store::{Announcement, StoreError, Txn};

use super::Change;

pub(super) fn book(
    change: &mut Change<'_>,
    cancelled: bool,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let parcel = &mut change.parcel;
    if cancelled {
        parcel.registration =
            parcel.registration.apply(RegistrationEvent::Cancelled).unwrap_or(parcel.registration);
        parcel.cancel_requested = false;
        parcel.task = None;
        let merchant = change.merchant.clone();
        leave(txn, &change.calls.store, &merchant, &mut change.parcel);
        return Ok(vec![change.store_and_tell(
            txn,
            "parcel.cancelled",
            "operator",
            "the operator called it off",
        )]);
    }
    parcel.task = Some(Task {
        reason: TaskReason::WithdrawAtPost,
        operator_code: None,
        words: ended.words.chars().take(500).collect(),
        since: change.now,
        marker: None,
        absent_from: None,
        other_code: None,
    });
    change.count("NeedsAttention");
    Ok(vec![change.store_and_tell(txn, "parcel.needs_attention", "operator", &ended.words)])
}
