//! Answers, accounts and messages that the unit tests share, and a server that plays one answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_domain::phone::Phone;
use yam_platform::Config;
use yam_platform::http::Answer;

use crate::account::{Account, AccountSettings, Credentials};
use crate::mail::{Email, EmailAddress, Letter, Mailbox, Unsubscribe};
use crate::message::{Call, Channel, Content, Handle, Message, MessageKey, Recipient, Speaker, Text};

pub(crate) const KEY: &str = "3f0c6a1e-0000-4000-8000-000000000001";
pub(crate) const SOON: Duration = Duration::from_secs(5);

pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let media = HeaderValue::from_static("application/json");
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media)]),
        body: body.into(),
        complete: true,
    }
}

pub(crate) fn account(messenger: MessengerId, credentials: &[(&str, &str)]) -> Account {
    let pairs = credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Account {
        merchant: MerchantId::parse("demo").unwrap(),
        id: AccountId::parse("a-1").unwrap(),
        messenger,
        credentials: Credentials::new(pairs),
        settings: AccountSettings::default(),
    }
}

fn message(to: &str, content: Content) -> Message {
    Message {
        key: MessageKey::parse(KEY).unwrap(),
        to: Recipient::Phone(Phone::parse_international(to).unwrap()),
        sender: None,
        content,
        valid_for: None,
        at: "2026-11-21T01:02:03Z".parse::<Timestamp>().unwrap(),
        unclear_sends: 0,
    }
}

pub(crate) fn sms(to: &str, text: &str) -> Message {
    message(to, Content::Text(Text { text: text.to_owned(), ..Text::default() }))
}

pub(crate) fn call(to: &str, text: &str) -> Message {
    let call = Call {
        text: text.to_owned(),
        speaker: Speaker::Female,
        ring_seconds: 25,
        attempts: 3,
        between_seconds: 600,
    };
    message(to, Content::Call(call))
}

/// A letter to one person, with a way out of the list.
pub(crate) fn mail() -> Message {
    let url = |text: &str| url::Url::parse(text).unwrap();
    let letter = Letter {
        language: "ru".into(),
        shop: "Ромашка".into(),
        heading: "Посылка прибыла".into(),
        paragraphs: vec!["Заказ 1024 ждёт вас в отделении 101000".into()],
        ..Letter::default()
    };
    let email = Email {
        from: Mailbox {
            name: "Ромашка".into(),
            address: EmailAddress::parse("noreply@shop.example").unwrap(),
        },
        to: EmailAddress::parse("ivan@example.org").unwrap(),
        reply_to: EmailAddress::parse("help@shop.example").ok(),
        subject: "Посылка прибыла".into(),
        written: letter.write().unwrap(),
        unsubscribe: Unsubscribe::new(url("https://hub.example/u/abc"), None),
    };
    Message { to: Recipient::Email, ..message("+79160000001", Content::Email(Box::new(email))) }
}

pub(crate) fn handle(to: &str, channel: Channel, provider_id: Option<&str>) -> Handle {
    Handle {
        key: MessageKey::parse(KEY).unwrap(),
        channel,
        to: Recipient::Phone(Phone::parse_international(to).unwrap()),
        provider_id: provider_id.map(str::to_owned),
        group_id: None,
    }
}

pub(crate) fn config(setting: &'static str, value: &str) -> Config {
    let value = value.to_owned();
    Config::from_lookup(move |name| (name == setting).then(|| value.clone())).unwrap()
}

/// Answers every connection alike and keeps what it was sent.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn answering(status: u16, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, length) = (seen.clone(), body.len());
        let whole = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                kept.lock().unwrap().push(request);
                let _closed_early = stream.write_all(whole.as_bytes()).await;
                let _closed_early = stream.shutdown().await;
            }
        });
        Server { base, seen, task }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
