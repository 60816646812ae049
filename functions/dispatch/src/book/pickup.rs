//! The pick-up is ordered, or could not be.

use yam_domain::effect::Resolution;
use yam_domain::parcel::RegistrationEvent;
use yam_store::items::{CallWork, RegistrationProof, Task, TaskReason};
use yam_store::work::Ended;
use yam_store::{Announcement, Intent, StoreError, Txn};

use super::Change;

pub(super) fn book(
    change: &mut Change<'_>,
    intent: &Intent<CallWork>,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let CallWork::Ready { pickup, .. } = &intent.work else { return Ok(vec![]) };
    match ended.resolution {
        Resolution::Later(_) => Ok(vec![]),
        Resolution::Done => {
            let parcel = &mut change.parcel;
            parcel.registration =
                parcel.registration.apply(RegistrationEvent::Ready).unwrap_or(parcel.registration);
            parcel.pickup_date.clone_from(pickup);
            parcel.task = None;
            Ok(vec![change.store_and_tell(txn, "parcel.ready", "operator", "the pick-up is ordered")])
        }
        Resolution::Refused | Resolution::GivenUp | Resolution::Held => {
            change.parcel.pickup_date = None;
            change.parcel.task = Some(Task {
                reason: TaskReason::PickupRefused,
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
    }
}
