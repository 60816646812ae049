//! No proof: refused, not known, given up, or to be tried again.

use yam_domain::effect::{Phase, Resolution};
use yam_domain::parcel::{BarcodeEvent, RegistrationEvent, RegistrationState};
use yam_store::items::{CallWork, RegistrationProof, Task, TaskReason};
use yam_store::work::Ended;
use yam_store::{Announcement, Intent, StoreError, Txn};

use super::Change;

pub(super) fn book(
    change: &mut Change<'_>,
    intent: &mut Intent<CallWork>,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let CallWork::Register { generation, postal_code, marker, refusal, refusal_words, .. } = &mut intent.work
    else {
        return Ok(vec![]);
    };
    // News of a registration that another one replaced changes nothing.
    if *generation != change.parcel.generation {
        return Ok(vec![]);
    }
    let detail = |name: &str| ended.detail.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let operator_code = detail("code");
    if operator_code.is_some() {
        refusal.clone_from(&operator_code);
        *refusal_words = Some(ended.words.chars().take(500).collect());
    }
    match ended.resolution {
        Resolution::Done => Ok(vec![]),
        Resolution::Later(_) => {
            if let Some(reference) = detail("try_postal_code") {
                *postal_code = Some(reference);
            }
            Ok(to_be_settled(change, intent.state.phase, ended, txn))
        }
        Resolution::Held => {
            let absent_from = intent.state.call_ended_at.unwrap_or(change.now);
            let absent_from = absent_from.saturating_add(change.calls.quiet).unwrap_or(change.now);
            let marker = marker.clone();
            change.count("OutcomeUnknown");
            let task = Task {
                marker,
                absent_from: Some(absent_from),
                ..task(change, TaskReason::OutcomeUnknown, ended)
            };
            Ok(ask_person(change, RegistrationEvent::AnswerLost, task, ended, txn))
        }
        Resolution::GivenUp if ended.dropped => Ok(dropped(change, ended, txn)),
        Resolution::GivenUp => {
            let task = task(change, TaskReason::OperatorDown, ended);
            Ok(ask_person(change, RegistrationEvent::Refused, task, ended, txn))
        }
        Resolution::Refused => {
            // A refusal that look-ups had to confirm is told in the operator's words, not in theirs.
            let words = refusal_words.clone().filter(|_| operator_code.is_none() && !ended.dropped);
            let ended = &Ended { words: words.unwrap_or_else(|| ended.words.clone()), ..ended.clone() };
            let operator_code = operator_code.or_else(|| ended.words.split(':').next().map(str::to_owned));
            let task = Task { operator_code, ..task(change, TaskReason::Refused, ended) };
            Ok(ask_person(change, RegistrationEvent::Refused, task, ended, txn))
        }
    }
}

fn task(change: &Change<'_>, reason: TaskReason, ended: &Ended<RegistrationProof>) -> Task {
    Task {
        reason,
        operator_code: None,
        words: ended.words.chars().take(500).collect(),
        since: change.now,
        marker: None,
        absent_from: None,
        other_code: None,
    }
}

fn ask_person(
    change: &mut Change<'_>,
    event: RegistrationEvent,
    task: Task,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Vec<Announcement> {
    let parcel = &mut change.parcel;
    // A barcode typed in meanwhile stands: late trouble does not take it away.
    if parcel.tracking_code.is_some() {
        return vec![];
    }
    parcel.registration = parcel.registration.apply(event).unwrap_or(parcel.registration);
    parcel.barcode = parcel.barcode.apply(BarcodeEvent::Missed).unwrap_or(parcel.barcode);
    if parcel.cancel_requested && event == RegistrationEvent::Refused {
        parcel.registration = RegistrationState::Cancelled;
        parcel.task = None;
        return vec![change.store_and_tell(
            txn,
            "parcel.cancelled",
            "hub",
            "cancelled; the operator never had it",
        )];
    }
    parcel.task = Some(task);
    change.count("NeedsAttention");
    vec![change.store_and_tell(txn, "parcel.needs_attention", "operator", &ended.words)]
}

/// While the hub itself is finding out, the parcel shows it; nobody is asked.
fn to_be_settled(
    change: &mut Change<'_>,
    phase: Phase,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Vec<Announcement> {
    let parcel = &mut change.parcel;
    if phase != Phase::Settling || parcel.registration != RegistrationState::Registering {
        return vec![];
    }
    parcel.registration = RegistrationState::OutcomeUnknown;
    parcel.barcode = parcel.barcode.apply(BarcodeEvent::Missed).unwrap_or(parcel.barcode);
    vec![change.store_and_tell(txn, "parcel.outcome_unknown", "hub", &ended.words)]
}

fn dropped(change: &mut Change<'_>, ended: &Ended<RegistrationProof>, txn: &mut Txn) -> Vec<Announcement> {
    if !change.parcel.cancel_requested || change.parcel.registration == RegistrationState::Cancelled {
        return vec![];
    }
    change.parcel.registration = RegistrationState::Cancelled;
    change.parcel.task = None;
    vec![change.store_and_tell(txn, "parcel.cancelled", "hub", &ended.words)]
}
