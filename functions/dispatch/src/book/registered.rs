//! The operator has the parcel.

use yam_domain::parcel::{BarcodeEvent, ParcelStatus, RegistrationEvent, RegistrationState};
use yam_domain::waybill::WaybillNumber;
use yam_store::calls::{submit_audit, submit_cancel};
use yam_store::items::{CallWork, CodeClaim, RegistrationProof, Task, TaskReason};
use yam_store::keys::{of_merchant, sk};
use yam_store::tracking::look_later;
use yam_store::work::Ended;
use yam_store::{Announcement, Intent, Read, StoreError, Txn};

use super::Change;

/// Books a code. A proof is always recorded, also one that comes late: the same code again changes
/// nothing, another code makes a task that names both (reliability notes, section 1 rule 4).
pub(super) async fn book(
    change: &mut Change<'_>,
    intent: &Intent<CallWork>,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let Some(RegistrationProof::Registered { code, postage, vat, reference, copies }) = &ended.proof else {
        return Ok(vec![]);
    };
    match &change.parcel.tracking_code {
        Some(known) if known == code => return Ok(vec![]),
        Some(_) => return Ok(vec![two_codes(change, code, txn)]),
        None => {}
    }
    let claim = of_merchant(&change.merchant, sk::code(change.parcel.carrier.as_str(), code.as_str()));
    let holder: Option<CodeClaim> = change.calls.store.table.get(&claim, Read::Consistent).await?;
    match holder {
        Some(holder) if holder.parcel != change.parcel.id => return Ok(vec![two_codes(change, code, txn)]),
        Some(_) => {}
        None => {
            let mine = CodeClaim { parcel: change.parcel.id.clone() };
            txn.insert("code claim", &change.calls.store.table, &claim, &mine);
        }
    }
    let parcel = &mut change.parcel;
    // A parcel that was called off here and turns up at the operator is there all the same.
    let revived = parcel.registration == RegistrationState::Cancelled;
    parcel.registration =
        parcel.registration.apply(RegistrationEvent::Registered).unwrap_or(RegistrationState::Registered);
    parcel.barcode = parcel.barcode.apply(BarcodeEvent::Received).unwrap_or(parcel.barcode);
    parcel.tracking_code = Some(code.clone());
    parcel.postage = postage.or(parcel.postage);
    parcel.vat = vat.or(parcel.vat);
    parcel.reference.clone_from(reference);
    parcel.task = None;
    if parcel.whereabouts == ParcelStatus::AwaitingCode {
        parcel.whereabouts = ParcelStatus::Registered;
    }
    if parcel.cancel_requested || revived {
        call_off(change, code, txn);
    } else {
        let merchant = change.merchant.clone();
        look_later(txn, &change.calls.store, &merchant, &mut change.parcel, change.now);
    }
    // A call that look-ups missed may land after all.
    if *copies || intent.state.missed_sends > 0 {
        let registration = (&intent.work, intent.created_at);
        submit_audit(&change.calls.store, txn, &change.merchant, registration, code);
    }
    change.count("Registered");
    Ok(vec![change.store_and_tell(txn, "parcel.registered", "operator", &ended.words)])
}

/// A cancel had to wait until the call was settled: now it is carried out, or asked of a person where
/// the operator offers none.
fn call_off(change: &mut Change<'_>, code: &WaybillNumber, txn: &mut Txn) {
    change.parcel.cancel_requested = true;
    // The intent's key holds the sequence the parcel will have once this step is noted.
    submit_cancel(&change.calls.store, txn, &change.merchant, &change.parcel, code);
}

fn two_codes(change: &mut Change<'_>, other: &WaybillNumber, txn: &mut Txn) -> Announcement {
    let words = "a second code turned up: keep the right one, withdraw the other at the post";
    change.parcel.task = Some(Task {
        reason: TaskReason::TwoCodes,
        operator_code: None,
        words: words.to_owned(),
        since: change.now,
        marker: None,
        absent_from: None,
        other_code: Some(other.as_str().to_owned()),
    });
    change.count("NeedsAttention");
    change.store_and_tell(txn, "parcel.needs_attention", "operator", words)
}
