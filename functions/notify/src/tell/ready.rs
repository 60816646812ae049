//! Whether a message still goes, and by whom: everything is read anew and judged as at planning.

use jiff::SignedDuration;
use yam_domain::effect::{Phase, Resolution};
use yam_domain::money::Money;
use yam_domain::notice::template::Template;
use yam_domain::notice::{
    Audience, Channel, Contact, Decision, Digest, Facts, Kind, Notice, PriceError, Reason, judge,
};
use yam_messengers::{Handle, Message, MessageKey, Recipient};
use yam_store::items::notices::{MessageWork, OptOut};
use yam_store::work::Recheck;
use yam_store::{Intent, Key, StoreError};

use super::book::is_doubtful;
use super::{Asking, Ready, Sending, Telling, content, policy, slot};
use crate::fresh::{Fresh, opted_out};
use crate::money::NoMoney;
use crate::route::{self, Way};
use crate::{digest, text, words};

/// How long a text is worth delivering, where a wire can be told.
const WORTH: SignedDuration = SignedDuration::from_hours(24);

/// When money that other messages hold may be back.
const MONEY_BACK: SignedDuration = SignedDuration::from_mins(1);
/// The shortest wait for providers that rest.
const REST: SignedDuration = SignedDuration::from_secs(5);

/// See [`yam_store::work::Effect::recheck`].
pub(super) async fn recheck(
    telling: &Telling,
    key: &Key,
    intent: &Intent<MessageWork>,
) -> Result<Recheck<Ready>, StoreError> {
    let work = &intent.work;
    let fresh = Fresh::load(&telling.store, &telling.shop, &work.about).await?;
    if matches!(intent.state.phase, Phase::Calling | Phase::Settling) {
        return Ok(asking(telling, &fresh, work));
    }
    let doubtful = is_doubtful(&intent.state);
    let drop = |reason: &str| {
        // What may have been sent is not called unsent, whatever was decided since.
        let resolution = if doubtful { Resolution::Held } else { Resolution::GivenUp };
        Ok(Recheck::Drop(resolution, reason.to_owned()))
    };
    if doubtful && !policy::may_repeat(work, telling.store.clock.real_now()) {
        return drop("no_answer");
    }
    let now = telling.store.clock.now();
    let fresh = if work.max_age_days.is_some() {
        fresh.with_track(&telling.store, &telling.shop, &work.about).await?
    } else {
        fresh
    };
    let contact = fresh.contact(&telling.shop, work);
    // A repeat to another one would be a second message, and the first was perhaps read.
    if doubtful && work.to.is_some() && work.to != hash_of(telling, &contact) {
        return drop("no_answer");
    }
    let template = text::template_of(&telling.store, &telling.shop, work).await?;
    let out = work.audience == Audience::Buyer
        && opted_out(&telling.store, &telling.shop, &contact, work.channel).await?;
    let facts = facts(telling, &fresh, work, (contact.clone(), out), template.as_ref());
    if let Decision::Suppress(reason) = judge(&facts) {
        return drop(&words::of(&reason).unwrap_or_default());
    }
    let Some(template) = template else { return drop("text_not_ready") };
    if let Some((at, what)) = slot::wait(telling, &fresh, work, now).await? {
        return Ok(Recheck::WaitUntil(at, format!("waits for {what}")));
    }
    let digest = match work.kind {
        Kind::Other(Notice::Digest) => digest::gather(&telling.store, &telling.shop, work).await?,
        _ => None,
    };
    if digest.as_ref().is_some_and(Digest::is_silent) {
        return drop("nothing_to_tell");
    }
    let way = route::way(&telling.shop, &telling.network(), work, doubtful, now);
    let (account, others, open) = match way {
        Way::Use { account, others, open } => (account, others, open),
        Way::Wait(at) => {
            let at = at.max(now.saturating_add(REST).unwrap_or(at));
            return Ok(Recheck::WaitUntil(at, "every provider rests after failures".into()));
        }
        Way::Refused(kind) => {
            return Ok(Recheck::Drop(Resolution::Refused, words::of(&kind).unwrap_or_default()));
        }
        Way::Exhausted => return Ok(Recheck::Drop(Resolution::Refused, "no_provider_left".into())),
        Way::None => return drop("no_provider"),
    };
    let opened = route::open_by_id(&telling.shop, &account);
    let messenger = opened.as_ref().and_then(|o| telling.state.messengers.get(o.account.messenger));
    let (Some(opened), Some(messenger)) = (&opened, messenger) else { return drop("no_provider") };
    let made = match content::made(telling, (&fresh, digest.as_ref()), work, &template, &contact, opened) {
        Ok(made) => made,
        Err(unfit) => {
            tracing::info!(message = %work.key, words = %unfit.words, "a message cannot be made");
            return drop(unfit.reason);
        }
    };
    let price = price(telling, work, &contact, opened.account.messenger.as_str(), made.segments);
    let block = match price {
        // The price of the send that may have won is held still: it is not held twice.
        Some(_) if doubtful && work.price == price && work.block.is_some() => work.block.clone(),
        Some(price) => match telling.purse.take(&telling.shop, &key.sk, price).await {
            Ok(block) => block,
            Err(NoMoney::Balance) => return drop(&words::of(&Reason::NoBalance).unwrap_or_default()),
            Err(NoMoney::Held) => {
                let soon = now.saturating_add(MONEY_BACK).unwrap_or(now);
                let words = "other messages hold the balance for the moment".to_owned();
                return Ok(Recheck::WaitUntil(soon, words));
            }
            Err(NoMoney::Store(error)) => return Err(error),
        },
        None => None,
    };
    let Some(message_key) = MessageKey::parse(&work.key) else { return drop("no_provider") };
    let settling = policy::settling(messenger.recovery(&made.content));
    let real_now = telling.store.clock.real_now();
    let message = Message {
        key: message_key,
        to: made.to,
        sender: sender(telling, work, messenger.as_ref()),
        valid_for: (work.channel != Channel::Email).then_some(WORTH),
        content: made.content,
        at: if doubtful { work.signed_at.unwrap_or(real_now) } else { real_now },
        unclear_sends: intent.state.doubtful_sends.saturating_add(intent.state.missed_sends),
    };
    let (closes_at, lasts) = (slot::closes_at(telling, &fresh, work, now), content::lasts(&message.content));
    Ok(Recheck::Go(Ready::Send(Box::new(Sending {
        messenger: messenger.clone(),
        account: opened.account.clone(),
        message,
        to: hash_of(telling, &contact),
        closes_at: closes_at.map(|closes| closes.saturating_sub(lasts).unwrap_or(closes)),
        settling,
        price,
        block,
        segments: (work.channel != Channel::Email).then_some(made.segments),
        others,
        open,
        repeats: doubtful,
        report: digest.map(|digest| digest.line(text::locale(work))),
    }))))
}

/// What is needed to ask after a message.
fn asking(telling: &Telling, fresh: &Fresh, work: &MessageWork) -> Recheck<Ready> {
    let opened = work.account.as_ref().and_then(|id| route::open_by_id(&telling.shop, id));
    let messenger = opened.as_ref().and_then(|o| telling.state.messengers.get(o.account.messenger));
    let contact = fresh.contact(&telling.shop, work);
    if work.to.is_some() && work.to != hash_of(telling, &contact) {
        return Recheck::Wait("it went to another number or address than is known now".into());
    }
    let to = match contact {
        Contact::Phone(phone) => Recipient::Phone(phone),
        Contact::Email(_) | Contact::None => Recipient::Email,
    };
    match (opened, messenger, MessageKey::parse(&work.key)) {
        (Some(opened), Some(messenger), Some(key)) => {
            let handle = Handle {
                key,
                channel: route::wire(work.channel),
                to,
                provider_id: work.provider_id.clone(),
                group_id: work.group_id.clone(),
            };
            let (messenger, account) = (messenger.clone(), opened.account);
            Recheck::Go(Ready::Ask(Box::new(Asking { messenger, account, handle })))
        }
        _ => Recheck::Wait("its account is gone; nobody can be asked".into()),
    }
}

/// Whom a message goes to, as a keyed hash.
fn hash_of(telling: &Telling, contact: &Contact) -> Option<String> {
    let cipher = &telling.shop.cipher;
    match contact {
        Contact::None => None,
        Contact::Phone(phone) => Some(OptOut::hash_of_phone(cipher, phone)),
        Contact::Email(email) => Some(OptOut::hash_of_email(cipher, email)),
    }
}

fn facts(
    telling: &Telling,
    fresh: &Fresh,
    work: &MessageWork,
    (contact, opted_out): (Contact, bool),
    template: Option<&Template>,
) -> Facts {
    let shop = &telling.shop;
    let rule_on = shop.rules.rules.iter().any(|rule| {
        rule.enabled
            && (rule.kind, rule.audience, rule.channel, rule.after_days)
                == (work.kind, work.audience, work.channel, work.after_days)
    });
    let rule_on = rule_on || work.kind.is_asked_for();
    let calls_off = work.channel == Channel::Call && !shop.settings.voice.allow;
    let track = fresh.track.as_ref();
    let accepted =
        |epoch: &&yam_domain::tracking::Epoch| epoch.status == yam_domain::parcel::ParcelStatus::Accepted;
    Facts {
        kind: work.kind,
        audience: work.audience,
        channel: work.channel,
        contact,
        verdict: work.verdict,
        already_told: false,
        service_on: shop.rules.service_enabled,
        rule_on: rule_on && !calls_off,
        phones: shop.settings.phones,
        opted_out,
        consent: fresh.consents(shop, work.channel),
        text_ready: text::is_ready(template, work.channel),
        collected: fresh.collected(),
        stopped: fresh.stopped(&work.about, telling.store.clock.now()),
        accepted_at: track.and_then(|track| track.epochs.all().iter().find(accepted)).map(|e| e.happened_at),
        loaded_at: track.map(|track| track.since),
        max_age_days: work.max_age_days,
    }
}

/// What the message costs the shop; none where nothing is charged for it.
fn price(
    telling: &Telling,
    work: &MessageWork,
    contact: &Contact,
    provider: &str,
    segments: u32,
) -> Option<Money> {
    let country = match contact {
        Contact::Phone(phone) => phone.country(),
        Contact::Email(_) | Contact::None => telling.shop.shop.country.clone(),
    };
    match telling.shop.prices.price(provider, &country, work.channel, segments) {
        Ok(price) => Some(price).filter(|price| !price.is_zero()),
        Err(PriceError::NoRow) => None,
        Err(error) => {
            tracing::error!(%provider, %error, "a message cannot be priced and goes without");
            None
        }
    }
}

/// The name or number a message carries: an approved one where the provider has it, else the account's.
fn sender(
    telling: &Telling,
    work: &MessageWork,
    messenger: &dyn yam_messengers::Messenger,
) -> Option<String> {
    let settings = &telling.shop.settings;
    match work.channel {
        Channel::Email => None,
        Channel::Call => {
            settings.voice.caller_id.shown().map(|phone| phone.e164().trim_start_matches('+').to_owned())
        }
        Channel::Sms | Channel::Kakao => {
            let name = settings.sender_at(messenger.id()).map(|name| name.as_str().to_owned());
            name.filter(|name| messenger.check_sender(name, yam_messengers::Channel::Sms).is_ok())
        }
    }
}
