//! Carrying an intent through: claim, call, classify, book, settle (reliability notes, section 1).
//!
//! A function implements [`Effect`] for its kind of work; [`work`] does the rest and is the only place
//! where intents are claimed.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::effect::{CallClass, EffectState, LookUpClass, Phase, Policy, Power, Resolution, Step};
use yam_platform::lambda::Invocation;
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::event::{Announcement, announce};
use crate::intent::Intent;
use crate::keys::Key;
use crate::store::Store;
use crate::txn::Txn;

/// Whether an intent may still be carried out.
#[derive(Debug)]
pub enum Recheck<R> {
    /// Yes, with what the call needs.
    Go(R),
    /// It ends without a call: no longer wanted ([`Resolution::GivenUp`]) or sure to be refused
    /// ([`Resolution::Refused`]), for this reason.
    Drop(Resolution, String),
    /// Not now; the back-off decides when.
    Wait(String),
    /// Not before this time, which is no trouble (a window that opens later): no patience is used.
    WaitUntil(Timestamp, String),
}

/// What a call brought.
#[derive(Debug, Clone)]
pub struct Called<P> {
    /// Its class.
    pub class: CallClass,
    /// The proof, when done.
    pub proof: Option<P>,
    /// What was seen, in words for people.
    pub words: String,
    /// What the operator said, for booking.
    pub detail: Option<Value>,
}

/// What a look-up brought.
#[derive(Debug, Clone)]
pub struct LookedUp<P> {
    /// Its class.
    pub class: LookUpClass,
    /// The proof, on a hit.
    pub proof: Option<P>,
    /// What was seen.
    pub words: String,
}

/// The `end` in [`Ended::detail`] of a claim that was given back: the call was never started.
pub const NOT_CALLED: &str = "not_called";

/// How a turn of the machine ended, for booking.
#[derive(Debug, Clone)]
pub struct Ended<P> {
    /// The machine's verdict.
    pub resolution: Resolution,
    /// The proof that goes with [`Resolution::Done`].
    pub proof: Option<P>,
    /// What was seen.
    pub words: String,
    /// The intent was dropped without a call.
    pub dropped: bool,
    /// What the operator said; `{"end": "not_called"}` where nobody was asked.
    pub detail: Option<Value>,
}

/// One kind of external effect.
#[async_trait::async_trait]
pub trait Effect: Send + Sync {
    /// What an intent of this kind stores.
    type Work: Serialize + DeserializeOwned + Clone + Send + Sync + std::fmt::Debug;
    /// What a call needs, loaded and opened just before it.
    type Ready: Send + Sync;
    /// What proves that it happened.
    type Proof: Serialize + DeserializeOwned + Clone + Send + Sync + std::fmt::Debug;

    /// Name of the kind, for crash points and metrics.
    fn kind(&self) -> &'static str;

    /// How it is carried out.
    fn policy(&self, work: &Self::Work) -> Policy;

    /// Whether a proof that cannot be stored goes to the evidence queue: not where the call can simply
    /// be repeated.
    fn keeps_evidence(&self) -> bool {
        true
    }

    /// Looks again at what may have changed since it was planned.
    async fn recheck(
        &self,
        key: &Key,
        intent: &Intent<Self::Work>,
    ) -> Result<Recheck<Self::Ready>, StoreError>;

    /// Writes down what the claim is to record beside its fence: which of several accounts is called, say. The
    /// policy is asked again afterwards.
    fn amend(&self, work: &mut Self::Work, ready: &Self::Ready) {
        let _unused = (work, ready);
    }

    /// The queue that takes a proof which cannot be stored.
    fn evidence_queue(&self) -> Queue {
        Queue::Evidence
    }

    /// Makes the call, once.
    async fn call(&self, key: &Key, intent: &Intent<Self::Work>, ready: &Self::Ready) -> Called<Self::Proof>;

    /// Asks whether it happened. Only called on wires that can be asked.
    async fn look_up(
        &self,
        key: &Key,
        intent: &Intent<Self::Work>,
        ready: &Self::Ready,
    ) -> LookedUp<Self::Proof>;

    /// Adds the business change to the transaction that books the outcome, and may adjust the intent
    /// (a refused postal code replaced). Runs again when others changed the same items meanwhile.
    async fn book(
        &self,
        key: &Key,
        intent: &mut Intent<Self::Work>,
        ended: &Ended<Self::Proof>,
        txn: &mut Txn,
    ) -> Result<Vec<Announcement>, StoreError>;
}

/// How [`work`] left an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// There is no such intent: a stale message.
    Gone,
    /// At rest before we looked.
    AtRest,
    /// Goes on at this time; a due row says so.
    Until(Timestamp),
    /// This turn ended it.
    Ended(Resolution),
    /// Another worker moved it on.
    Overtaken,
}

/// A proof on its way to an intent that could not be booked at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evidence<P> {
    /// Merchant and sort key of the intent.
    pub intent: (String, String),
    /// The proof.
    pub proof: P,
    /// What was seen.
    pub words: String,
}

/// Gives one intent a turn. Safe to call at any time, any number of times, by any number of workers.
///
/// # Errors
/// The table does not answer: the message should come again; the due row is the net under it.
pub async fn work<E: Effect>(
    store: &Store,
    effect: &E,
    key: &Key,
    invocation: Invocation,
) -> Result<Left, StoreError> {
    let Some(before) = Intent::<E::Work>::load(&store.table, key).await? else { return Ok(Left::Gone) };
    let turn = Turn { store, effect, key, invocation, policy: effect.policy(&before.work) };
    match store.next_step(&before.state, before.created_at) {
        Step::Stop => Ok(Left::AtRest),
        Step::Wait(until) => Ok(Left::Until(until)),
        Step::Send => turn.send(before).await,
        Step::Settle => turn.settle(before).await,
    }
}

/// Books a proof that arrived outside a claim: from the evidence queue, a stale worker, a person.
///
/// # Errors
/// As [`work`].
pub async fn evidence<E: Effect>(
    store: &Store,
    effect: &E,
    key: &Key,
    proof: E::Proof,
    words: &str,
    invocation: Invocation,
) -> Result<Left, StoreError> {
    for _ in 0..BOOKINGS {
        let Some(before) = Intent::<E::Work>::load(&store.table, key).await? else { return Ok(Left::Gone) };
        let turn = Turn { store, effect, key, invocation, policy: effect.policy(&before.work) };
        let mut after = before.clone();
        after.state.end(Resolution::Done);
        let ended = Ended {
            resolution: Resolution::Done,
            proof: Some(proof.clone()),
            words: words.to_owned(),
            dropped: false,
            detail: None,
        };
        match turn.commit(&before.state, &mut after, &ended, "evidence").await {
            Ok(left) => return Ok(left),
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// How often a booking is tried against others who write the same items.
const BOOKINGS: u32 = 6;

fn left(state: &EffectState, resolution: Resolution) -> Left {
    match (state.phase, state.due_at) {
        (Phase::Planned | Phase::Settling | Phase::Calling, Some(at)) => Left::Until(at),
        _ => Left::Ended(resolution),
    }
}

struct Turn<'a, E: Effect> {
    store: &'a Store,
    effect: &'a E,
    key: &'a Key,
    invocation: Invocation,
    policy: Policy,
}

impl<E: Effect> Turn<'_, E> {
    async fn send(&self, before: Intent<E::Work>) -> Result<Left, StoreError> {
        let ready = match self.effect.recheck(self.key, &before).await? {
            Recheck::Go(ready) => ready,
            Recheck::Drop(resolution, words) => return self.drop_planned(before, resolution, words).await,
            Recheck::Wait(words) => return self.postpone(before, words).await,
            Recheck::WaitUntil(at, words) => return self.wait_until(before, at, words).await,
        };
        self.store.hooks.pass("K1", self.effect.kind())?;
        let claimed_at = self.store.clock.real_now();
        let token = self.store.ids.token(12);
        let mut amended = before.clone();
        self.effect.amend(&mut amended.work, &ready);
        let turn = Turn { policy: self.effect.policy(&amended.work), ..*self };
        Box::pin(turn.call(before.state, amended, &token, claimed_at, &ready)).await
    }

    async fn call(
        &self,
        before: EffectState,
        amended: Intent<E::Work>,
        token: &str,
        claimed_at: Timestamp,
        ready: &E::Ready,
    ) -> Result<Left, StoreError> {
        let Some(claimed) = self.claim(&before, &amended, token, EffectState::claim_send).await? else {
            return Ok(Left::Overtaken);
        };
        self.store.hooks.pass("K2", self.effect.kind())?;
        let now = self.store.clock.real_now();
        let lease_end = claimed_at.saturating_add(self.policy.lease).unwrap_or(Timestamp::MAX);
        if !self.policy.may_start(now, lease_end, self.invocation.end) {
            return self.release(claimed).await;
        }
        let deadline = Duration::try_from(self.policy.call_deadline).unwrap_or(Duration::from_secs(1));
        let called = tokio::time::timeout(deadline, self.effect.call(self.key, &claimed, ready)).await;
        let called = called.unwrap_or_else(|_elapsed| Called {
            class: CallClass::Unknown,
            proof: None,
            words: format!("no answer within {} s", deadline.as_secs()),
            detail: None,
        });
        self.store.hooks.pass("K4", self.effect.kind())?;
        let mut state = claimed.state.clone();
        let resolution =
            state.after_call(called.class, self.store.clock.now(), &self.policy, self.store.ids.number());
        let ended = Ended {
            resolution,
            proof: called.proof,
            words: called.words,
            dropped: false,
            detail: called.detail,
        };
        self.book(claimed, state, ended).await
    }

    async fn settle(&self, before: Intent<E::Work>) -> Result<Left, StoreError> {
        let token = self.store.ids.token(12);
        let Some(claimed) = self.claim(&before.state, &before, &token, EffectState::claim_settle).await?
        else {
            return Ok(Left::Overtaken);
        };
        let mut state = claimed.state.clone();
        let random = self.store.ids.number();
        let ended = if matches!(self.policy.power, Power::LookUp { .. }) {
            let looked = match self.effect.recheck(self.key, &claimed).await? {
                Recheck::Go(ready) => self.effect.look_up(self.key, &claimed, &ready).await,
                // Wanted or not, what may have happened must be found out; only without access to the
                // operator it waits.
                Recheck::Drop(_, words) | Recheck::Wait(words) | Recheck::WaitUntil(_, words) => {
                    LookedUp { class: LookUpClass::Failed, proof: None, words }
                }
            };
            let resolution = state.after_look_up(looked.class, self.store.clock.now(), &self.policy, random);
            Ended { resolution, proof: looked.proof, words: looked.words, dropped: false, detail: None }
        } else {
            let resolution = state.settle_from(self.store.clock.now(), &self.policy, random);
            let words = "the worker died in mid-call; whether the call took effect is not known".to_owned();
            Ended { resolution, proof: None, words, dropped: false, detail: None }
        };
        self.book(claimed, state, ended).await
    }

    /// Claims the intent; `None` when another worker was faster.
    async fn claim(
        &self,
        before: &EffectState,
        amended: &Intent<E::Work>,
        token: &str,
        take: fn(&mut EffectState, Timestamp, &str, &Policy),
    ) -> Result<Option<Intent<E::Work>>, StoreError> {
        let mut claimed = amended.clone();
        take(&mut claimed.state, self.store.clock.now(), token, &self.policy);
        for attempt in 0..BOOKINGS {
            let mut txn = Txn::new();
            claimed.advance(before, &mut txn, &self.store.table, self.key);
            match txn.commit(&self.store.table).await {
                Ok(()) => return Ok(Some(claimed)),
                Err(StoreError::Conflict) => self.pause(attempt).await,
                Err(StoreError::Unavailable(_)) | Err(StoreError::Condition { .. }) => {
                    // It may have been our own write, landed before its answer was lost.
                    let now = Intent::<E::Work>::load(&self.store.table, self.key).await?;
                    match now {
                        Some(now) if now.state.claimed_by.as_deref() == Some(token) => return Ok(Some(now)),
                        Some(now) if now.state.fence == before.fence && now.state.phase == before.phase => {
                            self.pause(attempt).await;
                        }
                        _ => return Ok(None),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn release(&self, claimed: Intent<E::Work>) -> Result<Left, StoreError> {
        let mut state = claimed.state.clone();
        state.release_unsent(self.store.clock.now());
        let at = state.not_before;
        let ended = Ended {
            resolution: Resolution::Later(at),
            proof: None,
            words: "too little time was left to call".into(),
            dropped: false,
            detail: Some(serde_json::json!({"end": NOT_CALLED})),
        };
        self.book(claimed, state, ended).await
    }

    async fn drop_planned(
        &self,
        before: Intent<E::Work>,
        resolution: Resolution,
        words: String,
    ) -> Result<Left, StoreError> {
        let mut state = before.state.clone();
        state.end(resolution);
        let ended = Ended { resolution, proof: None, words, dropped: true, detail: None };
        self.book(before, state, ended).await
    }

    async fn postpone(&self, before: Intent<E::Work>, words: String) -> Result<Left, StoreError> {
        let mut state = before.state.clone();
        let resolution = state.postpone(self.store.clock.now(), &self.policy, self.store.ids.number());
        let ended = Ended { resolution, proof: None, words, dropped: false, detail: None };
        self.book(before, state, ended).await
    }

    async fn wait_until(
        &self,
        before: Intent<E::Work>,
        at: Timestamp,
        words: String,
    ) -> Result<Left, StoreError> {
        let mut state = before.state.clone();
        let resolution = state.wait_until(at, self.store.clock.now());
        let ended = Ended { resolution, proof: None, words, dropped: false, detail: None };
        self.book(before, state, ended).await
    }

    /// Stores an outcome while there is time; a proof that cannot be stored goes to the evidence queue.
    async fn book(
        &self,
        claimed: Intent<E::Work>,
        state: EffectState,
        ended: Ended<E::Proof>,
    ) -> Result<Left, StoreError> {
        let token = claimed.state.claimed_by.clone();
        let mut last = StoreError::Conflict;
        for attempt in 0..BOOKINGS {
            let mut after = Intent { state: state.clone(), booked_by: token.clone(), ..claimed.clone() };
            match self.commit(&claimed.state, &mut after, &ended, self.effect.kind()).await {
                Ok(left) => return Ok(left),
                Err(StoreError::Crashed(point)) => return Err(StoreError::Crashed(point)),
                Err(error @ (StoreError::Corrupt(_) | StoreError::Secret(_))) => return Err(error),
                Err(error) => {
                    let intent_moved = matches!(error, StoreError::Condition { what: "intent", .. });
                    if intent_moved || matches!(error, StoreError::Unavailable(_)) {
                        match Intent::<E::Work>::load(&self.store.table, self.key).await {
                            Ok(Some(now)) if token.is_some() && now.booked_by == token => {
                                return Ok(Left::Ended(ended.resolution));
                            }
                            // Put off or dropped without a claim: it stands as this turn wanted it.
                            Ok(Some(now)) if token.is_none() && now.state == state => {
                                return Ok(left(&now.state, ended.resolution));
                            }
                            // Claimed anew, or ended by a proof that came another way.
                            Ok(Some(now))
                                if intent_moved
                                    && (now.state.fence, now.state.phase)
                                        != (claimed.state.fence, claimed.state.phase) =>
                            {
                                return self.overtaken(ended).await;
                            }
                            Ok(None) => return Ok(Left::Gone),
                            _ => {}
                        }
                    }
                    last = error;
                    self.pause(attempt).await;
                }
            }
        }
        if ended.proof.is_some() && self.effect.keeps_evidence() {
            self.queue_evidence(&ended).await;
        }
        Err(last)
    }

    /// The fence moved on while we called: knowledge is kept, plans are thrown away.
    async fn overtaken(&self, ended: Ended<E::Proof>) -> Result<Left, StoreError> {
        let Some(proof) = ended.proof else { return Ok(Left::Overtaken) };
        Box::pin(evidence(self.store, self.effect, self.key, proof, &ended.words, self.invocation)).await
    }

    async fn queue_evidence(&self, ended: &Ended<E::Proof>) {
        let Some(proof) = &ended.proof else { return };
        let evidence = Evidence {
            intent: (self.key.pk.clone(), self.key.sk.clone()),
            proof: proof.clone(),
            words: ended.words.clone(),
        };
        let Ok(body) = serde_json::to_string(&evidence) else { return };
        match self.store.queues.send(self.effect.evidence_queue(), &[body]).await {
            Ok(()) => {
                tracing::warn!(intent = %self.key.sk, "a proof could not be stored and waits as evidence")
            }
            Err(error) => tracing::error!(intent = %self.key.sk, %error, "a proof could be stored nowhere"),
        }
    }

    async fn commit(
        &self,
        before: &EffectState,
        after: &mut Intent<E::Work>,
        ended: &Ended<E::Proof>,
        kind: &str,
    ) -> Result<Left, StoreError> {
        after.note = Some(ended.words.chars().take(500).collect());
        let mut txn = Txn::new();
        let announcements = self.effect.book(self.key, after, ended, &mut txn).await?;
        after.set_expiry(self.store.clock.now());
        after.advance(before, &mut txn, &self.store.table, self.key);
        txn.commit(&self.store.table).await?;
        announce(self.store, &announcements, kind).await?;
        Ok(left(&after.state, ended.resolution))
    }

    async fn pause(&self, attempt: u32) {
        let spread = self.store.ids.number() % 20;
        let millis = (10_u64 << attempt.min(6)).saturating_add(spread);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}
