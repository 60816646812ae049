//! What all services show while the operator works on its machines (section 1).

use http::StatusCode;

use crate::pipeline::Answer;

/// Not 503: that is what the operator really sends.
pub(super) fn page() -> Answer {
    let page = "<!DOCTYPE html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><title>작업 안내</title></head>\
                <body><h1>시스템 작업 안내</h1><p>작업 중에는 서비스를 이용하실 수 없습니다.</p></body></html>\n";
    Answer { status: StatusCode::NOT_FOUND, content_type: "text/html; charset=utf-8", body: page.into() }
}
