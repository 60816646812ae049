//! The errors in DynamoDB's own words.

use serde_json::{Value, json};

use crate::connector::Answer;

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810#";

pub(super) fn throttled() -> Answer {
    Answer::error(
        400,
        &format!("{DYNAMODB}ProvisionedThroughputExceededException"),
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing \
         your provisioning level with the UpdateTable API.",
    )
}

pub(super) fn rate_limited() -> Answer {
    Answer::error(
        400,
        &format!("{DYNAMODB}ThrottlingException"),
        "Throughput exceeds the current capacity of your table or index.",
    )
}

pub(super) fn internal_error() -> Answer {
    Answer::error(500, &format!("{DYNAMODB}InternalServerError"), "Internal server error")
}

/// Another transaction is at work on the first item.
pub(super) fn conflict(operation: &str, body: &[u8]) -> Answer {
    if !operation.starts_with("Transact") {
        return Answer::error(
            400,
            &format!("{DYNAMODB}TransactionConflictException"),
            "Transaction is ongoing for the item",
        );
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let actions = request["TransactItems"].as_array().map_or(1, |items| items.len().max(1));
    let reasons: Vec<Value> = (0..actions)
        .map(|i| match i {
            0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    let codes: Vec<&str> = reasons.iter().filter_map(|r| r["Code"].as_str()).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let body = json!({
        "__type": format!("{DYNAMODB}TransactionCanceledException"),
        "Message": message,
        "CancellationReasons": reasons,
    });
    Answer::new(400, body.to_string())
}
