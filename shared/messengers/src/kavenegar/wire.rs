//! Messages as they stand on the wire (notification notes, section 5.3).

use serde_json::Value;
use yam_domain::money::Currency;
use yam_domain::phone::{NumberClass, Phone};
use yam_platform::http::{Answer, SendFailure};

use super::codes;
use crate::answer::{id, integer, seconds, text, whole};
use crate::client::Form;
use crate::cost::Cost;
use crate::errors::{ours, outline, refused, unanswered};
use crate::message::{Call, Message, Pattern, Text, digits};
use crate::outcome::{CallOutcome, RefusalKind};
use crate::status::{Balance, DeliveryState, Sent, Status};
use crate::wire_id::positive_63;

pub(super) const LONGEST_TEXT: usize = 900;
const LONGEST_TOKEN: usize = 100;
/// Token fields and how many blanks each may hold.
const TOKENS: &[(&str, usize)] =
    &[("token", 0), ("token2", 0), ("token3", 0), ("token10", 5), ("token20", 8)];

/// An operation and its fields.
pub(super) type Request = (&'static str, Form);

/// The national form for Iran, `00…` for the rest.
pub(super) fn receptor(phone: &Phone) -> String {
    phone.national_iran().unwrap_or_else(|| format!("00{}", digits(phone)))
}

pub(super) fn sms<T>(
    message: &Message,
    content: &Text,
    sender: Option<&str>,
    to: &Phone,
) -> Result<Request, CallOutcome<T>> {
    if let Some(pattern) = &content.pattern {
        return lookup(pattern, to);
    }
    let mut form = spoken_or_written(message, &content.text, to)?;
    form.extend(sender.map(|sender| ("sender", sender.to_owned())));
    Ok(("sms/send", form))
}

pub(super) fn call<T>(message: &Message, call: &Call, to: &Phone) -> Result<Request, CallOutcome<T>> {
    Ok(("call/maketts", spoken_or_written(message, &call.text, to)?))
}

fn spoken_or_written<T>(message: &Message, text: &str, to: &Phone) -> Result<Form, CallOutcome<T>> {
    if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(ours("Kavenegar takes 1 to 900 characters; shorten the text", RefusalKind::Content));
    }
    Ok(vec![
        ("receptor", receptor(to)),
        ("message", text.to_owned()),
        ("localid", positive_63(message.channel(), &message.key).to_string()),
    ])
}

/// A pattern message has no id of ours: it cannot be repeated safely (section 12, point 3).
fn lookup<T>(pattern: &Pattern, to: &Phone) -> Result<Request, CallOutcome<T>> {
    // Kavenegar would read it aloud there, unasked (section 5.3).
    if to.class() == NumberClass::Landline {
        return Err(ours("a pattern message to a landline would become a call", RefusalKind::Number));
    }
    let mut form =
        vec![("receptor", receptor(to)), ("template", pattern.template.clone()), ("type", "sms".to_owned())];
    for (name, value) in &pattern.tokens {
        let Some((known, blanks)) = TOKENS.iter().find(|(known, _)| known == name) else {
            return Err(ours("tokens are token, token2, token3, token10 and token20", RefusalKind::Template));
        };
        let gaps = value.chars().filter(|c| c.is_whitespace()).count();
        let odd = value.chars().any(|c| matches!(c, '\n' | '\r' | '_'));
        if value.is_empty() || value.chars().count() > LONGEST_TOKEN || gaps > *blanks || odd {
            return Err(refused(
                "yam",
                "",
                &format!(
                    "{known} takes 1 to 100 characters, {blanks} blanks at most, no line break and no _"
                ),
                RefusalKind::Content,
            ));
        }
        form.push((known, value.clone()));
    }
    if !form.iter().any(|(name, _)| *name == "token") {
        return Err(ours("a pattern message needs `token`", RefusalKind::Template));
    }
    Ok(("verify/lookup", form))
}

/// The envelope of an answer. The HTTP status repeats `return.status`, also as 501 and 607, so the envelope is
/// read first; without one the answer proves what any answer proves.
pub(super) fn entries<T>(result: Result<Answer, SendFailure>) -> Result<Vec<Value>, CallOutcome<T>> {
    let answer = result.map_err(unanswered)?;
    let envelope: Option<Value> = serde_json::from_slice(&answer.body).ok().filter(|_| answer.complete);
    let result = envelope.as_ref().and_then(|value| integer(value.pointer("/return/status")));
    let (Some(envelope), Some(result)) = (envelope, result) else {
        return Err(match whole(Ok(answer)) {
            Ok(answer) => CallOutcome::Unknown(outline(&answer, "no envelope in the answer")),
            Err(end) => end,
        });
    };
    let words = text(envelope.pointer("/return/message")).unwrap_or_default();
    match codes::outcome(result, &words, || CallOutcome::Done(())) {
        CallOutcome::Done(()) => Ok(match envelope.get("entries") {
            Some(Value::Array(entries)) => entries.clone(),
            Some(one @ Value::Object(_)) => vec![one.clone()],
            _ => Vec::new(),
        }),
        other => Err(other.then(|()| CallOutcome::Unknown(String::new()))),
    }
}

/// The message that was taken.
pub(super) fn sent(entries: &[Value]) -> CallOutcome<Sent> {
    let [entry] = entries else {
        return CallOutcome::Unknown(format!("{} entries were answered for one message", entries.len()));
    };
    let Some(message_id) = id(entry.get("messageid")) else {
        return CallOutcome::Unknown("no messageid in the answer".into());
    };
    let state = integer(entry.get("status")).and_then(codes::status);
    CallOutcome::Done(Sent {
        state: state.map_or(DeliveryState::Accepted, |status| status.state),
        cost: Cost::read(entry.get("cost"), Currency::Irr),
        ..Sent::bare(message_id)
    })
}

/// Where a message stands; 100 is "not known", which is a miss by our id and says little by theirs.
pub(super) fn status(entries: &[Value]) -> CallOutcome<Status> {
    let [entry] = entries else {
        return refused("entries", "", "no such message", RefusalKind::NotFound);
    };
    let Some(code) = integer(entry.get("status")) else {
        return CallOutcome::Unknown("no status in the answer".into());
    };
    match codes::status(code) {
        Some(_) if code == 100 => {
            refused(code, "", "the id is unknown, or older than Kavenegar keeps it", RefusalKind::NotFound)
        }
        Some(status) => CallOutcome::Done(Status {
            at: seconds(entry.get("date")),
            cost: Cost::read(entry.get("cost"), Currency::Irr),
            ..status
        }),
        None => CallOutcome::Unknown(format!("status {code} is not documented")),
    }
}

pub(super) fn cancelled(entries: &[Value]) -> CallOutcome<()> {
    status(entries).then(|status| match status.state {
        DeliveryState::Cancelled => CallOutcome::Done(()),
        _ => refused(&status.code, "", "the message waits no more", RefusalKind::NotPossible),
    })
}

pub(super) fn balance(entries: &[Value]) -> CallOutcome<Balance> {
    match entries.first().and_then(|entry| Cost::read(entry.get("remaincredit"), Currency::Irr)) {
        Some(money) => CallOutcome::Done(Balance { money, extra: None }),
        None => CallOutcome::Unknown("no remaincredit in the answer".into()),
    }
}
