//! A message in MIME, with a Message-ID that is the same at each send of it (notification notes, section 6).

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as LettreMailbox, MultiPart};

use crate::mail::{Email, EmailAddress};
use crate::message::MessageKey;

/// A message and its envelope.
#[derive(Debug)]
pub(super) struct Mime {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
    /// The Message-ID without its brackets.
    pub(super) id: String,
}

/// The Message-ID of a message, without its brackets.
pub(super) fn message_id(key: &MessageKey, from: &EmailAddress) -> String {
    format!("{}@{}", key.as_str(), from.domain())
}

pub(super) fn build(email: &Email, key: &MessageKey, at: Timestamp) -> Result<Mime, String> {
    let address = |text: &EmailAddress| text.as_str().parse::<Address>().map_err(|error| error.to_string());
    let (from, to) = (address(&email.from.address)?, address(&email.to)?);
    let name = Some(email.from.shown_name()).filter(|name| !name.is_empty());
    let id = message_id(key, &email.from.address);
    let mut builder = lettre::Message::builder()
        .from(LettreMailbox::new(name, from.clone()))
        .to(LettreMailbox::new(None, to.clone()))
        .subject(email.subject_line())
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{id}>")));
    if let Some(reply_to) = &email.reply_to {
        builder = builder.reply_to(LettreMailbox::new(None, address(reply_to)?));
    }
    let plain = [("Auto-Submitted", "auto-generated".to_owned())];
    let leave = email.unsubscribe.iter().flat_map(|unsubscribe| unsubscribe.headers());
    for (name, value) in plain.into_iter().chain(leave) {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let written = &email.written;
    let parts = MultiPart::alternative_plain_html(written.text.clone(), written.html.clone());
    let message = builder.multipart(parts).map_err(|error| error.to_string())?;
    Ok(Mime { from, to, bytes: message.formatted(), id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Content;
    use crate::samples::{KEY, mail};

    #[test]
    fn a_repeat_has_the_same_id_and_no_line_break_adds_a_header() {
        let message = mail();
        let Content::Email(mut email) = message.content else { panic!() };
        email.subject = "One\r\nBcc: x@y.example".into();
        email.from.name = "Shop\r\nX-Evil: 1".into();
        let made = build(&email, &message.key, message.at).unwrap();
        let text = String::from_utf8(made.bytes).unwrap();
        assert!(text.contains(&format!("Message-ID: <{KEY}@shop.example>")), "{text}");
        for part in [
            "List-Unsubscribe: <https://hub.example/u/abc>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "multipart/alternative",
            "Reply-To: help@shop.example",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("X-Evil:")), "{text}");
        assert!(text.is_ascii());
    }
}
