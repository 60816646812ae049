//! Credentials that lapse when they are left alone: their uses are noted, and the shop and the hub's staff are told
//! before it happens (Korea Post notes, section 2).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use yam_carriers::account::{Account, AccountSettings};
use yam_carriers::{Carrier, Carriers};
use yam_domain::ids::{AccountId, MerchantId};
use yam_store::enrolment::event_data;
use yam_store::event::{announce, record};
use yam_store::items::CarrierAccount;
use yam_store::key_use::{KeyUse, key_use, key_use_row, note_use};
use yam_store::keys::{merchant_of, of_merchant, sk};
use yam_store::{Key, Read, Store, StoreError, Txn};

/// Accounts remembered by one container before it begins anew.
const REMEMBERED: usize = 1_000;
/// While the alarm stands it is counted this often.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Uses seen, until they are noted: after the turn, so that no answer waits for it.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<BTreeMap<(MerchantId, AccountId), Use>>);

#[derive(Debug, Clone, Copy)]
struct Use {
    moments: (Timestamp, Timestamp),
    noted: bool,
}

impl Uses {
    /// An operator took the account's credentials.
    pub(crate) fn note(&self, carrier: &dyn Carrier, account: &Account, now: Timestamp) {
        let Some(moments) = carrier.lapses_unused(&account.settings, now) else { return };
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() >= REMEMBERED {
            uses.retain(|_, seen| !seen.noted);
        }
        let seen = uses.entry((account.merchant.clone(), account.id.clone()));
        let seen = seen.or_insert(Use { moments, noted: false });
        if seen.moments != moments {
            *seen = Use { moments, noted: false };
        }
    }

    /// Stores what was seen; what cannot be stored is tried after the next turn.
    pub(crate) async fn keep(&self, store: &Store) {
        for ((merchant, account), seen) in self.waiting() {
            match note_use(store, &merchant, &account, seen.moments).await {
                Ok(()) => self.kept((merchant, account)),
                Err(error) => tracing::warn!(%account, %error, "the use of a key is noted later"),
            }
        }
    }

    fn waiting(&self) -> Vec<((MerchantId, AccountId), Use)> {
        let uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = uses.iter().filter(|(_, seen)| !seen.noted);
        waiting.map(|(whose, seen)| (whose.clone(), *seen)).collect()
    }

    fn kept(&self, whose: (MerchantId, AccountId)) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = uses.get_mut(&whose) {
            seen.noted = true;
        }
    }
}

/// Looks at credentials whose row came due: used meanwhile they are looked at later; else the alarm is raised, once
/// a day until they are used or have lapsed. Repeated after a crash at any point.
pub(crate) async fn look(store: &Store, carriers: &Carriers, key: &Key) -> Result<(), StoreError> {
    let Some(merchant) = merchant_of(&key.pk) else { return Ok(()) };
    let known: Option<KeyUse> = store.table.get(key, Read::Consistent).await?;
    let now = store.clock.now();
    let Some(mut known) = known else { return Ok(()) };
    let Some(due_at) = known.due_at.filter(|due_at| *due_at <= now) else { return Ok(()) };
    let mut txn = Txn::new();
    txn.delete("key's row", &store.table, &key_use_row(due_at, &merchant, &known.account));
    let at = of_merchant(&merchant, sk::account(known.account.as_str()));
    let account: Option<CarrierAccount> = store.table.get(&at, Read::Consistent).await?;
    let Some(mut account) = account.filter(|account| lapses(carriers, account, now)) else {
        txn.delete("key use", &store.table, &key_use(&merchant, &known.account));
        return txn.commit(&store.table).await;
    };
    let alarming = now >= known.alarm_at;
    let mut told = Vec::new();
    if alarming && !known.told {
        known.told = true;
        let rev = account.rev;
        account.rev = rev.saturating_add(1);
        let mut data = event_data(&account);
        data["key_lapses_at"] = json!(known.lapses_at);
        told.push(record(&mut txn, store, &merchant, "account.key_lapsing", account.rev, data));
        txn.replace("account", &store.table, &at, &account, rev);
    }
    let next = now.saturating_add(AGAIN_AFTER).unwrap_or(Timestamp::MAX);
    known.due_at = match alarming {
        false => Some(known.alarm_at),
        true => Some(next).filter(|_| now < known.lapses_at),
    };
    if let Some(next) = known.due_at {
        let row = key_use_row(next, &merchant, &known.account);
        txn.upsert("key's row", &store.table, &row, &serde_json::Map::new());
    }
    let rev = known.rev;
    known.rev = rev.saturating_add(1);
    txn.replace("key use", &store.table, key, &known, rev);
    txn.commit(&store.table).await?;
    if alarming {
        store.metrics.count(now, "SecurityKeyLapsing", &[("carrier", account.carrier.as_str())]);
    }
    announce(store, &told, "key use").await
}

/// Whether the account as it is now has credentials that lapse.
fn lapses(carriers: &Carriers, account: &CarrierAccount, now: Timestamp) -> bool {
    let settings: Option<AccountSettings> = serde_json::from_value(account.settings.clone()).ok();
    let carrier = carriers.get(account.carrier);
    carrier.zip(settings).is_some_and(|(carrier, settings)| carrier.lapses_unused(&settings, now).is_some())
}
