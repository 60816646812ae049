//! The calls themselves, as an [`Effect`].

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use yam_accounts::{AccountError, open_account};
use yam_carriers::account::Account;
use yam_carriers::consignment::RegisteredParcel;
use yam_carriers::{
    CallOutcome, Carrier, Carriers, Consignment, LookUpOutcome, OurId, Prepared, RefusalKind, Registered,
};
use yam_domain::effect::{Backoff, CallClass, LookUpClass, Phase, Policy, Power, Resolution};
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_domain::parcel::RegistrationState;
use yam_domain::waybill::WaybillNumber;
use yam_store::items::{CallWork, Order, Parcel, RegistrationProof};
use yam_store::keys::{merchant_of, of_merchant, sk};
use yam_store::work::{Called, Effect, Ended, LookedUp, Recheck};
use yam_store::{Announcement, Intent, Key, Read, Store, StoreError, Txn};

use crate::key_use::Uses;
use crate::references::StoredReferences;
use crate::{book, consignment, copies};

/// Carries out and books the calls to postal operators.
#[derive(Debug, Clone)]
pub struct OperatorCalls {
    pub(crate) store: Store,
    pub(crate) carriers: Carriers,
    pub(crate) quiet: SignedDuration,
    /// Credentials that were seen to work, to be noted after the turn.
    pub(crate) uses: Arc<Uses>,
}

/// What a call needs, opened just before it. Holds credentials: lives only for the turn.
#[derive(Debug)]
pub struct ReadyCall {
    account: Account,
    consignment: Option<(Consignment, Prepared)>,
    /// The operator's other ids of a registered parcel.
    reference: Option<String>,
    generation: u32,
    /// It was called off: nothing of it should be at the operator.
    cancelled: bool,
}

/// Retries of calls that are harmless to repeat.
const REPEATS: &[SignedDuration] = &[
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(60),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
];

const REPEATED: Policy = Policy {
    power: Power::Repeat,
    backoff: Backoff { delays: REPEATS, jitter_percent: 20 },
    lease: SignedDuration::from_secs(60),
    call_deadline: SignedDuration::from_secs(40),
};

/// The operator's clock may be this far behind ours: just after midnight it may file under the day before. One
/// that is ahead needs nothing, since the day after is asked for in any case.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

impl OperatorCalls {
    /// Over the store and the operators. `quiet` is the time after which "it is not there" is offered.
    #[must_use]
    pub fn new(store: Store, carriers: Carriers, quiet: SignedDuration) -> Self {
        OperatorCalls { store, carriers, quiet, uses: Arc::default() }
    }

    pub(crate) fn with_store(self, store: Store) -> Self {
        OperatorCalls { store, ..self }
    }

    pub(crate) fn merchant(key: &Key) -> Result<MerchantId, StoreError> {
        merchant_of(&key.pk).ok_or_else(|| StoreError::Corrupt(format!("intent under {}", key.pk)))
    }

    pub(crate) fn carrier(&self, work: &CallWork) -> Result<&dyn Carrier, StoreError> {
        let (id, _) = work.account();
        let carrier = self.carriers.get(id).map(AsRef::as_ref);
        carrier.ok_or_else(|| StoreError::Corrupt(format!("this hub does not speak with {id}")))
    }

    pub(crate) async fn parcel(
        &self,
        merchant: &MerchantId,
        work: &CallWork,
    ) -> Result<Option<Parcel>, StoreError> {
        let key = of_merchant(merchant, sk::parcel(work.parcel().as_str()));
        self.store.table.get(&key, Read::Consistent).await
    }

    async fn ready_to_register(
        &self,
        merchant: &MerchantId,
        work: &CallWork,
        parcel: &Parcel,
        order: &OrderId,
        account: Account,
    ) -> Result<Recheck<ReadyCall>, StoreError> {
        let generation = parcel.generation;
        let CallWork::Register { marker, postal_code, .. } = work else {
            let (consignment, reference, cancelled) = (None, parcel.reference.clone(), false);
            return Ok(Recheck::Go(ReadyCall { account, consignment, reference, generation, cancelled }));
        };
        let key = of_merchant(merchant, sk::order(order.as_str()));
        let Some(order) = self.store.table.get::<Order>(&key, Read::Consistent).await? else {
            return Ok(Recheck::Drop(Resolution::GivenUp, "its order is gone".into()));
        };
        let cipher = self.store.vault.cipher(merchant).await?;
        let to = consignment::recipient(&cipher, &order, parcel)?;
        let consignment = consignment::build(&order, parcel, to, marker.clone(), postal_code.clone());
        let carrier = self.carrier(work)?;
        if let Err(error) = carrier.check(&account.settings, &consignment) {
            return Ok(Recheck::Drop(Resolution::Refused, format!("{}: {}", error.code, error.message)));
        }
        let references = StoredReferences { store: &self.store, merchant, account: &account.id };
        Ok(match carrier.prepare(&account, &consignment, &references).await {
            CallOutcome::Done(prepared) => {
                let consignment = Some((consignment, prepared));
                let (reference, cancelled) = (None, false);
                Recheck::Go(ReadyCall { account, consignment, reference, generation, cancelled })
            }
            CallOutcome::Refused(error) => {
                Recheck::Drop(Resolution::Refused, format!("{}: {}", error.code, error.message))
            }
            CallOutcome::Busy { error, .. } => Recheck::Wait(format!("{}: {}", error.code, error.message)),
            CallOutcome::NotSent(words) | CallOutcome::Unknown(words) => Recheck::Wait(words),
        })
    }

    fn registered(answer: Registered) -> RegistrationProof {
        let Registered { code, postage, vat, reference, told: _ } = answer;
        RegistrationProof::Registered { code, postage, vat, reference, copies: false }
    }
}

/// What the parcel of an intent is called at the operator. Its days are all since the intent was made:
/// every day on which a send may have been begun is among them.
fn our_id(carrier: &dyn Carrier, intent: &Intent<CallWork>, ready: &ReadyCall, now: Timestamp) -> OurId {
    let (generation, number, sent) = match &intent.work {
        CallWork::Register { generation, client_id, .. } => {
            (*generation, *client_id, Some((intent.created_at, now)))
        }
        CallWork::Audit { generation, client_id, since, .. } => {
            (*generation, *client_id, Some((*since, intent.created_at)))
        }
        CallWork::Ready { .. } | CallWork::Cancel { .. } => (ready.generation, None, None),
    };
    let days = sent.map(|(since, until)| {
        let since = since.saturating_sub(CLOCKS_APART).unwrap_or(since);
        (carrier.filing_day(since), carrier.filing_day(until))
    });
    let days = match days {
        Some((Some(first), Some(last))) => {
            let next = |day: &Date| day.tomorrow().ok().filter(|next| *next <= last);
            std::iter::successors(Some(first), next).collect()
        }
        _ => Vec::new(),
    };
    OurId::new(intent.work.parcel().clone(), generation).numbered(number).on(days)
}

fn registered(parcel: &ParcelId, code: &WaybillNumber, ready: &ReadyCall, ours: OurId) -> RegisteredParcel {
    let reference = ready.reference.clone();
    RegisteredParcel { parcel: parcel.clone(), code: code.clone(), reference, ours }
}

/// What a call said, in the machine's terms.
fn called<T>(
    outcome: CallOutcome<T>,
    proof: impl FnOnce(T) -> RegistrationProof,
) -> Called<RegistrationProof> {
    let class = outcome.class();
    let (proof, words, detail) = match outcome {
        CallOutcome::Done(answer) => (Some(proof(answer)), "the operator has it".to_owned(), None),
        CallOutcome::Refused(error) | CallOutcome::Busy { error, .. } => {
            let words = format!("{}: {}", error.code, error.message);
            (None, words, serde_json::to_value(error).ok())
        }
        CallOutcome::NotSent(words) | CallOutcome::Unknown(words) => (None, words, None),
    };
    Called { class, proof, words, detail }
}

fn is_postal_code_refusal(detail: Option<&Value>) -> bool {
    let kind = detail.and_then(|d| d.get("kind")).cloned();
    kind.and_then(|k| serde_json::from_value::<RefusalKind>(k).ok()) == Some(RefusalKind::PostalCode)
}

#[async_trait::async_trait]
impl Effect for OperatorCalls {
    type Work = CallWork;
    type Ready = ReadyCall;
    type Proof = RegistrationProof;

    fn kind(&self) -> &'static str {
        "register"
    }

    fn policy(&self, work: &CallWork) -> Policy {
        match work {
            CallWork::Register { carrier, wire, .. } => match self.carriers.get(*carrier) {
                Some(carrier) => carrier.registration_policy(wire),
                None => Policy { power: Power::Hold, ..REPEATED },
            },
            CallWork::Ready { .. } | CallWork::Cancel { .. } | CallWork::Audit { .. } => REPEATED,
        }
    }

    async fn recheck(&self, key: &Key, intent: &Intent<CallWork>) -> Result<Recheck<ReadyCall>, StoreError> {
        let merchant = Self::merchant(key)?;
        let Some(parcel) = self.parcel(&merchant, &intent.work).await? else {
            return Ok(Recheck::Drop(Resolution::GivenUp, "the parcel is gone".into()));
        };
        let untouched = intent.state.sends == 0;
        if let CallWork::Register { generation, .. } = &intent.work {
            if *generation != parcel.generation {
                return Ok(Recheck::Drop(Resolution::GivenUp, "another registration took its place".into()));
            }
            if parcel.cancel_requested && intent.state.doubtful_sends == 0 && untouched {
                return Ok(Recheck::Drop(Resolution::GivenUp, "cancelled before it was sent".into()));
            }
        }
        let other = |code: &WaybillNumber| parcel.tracking_code.as_ref().is_some_and(|typed| typed != code);
        if matches!(&intent.work, CallWork::Audit { code, .. } if other(code)) {
            // What we take for a copy may be the one that a person chose to send.
            return Ok(Recheck::Drop(Resolution::GivenUp, "another code was typed in meanwhile".into()));
        }
        let cancelled = parcel.registration == RegistrationState::Cancelled;
        if cancelled && !matches!(intent.work, CallWork::Audit { .. }) {
            return Ok(Recheck::Drop(Resolution::GivenUp, "the parcel is cancelled".into()));
        }
        let (_, account) = intent.work.account();
        let mut account = match open_account(&self.store, &merchant, account).await {
            Ok(account) => account,
            Err(AccountError::Store(error)) => return Err(error),
            Err(error) => return Ok(Recheck::Wait(error.to_string())),
        };
        if let CallWork::Register { wire, .. } | CallWork::Audit { wire, .. } = &intent.work {
            account.settings.wire.clone_from(wire);
        }
        if let (CallWork::Register { order, .. }, Phase::Planned) = (&intent.work, intent.state.phase) {
            return self.ready_to_register(&merchant, &intent.work, &parcel, order, account).await;
        }
        let (consignment, reference, generation) = (None, parcel.reference, parcel.generation);
        Ok(Recheck::Go(ReadyCall { account, consignment, reference, generation, cancelled }))
    }

    async fn call(
        &self,
        _key: &Key,
        intent: &Intent<CallWork>,
        ready: &ReadyCall,
    ) -> Called<RegistrationProof> {
        let Ok(carrier) = self.carrier(&intent.work) else {
            let words = "this hub does not speak with the operator".to_owned();
            return Called { class: CallClass::NotSent, proof: None, words, detail: None };
        };
        let ours = our_id(carrier, intent, ready, self.store.clock.now());
        let called = match &intent.work {
            CallWork::Register { postal_code, .. } => {
                let Some((consignment, prepared)) = &ready.consignment else {
                    let words = "nothing prepared to send".to_owned();
                    return Called { class: CallClass::NotSent, proof: None, words, detail: None };
                };
                let outcome = carrier.register(&ready.account, consignment, prepared, &ours).await;
                let mut called = called(outcome, Self::registered);
                // A refused postal code gets one more send with the city's reference code
                // (reliability notes, section 4.1).
                if called.class == CallClass::Refused
                    && postal_code.is_none()
                    && is_postal_code_refusal(called.detail.as_ref())
                    && let Some(reference) = carrier.reference_postal_code(consignment)
                    && consignment.consignee.postal_code.as_deref() != Some(reference.as_str())
                {
                    called.class = CallClass::Busy { retry_after: Some(SignedDuration::ZERO) };
                    called.detail = Some(serde_json::json!({ "try_postal_code": reference }));
                }
                called
            }
            CallWork::Ready { parcel, code, pickup, .. } => {
                let day = pickup.as_deref().and_then(|p| p.parse().ok());
                let parcel = registered(parcel, code, ready, ours);
                called(carrier.ready(&ready.account, &parcel, day).await, |_| RegistrationProof::Ready)
            }
            CallWork::Cancel { parcel, code, .. } => {
                let parcel = registered(parcel, code, ready, ours);
                called(carrier.cancel(&ready.account, &parcel).await, |_| RegistrationProof::Cancelled)
            }
            CallWork::Audit { parcel, code, .. } => {
                let parcel = registered(parcel, code, ready, ours);
                copies::audit(carrier, &ready.account, &parcel, ready.cancelled).await
            }
        };
        // Being ready is told by no call at every post.
        if called.class == CallClass::Done && !matches!(intent.work, CallWork::Ready { .. }) {
            self.uses.note(carrier, &ready.account, self.store.clock.now());
        }
        called
    }

    async fn look_up(
        &self,
        key: &Key,
        intent: &Intent<CallWork>,
        ready: &ReadyCall,
    ) -> LookedUp<RegistrationProof> {
        let (CallWork::Register { .. }, Ok(carrier)) = (&intent.work, self.carrier(&intent.work)) else {
            let words = "cannot be asked".to_owned();
            return LookedUp { class: LookUpClass::Failed, proof: None, words };
        };
        let ours = our_id(carrier, intent, ready, self.store.clock.now());
        let outcome = carrier.look_up(&ready.account, &ours).await;
        let class = outcome.class();
        if class != LookUpClass::Failed {
            self.uses.note(carrier, &ready.account, self.store.clock.now());
        }
        let (proof, words) = match outcome {
            LookUpOutcome::Hit(answer) => {
                (Some(Self::registered(answer)), "found at the operator".to_owned())
            }
            LookUpOutcome::Several { kept, surplus } => {
                // Whether they are gone is looked at again: the audit that follows makes sure of it.
                for copy in &surplus {
                    let ended = carrier.cancel_surplus(&ready.account, &ours, copy).await;
                    tracing::warn!(intent = %key.sk, ended = %ended.describe(), "a second copy is called off");
                }
                let mut proof = Self::registered(kept);
                if let RegistrationProof::Registered { copies, .. } = &mut proof {
                    *copies = true;
                }
                (Some(proof), "found at the operator, more than once".to_owned())
            }
            LookUpOutcome::Miss => (None, "the operator does not know it (yet)".to_owned()),
            LookUpOutcome::Failed(words) => (None, words),
        };
        LookedUp { class, proof, words }
    }

    async fn book(
        &self,
        key: &Key,
        intent: &mut Intent<CallWork>,
        ended: &Ended<RegistrationProof>,
        txn: &mut Txn,
    ) -> Result<Vec<Announcement>, StoreError> {
        book::book(self, key, intent, ended, txn).await
    }
}
