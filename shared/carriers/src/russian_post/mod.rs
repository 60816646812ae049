//! Russian Post: sending ([`RussianPost`]) and tracking ([`RussianPostTracking`]).
//!
//! Tracking (protocol notes, sections 1, 2, 7 and 8) has batch access by tickets where the account has a
//! contract, single access with 100 calls a day where it has none. Its login is the account's
//! `tracking_login` and `tracking_password`, or the user name and password of an account that only tracks.

pub mod batch;
mod carrier;
mod client;
mod envelope;
mod errors;
pub mod money;
mod otpravka;
mod products;
#[cfg(test)]
mod samples;
mod settings;
pub mod single;
mod tariff;
mod value;
mod vat;
pub mod zones;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::SignedDuration;
use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodMoney, Snapshot};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Deadline;
use yam_platform::{Clock, Platform};

pub use self::carrier::RussianPost;
pub(crate) use self::carrier::capabilities;
use self::client::Client;
pub use self::otpravka::ACCESS_TOKEN;
pub use self::settings::RussianPostSettings;
pub use self::vat::VatRate;
use crate::account::{Account, AccountSettings, Credentials};
use crate::errors::{outline, own};
use crate::outcome::{ProbeReport, RefusalKind};
use crate::tracker::{Access, CALL, Round, Ticket, TicketAnswer, TrackOutcome, Tracker, Way, ended};

/// Wire of accounts with a contract that send.
pub const OTPRAVKA: &str = "otpravka";
/// Wire of accounts without one: public prices.
pub const TARIFF: &str = "tariff";
/// Name of the tracking login among the secrets of an account whose wire is another.
pub const TRACKING_LOGIN: &str = "tracking_login";
/// Name of its password.
pub const TRACKING_PASSWORD: &str = "tracking_password";
/// Wire of accounts with a contract: tickets, and single calls without a limit.
pub const BATCH: &str = "batch";
/// Wire of plain registrations: single calls only.
pub const SINGLE: &str = "single";
/// Codes in one ticket.
pub const MOST_CODES: usize = 3_000;
/// The answer of a ticket is not there sooner, and not asked for more often.
pub const RETRY_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// The answer of a ticket is deleted after this.
const KEPT: SignedDuration = SignedDuration::from_hours(32);
/// Calls a day of a plain registration, from midnight to midnight in Moscow.
const DAILY: u32 = 100;
/// Single calls at a time.
const PARALLEL: usize = 4;
/// An answer for thousands of codes takes its time (reliability notes, section 2).
const ANSWER: Duration = Duration::from_secs(120);
/// Actions of the batch wire.
const ASK: &str = "\"http://fclient.russianpost.org/FederalClient/getTicketRequest\"";
const FETCH: &str = "\"http://fclient.russianpost.org/FederalClient/getResponseByTicketRequest\"";
/// A number with a right check digit that the notes made up, for the probe.
const TRIAL: &str = "10100007000014";

/// The adapter; stateless.
#[derive(Debug, Clone)]
pub struct RussianPostTracking {
    client: Client,
    clock: Arc<dyn Clock>,
}

impl RussianPostTracking {
    /// Over the function's client, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let client = Client::new(platform.http.clone(), &platform.config);
        RussianPostTracking { client, clock: platform.clock.clone() }
    }

    async fn round(&self, account: &Account, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        let mut round = Round::default();
        for chunk in codes.chunks(PARALLEL) {
            if !round.goes_on() {
                break;
            }
            round.add(join_all(chunk.iter().map(|code| self.one(account, code))).await);
        }
        round.finish(codes.len())
    }

    async fn one(&self, account: &Account, code: &WaybillNumber) -> TrackOutcome<Snapshot> {
        let asked_at = self.clock.now();
        let body = single::request(code, &login(&account.credentials));
        let outcome = match self.client.single("getOperationHistory", body, Deadline::after(CALL)).await {
            Ok(answer) => single::read(&answer, code, asked_at),
            Err(failure) => TrackOutcome::Failed(failure.to_string()),
        };
        ended(CarrierId::RussianPost, "track", outcome, Some(&account.credentials))
    }

    async fn description(&self) -> (&'static str, bool, String) {
        match self.client.description(Deadline::after(CALL)).await {
            Ok(answer) => {
                let body = String::from_utf8_lossy(&answer.body);
                let described = answer.status.is_success() && body.contains("getOperationHistory");
                let seen =
                    if described { "a service description of tracking" } else { "no service description" };
                ("wsdl", described, outline(&answer, seen))
            }
            Err(failure) => ("wsdl", false, failure.to_string()),
        }
    }

    async fn trial(&self, account: &Account) -> (&'static str, bool, String) {
        let operation = "getOperationHistory";
        let Ok(code) = WaybillNumber::try_from(TRIAL.to_owned()) else {
            return (operation, false, "no number to ask for".to_owned());
        };
        let outcome = self.one(account, &code).await;
        let works = matches!(outcome, TrackOutcome::Answer(_) | TrackOutcome::NotFound);
        (operation, works, outcome.describe())
    }
}

#[async_trait::async_trait]
impl Tracker for RussianPostTracking {
    fn id(&self) -> CarrierId {
        CarrierId::RussianPost
    }

    fn wires(&self) -> &'static [&'static str] {
        &[BATCH, SINGLE]
    }

    fn access(&self, account: Option<&AccountSettings>) -> Access {
        let ticket =
            Way::Ticket { most: MOST_CODES, ready_after: RETRY_AFTER, retry_after: RETRY_AFTER, kept: KEPT };
        let (way, daily_quota) = match account.map(AccountSettings::tracking_wire) {
            Some(BATCH) => (ticket, None),
            Some(SINGLE) => (Way::Each { parallel: PARALLEL }, Some(DAILY)),
            Some(_) => (Way::Closed("the account's wire is neither batch nor single"), None),
            None => (Way::Closed("Russian Post's tracking needs a login of its tracking API"), None),
        };
        let money = !matches!(way, Way::Closed(_));
        Access { way, daily_quota, quota_zone: zones::MOSCOW, dated: true, money }
    }

    async fn track(&self, account: Option<&Account>, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>> {
        match (self.access(account.map(|account| &account.settings)).way, account) {
            (Way::Closed(why), _) => Round::closed(codes.len(), denied(why)),
            (_, None) => Round::closed(codes.len(), denied("no account")),
            (_, Some(account)) => self.round(account, codes).await,
        }
    }

    async fn ask_ticket(&self, account: &Account, codes: &[WaybillNumber]) -> TrackOutcome<Ticket> {
        if account.settings.tracking_wire() != BATCH {
            return denied("tickets need batch access, which comes with a contract");
        }
        if codes.is_empty() || codes.len() > MOST_CODES {
            return TrackOutcome::Failed(format!(
                "a ticket is for 1 to {MOST_CODES} codes, not {}",
                codes.len()
            ));
        }
        let asked_at = self.clock.now();
        let body = batch::ticket_request(codes, &login(&account.credentials));
        let outcome = match self.client.batch("getTicket", ASK, body, Deadline::after(CALL)).await {
            Ok(answer) => batch::ticket(&answer, asked_at),
            Err(failure) => TrackOutcome::Failed(failure.to_string()),
        };
        ended(CarrierId::RussianPost, "ask_ticket", outcome, Some(&account.credentials))
    }

    async fn fetch_ticket(&self, account: &Account, ticket: &Ticket) -> TrackOutcome<TicketAnswer> {
        let body = batch::answer_request(&ticket.id, &login(&account.credentials));
        let deadline = Deadline::after(ANSWER);
        let outcome = match self.client.batch("getResponseByTicket", FETCH, body, deadline).await {
            Ok(answer) => batch::parcels(&answer, ticket),
            Err(failure) => TrackOutcome::Failed(failure.to_string()),
        };
        ended(CarrierId::RussianPost, "fetch_ticket", outcome, Some(&account.credentials))
    }

    async fn money(&self, account: &Account, code: &WaybillNumber) -> TrackOutcome<Vec<CodMoney>> {
        let body = money::request(code, &login(&account.credentials));
        let deadline = Deadline::after(CALL);
        let outcome = match self.client.single("PostalOrderEventsForMail", body, deadline).await {
            Ok(answer) => money::read(&answer),
            Err(failure) => TrackOutcome::Failed(failure.to_string()),
        };
        ended(CarrierId::RussianPost, "money", outcome, Some(&account.credentials))
    }

    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport> {
        let started = Instant::now();
        let (operation, works, seen) = match account {
            Some(account) => self.trial(account).await,
            None => self.description().await,
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let url = self.client.address();
        vec![ProbeReport { wire: "russian_post_tracking", url, operation, works, seen, took_ms }]
    }
}

/// The login tracking is asked with.
fn login(credentials: &Credentials) -> Credentials {
    match (credentials.secret(TRACKING_LOGIN), credentials.secret(TRACKING_PASSWORD)) {
        (Some(login), Some(password)) => Credentials::new(login, password),
        _ => credentials.clone(),
    }
}

fn denied<T>(why: &str) -> TrackOutcome<T> {
    TrackOutcome::Denied(own("account", why, RefusalKind::Credentials))
}
