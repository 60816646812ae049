//! `yam replay`: a parcel's history from a hub in use, told again by the simulators to a hub in memory, and what both
//! decided beside each other (requirement D10).
//!
//! ```text
//!   a hub in use --GET parcel, explain, rules, window, shop--> case (a file; it names no buyer)
//!   case --scans as they were seen--> simulators --polls--> a hub in memory, its clock going along
//!   decisions of the case = decisions of the replay?   epochs with their verdicts, messages with their days and whys
//! ```
//!
//! Times are moved by whole weeks, as no clock goes back. What a case does not hold cannot be replayed: who the buyer
//! is, what was opted out of, whether money was left. Messages that were kept back for that are counted, not compared.

mod case;
mod decisions;
mod stage;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use self::case::Case;
use self::decisions::Decisions;

/// Where the case comes from.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Source {
    /// The file of a case.
    #[arg(required_unless_present = "hub")]
    file: Option<PathBuf>,
    /// Take the case from this hub.
    #[arg(long, value_name = "URL", requires_all = ["key_in", "parcel"], conflicts_with = "file")]
    hub: Option<String>,
    /// The variable of the environment with a key of the parcel's shop (scopes `orders` and `settings`).
    #[arg(long, value_name = "NAME")]
    key_in: Option<String>,
    /// The parcel.
    #[arg(long)]
    parcel: Option<String>,
    /// Keep the case in this file.
    #[arg(long, value_name = "FILE", requires = "hub")]
    save: Option<PathBuf>,
}

/// Replays a case; succeeds only if every decision came out the same.
pub(crate) async fn run(source: Source, environment: BTreeMap<String, String>) -> anyhow::Result<ExitCode> {
    let case = match (&source.file, &source.hub, &source.key_in, &source.parcel) {
        (Some(file), ..) => read(file)?,
        (None, Some(hub), Some(name), Some(parcel)) => {
            let key = std::env::var(name).with_context(|| format!("the variable {name} holds no key"))?;
            case::fetch(hub, &key, parcel).await?
        }
        _ => anyhow::bail!("name a file, or --hub, --key-in and --parcel"),
    };
    if let Some(file) = &source.save {
        let text = serde_json::to_vec_pretty(&case)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    let then = Decisions::of(&case.explain)?;
    let again = Decisions::of(&stage::play(&case, environment).await?)?;
    let told = then.compare(&again);
    let mut out = std::io::stdout().lock();
    for line in &told.lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(if told.same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> anyhow::Result<Case> {
    let text = std::fs::read(file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no case", file.display()))
}
