//! `yam demo`: the story of two orders, told over HTTP only.

mod journeys;
mod messages;
mod payments;
mod posts;
mod story;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use crate::start::{Options, start};

use crate::caller::Caller;

/// Starts a hub in memory and plays; succeeds only if every step held.
pub(crate) async fn play(environment: BTreeMap<String, String>) -> anyhow::Result<ExitCode> {
    let running = Box::pin(start(Options::alone(environment))).await?;
    let caller = Caller::new(running.ready())?;
    let told = story::tell(&caller).await;
    running.stop().await;
    match told {
        Ok(()) => {
            say("Every step held.")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(&format!("FAILED: {error:#}"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// One line of the story.
fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
