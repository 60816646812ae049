//! Answers that are ordered and fetched later: one open ticket per bucket (reliability notes, 4.12).

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use yam_carriers::{Account, Ticket, TrackOutcome, Tracker, Way};
use yam_domain::waybill::WaybillNumber;
use yam_store::items::{Bucket, OpenTicket, PollOwner};
use yam_store::keys::{of_merchant, sk};
use yam_store::tracking::{close_ticket, open_ticket, postpone_ticket, told_trouble};
use yam_store::{Key, Read, StoreError};

use crate::Tracking;
use crate::bucket::{Member, Round};
use crate::message::Poll;
use crate::outcome::sort;

impl Tracking {
    /// Orders an answer for a bucket. A crash before the ticket is stored orphans it: the slot's message
    /// comes again and orders another.
    pub(crate) async fn ask(
        &self,
        bucket: &Bucket,
        tracker: &dyn Tracker,
        account: &Account,
        members: &[Member],
        ready_after: SignedDuration,
    ) -> Result<(), StoreError> {
        let key = ticket_key(bucket, account);
        let mut before: Option<OpenTicket> = self.store.table.get(&key, Read::Consistent).await?;
        // An answer that waits is used before the next one is ordered: a relay that lags behind the slots
        // would else never fetch any.
        if before.as_ref().is_some_and(|open| open.due_at <= self.store.clock.now()) {
            self.fetch(&key).await?;
            before = self.store.table.get(&key, Read::Consistent).await?;
        }
        let codes: Vec<WaybillNumber> = members.iter().map(|member| member.code.clone()).collect();
        let ticket = match tracker.ask_ticket(account, &codes).await {
            TrackOutcome::Answer(ticket) => ticket,
            other => return told_trouble(&self.store, bucket, None, Some(other.describe())).await,
        };
        self.store.hooks.pass("K3", "ticket")?;
        let now = self.store.clock.now();
        let open = OpenTicket {
            carrier: bucket.carrier,
            place: bucket.place.clone(),
            ticket: ticket.id,
            asked_at: ticket.asked_at,
            due_at: now.saturating_add(ready_after).unwrap_or(Timestamp::MAX),
            rev: before.as_ref().map_or(1, |b| b.rev.saturating_add(1)),
        };
        unless_overtaken(open_ticket(&self.store, &key, &open, before.as_ref()).await)?;
        told_trouble(&self.store, bucket, None, None).await
    }

    /// Fetches the answer of a ticket and applies it parcel by parcel. A crash half-way fetches it again:
    /// what was applied is unchanged then.
    pub(crate) async fn fetch(&self, key: &Key) -> Result<(), StoreError> {
        let open: Option<OpenTicket> = self.store.table.get(key, Read::Consistent).await?;
        let now = self.store.clock.now();
        let Some(open) = open.filter(|open| open.due_at <= now) else { return Ok(()) };
        let Some(tracker) = self.trackers.get(open.carrier).cloned() else { return Ok(()) };
        let account = match self.account_of(&open.place.owner).await {
            Ok(Some(account)) => account,
            Err(yam_accounts::AccountError::Store(error)) => return Err(error),
            // Without its account nobody can fetch it.
            Ok(None) | Err(_) => return self.close(key, &open).await,
        };
        let access = tracker.access(Some(&account.settings));
        let Way::Ticket { retry_after, kept, .. } = access.way else { return self.close(key, &open).await };
        let ticket = Ticket { id: open.ticket.clone(), asked_at: open.asked_at };
        let answer = match tracker.fetch_ticket(&account, &ticket).await {
            TrackOutcome::Answer(answer) => answer,
            TrackOutcome::NotFound | TrackOutcome::BadCode(_) => return self.close(key, &open).await,
            _ if now.duration_since(open.asked_at) > kept => return self.close(key, &open).await,
            other => {
                tracing::info!(ticket = %open.ticket, outcome = %other.describe(), "a ticket is fetched later");
                let wait = match other {
                    TrackOutcome::NotYet { retry_after: asked } => asked.max(retry_after),
                    _ => retry_after,
                };
                let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
                return unless_overtaken(postpone_ticket(&self.store, key, &open, until).await);
            }
        };
        let poll = Poll { carrier: open.carrier, place: open.place.clone(), slot: 0, after: None };
        let members = self.members(&poll, Read::Eventual).await?;
        let members: HashMap<WaybillNumber, Member> =
            members.into_iter().map(|member| (member.code.clone(), member)).collect();
        let round = Round { tracker: tracker.as_ref(), account: Some(&account), access };
        let mut failure = None;
        for (code, outcome) in answer.parcels {
            let Some(member) = members.get(&code) else { continue };
            let Ok(told) = sort(&self.store, open.carrier, outcome) else { continue };
            let settled = self.settle(open.carrier, member, &told, &round).await;
            self.store.hooks.pass("K4", "ticket")?;
            failure = failure.or(settled.err());
        }
        match failure {
            Some(error) => Err(error),
            None => self.close(key, &open).await,
        }
    }

    async fn close(&self, key: &Key, open: &OpenTicket) -> Result<(), StoreError> {
        close_ticket(&self.store, key, open).await
    }
}

/// A newer ticket took the place of this one meanwhile.
fn unless_overtaken(written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Err(StoreError::Condition { .. }) => Ok(()),
        other => other,
    }
}

fn ticket_key(bucket: &Bucket, account: &Account) -> Key {
    let merchant = match &bucket.place.owner {
        PollOwner::Account(merchant, _) => merchant,
        PollOwner::Hub => &account.merchant,
    };
    of_merchant(merchant, sk::ticket(bucket.carrier.as_str(), account.id.as_str(), bucket.place.bucket))
}
