//! Connections cut in the middle.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, add_parcel};

/// Sends a request over a bare socket and gives back every byte of the answer, and how it ended.
async fn raw(world: &World, request: &[u8]) -> (Vec<u8>, std::io::Result<()>) {
    let mut stream = TcpStream::connect(world.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).await.map(|_| ());
    (answer, ended)
}

fn soap(operation: &str, inner: &str) -> Vec<u8> {
    let body = format!("<Envelope><Body><{operation}>{inner}</{operation}></Body></Envelope>");
    format!(
        "POST /iran_post/eshop/EShopService.svc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         SOAPAction: \"http://tempuri.org/IEShopService/{operation}\"\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[tokio::test]
async fn a_lost_answer_is_cut_at_every_byte() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let request = soap("AddParcel", &add_parcel(&product));
    let (whole, _) = raw(&world, &request).await;
    assert!(whole.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let mut made = 1;
    for at in (0..whole.len()).step_by(37).chain([1, whole.len() - 1, whole.len()]) {
        world.fault("iran_post_eshop", json!({"mode": "lost_answer", "at_byte": at})).await;
        let (answer, _) = raw(&world, &request).await;
        made += 1;
        assert_eq!(answer.len(), at);
        assert_eq!(world.parcels().await, made, "the work is done, cut at {at}");
    }
    world.fault("iran_post_eshop", json!({"mode": "lost_answer"})).await;
    assert_eq!(raw(&world, &request).await.0, b"");
    assert_eq!(world.parcels().await, made + 1);
}

#[tokio::test]
async fn a_truncated_answer_keeps_its_head() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let request = soap("AddParcel", &add_parcel(&product));
    let split = |answer: &[u8]| {
        let text = String::from_utf8(answer.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    };
    let (head, body) = split(&raw(&world, &request).await.0);
    let length = format!("content-length: {}", body.len());
    assert!(head.contains(&length), "{head}");
    for at in [0, 1, 100] {
        world.fault("iran_post_eshop", json!({"mode": "truncate", "at_byte": at})).await;
        let (head, cut) = split(&raw(&world, &request).await.0);
        assert!(head.contains(&length), "{head}");
        assert_eq!(cut.len(), at);
        assert_eq!(cut[..at.min(60)], body[..at.min(60)]);
    }
    world.fault("iran_post_eshop", json!({"mode": "truncate"})).await;
    assert_eq!(split(&raw(&world, &request).await.0).1.len(), body.len() / 2);
    world.fault("iran_post_eshop", json!({"mode": "truncate"})).await;
    let error = world.soap_raw("AddParcel", &add_parcel(&product)).await.unwrap_err();
    assert!(error.is_body() || error.is_decode() || error.is_request(), "{error:?}");
    assert_eq!(world.parcels().await, 6);
}

#[tokio::test]
async fn refuse_and_cut_request_do_nothing() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let parcel = add_parcel(&product);
    for fault in [
        json!({"mode": "refuse", "operation": "AddParcel"}),
        json!({"mode": "cut_request"}),
        json!({"mode": "cut_request", "at_byte": 10}),
    ] {
        world.fault("iran_post_eshop", fault.clone()).await;
        assert!(world.soap_raw("AddParcel", &parcel).await.is_err(), "{fault}");
    }
    assert_eq!(world.parcels().await, 0);
    let ledger = world.ledger("iran_post").await;
    // Only the request that came in whole counts as a body.
    assert_eq!(ledger["bodies"][0]["received"], 1);
    let calls = ledger["calls"].as_array().unwrap().clone();
    let add = calls.iter().find(|call| call["operation"] == "AddParcel").unwrap();
    assert_eq!((&add["received"], &add["executed"]), (&json!(3), &json!(0)));
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_reset_is_seen_as_one() {
    let world = World::in_memory().await;
    world.fault("iran_post_eshop", json!({"mode": "refuse"})).await;
    let (answer, ended) = raw(&world, &soap("GetStates", "")).await;
    assert_eq!(answer, b"");
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_connection_that_was_not_cut_lives_on() {
    let world = World::in_memory().await;
    let request = String::from_utf8(soap("GetStates", "")).unwrap().replace("Connection: close\r\n", "");
    let mut stream = TcpStream::connect(world.base.trim_start_matches("http://")).await.unwrap();
    // Further than the answer is long: nothing is cut, and nothing of it is left for the next one.
    world.fault("iran_post_eshop", json!({"mode": "lost_answer", "at_byte": 1_000_000})).await;
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"</s:Envelope>") {
            let mut part = [0; 4096];
            let count = stream.read(&mut part).await.unwrap();
            assert!(count > 0, "closed early");
            seen.extend_from_slice(&part[..count]);
        }
    }
}
