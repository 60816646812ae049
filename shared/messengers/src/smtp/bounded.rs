//! A connection that reads no more than a dialogue needs: lettre bounds a reply only after each of its lines has
//! come to its end, and a line without an end would fill the memory.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const CONNECT: Duration = Duration::from_secs(8);
/// Bytes of one reply: RFC 5321 allows lines of 512, and no server greets with more than some dozen of them. lettre
/// reads a reply from its beginning after each line, so that a long one costs far more than its memory.
const REPLY: usize = 8 * 1024;
/// The same where the certificates come through here too, after STARTTLS.
const HANDSHAKE: usize = 32 * 1024;

/// A connection with an end to what is read from it without saying anything.
#[derive(Debug)]
pub(super) struct Bounded<S> {
    inner: S,
    peer: SocketAddr,
    most: usize,
    left: usize,
}

impl<S> Bounded<S> {
    fn new(inner: S, peer: SocketAddr, most: usize) -> Self {
        Bounded { inner, peer, most, left: most }
    }
}

/// Connects without TLS; `upgraded`: it comes by STARTTLS.
pub(super) async fn plain(at: SocketAddr, upgraded: bool) -> io::Result<Bounded<TcpStream>> {
    Ok(Bounded::new(connect(at).await?, at, if upgraded { HANDSHAKE } else { REPLY }))
}

/// Connects with TLS from the first byte; the certificate has to be that of `host`.
pub(super) async fn encrypted(
    at: SocketAddr,
    host: &str,
) -> io::Result<Bounded<tokio_rustls::client::TlsStream<TcpStream>>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(io::Error::other)?
        .with_no_client_auth();
    let inner = TlsConnector::from(Arc::new(config)).connect(name, connect(at).await?).await?;
    Ok(Bounded::new(inner, at, REPLY))
}

async fn connect(at: SocketAddr) -> io::Result<TcpStream> {
    tokio::time::timeout(CONNECT, TcpStream::connect(at)).await?
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(Err(io::Error::other("the server says more than a mail server has to say")));
        }
        let room = buf.remaining().min(this.left);
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        ready!(Pin::new(&mut this.inner).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        buf.advance(read);
        this.left = this.left.saturating_sub(read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, bytes))?;
        this.left = this.most;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

impl<S> AsyncTokioStream for Bounded<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug,
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
