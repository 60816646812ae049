//! A paid payment marks its order paid, and so starts its dispatch (S2-27).

use yam_domain::ids::{MerchantId, PaymentId};
use yam_fulfilment::{NotReleased, mark_paid};
use yam_platform::queue::Queue;
use yam_store::items::PaymentTaskReason;
use yam_store::{Message, StoreError, Txn};

use super::{Draft, Engine, EngineError};

impl Engine {
    /// Marks the order: payment, order, parcels and their registration intents in one transaction, so that it
    /// happens once whatever dies in between.
    pub(crate) async fn tell_order(&self, merchant: &MerchantId, id: &PaymentId) -> Result<(), EngineError> {
        let Some(mut draft) = Draft::load(&self.store, merchant, id).await? else { return Ok(()) };
        let Some(order) = draft.payment.order.clone().filter(|_| !draft.payment.order_told) else {
            return Ok(());
        };
        let mut txn = Txn::new();
        let marked = mark_paid(&self.store, &mut txn, merchant, &order, self.patience).await;
        let calls = match marked {
            Ok(calls) => {
                let paid_before = txn.is_empty();
                draft.txn.extend(txn);
                draft.payment.order_told = true;
                if draft.payment.task.as_ref().is_some_and(|task| task.reason == PaymentTaskReason::Order) {
                    draft.payment.task = None;
                }
                if paid_before {
                    // Ours is booked with it in one transaction, so something else has paid: two links, or the shop.
                    let words =
                        "the order was marked paid by something else: was it paid twice? then refund one";
                    draft.ask_person(PaymentTaskReason::Order, words);
                }
                let state = draft.payment.state;
                draft.note(None, state, "order_paid", order.as_str());
                calls
            }
            Err(NotReleased::Store(error)) => return Err(error.into()),
            Err(error) => {
                let words = error.to_string();
                draft.ask_person(PaymentTaskReason::Order, &words);
                // An account that is mended later lets it go; nothing else will.
                draft.payment.order_told = !matches!(error, NotReleased::Account(_));
                draft.payment.order_tried_at = Some(draft.now);
                vec![]
            }
        };
        self.store.hooks.pass("K4", "order")?;
        match draft.commit().await {
            Ok(_) => {}
            // Somebody changed the order or the payment: the due row stands, the next turn decides anew.
            Err(StoreError::Condition { .. } | StoreError::Conflict) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if let Err(error) = self.store.queues.send(Queue::Dispatch, &Message::bodies(&calls)).await {
            tracing::warn!(%error, "calls are left to their due rows");
        }
        Ok(())
    }
}
