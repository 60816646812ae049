//! What an answer is before anything is read in it, and total readers of JSON.

use serde_json::Value;
use yam_platform::http::{Answer, SendFailure};

use crate::errors::{error, outline, unanswered};
use crate::outcome::{CallOutcome, RefusalKind};

/// A whole answer below 500; everything else has its class already. A cut, garbled or moved answer, and
/// whatever a gateway or a proxy says with 5xx, proves nothing (reliability notes, section 1).
pub(crate) fn whole<T>(result: Result<Answer, SendFailure>) -> Result<Answer, CallOutcome<T>> {
    let answer = result.map_err(unanswered)?;
    let status = answer.status;
    if !answer.complete {
        return Err(CallOutcome::Unknown(outline(&answer, "a cut answer")));
    }
    if status.as_u16() == 429 {
        let retry_after = answer.retry_after();
        let error = error(429, "", "too many requests", RefusalKind::Other);
        return Err(CallOutcome::Busy { retry_after, error });
    }
    if !(status.is_success() || status.is_client_error()) || status.as_u16() == 408 {
        return Err(CallOutcome::Unknown(outline(&answer, "no answer of the gateway")));
    }
    Ok(answer)
}

/// The JSON object of a whole answer.
pub(crate) fn object<T>(result: Result<Answer, SendFailure>) -> Result<(Answer, Value), CallOutcome<T>> {
    let answer = whole(result)?;
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(value) if value.is_object() => Ok((answer, value)),
        _ => Err(CallOutcome::Unknown(outline(&answer, "no JSON object"))),
    }
}

/// A number, or a text that is one. Fractions of nothing but zeros are taken.
pub(crate) fn integer(value: Option<&Value>) -> Option<i64> {
    let text = match value? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.bytes().any(|b| b != b'0') {
        return None;
    }
    whole.parse().ok()
}

/// A text, or a number as text; empty counts as none.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::answer;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_proves_nothing_is_unknown() {
        for status in [301, 302, 307, 408, 500, 502, 503, 504] {
            let got = object::<()>(Ok(answer(status, "{\"code\":100}")));
            assert!(matches!(got, Err(CallOutcome::Unknown(_))), "{status}");
        }
        for body in ["", "<html></html>", "[]", "1", "{\"a\":"] {
            let got = object::<()>(Ok(answer(200, body)));
            assert!(matches!(got, Err(CallOutcome::Unknown(_))), "{body}");
        }
        let cut = Answer { complete: false, ..answer(200, "{}") };
        assert!(matches!(object::<()>(Ok(cut)), Err(CallOutcome::Unknown(_))));
        assert!(matches!(object::<()>(Ok(answer(429, "{}"))), Err(CallOutcome::Busy { .. })));
        let refused = Err(SendFailure::NotSent("connection refused".into()));
        assert!(matches!(object::<()>(refused), Err(CallOutcome::NotSent(_))));
        let lost = Err(SendFailure::NoAnswer("time-out".into()));
        assert!(matches!(object::<()>(lost), Err(CallOutcome::Unknown(_))));
    }

    #[test]
    fn numbers_come_in_two_spellings() {
        assert_eq!(integer(Some(&json!(100))), Some(100));
        assert_eq!(integer(Some(&json!("-51"))), Some(-51));
        assert_eq!(integer(Some(&json!(250_000.0))), Some(250_000));
        assert_eq!(integer(Some(&json!(1.5))), None);
        assert_eq!(integer(Some(&json!("1e3"))), None);
        assert_eq!(integer(None), None);
        assert_eq!(text(Some(&json!(1_533_727_744_287_i64))), Some("1533727744287".into()));
        assert_eq!(text(Some(&json!(""))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".*") {
            let _read = integer(Some(&json!(text)));
        }
    }
}
