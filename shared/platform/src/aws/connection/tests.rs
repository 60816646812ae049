use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A client of what listens there.
fn client(address: &str) -> Client {
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
        .endpoint_url(address)
        .timeout_config(crate::aws::timeouts())
        .retry_config(crate::aws::retries())
        .http_client(http_client())
        .build();
    Client::new(&sdk)
}

/// Listens, answers each request of a connection with these bytes, and counts the requests.
async fn answering(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let mut heads = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 8_192];
            let read = stream.read(&mut request).await.unwrap();
            heads.push(String::from_utf8_lossy(&request[..read]).into_owned());
            // Whoever has read enough hangs up.
            let _ = stream.write_all(&answer).await;
        }
        heads
    });
    (address, served)
}

fn whole(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
        .into_bytes()
}

const URLS: &str = r#"{"QueueUrls":["https://sqs.example/1/dispatch"]}"#;

#[tokio::test]
async fn a_signed_request_comes_back_with_its_answer() {
    let (address, served) = answering(vec![whole("200 OK", "", URLS)]).await;
    let answer = client(&address).list_queues().send().await.unwrap();
    assert_eq!(answer.queue_urls(), ["https://sqs.example/1/dispatch"]);
    let heads = served.await.unwrap();
    assert!(heads[0].starts_with("POST / HTTP/1.1\r\n"), "{}", heads[0]);
    assert!(heads[0].contains("x-amz-target: AmazonSQS.ListQueues"), "{}", heads[0]);
    assert!(heads[0].contains("authorization: AWS4-HMAC-SHA256"), "{}", heads[0]);
}

#[tokio::test]
async fn an_answer_cut_in_its_midst_is_no_answer_and_asked_for_again() {
    let mut cut = whole("200 OK", "", URLS);
    cut.truncate(cut.len() - 10);
    let (address, served) = answering(vec![cut.clone(), whole("200 OK", "", URLS)]).await;
    client(&address).list_queues().send().await.unwrap();
    assert_eq!(served.await.unwrap().len(), 2);

    let (address, served) = answering(vec![cut.clone(), cut.clone(), cut]).await;
    let error = client(&address).list_queues().send().await.unwrap_err();
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(!never_connected(failure.as_connector_error().unwrap()));
    assert_eq!(served.await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_services_own_errors_come_through_and_overload_is_asked_again() {
    let refusal = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}"#;
    let busy = r#"{"__type":"ThrottlingException","message":"slow down"}"#;
    let older = "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\r\n";
    let answers = vec![whole("400 Bad Request", "", busy), whole("400 Bad Request", older, refusal)];
    let (address, served) = answering(answers).await;
    let error = client(&address).get_queue_url().queue_name("yam").send().await.unwrap_err();
    assert!(error.into_service_error().is_queue_does_not_exist());
    assert_eq!(served.await.unwrap().len(), 2);
}

#[tokio::test]
async fn where_nobody_listens_nothing_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&address).list_queues().send().await.unwrap_err();
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(never_connected(failure.as_connector_error().unwrap()), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let away = whole("307 Temporary Redirect", "location: http://127.0.0.1:1/\r\n", "{}");
    let (address, served) = answering(vec![away]).await;
    let error = client(&address).list_queues().send().await.unwrap_err();
    let SdkError::ServiceError(answer) = &error else { panic!("{error:?}") };
    assert_eq!(answer.raw().status().as_u16(), 307);
    assert_eq!(served.await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_left() {
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(LONGEST_ANSWER + 1_024 * 1_024, b' ');
    let (address, _served) = answering(vec![endless]).await;
    let error = client(&address).list_queues().send().await.unwrap_err();
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    let words = failure.as_connector_error().unwrap().source().unwrap().to_string();
    assert_eq!(words, "the answer is too long");
}
