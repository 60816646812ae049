//! Messages as Lambda hands them to a function.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage, SqsMessageAttribute};
use yam_embedded::sqs::Received;

/// The event of a batch.
pub(super) fn event(queue: &str, messages: &[Received]) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(|message| record(queue, message)).collect();
    event
}

fn record(queue: &str, message: &Received) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.message_id.clone());
    record.receipt_handle = Some(message.receipt.clone());
    record.body = Some(message.body.clone());
    record.attributes = [
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", message.sent_ms.to_string()),
        ("ApproximateFirstReceiveTimestamp", message.first_received_ms.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    record.message_attributes = message
        .attributes
        .iter()
        .map(|(name, given)| {
            let mut attribute = SqsMessageAttribute::default();
            attribute.data_type = Some(given.data_type.clone());
            attribute.string_value = given.string_value.clone();
            (name.clone(), attribute)
        })
        .collect();
    record.event_source = Some("aws:sqs".to_owned());
    record.event_source_arn = Some(format!("arn:aws:sqs:us-east-1:000000000000:{queue}"));
    record.aws_region = Some("us-east-1".to_owned());
    record
}

/// The flow the first message belongs to.
pub(super) fn flow_of(messages: &[Received]) -> Option<String> {
    messages.first()?.attributes.get("flow")?.string_value.clone()
}

/// The messages that failed; `None` when the answer is not one Lambda would accept, which fails all.
pub(super) fn failed_ids(answer: &SqsBatchResponse, messages: &[Received]) -> Option<Vec<String>> {
    let known = |id: &String| messages.iter().any(|m| m.message_id == *id);
    let failed: Vec<String> = answer.batch_item_failures.iter().map(|f| f.item_identifier.clone()).collect();
    failed.iter().all(known).then_some(failed)
}
