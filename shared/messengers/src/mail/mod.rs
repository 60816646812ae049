//! E-mail: addresses, a letter in HTML and text, and the headers by which people leave a list.

mod address;
mod html;
mod letter;
mod unsubscribe;

pub use address::{AddressError, EmailAddress, Mailbox};
pub use letter::{Direction, Fact, Letter, LetterError, Written};
pub use unsubscribe::Unsubscribe;

/// An e-mail, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// From; its address has to be verified with the provider, or belong to the merchant's server.
    pub from: Mailbox,
    /// To: one person, so that bounces and the ways out of a list are one person's.
    pub to: EmailAddress,
    /// Where answers go.
    pub reply_to: Option<EmailAddress>,
    /// Subject, without line breaks.
    pub subject: String,
    /// Bodies.
    pub written: Written,
    /// How to leave the list; the daily report needs it, messages about a parcel may do without.
    pub unsubscribe: Option<Unsubscribe>,
}

/// Longest subject in characters.
pub(crate) const LONGEST_SUBJECT: usize = 200;

impl Email {
    /// The subject as one clean line.
    pub(crate) fn subject_line(&self) -> String {
        yam_domain::text::clean(&self.subject).chars().take(LONGEST_SUBJECT).collect()
    }
}
