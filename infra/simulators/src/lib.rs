//! The other side of every wire: postal operators, payment gateways, message providers and a shop's webhook receiver, with
//! faults on demand and ledgers that judge the hub.
//!
//! The simulators share no code with the hub; they are written from the protocols alone. Each effect
//! is committed to the ledger before its answer leaves, so that the ledger knows what happened even
//! if nobody heard of it.

mod calls;
mod clock;
mod connection;
mod control;
mod delivery;
mod dossier;
mod duplicates;
mod envelope;
mod error;
mod faults;
mod form;
mod gateways;
mod iran_post;
mod journey;
mod korea_post;
mod late;
mod ledger;
mod messengers;
mod pipeline;
mod post;
mod registry;
mod russian_post;
mod server;
mod state;
mod store;
mod switches;
mod system;
mod twist;
mod usage;
mod webhooks;
mod xml;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;

pub use clock::{SimClock, SystemSimClock};
pub use error::{Error, Result};

use state::Shared;
use store::Store;

/// How to open the simulators.
pub struct Options {
    /// The database file; in memory without one.
    pub data: Option<PathBuf>,
    /// Where the time comes from. With a [`SystemSimClock`] the simulators own it: its offset is kept
    /// in the store and `/_local/clock` is served.
    pub clock: Arc<dyn SimClock>,
}

/// All simulated systems over one store.
pub struct Simulators {
    shared: Arc<Shared>,
    mail: messengers::Door,
}

impl Simulators {
    /// Opens the store and reads everything back from it.
    ///
    /// # Errors
    /// If the store cannot be opened or holds what this version cannot read.
    pub fn open(options: Options) -> Result<Arc<Self>> {
        let store = Store::open(options.data.as_deref())?;
        let shared = Shared::load(store, options.clock)?;
        late::settle(&shared)?;
        let mail = messengers::Door::open(&shared.store)?;
        Ok(Arc::new(Self { shared: Arc::new(shared), mail }))
    }

    /// The wires and the control routes. Served by anything but [`Simulators::serve`], a fault that
    /// cuts the connection answers 502 or the whole answer instead.
    pub fn router(&self) -> Router {
        let owns_clock = self.shared.clock.owned().is_some();
        self.wires().merge(self.control(owns_clock))
    }

    /// The control routes alone, without the clock's.
    pub fn control_router(&self) -> Router {
        self.control(false)
    }

    /// Where the mail server listens, on loopback: the same port after a restart if it is still free.
    #[must_use]
    pub fn mail_address(&self) -> SocketAddr {
        self.mail.address()
    }

    fn wires(&self) -> Router {
        Router::new()
            .merge(iran_post::eshop::router())
            .merge(iran_post::rest::router())
            .merge(iran_post::tracking::router())
            .merge(korea_post::trace::router())
            .merge(korea_post::ship::router())
            .merge(russian_post::tracking::router())
            .merge(russian_post::tariff::router())
            .merge(russian_post::otpravka::router())
            .merge(webhooks::router())
            .merge(gateways::router())
            .merge(messengers::router())
            .with_state(Arc::clone(&self.shared))
    }

    fn control(&self, clock: bool) -> Router {
        control::router(clock).with_state(Arc::clone(&self.shared))
    }

    /// Serves the router until `shutdown` resolves, with connections that faults can cut.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let postman = tokio::spawn(gateways::postman::pump(Arc::clone(&self.shared)));
        let mail = self.mail.serve(&self.shared);
        server::serve(self.router(), listener, shutdown).await;
        postman.abort();
        mail.abort();
        // The port is free only when the task is gone.
        let _aborted = mail.await;
        if let Err(error) = self.flush() {
            tracing::warn!(%error, "simulator counters were not written");
        }
    }

    /// Writes the request counters, which are otherwise written along with effects.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub fn flush(&self) -> Result<()> {
        self.shared.store.write(|tx| self.shared.calls.flush(tx))
    }
}

/// The hub's settings that point it at simulators served at `base`, such as `http://127.0.0.1:4001`:
/// names of environment variables and their values.
#[must_use]
pub fn urls(base: &str) -> Vec<(&'static str, String)> {
    let base = base.trim_end_matches('/');
    let mut urls = vec![
        ("YAM_URL_IRAN_POST_ESHOP", format!("{base}/iran_post/eshop/EShopService.svc")),
        ("YAM_URL_IRAN_POST_REST", format!("{base}/iran_post/rest/RestApi")),
        ("YAM_URL_IRAN_POST_TRACKING", format!("{base}/iran_post/tracking")),
        ("YAM_URL_KOREA_POST_TRACE", format!("{base}/korea_post/trace")),
        ("YAM_URL_KOREA_POST_PORTAL", format!("{base}/korea_post/trace")),
        ("YAM_URL_KOREA_POST_SHIP", format!("{base}/korea_post/ship")),
        ("YAM_URL_RUSSIAN_POST_TRACKING", format!("{base}/russian_post/tracking")),
        ("YAM_URL_RUSSIAN_POST_TARIFF", format!("{base}/russian_post/tariff")),
        ("YAM_URL_RUSSIAN_POST_OTPRAVKA", format!("{base}/russian_post/otpravka")),
    ];
    urls.extend(gateways::urls(base));
    urls.extend(messengers::urls(base));
    urls
}
