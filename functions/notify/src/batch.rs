//! One batch of the queue: events are planned, messages get their turns, money is settled at the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use futures_util::future::join_all;
use tokio::sync::{OnceCell, Semaphore};
use yam_domain::ids::MerchantId;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict};
use yam_store::items::notices::{MessageWork, SentProof};
use yam_store::keys::{merchant_of, of_merchant, sk};
use yam_store::work::{Evidence, Left};
use yam_store::{Intent, Key, Message, StoreError, work};

use crate::NotifyState;
use crate::departure;
use crate::money;
use crate::plan::{Planning, plan_event};
use crate::shop::ShopNotices;
use crate::tell::Telling;

/// Messages sent at once. A provider's own limit makes it busy, which is a due row and costs nothing.
const SENDS: usize = 20;
/// Accounts of one message that are tried in one invocation.
const TURNS: usize = 4;
/// With less than this left no further account is tried.
const RESERVE: Duration = Duration::from_secs(21);

/// The shops of a batch, each loaded once.
pub(crate) struct Batch {
    state: NotifyState,
    invocation: Invocation,
    shops: HashMap<MerchantId, Shop>,
    /// The messages of each departure of the batch; none where they could not be read.
    leaving: HashMap<Key, Vec<Key>>,
    sends: Semaphore,
}

#[derive(Default)]
struct Shop {
    messages: Vec<String>,
    telling: OnceCell<Option<Arc<Telling>>>,
}

impl Batch {
    /// For the messages of an SQS event.
    pub(crate) async fn of(state: &NotifyState, event: &SqsEvent, invocation: Invocation) -> Self {
        let mut shops: HashMap<MerchantId, Shop> = HashMap::new();
        let mut leaving = HashMap::new();
        let mut room = departure::TURNS_OF_BATCH;
        let bodies = event.records.iter().filter_map(|record| record.body.as_deref());
        for key in bodies.flat_map(|body| keys(body).unwrap_or_default()) {
            let Some(merchant) = merchant_of(&key.pk) else { continue };
            let shop = shops.entry(merchant).or_default();
            if let Some(minute) = sk::moment_of(&key.sk).filter(|_| sk::is_departure(&key.sk)) {
                match departure::leaving(&state.store, &key, minute, room).await {
                    Ok(messages) => {
                        room = room.saturating_sub(messages.len());
                        shop.messages.extend(messages.iter().map(|message| message.sk.clone()));
                        leaving.insert(key, messages);
                    }
                    Err(error) => tracing::warn!(%error, "a minute's messages could not be read"),
                }
            } else if key.sk.starts_with(sk::MESSAGES) {
                shop.messages.push(key.sk);
            }
        }
        Batch { state: state.clone(), invocation, shops, leaving, sends: Semaphore::new(SENDS) }
    }

    /// Deals with one record.
    pub(crate) async fn record(&self, message: QueueMessage) -> Verdict {
        let Some(keys) = keys(&message.body) else {
            tracing::error!(message.id = %message.id, "a message that is not ours goes to the dead letters");
            return Verdict::Again;
        };
        let proof = serde_json::from_str::<Evidence<SentProof>>(&message.body).ok();
        let done = match (proof, keys.as_slice()) {
            (Some(proof), [key]) => self.evidence(key, proof).await,
            _ => {
                let turns = join_all(keys.iter().map(|key| Box::pin(self.key(key)))).await;
                turns.into_iter().collect()
            }
        };
        match done {
            Ok(()) => Verdict::Done,
            Err(error) => {
                tracing::warn!(%error, "notify failed");
                Verdict::Again
            }
        }
    }

    async fn key(&self, key: &Key) -> Result<(), StoreError> {
        if key.sk.starts_with(sk::BLOCKS) {
            return money::settle(&self.state.store, key, None).await;
        }
        let Some(telling) = self.telling(key).await? else {
            tracing::error!(item.sk = %key.sk, "a key of no shop is dropped");
            return Ok(());
        };
        if key.sk.starts_with(sk::EVENTS) {
            self.state.store.hooks.pass("K7", "tell")?;
            let NotifyState { store, digests, departures, .. } = &self.state;
            let planning = Planning { store, digests, departures };
            let now = Box::pin(plan_event(planning, &telling.shop, key)).await?;
            telling.purse.add(now.iter().map(|key| key.sk.clone())).await;
            self.turn_all(&telling, &now).await;
            return Ok(());
        }
        if sk::is_departure(&key.sk) {
            let unread = || StoreError::Unavailable("the minute's messages could not be read".to_owned());
            let messages = self.leaving.get(key).ok_or_else(unread)?;
            self.turn_all(&telling, messages).await;
            return Ok(());
        }
        if key.sk.starts_with(sk::MESSAGES) {
            return self.turn(&telling, key).await;
        }
        tracing::error!(item.sk = %key.sk, "a key that is nothing to tell is dropped");
        Ok(())
    }

    /// Gives messages their turns. What fails here has a due row, which brings it again.
    async fn turn_all(&self, telling: &Telling, messages: &[Key]) {
        let turns = join_all(messages.iter().map(|key| Box::pin(self.turn(telling, key)))).await;
        for error in turns.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "a message is left to its due row");
        }
    }

    /// Gives a message its turn, and the next account one where the first one would not have it.
    async fn turn(&self, telling: &Telling, key: &Key) -> Result<(), StoreError> {
        let Ok(_permit) = self.sends.acquire().await else { return Ok(()) };
        let turned = self.turns(telling, key).await;
        telling.note_health().await;
        if turned.is_ok() {
            self.note_money(telling, key).await;
        }
        turned
    }

    async fn turns(&self, telling: &Telling, key: &Key) -> Result<(), StoreError> {
        for _ in 0..TURNS {
            let left = Box::pin(work::work(&telling.store, telling, key, self.invocation)).await?;
            tracing::info!(intent = %key.sk, ?left, "a message had its turn");
            let now = telling.store.clock.now();
            let again = matches!(left, Left::Until(at) if at <= now);
            if !again || self.invocation.left(telling.store.clock.real_now()) < RESERVE {
                break;
            }
            telling.note_health().await;
        }
        Ok(())
    }

    /// What became of the message's price, for the block it is held in.
    async fn note_money(&self, telling: &Telling, key: &Key) {
        if !telling.purse.holds().await {
            return;
        }
        let Ok(Some(intent)) = Intent::<MessageWork>::load(&telling.store.table, key).await else { return };
        let block = intent.work.block.clone().unwrap_or_default();
        let end = money::end_in(&intent, &block);
        telling.purse.ended(&key.sk, block, end).await;
    }

    async fn evidence(&self, key: &Key, evidence: Evidence<SentProof>) -> Result<(), StoreError> {
        let Some(telling) = self.telling(key).await? else { return Ok(()) };
        let (proof, words) = (evidence.proof, evidence.words);
        let store = &telling.store;
        let left = work::evidence(store, telling.as_ref(), key, proof, &words, self.invocation).await?;
        tracing::info!(intent = %key.sk, ?left, "a late proof was booked");
        Ok(())
    }

    async fn telling(&self, key: &Key) -> Result<Option<Arc<Telling>>, StoreError> {
        let Some(merchant) = merchant_of(&key.pk) else { return Ok(None) };
        let Some(shop) = self.shops.get(&merchant) else { return Ok(None) };
        let load = || async {
            let loaded = ShopNotices::load(&self.state.store, &self.state.prices, &merchant).await?;
            Ok::<_, StoreError>(
                loaded.map(|loaded| Arc::new(Telling::new(&self.state, loaded, shop.messages.clone()))),
            )
        };
        Ok(shop.telling.get_or_try_init(load).await?.clone())
    }

    /// Settles the money of every shop of the batch.
    pub(crate) async fn close(&self) {
        let tellings = self.shops.values().filter_map(|shop| shop.telling.get()?.as_ref());
        join_all(tellings.map(|telling| telling.purse.close())).await;
    }
}

/// The keys of a body: the hub's usual message, or the intent a proof is for.
fn keys(body: &str) -> Option<Vec<Key>> {
    if let Ok(keys) = Message::parse(body) {
        return Some(keys);
    }
    let proof: Evidence<SentProof> = serde_json::from_str(body).ok()?;
    let (pk, sk) = proof.intent;
    merchant_of(&pk).map(|merchant| vec![of_merchant(&merchant, sk)])
}
