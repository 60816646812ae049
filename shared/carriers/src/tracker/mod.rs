//! Asking an operator where parcels are.
//!
//! A [`Tracker`] says how a credential may ask ([`Access`]), asks, and turns answers into snapshots whose
//! scans the dictionaries of the domain have read. It remembers nothing: quotas, tickets and histories
//! are the caller's.

mod access;
mod gather;
mod outcome;
mod page;
mod round;
mod ticket;
mod verified;
mod words;

use yam_domain::ids::CarrierId;
use yam_domain::tracking::{CodMoney, Snapshot};
use yam_domain::waybill::WaybillNumber;

pub use self::access::{Access, Way};
pub use self::gather::MOST_SCANS;
pub(crate) use self::gather::Scans;
pub use self::outcome::TrackOutcome;
pub(crate) use self::outcome::ended;
pub(crate) use self::page::{by_status, no_document, unreadable};
pub(crate) use self::round::Round;
pub use self::ticket::{Ticket, TicketAnswer};
pub(crate) use self::verified::verified;
pub(crate) use self::words::{office, words};
use crate::account::{Account, AccountSettings};
use crate::outcome::ProbeReport;

/// How long to wait where an operator asks for patience and does not say how much.
pub(crate) const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);
/// One call (reliability notes, section 2).
pub(crate) const CALL: std::time::Duration = std::time::Duration::from_secs(20);

/// One operator's tracking.
#[async_trait::async_trait]
pub trait Tracker: Send + Sync + std::fmt::Debug {
    /// Its fixed id.
    fn id(&self) -> CarrierId;

    /// The wires an account's settings may name, the usual one first.
    fn wires(&self) -> &'static [&'static str];

    /// How this account may ask, or how one asks without an account.
    fn access(&self, account: Option<&AccountSettings>) -> Access;

    /// Asks about parcels: one outcome per code, in the order of the codes. Once an outcome holds for every
    /// code (quota, credentials, maintenance), the codes not yet asked share it without a call.
    async fn track(&self, account: Option<&Account>, codes: &[WaybillNumber]) -> Vec<TrackOutcome<Snapshot>>;

    /// Orders an answer for many codes. [`TrackOutcome::BadCode`] is about one of them.
    async fn ask_ticket(&self, account: &Account, codes: &[WaybillNumber]) -> TrackOutcome<Ticket>;

    /// Fetches the answer of a ticket. [`TrackOutcome::NotFound`]: the operator has deleted it, a new ticket
    /// is needed.
    async fn fetch_ticket(&self, account: &Account, ticket: &Ticket) -> TrackOutcome<TicketAnswer>;

    /// What became of a parcel's cash on delivery, oldest first.
    async fn money(&self, account: &Account, code: &WaybillNumber) -> TrackOutcome<Vec<CodMoney>>;

    /// The safest real call, with or without an account.
    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport>;
}
