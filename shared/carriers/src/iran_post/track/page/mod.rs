//! The public tracking page (protocol notes, section 9): a form is fetched, sent back with the code, and the
//! page that comes is read. It answers to addresses in Iran only, and may ask for a captcha, which nobody
//! here can solve: that is a failed call, never "not found".

mod document;
mod heading;
mod scanner;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Method};
use jiff::Timestamp;
use url::Url;
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::WaybillNumber;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

use self::document::Document;
use crate::errors::outline;
use crate::tracker::{CALL, TrackOutcome, by_status, unreadable};

const SYSTEM: &str = "IRAN_POST_TRACKING";
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// A page with its view state is a few hundred kilobytes.
const LIMIT: usize = 2 * 1024 * 1024;
/// Bytes of cookies sent back.
const MOST_COOKIES: usize = 4 * 1024;
/// The hidden fields of a form that is sent back.
const HIDDEN: [&str; 4] =
    ["__VIEWSTATE", "__VIEWSTATEGENERATOR", "__EVENTVALIDATION", "__VIEWSTATEENCRYPTED"];
const NO_CAPTCHA: &str = "the page asks for a captcha; use an account's own wire instead";

/// The page.
#[derive(Debug, Clone)]
pub(super) struct PublicPage {
    http: EffectClient,
    endpoint: Endpoint,
}

impl PublicPage {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        PublicPage { http, endpoint: Endpoint::new(config, "YAM_URL_IRAN_POST_TRACKING") }
    }

    /// Asks for a parcel: one call where the first page tells already, else two.
    pub(super) async fn track(&self, code: &WaybillNumber, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
        let deadline = Deadline::after(CALL);
        let first = match self.get(Some(code), deadline).await {
            Ok(answer) => answer,
            Err(failure) => return TrackOutcome::Failed(failure.to_string()),
        };
        let page = match read(&first) {
            Ok(page) => page,
            Err(outcome) => return outcome,
        };
        if page.rows > 0 {
            return timeline(page, asked_at);
        }
        if page.field("__VIEWSTATE").is_none() {
            return no_timeline(&page, &first);
        }
        match self.post(code, &page, &first.headers, deadline).await {
            Ok(answer) => verdict(&answer, asked_at),
            Err(failure) => TrackOutcome::Failed(failure.to_string()),
        }
    }

    /// Whether the page and its form are there.
    pub(super) async fn probe(&self) -> (bool, String) {
        match self.get(None, Deadline::after(CALL)).await {
            Ok(answer) => match read::<Snapshot>(&answer) {
                Ok(page) if page.field("__VIEWSTATE").is_some() => {
                    (true, outline(&answer, "the search form"))
                }
                Ok(_) => (false, outline(&answer, "no search form")),
                Err(outcome) => (false, outcome.describe()),
            },
            Err(failure) => (false, failure.to_string()),
        }
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    fn url(&self, code: Option<&WaybillNumber>) -> Result<Url, SendFailure> {
        let mut url = self.endpoint.join("search.aspx")?;
        url.set_query(code.map(|code| format!("id={code}")).as_deref());
        Ok(url)
    }

    async fn get(&self, code: Option<&WaybillNumber>, deadline: Deadline) -> Result<Answer, SendFailure> {
        let call = Outbound {
            system: SYSTEM,
            operation: "form",
            method: Method::GET,
            url: self.url(code)?,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            limits: deadline.limits_for(LIMIT)?,
        };
        self.http.send(call).await
    }

    async fn post(
        &self,
        code: &WaybillNumber,
        page: &Document,
        first: &HeaderMap,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM)]);
        if let Some(cookies) = cookies(first) {
            headers.insert(COOKIE, cookies);
        }
        let call = Outbound {
            system: SYSTEM,
            operation: "search",
            method: Method::POST,
            url: self.url(Some(code))?,
            headers,
            body: form(page, code).into(),
            limits: deadline.limits_for(LIMIT)?,
        };
        self.http.send(call).await
    }
}

/// The form as a browser would send it back, with the code and without a captcha.
fn form(page: &Document, code: &WaybillNumber) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("__EVENTTARGET", "btnSearch")
        .append_pair("__EVENTARGUMENT", "")
        .append_pair("__LASTFOCUS", "");
    for name in HIDDEN {
        if let Some(value) = page.field(name) {
            form.append_pair(name, value);
        }
    }
    form.append_pair("txtbSearch", code.as_str());
    for empty in ["CustomerMob", "txtVoteReason", "txtVoteTel", "txtCaptcha"] {
        form.append_pair(empty, "");
    }
    form.finish()
}

/// The session's cookies, to be sent back.
fn cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let pair = |value: &HeaderValue| {
        let pair = value.to_str().ok()?.split(';').next()?.trim();
        pair.contains('=').then(|| pair.to_owned())
    };
    let pairs: Vec<String> = headers.get_all(SET_COOKIE).iter().filter_map(pair).collect();
    let cookies = pairs.join("; ");
    if cookies.is_empty() || cookies.len() > MOST_COOKIES {
        return None;
    }
    HeaderValue::from_str(&cookies).ok()
}

fn read<T>(answer: &Answer) -> Result<Document, TrackOutcome<T>> {
    if let Some(outcome) = by_status(answer) {
        return Err(outcome);
    }
    if !answer.complete || !answer.status.is_success() {
        return Err(TrackOutcome::Failed(outline(answer, "no whole page")));
    }
    Ok(Document::read(&String::from_utf8_lossy(&answer.body)))
}

/// What the page says that came for the form.
#[must_use]
pub fn verdict(answer: &Answer, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
    match read(answer) {
        Ok(page) if page.rows > 0 => timeline(page, asked_at),
        Ok(page) => no_timeline(&page, answer),
        Err(outcome) => outcome,
    }
}

fn timeline(mut page: Document, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
    let destination = page.destination.take();
    page.scans().outcome(asked_at).map(|snapshot| Snapshot { destination, ..snapshot })
}

/// Why there is none. Only the page's own words make it "not found": an empty result is a refused captcha,
/// and a page without any of this has changed.
fn no_timeline(page: &Document, answer: &Answer) -> TrackOutcome<Snapshot> {
    let blocked = ["captcha", "blocked", "403", "forbidden"].iter().any(|word| page.title.contains(word));
    if blocked {
        return TrackOutcome::Failed(outline(answer, "the page is blocked"));
    }
    if page.text.contains("یافت نشد") {
        return TrackOutcome::NotFound;
    }
    if page.text.contains("کد امنیتی") || page.text.contains("کپچا") || (page.has_result && !page.result_says)
    {
        return TrackOutcome::Failed(outline(answer, NO_CAPTCHA));
    }
    if !page.has_result && !page.alert.is_empty() {
        return TrackOutcome::NotFound;
    }
    unreadable(answer, "a page without a timeline")
}
