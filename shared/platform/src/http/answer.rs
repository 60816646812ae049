//! What came back, or did not.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;

/// An HTTP answer; perhaps only its beginning.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status line.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// As much of the body as arrived within the limits.
    pub body: Bytes,
    /// Whether the body is whole. A cut body may still hold a proof in its beginning.
    pub complete: bool,
}

impl Answer {
    /// `Retry-After` in seconds or as a date is only read in its seconds form, which is what the
    /// operators send.
    #[must_use]
    pub fn retry_after(&self) -> Option<SignedDuration> {
        let value = self.headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
        value.trim().parse::<u32>().ok().map(|s| SignedDuration::from_secs(i64::from(s)))
    }

    /// Media type without its parameters, lower case.
    #[must_use]
    pub fn media_type(&self) -> String {
        let value = self.headers.get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
    }
}

/// A call without an answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendFailure {
    /// No connection was made: nothing left the house.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It left, at least in part; whether it took effect is not known.
    #[error("no answer: {0}")]
    NoAnswer(String),
}
