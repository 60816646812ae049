//! The states and what leads from one to another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentState {
    /// Entered, not tried.
    Draft,
    /// Applied for; the credentials are being tried.
    Applied,
    /// The credentials work where they could be tried; hub staff check the contract (S3-10).
    UnderReview,
    /// The operator does not take the user name or password.
    CredentialsWrong,
    /// The credentials are right, but the shop is not active at the operator's gateway (S0-16).
    CredentialsOkGatewayInactive,
    /// The credentials are right, but what was asked for needs a contract the shop does not have.
    CredentialsOkNoContract,
    /// Linking is impossible until something is mended (S3-25).
    OnHold,
    /// It works (S3-11).
    InUse,
}

impl EnrolmentState {
    /// Every state.
    pub const ALL: [EnrolmentState; 8] = [
        EnrolmentState::Draft,
        EnrolmentState::Applied,
        EnrolmentState::UnderReview,
        EnrolmentState::CredentialsWrong,
        EnrolmentState::CredentialsOkGatewayInactive,
        EnrolmentState::CredentialsOkNoContract,
        EnrolmentState::OnHold,
        EnrolmentState::InUse,
    ];

    /// As it stands in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            EnrolmentState::Draft => "draft",
            EnrolmentState::Applied => "applied",
            EnrolmentState::UnderReview => "under_review",
            EnrolmentState::CredentialsWrong => "credentials_wrong",
            EnrolmentState::CredentialsOkGatewayInactive => "credentials_ok_gateway_inactive",
            EnrolmentState::CredentialsOkNoContract => "credentials_ok_no_contract",
            EnrolmentState::OnHold => "on_hold",
            EnrolmentState::InUse => "in_use",
        }
    }
}

/// Whether new orders are taken on an account. Where hub staff check the contract (`reviewed`), only once they
/// have; elsewhere also on one that was not tried yet, because the post's own word comes with the first parcel.
#[must_use]
pub fn takes_orders(reviewed: bool, state: EnrolmentState) -> bool {
    use EnrolmentState::{
        Applied, CredentialsOkGatewayInactive, CredentialsOkNoContract, CredentialsWrong, Draft, InUse,
        OnHold, UnderReview,
    };
    match state {
        InUse => true,
        CredentialsWrong | OnHold | CredentialsOkNoContract => false,
        Draft | Applied | UnderReview | CredentialsOkGatewayInactive => !reviewed,
    }
}

/// Why an account is on hold: what the merchant is told to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// There is no contract under these numbers (S3-16).
    NoContract,
    /// The customer or approval number belongs to another business.
    NumbersDoNotMatch,
    /// The contract account serves another shop already (S3-22).
    AccountInOtherShop,
    /// The contract has ended.
    ContractEnded,
    /// The operator's system cannot be linked at the moment.
    LinkNotPossible,
    /// Something else, told in the note.
    Other,
}

/// Who moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The shop.
    Merchant,
    /// Hub staff.
    Staff,
    /// The hub itself, by what the post answered.
    Hub,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentEvent {
    /// The shop applied, for the first time or again.
    Applied,
    /// The post took the credentials, or has no call to try them by.
    CredentialsRight,
    /// The post refused them.
    CredentialsWrong,
    /// The post knows the shop, but its gateway does not.
    GatewayInactive,
    /// The post knows the login; the contract that was asked for is not there.
    ContractMissing,
    /// Hub staff found everything in order.
    Approved,
    /// Hub staff found something to mend.
    Held(HoldReason),
}

/// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// From where.
    pub from: EnrolmentState,
    /// To where.
    pub to: EnrolmentState,
    /// Why, where there is a reason to mend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<HoldReason>,
    /// In words: the post's own, or those of hub staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The event does not belong to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {} cannot be moved so", from.as_str())]
pub struct NotAllowed {
    /// The state it stays in.
    pub from: EnrolmentState,
}

/// The state after an event. `reviewed`: hub staff check the contract before the account is used (S3-10).
///
/// # Errors
/// [`NotAllowed`]: nothing changes.
pub fn step(
    reviewed: bool,
    from: EnrolmentState,
    event: EnrolmentEvent,
) -> Result<EnrolmentState, NotAllowed> {
    use EnrolmentState::{
        Applied, CredentialsOkGatewayInactive, CredentialsOkNoContract, CredentialsWrong, Draft, InUse,
        OnHold, UnderReview,
    };
    let after = match (from, event) {
        (_, EnrolmentEvent::Applied) => Applied,
        // Nothing the post answers moves what nobody applied for.
        (Draft, _) => return Err(NotAllowed { from }),
        (_, EnrolmentEvent::CredentialsWrong) => CredentialsWrong,
        (_, EnrolmentEvent::GatewayInactive) => CredentialsOkGatewayInactive,
        (_, EnrolmentEvent::ContractMissing) => CredentialsOkNoContract,
        (
            Applied | CredentialsWrong | CredentialsOkGatewayInactive | CredentialsOkNoContract,
            EnrolmentEvent::CredentialsRight,
        ) if reviewed => UnderReview,
        (UnderReview | OnHold, EnrolmentEvent::CredentialsRight) => from,
        (
            Applied | CredentialsWrong | CredentialsOkGatewayInactive | CredentialsOkNoContract | InUse,
            EnrolmentEvent::CredentialsRight,
        ) => InUse,
        (UnderReview | OnHold | InUse, EnrolmentEvent::Approved) => InUse,
        (Applied | UnderReview | InUse | OnHold, EnrolmentEvent::Held(_)) => OnHold,
        (_, EnrolmentEvent::Approved | EnrolmentEvent::Held(_)) => return Err(NotAllowed { from }),
    };
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EnrolmentEvent as E;
    use EnrolmentState as S;

    #[test]
    fn ways_to_use_and_back() {
        let (korea, iran, russia) = (true, false, false);
        for (reviewed, from, event, to) in [
            (korea, S::Draft, E::Applied, Some(S::Applied)),
            (korea, S::Applied, E::CredentialsRight, Some(S::UnderReview)),
            (korea, S::UnderReview, E::Approved, Some(S::InUse)),
            (korea, S::UnderReview, E::Held(HoldReason::NoContract), Some(S::OnHold)),
            (korea, S::OnHold, E::Approved, Some(S::InUse)),
            (korea, S::OnHold, E::CredentialsRight, Some(S::OnHold)),
            (korea, S::OnHold, E::Applied, Some(S::Applied)),
            (korea, S::CredentialsWrong, E::CredentialsRight, Some(S::UnderReview)),
            (korea, S::Applied, E::Approved, None),
            (korea, S::Draft, E::Approved, None),
            (korea, S::CredentialsWrong, E::Approved, None),
            (iran, S::Applied, E::CredentialsRight, Some(S::InUse)),
            (iran, S::Applied, E::GatewayInactive, Some(S::CredentialsOkGatewayInactive)),
            (iran, S::CredentialsOkGatewayInactive, E::CredentialsRight, Some(S::InUse)),
            (iran, S::InUse, E::CredentialsWrong, Some(S::CredentialsWrong)),
            (iran, S::CredentialsOkGatewayInactive, E::Approved, None),
            (russia, S::Applied, E::ContractMissing, Some(S::CredentialsOkNoContract)),
            (russia, S::CredentialsOkNoContract, E::CredentialsRight, Some(S::InUse)),
            (russia, S::InUse, E::Held(HoldReason::ContractEnded), Some(S::OnHold)),
            (russia, S::Draft, E::CredentialsWrong, None),
        ] {
            assert_eq!(step(reviewed, from, event).ok(), to, "{reviewed} {from:?} {event:?}");
        }
    }

    /// No way leads into use without the post's yes, and for reviewed posts not without a person's.
    #[test]
    fn use_needs_its_yes() {
        let events = [
            E::Applied,
            E::CredentialsRight,
            E::CredentialsWrong,
            E::GatewayInactive,
            E::ContractMissing,
            E::Approved,
            E::Held(HoldReason::Other),
        ];
        for reviewed in [true, false] {
            for from in S::ALL.into_iter().filter(|state| *state != S::InUse) {
                for event in events {
                    let into_use = step(reviewed, from, event) == Ok(S::InUse);
                    let yes = match event {
                        E::Approved => matches!(from, S::UnderReview | S::OnHold),
                        E::CredentialsRight => !reviewed,
                        _ => false,
                    };
                    assert!(!into_use || yes, "{reviewed} {from:?} {event:?}");
                }
            }
        }
    }

    #[test]
    fn orders_wait_for_the_review_where_there_is_one() {
        let taken = |reviewed| -> Vec<S> {
            S::ALL.into_iter().filter(|state| takes_orders(reviewed, *state)).collect()
        };
        assert_eq!(taken(true), [S::InUse]);
        let others = [S::Draft, S::Applied, S::UnderReview, S::CredentialsOkGatewayInactive, S::InUse];
        assert_eq!(taken(false), others);
    }

    #[test]
    fn names_are_those_of_the_api() {
        for state in S::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
