//! Notifications: what was planned, what became of it, and the money held for it.

mod block;
mod message;
mod plan;
mod receipt;

mod balance;
mod messenger;
mod opt_out;
mod sender;
mod settings;
mod text;

pub use balance::{Credit, NoticeBalance, NoticePrices};
pub use block::Block;
pub use message::{
    About, Follows, MessageReceipt, MessageState, MessageWork, SentProof, Settling, TextVersion, Tried,
};
pub use messenger::MessengerAccount;
pub use opt_out::{OptOut, OptOutSource};
pub use plan::NoticePlan;
pub use receipt::{EarlyReceipt, MessageId};
pub use sender::{KEPT_SENDER_STEPS, NoticeSender, RegistrationState, SenderRegistration, SenderStep};
pub use settings::{
    CallSpeaker, CallerId, ConsentNeeded, NameInUse, NoticeContacts, NoticeSettings, PastRules, Routes,
    VoiceSettings, balance_currency,
};
pub use text::NoticeText;
