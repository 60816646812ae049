//! SQS errors.

use crate::connector::Answer;

/// Why an operation failed; the names are those of the SQS API.
#[derive(Debug, thiserror::Error)]
pub enum SqsError {
    /// No queue of that name.
    #[error("The specified queue does not exist: {0}")]
    QueueDoesNotExist(String),
    /// A batch without entries.
    #[error("There should be at least one entry in the request.")]
    EmptyBatchRequest,
    /// More than ten entries.
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    /// Two entries with one id.
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    /// An entry's id has other characters than letters, digits, `-` and `_`, or too many.
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidBatchEntryId,
    /// All entries together exceed 1 MiB.
    #[error("Batch requests cannot be longer than 1048576 bytes. You have sent {0} bytes.")]
    BatchRequestTooLong(usize),
    /// The body has characters that XML does not know.
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    /// The receipt is none of ours.
    #[error("The input receipt handle is invalid.")]
    ReceiptHandleIsInvalid,
    /// The message is visible or gone.
    #[error(
        "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."
    )]
    MessageNotInflight,
    /// A parameter out of its bounds.
    #[error("{0}")]
    InvalidParameterValue(String),
    /// A parameter is missing.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// The request is not the JSON it should be.
    #[error("{0}")]
    Serialization(String),
    /// Not one of the operations offered here.
    #[error("{0} is not offered by the embedded queue.")]
    UnsupportedOperation(String),
    /// SQLite failed or the thread is gone.
    #[error("embedded queue: {0}")]
    Internal(String),
}

impl SqsError {
    /// Name in the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist(_) => "QueueDoesNotExist",
            Self::EmptyBatchRequest => "EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest(_) => "TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct(_) => "BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "InvalidBatchEntryId",
            Self::BatchRequestTooLong(_) => "BatchRequestTooLong",
            Self::InvalidMessageContents => "InvalidMessageContents",
            Self::ReceiptHandleIsInvalid => "ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "MessageNotInflight",
            Self::InvalidParameterValue(_) => "InvalidParameterValue",
            Self::MissingParameter(_) => "MissingParameter",
            Self::Serialization(_) => "SerializationException",
            Self::UnsupportedOperation(_) => "UnsupportedOperation",
            Self::Internal(_) => "InternalFailure",
        }
    }

    /// Name in the query protocol, where it differs: the SDK's typed errors go by it.
    fn query_code(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist(_) => "AWS.SimpleQueueService.NonExistentQueue",
            Self::EmptyBatchRequest => "AWS.SimpleQueueService.EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest(_) => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct(_) => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "AWS.SimpleQueueService.InvalidBatchEntryId",
            Self::BatchRequestTooLong(_) => "AWS.SimpleQueueService.BatchRequestTooLong",
            Self::MessageNotInflight => "AWS.SimpleQueueService.MessageNotInflight",
            Self::UnsupportedOperation(_) => "AWS.SimpleQueueService.UnsupportedOperation",
            other => other.code(),
        }
    }

    /// As the protocol tells it.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let status = if matches!(self, Self::Internal(_)) { 500 } else { 400 };
        let answer = Answer::error(status, &format!("com.amazonaws.sqs#{}", self.code()), &self.to_string());
        Answer { query_error: Some(self.query_code()), ..answer }
    }
}

impl From<rusqlite::Error> for SqsError {
    fn from(error: rusqlite::Error) -> Self {
        SqsError::Internal(error.to_string())
    }
}

impl From<std::io::Error> for SqsError {
    fn from(error: std::io::Error) -> Self {
        SqsError::Internal(error.to_string())
    }
}
