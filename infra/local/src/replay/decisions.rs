//! What a hub decided about a parcel, in lines that compare.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::Value;

/// Whys that hang on what a case does not hold: the buyer, the money, the providers.
const OUTSIDE: [&str; 21] = [
    "no_contact",
    "placeholder",
    "landline",
    "number_class",
    "opted_out",
    "no_consent",
    "loaded_late",
    "text_not_ready",
    "no_balance",
    "no_provider",
    "no_provider_left",
    "no_from_address",
    "no_answer",
    "account",
    "money",
    "sender",
    "template",
    "number",
    "blocked",
    "content",
    "gave_up",
];

/// Epochs in the order in which they were opened, and messages by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decisions {
    epochs: Vec<String>,
    messages: BTreeMap<String, Message>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Message {
    /// It was told or is to be told, or not, for this reason.
    Decided(String),
    /// Something outside the case decided.
    Outside,
}

/// Two sets of decisions beside each other.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) same: bool,
    pub(super) lines: Vec<String>,
}

impl Decisions {
    /// From the answer of `explain`.
    pub(super) fn of(explain: &Value) -> anyhow::Result<Self> {
        let mut epochs: Vec<&Value> = explain["epochs"].as_array().context("no epochs")?.iter().collect();
        epochs.sort_by_key(|epoch| epoch["opened_at"].as_str().map(str::to_owned));
        let messages = explain["messages"].as_array().context("no messages")?;
        Ok(Decisions {
            epochs: epochs.into_iter().map(epoch).collect(),
            messages: named(messages.iter().map(message)),
        })
    }

    /// These, and those of a replay.
    pub(super) fn compare(&self, again: &Decisions) -> Told {
        let mut told = Told { same: true, lines: Vec::new() };
        for place in 0..self.epochs.len().max(again.epochs.len()) {
            told.line("epoch", "", self.epochs.get(place).cloned(), again.epochs.get(place).cloned());
        }
        let names = self.messages.keys().chain(again.messages.keys());
        let mut left_out = 0_usize;
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            let (then, now) = (self.messages.get(name), again.messages.get(name));
            if [then, now].contains(&Some(&Message::Outside)) {
                left_out = left_out.saturating_add(1);
                continue;
            }
            let text = |message: Option<&Message>| match message {
                Some(Message::Decided(text)) => Some(text.clone()),
                Some(Message::Outside) | None => None,
            };
            told.line("message", name, text(then), text(now));
        }
        if left_out > 0 {
            told.lines
                .push(format!("left out  {left_out} messages that the buyer, money or a provider decided"));
        }
        let verdict = if told.same { "the same decisions" } else { "DIFFERENT decisions" };
        told.lines.push(verdict.to_owned());
        told
    }
}

impl Told {
    fn line(&mut self, what: &str, name: &str, then: Option<String>, again: Option<String>) {
        let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
        if then == again {
            self.lines.push(format!("same      {what} {name}{}", then.unwrap_or_default()));
            return;
        }
        self.same = false;
        let text = |decided: Option<String>| decided.unwrap_or_else(|| "nothing".to_owned());
        self.lines.push(format!("DIFFERS   {what} {name}{} / replayed: {}", text(then), text(again)));
    }
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("-")
}

/// Status, verdict and reason; silence opens its epochs when it is looked at, which no replay repeats to the minute.
fn epoch(epoch: &Value) -> String {
    let cause = if epoch["cause"]["scan"].is_null() { "by silence" } else { "by a scan" };
    let office = epoch["office"]["index"].as_str().or(epoch["office"]["name"].as_str()).unwrap_or("-");
    format!(
        "{} {cause}, {}, at {office}, reason {}",
        word(epoch, "status"),
        word(epoch, "verdict"),
        word(epoch, "reason")
    )
}

/// Messages of one name, such as those of a second arrival, are counted through.
fn named(messages: impl Iterator<Item = (String, Message)>) -> BTreeMap<String, Message> {
    let mut all = BTreeMap::new();
    for (name, message) in messages {
        let nth = |n: usize| if n == 1 { name.clone() } else { format!("{name}, no. {n}") };
        let free = (1..).map(nth).find(|name| !all.contains_key(name));
        all.insert(free.unwrap_or(name), message);
    }
    all
}

fn message(message: &Value) -> (String, Message) {
    let days = message["after_days"].as_u64().unwrap_or(0);
    let name = format!(
        "{} to {} by {} after {days} days",
        word(message, "event"),
        word(message, "audience"),
        word(message, "channel")
    );
    let reason = message["why"]["reason"].as_str();
    let decided = match (word(message, "status"), reason) {
        // A parcel of an order; replayed it is a number that was entered.
        _ if message["event"] == "registered" => Message::Outside,
        (_, Some(reason)) if OUTSIDE.contains(&reason) => Message::Outside,
        ("suppressed" | "superseded" | "cancelled", reason) => {
            Message::Decided(format!("not told, {}", reason.unwrap_or("-")))
        }
        ("planned", _) => Message::Decided("still to be told".to_owned()),
        _ => Message::Decided("told".to_owned()),
    };
    (name, decided)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn explain(verdict: &str, status: &str, reason: Option<&str>) -> Value {
        json!({
            "epochs": [{
                "status": "arrived", "verdict": verdict, "reason": null, "opened_at": "2026-11-20T10:00:00Z",
                "office": {"index": "690000"}, "cause": {"scan": ["k"]},
            }],
            "messages": [{
                "event": "arrived", "audience": "buyer", "channel": "sms", "after_days": 0, "status": status,
                "why": {"reason": reason},
            }],
        })
    }

    fn compared(then: &Value, again: &Value) -> Told {
        Decisions::of(then).unwrap().compare(&Decisions::of(again).unwrap())
    }

    #[test]
    fn what_differs_is_named_with_both_sides() {
        let then = explain("news", "delivered", None);
        assert!(compared(&then, &explain("news", "accepted", None)).same);
        let other = compared(&then, &explain("late", "suppressed", Some("late")));
        assert!(!other.same);
        assert_eq!(
            other.lines[1],
            "DIFFERS   message arrived to buyer by sms after 0 days: told / replayed: not told, late"
        );
        assert!(other.lines[0].starts_with("DIFFERS   epoch arrived by a scan, news"), "{:?}", other.lines);
        let gone = compared(&then, &json!({"epochs": [], "messages": []}));
        assert!(gone.lines[0].ends_with("/ replayed: nothing"), "{:?}", gone.lines);
    }

    #[test]
    fn what_hangs_on_the_buyer_is_left_out_and_counted() {
        let told =
            compared(&explain("news", "suppressed", Some("opted_out")), &explain("news", "delivered", None));
        assert!(told.same);
        assert!(told.lines[1].starts_with("left out  1 messages"), "{:?}", told.lines);
    }
}
