//! The operator of an account: one that parcels are registered with, or one that is only asked where
//! they are.

use std::sync::Arc;

use jiff::Timestamp;
use yam_carriers::account::{Account, AccountSettings};
use yam_carriers::{CallOutcome, Carrier, Credentials, RefusalKind, Tracker, Way};
use yam_domain::enrolment::EnrolmentEvent;
use yam_domain::ids::CarrierId;
use yam_domain::weight::WeightLimits;

use crate::ConsoleState;

/// What an account is for.
pub(crate) enum Operator {
    /// Registers parcels.
    Carrier(Arc<dyn Carrier>),
    /// Tracks them.
    Tracker(Arc<dyn Tracker>),
}

impl Operator {
    /// The operator of an id, if this hub speaks with it.
    pub(crate) fn of(state: &ConsoleState, id: CarrierId) -> Option<Self> {
        let carrier = state.carriers.get(id).cloned().map(Operator::Carrier);
        carrier.or_else(|| state.trackers.get(id).cloned().map(Operator::Tracker))
    }

    /// The wire of an account that names none.
    pub(crate) fn usual_wire(&self) -> &'static str {
        match self {
            Operator::Carrier(carrier) => carrier.wires().first().copied().unwrap_or_default(),
            Operator::Tracker(tracker) => tracker.wires().first().copied().unwrap_or_default(),
        }
    }

    /// Bounds of weight for an account that sets none.
    pub(crate) fn usual_limits(&self) -> WeightLimits {
        match self {
            Operator::Carrier(carrier) => carrier.usual_limits(),
            Operator::Tracker(_) => WeightLimits::default(),
        }
    }

    /// What is wrong with credentials, by field, before any is tried.
    pub(crate) fn check_credentials(
        &self,
        settings: &AccountSettings,
        credentials: &Credentials,
    ) -> Vec<(String, String)> {
        match self {
            Operator::Carrier(carrier) => carrier.check_credentials(settings, credentials),
            Operator::Tracker(_) => vec![],
        }
    }

    /// What is wrong with an account's settings, by field.
    pub(crate) fn check_settings(&self, settings: &AccountSettings) -> Vec<(String, String)> {
        match self {
            Operator::Carrier(carrier) => {
                let faults = carrier.check_settings(settings).into_iter();
                faults.map(|(field, reason)| (field.to_owned(), reason)).collect()
            }
            Operator::Tracker(tracker) => match tracker.access(Some(settings)).way {
                Way::Closed(why) => vec![("wire".to_owned(), why.to_owned())],
                _ => vec![],
            },
        }
    }

    /// Where credentials lapse when they are left alone: when that is to be told and has happened, after a use now.
    pub(crate) fn lapses_unused(
        &self,
        settings: &AccountSettings,
        used: Timestamp,
    ) -> Option<(Timestamp, Timestamp)> {
        match self {
            Operator::Carrier(carrier) => carrier.lapses_unused(settings, used),
            Operator::Tracker(_) => None,
        }
    }

    /// Tries an account by a harmless call. Tells a wrong password apart from a shop that is not active at
    /// the gateway (S0-16) and from a contract that is not there.
    pub(crate) async fn verify(&self, account: &Account) -> Verdict {
        match self {
            Operator::Carrier(carrier) => of_carrier(carrier.as_ref(), account).await,
            Operator::Tracker(tracker) => of_tracker(tracker.as_ref(), account).await,
        }
    }
}

/// What the operator made of an account.
pub(crate) struct Verdict {
    /// Its yes or no; none when it could not be asked.
    pub(crate) event: Option<EnrolmentEvent>,
    /// Its words, or why it was not asked.
    pub(crate) words: Option<String>,
}

impl Verdict {
    fn right() -> Self {
        Verdict { event: Some(EnrolmentEvent::CredentialsRight), words: None }
    }

    fn no(event: EnrolmentEvent, words: String) -> Self {
        Verdict { event: Some(event), words: Some(words) }
    }

    /// The operator could not be asked.
    pub(crate) fn not_tried(words: impl Into<String>) -> Self {
        Verdict { event: None, words: Some(words.into()) }
    }
}

async fn of_carrier(carrier: &dyn Carrier, account: &Account) -> Verdict {
    // At Iran Post a shop is opened in the gateway; at the others a contract is or is not there.
    let inactive = match account.carrier {
        CarrierId::IranPost => EnrolmentEvent::GatewayInactive,
        CarrierId::KoreaPost | CarrierId::RussianPost => EnrolmentEvent::ContractMissing,
    };
    match carrier.verify(account).await {
        CallOutcome::Done(()) => Verdict::right(),
        CallOutcome::Refused(error) if error.kind == RefusalKind::Credentials => {
            Verdict::no(EnrolmentEvent::CredentialsWrong, error.message)
        }
        CallOutcome::Refused(error) if error.kind == RefusalKind::AccountInactive => {
            Verdict::no(inactive, error.message)
        }
        CallOutcome::Busy { error, .. } if error.code == "-10" => {
            let words = format!(
                "{} (-10). If this stays, ask the post to activate the shop in its gateway: {}",
                error.message,
                carrier.support()
            );
            Verdict::no(inactive, words)
        }
        CallOutcome::Refused(error) | CallOutcome::Busy { error, .. } => {
            Verdict::not_tried(format!("{} ({})", error.message, error.code))
        }
        CallOutcome::NotSent(words) | CallOutcome::Unknown(words) => unanswered(&words),
    }
}

async fn of_tracker(tracker: &dyn Tracker, account: &Account) -> Verdict {
    let reports = tracker.probe(Some(account)).await;
    match reports.into_iter().find(|report| !report.works) {
        None => Verdict::right(),
        Some(report) if report.seen.starts_with("denied") => {
            Verdict::no(EnrolmentEvent::CredentialsWrong, report.seen)
        }
        Some(report) => unanswered(&report.seen),
    }
}

fn unanswered(words: &str) -> Verdict {
    Verdict::not_tried(format!("not tried: the operator did not answer ({words}); apply again later"))
}
