//! One receipt and its message: joined by the provider's id or ours, also when it comes before our own outcome or more
//! than once. What it says never sets a message back.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use yam_api::store_problem;
use yam_domain::effect::Phase;
use yam_domain::notice::{Channel, Contact};
use yam_messengers::message::Recipient;
use yam_messengers::{
    Account, Authenticity, CallOutcome, Cause, DeliveryState, Handle, MessageKey, Messenger, Receipt, Status,
};
use yam_platform::Problem;
use yam_platform::lambda::Invocation;
use yam_platform::problem::Kind;
use yam_store::event::announce;
use yam_store::items::notices::{
    EarlyReceipt, MessageId, MessageReceipt, MessageState, MessageWork, OptOut, OptOutSource, SentProof,
};
use yam_store::keys::{of_merchant, sk};
use yam_store::work::evidence;
use yam_store::{Intent, Key, Read, StoreError, Txn, notices};

use crate::NotifyState;
use crate::fresh::Fresh;
use crate::route::wire;
use crate::tell::{Telling, apply, failure, word_of_status};

/// How long a receipt waits for its message.
const EARLY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Longest look-up while a provider waits for our answer.
const ASK: Duration = Duration::from_secs(10);
/// As long as a provider waits at the least.
const LONGEST: Duration = Duration::from_secs(28);
/// Attempts of one write against others.
const ATTEMPTS: u32 = 6;

/// A push under way.
pub(super) struct Taking<'a> {
    pub(super) state: &'a NotifyState,
    pub(super) telling: &'a Telling,
    pub(super) messenger: &'a dyn Messenger,
    pub(super) account: &'a Account,
    pub(super) authenticity: Authenticity,
}

impl Taking<'_> {
    /// Books a receipt.
    pub(super) async fn take(&self, receipt: &Receipt) -> Result<(), Problem> {
        let table = &self.state.store.table;
        let Some(key) = self.message_of(receipt).await? else {
            return self.keep_for_later(receipt).await;
        };
        let intent = Intent::<MessageWork>::load(table, &key).await.map_err(store_problem)?;
        let Some(intent) = intent else { return Ok(()) };
        let fresh = Fresh::load(&self.state.store, &self.telling.shop, &intent.work.about).await;
        let contact = fresh.map_err(store_problem)?.contact(&self.telling.shop, &intent.work);
        let Some(status) = self.believed(&intent.work, &contact, receipt).await? else { return Ok(()) };
        if says_stop(&status, intent.work.channel) {
            self.leave(&intent.work, &contact).await?;
        }
        let word = word_of_status(&status, self.state.store.clock.now());
        if intent.work.accepted_at.is_some() && intent.state.phase == Phase::Final {
            return self.book(&key, &word).await.map_err(store_problem);
        }
        let may_be_out = intent.state.doubtful_sends > 0 || intent.state.missed_sends > 0;
        if intent.state.phase == Phase::Planned && !may_be_out {
            return Ok(());
        }
        let proof = SentProof {
            account: self.account.id.clone(),
            provider_id: receipt.provider_id.clone(),
            group_id: None,
            segments: status.segments,
            receipt: Some(word),
        };
        let invocation = Invocation::lasting(self.state.store.clock.real_now(), LONGEST);
        let words = "a receipt tells that the provider has it";
        let booked =
            Box::pin(evidence(&self.state.store, self.telling, &key, proof, words, invocation)).await;
        booked.map(|_| ()).map_err(store_problem)
    }

    async fn message_of(&self, receipt: &Receipt) -> Result<Option<Key>, Problem> {
        let merchant = &self.telling.shop.merchant;
        let now = self.state.store.clock.now().as_second();
        for id in [Some(&receipt.provider_id), receipt.key.as_ref()].into_iter().flatten() {
            let at = of_merchant(merchant, sk::message_id(self.account.id.as_str(), id));
            let found: Option<MessageId> =
                self.state.store.table.get(&at, Read::Consistent).await.map_err(store_problem)?;
            if let Some(found) = found.filter(|found| found.expires_at > now) {
                return Ok(Some(of_merchant(merchant, found.intent)));
            }
        }
        Ok(None)
    }

    /// Where nothing but a secret path speaks for a push, the provider itself is asked before a message counts as
    /// undelivered. None: the provider knows nothing of it.
    async fn believed(
        &self,
        work: &MessageWork,
        contact: &Contact,
        receipt: &Receipt,
    ) -> Result<Option<Status>, Problem> {
        let bad = receipt.status.state.is_final() && receipt.status.state != DeliveryState::Delivered;
        let can_be_asked = self.messenger.capabilities(self.account).look_up;
        if self.authenticity == Authenticity::Signed || !bad || !can_be_asked {
            return Ok(Some(receipt.status.clone()));
        }
        let (Some(key), Contact::Phone(phone)) = (MessageKey::parse(&work.key), contact) else {
            return Ok(Some(receipt.status.clone()));
        };
        let handle = Handle {
            key,
            channel: wire(work.channel),
            to: Recipient::Phone(phone.clone()),
            provider_id: Some(receipt.provider_id.clone()),
            group_id: work.group_id.clone(),
        };
        match self.messenger.look_up(self.account, &handle, ASK).await {
            CallOutcome::Done(status) => Ok(Some(status)),
            CallOutcome::Refused(error) => {
                tracing::warn!(code = %error.code, "a receipt is about a message its provider does not know");
                Ok(None)
            }
            // It comes again.
            _ => Err(Problem::new(Kind::Unavailable).retry_after(60)),
        }
    }

    async fn keep_for_later(&self, receipt: &Receipt) -> Result<(), Problem> {
        let now = self.state.store.clock.now();
        let account = self.account.id.as_str();
        let word = word_of_status(&receipt.status, now);
        let table = &self.state.store.table;
        let expires_at = now.saturating_add(EARLY).map_or(i64::MAX, |at| at.as_second());
        // By the provider's id for our outcome, by ours for an answer that gets lost.
        for id in [Some(&receipt.provider_id), receipt.key.as_ref()].into_iter().flatten() {
            let at = of_merchant(&self.telling.shop.merchant, sk::early_receipt(account, id));
            let known: Option<EarlyReceipt> =
                table.get(&at, Read::Consistent).await.map_err(store_problem)?;
            if known.is_none_or(|known| known.receipt.rank < word.rank) {
                let early = EarlyReceipt { receipt: word.clone(), expires_at };
                table.put(&at, &early).await.map_err(store_problem)?;
            }
        }
        // Our outcome may have been booked meanwhile, and have found nothing.
        match self.message_of(receipt).await? {
            Some(_) => Err(Problem::new(Kind::Unavailable).retry_after(5)),
            None => Ok(()),
        }
    }

    /// Takes a receipt into a message that is at rest. The fence grows, so that of two receipts at once neither is lost.
    async fn book(&self, key: &Key, word: &MessageReceipt) -> Result<(), StoreError> {
        let store = &self.state.store;
        for _ in 0..ATTEMPTS {
            let Some(before) = Intent::<MessageWork>::load(&store.table, key).await? else { return Ok(()) };
            let mut after = before.clone();
            apply(&mut after.work, word);
            if after.work == before.work {
                return Ok(());
            }
            after.state.fence = after.state.fence.saturating_add(1);
            let mut txn = Txn::new();
            let mut told = Vec::new();
            if after.work.state == MessageState::Failed && before.work.state != MessageState::Failed {
                told.push(failure(self.telling, &after, &mut txn));
            }
            after.advance(&before.state, &mut txn, &store.table, key);
            match txn.commit(&store.table).await {
                Ok(()) => return announce(store, &told, "receipt").await,
                Err(StoreError::Conflict | StoreError::Condition { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn leave(&self, work: &MessageWork, contact: &Contact) -> Result<(), Problem> {
        let cipher = &self.telling.shop.cipher;
        // Whom it went to; the shop may know another number by now.
        let hash = match (&work.to, contact) {
            (Some(hash), _) => hash.clone(),
            (None, Contact::None) => return Ok(()),
            (None, Contact::Phone(phone)) => OptOut::hash_of_phone(cipher, phone),
            (None, Contact::Email(email)) => OptOut::hash_of_email(cipher, email),
        };
        let merchant = &self.telling.shop.merchant;
        let at = of_merchant(merchant, sk::opt_out(&hash));
        opt_out(self.state, &at, work.channel, OptOutSource::StopWord).await
    }
}

/// The recipient wants none of it, by a word in an answer or by a complaint about a letter.
fn says_stop(status: &Status, channel: Channel) -> bool {
    let complaint = channel == Channel::Email && status.state == DeliveryState::Blocked;
    status.cause == Some(Cause::OptedOut) || complaint
}

/// No more messages on a channel from now on, beside those that were refused before.
pub(super) async fn opt_out(
    state: &NotifyState,
    at: &Key,
    channel: Channel,
    source: OptOutSource,
) -> Result<(), Problem> {
    let channels = BTreeSet::from([channel]);
    let done = notices::opt_out(&state.store, at, &channels, source).await;
    done.map(|_| ()).map_err(store_problem)
}
