//! What can go wrong at the table, as far as a caller would act differently.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// A failure of the table.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold: somebody else was faster, or the thing is not there.
    #[error("condition failed at {what}")]
    Condition {
        /// Which write, in words for the log.
        what: &'static str,
        /// The item as it is, when the table told.
        old: Option<Box<crate::table::Item>>,
    },
    /// Others write the same items right now; nothing was written.
    #[error("the items are being written by others")]
    Conflict,
    /// Throttled or away: nothing is known to be written; the same call may be made again.
    #[error("table not available: {0}")]
    Unavailable(String),
    /// An item that cannot be read: written by a newer version, or broken.
    #[error("item cannot be read: {0}")]
    Corrupt(String),
    /// Buyers' data or credentials that cannot be opened.
    #[error("secret cannot be opened: {0}")]
    Secret(String),
    /// A named crash point of a test was hit: the worker is dead from here on.
    #[error("crashed at {0}")]
    Crashed(&'static str),
}

impl StoreError {
    /// Whether the same call may simply be made again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Conflict | StoreError::Unavailable(_))
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        StoreError::Corrupt(error.to_string())
    }
}

/// Everything that is not a failed condition.
pub(crate) fn other<E, R>(error: SdkError<E, R>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match error.code() {
        Some("TransactionConflictException") => StoreError::Conflict,
        Some("ValidationException") => StoreError::Corrupt(DisplayErrorContext(error).to_string()),
        _ => StoreError::Unavailable(DisplayErrorContext(error).to_string()),
    }
}
