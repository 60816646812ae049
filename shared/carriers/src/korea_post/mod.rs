//! Korea Post: contract parcels ([`KoreaPost`]) and tracking ([`KoreaPostTracking`]).
//!
//! Tracking (protocol notes, sections 1, 5, 7 and 12) asks the combined and the domestic service of the
//! public-data portal, and the KpostPortal of contract customers. Its key is the account's `trace_key`, or
//! the password of an account that only tracks.

mod area;
mod carrier;
mod client;
pub mod ems;
mod errors;
mod key;
mod limits;
pub mod open_api;
pub mod portal;
mod row;
#[cfg(test)]
mod samples;
mod settings;
mod ship;
mod tariff;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodMoney, Snapshot};
use yam_domain::waybill::{WaybillKind, WaybillNumber};
use yam_platform::http::Deadline;
use yam_platform::secrets::ExposeSecret as _;
use yam_platform::{Clock, Platform};

pub use self::area::{DeliveryArea, delivery_area};
pub use self::carrier::KoreaPost;
pub(crate) use self::carrier::capabilities;
use self::client::Client;
use self::open_api::Service;
pub use self::settings::{ContractRates, KoreaPostSettings, Step};
pub use self::ship::{AUTH_KEY, SECURITY_KEY};
pub use self::tariff::Table;
use crate::account::{Account, AccountSettings, Credentials};
use crate::errors::own;
use crate::finish::{finish, unanswered};
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::tracker::{Access, CALL, Round, Ticket, TicketAnswer, TrackOutcome, Tracker, Way, ended};

/// Wire of a key for the combined service: domestic and international numbers.
pub const COMBINED: &str = "combined";
/// Wire of a key for the domestic service.
pub const DOMESTIC: &str = "domestic";
/// Wire of a KpostPortal key.
pub const PORTAL: &str = "portal";
/// Wire of contract parcels.
pub const SHIP: &str = "ship";
/// Name of the tracking key among the secrets of an account whose wire is another.
pub const TRACE_KEY: &str = "trace_key";
/// Service id of a contract parcel.
pub const PARCEL: &str = "parcel";
/// Service id of a micro parcel.
pub const MICRO_PARCEL: &str = "micro_parcel";
/// Calls a day of a key of the public-data portal, unless more was granted.
const DAILY: u32 = 10_000;
/// Calls at a time: a few a second is what the hosts bear.
const PARALLEL: usize = 2;
/// A number nobody has, for the probe.
const TRIAL: &str = "0000000000000";

/// The service a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    OpenApi(Service),
    Portal,
}

impl Wire {
    fn of(settings: &AccountSettings) -> Option<Self> {
        match settings.tracking_wire() {
            COMBINED => Some(Wire::OpenApi(Service::Combined)),
            DOMESTIC => Some(Wire::OpenApi(Service::Domestic)),
            PORTAL => Some(Wire::Portal),
            _ => None,
        }
    }
}

/// The adapter; stateless.
#[derive(Debug, Clone)]
pub struct KoreaPostTracking {
    client: Client,
    clock: Arc<dyn Clock>,
}

impl KoreaPostTracking {
    /// Over the function's client, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let client = Client::new(platform.http.clone(), &platform.config);
        KoreaPostTracking { client, clock: platform.clock.clone() }
    }

    /// The delivery area of an address, which a label printed by the merchant carries; the account's key has
    /// to be one of the KpostPortal.
    pub async fn delivery_area(
        &self,
        account: &Account,
        postal_code: &str,
        address: &str,
    ) -> CallOutcome<Option<DeliveryArea>> {
        let key = trace_key(&account.credentials);
        let outcome = match self.client.area(key, postal_code, address, Deadline::after(CALL)).await {
            Ok(answer) => delivery_area(&answer),
            Err(failure) => unanswered(failure),
        };
        finish(CarrierId::KoreaPost, "delivery_area", outcome, &account.credentials)
    }

    async fn round(
        &self,
        wire: Wire,
        account: &Account,
        codes: &[WaybillNumber],
    ) -> Vec<TrackOutcome<Snapshot>> {
        let mut round = Round::default();
        for chunk in codes.chunks(PARALLEL) {
            if !round.goes_on() {
                break;
            }
            round.add(join_all(chunk.iter().map(|code| self.one(wire, account, code))).await);
        }
        round.finish(codes.len())
    }

    async fn one(&self, wire: Wire, account: &Account, code: &WaybillNumber) -> TrackOutcome<Snapshot> {
        if wire == Wire::OpenApi(Service::Domestic) && code.kind() != Some(WaybillKind::Korean13) {
            let words = "this key is for the domestic service, which knows numbers of 13 digits only";
            return TrackOutcome::BadCode(words.to_owned());
        }
        let asked_at = self.clock.now();
        let outcome = self.ask(wire, trace_key(&account.credentials), code, asked_at).await;
        ended(CarrierId::KoreaPost, "track", outcome, Some(&account.credentials))
    }

    async fn ask(
        &self,
        wire: Wire,
        key: &str,
        code: &WaybillNumber,
        asked_at: jiff::Timestamp,
    ) -> TrackOutcome<Snapshot> {
        let deadline = Deadline::after(CALL);
        let answer = match wire {
            Wire::OpenApi(service) => self.client.open_api(service, key, code, deadline).await,
            Wire::Portal => self.client.portal(key, code, deadline).await,
        };
        match (answer, wire) {
            (Ok(answer), Wire::OpenApi(_)) => open_api::read(&answer, code, asked_at),
            (Ok(answer), Wire::Portal) => portal::read(&answer, code, asked_at),
            (Err(failure), _) => TrackOutcome::Failed(failure.to_string()),
        }
    }

    /// With a key the service should know nothing of the number; without one it should say that the key is
    /// missing, which shows that it speaks as expected.
    async fn trial(&self, wire: Wire, account: Option<&Account>) -> ProbeReport {
        let started = Instant::now();
        let (name, url) = match wire {
            Wire::OpenApi(_) => ("korea_post_trace", self.client.open_api_address()),
            Wire::Portal => ("korea_post_portal", self.client.portal_address()),
        };
        let operation = match wire {
            Wire::OpenApi(service) => service.operation(),
            Wire::Portal => "trace",
        };
        let (works, seen) = match WaybillNumber::try_from(TRIAL.to_owned()) {
            Ok(code) => {
                let outcome = match account {
                    Some(account) => self.one(wire, account, &code).await,
                    None => self.ask(wire, "", &code, self.clock.now()).await,
                };
                let known = matches!(
                    outcome,
                    TrackOutcome::Answer(_) | TrackOutcome::NotFound | TrackOutcome::BadCode(_)
                );
                let works = known || (account.is_none() && matches!(outcome, TrackOutcome::Denied(_)));
                (works, outcome.describe())
            }
            Err(_) => (false, "no number to ask for".to_owned()),
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        ProbeReport { wire: name, url, operation, works, seen, took_ms }
    }
}

#[async_trait::async_trait]
impl Tracker for KoreaPostTracking {
    fn id(&self) -> CarrierId {
        CarrierId::KoreaPost
    }

    fn wires(&self) -> &'static [&'static str] {
        &[COMBINED, DOMESTIC, PORTAL]
    }

    fn access(&self, account: Option<&AccountSettings>) -> Access {
        let each = Way::Each { parallel: PARALLEL };
        let (way, daily_quota) = match account.map(Wire::of) {
            Some(Some(Wire::OpenApi(_))) => (each, Some(DAILY)),
            Some(Some(Wire::Portal)) => (each, None),
            Some(None) => (Way::Closed("the account's wire is none of combined, domestic, portal"), None),
            None => (Way::Closed("Korea Post's tracking needs a key of one of its services"), None),
        };
        Access { way, daily_quota, quota_zone: row::SEOUL, dated: true, money: false }
    }

    async fn track(&self, account: Option<&Account>, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        match account.map(|account| (account, Wire::of(&account.settings))) {
            Some((account, Some(wire))) => self.round(wire, account, codes).await,
            Some((_, None)) => Round::closed(codes.len(), denied("the account's wire is not known")),
            None => Round::closed(codes.len(), denied("Korea Post's tracking needs a key")),
        }
    }

    async fn ask_ticket(&self, _account: &Account, _codes: &[WaybillNumber]) -> TrackOutcome<Ticket> {
        denied("Korea Post gives no tickets")
    }

    async fn fetch_ticket(&self, _account: &Account, _ticket: &Ticket) -> TrackOutcome<TicketAnswer> {
        denied("Korea Post gives no tickets")
    }

    async fn money(&self, _account: &Account, _code: &WaybillNumber) -> TrackOutcome<Vec<CodMoney>> {
        denied("Korea Post does not tell about money")
    }

    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport> {
        match account.map(|account| (account, Wire::of(&account.settings))) {
            Some((account, Some(wire))) => vec![self.trial(wire, Some(account)).await],
            Some((_, None)) | None => {
                let open_api = self.trial(Wire::OpenApi(Service::Combined), None).await;
                vec![open_api, self.trial(Wire::Portal, None).await]
            }
        }
    }
}

/// The key tracking is asked with.
fn trace_key(credentials: &Credentials) -> &str {
    credentials.secret(TRACE_KEY).unwrap_or_else(|| credentials.password.expose_secret())
}

fn denied<T>(why: &str) -> TrackOutcome<T> {
    TrackOutcome::Denied(own("account", why, RefusalKind::Credentials))
}
