//! When a message may leave: its window, and after the call it follows.

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::Phase;
use yam_domain::notice::{Audience, Channel, Class};
use yam_store::items::notices::{MessageState, MessageWork};
use yam_store::keys::of_merchant;
use yam_store::{Intent, StoreError};

use super::Telling;
use crate::CALL;
use crate::fresh::Fresh;

/// Between two looks at a call that has not ended.
const CALL_LOOK: SignedDuration = SignedDuration::from_mins(10);

/// The end of the window that is open now; none for what goes at any hour.
pub(super) fn closes_at(
    telling: &Telling,
    fresh: &Fresh,
    work: &MessageWork,
    now: Timestamp,
) -> Option<Timestamp> {
    if work.kind.class() == Class::Immediate {
        return None;
    }
    let zone = match work.audience {
        Audience::Buyer => telling.shop.buyers_zone(fresh.country(), fresh.postal_code()),
        Audience::Admin => telling.shop.zone.clone(),
    };
    telling.shop.window.on(zone.to_datetime(now).date(), &zone).map(|slot| slot.closes_at)
}

/// The longest a send reaches into its window: the call to the provider, and for a robot one ring after it.
fn length(telling: &Telling, work: &MessageWork) -> SignedDuration {
    let ring = match work.channel {
        Channel::Call => SignedDuration::from_secs(telling.shop.settings.voice.ring_seconds.into()),
        Channel::Sms | Channel::Kakao | Channel::Email => SignedDuration::ZERO,
    };
    CALL + ring
}

/// When the message may leave, if that is not now.
pub(super) async fn wait(
    telling: &Telling,
    fresh: &Fresh,
    work: &MessageWork,
    now: Timestamp,
) -> Result<Option<(Timestamp, &'static str)>, StoreError> {
    if work.kind.class() == Class::Immediate {
        return Ok(None);
    }
    let shop = &telling.shop;
    let zone = match work.audience {
        Audience::Buyer => shop.buyers_zone(fresh.country(), fresh.postal_code()),
        Audience::Admin => shop.zone.clone(),
    };
    let (today, length) = (zone.to_datetime(now).date(), length(telling, work));
    if !shop.window.on(today, &zone).is_some_and(|slot| slot.admits(now, length)) {
        let next = shop.window.next(today, &zone, now, length);
        let at = next.map_or_else(
            || later(now, SignedDuration::from_hours(24)),
            |slot| slot.spread(spread(work), now),
        );
        return Ok(Some((at.max(later(now, SignedDuration::from_secs(1))), "its window")));
    }
    let Some(follows) = &work.follows else { return Ok(None) };
    let key = of_merchant(&shop.merchant, follows.call.as_str());
    let Some(call) = Intent::<MessageWork>::load(&telling.store.table, &key).await? else { return Ok(None) };
    match ended(&call, &shop.settings.voice) {
        CallEnd::Never => Ok(None),
        CallEnd::At(at) if at > now => Ok(Some((at, "the end of the call"))),
        CallEnd::Open => Ok(Some((later(now, CALL_LOOK), "the end of the call"))),
        CallEnd::At(at) => {
            let slot = shop.window.after_call(at, follows.day, &zone, CALL);
            let slot = slot.filter(|slot| slot.opens_at > now);
            Ok(slot.map(|slot| (slot.spread(spread(work), now), "the day after the call")))
        }
    }
}

enum CallEnd {
    /// There was none: nothing is waited for.
    Never,
    /// It is still to be made, or on its way.
    Open,
    /// Then.
    At(Timestamp),
}

/// When a call ended: by its receipt, else after all its attempts.
fn ended(call: &Intent<MessageWork>, voice: &yam_store::items::notices::VoiceSettings) -> CallEnd {
    let work = &call.work;
    if let Some(receipt) = work.receipt.as_ref().filter(|receipt| is_final(&receipt.state)) {
        return CallEnd::At(receipt.at);
    }
    let attempts = i64::from(voice.attempts);
    let each = i64::from(voice.ring_seconds).saturating_add(i64::from(voice.between_seconds));
    let longest = SignedDuration::from_secs(attempts.saturating_mul(each));
    match work.state {
        MessageState::Accepted | MessageState::Delivered | MessageState::OutcomeUnknown => {
            let begun = work.accepted_at.or(call.state.call_ended_at).unwrap_or(call.created_at);
            CallEnd::At(later(begun, longest))
        }
        _ if call.state.phase == Phase::Final => CallEnd::Never,
        _ => CallEnd::Open,
    }
}

fn is_final(state: &str) -> bool {
    crate::words::read::<yam_messengers::DeliveryState>(state).is_some_and(|state| state.is_final())
}

/// The number by which a message is spread over a window: the same as at planning.
fn spread(work: &MessageWork) -> u64 {
    work.key.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
