//! Starting and stopping a hub.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::sqs::EmbeddedSqs;
use yam_embedded::{Connector, Usage};
use yam_platform::telemetry::{MetricSink, Metrics};
use yam_platform::{Clock, IdGen, Platform, SystemIds};

use crate::clock::SimulatedClock;
use crate::control::{self, Control, SimulatorControl};
use crate::environment::{Environment, Variables};
use crate::home::{Home, sha256_hex};
pub use crate::ready::{Demo, Ready};
use crate::runner::{Engines, Hub};
use crate::seed::{self, Seeding};
use crate::simulators::OwnSimulators;
use crate::template::{self, Surroundings, Template};
use crate::time_owner::TimeOwner;
use crate::{functions, start_page};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// Where everything is kept.
    pub storage: Storage,
    /// Who is on the other side of the wires.
    pub outside: Outside,
    /// Another template than the built-in one.
    pub template: Option<PathBuf>,
    /// Settings of the process.
    pub environment: BTreeMap<String, String>,
}

impl Options {
    /// A hub in memory with simulators of its own, on any free port of this machine.
    pub(crate) fn alone(environment: BTreeMap<String, String>) -> Self {
        Options {
            address: SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0)),
            storage: Storage::Memory,
            outside: Outside::OwnSimulators,
            template: None,
            environment,
        }
    }
}

/// Where everything is kept.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In a folder.
    Folder(PathBuf),
    /// In memory; keys in a temporary folder that goes with the process.
    Memory,
}

/// Who is on the other side of the wires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// Simulators in this process.
    OwnSimulators,
    /// Simulators of another process, which owns the time.
    SimulatorsAt(String),
    /// Whoever is at the configured addresses.
    Real {
        /// Whether clock, drain, queues and costs are offered all the same.
        local_control: bool,
    },
}

/// A hub that answers.
pub struct Running {
    hub: Arc<Hub>,
    ready: Ready,
    simulators: Option<OwnSimulators>,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    /// Kept to the last: it holds the lock.
    _home: Home,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("url", &self.ready.url).finish_non_exhaustive()
    }
}

/// How long work that is running may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

impl Running {
    /// Addresses and keys.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Takes no new work and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(PATIENCE, self.served).await.is_err() {
            tracing::warn!("some callers were still waiting for their answers");
        }
        self.hub.shut_down(PATIENCE).await;
        if let Some(simulators) = self.simulators {
            simulators.stop().await;
        }
    }
}

/// Starts a hub; returns when everything answers.
///
/// # Errors
/// Whatever keeps it from starting, in words for whoever started it.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    let local_control = matches!(options.outside, Outside::Real { local_control: true });
    if local_control && !options.address.ip().is_loopback() {
        bail!("--local-control lets anyone move the clock: it is refused on {}", options.address.ip());
    }
    let ids: Arc<dyn IdGen> = Arc::new(SystemIds);
    let home = match &options.storage {
        Storage::Folder(path) => Home::open(path)?,
        Storage::Memory => Home::temporary(ids.as_ref())?,
    };
    let clock_file = home.database("clock.offset");
    let clock = Arc::new(SimulatedClock::open(clock_file).context("the clock's offset cannot be read")?);
    let time = match &options.outside {
        Outside::SimulatorsAt(url) => TimeOwner::simulators(url)?,
        _ => TimeOwner::Us,
    };
    time.follow(&clock).await?;
    let listener = TcpListener::bind(options.address).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", options.address))?;
    let url = format!("http://{}", listener.local_addr()?);

    let own = match &options.outside {
        Outside::OwnSimulators => Some(OwnSimulators::start(&home, clock.clone()).await?),
        _ => None,
    };
    let simulators_url = match (&own, &options.outside) {
        (Some(own), _) => Some(own.url.clone()),
        (None, Outside::SimulatorsAt(url)) => Some(url.trim_end_matches('/').to_owned()),
        _ => None,
    };
    let operator_key = home.operator_key(ids.as_ref())?;
    let mut fixed =
        fixed(&home, ids.as_ref(), &operator_key, simulators_url.as_deref(), &options.environment)?;
    if let Some(simulators) = &simulators_url {
        // The demo shops' mail server is a private address without TLS.
        let mail = crate::simulators::mail_server(simulators).await?;
        let name = "YAM_SMTP_TRUSTED_HOSTS";
        fixed.insert(name.to_owned(), beside(options.environment.get(name), &mail));
    }
    let environment = Environment {
        defaults: defaults(&url, simulators_url.as_deref(), &options.environment),
        process: options.environment.clone(),
        fixed,
    };
    for name in environment.unknown() {
        tracing::warn!(name, "is not a setting of Yam");
    }
    let template = read_template(options.template.as_deref())?;
    let engines = open_engines(&home, &template, clock.clone(), ids.clone()).await?;
    let handlers = build_functions(&template, &environment, &engines, &clock, &ids)?;
    let hub = Arc::new(Hub::new(&template, handlers, engines, clock, time)?);
    hub.start();

    let control = match (&own, &options.outside) {
        (Some(own), _) => Control::Full(SimulatorControl::Here(own.control.clone())),
        (None, Outside::SimulatorsAt(url)) => Control::Full(SimulatorControl::at(url)?),
        (None, _) if local_control => Control::Clock,
        (None, _) => Control::None,
    };
    let app = control::app(hub.clone(), control);
    let seeding = Seeding {
        app: app.clone(),
        file: home.file("demo.json"),
        operator_key: &operator_key,
        simulators: simulators_url.as_deref(),
        // Credentials made up for the simulators must not reach a real operator.
        accounts: simulators_url.is_some() || options.environment.contains_key("YAM_URL_IRAN_POST_ESHOP"),
    };
    let merchants = seed::seed(&seeding).await.context("the demo merchants cannot be set up")?;
    let ready = Ready::new(url, simulators_url, merchants, operator_key);
    let app = app.merge(start_page::router(&ready, &hub));

    let stop = CancellationToken::new();
    let shutdown = stop.clone().cancelled_owned();
    let listener = listener.tap_io(|stream| {
        // Without it an answer may wait 40 ms for the next one; a failure costs only that.
        let _slower = stream.set_nodelay(true);
    });
    let served =
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(shutdown).await });
    Ok(Running { hub, ready, simulators: own, stop, served, _home: home })
}

/// What holds unless the process environment says otherwise.
fn defaults(url: &str, simulators: Option<&str>, process: &Variables) -> Variables {
    let mut defaults = Variables::from([
        ("YAM_STAGE".to_owned(), "local".to_owned()),
        ("YAM_PUBLIC_URL".to_owned(), url.to_owned()),
    ]);
    for (name, value) in simulators.map(yam_simulators::urls).unwrap_or_default() {
        if process.contains_key(name) {
            tracing::warn!(name, "the process environment leads past the simulators");
        }
        defaults.insert(name.to_owned(), value);
    }
    defaults
}

/// What the process environment cannot change.
fn fixed(
    home: &Home,
    ids: &dyn IdGen,
    operator_key: &str,
    simulators: Option<&str>,
    process: &Variables,
) -> anyhow::Result<Variables> {
    let key_file = home.sealing_key(ids)?;
    let key_file = key_file.to_str().context("the data folder's name is not UTF-8")?;
    let mut fixed = Variables::from([
        ("YAM_KMS_KEY_ID".to_owned(), String::new()),
        ("YAM_KEY_FILE".to_owned(), key_file.to_owned()),
        ("YAM_OPERATOR_KEY_SHA256".to_owned(), sha256_hex(operator_key)),
    ]);
    if let Some(simulators) = simulators {
        // The demo shop is a private address over plain http.
        let name = "YAM_WEBHOOK_TRUSTED_ORIGINS";
        fixed.insert(name.to_owned(), beside(process.get(name), simulators));
    }
    Ok(fixed)
}

/// One more entry of a list of addresses.
fn beside(given: Option<&String>, own: &str) -> String {
    let given = given.filter(|given| !given.is_empty());
    given.map_or_else(|| own.to_owned(), |given| format!("{given},{own}"))
}

fn read_template(file: Option<&std::path::Path>) -> anyhow::Result<Template> {
    let surroundings = Surroundings {
        parameters: BTreeMap::from([("Stage".to_owned(), "local".to_owned())]),
        stack: "yam".to_owned(),
        queue_base: "http://sqs.embedded".to_owned(),
    };
    let text = match file {
        None => template::EMBEDDED.to_owned(),
        Some(file) => std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
    };
    Ok(Template::parse(&text, &surroundings)?)
}

/// The name of the hub's table in the built-in template.
pub(crate) fn built_in_table() -> anyhow::Result<String> {
    let tables = read_template(None)?.tables;
    Ok(tables.into_iter().next().context("the template has no table")?.name)
}

async fn open_engines(
    home: &Home,
    template: &Template,
    clock: Arc<SimulatedClock>,
    ids: Arc<dyn IdGen>,
) -> anyhow::Result<Engines> {
    let usage = Usage::new();
    let dynamodb = match home.database("dynamodb.db") {
        Some(file) => EmbeddedDynamo::open(&file, usage.clone())?,
        None => EmbeddedDynamo::memory(usage.clone())?,
    };
    for table in &template.tables {
        dynamodb.create_table(table).await?;
    }
    let sqs = match home.database("sqs.db") {
        Some(file) => EmbeddedSqs::open(&file, clock, ids, usage.clone())?,
        None => EmbeddedSqs::memory(clock, ids, usage.clone())?,
    };
    sqs.declare(template.queues.clone()).await?;
    Ok(Engines { dynamodb, sqs, usage })
}

fn build_functions(
    template: &Template,
    environment: &Environment,
    engines: &Engines,
    clock: &Arc<SimulatedClock>,
    ids: &Arc<dyn IdGen>,
) -> anyhow::Result<BTreeMap<String, functions::Handlers>> {
    let connector = Connector::new(engines.dynamodb.clone(), engines.sqs.clone());
    let (sdk, outside) = (connector.sdk_config(), Arc::new(connector.outside_config()));
    let mut handlers = BTreeMap::new();
    for (name, function) in &template.functions {
        let config = environment.config(function).with_context(|| format!("function {name}"))?;
        let metrics = Metrics::to(name, Arc::new(Traced));
        let clock: Arc<dyn Clock> = clock.clone();
        let platform =
            Platform { sdk: outside.clone(), ..Platform::new(config, &sdk, clock, ids.clone(), metrics) };
        if let Some(built) = functions::build(name, platform) {
            handlers.insert(name.clone(), built);
        }
    }
    Ok(handlers)
}

/// Metrics go to the log, where they can be asked for: stdout belongs to the ready line.
#[derive(Debug)]
struct Traced;

impl MetricSink for Traced {
    fn line(&self, line: &str) {
        tracing::trace!(target: "yam::metrics", line);
    }
}
