//! Answers that are no answer: pages for people, gateways in between, refused addresses.

use http::StatusCode;
use yam_platform::http::Answer;

use super::{PATIENCE, TrackOutcome};
use crate::errors::outline;

/// What an answer is that need not be read as a document of the wire; none when it is to be read.
///
/// The status alone says little: faults come with 500, maintenance pages with 404 or 200.
pub(crate) fn no_document<T>(answer: &Answer) -> Option<TrackOutcome<T>> {
    let page = || TrackOutcome::Maintenance(outline(answer, "no answer of the service, but a page"));
    by_status(answer).or_else(|| is_page(answer).then(page))
}

/// What the status line says for sure, whatever the wire.
pub(crate) fn by_status<T>(answer: &Answer) -> Option<TrackOutcome<T>> {
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => {
            Some(TrackOutcome::NotYet { retry_after: answer.retry_after().unwrap_or(PATIENCE) })
        }
        StatusCode::FORBIDDEN => {
            let seen = "the operator refuses this address; a proxy in its country may be needed";
            Some(TrackOutcome::Failed(outline(answer, seen)))
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Some(TrackOutcome::Maintenance(outline(answer, "the service is closed")))
        }
        status if status.is_redirection() => {
            Some(TrackOutcome::Failed(outline(answer, "a redirection, which is not followed")))
        }
        _ => None,
    }
}

/// An answer that was to be a document of the wire and is none. Only a whole answer of a service that says
/// all is well can have another shape; anything else is a failed call.
pub(crate) fn unreadable<T>(answer: &Answer, seen: &str) -> TrackOutcome<T> {
    if answer.complete && answer.status.is_success() {
        TrackOutcome::ShapeChanged(outline(answer, seen))
    } else {
        TrackOutcome::Failed(outline(answer, seen))
    }
}

/// A web page, or text that is not markup at all although it calls itself a page.
fn is_page(answer: &Answer) -> bool {
    let mut rest = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body).trim_ascii_start();
    if rest.starts_with(b"<?xml") {
        let end = rest.windows(2).position(|two| two == b"?>");
        rest = end.and_then(|end| rest.get(end + 2..)).unwrap_or(rest).trim_ascii_start();
    }
    let begins = |with: &[u8]| rest.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html") || (answer.media_type() == "text/html" && !begins(b"<"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, header};

    fn answer(status: u16, media: &'static str, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media))]),
            body: body.to_owned().into(),
            complete: true,
        }
    }

    fn kind(answer: &Answer) -> &'static str {
        match no_document::<()>(answer) {
            None => "read",
            Some(TrackOutcome::Maintenance(_)) => "maintenance",
            Some(TrackOutcome::NotYet { .. }) => "not yet",
            Some(TrackOutcome::Failed(_)) => "failed",
            Some(_) => "other",
        }
    }

    #[test]
    fn pages_are_maintenance_whatever_their_status() {
        for (status, media, body) in [
            (404, "text/html", "<html><head><title>작업 안내</title></head></html>"),
            (200, "text/html; charset=utf-8", "  <!DOCTYPE HTML PUBLIC '-//W3C//DTD'><html></html>"),
            (200, "text/xml", "\u{feff}<?xml version='1.0'?>\n<!DOCTYPE html><html/>"),
            (200, "text/html", "closed for the night"),
            (200, "text/html", ""),
            (503, "text/plain", "busy"),
            (502, "text/xml", "<a/>"),
        ] {
            assert_eq!(kind(&answer(status, media, body)), "maintenance", "{body}");
        }
    }

    #[test]
    fn a_failed_call_is_no_new_shape() {
        let mut answer = answer(200, "text/xml", "<a/>");
        assert!(matches!(unreadable::<()>(&answer, "x"), TrackOutcome::ShapeChanged(_)));
        answer.complete = false;
        assert!(matches!(unreadable::<()>(&answer, "x"), TrackOutcome::Failed(_)));
        answer.complete = true;
        answer.status = StatusCode::NOT_FOUND;
        assert!(matches!(unreadable::<()>(&answer, "x"), TrackOutcome::Failed(_)));
    }

    #[test]
    fn documents_are_read_whatever_they_call_themselves() {
        for (status, media, body) in [
            (200, "text/xml", "<?xml version='1.0'?><trace/>"),
            (500, "application/soap+xml", "<S:Envelope/>"),
            (200, "text/html", "<response/>"),
            (404, "text/xml", ""),
        ] {
            assert_eq!(kind(&answer(status, media, body)), "read", "{body}");
        }
        assert_eq!(kind(&answer(429, "text/plain", "")), "not yet");
        assert_eq!(kind(&answer(403, "text/html", "<html/>")), "failed");
        assert_eq!(kind(&answer(307, "text/html", "<html/>")), "failed");
    }
}
