//! The trait.

use std::time::Duration;

use yam_domain::ids::MessengerId;

use crate::account::{Account, CredentialField};
use crate::capabilities::{Capabilities, Recovery};
use crate::errors::not_offered;
use crate::message::{Channel, Content, Handle, Message};
use crate::outcome::{CallOutcome, ProbeReport};
use crate::receipt::{ReceiptCall, ReceiptError, Receipts};
use crate::sender::SenderError;
use crate::status::{Balance, Price, Sent, Status};

/// One provider of messages. `within` bounds a whole step, however many calls it makes.
#[async_trait::async_trait]
pub trait Messenger: Send + Sync + std::fmt::Debug {
    /// Its fixed id.
    fn id(&self) -> MessengerId;

    /// Its name in the language of a tag (`en`, `fa`, `ru`, `ko`).
    fn name(&self, language: &str) -> &'static str;

    /// The fields of its credentials.
    fn credential_fields(&self) -> &'static [CredentialField];

    /// What an account can do.
    fn capabilities(&self, account: &Account) -> Capabilities;

    /// What is wrong with an account's credentials and settings: pairs of field name and reason.
    fn check(&self, account: &Account) -> Vec<(String, String)> {
        let mut told = account.credentials.check(self.credential_fields());
        if let Some(sender) = &account.settings.sender
            && let Err(error) = self.check_sender(sender, Channel::Sms)
        {
            told.push(("sender".to_owned(), error.to_string()));
        }
        told
    }

    /// Whether a text can be a sender here; approving it is the provider's.
    ///
    /// # Errors
    /// [`SenderError`] saying what to change.
    fn check_sender(&self, sender: &str, channel: Channel) -> Result<(), SenderError>;

    /// How a send of this content is settled when its answer was lost.
    fn recovery(&self, content: &Content) -> Recovery;

    /// Sends. One call, never repeated here. After `Unknown` only what [`Messenger::recovery`] says may follow,
    /// and no other provider.
    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent>;

    /// Asks where a message stands; a refusal `not_found` means that none is known there.
    async fn look_up(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<Status> {
        let _unused = (account, handle, within);
        not_offered("this provider cannot be asked where a message stands")
    }

    /// Takes a message back that waits at the provider.
    async fn cancel(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<()> {
        let _unused = (account, handle, within);
        not_offered("this provider takes no message back")
    }

    /// Asks what is left.
    async fn balance(&self, account: &Account, within: Duration) -> CallOutcome<Balance> {
        let _unused = (account, within);
        not_offered("this provider tells no balance")
    }

    /// Asks what a message would cost. Sends nothing.
    async fn price(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Price> {
        let _unused = (account, message, within);
        not_offered("this provider tells no price beforehand")
    }

    /// The senders this account may use.
    async fn senders(&self, account: &Account, within: Duration) -> CallOutcome<Vec<String>> {
        let _unused = (account, within);
        not_offered("this provider lists no senders")
    }

    /// Reads pushed receipts.
    ///
    /// # Errors
    /// [`ReceiptError`]; nothing may be booked then.
    fn receipts(&self, account: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        let _unused = (account, call);
        Err(ReceiptError::None)
    }

    /// The safest real call.
    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport;
}
