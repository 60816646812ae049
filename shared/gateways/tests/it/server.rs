//! A server that answers connection by connection as it was told, and keeps what it was sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What one connection gets.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A whole answer.
    Answer { status: u16, media: &'static str, body: String },
    /// The first bytes of a whole answer with status 200, then the end of the connection.
    Cut { media: &'static str, body: String, at: usize },
    /// Another address.
    Moved { status: u16 },
    /// The connection is closed without a byte.
    Close,
    /// Nothing, for longer than anybody waits.
    Hang,
}

pub(crate) fn json(body: impl ToString) -> Act {
    Act::Answer { status: 200, media: "application/json", body: body.to_string() }
}

pub(crate) fn status(status: u16, body: impl ToString) -> Act {
    Act::Answer { status, media: "application/json", body: body.to_string() }
}

pub(crate) fn xml(body: impl ToString) -> Act {
    Act::Answer { status: 200, media: "text/xml", body: body.to_string() }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Seen {
    /// Verb and target.
    pub(crate) fn line(&self) -> &str {
        self.head.split(" HTTP/").next().unwrap_or("")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Plays the acts in order; the last one again and again.
    pub(crate) async fn playing(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, acts, seen.clone()));
        Server { base, seen, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().last().unwrap().clone()
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(listener: TcpListener, acts: Vec<Act>, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut acts = acts.into_iter().peekable();
    while let Ok((stream, _)) = listener.accept().await {
        let act = acts.next().unwrap();
        if acts.peek().is_none() {
            acts = vec![act.clone()].into_iter().peekable();
        }
        let seen = seen.clone();
        tokio::spawn(async move {
            let _closed_early = play(stream, act, seen).await;
        });
    }
}

async fn play(mut stream: TcpStream, act: Act, seen: Arc<Mutex<Vec<Seen>>>) -> std::io::Result<()> {
    let request = read(&mut stream).await?;
    seen.lock().unwrap().push(request);
    match act {
        Act::Answer { status, media, body } => {
            stream.write_all(whole(status, media, "", &body).as_bytes()).await?;
        }
        Act::Cut { media, body, at } => {
            let whole = whole(200, media, "", &body);
            let at = at.min(whole.len().saturating_sub(1));
            stream.write_all(&whole.as_bytes()[..at]).await?;
        }
        Act::Moved { status } => {
            stream
                .write_all(whole(status, "text/html", "Location: /elsewhere\r\n", "moved").as_bytes())
                .await?;
        }
        Act::Close => {}
        Act::Hang => std::future::pending().await,
    }
    stream.shutdown().await
}

fn whole(status: u16, media: &str, extra: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                })
                .unwrap_or(0_usize);
            if body.len() >= length {
                return Ok(Seen { head: head.to_owned(), body: body.to_owned() });
            }
        }
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(Seen { head: text, body: String::new() });
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}
