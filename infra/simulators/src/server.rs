//! HTTP/1.1 over sockets that faults can cut.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::connection::{Cut, Handle, Wire};

/// The answer must not be sent: the connection ends without a byte.
#[derive(Debug, thiserror::Error)]
#[error("cut by a fault")]
struct Gone;

/// Serves until `shutdown` resolves; connections then have two seconds to finish.
pub(crate) async fn serve(router: Router, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
    let (stop, stopped) = watch::channel(false);
    let alive = Arc::new(());
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let (router, stopped, alive) = (router.clone(), stopped.clone(), Arc::clone(&alive));
                    tokio::spawn(async move {
                        connection(router, stream, stopped).await;
                        drop(alive);
                    });
                }
                // Out of descriptors or a peer that left at once: neither ends the server.
                Err(error) => {
                    tracing::warn!(%error, "simulator could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
        }
    }
    drop(listener);
    let _ = stop.send(true);
    let _ = tokio::time::timeout(Duration::from_secs(2), async {
        while Arc::strong_count(&alive) > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn connection(router: Router, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let (wire, handle) = Wire::new(stream);
    let service = service_fn(move |request| answer(router.clone(), handle.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(wire), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "simulator connection ended");
    }
}

async fn answer(
    router: Router,
    handle: Handle,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Gone> {
    let answered: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
    let Ok(response) = answered;
    handle.release();
    if let Some(cut) = response.extensions().get::<Cut>().copied() {
        handle.cut(cut);
        if matches!(cut, Cut::Silent | Cut::Reset) {
            return Err(Gone);
        }
    }
    Ok(response)
}
