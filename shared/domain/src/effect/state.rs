//! The state of one intent and its transitions.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::policy::{Policy, Power, later};

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// To be called; nothing of this attempt is on the wire.
    Planned,
    /// Claimed by a worker: from here on the call may have left.
    Calling,
    /// It may have happened; the wire is being asked.
    Settling,
    /// It may have happened and nothing can be asked: a person or late evidence decides.
    Held,
    /// Done, refused, cancelled or given up.
    Final,
}

impl Phase {
    /// At rest: no due row, nothing to do until somebody acts.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        matches!(self, Phase::Held | Phase::Final)
    }
}

/// How a finished call is classified, once, at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallClass {
    /// No connection, or stopped before the first byte.
    NotSent,
    /// The operator says: not now, nothing was done.
    Busy {
        /// Its own word on when to come back.
        retry_after: Option<SignedDuration>,
    },
    /// A complete, well-formed, definite no.
    Refused,
    /// A complete proof.
    Done,
    /// Anything else: it may have happened.
    Unknown,
}

/// How a look-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUpClass {
    /// The operator knows our id.
    Hit,
    /// A complete, well-formed "no such thing".
    Miss,
    /// The look-up itself failed: proves nothing.
    Failed,
}

/// What a worker has to do with an intent it was pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// At rest; nothing to do.
    Stop,
    /// Not due, or another worker holds it until then.
    Wait(Timestamp),
    /// Claim it and send.
    Send,
    /// Claim it and settle.
    Settle,
}

/// What a transition resolved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Final with proof.
    Done,
    /// Final: the operator said no.
    Refused,
    /// Final: patience ran out with certainty that nothing happened.
    GivenUp,
    /// A person decides.
    Held,
    /// Goes on at this time.
    Later(Timestamp),
}

/// The part of an intent that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectState {
    /// Where it stands.
    pub phase: Phase,
    /// Grows with each claim and with each change made without one; an outcome is accepted only under the fence that
    /// made the call.
    pub fence: u64,
    /// Calls started so far.
    pub sends: u32,
    /// Calls started whose effect is not disproved (a refusal, "busy" or "not sent" disproves one).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub doubtful_sends: u32,
    /// Calls started that are taken for not done only because look-ups missed them. One may still land, so
    /// that a later success is followed by a look for copies.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_sends: u32,
    /// The last call was refused although an earlier one may have won: misses now make the refusal final.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Retries planned in a row, for the back-off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Misses that count, i.e. after the quiet time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub misses: u32,
    /// Look-ups made since the last call.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub look_ups: u32,
    /// Who holds it: random per claim, so that a worker recognises its own write that landed twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Until when the holder may work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Timestamp>,
    /// When the last call ended, or at the latest can have ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_ended_at: Option<Timestamp>,
    /// Not to be worked on before this time.
    pub not_before: Timestamp,
    /// When the due row stands; `None` exactly when at rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// After this time no further call is planned.
    pub give_up_at: Timestamp,
}

/// Nearly every effect has none of most: what is written costs by the KB.
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl EffectState {
    /// A fresh intent, to be called at `now`; its due row is the net under a lost queue message.
    #[must_use]
    pub fn planned(now: Timestamp, first_due: Timestamp, give_up_at: Timestamp) -> Self {
        EffectState {
            phase: Phase::Planned,
            fence: 0,
            sends: 0,
            doubtful_sends: 0,
            missed_sends: 0,
            refused: false,
            retries: 0,
            misses: 0,
            look_ups: 0,
            claimed_by: None,
            lease_until: None,
            call_ended_at: None,
            not_before: now,
            due_at: Some(first_due),
            give_up_at,
        }
    }

    /// What to do at `now`.
    #[must_use]
    pub fn next_step(&self, now: Timestamp) -> Step {
        let leased = self.lease_until.filter(|&until| now < until);
        match (self.phase, leased) {
            (Phase::Held | Phase::Final, _) => Step::Stop,
            (_, Some(until)) => Step::Wait(until),
            (Phase::Calling, None) => Step::Settle,
            (Phase::Planned | Phase::Settling, None) if now < self.not_before => Step::Wait(self.not_before),
            (Phase::Planned, None) => Step::Send,
            (Phase::Settling, None) => Step::Settle,
        }
    }

    /// What to do at `now` where the table was restored at `restored_at` from a copy older than this intent's last
    /// word: what the copy believes planned may have been called since, so it is settled before it is sent
    /// (reliability notes, "restore").
    #[must_use]
    pub fn next_step_restored(&self, now: Timestamp, restored_at: Timestamp) -> Step {
        let settled = self.call_ended_at.is_some_and(|ended| ended >= restored_at);
        match self.next_step(now) {
            Step::Send if !settled => Step::Settle,
            step => step,
        }
    }

    /// Takes the intent for one call.
    pub fn claim_send(&mut self, now: Timestamp, holder: &str, policy: &Policy) {
        self.sends = self.sends.saturating_add(1);
        self.doubtful_sends = self.doubtful_sends.saturating_add(1);
        self.misses = 0;
        self.look_ups = 0;
        self.refused = false;
        self.take(Phase::Calling, now, holder, policy);
    }

    /// Takes the intent to settle it. A dead lease bounds the end of the call it covered; of a call that only a
    /// restored table has forgotten nothing is known but that it may have been.
    pub fn claim_settle(&mut self, now: Timestamp, holder: &str, policy: &Policy) {
        match self.phase {
            Phase::Calling => self.call_ended_at = self.lease_until,
            Phase::Planned => {
                self.call_ended_at = Some(now);
                self.doubtful_sends = self.doubtful_sends.max(1);
            }
            Phase::Settling | Phase::Held | Phase::Final => {}
        }
        self.take(Phase::Settling, now, holder, policy);
    }

    fn take(&mut self, phase: Phase, now: Timestamp, holder: &str, policy: &Policy) {
        let lease_until = later(now, policy.lease);
        self.phase = phase;
        self.fence = self.fence.saturating_add(1);
        self.claimed_by = Some(holder.to_owned());
        self.lease_until = Some(lease_until);
        let wake = Policy::wake_after_lease(lease_until);
        // A due row that already stands later than the lease needs no move: one write less.
        self.due_at = Some(self.due_at.map_or(wake, |due| due.max(wake)));
    }

    /// Gives the claim back because the call was never started (too little time left).
    pub fn release_unsent(&mut self, now: Timestamp) {
        self.disprove_one();
        self.rest_until(Phase::Planned, now);
    }

    /// Puts off a planned call that cannot be made now (a step before it failed). The fence grows: of two workers who
    /// put it off to different times only one sets its due row.
    pub fn postpone(&mut self, now: Timestamp, policy: &Policy, random: u64) -> Resolution {
        self.fence = self.fence.saturating_add(1);
        self.plan_again(None, now, policy, random)
    }

    /// Puts off a planned call to a time that was chosen and not caused by trouble: no patience is used. The fence
    /// grows as in [`Self::postpone`].
    pub fn wait_until(&mut self, at: Timestamp, now: Timestamp) -> Resolution {
        self.fence = self.fence.saturating_add(1);
        self.give_up_at = later(self.give_up_at, at.duration_since(now).max(SignedDuration::ZERO));
        self.rest_until(Phase::Planned, at);
        Resolution::Later(at)
    }

    /// Books the outcome of the call the holder just made.
    pub fn after_call(
        &mut self,
        class: CallClass,
        now: Timestamp,
        policy: &Policy,
        random: u64,
    ) -> Resolution {
        self.call_ended_at = Some(now);
        match class {
            CallClass::Done => self.finish(Resolution::Done),
            CallClass::NotSent => {
                self.disprove_one();
                self.plan_again(None, now, policy, random)
            }
            CallClass::Busy { retry_after } => {
                self.disprove_one();
                self.plan_again(retry_after, now, policy, random)
            }
            CallClass::Refused => {
                self.disprove_one();
                let missed = self.missed_sends > 0 && matches!(policy.power, Power::LookUp { .. });
                // An earlier send may have won, also one that look-ups missed, and this "no" may be its echo.
                if missed || (self.doubtful_sends > 0 && policy.power != Power::Repeat) {
                    self.refused = true;
                    self.settle_from(now, policy, random)
                } else {
                    self.finish(Resolution::Refused)
                }
            }
            CallClass::Unknown => self.settle_from(now, policy, random),
        }
    }

    /// What settling means on this wire when nothing was asked yet: after an unknown answer, and
    /// after a worker died in mid-call.
    pub fn settle_from(&mut self, now: Timestamp, policy: &Policy, random: u64) -> Resolution {
        match policy.power {
            Power::Hold => self.finish_as(Phase::Held, Resolution::Held),
            Power::Repeat => self.plan_again(None, now, policy, random),
            Power::LookUp { schedule, .. } => {
                let ended = self.call_ended_at.unwrap_or(now);
                let first = schedule.first().copied().unwrap_or(SignedDuration::ZERO);
                let at = later(ended, first).max(now);
                self.rest_until(Phase::Settling, at);
                Resolution::Later(at)
            }
        }
    }

    /// Books a look-up. On wires that cannot be asked this is the same as [`Self::settle_from`].
    pub fn after_look_up(
        &mut self,
        class: LookUpClass,
        now: Timestamp,
        policy: &Policy,
        random: u64,
    ) -> Resolution {
        let Power::LookUp { quiet, misses, schedule, give_up_after } = policy.power else {
            return self.settle_from(now, policy, random);
        };
        if class == LookUpClass::Hit {
            return self.finish(Resolution::Done);
        }
        let ended = *self.call_ended_at.get_or_insert(now);
        self.look_ups = self.look_ups.saturating_add(1);
        if class == LookUpClass::Miss && now >= later(ended, quiet) {
            self.misses = self.misses.saturating_add(1);
        }
        if self.misses >= misses {
            if self.refused && self.doubtful_sends == 0 {
                return self.finish(Resolution::Refused);
            }
            self.missed_sends = self.missed_sends.saturating_add(self.doubtful_sends);
            self.doubtful_sends = 0;
            // A lost request goes out again at once; a service that loses each of them is given time.
            let at_once = (self.missed_sends <= 1).then_some(SignedDuration::ZERO);
            return self.plan_again(at_once, now, policy, random);
        }
        if now >= later(ended, give_up_after) {
            return self.finish_as(Phase::Held, Resolution::Held);
        }
        let at = next_look_up(ended, now, quiet, schedule);
        self.rest_until(Phase::Settling, at);
        Resolution::Later(at)
    }

    /// Takes a held intent up again on a wire that can be asked: a person says that asking makes sense again. It is
    /// settled as if the call had ended now, until the same patience runs out.
    pub fn ask_again(&mut self, now: Timestamp, give_up_at: Timestamp) {
        if self.phase == Phase::Held {
            self.call_ended_at = Some(now);
            self.misses = 0;
            self.look_ups = 0;
            self.give_up_at = self.give_up_at.max(give_up_at);
            self.rest_until(Phase::Settling, now);
        }
    }

    /// Ends the intent from outside: evidence that arrived by itself, a person's word, a cancel. The fence grows: of two
    /// proofs at once each is booked over the other, not beside it.
    pub fn end(&mut self, resolution: Resolution) {
        self.fence = self.fence.saturating_add(1);
        self.finish(resolution);
    }

    fn plan_again(
        &mut self,
        wait: Option<SignedDuration>,
        now: Timestamp,
        policy: &Policy,
        random: u64,
    ) -> Resolution {
        let backoff = policy.backoff.delay(self.retries, random);
        // The operator's own word may stretch the back-off, not abolish or explode it.
        let delay = match wait {
            Some(wait) if wait.is_zero() => wait,
            Some(wait) => wait.clamp(backoff, later_cap(backoff)),
            None => backoff,
        };
        let at = later(now, delay);
        if at > self.give_up_at {
            return if self.doubtful_sends > 0 && policy.power != Power::Repeat {
                self.finish_as(Phase::Held, Resolution::Held)
            } else {
                self.finish(Resolution::GivenUp)
            };
        }
        self.retries = self.retries.saturating_add(1);
        self.rest_until(Phase::Planned, at);
        Resolution::Later(at)
    }

    fn disprove_one(&mut self) {
        self.doubtful_sends = self.doubtful_sends.saturating_sub(1);
    }

    fn rest_until(&mut self, phase: Phase, at: Timestamp) {
        self.phase = phase;
        self.claimed_by = None;
        self.lease_until = None;
        self.not_before = at;
        self.due_at = Some(at);
    }

    fn finish(&mut self, resolution: Resolution) -> Resolution {
        self.finish_as(Phase::Final, resolution)
    }

    fn finish_as(&mut self, phase: Phase, resolution: Resolution) -> Resolution {
        self.phase = phase;
        self.claimed_by = None;
        self.lease_until = None;
        self.due_at = None;
        resolution
    }
}

/// An operator may ask for more patience than the back-off, up to an hour or twice the back-off.
fn later_cap(backoff: SignedDuration) -> SignedDuration {
    (backoff * 2).max(SignedDuration::from_hours(1))
}

/// The next time to ask: the first offset of the schedule after `now`, then after the quiet time
/// in steps of the schedule's last gap.
fn next_look_up(
    ended: Timestamp,
    now: Timestamp,
    quiet: SignedDuration,
    schedule: &[SignedDuration],
) -> Timestamp {
    let planned = schedule.iter().map(|&offset| later(ended, offset)).find(|&at| at > now);
    planned.unwrap_or_else(|| {
        let gap = match schedule {
            [.., a, b] => *b - *a,
            _ => SignedDuration::from_secs(30),
        };
        later(now, gap.max(SignedDuration::from_secs(10))).max(later(ended, quiet))
    })
}
