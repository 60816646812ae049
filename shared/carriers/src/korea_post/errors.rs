//! What Korea Post's errors mean (protocol notes, sections 1, 5.1 and 5.2).

use yam_platform::http::Answer;

use crate::errors::{error, outline};
use crate::outcome::RefusalKind;
use crate::tracker::{PATIENCE, TrackOutcome, no_document, words};

/// A gateway of the public-data portal: `returnReasonCode` with its words. None when all is well.
pub(super) fn gateway<T>(code: &str, told: &str) -> Option<TrackOutcome<T>> {
    let denied = |meaning| TrackOutcome::Denied(error(code, told, meaning, RefusalKind::Credentials));
    let described = || format!("gateway error {}: {}", words(code), words(told));
    // Codes are told with and without a leading zero.
    match code.trim().trim_start_matches('0') {
        "" => None,
        "20" => Some(denied("the key is not allowed to use this service")),
        "22" => Some(TrackOutcome::Quota { words: described() }),
        "30" => Some(denied("the key is not registered for this service")),
        "31" => Some(denied("the key has expired")),
        "32" => Some(denied("the key may not be used from this address")),
        _ => Some(TrackOutcome::Failed(described())),
    }
}

/// An error of the KpostPortal.
pub(super) fn portal<T>(code: &str, told: &str) -> TrackOutcome<T> {
    let described = || format!("{} {}", words(code), words(told)).trim_end().to_owned();
    match code.trim() {
        "ERR-001" => TrackOutcome::NotFound,
        "ERR-123" => {
            let meaning = "the key is unknown or not enabled for tracking";
            TrackOutcome::Denied(error(code.trim(), told, meaning, RefusalKind::Credentials))
        }
        "ERR-125" | "ERR-321" => TrackOutcome::BadCode(described()),
        "ERR-131" => TrackOutcome::NotYet { retry_after: PATIENCE },
        _ => TrackOutcome::Failed(described()),
    }
}

/// `successYN` is N without a gateway's code. Its words are not written down anywhere, so they are read by
/// what Korean services say: a key, a wrong number, a limit, nothing there. What fits none is a failed call.
pub(super) fn unsuccessful<T>(told: &str) -> TrackOutcome<T> {
    let has = |any: &[&str]| any.iter().any(|part| told.contains(part));
    if has(&["인증키", "서비스키", "ServiceKey"]) {
        TrackOutcome::Denied(error("N", told, "", RefusalKind::Credentials))
    } else if has(&["자리", "형식", "올바르지", "유효하지"]) {
        TrackOutcome::BadCode(words(told))
    } else if has(&["초과"]) {
        TrackOutcome::Quota { words: words(told) }
    } else if has(&["없습니다", "없음", "존재하지", "ERR-001"]) {
        TrackOutcome::NotFound
    } else {
        TrackOutcome::Failed(format!("the service says no: {}", words(told)))
    }
}

/// An answer that is no XML: as elsewhere, and anything that is not markup is maintenance here (section 1).
pub(super) fn no_xml<T>(answer: &Answer) -> Option<TrackOutcome<T>> {
    let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body).trim_ascii_start();
    let markup = body.starts_with(b"<");
    no_document(answer)
        .or_else(|| (!markup).then(|| TrackOutcome::Maintenance(outline(answer, "no XML in the answer"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_codes_are_what_the_table_says() {
        for code in ["20", "30", "31", "32", "030"] {
            assert!(matches!(gateway::<()>(code, "X_ERROR"), Some(TrackOutcome::Denied(_))), "{code}");
        }
        assert!(matches!(gateway::<()>("22", "LIMITED_NUMBER"), Some(TrackOutcome::Quota { .. })));
        for code in ["1", "01", "10", "12", "99", "x"] {
            assert!(matches!(gateway::<()>(code, ""), Some(TrackOutcome::Failed(_))), "{code}");
        }
        for code in ["", "0", "00"] {
            assert_eq!(gateway::<()>(code, "NORMAL"), None);
        }
    }

    #[test]
    fn portal_codes_are_what_the_table_says() {
        assert_eq!(portal::<()>("ERR-001", "조회결과가 없습니다"), TrackOutcome::NotFound);
        assert!(matches!(portal::<()>("ERR-123", ""), TrackOutcome::Denied(_)));
        assert!(matches!(portal::<()>("ERR-125", ""), TrackOutcome::BadCode(_)));
        assert!(matches!(portal::<()>("ERR-131", ""), TrackOutcome::NotYet { .. }));
        assert!(matches!(portal::<()>("ERR-321", ""), TrackOutcome::BadCode(_)));
        assert!(matches!(portal::<()>("ERR-999", ""), TrackOutcome::Failed(_)));
    }

    #[test]
    fn unsuccessful_answers_are_read_by_their_words() {
        assert_eq!(unsuccessful::<()>("조회된 데이터가 없습니다."), TrackOutcome::NotFound);
        assert!(matches!(unsuccessful::<()>("등록되지 않은 인증키입니다."), TrackOutcome::Denied(_)));
        assert!(matches!(unsuccessful::<()>("등기번호는 13자리입니다."), TrackOutcome::BadCode(_)));
        assert!(matches!(unsuccessful::<()>("일일 조회 건수를 초과하였습니다."), TrackOutcome::Quota { .. }));
        assert!(matches!(unsuccessful::<()>(""), TrackOutcome::Failed(_)));
    }
}
