//! What the merchant's widget shows beside an order: one of thirteen states (S1-22 to S1-34).

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::derived::WaitingBand;
use crate::parcel::ParcelStatus;

/// The state of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WidgetState {
    /// No number was entered.
    NoNumber,
    /// A number was entered; the operator has not said where the parcel is.
    NumberEntered,
    /// On its way.
    InTransit,
    /// It should have arrived, although the operator does not say so.
    ProbablyArrived,
    /// At the office, days 0 to 4.
    AtOfficeFresh,
    /// At the office, days 5 to 14.
    #[serde(rename = "at_office_late1")]
    AtOfficeLate1,
    /// At the office, days 15 to 29.
    #[serde(rename = "at_office_late2")]
    AtOfficeLate2,
    /// At the office from day 30, or storage is over.
    AtOfficeExpired,
    /// In the buyer's hands.
    Delivered,
    /// Going back, or back.
    Returning,
    /// The number could not be looked up.
    LoadError,
    /// Balance or plan is used up: nothing is polled.
    BalanceEmpty,
    /// No news for 60 days.
    #[serde(rename = "stale_60d")]
    Stale60d,
}

/// How strongly the state is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shade {
    /// Nothing to do.
    None,
    /// Waiting for some days.
    Light,
    /// Waiting for long.
    Dark,
    /// Something has to be done.
    Alarm,
}

/// A button of the widget (S1-36, S1-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WidgetAction {
    /// Enter a number.
    EnterNumber,
    /// Correct the number.
    CorrectNumber,
    /// Stop tracking this parcel.
    StopTracking,
    /// Pay.
    TopUp,
    /// Open the account.
    OpenAccount,
    /// Open the app's settings.
    OpenSettings,
    /// Open the questions and answers.
    OpenFaq,
}

/// What the widget needs to know of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelFacts {
    /// A number stands in the order.
    pub has_number: bool,
    /// The status shown elsewhere, derived ones included.
    pub status: ParcelStatus,
    /// Days at the office.
    pub waiting_days: Option<u32>,
    /// The last polls failed, so that nothing was loaded yet.
    pub load_failed: bool,
}

/// Why nothing is polled or sent for a whole account: a flag beside the status, never a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspension {
    /// Balance or plan is used up: no polls, and messages are held until it is renewed (S1-33, S4-58).
    Plan,
    /// The merchant switched the service off: nothing is sent, what is known stays (S4-44).
    Service,
}

/// What the widget needs to know of the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountFacts {
    /// Why it is suspended, if it is.
    pub suspended: Option<Suspension>,
}

/// What the widget shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widget {
    /// The state.
    #[serde(rename = "widget_state")]
    pub state: WidgetState,
    /// Its colour.
    pub shade: Shade,
    /// Days at the office, where it lies there.
    pub days_waiting: Option<u32>,
    /// Why the account is suspended, while that keeps this parcel from going on.
    pub suspended: Option<Suspension>,
    /// Its buttons, in the order shown.
    pub actions: Vec<WidgetAction>,
}

/// Works out the widget of one parcel.
///
/// An end is shown whatever the account owes. An empty balance comes before all else that depends on
/// polling; a failed look-up only counts while nothing better is known. A service that is off has no state of
/// its own among the thirteen: the last one known stays, with the flag beside it.
pub fn widget_state(parcel: &ParcelFacts, account: &AccountFacts) -> Widget {
    let state = state(parcel, account);
    let at_office = matches!(
        state,
        WidgetState::AtOfficeFresh
            | WidgetState::AtOfficeLate1
            | WidgetState::AtOfficeLate2
            | WidgetState::AtOfficeExpired
    );
    Widget {
        state,
        shade: shade(state),
        days_waiting: parcel.waiting_days.filter(|_| at_office),
        suspended: account.suspended.filter(|_| !parcel.status.is_final()),
        actions: actions(parcel, account),
    }
}

fn state(parcel: &ParcelFacts, account: &AccountFacts) -> WidgetState {
    if !parcel.has_number {
        return WidgetState::NoNumber;
    }
    match by_status(parcel) {
        end @ (WidgetState::Delivered | WidgetState::Returning) => end,
        _ if account.suspended == Some(Suspension::Plan) => WidgetState::BalanceEmpty,
        WidgetState::NumberEntered if parcel.load_failed => WidgetState::LoadError,
        state => state,
    }
}

/// The thirteen states know neither lost nor undeliverable parcels nor stopped tracking: of a lost one
/// no news will come; an undeliverable one lies with the post like one whose storage is over; a stopped
/// one is a number that is not tracked.
fn by_status(parcel: &ParcelFacts) -> WidgetState {
    match parcel.status {
        ParcelStatus::AwaitingCode
        | ParcelStatus::Registered
        | ParcelStatus::Unknown
        | ParcelStatus::Stopped => WidgetState::NumberEntered,
        ParcelStatus::Accepted
        | ParcelStatus::InTransit
        | ParcelStatus::Customs
        | ParcelStatus::OnHold
        | ParcelStatus::OutForDelivery => WidgetState::InTransit,
        ParcelStatus::ProbablyArrived => WidgetState::ProbablyArrived,
        ParcelStatus::DeliveryFailed if parcel.waiting_days.is_none() => WidgetState::InTransit,
        ParcelStatus::Arrived | ParcelStatus::DeliveryFailed | ParcelStatus::StorageExpiring => {
            match WaitingBand::of(parcel.waiting_days.unwrap_or(0)) {
                WaitingBand::Fresh => WidgetState::AtOfficeFresh,
                WaitingBand::Late1 => WidgetState::AtOfficeLate1,
                WaitingBand::Late2 => WidgetState::AtOfficeLate2,
                WaitingBand::Expired => WidgetState::AtOfficeExpired,
            }
        }
        ParcelStatus::StorageExpired | ParcelStatus::Undeliverable => WidgetState::AtOfficeExpired,
        ParcelStatus::Delivered => WidgetState::Delivered,
        ParcelStatus::Returning | ParcelStatus::Returned => WidgetState::Returning,
        ParcelStatus::InvalidCode => WidgetState::LoadError,
        ParcelStatus::Stalled | ParcelStatus::Lost => WidgetState::Stale60d,
    }
}

fn shade(state: WidgetState) -> Shade {
    match state {
        WidgetState::NoNumber
        | WidgetState::NumberEntered
        | WidgetState::InTransit
        | WidgetState::ProbablyArrived
        | WidgetState::AtOfficeFresh
        | WidgetState::Delivered => Shade::None,
        WidgetState::AtOfficeLate1 => Shade::Light,
        WidgetState::AtOfficeLate2 => Shade::Dark,
        WidgetState::AtOfficeExpired
        | WidgetState::Returning
        | WidgetState::LoadError
        | WidgetState::BalanceEmpty
        | WidgetState::Stale60d => Shade::Alarm,
    }
}

fn actions(parcel: &ParcelFacts, account: &AccountFacts) -> Vec<WidgetAction> {
    let unpaid = account.suspended == Some(Suspension::Plan);
    let mut actions = Vec::new();
    if unpaid {
        actions.push(WidgetAction::TopUp);
    }
    if !parcel.has_number {
        actions.push(WidgetAction::EnterNumber);
    } else if !parcel.status.is_final() {
        actions.extend([WidgetAction::CorrectNumber, WidgetAction::StopTracking]);
    }
    actions.extend([WidgetAction::OpenAccount, WidgetAction::OpenSettings, WidgetAction::OpenFaq]);
    if !unpaid {
        actions.push(WidgetAction::TopUp);
    }
    actions
}
