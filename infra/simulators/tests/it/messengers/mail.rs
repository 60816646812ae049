//! The mail server, by hand.

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::support::World;

/// A connection spoken to line by line.
pub(super) struct Talk(BufReader<TcpStream>);

impl Talk {
    pub(super) async fn open(world: &World) -> Self {
        let address = world.get("/_local/simulators/smtp/address").await;
        let port = u16::try_from(address["port"].as_u64().unwrap()).unwrap();
        Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()))
    }

    /// The last line of an answer; empty if the connection has ended.
    pub(super) async fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap_or_default();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    pub(super) async fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    /// Greeting and login.
    pub(super) async fn login(world: &World) -> Self {
        let mut talk = Self::open(world).await;
        assert!(talk.answer().await.starts_with("220 "));
        assert!(talk.say("EHLO hub.example").await.starts_with("250 "));
        // "\0shop@shop.example\0demo-pass"
        let login = "AUTH PLAIN AHNob3BAc2hvcC5leGFtcGxlAGRlbW8tcGFzcw==";
        assert!(talk.say(login).await.starts_with("235 "));
        talk
    }

    /// The envelope and a message, up to the answer after the dot.
    pub(super) async fn mail(&mut self) -> String {
        assert!(self.say("MAIL FROM:<noreply@shop.example>").await.starts_with("250 "));
        assert!(self.say("RCPT TO:<ivan@example.org>").await.starts_with("250 "));
        let answer = self.say("DATA").await;
        assert!(answer.starts_with("354 "), "{answer}");
        self.say(
            "From: Shop <noreply@shop.example>\r\nTo: ivan@example.org\r\nMessage-ID: <ntf-1.1@shop.example>\r\n\
             Subject: =?utf-8?b?0J/QvtGB0YvQu9C60LA=?=\r\n\r\n..hidden dot\r\nsecond line\r\n.",
        )
        .await
    }
}

#[tokio::test]
async fn a_mail_is_taken_and_its_dots_are_undone() {
    let world = World::in_memory().await;
    let mut talk = Talk::login(&world).await;
    let answer = talk.mail().await;
    assert!(answer.starts_with("250 2.0.0"), "{answer}");
    let item = world.get("/_local/outbox?channel=email").await["items"][0].clone();
    assert_eq!((&item["provider"], &item["to"]), (&json!("smtp"), &json!("ivan@example.org")));
    assert_eq!((&item["subject"], &item["text"]), (&json!("Посылка"), &json!(".hidden dot\nsecond line")));
    assert_eq!(item["our_id"], "<ntf-1.1@shop.example>");
    assert!(talk.mail().await.starts_with("250 "), "one connection carries several");
    assert!(talk.say("QUIT").await.starts_with("221 "));
    let ledger = world.ledger("smtp").await;
    assert_eq!(ledger["items"].as_array().unwrap().len(), 2);
    assert_eq!(ledger["items"][0]["bodies_received"], 2);
}

#[tokio::test]
async fn order_login_and_addresses_are_checked() {
    let world = World::in_memory().await;
    let account = json!({
        "name": "shop@shop.example", "secret": "demo-pass", "senders": [{"name": "shop.example"}],
        "stop_list": ["gone@example.org"],
    });
    world.account("smtp", account).await;
    let mut talk = Talk::open(&world).await;
    talk.answer().await;
    for (line, code) in [
        ("HELO hub.example", "250 "),
        ("STARTTLS", "454 "),
        ("DANCE", "500 "),
        ("MAIL FROM:<noreply@shop.example>", "530 "),
        ("AUTH PLAIN AGEAYg==", "535 "),
        ("AUTH CRAM-MD5", "504 "),
        ("AUTH LOGIN", "334 "),
        ("c2hvcEBzaG9wLmV4YW1wbGU=", "334 "),
        ("ZGVtby1wYXNz", "235 "),
        ("RCPT TO:<ivan@example.org>", "503 "),
        ("MAIL FROM:<noreply@other.example>", "553 "),
        ("MAIL FROM:<noreply@shop.example> SIZE=99999999", "552 "),
        ("MAIL noreply@shop.example", "501 "),
        ("MAIL FROM:<noreply@shop.example>", "250 "),
        ("DATA", "503 "),
        ("RCPT TO:<gone@example.org>", "550 5.1.1"),
        ("RCPT TO:<nobody>", "501 "),
        ("NOOP", "250 "),
        ("RSET", "250 "),
        ("QUIT", "221 "),
    ] {
        let answer = talk.say(line).await;
        assert!(answer.starts_with(code), "{line}: {answer}");
    }
}

#[tokio::test]
async fn faults_strike_before_and_after_the_dot() {
    let world = World::in_memory().await;
    let taken = async || world.entries("smtp", "message").await.len();
    world.fault("smtp", json!({"mode": "lost_answer", "operation": "data"})).await;
    assert_eq!(Talk::login(&world).await.mail().await, "", "dropped after DATA");
    assert_eq!(taken().await, 1, "but it was taken");
    for (fault, answer, more) in [
        (json!({"mode": "code", "code": 450, "operation": "data"}), "450 ", 0),
        (json!({"mode": "code", "code": 554, "operation": "data"}), "554 5.7.1", 0),
        (json!({"mode": "quota", "operation": "data"}), "421 ", 0),
        (json!({"mode": "commit_then_500", "operation": "data"}), "451 ", 1),
        (json!({"mode": "malformed", "operation": "data"}), "2 5 0", 1),
        (json!({"mode": "timeout", "seconds": 0.05, "operation": "data"}), "", 0),
        (json!({"mode": "late_commit", "seconds": 60, "clock": "sim", "operation": "data"}), "", 0),
    ] {
        let before = taken().await;
        world.fault("smtp", fault.clone()).await;
        let said = Talk::login(&world).await.mail().await;
        assert!(said.starts_with(answer) && said.is_empty() == answer.is_empty(), "{fault}: {said}");
        assert_eq!(taken().await, before + more, "{fault}");
    }
    let before = taken().await;
    world.advance("61s").await;
    assert_eq!(taken().await, before + 1, "the late one");
    world.fault("smtp", json!({"mode": "code", "code": 550, "operation": "rcpt"})).await;
    let mut talk = Talk::login(&world).await;
    talk.say("MAIL FROM:<noreply@shop.example>").await;
    assert!(talk.say("RCPT TO:<ivan@example.org>").await.starts_with("550 5.1.1"));
    assert!(talk.say("RCPT TO:<ivan@example.org>").await.starts_with("250 "));
    world.fault("smtp", json!({"mode": "refuse", "operation": "connect"})).await;
    assert_eq!(Talk::open(&world).await.answer().await, "");
}
