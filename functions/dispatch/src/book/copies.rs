//! Copies were looked for, or could not be.

use yam_domain::effect::Resolution;
use yam_store::items::{CallWork, RegistrationProof, Task, TaskReason};
use yam_store::work::Ended;
use yam_store::{Announcement, Intent, Txn};

use super::Change;

/// What nobody could call off is a task that names it; what was called off stands in the history.
pub(super) fn book(
    change: &mut Change<'_>,
    intent: &Intent<CallWork>,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Vec<Announcement> {
    let CallWork::Audit { code, .. } = &intent.work else { return vec![] };
    let other = match (&ended.proof, ended.resolution) {
        (Some(RegistrationProof::Audited { called_off: 0, left }), _) if left.is_empty() => return vec![],
        (Some(RegistrationProof::Audited { left, .. }), _) if left.is_empty() => {
            change.count("CopiesCalledOff");
            change.parcel.note(change.now, "hub", ended.words.as_str());
            change.put(txn);
            return vec![];
        }
        (Some(RegistrationProof::Audited { left, .. }), _) => left.first().cloned(),
        (_, Resolution::Later(_)) => return vec![],
        (_, _) if ended.dropped => return vec![],
        (_, _) => None,
    };
    let words = match &other {
        Some(_) => format!("{}; withdraw it at the post and keep {code}", ended.words),
        None => format!(
            "it could not be found out whether the post has a copy of {code}: look in its panel, withdraw one \
             that is there ({})",
            ended.words
        ),
    };
    change.parcel.task = Some(Task {
        reason: TaskReason::TwoCodes,
        operator_code: None,
        words: words.chars().take(500).collect(),
        since: change.now,
        marker: None,
        absent_from: None,
        other_code: other,
    });
    change.count("NeedsAttention");
    vec![change.store_and_tell(txn, "parcel.needs_attention", "operator", &words)]
}
