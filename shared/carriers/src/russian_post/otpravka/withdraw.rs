//! An order taken back (reliability notes, section 4.4): out of the batch, then deleted; after check-in it is
//! too late, and what is not found is gone.

use http::Method;

use super::Otpravka;
use super::client::Ask;
use super::errors::entries;
use super::ids;
use crate::account::Account;
use crate::errors::error;
use crate::our_id::OurId;
use crate::outcome::{CallOutcome, OperatorError, RefusalKind};

impl Otpravka {
    /// Takes an order out: from the backlog, or from a batch that is not at the post yet.
    pub(in crate::russian_post) async fn cancel(
        &self,
        account: &Account,
        reference: Option<&str>,
        ours: &OurId,
    ) -> CallOutcome<String> {
        let known = reference.and_then(|reference| reference.parse::<u64>().ok());
        if let Some(id) = known {
            match self.delete(account, id).await {
                CallOutcome::Done(true) => return CallOutcome::Done("taken out of the backlog".to_owned()),
                CallOutcome::Done(false) => {}
                other => return other.map(|_| String::new()),
            }
        }
        // Not in the backlog: gone, or in a batch.
        let found = match self.found(account, ours).await {
            Ok(found) => found,
            Err(other) => return other.map(|()| String::new()),
        };
        let Some(order) = found.iter().find(|found| known.is_none_or(|id| found.id == id)) else {
            return CallOutcome::Done("gone before".to_owned());
        };
        if order.is_sent() {
            return CallOutcome::Refused(too_late());
        }
        if order.batch.is_some() {
            let ask = Ask::new("back to new", Method::POST, "1.0/user/backlog");
            let body = match self.tell::<String>(ask, account, &[order.id], self.deadline()).await {
                Ok(body) => body,
                Err(other) => return other,
            };
            if let Some((_, refused)) = entries(&body).into_iter().next()
                && refused.code != "NOT_FOUND"
            {
                return CallOutcome::Refused(refused);
            }
        }
        match self.delete(account, order.id).await {
            CallOutcome::Done(true) => CallOutcome::Done("taken out of the batch".to_owned()),
            CallOutcome::Done(false) => CallOutcome::Unknown(format!("order {} moves", order.id)),
            other => other.map(|_| String::new()),
        }
    }

    /// Deletes an order from the backlog; false when it is not there.
    async fn delete(&self, account: &Account, id: u64) -> CallOutcome<bool> {
        let ask = Ask::new("delete", Method::DELETE, "1.0/backlog");
        let body = match self.tell(ask, account, &[id], self.deadline()).await {
            Ok(body) => body,
            Err(other) => return other,
        };
        let gone = ids(&body).contains(&id);
        match entries(&body).into_iter().next() {
            Some((_, refused)) if refused.code == "NOT_FOUND" => CallOutcome::Done(false),
            Some((_, refused)) => CallOutcome::Refused(refused),
            None if gone => CallOutcome::Done(true),
            None => CallOutcome::Unknown("neither deleted nor refused".to_owned()),
        }
    }
}

fn too_late() -> OperatorError {
    let words = "too late: the parcel's batch is at the post; ask the office that has it";
    error("READONLY_STATE", words, words, RefusalKind::State)
}
