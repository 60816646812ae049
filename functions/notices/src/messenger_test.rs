//! `POST /v1/settings/messengers/{id}/test`: one message to one of the shop's own people (S4-36).

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::notice::Channel;
use yam_domain::phone::Phone;
use yam_messengers::CallOutcome;
use yam_messengers::mail::{Email, EmailAddress, Letter, Mailbox};
use yam_messengers::message::{
    Call, Channel as WireChannel, Content, Message, MessageKey, Recipient, Speaker, Text,
};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Scope;
use yam_store::items::notices::{CallSpeaker, MessengerAccount};
use yam_store::keys::{of_merchant, sk, time_prefix};

use crate::NoticesState;
use crate::messengers::opened;
use crate::shop::{Answer, ShopNotices, fault, tag};

/// Tests a shop may send in an hour.
const TESTS_PER_HOUR: u64 = 10;
/// One call; the function has 15 s.
const WITHIN: Duration = Duration::from_secs(10);
/// Until a test is worth delivering.
const WORTH: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);

/// A test as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestRequest {
    /// One of the shop's contacts.
    to: String,
    /// By a call instead of a text, where the account has both.
    #[serde(default)]
    channel: Option<Channel>,
}

/// Sends it, once: a lost answer is told as `unknown` and nothing is repeated. It costs what the provider takes and
/// nothing at the hub.
pub(crate) async fn test(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<TestRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let (stored, account, messenger) = opened(&state, &caller.merchant, &id).await?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let can = messenger.capabilities(&account);
    let channel = match body.value.channel {
        Some(Channel::Call) => WireChannel::Voice,
        Some(Channel::Email) => WireChannel::Email,
        Some(Channel::Sms | Channel::Kakao) => WireChannel::Sms,
        None => can.channels.first().copied().unwrap_or(WireChannel::Sms),
    };
    if !can.has(channel) {
        return Err(Problem::validation(vec![fault("/channel", "this account does not offer the channel")]));
    }
    let (to, content) = content(&state, &shop, &stored, channel, &body.value.to)?;
    within_the_hour(&state, &caller).await?;
    let now = state.store.clock.real_now();
    let key = MessageKey::parse(&format!("test-{}", state.store.ids.token(16)));
    let message = Message {
        key: key.ok_or_else(|| Problem::new(Kind::Internal))?,
        to,
        sender: shop.settings.sender_at(stored.messenger).map(|name| name.as_str().to_owned()),
        content,
        valid_for: Some(WORTH),
        at: now,
        unclear_sends: 0,
    };
    let outcome = messenger.send(&account, &message, WITHIN).await;
    Ok(Json(result(&outcome)))
}

fn result(outcome: &CallOutcome<yam_messengers::Sent>) -> Value {
    let (word, error) = match outcome {
        CallOutcome::Done(_) => ("accepted", None),
        CallOutcome::Refused(error) => ("refused", Some(error)),
        CallOutcome::Busy { error, .. } => ("busy", Some(error)),
        CallOutcome::NotSent(_) => ("not_sent", None),
        CallOutcome::Unknown(_) => ("unknown", None),
    };
    let provider_id = match outcome {
        CallOutcome::Done(sent) => Some(&sent.provider_id),
        _ => None,
    };
    json!({"result": word, "provider_id": provider_id, "error": error, "seen": outcome.describe()})
}

/// What is sent, to one of the shop's contacts and nobody else: a test must not write to strangers.
fn content(
    state: &NoticesState,
    shop: &ShopNotices,
    stored: &MessengerAccount,
    channel: WireChannel,
    typed: &str,
) -> Result<(Recipient, Content), Problem> {
    let stranger = || {
        let words = "a test goes to one of the shop's own contacts; enter it in /v1/settings/contacts first";
        Problem::validation(vec![fault("/to", words)])
    };
    let contacts = &shop.settings.contacts;
    let words = words(tag(shop.locale()));
    if channel != WireChannel::Email {
        let phone = Phone::parse(typed, shop.country()).map_err(|_| stranger())?;
        if !contacts.phones.contains(&phone) {
            return Err(stranger());
        }
        let content = if channel == WireChannel::Voice {
            let voice = &shop.settings.voice;
            let speaker = match voice.speaker {
                CallSpeaker::Female => Speaker::Female,
                CallSpeaker::Male => Speaker::Male,
            };
            let (ring_seconds, between_seconds) = (voice.ring_seconds, voice.between_seconds);
            Content::Call(Call {
                text: words.to_owned(),
                speaker,
                ring_seconds,
                attempts: 1,
                between_seconds,
            })
        } else {
            Content::Text(Text { text: words.to_owned(), ..Text::default() })
        };
        return Ok((Recipient::Phone(phone), content));
    }
    let to = EmailAddress::parse(typed).map_err(|_| stranger())?;
    if !contacts.emails.iter().any(|known| known.eq_ignore_ascii_case(to.as_str())) {
        return Err(stranger());
    }
    let own = stored.settings.get("from").and_then(Value::as_str);
    let from = own.or(state.mail_from.as_deref()).and_then(|from| EmailAddress::parse(from).ok());
    let from = from.ok_or_else(|| {
        let words = "the account names no address that letters come from; set settings.from";
        Problem::new(Kind::NotInThisState).with("no_sender").with(words)
    })?;
    let name = shop.merchant.display_name.clone();
    let letter = Letter {
        language: tag(shop.locale()).to_owned(),
        shop: name.clone(),
        heading: words.to_owned(),
        preview: words.to_owned(),
        paragraphs: vec![words.to_owned()],
        footer: vec![name.clone()],
        ..Letter::default()
    };
    let written = letter.write().map_err(|_| Problem::new(Kind::Internal))?;
    let from = Mailbox { name, address: from };
    let email = Email { from, to, reply_to: None, subject: words.to_owned(), written, unsubscribe: None };
    Ok((Recipient::Email, Content::Email(Box::new(email))))
}

fn words(language: &str) -> &'static str {
    match language {
        "fa" => "پیام آزمایشی: ارسال پیام از این حساب کار می‌کند.",
        "ru" => "Проверка: сообщения с этого аккаунта отправляются.",
        "ko" => "시험 메시지입니다. 이 계정으로 발송됩니다.",
        _ => "A test: messages leave by this account.",
    }
}

async fn within_the_hour(state: &NoticesState, caller: &Caller) -> Result<(), Problem> {
    let now = state.store.clock.now();
    let hour = jiff::Timestamp::from_second(now.as_second().div_euclid(3_600).saturating_mul(3_600));
    let hour = time_prefix(hour.unwrap_or(now));
    let key = of_merchant(&caller.merchant, sk::counter(&format!("messenger-test-{hour}")));
    let number = state.store.table.next_number(&key).await.map_err(store_problem)?;
    if number > TESTS_PER_HOUR {
        return Err(Problem::new(Kind::Throttled).with("3600").retry_after(3_600));
    }
    Ok(())
}
