//! The thirteen states.

use super::*;

const PAID: AccountFacts = AccountFacts { suspended: None };
const EMPTY: AccountFacts = AccountFacts { suspended: Some(Suspension::Plan) };
const OFF: AccountFacts = AccountFacts { suspended: Some(Suspension::Service) };

fn parcel(status: ParcelStatus, waiting_days: Option<u32>) -> ParcelFacts {
    ParcelFacts { has_number: true, status, waiting_days, load_failed: false }
}

fn word(state: WidgetState) -> String {
    serde_json::to_string(&state).unwrap().trim_matches('"').to_owned()
}

fn shown(facts: &ParcelFacts, account: &AccountFacts) -> String {
    word(widget_state(facts, account).state)
}

#[test]
fn each_of_the_thirteen_states() {
    let none = ParcelFacts { has_number: false, ..parcel(ParcelStatus::AwaitingCode, None) };
    let failed = ParcelFacts { load_failed: true, ..parcel(ParcelStatus::Registered, None) };
    for (facts, account, expected) in [
        (none, PAID, "no_number"),
        (parcel(ParcelStatus::Registered, None), PAID, "number_entered"),
        (parcel(ParcelStatus::Accepted, None), PAID, "in_transit"),
        (parcel(ParcelStatus::ProbablyArrived, None), PAID, "probably_arrived"),
        (parcel(ParcelStatus::Arrived, Some(0)), PAID, "at_office_fresh"),
        (parcel(ParcelStatus::Arrived, Some(5)), PAID, "at_office_late1"),
        (parcel(ParcelStatus::Arrived, Some(15)), PAID, "at_office_late2"),
        (parcel(ParcelStatus::Arrived, Some(30)), PAID, "at_office_expired"),
        (parcel(ParcelStatus::Delivered, None), PAID, "delivered"),
        (parcel(ParcelStatus::Returning, None), PAID, "returning"),
        (failed, PAID, "load_error"),
        (parcel(ParcelStatus::InTransit, None), EMPTY, "balance_empty"),
        (parcel(ParcelStatus::Stalled, None), PAID, "stale_60d"),
    ] {
        assert_eq!(shown(&facts, &account), expected);
    }
}

#[test]
fn bands_are_half_open() {
    for (days, expected) in [
        (4, "at_office_fresh"),
        (14, "at_office_late1"),
        (29, "at_office_late2"),
        (u32::MAX, "at_office_expired"),
    ] {
        assert_eq!(shown(&parcel(ParcelStatus::StorageExpiring, Some(days)), &PAID), expected);
    }
    assert_eq!(shown(&parcel(ParcelStatus::StorageExpired, Some(2)), &PAID), "at_office_expired");
    assert_eq!(shown(&parcel(ParcelStatus::DeliveryFailed, None), &PAID), "in_transit");
    assert_eq!(shown(&parcel(ParcelStatus::DeliveryFailed, Some(6)), &PAID), "at_office_late1");
}

#[test]
fn an_end_is_shown_on_an_empty_balance_and_a_failed_poll_hides_nothing() {
    assert_eq!(shown(&parcel(ParcelStatus::Delivered, None), &EMPTY), "delivered");
    let facts = ParcelFacts { load_failed: true, ..parcel(ParcelStatus::Arrived, Some(1)) };
    assert_eq!(shown(&facts, &PAID), "at_office_fresh");
    assert_eq!(shown(&parcel(ParcelStatus::InvalidCode, None), &PAID), "load_error");
}

#[test]
fn a_suspended_account_is_a_flag_beside_the_state() {
    let flag = |facts: &ParcelFacts, account| widget_state(facts, account).suspended;
    let moving = parcel(ParcelStatus::Arrived, Some(6));
    assert_eq!(flag(&moving, &PAID), None);
    assert_eq!(flag(&moving, &EMPTY), Some(Suspension::Plan));
    assert_eq!(flag(&moving, &OFF), Some(Suspension::Service));
    assert_eq!(shown(&moving, &OFF), "at_office_late1", "what is known stays while the service is off");
    let entered = ParcelFacts { load_failed: true, ..parcel(ParcelStatus::Registered, None) };
    assert_eq!(shown(&entered, &OFF), "load_error");
    for ended in [ParcelStatus::Delivered, ParcelStatus::Returned, ParcelStatus::Stopped] {
        assert_eq!(flag(&parcel(ended, None), &OFF), None, "{ended}: nothing is kept from it");
    }
    let json = serde_json::to_value(widget_state(&moving, &EMPTY)).unwrap();
    assert_eq!((&json["widget_state"], &json["suspended"]), (&"balance_empty".into(), &"plan".into()));
}

#[test]
fn shades_grow_with_the_wait() {
    let shade = |days| widget_state(&parcel(ParcelStatus::Arrived, Some(days)), &PAID).shade;
    assert!(shade(4) < shade(5) && shade(5) < shade(15) && shade(15) < shade(30));
}

#[test]
fn buttons() {
    let actions = |facts: &ParcelFacts, account| widget_state(facts, account).actions;
    let moving = actions(&parcel(ParcelStatus::InTransit, None), &PAID);
    assert!(moving.contains(&WidgetAction::StopTracking) && moving.contains(&WidgetAction::CorrectNumber));
    let done = actions(&parcel(ParcelStatus::Delivered, None), &PAID);
    assert!(!done.contains(&WidgetAction::StopTracking));
    assert_eq!(actions(&parcel(ParcelStatus::InTransit, None), &EMPTY).first(), Some(&WidgetAction::TopUp));
    let none = ParcelFacts { has_number: false, ..parcel(ParcelStatus::AwaitingCode, None) };
    assert_eq!(actions(&none, &PAID).first(), Some(&WidgetAction::EnterNumber));
    for always in
        [WidgetAction::OpenAccount, WidgetAction::OpenSettings, WidgetAction::OpenFaq, WidgetAction::TopUp]
    {
        assert!(moving.contains(&always) && done.contains(&always));
    }
}

#[test]
fn the_widget_is_what_the_api_promises() {
    let json = serde_json::to_value(widget_state(&parcel(ParcelStatus::Arrived, Some(7)), &PAID)).unwrap();
    assert_eq!(json["widget_state"], "at_office_late1");
    assert_eq!(json["shade"], "light");
    assert_eq!(json["days_waiting"], 7);
    assert!(json["actions"].is_array());
}
