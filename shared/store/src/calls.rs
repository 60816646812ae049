//! Submitting calls to postal operators: what orders and dispatch share.

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::EffectState;
use yam_domain::ids::{MerchantId, ParcelId};
use yam_domain::waybill::WaybillNumber;
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::intent::Intent;
use crate::items::{CallWork, Parcel};
use crate::keys::{Key, of_merchant, sk};
use crate::store::Store;
use crate::txn::Txn;

/// The net under a lost queue message: later than lease and due row of a prompt worker, so that the
/// row need not be moved when the intent is claimed.
const FIRST_DUE: SignedDuration = SignedDuration::from_secs(120);

/// What a registration needs beside its parcel.
#[derive(Debug, Clone, Copy)]
pub struct RegisterWith<'a> {
    /// Wire of the account.
    pub wire: &'a str,
    /// Whether our own number travels with it.
    pub counted: bool,
    /// Whether the address is marked.
    pub marked: bool,
    /// How long it is retried while the operator is down.
    pub patience: SignedDuration,
}

/// The key of a parcel's registration.
#[must_use]
pub fn register_key(merchant: &MerchantId, parcel: &ParcelId, generation: u32) -> Key {
    of_merchant(merchant, sk::intent("register", &format!("{parcel}#{generation}")))
}

/// The mark put at the end of an address, unique enough to be searched for in the operator's panel.
#[must_use]
pub fn marker(parcel: &ParcelId, generation: u32) -> String {
    let (order, number) = parcel.as_str().rsplit_once('.').unwrap_or((parcel.as_str(), "1"));
    let tail: String = order.chars().rev().take(7).collect::<Vec<_>>().into_iter().rev().collect();
    let mut mark = format!("Y{tail}-{number}");
    if generation > 1 {
        mark.push_str(&format!("g{generation}"));
    }
    mark
}

/// Adds the writes that submit the registration of `parcel` in its present generation; answers with
/// the intent's key, to be told to the queue after the commit. The client number comes from a
/// counter: it is never reused and never a hash (reliability notes, section 4.2).
///
/// # Errors
/// The table does not answer.
pub async fn submit_register(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &Parcel,
    with: RegisterWith<'_>,
) -> Result<Key, StoreError> {
    let client_id =
        if with.counted { Some(take_number(store, merchant, parcel.account.as_str()).await?) } else { None };
    let work = CallWork::Register {
        parcel: parcel.id.clone(),
        order: parcel.order.clone(),
        carrier: parcel.carrier,
        account: parcel.account.clone(),
        wire: with.wire.to_owned(),
        generation: parcel.generation,
        client_id,
        marker: with.marked.then(|| marker(&parcel.id, parcel.generation)),
        postal_code: None,
        refusal: None,
        refusal_words: None,
    };
    let key = register_key(merchant, &parcel.id, parcel.generation);
    submit(store, txn, &key, work, with.patience);
    Ok(key)
}

/// The next number of an account.
async fn take_number(store: &Store, merchant: &MerchantId, account: &str) -> Result<u32, StoreError> {
    let number = store.table.next_number(&of_merchant(merchant, sk::counter(account))).await?;
    u32::try_from(number).map_err(|_| StoreError::Corrupt(format!("the counter of {account} is used up")))
}

/// Adds the writes that order a pick-up.
pub fn submit_ready(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &Parcel,
    code: &WaybillNumber,
    pickup: Option<String>,
) -> Key {
    let key = of_merchant(merchant, sk::intent("ready", &format!("{}#{}", parcel.id, parcel.sequence)));
    let work = CallWork::Ready {
        parcel: parcel.id.clone(),
        carrier: parcel.carrier,
        account: parcel.account.clone(),
        code: code.clone(),
        pickup,
    };
    submit(store, txn, &key, work, SignedDuration::from_hours(48));
    key
}

/// Adds the writes that call a parcel off at the operator.
pub fn submit_cancel(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &Parcel,
    code: &WaybillNumber,
) -> Key {
    let key = of_merchant(merchant, sk::intent("cancel", &format!("{}#{}", parcel.id, parcel.sequence)));
    let work = CallWork::Cancel {
        parcel: parcel.id.clone(),
        carrier: parcel.carrier,
        account: parcel.account.clone(),
        code: code.clone(),
    };
    submit(store, txn, &key, work, SignedDuration::from_hours(48));
    key
}

/// After a success this passes before copies are looked for (reliability notes, section 1).
const AUDIT_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Adds the writes that look for copies of a parcel which was registered as `code` by the registration
/// `registered`, submitted at `since`.
pub fn submit_audit(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    (registered, since): (&CallWork, Timestamp),
    code: &WaybillNumber,
) {
    let CallWork::Register { parcel, carrier, account, wire, generation, client_id, .. } = registered else {
        return;
    };
    let key = of_merchant(merchant, sk::intent("audit", &format!("{parcel}#{generation}")));
    let work = CallWork::Audit {
        parcel: parcel.clone(),
        carrier: *carrier,
        account: account.clone(),
        wire: wire.clone(),
        generation: *generation,
        client_id: *client_id,
        code: code.clone(),
        since,
    };
    let now = store.clock.now();
    let at = now.saturating_add(AUDIT_AFTER).unwrap_or(Timestamp::MAX);
    let give_up_at = now.saturating_add(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MAX);
    let state = EffectState::planned(at, at, give_up_at);
    Intent::planned(Queue::Dispatch, work, state, now).submit(txn, &store.table, &key);
}

fn submit(store: &Store, txn: &mut Txn, key: &Key, work: CallWork, patience: SignedDuration) {
    let now = store.clock.now();
    let later = |by: SignedDuration| now.saturating_add(by).unwrap_or(Timestamp::MAX);
    let state = EffectState::planned(now, later(FIRST_DUE), later(patience));
    Intent::planned(Queue::Dispatch, work, state, now).submit(txn, &store.table, key);
}
