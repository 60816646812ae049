//! Everything that would have reached a person, in one shape for all channels.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Message, vault};
use crate::error::Result;

/// What was accepted, newest last. Whose parcel it is about stands in what the hub itself sent along:
/// tags of a mail, fields of a message; where a wire has no room for such, it is null.
pub(crate) fn list(connection: &Connection, channel: Option<&str>, to: Option<&str>) -> Result<Vec<Value>> {
    let wanted = |message: &Message| {
        channel.is_none_or(|wanted| wanted == message.channel.name())
            && to.is_none_or(|wanted| plain(wanted) == plain(&message.to))
    };
    Ok(vault::list(connection, None)?.iter().filter(|message| wanted(message)).map(shown).collect())
}

/// Numbers are compared without their punctuation, addresses without case.
fn plain(recipient: &str) -> String {
    let recipient = recipient.trim();
    if recipient.contains('@') {
        return recipient.to_lowercase();
    }
    recipient.trim_start_matches('+').replace([' ', '-'], "")
}

fn shown(message: &Message) -> Value {
    let tag = |name: &str| message.extra["tags"].get(name).cloned().unwrap_or(Value::Null);
    let mut shown = json!({
        "channel": message.channel, "provider": message.system, "provider_message_id": message.id,
        "our_id": message.our_id, "account": message.account, "from": message.from, "to": message.to,
        "text": message.text, "state": message.state, "merchant": tag("merchant"),
        "sent_at": message.sent.to_string(),
    });
    for (name, value) in [
        ("subject", json!(message.subject)),
        ("html", json!(message.html)),
        ("parcel_id", tag("parcel_id")),
        ("payment_id", tag("payment_id")),
    ] {
        if !value.is_null() {
            shown[name] = value;
        }
    }
    shown
}
