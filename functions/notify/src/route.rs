//! By which account a message goes: the shop's order, what this message tried, and how the accounts fare.

use std::collections::BTreeMap;

use jiff::Timestamp;
use yam_domain::ids::AccountId;
use yam_domain::notice::Channel;
use yam_messengers::failover::{End, Health, Next, Route, next};
use yam_messengers::message::Channel as WireChannel;
use yam_messengers::{Account, AccountSettings, Credentials, Messengers, RefusalKind};
use yam_store::items::notices::{MessageWork, MessengerAccount, Tried};

use crate::shop::ShopNetwork;
use crate::shop::ShopNotices;
use crate::words;

/// An account with its secrets opened, and what letters come from.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// For the call.
    pub(crate) account: Account,
    /// The sender's address of letters, where the account says one.
    pub(crate) from: Option<String>,
}

/// The way of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// By this account. `others`: one that was not tried is up. `open`: some other one may still be asked.
    Use {
        /// The account.
        account: AccountId,
        /// Another one may be tried at once.
        others: bool,
        /// Another one may be tried.
        open: bool,
    },
    /// Nobody can be asked now.
    Wait(Timestamp),
    /// Refused for the recipient or the text.
    Refused(RefusalKind),
    /// Every account has refused it, or is stopped.
    Exhausted,
    /// The shop has no account for this channel.
    None,
}

/// The channel as providers know it.
pub(crate) const fn wire(channel: Channel) -> WireChannel {
    match channel {
        Channel::Sms | Channel::Kakao => WireChannel::Sms,
        Channel::Call => WireChannel::Voice,
        Channel::Email => WireChannel::Email,
    }
}

/// How an account fares as it is stored.
pub(crate) fn health_of(account: &MessengerAccount) -> Health {
    serde_json::from_value(account.health.clone()).unwrap_or_default()
}

/// The end of what was tried at an account. A send that never came back is as unknown as one without an answer.
pub(crate) fn end_of(tried: &Tried) -> End {
    match tried.end.as_str() {
        "not_sent" => End::NotSent,
        "busy" => End::Busy(None),
        "done" => End::Done,
        "refused" => {
            End::Refused(tried.refusal.as_deref().and_then(words::read).unwrap_or(RefusalKind::Other))
        }
        _ => End::Unknown,
    }
}

/// The word of an end, and of its refusal.
pub(crate) fn word_of(end: End) -> (&'static str, Option<String>) {
    match end {
        End::NotSent => ("not_sent", None),
        End::Busy(_) => ("busy", None),
        End::Done => ("done", None),
        End::Unknown => ("unknown", None),
        End::Refused(kind) => ("refused", words::of(&kind)),
    }
}

/// The accounts of a channel in the shop's order: those it put into order, else every one that offers it.
fn in_order<'a>(
    shop: &'a ShopNotices,
    messengers: &Messengers,
    channel: Channel,
) -> Vec<&'a MessengerAccount> {
    let known = |id: &AccountId| shop.accounts.iter().find(|account| account.id == *id);
    let order = shop.settings.routes.of(channel);
    let offers = |account: &&MessengerAccount| {
        let messenger = messengers.get(account.messenger);
        let opened = open(shop, account);
        let has = |opened: Opened| {
            messenger.is_some_and(|m| m.capabilities(&opened.account).has(wire(channel)))
                && (channel != Channel::Kakao || opened.account.settings.kakao_channel.is_some())
        };
        account.enabled && opened.is_some_and(has)
    };
    if order.is_empty() {
        shop.accounts.iter().filter(offers).collect()
    } else {
        order.iter().filter_map(known).filter(offers).collect()
    }
}

/// The way of a message at `now`.
pub(crate) fn way(
    shop: &ShopNotices,
    network: &ShopNetwork<'_>,
    work: &MessageWork,
    doubtful: bool,
    now: Timestamp,
) -> Way {
    let accounts = in_order(shop, network.messengers, work.channel);
    let routes: Vec<Route> = accounts
        .iter()
        .map(|account| Route {
            health: network.healths.of(&shop.merchant, account),
            tried: work.tried.iter().rfind(|tried| tried.account == account.id).map(end_of),
        })
        .collect();
    // Where an earlier send may have won, nobody else is asked, also when its account was taken out of the order.
    if doubtful && let Some(account) = &work.account {
        let known = shop.accounts.iter().any(|known| known.id == *account);
        let account = account.clone();
        return if known { Way::Use { account, others: false, open: false } } else { Way::None };
    }
    if accounts.is_empty() {
        return Way::None;
    }
    match next(&routes, now) {
        Next::Use(place) | Next::Settle(place) => {
            let Some(account) = accounts.get(place) else { return Way::None };
            let rest = || routes.iter().enumerate().filter(|(other, _)| *other != place);
            let up = |route: &Route| route.health.is_up(now);
            let again = |end: End| matches!(end, End::NotSent | End::Busy(_));
            Way::Use {
                account: account.id.clone(),
                others: rest().any(|(_, route)| route.tried.is_none() && up(route)),
                open: rest()
                    .any(|(_, route)| route.health.stopped.is_none() && route.tried.is_none_or(again)),
            }
        }
        Next::Wait(at) => Way::Wait(at),
        Next::Refused(_, kind) => Way::Refused(kind),
        Next::Exhausted => Way::Exhausted,
    }
}

/// Opens an account; none when it cannot be read.
pub(crate) fn open(shop: &ShopNotices, stored: &MessengerAccount) -> Option<Opened> {
    let purpose = MessengerAccount::purpose(&stored.id);
    let fields: BTreeMap<String, String> = shop.cipher.open(&purpose, &stored.credentials).ok()?;
    let settings: AccountSettings = serde_json::from_value(stored.settings.clone()).ok()?;
    let user = fields.get("user").filter(|name| name.contains('@')).cloned();
    let from = settings.from.clone().or(user);
    let account = Account {
        merchant: shop.merchant.clone(),
        id: stored.id.clone(),
        messenger: stored.messenger,
        credentials: Credentials::new(fields),
        settings,
    };
    Some(Opened { account, from })
}

/// Opens the account of an id.
pub(crate) fn open_by_id(shop: &ShopNotices, id: &AccountId) -> Option<Opened> {
    open(shop, shop.accounts.iter().find(|account| account.id == *id)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_read_back_and_a_send_that_never_came_back_is_unknown() {
        for end in [End::NotSent, End::Busy(None), End::Done, End::Unknown, End::Refused(RefusalKind::Quota)]
        {
            let (word, refusal) = word_of(end);
            let account = AccountId::parse("a-1").unwrap();
            assert_eq!(end_of(&Tried { account, end: word.to_owned(), refusal }), end);
        }
        let account = AccountId::parse("a-1").unwrap();
        assert_eq!(end_of(&Tried { account, end: "calling".into(), refusal: None }), End::Unknown);
    }
}
