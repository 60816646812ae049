//! One message on its way: judged anew, claimed, sent, and booked.

mod book;
mod call;
mod content;
mod policy;
mod ready;
mod slot;

pub(crate) use book::{apply, failure};
pub(crate) use call::receipt as word_of_status;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use yam_domain::effect::Policy;
use yam_domain::ids::AccountId;
use yam_messengers::failover::End;
use yam_messengers::{Account, Handle, Message, Messenger};
use yam_platform::queue::Queue;
use yam_store::items::notices::{MessageWork, SentProof, Settling, Tried};
use yam_store::work::{Called, Effect, Ended, LookedUp, Recheck};
use yam_store::{Announcement, Intent, Key, Store, StoreError, Txn};

use yam_domain::money::Money;
use yam_domain::notice::Macro;

use crate::NotifyState;
use crate::health::Healths;
use crate::money::Purse;
use crate::shop::{ShopNetwork, ShopNotices};

/// The messages of one shop in one batch.
#[derive(Debug)]
pub(crate) struct Telling {
    pub(crate) store: Store,
    pub(crate) shop: ShopNotices,
    pub(crate) purse: Purse,
    state: NotifyState,
    ends: Mutex<Vec<(AccountId, End)>>,
}

/// What a call needs.
pub(crate) enum Ready {
    /// To send.
    Send(Box<Sending>),
    /// To ask what became of an earlier send.
    Ask(Box<Asking>),
}

/// A message ready to go.
pub(crate) struct Sending {
    messenger: Arc<dyn Messenger>,
    account: Account,
    message: Message,
    /// Keyed hash of the recipient.
    to: Option<String>,
    /// When it must have been taken, so that all of it falls into its window; none when it goes at any hour.
    closes_at: Option<Timestamp>,
    settling: Settling,
    price: Option<Money>,
    block: Option<String>,
    segments: Option<u32>,
    others: bool,
    open: bool,
    repeats: bool,
    /// The report of the day in one line, as it is told.
    report: Option<String>,
}

/// A look-up ready to go.
pub(crate) struct Asking {
    messenger: Arc<dyn Messenger>,
    account: Account,
    handle: Handle,
}

impl Telling {
    pub(crate) fn new(state: &NotifyState, shop: ShopNotices, messages: Vec<String>) -> Self {
        let purse = Purse::new(&state.store, &shop.merchant, messages);
        Telling { store: state.store.clone(), shop, purse, state: state.clone(), ends: Mutex::default() }
    }

    fn network(&self) -> ShopNetwork<'_> {
        ShopNetwork { messengers: &self.state.messengers, healths: &self.state.healths }
    }

    /// Longest call.
    fn deadline(&self) -> Duration {
        self.state.deadline
    }

    /// Takes down how the accounts fared that were called since the last time.
    pub(crate) async fn note_health(&self) {
        let ends = std::mem::take(&mut *self.ends.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let healths: &Healths = &self.state.healths;
        for (id, end) in ends {
            let Some(account) = self.shop.accounts.iter().find(|account| account.id == id) else { continue };
            if let Err(error) = healths.after(&self.store, &self.shop.merchant, account, end).await {
                tracing::warn!(account = %id, %error, "how an account fares could not be stored");
            }
        }
    }

    fn fared(&self, account: &AccountId, end: End) {
        let mut ends = self.ends.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ends.push((account.clone(), end));
    }
}

#[async_trait::async_trait]
impl Effect for Telling {
    type Work = MessageWork;
    type Ready = Ready;
    type Proof = SentProof;

    fn kind(&self) -> &'static str {
        "tell"
    }

    fn policy(&self, work: &MessageWork) -> Policy {
        policy::policy(work, self.store.clock.real_now(), self.deadline())
    }

    fn evidence_queue(&self) -> Queue {
        Queue::Notify
    }

    async fn recheck(&self, key: &Key, intent: &Intent<MessageWork>) -> Result<Recheck<Ready>, StoreError> {
        Box::pin(ready::recheck(self, key, intent)).await
    }

    /// The account, the price and the time of the send are part of the claim: a worker that dies leaves behind whom
    /// it may have called.
    fn amend(&self, work: &mut MessageWork, ready: &Ready) {
        let Ready::Send(sending) = ready else { return };
        let account = sending.account.id.clone();
        work.tried.retain(|tried| tried.account != account);
        work.tried.push(Tried { account: account.clone(), end: "calling".to_owned(), refusal: None });
        work.repeats = if sending.repeats { work.repeats.saturating_add(1) } else { 0 };
        work.account = Some(account);
        work.to.clone_from(&sending.to);
        work.settling = Some(sending.settling);
        work.others = sending.others;
        work.price = sending.price;
        work.block.clone_from(&sending.block);
        work.segments = sending.segments;
        work.sender.clone_from(&sending.message.sender);
        work.signed_at = Some(sending.message.at);
        if let Some(report) = &sending.report {
            work.values.insert(Macro::Report, report.clone());
        }
        work.reason = None;
        work.cost = None;
    }

    async fn call(&self, _key: &Key, intent: &Intent<MessageWork>, ready: &Ready) -> Called<SentProof> {
        call::send(self, intent, ready).await
    }

    async fn look_up(&self, _key: &Key, intent: &Intent<MessageWork>, ready: &Ready) -> LookedUp<SentProof> {
        call::look_up(self, intent, ready).await
    }

    async fn book(
        &self,
        key: &Key,
        intent: &mut Intent<MessageWork>,
        ended: &Ended<SentProof>,
        txn: &mut Txn,
    ) -> Result<Vec<Announcement>, StoreError> {
        book::book(self, key, intent, ended, txn).await
    }
}
