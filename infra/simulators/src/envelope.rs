//! SOAP envelopes as they come in.

use crate::xml::{Element, parse};

/// What an envelope holds.
pub(crate) struct Message {
    /// The envelope's namespace, which tells SOAP 1.1 from 1.2.
    pub(crate) version: String,
    /// The first element of the body.
    pub(crate) operation: Element,
}

/// Opens an envelope; the error says what is wrong with it.
pub(crate) fn open(text: &[u8]) -> Result<Message, String> {
    let envelope = parse(text)?;
    if envelope.name != "Envelope" {
        return Err("the message is not a SOAP envelope".to_owned());
    }
    let body = envelope.children.into_iter().find(|child| child.name == "Body").ok_or("there is no Body")?;
    let operation = body.children.into_iter().next().ok_or("the Body is empty")?;
    Ok(Message { version: envelope.namespace, operation })
}
