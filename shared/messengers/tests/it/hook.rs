//! Where providers push their receipts: keeps what came and answers every push alike.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use yam_domain::ids::MessengerId;
use yam_messengers::{Account, Fields, ReceiptCall, ReceiptError, Receipts};

use crate::bench::Bench;

/// A push as it came.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Push {
    /// As `functions/hooks` hands it over: the query, the headers, the body.
    pub(crate) fn call(&self) -> ReceiptCall {
        let target = self.line.split(' ').nth(1).unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        ReceiptCall {
            query: Fields::parse(query.as_bytes()),
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }

    /// The same push with something changed in its body.
    pub(crate) fn changed(&self, from: &str, to: &str) -> ReceiptCall {
        let body = String::from_utf8(self.body.clone()).unwrap();
        assert!(body.contains(from), "{from} in {body}");
        ReceiptCall { body: body.replace(from, to).into_bytes(), ..self.call() }
    }
}

/// The address of the pushes.
#[derive(Debug)]
pub(crate) struct Hook {
    base: String,
    seen: Arc<Mutex<Vec<Push>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hook {
    /// Tells a provider of a new address; every push is answered 200 and `100`, which SMS.ru wants to read.
    pub(crate) async fn of(bench: &Bench, id: MessengerId) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _closed_early = take(stream, &kept).await;
            }
        });
        let hook = Hook { base, seen, task };
        bench.settings(id, json!({"receipt_url": format!("{}/hooks/{id}/token", hook.base)})).await;
        hook
    }

    pub(crate) fn seen(&self) -> Vec<Push> {
        self.seen.lock().unwrap().clone()
    }

    /// Every push, read by the adapter.
    pub(crate) fn read(&self, bench: &Bench, account: &Account) -> Vec<Result<Receipts, ReceiptError>> {
        let adapter = bench.of(account.messenger);
        self.seen().iter().map(|push| adapter.receipts(account, &push.call())).collect()
    }
}

async fn take(mut stream: TcpStream, seen: &Mutex<Vec<Push>>) -> std::io::Result<()> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
    let push = loop {
        let count = stream.read(&mut buffer).await?;
        bytes.extend_from_slice(&buffer[..count]);
        if let Some(push) = whole(&bytes) {
            break push;
        }
        if count == 0 {
            return Ok(());
        }
    };
    seen.lock().unwrap().push(push);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n100").await?;
    stream.shutdown().await
}

fn whole(bytes: &[u8]) -> Option<Push> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: HeaderMap = lines
        .filter_map(|line| line.split_once(':'))
        .filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.trim()).ok()?))
        })
        .collect();
    let length = headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(Push { line, headers, body })
}
