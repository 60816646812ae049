//! The public tracking page: WebForms, with hidden fields and, if switched on, a captcha.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode, header};
use rusqlite::Connection;
use serde::Deserialize;

use super::jalali::JalaliDate;
use super::scan::Scan;
use super::{IranPost, status};
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::post::{Seen, find};
use crate::state::Shared;
use crate::system::System;

/// The tracking page.
pub(crate) struct Tracking;

const SEARCH: &str = "search";
const HTML: &str = "text/html; charset=utf-8";
/// What the captcha always shows.
const CAPTCHA: &str = "4321";

/// Routes of the page.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/iran_post/tracking/", any(endpoint))
        .route("/iran_post/tracking/search.aspx", any(endpoint))
}

#[derive(Debug, Deserialize)]
struct Asked {
    captcha: Option<String>,
}

async fn endpoint(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    if request.method() == Method::GET {
        let cookie = (header::SET_COOKIE, "ASP.NET_SessionId=simulated; path=/; HttpOnly");
        if asked.captcha.is_some() {
            return ([cookie, (header::CONTENT_TYPE, "image/png")], PIXEL).into_response();
        }
        return ([cookie, (header::CONTENT_TYPE, HTML)], page(&shared, "")).into_response();
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let headers = plain_headers(request.headers());
    let path = request.uri().path().to_owned();
    let body = match receive(&shared, System::IranPostTracking, SEARCH, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let call = Call {
        system: System::IranPostTracking,
        operation: SEARCH.to_owned(),
        account: None,
        path,
        headers,
        body,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

impl Wire for Tracking {
    fn reach(&self, _operation: &str) -> Reach {
        Reach::Lookup
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        html(page(view.shared, ""))
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = form::parse(&view.call.body);
        let field = |name: &str| fields.get(name).map(|value| value.trim()).unwrap_or_default();
        if field("__VIEWSTATE") != VIEW_STATE {
            // What ASP.NET does with a postback that is none of its own.
            return Ok(Answer {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                ..html("Invalid viewstate".to_owned())
            });
        }
        if view.shared.iran_post.settings().captcha && field("txtCaptcha") != CAPTCHA {
            return Ok(html(page(view.shared, "<div id=\"pnlResult\"></div>")));
        }
        let asked = view.visible_until.unwrap_or(view.now);
        let found = find::<IranPost>(view.shared, connection, field("txtbSearch"), asked)?;
        // What the shop has not handed over is not in the post's own records.
        let seen: Vec<_> = found.scans.iter().filter_map(|seen| Some((text(&seen.scan)?, seen))).collect();
        if seen.is_empty() {
            return Ok(html(page(view.shared, "<div class=\"alert alert-danger\">کد مرسوله یافت نشد</div>")));
        }
        Ok(html(page(view.shared, &timeline(&seen))))
    }

    fn note(&self, _view: &View<'_>, _connection: &Connection) -> Result<()> {
        Ok(())
    }

    fn flawed(&self, _call: &Call, flaw: Flaw, _whole: Option<&Answer>) -> Answer {
        match flaw {
            Flaw::Garbage => html("<div id=\"pnlResult\"><div class=\"row newrowd".to_owned()),
            Flaw::WrongType => Answer { content_type: "application/json", ..html("[]".to_owned()) },
            Flaw::Quota | Flaw::Code(_) => Answer {
                status: StatusCode::FORBIDDEN,
                ..html("<html><head><title>403 blocked</title></head><body></body></html>".to_owned())
            },
            Flaw::Huge => html("x".repeat(crate::delivery::HUGE)),
        }
    }
}

fn html(body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type: HTML, body: body.into() }
}

const VIEW_STATE: &str = "/wEPDwUKLTI0NjEyMDI4Nw9kFgICAw8=";

fn page(shared: &Shared, result: &str) -> String {
    let captcha = if shared.iran_post.settings().captcha {
        "<img src=\"search.aspx?captcha=1&amp;t=0\" alt=\"\"><input name=\"txtCaptcha\" type=\"text\">"
    } else {
        ""
    };
    format!(
        "<!DOCTYPE html><html lang=\"fa\" dir=\"rtl\"><head><title>رهگیری مرسولات</title></head><body>\
         <form method=\"post\" action=\"search.aspx\">\
         <input type=\"hidden\" name=\"__VIEWSTATE\" value=\"{VIEW_STATE}\">\
         <input type=\"hidden\" name=\"__VIEWSTATEGENERATOR\" value=\"BBBC20B8\">\
         <input type=\"hidden\" name=\"__VIEWSTATEENCRYPTED\" value=\"\">\
         <input type=\"hidden\" name=\"__EVENTVALIDATION\" value=\"/wEdAAU=\">\
         <input name=\"txtbSearch\" type=\"text\">{captcha}</form>{result}</body></html>"
    )
}

/// Newest first; a header row at each change of day.
fn timeline(rows: &[(&str, &Seen<Scan>)]) -> String {
    let mut out = String::from("<div id=\"pnlResult\">");
    let mut day = None;
    for (at, (text, seen)) in rows.iter().enumerate().rev() {
        let today = JalaliDate::in_tehran(seen.at);
        if today != day {
            let shown = today.map(|date| date.to_words()).unwrap_or_default();
            let _ = write!(out, "<div class=\"row\"><div class=\"newtdheader col-lg-6\">{shown}</div></div>");
            day = today;
        }
        let office = seen.scan.office.as_deref().unwrap_or("تهران،تهران،مرکز تجزیه");
        let _ = write!(
            out,
            "<div class=\"row newrowdata\"><div class=\"newtddata\">{}</div><div class=\"newtddata\">{}</div>\
             <div class=\"newtddata\">{}</div><div class=\"newtddata\">{}</div></div>",
            at + 1,
            quick_xml::escape::escape(*text),
            quick_xml::escape::escape(office),
            JalaliDate::clock_in_tehran(seen.at)
        );
    }
    out.push_str("</div>");
    out
}

/// The page's words for a scan; none for what happens before the post has the parcel.
fn text(scan: &Scan) -> Option<&str> {
    if let Some(text) = &scan.text {
        return Some(text);
    }
    Some(match scan.status? {
        5 => "قبول مرسوله",
        6 => "عدم قبول مرسوله",
        7 => "مرسوله تحویل گیرنده گردیده است",
        8 => "مرسوله در باجه معطله می باشد",
        10 => "پیش برگشت مرسوله",
        11 | 83 | 255 => "مرسوله برگشت داده شد",
        13 => "وارده به استان توزیع",
        14 => "تحویل به نامه رسان",
        15 => "مراجعه اول نامه رسان",
        16 => "مراجعه دوم نامه رسان",
        17 => "توزیع در صندوق پستی",
        18 => "کسری مرسوله",
        code @ (9 | 12 | 50 | 81 | 82) => status::label(code),
        _ => return None,
    })
}

/// A PNG of one pixel: nobody has to read it.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4, 0x89, 0x00,
    0x00, 0x00, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x00, 0x01, 0x00, 0x00, 0x05, 0x00, 0x01,
    0x0D, 0x0A, 0x2D, 0xB4, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
];
