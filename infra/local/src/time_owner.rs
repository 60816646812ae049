//! Who owns simulated time: this process, or the simulators when they run as a process of their own.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use yam_platform::Clock as _;

use crate::clock::{ClockError, SimulatedClock};

/// The owner of the time.
#[derive(Debug, Clone)]
pub enum TimeOwner {
    /// This process.
    Us,
    /// The simulators at an address; the hub's clock follows theirs.
    Simulators {
        /// Their address.
        url: String,
        /// Client for their clock.
        http: reqwest::Client,
    },
}

/// The owner of the time could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the simulators' clock at {url}: {reason}")]
pub struct TimeOwnerError {
    url: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Shown {
    now: Timestamp,
}

impl TimeOwner {
    /// The simulators at an address.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn simulators(url: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        Ok(TimeOwner::Simulators { url: url.trim_end_matches('/').to_owned(), http })
    }

    /// Catches up with the owner.
    ///
    /// # Errors
    /// The owner does not answer.
    pub async fn follow(&self, clock: &SimulatedClock) -> Result<(), TimeOwnerError> {
        let TimeOwner::Simulators { url, http } = self else { return Ok(()) };
        let shown = call(url, http.get(format!("{url}/_local/clock"))).await?;
        if shown > clock.now() {
            moved(url, clock.move_to(shown))?;
        }
        Ok(())
    }

    /// Moves the owner's clock, then ours.
    ///
    /// # Errors
    /// The owner does not answer, or the new time cannot be kept.
    pub async fn move_to(&self, clock: &SimulatedClock, to: Timestamp) -> Result<(), TimeOwnerError> {
        let to = match self {
            TimeOwner::Us => to,
            TimeOwner::Simulators { url, http } => {
                let body = serde_json::json!({ "set": to }).to_string();
                match call(url, http.post(format!("{url}/_local/clock")).body(body)).await {
                    Ok(shown) => shown.max(to),
                    // Their clock runs while we ask; it may have passed the wanted time already.
                    Err(refused) => match call(url, http.get(format!("{url}/_local/clock"))).await? {
                        shown if shown >= to => shown,
                        _ => return Err(refused),
                    },
                }
            }
        };
        moved("local", clock.move_to(to))
    }
}

async fn call(url: &str, request: reqwest::RequestBuilder) -> Result<Timestamp, TimeOwnerError> {
    let error = |reason: String| TimeOwnerError { url: url.to_owned(), reason };
    let answer = request.send().await.map_err(|e| error(e.to_string()))?;
    let answer = answer.error_for_status().map_err(|e| error(e.to_string()))?;
    Ok(answer.json::<Shown>().await.map_err(|e| error(e.to_string()))?.now)
}

fn moved(url: &str, moved: Result<(), ClockError>) -> Result<(), TimeOwnerError> {
    match moved {
        // Real time went on and passed it.
        Ok(()) | Err(ClockError::Past { .. }) => Ok(()),
        Err(error) => Err(TimeOwnerError { url: url.to_owned(), reason: error.to_string() }),
    }
}
