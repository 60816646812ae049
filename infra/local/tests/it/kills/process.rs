//! Processes that can be killed.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A running `yam`.
pub(super) struct Process {
    child: Child,
    /// What it said when it was ready.
    pub(super) ready: Value,
    /// Kept open: a closed pipe would end a process that writes to it.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// The other side of the wires.
    pub(super) async fn simulators(data: &Path) -> Self {
        Self::start(&["simulators", "--port", "0", "--json", "--data"], data, &[]).await
    }

    /// The hub.
    pub(super) async fn hub(data: &Path, simulators: &str, settings: &[(&str, &str)]) -> Self {
        let arguments = ["serve", "--port", "0", "--json", "--simulators-url", simulators, "--data"];
        Self::start(&arguments, data, settings).await
    }

    async fn start(arguments: &[&str], data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yam"));
        command.args(arguments).arg(data).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        std::fs::create_dir_all(data).expect("a folder");
        let log = data.join("log");
        if std::env::var_os("YAM_TEST_LOGS").is_none() {
            let file = std::fs::File::options().create(true).append(true).open(&log).expect("a log");
            command.stderr(file);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("YAM_")) {
                command.env_remove(name);
            }
        }
        let mut child = command.envs(settings.iter().copied()).spawn().expect("yam starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).await.expect("the ready line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let last: Vec<&str> = said.lines().rev().take(5).collect();
            panic!("{arguments:?}: {error}: {line:?}; its last words, newest first: {last:#?}")
        });
        Process { child, ready, _stdout: stdout }
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        self.ready["url"].as_str().expect("an address").to_owned()
    }

    /// `kill -9`.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Ends it in order.
    pub(super) async fn end(mut self) {
        let pid =
            self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(pid.expect("it runs"), rustix::process::Signal::TERM)
            .expect("a signal");
        let status = self.child.wait().await.expect("it ends");
        assert!(status.success(), "{status}");
    }
}
