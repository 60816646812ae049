//! The rules of the machine, as tables and properties.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const LOOK_UP: Power = Power::LookUp {
    quiet: SignedDuration::from_secs(120),
    misses: 3,
    schedule: &[
        SignedDuration::ZERO,
        SignedDuration::from_secs(10),
        SignedDuration::from_secs(60),
        SignedDuration::from_secs(120),
        SignedDuration::from_secs(150),
    ],
    give_up_after: SignedDuration::from_mins(30),
};

const DELAYS: &[SignedDuration] = &[SignedDuration::from_secs(5), SignedDuration::from_secs(60)];

fn policy(power: Power) -> Policy {
    Policy {
        power,
        backoff: Backoff { delays: DELAYS, jitter_percent: 20 },
        lease: SignedDuration::from_secs(60),
        call_deadline: SignedDuration::from_secs(40),
    }
}

fn t(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("in range")
}

fn planned() -> EffectState {
    EffectState::planned(t(0), t(120), t(86_400))
}

fn calling(power: Power) -> (EffectState, Policy) {
    let policy = policy(power);
    let mut state = planned();
    assert_eq!(state.next_step(t(0)), Step::Send);
    state.claim_send(t(0), "a", &policy);
    (state, policy)
}

#[test]
fn a_claimed_intent_waits_for_its_lease_and_is_then_settled_never_sent() {
    let (state, _) = calling(Power::Hold);
    assert_eq!(state.next_step(t(59)), Step::Wait(t(60)));
    assert_eq!(state.next_step(t(60)), Step::Settle);
}

#[test]
fn whatever_changes_an_intent_without_a_claim_moves_its_fence() {
    let policy = policy(LOOK_UP);
    let changes: [fn(&mut EffectState, &Policy); 3] = [
        |state, _| _ = state.wait_until(t(60), t(0)),
        |state, policy| _ = state.postpone(t(0), policy, 0),
        |state, _| state.end(Resolution::GivenUp),
    ];
    for change in changes {
        let mut state = planned();
        change(&mut state, &policy);
        assert_eq!(state.fence, planned().fence + 1, "{state:?}");
    }
}

#[test]
fn the_first_due_row_is_left_standing_when_it_is_later_than_the_lease() {
    let (state, _) = calling(Power::Hold);
    assert_eq!(state.due_at, Some(t(120)));
    let policy = policy(Power::Hold);
    let mut late = planned();
    late.claim_send(t(100), "a", &policy);
    assert_eq!(late.due_at, Some(t(190)), "lease end + 30 s");
}

#[test]
fn an_unknown_answer_on_a_wire_without_look_up_is_held_for_a_person() {
    let (mut state, policy) = calling(Power::Hold);
    assert_eq!(state.after_call(CallClass::Unknown, t(5), &policy, 0), Resolution::Held);
    assert_eq!(state.phase, Phase::Held);
    assert_eq!(state.due_at, None);
    assert_eq!(state.next_step(t(1_000_000)), Step::Stop);
}

#[test]
fn not_sent_and_busy_are_planned_again_and_leave_no_doubt() {
    for class in [CallClass::NotSent, CallClass::Busy { retry_after: None }] {
        let (mut state, policy) = calling(Power::Hold);
        let Resolution::Later(at) = state.after_call(class, t(1), &policy, 5_000) else {
            panic!("must be retried")
        };
        assert!(at >= t(5) && at <= t(7), "5 s +- 20 %");
        assert_eq!(state.phase, Phase::Planned);
        assert_eq!((state.doubtful_sends, state.missed_sends), (0, 0));
        assert_eq!(state.due_at, Some(at));
    }
}

#[test]
fn a_refusal_after_a_doubtful_send_is_looked_up_first() {
    let (mut state, policy) = calling(LOOK_UP);
    state.after_call(CallClass::Unknown, t(1), &policy, 0);
    // Three counted misses clear the doubt; here only the doubt matters.
    state.phase = Phase::Planned;
    state.claim_send(t(10), "b", &policy);
    assert!(matches!(state.after_call(CallClass::Refused, t(11), &policy, 0), Resolution::Later(_)));
    assert_eq!(state.phase, Phase::Settling);
}

/// Settles until it is decided, each look-up ending as told; when and how.
fn settled(state: &mut EffectState, policy: &Policy, mut now: Timestamp, class: LookUpClass) -> Resolution {
    for _ in 0..100 {
        now = now.max(state.not_before);
        state.claim_settle(now, "s", policy);
        let resolution = state.after_look_up(class, now, policy, 0);
        if state.phase != Phase::Settling {
            return resolution;
        }
    }
    panic!("must end")
}

#[test]
fn a_refusal_after_a_call_that_was_only_missed_is_looked_up_first() {
    for (class, expected) in [(LookUpClass::Hit, Resolution::Done), (LookUpClass::Miss, Resolution::Refused)]
    {
        let (mut state, policy) = calling(LOOK_UP);
        state.after_call(CallClass::Unknown, t(1), &policy, 0);
        settled(&mut state, &policy, t(1), LookUpClass::Miss);
        assert_eq!((state.phase, state.missed_sends), (Phase::Planned, 1));
        let now = state.not_before;
        state.claim_send(now, "b", &policy);
        assert!(matches!(state.after_call(CallClass::Refused, now, &policy, 0), Resolution::Later(_)));
        assert_eq!(settled(&mut state, &policy, now, class), expected);
        assert_eq!((state.phase, state.sends), (Phase::Final, 2), "it is not sent a third time");
    }
}

#[test]
fn misses_count_only_after_the_quiet_time_and_three_allow_a_second_send() {
    let (mut state, policy) = calling(LOOK_UP);
    state.after_call(CallClass::Unknown, t(0), &policy, 0);
    let mut asked = Vec::new();
    let mut now = t(0);
    while state.phase == Phase::Settling {
        state.claim_settle(now, "b", &policy);
        asked.push(now.as_second() - t(0).as_second());
        match state.after_look_up(LookUpClass::Miss, now, &policy, 0) {
            Resolution::Later(at) => now = at,
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(asked, [0, 10, 60, 120, 150, 180]);
    assert_eq!(state.phase, Phase::Planned);
    assert_eq!((state.doubtful_sends, state.missed_sends), (0, 1), "taken for not done, which is no proof");
    assert_eq!(state.next_step(now), Step::Send);
    state.claim_send(now, "c", &policy);
    assert_eq!(state.after_call(CallClass::Done, now, &policy, 0), Resolution::Done);
    assert_eq!(state.missed_sends, 1, "a copy of the first may still be there");
}

#[test]
fn failed_look_ups_prove_nothing_and_end_with_a_person() {
    let (mut state, policy) = calling(LOOK_UP);
    state.after_call(CallClass::Unknown, t(0), &policy, 0);
    let mut now = t(0);
    for _ in 0..1_000 {
        state.claim_settle(now, "b", &policy);
        match state.after_look_up(LookUpClass::Failed, now, &policy, 0) {
            Resolution::Later(at) => now = at,
            other => {
                assert_eq!(other, Resolution::Held);
                assert!(now >= t(1_800));
                return;
            }
        }
    }
    panic!("must end");
}

#[test]
fn what_is_held_is_asked_about_again_when_a_person_says_so() {
    let (mut state, policy) = calling(LOOK_UP);
    state.after_call(CallClass::Unknown, t(0), &policy, 0);
    assert_eq!(settled(&mut state, &policy, t(0), LookUpClass::Failed), Resolution::Held);
    let now = t(100_000);
    state.ask_again(now, t(200_000));
    assert_eq!((state.next_step(now), state.due_at), (Step::Settle, Some(now)));
    assert!(matches!(settled(&mut state, &policy, now, LookUpClass::Miss), Resolution::Later(_)));
    assert!(state.not_before >= t(100_120), "the quiet time holds again");
    assert_eq!((state.phase, state.missed_sends), (Phase::Planned, 1));
    let (mut fresh, _) = calling(LOOK_UP);
    let before = fresh.clone();
    fresh.ask_again(now, now);
    assert_eq!(fresh, before, "only what is held");
}

#[test]
fn a_dead_worker_bounds_the_end_of_its_call_by_its_lease() {
    let (mut state, policy) = calling(LOOK_UP);
    state.claim_settle(t(90), "b", &policy);
    assert_eq!(state.call_ended_at, Some(t(60)));
}

#[test]
fn patience_ends_with_certainty_or_with_a_person() {
    for (power, doubtful, expected) in [
        (Power::Hold, 0, Resolution::GivenUp),
        (LOOK_UP, 1, Resolution::Held),
        (Power::Repeat, 1, Resolution::GivenUp),
    ] {
        let (mut state, policy) = calling(power);
        state.doubtful_sends = doubtful + 1;
        state.give_up_at = t(1);
        assert_eq!(state.after_call(CallClass::NotSent, t(1), &policy, 0), expected);
    }
}

#[test]
fn an_operators_own_waiting_time_is_kept_within_bounds() {
    for (asked, least, most) in [(1, 4, 6), (30, 30, 30), (999_999, 3_600, 3_600)] {
        let (mut state, policy) = calling(Power::Hold);
        let class = CallClass::Busy { retry_after: Some(SECOND * asked) };
        let Resolution::Later(at) = state.after_call(class, t(0), &policy, 1_000) else { panic!("retry") };
        let waited = at.as_second() - t(0).as_second();
        assert!((least..=most).contains(&waited), "asked {asked}, waited {waited}");
    }
}

proptest! {
    /// G1: not at rest <=> a due time. R1: at most one doubtful send at a time without proof of
    /// absence on wires that do not deduplicate. Fences only grow.
    #[test]
    fn invariants_hold_for_any_sequence(
        power in prop_oneof![Just(Power::Hold), Just(Power::Repeat), Just(LOOK_UP)],
        moves in prop::collection::vec((0u8..9, 0i64..400, any::<u64>()), 1..60),
    ) {
        let policy = policy(power);
        let mut state = planned();
        let mut now = t(0);
        for (kind, wait, random) in moves {
            now += SignedDuration::from_secs(wait);
            let fence = state.fence;
            match state.next_step(now) {
                Step::Send => {
                    prop_assert!(power == Power::Repeat || state.doubtful_sends == 0);
                    state.claim_send(now, "w", &policy);
                    let class = match kind {
                        0 => CallClass::Done,
                        1 => CallClass::Refused,
                        2 => CallClass::NotSent,
                        3 => CallClass::Busy { retry_after: Some(SECOND * 70) },
                        4 | 5 => CallClass::Unknown,
                        _ => continue, // the worker dies here
                    };
                    state.after_call(class, now, &policy, random);
                }
                Step::Settle => {
                    state.claim_settle(now, "w", &policy);
                    let class = match kind { 0 => LookUpClass::Hit, 1..=5 => LookUpClass::Miss, _ => LookUpClass::Failed };
                    state.after_look_up(class, now, &policy, random);
                }
                Step::Stop | Step::Wait(_) => {}
            }
            prop_assert!(state.fence >= fence);
            prop_assert_eq!(state.due_at.is_none(), state.phase.is_at_rest());
        }
    }

    #[test]
    fn back_off_stays_within_its_spread(n in 0u32..50, random in any::<u64>()) {
        let backoff = policy(Power::Hold).backoff;
        let base = if n == 0 { 5_000 } else { 60_000 };
        let ms = i64::try_from(backoff.delay(n, random).as_millis()).expect("small");
        prop_assert!(ms >= base * 80 / 100 && ms <= base * 120 / 100);
    }
}
