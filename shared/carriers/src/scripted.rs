//! A server that says what a test wrote down, over a real socket, and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use yam_platform::telemetry::Metrics;
use yam_platform::{Config, ManualClock, Platform, SeededIds};

/// What the server does with the next call.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// Answers.
    Whole(u16, &'static str, String),
    /// Reads the call and closes without a word.
    Nothing,
    /// Announces a whole answer and closes after so many bytes of its body.
    Cut(u16, &'static str, String, usize),
}

pub(crate) fn json(status: u16, body: impl ToString) -> Say {
    Say::Whole(status, "application/json;charset=UTF-8", body.to_string())
}

pub(crate) fn xml(body: impl ToString) -> Say {
    Say::Whole(200, "text/xml;charset=UTF-8", body.to_string())
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `POST /path?query`
    pub(crate) line: String,
    /// Header lines, as they came.
    pub(crate) headers: String,
    /// Body.
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A value of a form.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.body.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// The server.
pub(crate) struct Scripted {
    pub(crate) base: String,
    calls: Arc<Mutex<Vec<Call>>>,
    script: Arc<Mutex<VecDeque<Say>>>,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Scripted {
    /// Listens and answers in the order of the script; a call beyond it finds a closed door.
    pub(crate) async fn new(script: impl IntoIterator<Item = Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let (seen, left) = (calls.clone(), script.clone());
        let served = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, left) = (seen.clone(), left.clone());
                tokio::spawn(async move { serve(stream, &seen, &left).await });
            }
        });
        Scripted { base, calls, script, served }
    }

    /// What was asked so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Answers that nobody fetched.
    pub(crate) fn left(&self) -> usize {
        self.script.lock().unwrap().len()
    }

    /// A platform whose setting points here, at an instant.
    pub(crate) fn platform(&self, setting: &str, at: &str) -> Platform {
        platform(&[(setting, &self.base), ("YAM_CALL_DEADLINE_MS", "3000")], at)
    }
}

/// A platform with settings, at an instant.
pub(crate) fn platform(settings: &[(&str, &str)], at: &str) -> Platform {
    let own = |name: &str| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    let config = Config::from_lookup(own).unwrap();
    let clock = Arc::new(ManualClock::new(at.parse::<Timestamp>().unwrap()));
    let sdk =
        aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::v2026_01_12()).build();
    Platform::new(config, &sdk, clock, Arc::new(SeededIds::new(1)), Metrics::stdout("test"))
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Call>>, left: &Mutex<VecDeque<Say>>) {
    let Some(call) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(call);
    let say = left.lock().unwrap().pop_front();
    let (status, media, body, most) = match say {
        None | Some(Say::Nothing) => return,
        Some(Say::Whole(status, media, body)) => (status, media, body, usize::MAX),
        Some(Say::Cut(status, media, body, most)) => (status, media, body, most),
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let body = body.as_bytes();
    let sent = [head.as_bytes(), &body[..body.len().min(most)]].concat();
    // A client that has gone is what some tests are about.
    let _gone = stream.write_all(&sent).await;
    let _gone = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4_096];
    loop {
        let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
        let length = headers.lines().find_map(|header| {
            let (name, value) = header.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let body = &bytes[end + 4..];
        if body.len() >= length.unwrap_or(0) {
            let line = line.trim_end_matches(" HTTP/1.1").to_owned();
            let body = String::from_utf8_lossy(body).into_owned();
            return Some(Call { line, headers: headers.to_owned(), body });
        }
    }
}
