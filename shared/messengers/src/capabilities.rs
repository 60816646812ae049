//! What a provider can do, as data.

use jiff::SignedDuration;

use crate::message::Channel;
use crate::receipt::Authenticity;

/// How a send is settled whose answer was lost (reliability notes, section 4.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// The same call under the same id is harmless for so long after the first; then as `after`.
    Repeat {
        /// How long.
        within: SignedDuration,
        /// How long a receipt is waited for after that.
        then_wait: SignedDuration,
    },
    /// The provider can be asked by our id; three misses from `first_after` on prove absence.
    LookUp {
        /// Before that a miss proves nothing.
        first_after: SignedDuration,
    },
    /// One more send with the same Message-ID, once, logged. Only for e-mail.
    RepeatOnce {
        /// How long an event is waited for before.
        first_after: SignedDuration,
    },
    /// A receipt may come by itself within this time; nothing is sent again, nor by another provider.
    Evidence {
        /// How long.
        wait: SignedDuration,
    },
    /// A person settles it.
    Hold,
}

/// How receipts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptWay {
    /// To `/hooks/{provider}/{account_token}`.
    Pushed(Authenticity),
    /// Read from the provider's log.
    Log,
    /// Not at all.
    None,
}

/// What an account at a provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Channels.
    pub channels: &'static [Channel],
    /// Receipts.
    pub receipts: ReceiptWay,
    /// A message can be looked up by the provider's id.
    pub look_up: bool,
    /// A message can be looked up by ours.
    pub look_up_by_our_id: bool,
    /// A message can be cancelled.
    pub cancel: bool,
    /// The balance can be asked.
    pub balance: bool,
    /// A price can be asked without sending.
    pub price: bool,
    /// The approved senders can be listed.
    pub senders: bool,
    /// Longest text in characters; the provider's, whatever its parts cost.
    pub longest_text: usize,
}

impl Capabilities {
    /// Whether a channel is offered.
    #[must_use]
    pub fn has(&self, channel: Channel) -> bool {
        self.channels.contains(&channel)
    }
}
