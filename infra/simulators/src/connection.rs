//! Sockets that can be cut in the middle of an answer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How an answer is cut. Handlers put it into the response's extensions; the server obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// No byte of the answer leaves; the connection is closed in order.
    Silent,
    /// No byte leaves; the connection is reset.
    Reset,
    /// The first bytes of the whole HTTP answer leave, head included.
    AfterBytes(u64),
    /// The head leaves, and the first bytes of the body.
    AfterBodyBytes(u64),
}

/// The server's hold on one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handle {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    limit: Option<Limit>,
    reset: bool,
}

#[derive(Debug)]
enum Limit {
    Bytes(u64),
    /// Bytes of the body, once the blank line has gone by; `matched` counts its bytes seen.
    Body {
        bytes: u64,
        matched: usize,
    },
}

const BLANK_LINE: &[u8; 4] = b"\r\n\r\n";

impl Handle {
    /// Cuts what is written from here on.
    pub(crate) fn cut(&self, cut: Cut) {
        let mut state = self.lock();
        match cut {
            Cut::Silent => state.limit = Some(Limit::Bytes(0)),
            Cut::Reset => {
                state.limit = Some(Limit::Bytes(0));
                state.reset = true;
            }
            Cut::AfterBytes(bytes) => state.limit = Some(Limit::Bytes(bytes)),
            Cut::AfterBodyBytes(bytes) => state.limit = Some(Limit::Body { bytes, matched: 0 }),
        }
    }

    /// Lets everything through again, for the next answer of a connection that lived on.
    pub(crate) fn release(&self) {
        self.lock().limit = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many of these bytes may still leave.
    fn allowed(&mut self, bytes: &[u8]) -> usize {
        if let Some(Limit::Body { bytes: left, matched }) = &mut self.limit {
            let Some(head) = head_end(bytes, matched) else { return bytes.len() };
            let limit = left.saturating_add(u64::try_from(head).unwrap_or(u64::MAX));
            self.limit = Some(Limit::Bytes(limit));
        }
        match &self.limit {
            Some(Limit::Bytes(left)) => bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX)),
            _ => bytes.len(),
        }
    }

    fn sent(&mut self, bytes: usize) {
        if let Some(Limit::Bytes(left)) = &mut self.limit {
            *left = left.saturating_sub(u64::try_from(bytes).unwrap_or(u64::MAX));
        }
    }
}

/// The position just behind the blank line, if it ends in these bytes.
fn head_end(bytes: &[u8], matched: &mut usize) -> Option<usize> {
    for (at, byte) in bytes.iter().enumerate() {
        *matched =
            if BLANK_LINE.get(*matched) == Some(byte) { *matched + 1 } else { usize::from(*byte == b'\r') };
        if *matched == BLANK_LINE.len() {
            return Some(at + 1);
        }
    }
    None
}

/// A TCP stream that stops where its [`Handle`] says.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    handle: Handle,
}

impl Wire {
    /// Takes over an accepted connection.
    pub(crate) fn new(stream: TcpStream) -> (Self, Handle) {
        let handle = Handle::default();
        (Self { stream, handle: handle.clone() }, handle)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.handle.lock().reset {
            // Nothing to do if it fails: the peer then sees an orderly close instead of a reset.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let handle = self.handle.clone();
        let mut state = handle.lock();
        // A head still being counted is remembered only up to what was really written.
        let before = match &state.limit {
            Some(Limit::Body { bytes, matched }) => Some((*bytes, *matched)),
            _ => None,
        };
        let allowed = state.allowed(bytes);
        if allowed == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault")));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]);
        match (&written, before) {
            (Poll::Ready(Ok(count)), None) => state.sent(*count),
            (Poll::Ready(Ok(count)), Some((left, matched))) => {
                state.limit = Some(Limit::Body { bytes: left, matched });
                if state.allowed(&bytes[..*count]) == *count {
                    state.sent(*count);
                }
            }
            (_, Some((left, matched))) => state.limit = Some(Limit::Body { bytes: left, matched }),
            _ => {}
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
