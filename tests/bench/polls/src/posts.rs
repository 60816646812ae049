//! The posts: the simulators in a process of their own, so that neither their memory nor their work counts, in a
//! time that only moves when it is told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use yam_domain::ids::CarrierId;
use yam_simulators::{Options, SimClock, Simulators};

/// The argument that makes this program the simulators.
pub(crate) const ROLE: &str = "simulators";
/// Korea Post's portal key of the simulators.
pub(crate) const PORTAL_KEY: &str = "demotracekey000000000000000001";

/// Milliseconds since 1970, as last told.
#[derive(Debug, Default)]
struct Told(AtomicI64);

impl SimClock for Told {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// The simulators: they say their address, then read times from their input and repeat them once they hold; they end
/// with their input.
pub(crate) async fn simulate(now: i64) -> anyhow::Result<()> {
    let clock = Arc::new(Told(AtomicI64::new(now)));
    let simulators = Simulators::open(Options { data: None, clock: clock.clone() })?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    say(&format!("http://{}", listener.local_addr()?))?;
    let (over, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if let Ok(told) = line.trim().parse() {
                clock.0.store(told, Ordering::SeqCst);
            }
            if say(&line).is_err() {
                break;
            }
        }
        drop(over);
    });
    simulators
        .serve(listener, async {
            let _over = ended.await;
        })
        .await;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// The simulators as the hub's side sees them.
pub(crate) struct Posts {
    child: Child,
    told: ChildStdin,
    says: BufReader<ChildStdout>,
    http: reqwest::Client,
    /// Address.
    pub(crate) url: String,
}

impl Posts {
    /// Starts them at `now`, with journeys of which each parcel's began within `spread_hours` before it.
    pub(crate) async fn open(now: Timestamp, spread_hours: i64, pace: f64) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([ROLE, &now.as_millisecond().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let told = child.stdin.take().context("piped")?;
        let says = BufReader::new(child.stdout.take().context("piped")?);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut posts = Posts { child, told, says, http, url: String::new() };
        posts.url = posts.heard()?;
        let start = now - jiff::SignedDuration::from_hours(spread_hours);
        let journeys =
            json!({"journeys": {"seed": 1, "start": start, "spread_hours": spread_hours, "pace": pace}});
        for carrier in CarrierId::ALL {
            posts.set(&format!("{carrier}/settings"), &journeys).await?;
        }
        // An answer is ready at once: the hub waits its quarter of an hour in a time of its own.
        posts.set("russian_post/settings", &json!({"ticket_minutes": 0})).await?;
        let endless = json!({"key": PORTAL_KEY, "service": "portal", "daily": null});
        posts.set("korea_post/keys", &endless).await?;
        Ok(posts)
    }

    async fn set(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        let url = format!("{}/_local/simulators/{path}", self.url);
        let answer = self.http.post(url).json(body).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(())
    }

    fn heard(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the simulators ended");
        Ok(line.trim().to_owned())
    }

    /// Moves their time.
    pub(crate) fn go_on_to(&mut self, at: Timestamp) -> anyhow::Result<()> {
        let at = at.as_millisecond().to_string();
        writeln!(self.told, "{at}")?;
        ensure!(self.heard()? == at, "the simulators did not follow");
        Ok(())
    }
}

impl Drop for Posts {
    fn drop(&mut self) {
        // Nothing is left to be done for a process that has ended already.
        if self.child.kill().is_ok() {
            let _ended = self.child.wait();
        }
    }
}
