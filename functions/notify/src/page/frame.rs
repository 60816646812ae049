//! The frame of a page: no script, no request to anywhere else, nothing kept.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::response::{IntoResponse as _, Response};
use yam_api::html::Html;
use yam_api::put_html as put;
use yam_domain::money::display::Locale;

use crate::NotifyState;

/// A page around its content.
pub(crate) fn frame(state: &NotifyState, locale: Locale, title: &str, content: &Html) -> Response {
    let nonce = state.store.ids.token(12);
    let (tag, direction) = match locale {
        Locale::En => ("en", "ltr"),
        Locale::Fa => ("fa", "rtl"),
        Locale::Ru => ("ru", "ltr"),
        Locale::Ko => ("ko", "ltr"),
    };
    let mut page = Html::new();
    put!(
        page,
        "<!doctype html><html lang=\"",
        (tag),
        "\" dir=\"",
        (direction),
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
        "<meta name=\"robots\" content=\"noindex\"><title>",
        (title),
        "</title><style nonce=\"",
        (nonce),
        "\">",
        "body{margin:0;background:#f4f5f7;color:#16202b;font:17px/1.6 system-ui,Tahoma,sans-serif}",
        "main{max-width:30rem;margin:0 auto;padding:1.5rem}h1{font-size:1.4rem;line-height:1.3}",
        "button{width:100%;min-height:3rem;font:inherit;font-weight:700;border:0;border-radius:.4rem;background:#0b5d3b;",
        "color:#fff}button.soft{background:none;color:#3d4a57;font-weight:400;text-decoration:underline}",
        "dl{margin:1rem 0}dt{color:#5a6675;font-size:.9rem}dd{margin:0 0 .6rem;font-weight:600}",
        "ol{list-style:none;padding:0;border-top:1px solid #d7dce2}li{padding:.6rem 0;border-bottom:1px solid #d7dce2}",
        "li small{display:block;color:#5a6675}.done{background:#e3f4ea;border-radius:.4rem;padding:.8rem}",
        "</style></head><body><main>",
    );
    page.piece(content);
    put!(page, "</main></body></html>");
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, HeaderValue::from_static(tag)),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
        ),
        // The address is a permission: it goes nowhere else.
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, page.into_string()).into_response()
}
