//! Copies of a parcel at an operator: after a send that was only taken for not done, or once several were seen
//! (reliability notes, sections 1, 4.3 and 4.4).

use yam_carriers::account::Account;
use yam_carriers::consignment::RegisteredParcel;
use yam_carriers::{CallOutcome, Carrier, LookUpOutcome, Surplus};
use yam_domain::effect::CallClass;
use yam_store::items::RegistrationProof;
use yam_store::work::Called;

/// Looks for copies beside the stored one and calls them off; of a parcel that was called off nothing stays.
/// Harmless when repeated.
pub(crate) async fn audit(
    carrier: &dyn Carrier,
    account: &Account,
    stored: &RegisteredParcel,
    cancelled: bool,
) -> Called<RegistrationProof> {
    let found =
        if cancelled { all(carrier, account, stored).await } else { carrier.audit(account, stored).await };
    let copies = match found {
        LookUpOutcome::Hit(copies) => copies,
        LookUpOutcome::Miss => Vec::new(),
        LookUpOutcome::Several { kept, .. } => kept,
        LookUpOutcome::Failed(words) => return again(words),
    };
    let (mut called_off, mut left) = (0, Vec::new());
    for copy in &copies {
        let name = copy.code.as_ref().map(|code| code.as_str()).or(copy.reference.as_deref());
        let name = name.unwrap_or("without a number").to_owned();
        match carrier.cancel_surplus(account, &stored.ours, copy).await {
            CallOutcome::Done(_) => called_off += 1,
            CallOutcome::Refused(error) => {
                tracing::warn!(copy = %name, error = %error.message, "a copy stays at the operator");
                left.push(name);
            }
            other => return again(format!("the copy {name} is not called off yet: {}", other.describe())),
        }
    }
    let words = match (called_off, left.as_slice()) {
        (0, []) => "there is no copy of it".to_owned(),
        (n, []) => format!("copies of it called off: {n}"),
        (_, left) => format!("the operator does not call off a copy of it: {}", left.join(", ")),
    };
    let proof = Some(RegistrationProof::Audited { called_off, left });
    Called { class: CallClass::Done, proof, words, detail: None }
}

/// Everything that is there under the parcel's number.
async fn all(
    carrier: &dyn Carrier,
    account: &Account,
    stored: &RegisteredParcel,
) -> LookUpOutcome<Vec<Surplus>> {
    match carrier.look_up(account, &stored.ours).await {
        LookUpOutcome::Hit(found) => LookUpOutcome::Hit(vec![Surplus::from(found)]),
        LookUpOutcome::Several { kept, surplus } => {
            LookUpOutcome::Hit(std::iter::once(Surplus::from(kept)).chain(surplus).collect())
        }
        LookUpOutcome::Miss => LookUpOutcome::Miss,
        LookUpOutcome::Failed(words) => LookUpOutcome::Failed(words),
    }
}

fn again(words: String) -> Called<RegistrationProof> {
    Called { class: CallClass::Unknown, proof: None, words, detail: None }
}
