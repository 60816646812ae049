//! What may stand where a merchant's mail server is: the simulated one behind TLS, and one that never stops talking.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate for 127.0.0.1 that signs itself.
pub(crate) struct Identity {
    pub(crate) acceptor: TlsAcceptor,
    /// As a list of trusted roots has it.
    pub(crate) pem: String,
}

pub(crate) fn identity() -> Identity {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    Identity { acceptor: TlsAcceptor::from(Arc::new(config)), pem: made.cert.pem() }
}

/// When a server begins to talk without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Greeting,
    Recipient,
    End,
    /// Not at all: it hangs up at the first line of the message.
    Never,
}

/// A server on a port of its own.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) at: SocketAddr,
    clear: Arc<Mutex<Vec<String>>>,
    said: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Front {
    /// The mail server at `mail` with TLS from the first byte.
    pub(crate) async fn tls(mail: SocketAddr, acceptor: TlsAcceptor) -> Self {
        Self::open(move |stream, _, _| {
            let acceptor = acceptor.clone();
            async move {
                let (mut secure, mut server) =
                    (acceptor.accept(stream).await?, TcpStream::connect(mail).await?);
                tokio::io::copy_bidirectional(&mut secure, &mut server).await.map(|_| ())
            }
        })
        .await
    }

    /// The mail server at `mail`, which offers STARTTLS.
    pub(crate) async fn starttls(mail: SocketAddr, acceptor: TlsAcceptor) -> Self {
        Self::open(move |stream, clear, _| upgrade(stream, mail, acceptor.clone(), clear)).await
    }

    /// A server that repeats `unit` from a stage on.
    pub(crate) async fn endless(stage: Stage, unit: &'static [u8]) -> Self {
        Self::open(move |stream, clear, said| talk(stream, stage, unit, clear, said)).await
    }

    async fn open<F, W>(serve: F) -> Self
    where
        F: Fn(TcpStream, Arc<Mutex<Vec<String>>>, Arc<AtomicUsize>) -> W + Send + 'static,
        W: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (clear, said) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (heard, told) = (clear.clone(), said.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, heard.clone(), told.clone()));
            }
        });
        Front { at, clear, said, task }
    }

    /// What a client said without TLS.
    pub(crate) fn clear(&self) -> Vec<String> {
        self.clear.lock().unwrap().clone()
    }

    /// Bytes that were said without an end.
    pub(crate) fn said(&self) -> usize {
        self.said.load(Ordering::SeqCst)
    }
}

async fn upgrade(
    stream: TcpStream,
    mail: SocketAddr,
    acceptor: TlsAcceptor,
    clear: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let mut client = BufReader::new(stream);
    let mut server = BufReader::new(TcpStream::connect(mail).await?);
    relay(&mut server, &mut client, false).await?;
    loop {
        let mut line = String::new();
        if client.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        clear.lock().unwrap().push(line.trim_end().to_owned());
        if line.trim_end() == "STARTTLS" {
            client.get_mut().write_all(b"220 2.0.0 go on\r\n").await?;
            let (mut secure, mut server) = (acceptor.accept(client.into_inner()).await?, server.into_inner());
            return tokio::io::copy_bidirectional(&mut secure, &mut server).await.map(|_| ());
        }
        server.get_mut().write_all(line.as_bytes()).await?;
        relay(&mut server, &mut client, line.starts_with("EHLO")).await?;
    }
}

/// One reply, with STARTTLS among what it offers.
async fn relay(
    server: &mut BufReader<TcpStream>,
    client: &mut BufReader<TcpStream>,
    offer: bool,
) -> io::Result<()> {
    let mut reply = String::new();
    loop {
        let from = reply.len();
        if server.read_line(&mut reply).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if reply.as_bytes().get(from + 3) != Some(&b'-') {
            break;
        }
        if offer && from == 0 {
            reply.push_str("250-STARTTLS\r\n");
        }
    }
    client.get_mut().write_all(reply.as_bytes()).await
}

async fn talk(
    stream: TcpStream,
    stage: Stage,
    unit: &'static [u8],
    clear: Arc<Mutex<Vec<String>>>,
    said: Arc<AtomicUsize>,
) -> io::Result<()> {
    let mut client = BufReader::new(stream);
    let mut on = stage == Stage::Greeting;
    if !on {
        client.get_mut().write_all(b"220 mail.example ESMTP\r\n").await?;
    }
    let mut in_data = false;
    while !on {
        let mut line = String::new();
        if client.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        clear.lock().unwrap().push(line.to_owned());
        if in_data && stage == Stage::Never {
            return Ok(());
        }
        if in_data && line != "." {
            continue;
        }
        let answer: &[u8] = match line.get(..4).unwrap_or(line) {
            "." => {
                on = stage == Stage::End;
                in_data = false;
                b"250 taken\r\n"
            }
            "RCPT" => {
                on = stage == Stage::Recipient;
                b"250 ok\r\n"
            }
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            _ => b"250 ok\r\n",
        };
        if !on {
            client.get_mut().write_all(answer).await?;
        }
    }
    let many = unit.repeat(8_192 / unit.len());
    loop {
        client.get_mut().write_all(&many).await?;
        said.fetch_add(many.len(), Ordering::SeqCst);
    }
}
