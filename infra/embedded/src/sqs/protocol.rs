//! The SQS JSON protocol.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::error::SqsError;
use super::model::Received;
use super::requests::{
    Batch, ByName, ChangeVisibility, Delete, Message, OfQueue, Receipt, Receive, Send, parse, queue_name,
};
use super::{EmbeddedSqs, queues};
use crate::connector::Answer;

pub(super) const TARGET_PREFIX: &str = "AmazonSQS.";
pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// Runs an operation and accounts it.
pub(super) async fn answer(sqs: &EmbeddedSqs, operation: &str, body: &[u8], flow: &str) -> Answer {
    let worked = match operation {
        "SendMessage" => send(sqs, body).await,
        "SendMessageBatch" => send_batch(sqs, body).await,
        "ReceiveMessage" => receive(sqs, body).await,
        "DeleteMessage" => delete(sqs, body).await,
        "DeleteMessageBatch" => delete_batch(sqs, body).await,
        "ChangeMessageVisibility" => change_visibility(sqs, body).await,
        "GetQueueUrl" => queue_url(sqs, body).await,
        "GetQueueAttributes" => attributes(sqs, body).await,
        "PurgeQueue" => purge(sqs, body).await,
        other => Err(SqsError::UnsupportedOperation(other.to_owned())),
    };
    sqs.bill(flow, body.len());
    match worked {
        Ok(answer) => Answer::ok(answer.to_string()),
        Err(error) => error.answer(),
    }
}

type Worked = Result<Value, SqsError>;

async fn send(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: Send = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    let ids = sqs.send(&queue, vec![request.message.check()?]).await?;
    Ok(json!({ "MessageId": ids.first() }))
}

async fn send_batch(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: Batch<Message> = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    request.check()?;
    request.check_size()?;
    let (mut names, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for entry in request.entries {
        match entry.what.check() {
            Ok(message) => {
                names.push(entry.id);
                messages.push(message);
            }
            Err(error) => failed.push(failure(&entry.id, &error)),
        }
    }
    let ids = sqs.send(&queue, messages).await?;
    let sent = names.iter().zip(ids).map(|(name, id)| json!({ "Id": name, "MessageId": id }));
    Ok(json!({ "Successful": sent.collect::<Vec<_>>(), "Failed": failed }))
}

fn failure(id: &str, error: &SqsError) -> Value {
    let ours = matches!(error, SqsError::Internal(_));
    json!({ "Id": id, "Code": error.code(), "Message": error.to_string(), "SenderFault": !ours })
}

async fn receive(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: Receive = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    request.check()?;
    let max = usize::try_from(request.max_number_of_messages.unwrap_or(1)).unwrap_or(1);
    let visibility = request.visibility_timeout.map(|s| s * 1000);
    let wait = Duration::from_secs(u64::try_from(request.wait_time_seconds.unwrap_or(0)).unwrap_or(0));
    let mut changes = sqs.changes();
    let deadline = tokio::time::Instant::now() + wait;
    let messages = loop {
        changes.mark_unchanged();
        let messages = sqs.receive(&queue, max, visibility).await?;
        if !messages.is_empty() || tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
            break messages;
        }
    };
    let messages: Vec<Value> = messages.iter().map(|m| message(m, &request)).collect();
    Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) })
}

fn message(message: &Received, request: &Receive) -> Value {
    let mut answer = json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
    });
    let system: Map<String, Value> = [
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", message.sent_ms.to_string()),
        ("ApproximateFirstReceiveTimestamp", message.first_received_ms.to_string()),
        ("SenderId", super::ACCOUNT.to_owned()),
    ]
    .into_iter()
    .filter(|(name, _)| request.wants_system(name))
    .map(|(name, value)| (name.to_owned(), Value::String(value)))
    .collect();
    if !system.is_empty() {
        answer["Attributes"] = Value::Object(system);
    }
    let own: Map<String, Value> = message
        .attributes
        .iter()
        .filter(|(name, _)| request.wants(name))
        .map(|(name, attribute)| (name.clone(), json!(attribute)))
        .collect();
    if !own.is_empty() {
        answer["MessageAttributes"] = Value::Object(own);
    }
    answer
}

async fn delete(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: Delete = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    sqs.delete(&queue, vec![request.receipt.receipt_handle]).await?;
    Ok(json!({}))
}

async fn delete_batch(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: Batch<Receipt> = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    request.check()?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for entry in request.entries {
        match sqs.delete(&queue, vec![entry.what.receipt_handle]).await {
            Ok(()) => done.push(json!({ "Id": entry.id })),
            Err(error) => failed.push(failure(&entry.id, &error)),
        }
    }
    Ok(json!({ "Successful": done, "Failed": failed }))
}

async fn change_visibility(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: ChangeVisibility = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    request.check()?;
    sqs.change_visibility(&queue, vec![request.receipt_handle], request.visibility_timeout * 1000).await?;
    Ok(json!({}))
}

async fn queue_url(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let name = parse::<ByName>(body)?.queue_name;
    let asked = name.clone();
    sqs.thread.run(move |c| queues::exists(c, &asked)).await?;
    Ok(json!({ "QueueUrl": sqs.url(&name) }))
}

async fn attributes(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: OfQueue = parse(body)?;
    let queue = queue_name(&request.queue_url)?;
    let counts = sqs.counts(&queue).await?;
    let settings = sqs.thread.run(move |c| queues::settings(c, &queue)).await?;
    let counted = [
        ("ApproximateNumberOfMessages", counts.waiting.to_string()),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
    ];
    let asked = &request.attribute_names;
    let answer: Map<String, Value> = counted
        .into_iter()
        .chain(settings)
        .filter(|(name, _)| asked.iter().any(|a| a == "All" || a == name))
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    Ok(json!({ "Attributes": answer }))
}

async fn purge(sqs: &EmbeddedSqs, body: &[u8]) -> Worked {
    let request: OfQueue = parse(body)?;
    sqs.purge(&queue_name(&request.queue_url)?).await?;
    Ok(json!({}))
}
