//! The simulators: inside this process, or as one of their own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use yam_platform::Clock;
use yam_simulators::{Options, SimClock, Simulators, SystemSimClock};

use crate::clock::SharedClock;
use crate::home::{Home, write_durably};

/// Simulators that run in this process, on a loopback port of their own: faults need the sockets.
#[derive(Debug)]
pub(crate) struct OwnSimulators {
    /// Their address.
    pub(crate) url: String,
    /// Their control routes.
    pub(crate) control: axum::Router,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

impl OwnSimulators {
    pub(crate) async fn start(home: &Home, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let data = home.database("simulators.db");
        let simulators = open(data, Arc::new(SharedClock(clock)))?;
        let listener = listen_as_before(home).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        let control = simulators.control_router();
        let shutdown = stop.clone().cancelled_owned();
        let served = tokio::spawn(simulators.serve(listener, shutdown));
        Ok(OwnSimulators { url, control, stop, served })
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.served.await {
            tracing::warn!(%error, "the simulators did not stop in order");
        }
    }
}

fn open(data: Option<PathBuf>, clock: Arc<dyn SimClock>) -> anyhow::Result<Arc<Simulators>> {
    Simulators::open(Options { data, clock }).context("the simulators cannot be started")
}

/// The port of the last time, so that addresses stored then are still right; else a free one.
async fn listen_as_before(home: &Home) -> anyhow::Result<TcpListener> {
    let note = home.file("simulators.port");
    let before = std::fs::read_to_string(&note).ok().and_then(|text| text.trim().parse::<u16>().ok());
    if let Some(port) = before
        && let Ok(listener) = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await
    {
        return Ok(listener);
    }
    let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    write_durably(&note, listener.local_addr()?.port().to_string().as_bytes())?;
    Ok(listener)
}

/// Host and port of the simulated mail server.
pub(crate) async fn mail_server(url: &str) -> anyhow::Result<String> {
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    let address = http.get(format!("{url}/_local/simulators/smtp/address")).send().await;
    let address = address.context("the simulators do not answer")?.error_for_status()?;
    let address: serde_json::Value = address.json().await?;
    let host = address["host"].as_str().context("the simulators have no mail server")?;
    let port = address["port"].as_u64().context("the simulators' mail server has no port")?;
    Ok(format!("{host}:{port}"))
}

/// `yam simulators`: until a signal.
pub(crate) async fn run(port: u16, data: Option<PathBuf>, json: bool) -> anyhow::Result<ExitCode> {
    let mut signals = crate::cli::Signals::new()?;
    let _lock = match &data {
        Some(folder) => Some(Home::open(folder)?),
        None => None,
    };
    let file = data.map(|folder| folder.join("simulators.db"));
    let simulators = open(file, Arc::new(SystemSimClock::new()))?;
    let address = SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let text = if json {
        serde_json::json!({ "ready": true, "url": url }).to_string()
    } else {
        format!("Simulators on {url}; use them with: yam serve --simulators-url {url}")
    };
    let mut out = std::io::stdout();
    writeln!(out, "{text}")?;
    out.flush()?;
    simulators.serve(listener, async move { signals.wait().await }).await;
    Ok(ExitCode::SUCCESS)
}
