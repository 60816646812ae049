//! The frame of every page: language and direction, style, and headers that let nothing in from outside.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use yam_domain::money::display::Locale;
use yam_platform::IdGen;

use super::html::{Html, put};
use super::words::{Words, tag, words};

/// What a page may do beside showing itself.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    /// Origins that its form may be sent to.
    pub(super) forms: Vec<String>,
    /// Origin of a gateway's script, where the gateway has no other way (Toss).
    pub(super) script: Option<String>,
}

/// A page.
pub(super) struct Frame<'a> {
    pub(super) locale: Locale,
    pub(super) title: &'a str,
    pub(super) shop: &'a str,
    /// Slug of the shop, by which its own domain is verified.
    pub(super) slug: &'a str,
    pub(super) help_url: Option<&'a str>,
    pub(super) status: StatusCode,
    /// Reloads itself after so many seconds, or goes elsewhere.
    pub(super) refresh: Option<(u32, Option<String>)>,
    pub(super) allowance: Allowance,
}

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:#f4f5f7;color:#16202b;font:17px/1.6 \
system-ui,Tahoma,'Segoe UI',sans-serif;overflow-wrap:anywhere}main{max-width:34rem;margin:0 auto;padding:1rem}h1{\
font-size:1.3rem;margin:.4rem 0}section,form{background:#fff;border:1px solid #d5dae0;border-radius:.6rem;padding:1rem;\
margin:.8rem 0}fieldset{border:0;margin:0;padding:0;min-width:0}legend{font-weight:600;padding:0}label{display:block;\
font-weight:600;margin:.7rem 0 .2rem}input,select{width:100%;min-height:3rem;font:inherit;padding:.6rem;border:1px solid \
#7f8994;border-radius:.4rem;background:#fff;color:inherit}input[type=radio]{width:1.3rem;min-height:0;height:1.3rem;flex:\
none;margin:0;margin-inline-end:.6rem}.way{display:flex;align-items:center;font-weight:400;border:1px solid #d5dae0;\
border-radius:.4rem;padding:.6rem;min-height:3rem}button,.button{display:block;width:100%;font:inherit;\
font-weight:700;padding:.8rem;margin:1rem 0 .2rem;border:0;border-radius:.4rem;background:#0b5d3b;color:#fff;\
text-align:center;text-decoration:none;cursor:pointer}button.second,.second{background:#fff;color:#0b5d3b;border:1px \
solid #0b5d3b}summary{min-height:3rem;padding:.7rem .2rem;font-weight:600;color:#0b5d3b;cursor:pointer}.amount{\
font-size:1.5rem;font-weight:700;margin:.2rem 0}.words{color:#3d4852;margin:.2rem 0}.code{font:700 1.7rem ui-monospace,Consolas,monospace;\
letter-spacing:.1em}.bad{color:#a30d1f;margin:.2rem 0}.ltr,.code{direction:ltr;unicode-bidi:isolate}[dir=rtl] .ltr,\
[dir=rtl] .code{text-align:right}nav a,nav strong,footer a{display:inline-flex;align-items:center;justify-content:center;\
min-width:3rem;min-height:3rem;padding:0 .4rem}nav a,footer a{color:#0b5d3b}nav{display:flex;flex-wrap:wrap;\
font-size:.9rem}section>p:first-child{margin-top:0}dl{margin:0}dt{color:#3d4852;font-size:.9rem}dd{margin:0 0 .5rem}\
:focus-visible{outline:3px solid #1d6fd1;outline-offset:2px}@media print{nav,footer,.noprint{display:none}body{\
background:#fff}section{border:0}}";

impl Frame<'_> {
    /// The whole answer.
    pub(super) fn render(self, ids: &dyn IdGen, content: &Html) -> Response {
        let nonce = ids.token(12);
        let words: &Words = words(self.locale);
        let direction = if self.locale == Locale::Fa { "rtl" } else { "ltr" };
        let mut page = Html::new();
        put!(page, "<!doctype html><html lang=\"", (tag(self.locale)), "\" dir=\"", (direction), "\"><head>");
        put!(
            page,
            "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        );
        put!(
            page,
            "<meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\"><title>",
            (self.title),
            " – ",
            (self.shop),
            "</title>"
        );
        if let Some((seconds, to)) = &self.refresh {
            put!(page, "<meta http-equiv=\"refresh\" content=\"", (seconds.to_string()));
            if let Some(to) = to {
                put!(page, ";url=", (to));
            }
            put!(page, "\">");
        }
        put!(page, "<style nonce=\"", (nonce), "\">");
        page.raw(STYLE);
        put!(page, "</style></head><body data-shop=\"", (self.slug), "\"><main><p>", (self.shop), "</p>");
        put!(page, "<h1>", (self.title), "</h1>");
        page.piece(content);
        put!(page, "<footer class=\"noprint\"><p>", (words.never_give_pin), "</p>");
        if let Some(help) = self.help_url {
            put!(page, "<p><a href=\"", (help), "\" rel=\"noopener\">", (words.help), "</a></p>");
        }
        put!(page, "</footer></main>");
        if self.allowance.script.is_some() {
            put!(page, "<script nonce=\"", (nonce), "\">");
            page.raw(super::leave::OPEN_WINDOW);
            put!(page, "</script>");
        }
        put!(page, "</body></html>");
        let policy = policy(&nonce, &self.allowance);
        let headers: [(HeaderName, HeaderValue); 6] = [
            (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (CONTENT_LANGUAGE, HeaderValue::from_static(tag(self.locale))),
            (
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            ),
            // Mellat and SEP refuse a payer who comes without a referrer.
            (REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (self.status, headers, page.into_string()).into_response()
    }
}

fn policy(nonce: &str, allowance: &Allowance) -> String {
    let forms: String = allowance.forms.iter().map(|origin| format!(" {origin}")).collect();
    let mut policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; form-action 'self'{forms}; base-uri \
         'none'; frame-ancestors 'none'"
    );
    if let Some(origin) = &allowance.script {
        policy.push_str(&format!(
            "; script-src 'nonce-{nonce}' {origin}; connect-src {origin} https://*.tosspayments.com; frame-src \
             {origin} https://*.tosspayments.com"
        ));
    }
    policy
}
