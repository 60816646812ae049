//! The command line.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::start::{Options, Outside, Running, Storage};
use crate::{demo, probe, replay, simulators, start};

/// Yam: a postal-commerce hub.
#[derive(Debug, Parser)]
#[command(name = "yam", version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole hub (the default).
    Serve(Box<Serve>),
    /// Play the whole story in the terminal: quote, order, barcode, webhook, a lost answer and its mending.
    Demo,
    /// Run the simulators as a process of their own, for `serve --simulators-url`.
    Simulators {
        /// Port; 0 takes a free one.
        #[arg(long)]
        port: u16,
        /// Folder for their ledgers; in memory without it.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Say the address as one JSON line.
        #[arg(long)]
        json: bool,
    },
    /// Tell a parcel's history again to a hub in memory and compare what both decided.
    Replay(Box<replay::Source>),
    /// Make the safest possible real call of each operator and say what works.
    Probe {
        /// One post, payment gateway or provider of messages, such as iran_post, zarinpal or smsc.
        carrier: Option<String>,
        /// With the credentials of this account of a hub's data folder: merchant/account.
        #[arg(long)]
        account: Option<String>,
        /// The hub's data folder.
        #[arg(long, default_value = ".yam")]
        data: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Serve {
    /// Port; 0 takes a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: std::net::IpAddr,
    /// Folder in which everything is kept.
    #[arg(long, default_value = ".yam")]
    data: PathBuf,
    /// Keep everything in memory instead.
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// Print one JSON line when everything answers.
    #[arg(long)]
    json: bool,
    /// Run without simulators and without /_local routes.
    #[arg(long, conflicts_with = "simulators_url")]
    no_simulators: bool,
    /// With --no-simulators: offer clock, drain, queues and costs all the same.
    #[arg(long, requires = "no_simulators")]
    local_control: bool,
    /// Use the simulators of another process, which then owns the clock.
    #[arg(long, value_name = "URL")]
    simulators_url: Option<String>,
    /// Another template than the one this binary was built with.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

impl From<Serve> for Options {
    fn from(serve: Serve) -> Self {
        Options {
            address: std::net::SocketAddr::new(serve.bind, serve.port),
            storage: if serve.memory { Storage::Memory } else { Storage::Folder(serve.data) },
            outside: match serve.simulators_url {
                Some(url) => Outside::SimulatorsAt(url),
                None if serve.no_simulators => Outside::Real { local_control: serve.local_control },
                None => Outside::OwnSimulators,
            },
            template: serve.template,
            environment: environment(),
        }
    }
}

/// Variables of the process that are settings.
fn environment() -> BTreeMap<String, String> {
    let texts = std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
    texts.filter(|(name, _)| name.starts_with("YAM_")).collect()
}

/// Runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    init_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => {
            // A call that hangs does not keep the process: what it was about is on disk.
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            code
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    let _stderr_is_gone = writeln!(std::io::stderr(), "yam: {error:#}");
    ExitCode::FAILURE
}

/// Logs for people, on stderr: stdout belongs to the ready line.
fn init_logging() {
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let usual = || Targets::new().with_default(LevelFilter::WARN).with_target("yam_local", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(asked.unwrap_or_else(usual)));
    let _already_set = tracing::subscriber::set_global_default(subscriber);
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        None => serve(cli.serve).await,
        Some(Command::Serve(serve_args)) => serve(*serve_args).await,
        Some(Command::Demo) => demo::play(environment()).await,
        Some(Command::Simulators { port, data, json }) => simulators::run(port, data, json).await,
        Some(Command::Replay(source)) => replay::run(*source, environment()).await,
        Some(Command::Probe { carrier, account, data }) => {
            probe::run(carrier.as_deref(), account.as_deref(), &data, environment()).await
        }
    }
}

async fn serve(serve: Serve) -> anyhow::Result<ExitCode> {
    let json = serve.json;
    let mut signals = Signals::new()?;
    let running = tokio::select! {
        running = Box::pin(start::start(serve.into())) => running?,
        () = signals.wait() => return Ok(ExitCode::SUCCESS),
    };
    announce(&running, json)?;
    signals.wait().await;
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn announce(running: &Running, json: bool) -> anyhow::Result<()> {
    let text = if json { running.ready().line()? } else { running.ready().for_people() };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

/// SIGINT and SIGTERM.
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns when one arrives.
    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serve_is_the_default_and_its_options_stand_alone() {
        let cli = Cli::try_parse_from(["yam", "--port", "0", "--memory", "--json"]).unwrap();
        assert!(cli.command.is_none() && cli.serve.memory && cli.serve.port == 0);
        let cli = Cli::try_parse_from(["yam", "serve", "--data", "x", "--no-simulators", "--local-control"])
            .unwrap();
        assert!(matches!(cli.command, Some(Command::Serve(s)) if s.local_control));
        for bad in [
            vec!["yam", "--memory", "--data", "x"],
            vec!["yam", "--local-control"],
            vec!["yam", "--no-simulators", "--simulators-url", "http://x"],
            vec!["yam", "simulators"],
        ] {
            assert!(Cli::try_parse_from(&bad).is_err(), "{bad:?}");
        }
    }
}
