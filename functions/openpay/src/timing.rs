//! Tells the hub's own time apart from the gateways', for whoever looks at a slow page.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use yam_platform::http::waiting_apart;

/// Adds `Server-Timing: own;dur=…, gateway;dur=…` in milliseconds; the table is part of the own time.
pub(crate) async fn time_apart(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut response, waited) = waiting_apart(next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&shown(started.elapsed(), waited)) {
        response.headers_mut().insert("server-timing", value);
    }
    response
}

fn shown(total: Duration, waited: Duration) -> String {
    let own = total.saturating_sub(waited);
    format!("own;dur={:.3}, gateway;dur={:.3}", own.as_secs_f64() * 1e3, waited.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gateway_takes_is_not_ours() {
        let told = shown(Duration::from_micros(130_250), Duration::from_millis(128));
        assert_eq!(told, "own;dur=2.250, gateway;dur=128.000");
        assert_eq!(shown(Duration::ZERO, Duration::from_millis(1)), "own;dur=0.000, gateway;dur=1.000");
    }
}
