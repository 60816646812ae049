//! The trait.

use std::time::Duration;

use yam_domain::ids::GatewayId;

use crate::account::{Account, CredentialField};
use crate::attempt::{
    Attempt, Inquiry, Refund, Refunded, Reversed, Settled, Start, Started, Unverified, Verified,
};
use crate::callback::{Callback, CallbackError, Fields};
use crate::capabilities::Capabilities;
use crate::errors::not_offered;
use crate::notice::{Notice, NoticeError};
use crate::outcome::{CallOutcome, ProbeReport};

/// One payment gateway. `within` bounds a whole step, however many calls it makes.
#[async_trait::async_trait]
pub trait PaymentGateway: Send + Sync + std::fmt::Debug {
    /// Its fixed id.
    fn id(&self) -> GatewayId;

    /// Its name in the language of a tag (`en`, `fa`, `ru`, `ko`).
    fn name(&self, language: &str) -> &'static str;

    /// The fields of its credentials.
    fn credential_fields(&self) -> &'static [CredentialField];

    /// What an account can do.
    fn capabilities(&self, account: &Account) -> Capabilities;

    /// What is wrong with an account's credentials and settings: pairs of field name and reason.
    fn check(&self, account: &Account) -> Vec<(String, String)> {
        account.credentials.check(self.credential_fields())
    }

    /// Opens a payment there. Not repeated after a lost answer: a new attempt with a new order number
    /// replaces it, as no payer has seen the first (reliability notes, section 4.5).
    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started>;

    /// Reads what a browser brings back.
    ///
    /// # Errors
    /// [`CallbackError`] when nothing in it can be compared.
    fn callback(&self, account: &Account, fields: &Fields) -> Result<Callback, CallbackError>;

    /// Reads a notice from server to server.
    ///
    /// # Errors
    /// [`NoticeError`]; nothing may be booked then.
    fn notice(&self, account: &Account, fields: &Fields, body: &[u8]) -> Result<Notice, NoticeError> {
        let _unused = (account, fields, body);
        Err(NoticeError::None)
    }

    /// Makes the money ours, or learns that it is. Repeating is harmless.
    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified>;

    /// The second step where there is one. Repeating is harmless.
    async fn settle(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Settled> {
        let _unused = (account, attempt, within);
        not_offered("this gateway has no second step")
    }

    /// Asks where a payment stands. Changes nothing.
    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry>;

    /// What waits to be verified, newest first, where the gateway has a list; 100 rows mean that there may
    /// be more.
    async fn unverified(&self, account: &Account, within: Duration) -> CallOutcome<Vec<Unverified>> {
        let _unused = (account, within);
        not_offered("this gateway has no list of unverified payments")
    }

    /// Sends verified money back while that is still possible. After a lost answer: inquire first.
    async fn reverse(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Reversed> {
        let _unused = (account, attempt, within);
        not_offered("this gateway reverses nothing; refund it")
    }

    /// Refunds. Never repeated after a lost answer before [`PaymentGateway::look_up_refund`] was asked,
    /// unless the gateway dedupes by our key.
    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let _unused = (account, attempt, refund, within);
        not_offered("this gateway refunds in its panel only")
    }

    /// Asks what became of a refund; a refusal `not_found` means that none is known there.
    async fn look_up_refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let _unused = (account, attempt, refund, within);
        not_offered("this gateway does not tell what became of a refund")
    }

    /// The safest real call.
    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport;
}
