//! Notices from server to server (`/openpay/notify/{gateway}/{account_token}`).

use yam_domain::money::Money;

/// Why a notice may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authenticity {
    /// Its signature fits: it is the gateway's word.
    Signed,
    /// It is unsigned: it only says what to ask the gateway about.
    AskGateway,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A payment was made.
    Paid,
    /// A payment was given up or refused.
    Cancelled,
    /// Money went back.
    Refunded,
    /// Something else, of which only the receipt is acknowledged.
    Other,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Why it may be believed.
    pub authenticity: Authenticity,
    /// What it is about.
    pub kind: NoticeKind,
    /// Our order number, where it names it.
    pub order: Option<String>,
    /// The gateway's id of the payment, where it names it.
    pub gateway_id: Option<String>,
    /// The amount; a signed one is compared with the frozen amount before anything is booked.
    pub amount: Option<Money>,
    /// The body of the answer that ends the gateway's retries; given **after** the commit only.
    pub reply: String,
}

/// Why a notice is not taken. Nothing is booked and the gateway is not told that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// The gateway sends none.
    #[error("this gateway sends no notices")]
    None,
    /// Not what the gateway sends.
    #[error("the notice cannot be read")]
    Unreadable,
    /// The signature does not fit.
    #[error("the notice's signature does not fit the account's password")]
    Forged,
}
