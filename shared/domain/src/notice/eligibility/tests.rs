use super::*;
use crate::notice::kind::Notice;

fn facts() -> Facts {
    Facts {
        kind: Kind::Parcel(ParcelStatus::Arrived),
        audience: Audience::Buyer,
        channel: Channel::Sms,
        contact: phone("+79161234567"),
        verdict: Verdict::News,
        already_told: false,
        service_on: true,
        rule_on: true,
        phones: PhoneSettings::default(),
        opted_out: false,
        consent: true,
        text_ready: true,
        collected: false,
        stopped: false,
        accepted_at: None,
        loaded_at: None,
        max_age_days: None,
    }
}

fn phone(number: &str) -> Contact {
    Contact::Phone(Phone::parse_international(number).unwrap())
}

fn verdict(change: impl FnOnce(&mut Facts)) -> Option<Reason> {
    let mut facts = facts();
    change(&mut facts);
    match judge(&facts) {
        Decision::Send => None,
        Decision::Suppress(reason) => Some(reason),
    }
}

#[test]
fn each_reason_stops_a_message() {
    assert_eq!(verdict(|_| ()), None);
    assert_eq!(verdict(|f| f.already_told = true), Some(Reason::AlreadyTold));
    assert_eq!(verdict(|f| f.service_on = false), Some(Reason::ServiceOff));
    assert_eq!(verdict(|f| f.rule_on = false), Some(Reason::RuleOff));
    assert_eq!(verdict(|f| f.verdict = Verdict::Late), Some(Reason::Late));
    assert_eq!(verdict(|f| f.verdict = Verdict::Superseded), Some(Reason::Superseded));
    assert_eq!(verdict(|f| f.contact = Contact::None), Some(Reason::NoContact));
    assert_eq!(verdict(|f| f.opted_out = true), Some(Reason::OptedOut));
    assert_eq!(verdict(|f| f.consent = false), Some(Reason::NoConsent));
    assert_eq!(verdict(|f| f.text_ready = false), Some(Reason::TextNotReady));
    assert_eq!(verdict(|f| f.stopped = true), Some(Reason::Stopped));
}

#[test]
fn nobody_is_reminded_of_what_he_has() {
    let not_collected = Kind::Other(Notice::NotCollected);
    for kind in [not_collected, Kind::Parcel(ParcelStatus::Arrived)] {
        let has_it = |f: &mut Facts| {
            f.kind = kind;
            f.collected = true;
        };
        assert_eq!(verdict(has_it), Some(Reason::Collected), "{kind}");
    }
    let handed_over = |f: &mut Facts| {
        f.kind = Kind::Parcel(ParcelStatus::Delivered);
        f.collected = true;
    };
    assert_eq!(verdict(handed_over), None);
}

#[test]
fn the_placeholder_gets_neither_text_nor_call() {
    for channel in [Channel::Sms, Channel::Call, Channel::Kakao] {
        let found = verdict(|f| {
            f.channel = channel;
            f.phones.allow_landline = true;
            f.contact = phone(PLACEHOLDER);
        });
        assert_eq!(found, Some(Reason::Placeholder), "{channel:?}");
    }
}

#[test]
fn landlines_take_calls_when_allowed() {
    for (channel, allow_landline, expected) in [
        (Channel::Sms, true, Some(Reason::Landline)),
        (Channel::Sms, false, Some(Reason::Landline)),
        (Channel::Call, false, Some(Reason::Landline)),
        (Channel::Call, true, None),
    ] {
        let found = verdict(|f| {
            f.channel = channel;
            f.phones.allow_landline = allow_landline;
            f.contact = phone("+78121234567");
        });
        assert_eq!(found, expected, "{channel:?} {allow_landline}");
    }
}

#[test]
fn korean_safe_numbers_take_texts_and_toll_free_ones_do_not() {
    assert_eq!(verdict(|f| f.contact = phone("+825051234567")), None);
    assert_eq!(verdict(|f| f.contact = phone("+78005553535")), Some(Reason::NumberClass));
}

#[test]
fn acceptance_is_stale_after_four_days() {
    let accepted: Timestamp = "2026-11-01T12:00:00Z".parse().unwrap();
    for (hours, seconds, channel, stale) in [
        (4 * 24, 0, Channel::Sms, false),
        (4 * 24, 1, Channel::Sms, true),
        (5 * 24, 0, Channel::Sms, true),
        (5 * 24, 0, Channel::Call, false),
    ] {
        let found = verdict(|f| {
            f.kind = Kind::Parcel(ParcelStatus::Accepted);
            f.channel = channel;
            f.accepted_at = Some(accepted);
            f.loaded_at = Some(accepted + SignedDuration::from_secs(hours * 3_600 + seconds));
            f.max_age_days = Some(4);
        });
        assert_eq!(found, stale.then_some(Reason::LoadedLate), "{hours} {seconds}");
    }
}

#[test]
fn numbers_are_replaced_only_when_asked() {
    let settings = |allow_landline, replace_invalid| PhoneSettings { allow_landline, replace_invalid };
    let stored = |input, settings| number_to_store(input, "RU", settings).map(String::from).ok();
    assert_eq!(stored("", settings(false, true)).as_deref(), Some(PLACEHOLDER));
    assert_eq!(stored("", settings(false, false)), None);
    assert_eq!(stored("0000000000", settings(false, true)).as_deref(), Some(PLACEHOLDER));
    assert_eq!(stored("88121234567", settings(false, false)).as_deref(), Some(PLACEHOLDER));
    assert_eq!(stored("88121234567", settings(true, false)).as_deref(), Some("+78121234567"));
    assert_eq!(stored("89161234567", settings(false, false)).as_deref(), Some("+79161234567"));
}

#[test]
fn the_words_of_reasons_are_stable() {
    let json = serde_json::to_string(&Decision::Suppress(Reason::LoadedLate)).unwrap();
    assert_eq!(json, r#"{"decision":"suppress","reason":"loaded_late"}"#);
    assert_eq!(serde_json::to_string(&Decision::Send).unwrap(), r#"{"decision":"send"}"#);
}
