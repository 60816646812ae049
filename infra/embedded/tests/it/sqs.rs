//! The queue: SDK calls, limits, visibility, redrive, durability.

use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use jiff::{SignedDuration, Timestamp};
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::sqs::{Counts, EmbeddedSqs, NewMessage, QueueDefinition, Redrive};
use yam_embedded::{Connector, Usage};
use yam_platform::{ManualClock, SeededIds};

use crate::dynamodb::temp_file;

fn queues() -> Vec<QueueDefinition> {
    let redrive = Redrive { dead_queue: "work-dead".into(), max_receives: 2 };
    vec![
        QueueDefinition { redrive: Some(redrive), ..QueueDefinition::named("work") },
        QueueDefinition::named("work-dead"),
    ]
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_second(1_800_000_000).unwrap()))
}

async fn queue() -> (EmbeddedSqs, Client, Arc<ManualClock>) {
    let clock = clock();
    let usage = Usage::new();
    let sqs = EmbeddedSqs::memory(clock.clone(), Arc::new(SeededIds::new(1)), usage.clone()).unwrap();
    sqs.declare(queues()).await.unwrap();
    let dynamo = EmbeddedDynamo::memory(usage).unwrap();
    let client = Client::new(&Connector::new(dynamo, sqs.clone()).sdk_config());
    (sqs, client, clock)
}

fn message(body: &str) -> NewMessage {
    NewMessage { body: body.into(), ..NewMessage::default() }
}

#[tokio::test]
async fn what_is_sent_is_received_with_its_attributes_and_deleted() {
    let (sqs, client, _) = queue().await;
    let url = client.get_queue_url().queue_name("work").send().await.unwrap().queue_url.unwrap();
    assert_eq!(url, sqs.url("work"));
    let flow = MessageAttributeValue::builder().data_type("String").string_value("POST /v1/orders").build();
    let sent =
        client.send_message().queue_url(&url).message_body("{}").message_attributes("flow", flow.unwrap());
    let id = sent.send().await.unwrap().message_id.unwrap();
    let receive = client.receive_message().queue_url(&url).message_attribute_names("All");
    let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
    let received = receive.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(received.message_id(), Some(id.as_str()));
    assert_eq!(received.message_attributes().unwrap()["flow"].string_value(), Some("POST /v1/orders"));
    let count = &received.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount];
    assert_eq!(count, "1");
    let receipt = received.receipt_handle.unwrap();
    client.delete_message().queue_url(&url).receipt_handle(receipt).send().await.unwrap();
    assert_eq!(sqs.counts("work").await.unwrap(), Counts::default());
}

#[tokio::test]
async fn a_batch_takes_ten_and_reports_each_entry() {
    let (sqs, client, _) = queue().await;
    let entry = |id: usize, body: &str| {
        SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(body).build().unwrap()
    };
    let send =
        |entries| client.send_message_batch().queue_url(sqs.url("work")).set_entries(Some(entries)).send();
    let answer = send(vec![entry(0, "a"), entry(1, "\u{1}"), entry(2, "c")]).await.unwrap();
    assert_eq!(answer.successful().len(), 2);
    assert_eq!(answer.failed()[0].code(), "InvalidMessageContents");
    let error = send((0..11).map(|i| entry(i, "x")).collect()).await.unwrap_err().into_service_error();
    assert!(error.is_too_many_entries_in_batch_request(), "{error:?}");
    let error = send(vec![entry(1, "x"), entry(1, "y")]).await.unwrap_err().into_service_error();
    assert!(error.is_batch_entry_ids_not_distinct(), "{error:?}");
    let half = "x".repeat(600 * 1024);
    let error = send(vec![entry(1, &half), entry(2, &half)]).await.unwrap_err().into_service_error();
    assert!(error.is_batch_request_too_long(), "{error:?}");
    assert_eq!(sqs.counts("work").await.unwrap().waiting, 2);
}

#[tokio::test]
async fn limits_and_unknown_queues_are_typed_errors() {
    let (sqs, client, _) = queue().await;
    let error = client.get_queue_url().queue_name("none").send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
    let error = client.send_message().queue_url(sqs.url("none")).message_body("x").send().await.unwrap_err();
    assert!(error.into_service_error().is_queue_does_not_exist());
    let send = || client.send_message().queue_url(sqs.url("work"));
    assert!(send().message_body("x").delay_seconds(901).send().await.is_err());
    assert!(send().message_body("x".repeat(1024 * 1024 + 1)).send().await.is_err());
    send().message_body("x".repeat(1024 * 1024)).delay_seconds(900).send().await.unwrap();
    let receive = client.receive_message().queue_url(sqs.url("work"));
    assert!(receive.max_number_of_messages(11).send().await.is_err());
}

#[tokio::test]
async fn a_received_message_is_hidden_for_the_visibility_time_of_the_clock() {
    let (sqs, client, clock) = queue().await;
    sqs.send("work", vec![message("a")]).await.unwrap();
    let receive = || async { client.receive_message().queue_url(sqs.url("work")).send().await.unwrap() };
    let first = receive().await.messages.unwrap().remove(0).receipt_handle.unwrap();
    assert!(receive().await.messages.is_none());
    assert_eq!(sqs.counts("work").await.unwrap().in_flight, 1);
    clock.advance(SignedDuration::from_secs(30));
    let second = receive().await.messages.unwrap().remove(0).receipt_handle.unwrap();
    // The first receive's receipt no longer deletes.
    client.delete_message().queue_url(sqs.url("work")).receipt_handle(first).send().await.unwrap();
    assert_eq!(sqs.counts("work").await.unwrap().in_flight, 1);
    let entry = DeleteMessageBatchRequestEntry::builder().id("1").receipt_handle(second).build().unwrap();
    client.delete_message_batch().queue_url(sqs.url("work")).entries(entry).send().await.unwrap();
    assert_eq!(sqs.counts("work").await.unwrap().in_flight, 0);
}

#[tokio::test]
async fn visibility_can_be_changed_while_in_flight_only() {
    let (sqs, client, clock) = queue().await;
    sqs.send("work", vec![message("a")]).await.unwrap();
    let receipt = sqs.receive("work", 1, None).await.unwrap().remove(0).receipt;
    let change = |seconds| {
        let change = client.change_message_visibility().queue_url(sqs.url("work"));
        change.receipt_handle(&receipt).visibility_timeout(seconds).send()
    };
    change(600).await.unwrap();
    clock.advance(SignedDuration::from_secs(599));
    assert!(sqs.receive("work", 1, None).await.unwrap().is_empty());
    change(0).await.unwrap();
    assert!(change(10).await.unwrap_err().into_service_error().is_message_not_inflight());
    assert_eq!(sqs.receive("work", 1, None).await.unwrap()[0].receive_count, 2);
}

#[tokio::test]
async fn delays_hide_a_new_message() {
    let (sqs, _, clock) = queue().await;
    let delayed = NewMessage { delay_seconds: Some(60), ..message("a") };
    sqs.send("work", vec![delayed]).await.unwrap();
    assert_eq!(sqs.counts("work").await.unwrap().delayed, 1);
    assert_eq!(sqs.next_visible_at("work").await.unwrap(), Some(1_800_000_060_000));
    assert!(sqs.receive("work", 10, None).await.unwrap().is_empty());
    clock.advance(SignedDuration::from_secs(60));
    assert_eq!(sqs.receive("work", 10, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_received_too_often_goes_to_the_dead_letters() {
    let (sqs, client, clock) = queue().await;
    sqs.send("work", vec![message("poison"), message("fine")]).await.unwrap();
    for _ in 0..2 {
        for received in sqs.receive("work", 10, None).await.unwrap() {
            if received.body == "fine" {
                sqs.delete("work", vec![received.receipt]).await.unwrap();
            }
        }
        clock.advance(SignedDuration::from_secs(30));
    }
    assert!(sqs.receive("work", 10, None).await.unwrap().is_empty());
    assert_eq!(sqs.counts("work").await.unwrap(), Counts { dead: 1, ..Counts::default() });
    let dead = sqs.dead_letters("work", 10).await.unwrap().remove(0);
    assert_eq!((dead.body.as_str(), dead.receive_count), ("poison", 2));
    let attributes = client.get_queue_attributes().queue_url(sqs.url("work-dead"));
    let attributes = attributes.attribute_names(QueueAttributeName::All).send().await.unwrap();
    let attributes = attributes.attributes.unwrap();
    assert_eq!(attributes[&QueueAttributeName::ApproximateNumberOfMessages], "1");
}

#[tokio::test]
async fn messages_are_kept_as_long_as_the_queue_says() {
    let (sqs, _, clock) = queue().await;
    sqs.send("work", vec![message("a")]).await.unwrap();
    clock.advance(SignedDuration::from_secs(345_601));
    assert_eq!(sqs.counts("work").await.unwrap(), Counts::default());
}

#[tokio::test]
async fn after_reopening_what_was_in_flight_is_visible_and_its_count_kept() {
    let path = temp_file("sqs");
    let clock = clock();
    let open = || EmbeddedSqs::open(&path, clock.clone(), Arc::new(SeededIds::new(1)), Usage::new()).unwrap();
    let sqs = open();
    sqs.declare(queues()).await.unwrap();
    let delayed = NewMessage { delay_seconds: Some(900), ..message("later") };
    sqs.send("work", vec![message("a"), delayed]).await.unwrap();
    assert_eq!(sqs.receive("work", 10, None).await.unwrap().len(), 1);
    drop(sqs);

    let sqs = open();
    let counts = sqs.counts("work").await.unwrap();
    assert_eq!(counts, Counts { waiting: 1, delayed: 1, ..Counts::default() });
    let received = sqs.receive("work", 10, None).await.unwrap().remove(0);
    assert_eq!(received.receive_count, 2);
    drop(sqs);
    for end in ["", "-wal", "-shm"] {
        let _may_be_absent = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

#[tokio::test]
async fn requests_are_counted_in_steps_of_64_kib() {
    let (sqs, client, _) = queue().await;
    let send =
        |bytes| client.send_message().queue_url(sqs.url("work")).message_body("x".repeat(bytes)).send();
    send(10).await.unwrap();
    send(65 * 1024).await.unwrap();
    assert_eq!(sqs.usage().total().sqs_requests, 3);
}

#[tokio::test]
async fn other_processes_reach_it_over_http() {
    use tower::ServiceExt as _;
    let (sqs, _, _) = queue().await;
    let request = http::Request::post("/")
        .header("x-amz-target", "AmazonSQS.SendMessage")
        .body(axum::body::Body::from(format!(
            r#"{{"QueueUrl":"{}","MessageBody":"hello"}}"#,
            sqs.url("work")
        )))
        .unwrap();
    assert_eq!(sqs.router().oneshot(request).await.unwrap().status(), 200);
    assert_eq!(sqs.receive("work", 1, None).await.unwrap()[0].body, "hello");
}
