//! The page at `/`: what runs where, and how to try it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::header;

use crate::ready::Ready;
use crate::runner::Hub;

/// Serves the page; it never changes while the hub runs.
pub(crate) fn router(ready: &Ready, hub: &Hub) -> Router {
    let page: Arc<str> = page(ready, hub).into();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    Router::new().route(
        "/",
        get(move || {
            let page = page.clone();
            async move {
                let headers =
                    [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store")];
                (headers, Html(page.to_string()))
            }
        }),
    )
}

fn page(ready: &Ready, hub: &Hub) -> String {
    let mut rows = String::new();
    let mut row = |name: &str, value: &str| {
        let _infallible =
            write!(rows, "<tr><th>{}</th><td><code>{}</code></td></tr>", escape(name), escape(value));
    };
    row("Hub", &ready.url);
    if let Some(simulators) = &ready.simulators {
        row("Simulators", simulators);
    }
    row("Functions", &hub.functions().collect::<Vec<_>>().join(", "));
    for merchant in &ready.merchants {
        row(&format!("API key of {}", merchant.merchant), &merchant.api_key);
    }
    let mut commands = String::new();
    for (what, command) in ready.commands() {
        let _infallible = write!(commands, "<h3>{}</h3><pre>{}</pre>", escape(what), escape(&command));
    }
    let mut links = String::from(r#"<li><a href="/openapi.json">/openapi.json</a> the API</li>"#);
    if ready.simulators.is_some() {
        for (path, what) in LINKS {
            let _infallible = write!(links, r#"<li><a href="{path}">{path}</a> {what}</li>"#);
        }
    }
    format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Yam</title><style>{STYLE}</style></head><body><main><h1>Yam</h1>
<p>A postal-commerce hub, running on this machine. The keys below open this hub only.</p>
<table>{rows}</table><h2>Look</h2><ul>{links}</ul><h2>Try</h2>{commands}</main></body></html>"#
    )
}

const LINKS: [(&str, &str); 6] = [
    ("/_local/clock", "simulated time"),
    ("/_local/queues", "queues and dead letters"),
    ("/_local/costs", "what it would cost"),
    ("/_local/webhooks", "webhooks the demo shop received"),
    ("/_local/outbox", "messages to buyers"),
    ("/_local/simulators/iran_post/ledger", "what the post believes happened"),
];

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#fafaf7}\
main{max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}\
th{text-align:left;padding:.2rem 1rem .2rem 0;font-weight:600}h3{margin:1rem 0 .2rem;font-size:1rem}\
pre{background:#fff;border:1px solid #ddd;padding:.6rem;overflow-x:auto;white-space:pre-wrap;word-break:break-all}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#222;border-color:#444}a{color:#8cf}}";

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_gets_out_of_its_element() {
        assert_eq!(escape(r#"<a href="x">'&'</a>"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
