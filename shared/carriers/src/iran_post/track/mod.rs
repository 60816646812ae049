//! Iran Post's tracking: status codes of the account's own wire, and the public page where there is no
//! account (protocol notes, sections 3, 4, 8, 9 and 14).

mod page;
mod states;

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodMoney, Snapshot};
use yam_domain::waybill::WaybillNumber;
use yam_platform::{Clock, Platform};

pub use self::page::verdict as read_page;

use self::page::PublicPage;
use super::eshop::EShop;
use super::policy::Deadlines;
use super::rest::Rest;
use super::{Wire, errors};
use crate::account::{Account, AccountSettings};
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::tracker::{Access, Round, Ticket, TicketAnswer, TrackOutcome, Tracker, Way, ended};

/// `GetStatus` calls at a time.
const PARALLEL: usize = 4;
/// Codes in one `ParcelStatus`: peers ask for 100 to 200.
const MOST_CODES: usize = 100;

/// The adapter; stateless but for access tokens.
#[derive(Debug, Clone)]
pub struct IranPostTracking {
    eshop: EShop,
    rest: Rest,
    page: PublicPage,
    clock: Arc<dyn Clock>,
}

impl IranPostTracking {
    /// Over the function's client, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let deadlines = Deadlines::new(&platform.config);
        let (http, config) = (&platform.http, &platform.config);
        IranPostTracking {
            eshop: EShop::new(http.clone(), config, deadlines),
            rest: Rest::new(http.clone(), config, platform.clock.clone(), deadlines),
            page: PublicPage::new(http.clone(), config),
            clock: platform.clock.clone(),
        }
    }

    async fn by_eshop(&self, account: &Account, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        let mut round = Round::default();
        let mut doubt: Option<TrackOutcome<Snapshot>> = None;
        for chunk in codes.chunks(PARALLEL) {
            if !round.goes_on() {
                break;
            }
            let asked_at = self.clock.now();
            let answers = join_all(chunk.iter().map(|code| self.eshop.status(account, code.as_str()))).await;
            let mut outcomes = Vec::with_capacity(answers.len());
            for answered in answers {
                outcomes.push(match states::of_eshop(answered, asked_at) {
                    Some(outcome) => outcome,
                    None => self.doubt(account, &mut doubt).await,
                });
            }
            round.add(outcomes);
        }
        round.finish(codes.len())
    }

    /// -1 is a wrong login or an unknown parcel: the login is checked, once a round.
    async fn doubt(
        &self,
        account: &Account,
        known: &mut Option<TrackOutcome<Snapshot>>,
    ) -> TrackOutcome<Snapshot> {
        if let Some(known) = known {
            return known.clone();
        }
        let settled = states::of_doubt(self.eshop.verify(account).await);
        *known = Some(settled.clone());
        settled
    }

    async fn by_rest(&self, account: &Account, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        let mut round = Round::default();
        let mut parts: Vec<&[WaybillNumber]> = codes.chunks(MOST_CODES).rev().collect();
        while round.goes_on()
            && let Some(part) = parts.pop()
        {
            let asked_at = self.clock.now();
            let asked: Vec<&str> = part.iter().map(WaybillNumber::as_str).collect();
            match self.rest.states(account, &asked).await {
                // One code the post does not know may spoil the list: halves find it in a few calls.
                CallOutcome::Refused(error) if error.code == states::UNKNOWN_PARCEL && part.len() > 1 => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.push(second);
                    parts.push(first);
                }
                answered => round.add(states::of_rest(answered, part, asked_at)),
            }
        }
        round.finish(codes.len())
    }

    async fn by_page(&self, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        let mut round = Round::default();
        for code in codes {
            if !round.goes_on() {
                break;
            }
            let outcome = self.page.track(code, self.clock.now()).await;
            round.add(vec![ended(CarrierId::IranPost, "track", outcome, None)]);
        }
        round.finish(codes.len())
    }
}

#[async_trait::async_trait]
impl Tracker for IranPostTracking {
    fn id(&self) -> CarrierId {
        CarrierId::IranPost
    }

    fn wires(&self) -> &'static [&'static str] {
        &["eshop", "rest"]
    }

    fn access(&self, account: Option<&AccountSettings>) -> Access {
        let (way, dated) = match account.map(Wire::of) {
            Some(Ok(Wire::Eshop)) => (Way::Each { parallel: PARALLEL }, false),
            Some(Ok(Wire::Rest)) => (Way::Many { most: MOST_CODES }, false),
            Some(Err(_)) => (Way::Closed("the account's wire is neither eshop nor rest"), false),
            None => (Way::Each { parallel: 1 }, true),
        };
        Access { way, daily_quota: None, quota_zone: super::tehran(), dated, money: false }
    }

    async fn track(&self, account: Option<&Account>, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        let outcomes = match account.map(|account| (account, Wire::of(&account.settings))) {
            None => return self.by_page(codes).await,
            Some((account, Ok(Wire::Eshop))) => self.by_eshop(account, codes).await,
            Some((account, Ok(Wire::Rest))) => self.by_rest(account, codes).await,
            Some((_, Err(error))) => Round::closed(codes.len(), TrackOutcome::Denied(error)),
        };
        let credentials = account.map(|account| &account.credentials);
        let end = |outcome| ended(CarrierId::IranPost, "track", outcome, credentials);
        outcomes.into_iter().map(end).collect()
    }

    async fn ask_ticket(&self, _account: &Account, _codes: &[WaybillNumber]) -> TrackOutcome<Ticket> {
        no_tickets()
    }

    async fn fetch_ticket(&self, _account: &Account, _ticket: &Ticket) -> TrackOutcome<TicketAnswer> {
        no_tickets()
    }

    /// The status code is the only word about the money.
    async fn money(&self, account: &Account, code: &WaybillNumber) -> TrackOutcome<Vec<CodMoney>> {
        let mut outcomes = self.track(Some(account), std::slice::from_ref(code)).await;
        let outcome = outcomes.pop().unwrap_or(TrackOutcome::NotFound);
        outcome.map(|snapshot| snapshot.money)
    }

    /// The public page; the account's wires are probed where they register parcels.
    async fn probe(&self, _account: Option<&Account>) -> Vec<ProbeReport> {
        let started = Instant::now();
        let (works, seen) = self.page.probe().await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let url = self.page.address();
        vec![ProbeReport { wire: "iran_post_tracking", url, operation: "search.aspx", works, seen, took_ms }]
    }
}

fn no_tickets<T>() -> TrackOutcome<T> {
    TrackOutcome::Denied(errors::own("account", "Iran Post gives no tickets", RefusalKind::Service))
}
