//! One round through a bucket.

use std::collections::VecDeque;

use yam_accounts::{AccountError, open_account};
use yam_carriers::{Access, Account, TrackOutcome, Tracker, Way};
use yam_domain::ids::{CarrierId, MerchantId};
use yam_domain::waybill::WaybillNumber;
use yam_platform::lambda::Invocation;
use yam_platform::queue::Queue;
use yam_store::items::{Bucket, PollItem, PollOwner, PollPlace};
use yam_store::tracking::{claim_slot, poll_page, set_pace, sleep, take_quota, told_trouble};
use yam_store::{Read, StoreError, keys};

use crate::apply::{Applied, Manner};
use crate::message::Poll;
use crate::outcome::{Told, sort};
use crate::{RESERVE, Tracking};

/// Calls taken of a daily quota at once: one write each time.
const TOKENS: usize = 500;

/// A parcel of a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) merchant: MerchantId,
    pub(crate) code: WaybillNumber,
    pub(crate) item: PollItem,
}

impl Tracking {
    /// Polls a bucket, if nobody else has claimed its slot.
    pub(crate) async fn poll(
        &self,
        poll: &Poll,
        message: &str,
        invocation: Invocation,
    ) -> Result<(), StoreError> {
        let Some(tracker) = self.trackers.get(poll.carrier).cloned() else { return Ok(()) };
        let bucket = match poll.after {
            None => claim_slot(&self.store, poll.carrier, &poll.place, poll.slot, message).await?,
            Some(_) => {
                let key = keys::bucket(poll.carrier, &poll.place);
                self.store.table.get(&key, Read::Consistent).await?
            }
        };
        let Some(bucket) = bucket else { return Ok(()) };
        self.store.hooks.pass("K1", "poll")?;
        let members = self.members(poll, Read::Eventual).await?;
        if members.is_empty() {
            if poll.after.is_none() && self.members(poll, Read::Consistent).await?.is_empty() {
                sleep(&self.store, &bucket).await?;
            }
            return Ok(());
        }
        let account = match self.account_of(&poll.place.owner).await {
            Ok(account) => account,
            Err(AccountError::Store(error)) => return Err(error),
            Err(error) => return told_trouble(&self.store, &bucket, None, Some(error.to_string())).await,
        };
        let access = tracker.access(account.as_ref().map(|a| &a.settings));
        let pace = account.as_ref().and_then(|a| a.settings.track_every_minutes);
        let cadence_s = self.cadences.or(pace, poll.carrier).as_secs();
        set_pace(&self.store, &bucket, cadence_s).await?;
        self.thin_out(poll, cap_of(access.way), cadence_s, &members).await?;
        match (access.way, &account) {
            (Way::Closed(why), _) => told_trouble(&self.store, &bucket, None, Some(why.to_owned())).await,
            (Way::Ticket { ready_after, .. }, Some(account)) => {
                self.ask(&bucket, tracker.as_ref(), account, &members, ready_after).await
            }
            _ => {
                let round = Round { tracker: tracker.as_ref(), account: account.as_ref(), access };
                self.round(&bucket, poll, round, members, invocation).await
            }
        }
    }

    /// Whom a bucket's polls are made for; none for public pages.
    pub(crate) async fn account_of(&self, owner: &PollOwner) -> Result<Option<Account>, AccountError> {
        match owner {
            PollOwner::Hub => Ok(None),
            PollOwner::Account(merchant, id) => open_account(&self.store, merchant, id).await.map(Some),
        }
    }

    /// The parcels of a bucket behind `after`.
    pub(crate) async fn members(&self, poll: &Poll, read: Read) -> Result<Vec<Member>, StoreError> {
        let mut members = Vec::new();
        let mut after = poll.after.clone();
        loop {
            let page = poll_page(&self.store, poll.carrier, &poll.place, after, read).await?;
            members.extend(page.items.into_iter().filter_map(|(key, item)| {
                let (merchant, code) = keys::polled(&poll.place, &key.sk)?;
                Some(Member { merchant, code, item })
            }));
            after = page.next;
            if after.is_none() {
                return Ok(members);
            }
        }
    }

    async fn round(
        &self,
        bucket: &Bucket,
        poll: &Poll,
        round: Round<'_>,
        members: Vec<Member>,
        invocation: Invocation,
    ) -> Result<(), StoreError> {
        let mut left: VecDeque<Member> = members.into();
        let parcels = left.len();
        if let (Some(cursor), None) = (&bucket.cursor, &poll.after) {
            let behind = left.iter().position(|member| sk_of(poll, member) > *cursor).unwrap_or(0);
            left.rotate_left(behind);
        }
        let (mut trouble, mut cursor, mut failure) = (None, None, None);
        // Codes between two looks at the time that is left.
        let piece = match round.access.way {
            Way::Many { most } => most,
            Way::Each { parallel } => parallel.saturating_mul(2),
            Way::Ticket { .. } | Way::Closed(_) => 1,
        };
        let (mut tokens, mut answered) = (0, false);
        // The sort key of the last one asked.
        let mut asked: Option<String> = poll.after.clone();
        while !left.is_empty() {
            if invocation.left(self.store.clock.real_now()) < RESERVE {
                let rest = Poll { after: asked, ..poll.clone() };
                let sent = self.store.queues.send(Queue::Tracking, &[rest.body()]).await;
                return sent.map_err(|error| StoreError::Unavailable(error.to_string()));
            }
            if tokens == 0 {
                // Few until the operator has answered: what is taken and not used is lost for the day.
                let most = if answered { TOKENS } else { piece.max(1) };
                tokens = self.allowed(&round, left.len().min(most), Some(parcels)).await?;
            }
            if tokens == 0 {
                cursor.clone_from(&asked);
                trouble = Some("the operator's calls for today are used up".to_owned());
                break;
            }
            let piece = piece.max(1).min(tokens).min(left.len());
            tokens = tokens.saturating_sub(piece);
            let chunk: Vec<Member> = left.drain(..piece).collect();
            asked = chunk.last().map(|member| sk_of(poll, member));
            let codes: Vec<WaybillNumber> = chunk.iter().map(|member| member.code.clone()).collect();
            let outcomes = round.tracker.track(round.account, &codes).await;
            let over = outcomes.iter().any(|outcome| outcome.holds_for_all());
            for (member, outcome) in chunk.iter().zip(outcomes) {
                match sort(&self.store, poll.carrier, outcome) {
                    Ok(told) => {
                        let settled = self.settle(poll.carrier, member, &told, &round).await;
                        failure = failure.or(settled.err());
                    }
                    Err(words) => trouble = Some(words),
                }
            }
            if over {
                break;
            }
            answered = true;
        }
        told_trouble(&self.store, bucket, cursor, trouble).await?;
        failure.map_or(Ok(()), Err)
    }

    /// How many of `wanted` calls the account's quota still allows today.
    async fn allowed(
        &self,
        round: &Round<'_>,
        wanted: usize,
        parcels: Option<usize>,
    ) -> Result<usize, StoreError> {
        let (Some(daily), Some(account)) = (round.access.daily_quota, round.account) else {
            return Ok(wanted);
        };
        let day = round.access.quota_day(self.store.clock.now());
        let calls = u32::try_from(wanted).unwrap_or(u32::MAX);
        let taken =
            take_quota(&self.store, &account.merchant, &account.id, day, calls, daily, parcels).await?;
        Ok(usize::try_from(taken).unwrap_or(0))
    }

    /// Applies what was told, if it is news: an unchanged parcel costs nothing more than having been read.
    pub(crate) async fn settle(
        &self,
        carrier: CarrierId,
        member: &Member,
        told: &Told,
        round: &Round<'_>,
    ) -> Result<(), StoreError> {
        let item = member.item;
        let now = self.store.clock.now().as_second();
        // One that was never looked at closely is: also "not known" begins the wait for an invalid number.
        let time_has_come = item.n.map_or(item.h.is_none(), |at| at <= now);
        let news = match told {
            Told::Snapshot(snapshot) => {
                fingerprint(snapshot, round.access.dated).is_some_and(|print| Some(print) != item.h)
            }
            Told::NotKnown => false,
            Told::Money(_) => true,
        };
        if !news && !time_has_come {
            return Ok(());
        }
        match self.bring_up_to_date(carrier, member, told, round).await {
            // One parcel that cannot be read or written must not stop the others of its bucket.
            Err(error @ (StoreError::Corrupt(_) | StoreError::Secret(_))) => {
                tracing::error!(merchant.id = %member.merchant, %error, "a parcel cannot be brought up to date");
                let carrier = carrier.as_str();
                let metrics = &self.store.metrics;
                metrics.count(self.store.clock.now(), "TrackingPoisoned", &[("carrier", carrier)]);
                Ok(())
            }
            other => other,
        }
    }

    /// Applies what was told, and asks for the money once the journey is over, where scans do not tell of it.
    async fn bring_up_to_date(
        &self,
        carrier: CarrierId,
        Member { merchant, code, .. }: &Member,
        told: &Told,
        round: &Round<'_>,
    ) -> Result<(), StoreError> {
        let manner = round.manner();
        let applied = self.apply(merchant, carrier, code, told, manner).await?;
        let asks = round.access.money && applied == Applied::Stored { money_is_due: true };
        let Some(account) = round.account.filter(|_| asks) else { return Ok(()) };
        if self.allowed(round, 1, None).await? == 0 {
            return Ok(());
        }
        match round.tracker.money(account, code).await {
            TrackOutcome::Answer(money) if !money.is_empty() => {
                self.apply(merchant, carrier, code, &Told::Money(money), manner).await?;
            }
            TrackOutcome::Answer(_) | TrackOutcome::NotFound => {}
            other => tracing::info!(outcome = %other.describe(), "the money is asked for again tomorrow"),
        }
        Ok(())
    }

    /// Asks about one parcel outside the rounds, with one call of the quota of the account that polls it.
    pub(crate) async fn one(
        &self,
        carrier: CarrierId,
        place: &PollPlace,
        member: &Member,
    ) -> Result<(), StoreError> {
        let Some(tracker) = self.trackers.get(carrier).cloned() else { return Ok(()) };
        let account = match self.account_of(&place.owner).await {
            Ok(account) => account,
            Err(AccountError::Store(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let access = tracker.access(account.as_ref().map(|a| &a.settings));
        let round = Round { tracker: tracker.as_ref(), account: account.as_ref(), access };
        if matches!(access.way, Way::Closed(_)) || self.allowed(&round, 1, None).await? == 0 {
            return Ok(());
        }
        let outcome = tracker.track(account.as_ref(), std::slice::from_ref(&member.code)).await.pop();
        match outcome.map(|outcome| sort(&self.store, carrier, outcome)) {
            Some(Ok(told)) => self.bring_up_to_date(carrier, member, &told, &round).await,
            _ => Ok(()),
        }
    }
}

/// Parcels in a bucket that is asked in tickets, and in others.
pub(crate) fn cap_of(way: Way) -> u32 {
    match way {
        Way::Ticket { .. } => 3_000,
        Way::Each { .. } | Way::Many { .. } | Way::Closed(_) => 1_000,
    }
}

fn sk_of(poll: &Poll, member: &Member) -> String {
    keys::poll_item(poll.carrier, &poll.place, &member.merchant, &member.code).sk
}

/// The fingerprint of an answer as poll items keep it.
pub(crate) fn fingerprint(snapshot: &yam_domain::tracking::Snapshot, dated: bool) -> Option<u64> {
    if dated { snapshot.fingerprint() } else { snapshot.present_fingerprint() }
}

/// Who is asked, and how.
pub(crate) struct Round<'a> {
    pub(crate) tracker: &'a dyn Tracker,
    pub(crate) account: Option<&'a Account>,
    pub(crate) access: Access,
}

impl Round<'_> {
    fn manner(&self) -> Manner {
        let free = self.access.daily_quota.is_none() && !matches!(self.access.way, Way::Ticket { .. });
        Manner { dated: self.access.dated, soon: free }
    }
}
