//! Dialogues with a server that says what it is told, over a real socket.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use yam_domain::effect::CallClass;

use super::*;
use crate::account::SmtpSecurity;
use crate::outcome::RefusalKind as K;
use crate::samples::{KEY, SOON, account, config, mail, sms};

/// What the server says at each step, and where it falls silent or hangs up.
#[derive(Debug, Clone, Copy)]
struct Script {
    hello: &'static str,
    login: &'static str,
    from: &'static str,
    to: &'static str,
    data: &'static str,
    end: &'static str,
}

const GOOD: Script = Script {
    hello: "250-mail.example\r\n250 AUTH PLAIN LOGIN",
    login: "235 2.7.0 welcome",
    from: "250 2.1.0 ok",
    to: "250 2.1.5 ok",
    data: "354 go on",
    end: "250 2.0.0 taken",
};
const HANG: &str = "(hang)";
const CLOSE: &str = "(close)";

#[derive(Debug)]
struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn playing(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _closed_early = play(stream, script, &kept).await;
            }
        });
        Server { port, seen, task }
    }

    fn smtp(&self) -> Smtp {
        Smtp::new(&config("YAM_SMTP_TRUSTED_HOSTS", &format!("127.0.0.1:{}", self.port)))
    }

    fn account(&self) -> Account {
        let mut mine = account(MessengerId::Smtp, &[("user", "hub"), ("password", "demo-pass")]);
        let security = SmtpSecurity::Plain;
        mine.settings.smtp = Some(SmtpServer { host: "127.0.0.1".into(), port: self.port, security });
        mine
    }

    async fn send(&self, within: Duration) -> CallOutcome<Sent> {
        self.smtp().send(&self.account(), &mail(), within).await
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn play(
    stream: tokio::net::TcpStream,
    script: Script,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"220 mail.example ESMTP\r\n").await?;
    let (mut line, mut in_data) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let said = line.trim_end().to_owned();
        seen.lock().unwrap().push(said.clone());
        let answer = match said.split(' ').next().unwrap_or("") {
            "." if in_data => {
                in_data = false;
                script.end
            }
            _ if in_data => continue,
            "EHLO" => script.hello,
            "AUTH" => script.login,
            "MAIL" => script.from,
            "RCPT" => script.to,
            "DATA" => {
                in_data = script.data.starts_with("354");
                script.data
            }
            "QUIT" => "221 bye",
            _ => "500 what",
        };
        match answer {
            HANG => std::future::pending().await,
            CLOSE => return Ok(()),
            answer => stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await?,
        }
    }
}

#[tokio::test]
async fn a_mail_is_handed_over() {
    let server = Server::playing(GOOD).await;
    let CallOutcome::Done(sent) = server.send(SOON).await else { panic!("{:?}", server.seen()) };
    assert_eq!(
        (sent.provider_id.as_str(), sent.state),
        (format!("{KEY}@shop.example").as_str(), DeliveryState::Sent)
    );
    let seen = server.seen().join("\n");
    for part in [
        "MAIL FROM:<noreply@shop.example>",
        "RCPT TO:<ivan@example.org>",
        "List-Unsubscribe: <https://hub.example/u/abc>",
    ] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    assert_eq!(server.smtp().log_in(&server.account(), SOON).await, CallOutcome::Done(()));
    assert!(server.smtp().probe(Some(&server.account()), SOON).await.works);
}

#[tokio::test]
async fn replies_are_definite_at_every_step() {
    for (script, kind) in [
        (Script { hello: "554 5.3.2 no service", ..GOOD }, K::Account),
        (Script { login: "535 5.7.8 no", ..GOOD }, K::Account),
        (Script { from: "550 5.7.1 not yours", ..GOOD }, K::Sender),
        (Script { to: "550 5.1.1 user unknown", ..GOOD }, K::Number),
        (Script { to: "552 5.2.2 mailbox full", ..GOOD }, K::Other),
        (Script { data: "554 5.7.1 no", ..GOOD }, K::Content),
        (Script { end: "554 5.7.1 spam", ..GOOD }, K::Content),
    ] {
        let server = Server::playing(script).await;
        assert_eq!(server.send(SOON).await.refusal(), Some(kind), "{script:?}");
    }
    for script in [
        Script { hello: "421 later", ..GOOD },
        Script { to: "450 4.2.0 grey", ..GOOD },
        Script { end: "451 4.3.0 later", ..GOOD },
    ] {
        let server = Server::playing(script).await;
        assert!(matches!(server.send(SOON).await, CallOutcome::Busy { .. }), "{script:?}");
    }
}

#[tokio::test]
async fn before_the_message_nothing_is_sent_and_after_it_nobody_knows() {
    for (script, class) in [
        (Script { from: CLOSE, ..GOOD }, CallClass::NotSent),
        (Script { to: CLOSE, ..GOOD }, CallClass::NotSent),
        (Script { data: CLOSE, ..GOOD }, CallClass::NotSent),
        (Script { end: CLOSE, ..GOOD }, CallClass::Unknown),
        (Script { end: "what", ..GOOD }, CallClass::Unknown),
    ] {
        let server = Server::playing(script).await;
        assert_eq!(server.send(SOON).await.class(), class, "{script:?}");
    }
    let short = Duration::from_millis(300);
    for (script, class) in [
        (Script { hello: HANG, ..GOOD }, CallClass::NotSent),
        (Script { to: HANG, ..GOOD }, CallClass::NotSent),
        (Script { end: HANG, ..GOOD }, CallClass::Unknown),
    ] {
        let server = Server::playing(script).await;
        assert_eq!(server.send(short).await.class(), class, "{script:?}");
    }
}

#[tokio::test]
async fn a_login_is_not_given_to_a_server_that_cannot_take_it() {
    let server = Server::playing(Script { hello: "250 mail.example", ..GOOD }).await;
    assert_eq!(server.send(SOON).await.class(), CallClass::NotSent);
    assert!(!server.seen().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_server_inside_or_without_tls_is_not_called() {
    let server = Server::playing(GOOD).await;
    let untrusting = Smtp::new(&config("YAM_SMTP_TRUSTED_HOSTS", ""));
    let end = untrusting.send(&server.account(), &mail(), SOON).await;
    assert_eq!(end.refusal(), Some(K::Account));
    assert_eq!(untrusting.check(&server.account()).len(), 1);
    assert!(server.smtp().check(&server.account()).is_empty());
    assert!(server.seen().is_empty());
    let end = server.smtp().send(&server.account(), &sms("+79160000001", "x"), SOON).await;
    assert_eq!(end.refusal(), Some(K::NotOffered));
    let bare = account(MessengerId::Smtp, &[]);
    assert_eq!(server.smtp().send(&bare, &mail(), SOON).await.refusal(), Some(K::Account));
}
