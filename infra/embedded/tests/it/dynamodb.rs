//! The DynamoDB connector: errors as the SDK types them, capacity as AWS bills it, durability.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem,
};
use yam_embedded::dynamodb::{EmbeddedDynamo, TableDefinition};
use yam_embedded::{Connector, Usage};
use yam_platform::SeededIds;
use yam_platform::telemetry::TraceContext;

pub(crate) fn table() -> TableDefinition {
    TableDefinition { ttl_attribute: Some("expires_at".into()), ..TableDefinition::keyed("yam", "pk", "sk") }
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

async fn engine() -> (EmbeddedDynamo, Client) {
    let engine = EmbeddedDynamo::memory(Usage::new()).unwrap();
    engine.create_table(&table()).await.unwrap();
    let client = Client::new(&Connector::dynamodb(engine.clone()).sdk_config());
    (engine, client)
}

async fn put(client: &Client, sk: &str, bytes: usize) {
    let put = client.put_item().table_name("yam").item("pk", s("M#demo")).item("sk", s(sk));
    put.item("text", s(&"x".repeat(bytes))).send().await.unwrap();
}

#[tokio::test]
async fn a_table_that_is_there_is_left_as_it_is() {
    let (engine, client) = engine().await;
    put(&client, "a", 10).await;
    engine.create_table(&table()).await.unwrap();
    let item =
        client.get_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("a")).send().await.unwrap();
    assert_eq!(item.item.unwrap()["text"], s("xxxxxxxxxx"));
}

#[tokio::test]
async fn a_failed_condition_brings_the_item_only_to_who_asked_and_is_billed() {
    let (engine, client) = engine().await;
    put(&client, "a", 1500).await;
    engine.usage().reset();
    let attempt = || {
        let put = client.put_item().table_name("yam").item("pk", s("M#demo")).item("sk", s("a"));
        put.condition_expression("attribute_not_exists(pk)")
    };
    let error = attempt().send().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception());
    let asked =
        attempt().return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let error = asked.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(error) = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(error.item().unwrap()["sk"], s("a"));
    // Twice the two units of the item of 1.5 KB that was there.
    assert_eq!(engine.usage().total().write_units, 4.0);
}

#[tokio::test]
async fn a_failed_condition_without_an_item_costs_one_unit() {
    let (engine, client) = engine().await;
    let update = client.update_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("none"));
    let update = update.update_expression("SET a = :a").expression_attribute_values(":a", s("1"));
    let error = update.condition_expression("attribute_exists(pk)").send().await.unwrap_err();
    assert!(error.into_service_error().is_conditional_check_failed_exception());
    assert_eq!(engine.usage().total().write_units, 1.0);
}

#[tokio::test]
async fn capacity_is_what_aws_bills_and_answered_only_to_who_asked() {
    let (engine, client) = engine().await;
    put(&client, "a", 3000).await;
    assert_eq!(engine.usage().total().write_units, 3.0);
    let get = || client.get_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("a"));
    assert!(get().send().await.unwrap().consumed_capacity.is_none());
    let asked = get().consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total);
    assert_eq!(asked.send().await.unwrap().consumed_capacity.unwrap().capacity_units, Some(1.0));
    assert_eq!(engine.usage().total().read_units, 1.5);
    let query = client.query().table_name("yam").key_condition_expression("pk = :pk");
    query.expression_attribute_values(":pk", s("M#nobody")).send().await.unwrap();
    assert_eq!(engine.usage().total().read_units, 2.0);
}

#[tokio::test]
async fn consumption_goes_to_the_flow_of_the_task() {
    let (engine, client) = engine().await;
    let trace = TraceContext::root(&SeededIds::new(1), "POST /v1/orders");
    trace.scope(put(&client, "a", 10)).await;
    put(&client, "b", 10).await;
    let flows = engine.usage().flows();
    assert_eq!(flows["POST /v1/orders"].write_units, 1.0);
    assert_eq!(flows["(no flow)"].write_units, 1.0);
}

fn put_new(sk: &str, bytes: usize) -> TransactWriteItem {
    let put = Put::builder().table_name("yam").item("pk", s("M#demo")).item("sk", s(sk));
    let put = put.item("text", s(&"x".repeat(bytes))).condition_expression("attribute_not_exists(pk)");
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

#[tokio::test]
async fn a_transaction_costs_double_and_a_cancelled_one_too() {
    let (engine, client) = engine().await;
    let send = |items| client.transact_write_items().set_transact_items(Some(items)).send();
    send(vec![put_new("a", 10), put_new("b", 10)]).await.unwrap();
    assert_eq!(engine.usage().total().write_units, 4.0);
    engine.usage().reset();

    let check = ConditionCheck::builder().table_name("yam").key("pk", s("M#demo")).key("sk", s("b"));
    let check = check.condition_expression("attribute_exists(pk)").build().unwrap();
    let check = TransactWriteItem::builder().condition_check(check).build();
    let error = send(vec![put_new("c", 1500), put_new("a", 10), check]).await.unwrap_err();
    let reasons = match error.into_service_error() {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(e) => {
            e.cancellation_reasons.unwrap()
        }
        other => panic!("{other:?}"),
    };
    let codes: Vec<_> = reasons.iter().map(|r| r.code().unwrap()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed", "None"]);
    // 2 units for c, one each for a and b, all twice.
    assert_eq!(engine.usage().total().write_units, 8.0);
}

#[tokio::test]
async fn a_repeated_token_is_billed_as_a_read() {
    let (engine, client) = engine().await;
    for _ in 0..2 {
        let send = client.transact_write_items().client_request_token("token");
        send.transact_items(put_new("a", 10)).send().await.unwrap();
    }
    let total = engine.usage().total();
    assert_eq!((total.write_units, total.read_units), (2.0, 2.0));
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let path = temp_file("dynamodb");
    for round in 0..2 {
        let engine = EmbeddedDynamo::open(&path, Usage::new()).unwrap();
        engine.create_table(&table()).await.unwrap();
        let client = Client::new(&Connector::dynamodb(engine).sdk_config());
        if round == 0 {
            put(&client, "a", 10).await;
        } else {
            let get = client.get_item().table_name("yam").key("pk", s("M#demo")).key("sk", s("a"));
            assert!(get.send().await.unwrap().item.is_some());
        }
    }
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn what_the_engine_does_not_know_is_a_typed_error() {
    let (_, client) = engine().await;
    let error =
        client.get_item().table_name("other").key("pk", s("a")).key("sk", s("b")).send().await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
    let error = client.list_backups().send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 501);
}

pub(crate) fn temp_file(name: &str) -> std::path::PathBuf {
    use yam_platform::{IdGen as _, SystemIds};
    std::env::temp_dir().join(format!("yam-test-{name}-{}.db", SystemIds.token(9)))
}

#[tokio::test]
async fn an_empty_string_is_no_key_also_as_a_prefix() {
    let (_engine, client) = engine().await;
    put(&client, "a", 10).await;
    let query = |prefix: &str| {
        let query = client.query().table_name("yam").expression_attribute_values(":pk", s("M#demo"));
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
        query.expression_attribute_values(":prefix", s(prefix)).send()
    };
    assert_eq!(query("a").await.unwrap().count(), 1);
    let refused = query("").await.unwrap_err();
    assert!(format!("{refused:?}").contains("empty string value"), "{refused:?}");
}
