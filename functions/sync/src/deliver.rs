//! Delivering one event to one endpoint.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use jiff::SignedDuration;
use serde_json::json;
use yam_domain::effect::{Backoff, CallClass, LookUpClass, Policy, Power, Resolution};
use yam_platform::http::{Answer, EffectClient, Limits, Outbound, SendFailure};
use yam_store::items::{DeliveryProof, DeliveryWork, Endpoint};
use yam_store::keys::{merchant_of, of_merchant, sk};
use yam_store::work::{Called, Effect, Ended, LookedUp, Recheck};
use yam_store::{Announcement, Event, Intent, Key, Read, Store, StoreError, Txn};
use yam_storefronts::standard_webhooks::{Secret, signatures};

/// Delivers webhooks.
#[derive(Debug, Clone)]
pub struct Deliveries {
    store: Store,
    http: EffectClient,
    deadline: Duration,
}

/// Retries after the first attempt, spread over a day; the receiver dedupes by `webhook-id`.
const RETRIES: &[SignedDuration] = &[
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(8),
];

/// Bytes of a receiver's answer that are read: only its status counts.
const ANSWER: usize = 4 * 1024;

/// What a delivery needs. Holds signing secrets: lives only for the turn.
#[derive(Debug)]
pub struct ReadyDelivery {
    url: url::Url,
    secrets: Vec<Secret>,
    body: Bytes,
}

impl Deliveries {
    /// Over the store and the HTTP client; `deadline` is for one attempt.
    #[must_use]
    pub fn new(store: Store, http: EffectClient, deadline: Duration) -> Self {
        Deliveries { store, http, deadline }
    }

    pub(crate) fn with_store(self, store: Store) -> Self {
        Deliveries { store, ..self }
    }

    async fn endpoint(&self, key: &Key, work: &DeliveryWork) -> Result<Option<(Key, Endpoint)>, StoreError> {
        let Some(merchant) = merchant_of(&key.pk) else { return Ok(None) };
        let at = of_merchant(&merchant, sk::endpoint(&work.endpoint));
        Ok(self.store.table.get(&at, Read::Consistent).await?.map(|endpoint| (at, endpoint)))
    }
}

fn classify(answer: &Answer) -> CallClass {
    match answer.status.as_u16() {
        200..=299 => CallClass::Done,
        410 => CallClass::Refused,
        // Redirects are not followed and count as failures, like every other answer.
        _ => CallClass::Busy { retry_after: answer.retry_after() },
    }
}

#[async_trait::async_trait]
impl Effect for Deliveries {
    type Work = DeliveryWork;
    type Ready = ReadyDelivery;
    type Proof = DeliveryProof;

    fn kind(&self) -> &'static str {
        "deliver"
    }

    fn policy(&self, _work: &DeliveryWork) -> Policy {
        let call_deadline = SignedDuration::try_from(self.deadline).unwrap_or(SignedDuration::from_secs(15));
        Policy {
            power: Power::Repeat,
            backoff: Backoff { delays: RETRIES, jitter_percent: 10 },
            lease: call_deadline + SignedDuration::from_secs(30),
            call_deadline,
        }
    }

    /// The receiver dedupes: a delivery whose outcome is lost is made again.
    fn keeps_evidence(&self) -> bool {
        false
    }

    /// An edited endpoint counts as it is today: its address and its secrets.
    async fn recheck(
        &self,
        key: &Key,
        intent: &Intent<DeliveryWork>,
    ) -> Result<Recheck<ReadyDelivery>, StoreError> {
        let dropped = |words: &str| Ok(Recheck::Drop(Resolution::GivenUp, words.to_owned()));
        let Some((_, endpoint)) = self.endpoint(key, &intent.work).await? else {
            return dropped("the endpoint was deleted");
        };
        if !endpoint.enabled {
            return dropped("the endpoint is switched off");
        }
        let at = Key { pk: key.pk.clone(), sk: intent.work.event.clone() };
        let Some(event) = self.store.table.get::<Event>(&at, Read::Consistent).await? else {
            return dropped("the event is too old and was forgotten");
        };
        let Ok(url) = endpoint.url.parse() else { return dropped("the endpoint's address is not valid") };
        let Some(merchant) = merchant_of(&key.pk) else { return dropped("no merchant") };
        let cipher = self.store.vault.cipher(&merchant).await?;
        let now = self.store.clock.now();
        let purpose = Endpoint::purpose(&endpoint.id);
        let in_force = endpoint.secrets.iter().filter(|s| s.ends_at.is_none_or(|end| now < end));
        let secrets: Vec<Secret> = in_force
            .filter_map(|s| cipher.open::<String>(&purpose, &s.sealed).ok())
            .filter_map(|text| Secret::parse(&text).ok())
            .collect();
        if secrets.is_empty() {
            return Ok(Recheck::Wait("the endpoint has no secret to sign with; rotate it".into()));
        }
        let body = json!({
            "type": event.kind, "timestamp": event.at, "sequence": event.sequence, "data": event.data,
        });
        Ok(Recheck::Go(ReadyDelivery { url, secrets, body: Bytes::from(body.to_string()) }))
    }

    async fn call(
        &self,
        _key: &Key,
        intent: &Intent<DeliveryWork>,
        ready: &ReadyDelivery,
    ) -> Called<DeliveryProof> {
        let id = &intent.work.event_id;
        // Receivers check the age of the signature with their own clock: real time, also when
        // business time is simulated.
        let timestamp = self.store.clock.real_now().as_second();
        let signature = signatures(&ready.secrets, id, timestamp, &ready.body);
        let mut headers = HeaderMap::new();
        let values = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ];
        for (name, value) in values {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        let call = Outbound {
            system: "WEBHOOKS",
            operation: "deliver",
            method: Method::POST,
            url: ready.url.clone(),
            headers,
            body: ready.body.clone(),
            limits: Limits { total: self.deadline, body: ANSWER },
        };
        match self.http.send_guarded(call).await {
            Ok(answer) => {
                let class = classify(&answer);
                let status = answer.status.as_u16();
                let proof = (class == CallClass::Done).then_some(DeliveryProof { status });
                Called {
                    class,
                    proof,
                    words: format!("HTTP {status}"),
                    detail: Some(json!({ "status": status })),
                }
            }
            Err(SendFailure::NotSent(words)) => {
                Called { class: CallClass::NotSent, proof: None, words, detail: None }
            }
            Err(SendFailure::NoAnswer(words)) => {
                Called { class: CallClass::Unknown, proof: None, words, detail: None }
            }
        }
    }

    async fn look_up(&self, _: &Key, _: &Intent<DeliveryWork>, _: &ReadyDelivery) -> LookedUp<DeliveryProof> {
        LookedUp { class: LookUpClass::Failed, proof: None, words: "receivers cannot be asked".into() }
    }

    async fn book(
        &self,
        key: &Key,
        intent: &mut Intent<DeliveryWork>,
        ended: &Ended<DeliveryProof>,
        txn: &mut Txn,
    ) -> Result<Vec<Announcement>, StoreError> {
        let status = ended.detail.as_ref().and_then(|d| d.get("status")).and_then(serde_json::Value::as_u64);
        intent.work.last_status = status.and_then(|s| u16::try_from(s).ok());
        // 410: the receiver wants no more.
        if ended.resolution == Resolution::Refused
            && let Some((at, mut endpoint)) = self.endpoint(key, &intent.work).await?
            && endpoint.enabled
        {
            let rev = endpoint.rev;
            endpoint.enabled = false;
            endpoint.disabled_reason = Some("the receiver answered 410 Gone".into());
            endpoint.rev = rev.saturating_add(1);
            txn.replace("endpoint", &self.store.table, &at, &endpoint, rev);
        }
        Ok(vec![])
    }
}
