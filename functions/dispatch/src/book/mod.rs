//! What an outcome does to the parcel, in the transaction that ends the intent's turn.

mod cancel;
mod copies;
mod pickup;
mod registered;
mod trouble;
mod view;

use jiff::Timestamp;
use yam_domain::effect::Resolution;
use yam_domain::ids::MerchantId;
use yam_store::event::record;
use yam_store::items::{CallWork, Parcel, RegistrationProof};
use yam_store::keys::{of_merchant, sk};
use yam_store::work::Ended;
use yam_store::{Announcement, Intent, Key, StoreError, Txn};

use crate::calls::OperatorCalls;

pub(crate) use view::event_data;

/// The parcel under change and what goes with it.
struct Change<'a> {
    calls: &'a OperatorCalls,
    merchant: MerchantId,
    parcel: Parcel,
    rev: u64,
    now: Timestamp,
}

pub(crate) async fn book(
    calls: &OperatorCalls,
    key: &Key,
    intent: &mut Intent<CallWork>,
    ended: &Ended<RegistrationProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let merchant = OperatorCalls::merchant(key)?;
    let Some(parcel) = calls.parcel(&merchant, &intent.work).await? else { return Ok(vec![]) };
    let rev = parcel.rev;
    let now = calls.store.clock.now();
    let mut change = Change { calls, merchant, parcel, rev, now };
    match (&intent.work, &ended.proof, ended.resolution) {
        (CallWork::Register { .. }, Some(RegistrationProof::Registered { .. }), _) => {
            registered::book(&mut change, intent, ended, txn).await
        }
        (CallWork::Register { .. }, _, _) => trouble::book(&mut change, intent, ended, txn),
        (CallWork::Ready { .. }, _, _) => pickup::book(&mut change, intent, ended, txn),
        (CallWork::Cancel { .. }, _, Resolution::Later(_)) => Ok(vec![]),
        (CallWork::Audit { .. }, _, _) => Ok(copies::book(&mut change, intent, ended, txn)),
        (CallWork::Cancel { .. }, proof, _) => cancel::book(&mut change, proof.is_some(), ended, txn),
    }
}

impl Change<'_> {
    /// Takes down a step, stores the parcel under the revision it was read at, and tells the outside.
    fn store_and_tell(&mut self, txn: &mut Txn, kind: &str, actor: &str, note: &str) -> Announcement {
        self.parcel.note(self.now, actor, note);
        self.put(txn);
        let data = view::event_data(&self.parcel);
        record(txn, &self.calls.store, &self.merchant, kind, self.parcel.sequence, data)
    }

    fn put(&mut self, txn: &mut Txn) {
        self.parcel.rev = self.rev.saturating_add(1);
        let key = of_merchant(&self.merchant, sk::parcel(self.parcel.id.as_str()));
        txn.replace("parcel", &self.calls.store.table, &key, &self.parcel, self.rev);
    }

    fn count(&self, metric: &str) {
        let carrier = self.parcel.carrier.as_str();
        self.calls.store.metrics.count(self.now, metric, &[("carrier", carrier)]);
    }
}
