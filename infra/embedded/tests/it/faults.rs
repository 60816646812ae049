//! What the wrapper shows that the engine does not.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use yam_embedded::dynamodb::{Chances, EmbeddedDynamo, Fault, FaultyDynamo};
use yam_embedded::{Connector, Usage};

use crate::dynamodb::{s, table};

/// A client that tries once, so that each fault is seen.
async fn faulty() -> (FaultyDynamo, Client) {
    let faulty = FaultyDynamo::new(EmbeddedDynamo::memory(Usage::new()).unwrap(), 7).unwrap();
    faulty.create_table(&table()).await.unwrap();
    let sdk = Connector::dynamodb(faulty.clone()).sdk_config();
    let sdk = sdk.to_builder().retry_config(RetryConfig::disabled()).build();
    (faulty, Client::new(&sdk))
}

async fn put(client: &Client, sk: &str, text: &str) {
    let put = client.put_item().table_name("yam").item("pk", s("M#demo")).item("sk", s(sk));
    put.item("text", s(text)).send().await.unwrap();
}

async fn read(client: &Client, sk: &str, consistent: bool) -> Option<String> {
    let get = client.get_item().table_name("yam").key("pk", s("M#demo")).key("sk", s(sk));
    let item = get.consistent_read(consistent).send().await.unwrap().item?;
    item["text"].as_s().ok().cloned()
}

#[tokio::test]
async fn without_faults_it_is_the_engine() {
    let (_, client) = faulty().await;
    put(&client, "a", "1").await;
    assert_eq!(read(&client, "a", false).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn an_eventually_consistent_read_may_show_the_past_and_a_consistent_one_never() {
    let (faulty, client) = faulty().await;
    put(&client, "a", "1").await;
    put(&client, "a", "2").await;
    faulty.chances(Chances { stale_read: 1.0, ..Chances::default() });
    assert_eq!(read(&client, "a", false).await.as_deref(), Some("1"));
    assert_eq!(read(&client, "a", true).await.as_deref(), Some("2"));
    let query = client.query().table_name("yam").key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", s("M#demo")).send().await.unwrap();
    assert_eq!(query.items()[0]["text"], s("1"));
    faulty.lag(2).await;
    put(&client, "a", "3").await;
    put(&client, "a", "4").await;
    assert_eq!(read(&client, "a", false).await.as_deref(), Some("2"));
    faulty.heal();
    assert_eq!(read(&client, "a", false).await.as_deref(), Some("4"));
}

#[tokio::test]
async fn an_item_that_is_new_or_gone_is_so_only_later() {
    let (faulty, client) = faulty().await;
    faulty.chances(Chances { stale_read: 1.0, ..Chances::default() });
    put(&client, "a", "1").await;
    assert_eq!(read(&client, "a", false).await, None);
    let delete = client.delete_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("a"));
    delete.send().await.unwrap();
    assert_eq!(read(&client, "a", false).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn throttling_happens_before_the_work() {
    let (faulty, client) = faulty().await;
    faulty.script("PutItem", Fault::Throttled, 1);
    let put_once = || client.put_item().table_name("yam").item("pk", s("M#demo")).item("sk", s("a")).send();
    let error = put_once().await.unwrap_err().into_service_error();
    assert!(error.is_provisioned_throughput_exceeded_exception());
    assert_eq!(read(&client, "a", true).await, None);
    put_once().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_is_a_time_out_after_the_work() {
    let (faulty, client) = faulty().await;
    faulty.script("PutItem", Fault::LostAnswer, 1);
    let put_once = client.put_item().table_name("yam").item("pk", s("M#demo")).item("sk", s("a"));
    let error = put_once.item("text", s("1")).send().await.unwrap_err();
    assert!(matches!(&error, SdkError::DispatchFailure(e) if e.is_timeout()), "{error:?}");
    assert_eq!(read(&client, "a", true).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn without_a_connection_nothing_is_done() {
    let (faulty, client) = faulty().await;
    faulty.script("*", Fault::NoConnection, 1);
    let error =
        client.put_item().table_name("yam").item("pk", s("a")).item("sk", s("a")).send().await.unwrap_err();
    assert!(matches!(&error, SdkError::DispatchFailure(e) if e.is_io()), "{error:?}");
    assert_eq!(read(&client, "a", true).await, None);
}

#[tokio::test]
async fn a_conflicting_transaction_is_cancelled_with_its_reasons() {
    let (faulty, client) = faulty().await;
    faulty.script("TransactWriteItems", Fault::Conflict, 1);
    let item = |sk: &str| {
        let put = Put::builder().table_name("yam").item("pk", s("M#demo")).item("sk", s(sk)).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let send = client.transact_write_items().transact_items(item("a")).transact_items(item("b")).send();
    let error = send.await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        error,
    ) = error
    else {
        panic!("{error:?}");
    };
    let codes: Vec<_> = error.cancellation_reasons().iter().map(|r| r.code().unwrap()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    faulty.script("UpdateItem", Fault::Conflict, 1);
    let update = client.update_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("a")).send().await;
    assert!(update.unwrap_err().into_service_error().is_transaction_conflict_exception());
}
