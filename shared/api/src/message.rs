//! A message as the log and `explain` show it: where it stands and why, without its receiver (S4-45, D10).

use serde_json::{Value, json};
use yam_store::items::notices::{MessageReceipt, MessageWork};
use yam_store::keys::{sk, time_of};
use yam_store::{Intent, Key};

/// The id of a message in the API: what follows the prefix of its key.
#[must_use]
pub fn message_id(key: &Key) -> &str {
    key.sk.strip_prefix(sk::MESSAGES).unwrap_or_default()
}

/// The sort key of an id; none for what cannot be one.
#[must_use]
pub fn message_sk(id: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    ((15..=120).contains(&id.len()) && id.bytes().all(plain)).then(|| format!("{}{id}", sk::MESSAGES))
}

/// The message.
#[must_use]
pub fn message_view(key: &Key, intent: &Intent<MessageWork>) -> Value {
    let work = &intent.work;
    let planned_for = message_id(key).split_once('-').and_then(|(at, _)| time_of(&format!("{at}#")));
    let text = match &work.text.template {
        Some((id, version)) => json!({"template_id": id, "version": version, "locale": work.text.locale}),
        None => json!({"template_id": null, "version": null, "locale": work.text.locale}),
    };
    let tried: Vec<Value> = work
        .tried
        .iter()
        .map(|tried| json!({"account_id": tried.account, "end": tried.end, "refusal": tried.refusal}))
        .collect();
    json!({
        "notification_id": message_id(key),
        "status": MessageWork::stands(intent).as_str(),
        "event": work.kind,
        "audience": work.audience,
        "channel": work.channel,
        "after_days": work.after_days,
        "carrier": work.about.carrier,
        "reference": work.about.reference,
        "parcel_id": work.about.parcel,
        "order_id": work.about.order,
        "payment_id": work.about.payment,
        "planned_at": intent.created_at,
        "planned_for": planned_for,
        "next_step_at": intent.state.due_at,
        "why": why(intent),
        "rules_version": work.rules_version,
        "text": text,
        "sender": work.sender,
        "account_id": work.account,
        "tried": tried,
        "provider_id": work.provider_id,
        "accepted_at": work.accepted_at,
        "segments": work.segments,
        "price": work.price,
        "cost": work.cost,
        "receipt": work.receipt.as_ref().map(receipt),
        "note": intent.note,
    })
}

fn receipt(receipt: &MessageReceipt) -> Value {
    json!({"state": receipt.state, "cause": receipt.cause, "code": receipt.code, "at": receipt.at})
}

/// Why it went or did not: a stable word, and what it means.
fn why(intent: &Intent<MessageWork>) -> Value {
    let work = &intent.work;
    let rule = format!(
        "rule for {} by {} to {}, version {}",
        work.kind.as_str(),
        work.channel.as_str(),
        work.audience.as_str(),
        work.rules_version
    );
    let meaning = work.reason.as_deref().map(meaning);
    json!({"reason": work.reason, "words": meaning, "rule": rule})
}

/// The meaning of a reason (`yam_domain::notice::Reason`, or how sending ended).
fn meaning(reason: &str) -> &'static str {
    match reason {
        "already_told" => "this change was told already",
        "service_off" => "the service is switched off in /v1/settings/service",
        "rule_off" => "its rule was switched off",
        "late" => "it happened before something that was told already",
        "superseded" => "it came together with something newer, which was told instead",
        "no_contact" => "there is no number or address",
        "placeholder" => "the number stands for a missing one",
        "landline" => "the number is a landline: no texts, and calls only if /v1/settings/phones allows them",
        "number_class" => "the number takes no such messages",
        "opted_out" => "the receiver wants no messages",
        "no_consent" => "the receiver's consent is needed and not recorded",
        "loaded_late" => "the code was entered too long after acceptance",
        "collected" => "the parcel was collected before",
        "stopped" => "tracking was stopped, or the parcel has another number",
        "text_not_ready" => "the text still holds an example's placeholder",
        "no_balance" => "the balance does not cover it",
        "no_provider" => "the shop has no account for this channel in /v1/settings/messengers",
        "no_provider_left" => "every account has refused it or is stopped; see tried",
        "no_from_address" => "the account names no address that letters come from",
        "no_answer" => "a provider may have it and gave no answer; it is not sent again",
        "account" => "the provider refused the account; see /v1/settings/messengers",
        "money" => "the account at the provider has no money",
        "sender" => "the sender is not approved at the provider",
        "template" => "the provider does not know the template",
        "quota" => "the account's limit at the provider is reached",
        "no_route" => "the provider has no way to this number's network",
        "number" => "there is no such number or address, or it takes no such message",
        "blocked" => "the receiver, or a stop list, refuses the messages",
        "repeated" => "the provider's limit of messages for one receiver is reached",
        "content" => "the provider refused the text",
        "request" | "other" => "the provider refused it; see note and tried",
        _ => "see status, tried and receipt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::ids::MerchantId;
    use yam_store::keys::of_merchant;

    #[test]
    fn ids_lead_to_keys_and_back() {
        let merchant = MerchantId::parse("demo").unwrap();
        let at = jiff::Timestamp::from_millisecond(1_763_717_400_123).unwrap();
        let key = of_merchant(&merchant, sk::message(at, "0123456789abcdef0123456789abcdef01234567-2"));
        let id = message_id(&key).to_owned();
        assert_eq!(message_sk(&id), Some(key.sk));
        for bad in ["", "1763717400123", "../../MERCHANT#aaaaaaaaaa", &"a".repeat(121), "1763717400123-ö"] {
            assert_eq!(message_sk(bad), None, "{bad}");
        }
    }
}
