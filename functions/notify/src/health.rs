//! How accounts at providers fare: in the container from send to send, in the table where it lasts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::json;
use yam_domain::ids::{AccountId, MerchantId};
use yam_messengers::failover::{End, Health};
use yam_store::event::{announce, record};
use yam_store::items::notices::MessengerAccount;
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError, Txn};

use crate::route::health_of;

/// Accounts remembered in a container.
const REMEMBERED: usize = 10_000;
/// How often a change is tried against others.
const TRIES: usize = 4;

/// The health of accounts as this container saw it, over what is stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Healths(Arc<Mutex<Seen>>);

/// What was seen of an account since it was saved under a revision.
type Seen = HashMap<(MerchantId, AccountId), (u64, Health)>;

impl Healths {
    /// How an account fares. What the container saw counts until the account was saved anew.
    pub(crate) fn of(&self, merchant: &MerchantId, account: &MessengerAccount) -> Health {
        let stored = health_of(account);
        let seen = self.seen().get(&(merchant.clone(), account.id.clone())).copied();
        match seen {
            Some((rev, health)) if rev == account.rev => Health { stopped: stored.stopped, ..health },
            _ => stored,
        }
    }

    /// Takes the end of a send down; an account that is stopped by it is stored and its shop is told, once.
    ///
    /// # Errors
    /// The table does not answer; the container remembers it all the same.
    pub(crate) async fn after(
        &self,
        store: &Store,
        merchant: &MerchantId,
        account: &MessengerAccount,
        end: End,
    ) -> Result<(), StoreError> {
        let now = store.clock.now();
        let before = self.of(merchant, account);
        let after = before.after(end, now);
        {
            let mut seen = self.seen();
            if seen.len() >= REMEMBERED {
                seen.clear();
            }
            seen.insert((merchant.clone(), account.id.clone()), (account.rev, after));
        }
        if after.stopped.is_some() && before.stopped.is_none() {
            stop(store, merchant, &account.id, end, now).await?;
        }
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Stores that an account is stopped, with the event that tells of it. Whoever finds it stopped already adds nothing.
async fn stop(
    store: &Store,
    merchant: &MerchantId,
    id: &AccountId,
    end: End,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = of_merchant(merchant, sk::messenger(id.as_str()));
    for _ in 0..TRIES {
        let stored: Option<MessengerAccount> = store.table.get(&key, Read::Consistent).await?;
        let Some(mut account) = stored else { return Ok(()) };
        let before = health_of(&account);
        let after = before.after(end, now);
        if before.stopped.is_some() || after.stopped.is_none() {
            return Ok(());
        }
        let rev = account.rev;
        account.health = serde_json::to_value(after).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        account.rev = rev.saturating_add(1);
        let mut txn = Txn::new();
        txn.replace("messenger account", &store.table, &key, &account, rev);
        let data = json!({
            "account_id": account.id, "messenger": account.messenger, "reason": after.stopped,
        });
        let told = record(&mut txn, store, merchant, "account.messenger_stopped", account.rev, data);
        match txn.commit(&store.table).await {
            Ok(()) => return announce(store, &[told], "messenger").await,
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}
