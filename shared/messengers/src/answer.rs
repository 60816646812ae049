//! What an answer is before anything is read in it, and total readers of JSON.

use jiff::Timestamp;
use serde_json::Value;
use yam_platform::http::{Answer, SendFailure};

use crate::errors::{error, outline, unanswered};
use crate::outcome::{CallOutcome, RefusalKind};

/// A whole answer below 500; everything else has its class already. A cut, garbled or moved answer, and
/// whatever a provider or a proxy says with 5xx, proves nothing (reliability notes, section 1).
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
        return Err(CallOutcome::Unknown(outline(&answer, "no answer of the provider")));
    }
    Ok(answer)
}

/// The JSON value of a whole answer, an object or an array.
pub(crate) fn json<T>(result: Result<Answer, SendFailure>) -> Result<(Answer, Value), CallOutcome<T>> {
    let answer = whole(result)?;
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(value) if value.is_object() || value.is_array() => Ok((answer, value)),
        _ => Err(CallOutcome::Unknown(outline(&answer, "no JSON in the answer"))),
    }
}

/// A number, or a text that is one. Fractions of nothing but zeros are taken.
pub(crate) fn integer(value: Option<&Value>) -> Option<i64> {
    let text = text(value)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.bytes().any(|b| b != b'0') {
        return None;
    }
    whole.parse().ok()
}

/// A count that is not negative.
pub(crate) fn count(value: Option<&Value>) -> Option<u32> {
    integer(value).and_then(|n| u32::try_from(n).ok())
}

/// A text, or a number as text; empty counts as none.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A provider's id of a message: short, printable, without blanks. Anything else is no id.
pub(crate) fn id(value: Option<&Value>) -> Option<String> {
    text(value).filter(|id| is_id(id))
}

/// Whether a text can be a provider's id.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Seconds since 1970; zero and less count as none.
pub(crate) fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    integer(value).filter(|s| *s > 0).and_then(|s| Timestamp::from_second(s).ok())
}

/// An instant of ISO 8601 with its offset.
pub(crate) fn instant(value: Option<&Value>) -> Option<Timestamp> {
    text(value).and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::answer;
    use proptest::prelude::*;
    use serde_json::json as made;

    #[test]
    fn what_proves_nothing_is_unknown() {
        for status in [301, 302, 307, 408, 500, 502, 503, 504] {
            let got = json::<()>(Ok(answer(status, "{\"id\":100}")));
            assert!(matches!(got, Err(CallOutcome::Unknown(_))), "{status}");
        }
        for body in ["", "<html></html>", "1", "{\"a\":"] {
            assert!(matches!(json::<()>(Ok(answer(200, body))), Err(CallOutcome::Unknown(_))), "{body}");
        }
        let cut = Answer { complete: false, ..answer(200, "{}") };
        assert!(matches!(json::<()>(Ok(cut)), Err(CallOutcome::Unknown(_))));
        assert!(matches!(json::<()>(Ok(answer(429, "{}"))), Err(CallOutcome::Busy { .. })));
        let closed = Err(SendFailure::NotSent("connection refused".into()));
        assert!(matches!(json::<()>(closed), Err(CallOutcome::NotSent(_))));
        let lost = Err(SendFailure::NoAnswer("time-out".into()));
        assert!(matches!(json::<()>(lost), Err(CallOutcome::Unknown(_))));
    }

    #[test]
    fn numbers_come_in_two_spellings() {
        assert_eq!(integer(Some(&made!(100))), Some(100));
        assert_eq!(integer(Some(&made!("-51"))), Some(-51));
        assert_eq!(integer(Some(&made!(1.5))), None);
        assert_eq!((count(Some(&made!("2"))), count(Some(&made!(-2)))), (Some(2), None));
        assert_eq!(id(Some(&made!(8_792_001))).as_deref(), Some("8792001"));
        assert_eq!((id(Some(&made!("a b"))), id(Some(&made!("")))), (None, None));
        assert_eq!(seconds(Some(&made!(0))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".*") {
            let value = made!(text);
            let _read = (integer(Some(&value)), seconds(Some(&value)), instant(Some(&value)), id(Some(&value)));
        }
    }
}
