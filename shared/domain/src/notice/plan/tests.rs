use super::*;
use crate::notice::zones::zone;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn subject() -> Subject {
    Subject {
        merchant: MerchantId::parse("romashka").unwrap(),
        carrier: Some(CarrierId::RussianPost),
        reference: "80083741236541".to_owned(),
    }
}

fn event(status: ParcelStatus, epoch: &str, verdict: Verdict) -> Event {
    let happened_at = at("2026-11-20T05:00:00Z");
    Event { subject: subject(), kind: Kind::Parcel(status), epoch: epoch.to_owned(), happened_at, verdict }
}

fn rules() -> RuleSet {
    let mut rules = RuleSet::usual();
    for rule in &mut rules.rules {
        rule.enabled = true;
    }
    rules
}

fn calendar() -> Calendar {
    Calendar {
        now: at("2026-11-20T20:00:00Z"),
        window: Window::USUAL,
        buyer: zone("Asia/Vladivostok").unwrap(),
        shop: zone("Europe/Moscow").unwrap(),
        call: SignedDuration::from_secs(10),
    }
}

fn planned(event: &Event) -> Vec<Planned> {
    plan(event, &rules(), &BTreeSet::new(), &calendar())
}

fn due(planned: &[Planned], channel: Channel, after_days: u16) -> Timestamp {
    let found = planned.iter().find(|p| p.channel == channel && p.after_days == after_days).unwrap();
    match found.fate {
        Fate::Due(due) | Fate::AfterCall(due) => due,
        Fate::Not(reason) => panic!("{reason:?}"),
    }
}

#[test]
fn an_arrival_plans_its_news_and_its_reminders_in_the_buyers_window() {
    let planned = planned(&event(ParcelStatus::Arrived, "arrived.1", Verdict::News));
    assert_eq!(planned.len(), 6);
    for (channel, days, opens) in [
        (Channel::Sms, 0, "2026-11-21T00:00:00Z"),
        (Channel::Email, 5, "2026-11-25T00:00:00Z"),
        (Channel::Call, 10, "2026-11-30T00:00:00Z"),
    ] {
        let due = due(&planned, channel, days);
        let opens = at(opens);
        assert!(opens <= due && due < opens + SignedDuration::from_hours(2), "{channel:?} {due}");
    }
}

#[test]
fn a_registration_is_told_once_by_event_or_by_scan() {
    let by_event = planned(&Event::of_registration(subject(), at("2026-11-20T05:00:00Z")));
    let by_scan = planned(&event(ParcelStatus::Registered, "registered.1", Verdict::News));
    assert_eq!(by_event.len(), 2);
    assert_eq!(by_event, by_scan);
}

#[test]
fn late_and_superseded_changes_are_recorded_and_not_told() {
    for (verdict, reason) in [(Verdict::Late, Reason::Late), (Verdict::Superseded, Reason::Superseded)] {
        let planned = planned(&event(ParcelStatus::Accepted, "accepted.1", verdict));
        assert!(!planned.is_empty() && planned.iter().all(|p| p.fate == Fate::Not(reason)));
    }
}

#[test]
fn with_the_service_off_nothing_is_due() {
    let rules = RuleSet { service_enabled: false, ..rules() };
    let event = event(ParcelStatus::Arrived, "arrived.1", Verdict::News);
    let planned = plan(&event, &rules, &BTreeSet::new(), &calendar());
    assert!(!planned.is_empty() && planned.iter().all(|p| p.fate == Fate::Not(Reason::ServiceOff)));
}

#[test]
fn payments_are_told_at_once_to_buyer_and_admin() {
    let paid = Event::of_notice(subject(), Notice::PaymentPaid, "pay-1".to_owned(), calendar().now);
    let planned = planned(&paid);
    assert_eq!(planned.len(), 3);
    assert!(planned.iter().all(|p| p.fate == Fate::Due(calendar().now)));
}

#[test]
fn a_text_follows_the_call_of_the_same_day() {
    let mut rules = rules();
    for rule in rules.rules.iter_mut().filter(|rule| rule.after_days > 0) {
        rule.after_days = 7;
    }
    let event = event(ParcelStatus::Arrived, "arrived.1", Verdict::News);
    for planned in plan(&event, &rules, &BTreeSet::new(), &calendar()).iter().filter(|p| p.after_days > 0) {
        let follows = matches!(planned.fate, Fate::AfterCall(_));
        assert_eq!(follows, planned.channel == Channel::Sms, "{planned:?}");
    }
}

#[test]
fn keys_differ_in_every_part() {
    let rule = Rule::new(Kind::Parcel(ParcelStatus::Arrived), Audience::Buyer, Channel::Sms, true);
    let base = event(ParcelStatus::Arrived, "arrived.1", Verdict::News);
    let key = MessageKey::of(&base, &rule);
    assert_eq!(key.as_str().len(), 40);
    let mut keys = BTreeSet::from([key]);
    let mut other = base.clone();
    other.epoch = "arrived.2".to_owned();
    assert!(keys.insert(MessageKey::of(&other, &rule)));
    other = base.clone();
    other.subject.carrier = None;
    assert!(keys.insert(MessageKey::of(&other, &rule)));
    for changed in [
        Rule { audience: Audience::Admin, ..rule.clone() },
        Rule { channel: Channel::Email, ..rule.clone() },
        Rule { after_days: 5, ..rule.clone() },
        Rule { kind: Kind::Other(Notice::NotCollected), ..rule.clone() },
    ] {
        assert!(keys.insert(MessageKey::of(&base, &changed)));
    }
}

proptest! {
    #[test]
    fn any_order_and_repetition_plans_the_same_set(order in proptest::collection::vec(0usize..5, 5..40)) {
        let events = [
            event(ParcelStatus::Registered, "registered.1", Verdict::News),
            event(ParcelStatus::Accepted, "accepted.1", Verdict::News),
            event(ParcelStatus::Arrived, "arrived.1", Verdict::News),
            event(ParcelStatus::Arrived, "arrived.2", Verdict::News),
            event(ParcelStatus::Delivered, "delivered.1", Verdict::News),
        ];
        let mut once = BTreeSet::new();
        let mut known = BTreeSet::new();
        let mut count = 0;
        for at in order {
            let event = &events[at];
            once.extend(planned(event).into_iter().map(|p| p.key));
            let new = plan(event, &rules(), &known, &calendar());
            count += new.len();
            known.extend(new.into_iter().map(|p| p.key));
        }
        prop_assert_eq!(&known, &once);
        prop_assert_eq!(count, known.len());
    }
}
