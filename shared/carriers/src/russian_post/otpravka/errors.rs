//! What Otpravka's refusals mean (protocol notes, section 4.6): five shapes, one reading.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use yam_platform::http::Answer;

use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, OperatorError, RefusalKind};
use crate::russian_post::zones::MOSCOW;

/// The operator's status for a spent daily quota; not one of HTTP's own.
const QUOTA: u16 = 509;

/// A whole JSON answer of a call that was carried out, or how the call ended instead.
///
/// 401 and 403 stop the account, not the parcel: nothing was done, so it waits. 509 waits for midnight in
/// Moscow. A status between 400 and 499 with the service's own code is a definite no; all else proves
/// nothing.
pub(super) fn answered<T>(answer: &Answer, now: Timestamp) -> Result<Value, CallOutcome<T>> {
    let status = answer.status;
    let body = || serde_json::from_slice::<Value>(&answer.body).ok().filter(|_| answer.complete);
    let busy = |kind, retry_after, meaning: &str| {
        let told = body().map(|body| told(&body)).unwrap_or_default();
        Err(CallOutcome::Busy { retry_after, error: error(status.as_u16(), &told, meaning, kind) })
    };
    match status {
        StatusCode::UNAUTHORIZED => busy(
            RefusalKind::Credentials,
            None,
            "Russian Post does not take the access token or the login; check the account",
        ),
        StatusCode::FORBIDDEN => busy(
            RefusalKind::Credentials,
            None,
            "Russian Post does not let this account, or this address, in; check the account and the proxy",
        ),
        StatusCode::TOO_MANY_REQUESTS => {
            busy(RefusalKind::Other, answer.retry_after(), "Russian Post asks for patience")
        }
        status if status.as_u16() == QUOTA => busy(
            RefusalKind::Other,
            Some(until_midnight(now)),
            "the account's calls of today are spent; they are there again at midnight in Moscow",
        ),
        status if status.is_success() => {
            body().ok_or_else(|| CallOutcome::Unknown(outline(answer, "no whole JSON answer")))
        }
        status if status.is_client_error() => match body().as_ref().and_then(own_error) {
            Some(refused) => Err(CallOutcome::Refused(refused)),
            None => Err(CallOutcome::Unknown(outline(answer, "no success"))),
        },
        _ => Err(CallOutcome::Unknown(outline(answer, "no success"))),
    }
}

/// Until the operator's next day begins.
fn until_midnight(now: Timestamp) -> SignedDuration {
    let tomorrow = MOSCOW.to_datetime(now).date().tomorrow();
    let midnight =
        tomorrow.and_then(|day| MOSCOW.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())));
    midnight.map_or(SignedDuration::from_hours(24), |midnight| midnight.duration_since(now))
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn told(body: &Value) -> String {
    let names = ["desc", "description", "error-description", "message"];
    names.iter().find_map(|name| text(body, name)).unwrap_or_default().to_owned()
}

/// `{"code","desc"|"description","sub-code"?}` or `{"error-code","error-description"?}`.
pub(super) fn own_error(body: &Value) -> Option<OperatorError> {
    let code = text(body, "sub-code").or_else(|| text(body, "code")).or_else(|| text(body, "error-code"))?;
    Some(refusal(code, &told(body)))
}

/// Entries of `errors` with their position, in every shape: with a list of `error-codes`, or with the code
/// beside the position.
pub(super) fn entries(body: &Value) -> Vec<(usize, OperatorError)> {
    let entries = body.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let position = |entry: &Value| {
        entry.get("position").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
    };
    let code = |entry: &Value| match entry.get("error-codes").and_then(Value::as_array) {
        Some(codes) => codes.iter().find_map(|code| match code {
            Value::String(code) => Some(refusal(code, "")),
            code => own_error(code),
        }),
        None => own_error(entry),
    };
    let unnamed = || refusal("UNDEFINED", "");
    entries.iter().map(|entry| (position(entry), code(entry).unwrap_or_else(unnamed))).collect()
}

/// A code with what a merchant can do.
pub(super) fn refusal(code: &str, told: &str) -> OperatorError {
    let (kind, meaning) = reading(code);
    error(code, told, meaning, kind)
}

fn reading(code: &str) -> (RefusalKind, &'static str) {
    let ends = |part: &str| code.ends_with(part);
    let has = |part: &str| code.contains(part);
    match code {
        "RESTRICTED_MAIL_CATEGORY" => (
            RefusalKind::CodNotSupported,
            "the account may not collect money: register an ESPP number in Otpravka's settings",
        ),
        "NOT_INSURED_PAYMENT" => (RefusalKind::Goods, "what is collected is above the declared value"),
        "INSR_VALUE_EXCEEDS_MAX" => (RefusalKind::Goods, "the declared value is above the service's maximum"),
        "1024" => (RefusalKind::AccountInactive, "the online balance is too low"),
        "OFFLINE_BALANCE_FORBIDDEN" => (
            RefusalKind::AccountInactive,
            "the account pays from its online balance; switch online_balance on",
        ),
        "TARIFF_ERROR" => (RefusalKind::Service, "no tariff for this service on this route"),
        "CODE_1372" | "NO_AVAILABLE_POSTOFFICES" => {
            (RefusalKind::City, "Russian Post does not carry this there")
        }
        "BARCODE_ERROR" => (RefusalKind::Other, "no barcode could be issued; try again later"),
        "UNAVAILABLE_MAIL_TYPE" => (RefusalKind::Service, "the contract does not have this service"),
        "READONLY_STATE" | "ALL_SHIPMENTS_SENT" | "DELIVERY_IN_PROGRESS" => {
            (RefusalKind::State, "too late: the batch is at the post")
        }
        "PAST_DUE_DATE" => (RefusalKind::State, "the sending day has passed"),
        "NOT_FOUND" | "RESOURCE_NOT_FOUND" => (RefusalKind::State, "Otpravka does not have it"),
        "ACCESS_VIOLATION" => (RefusalKind::AccountInactive, "it belongs to another account"),
        "EMPTY_TELADDRESS" => (RefusalKind::Consignee, "the receiver's phone is missing"),
        "ILLEGAL_MASS_EXCESS" => (RefusalKind::Weight, "too heavy for this service"),
        _ if ends("INDEX_TO") => (RefusalKind::PostalCode, "the receiver's index is not right"),
        _ if ends("POSTOFFICE_CODE") || ends("_POSTCODE") => {
            (RefusalKind::AccountInactive, "the office parcels are handed in at is not one of the contract's")
        }
        _ if has("REGION_TO")
            || has("PLACE_TO")
            || has("STREET_TO")
            || has("ADDRESS")
            || has("NUM_ADDRESS") =>
        {
            (RefusalKind::Consignee, "the receiver's address is not right")
        }
        _ if has("INITIALS") || has("RECIPIENT_NAME") => {
            (RefusalKind::Consignee, "the receiver's name is not right")
        }
        _ if ends("MASS") => (RefusalKind::Weight, "the weight is not right"),
        _ if has("DIMENSION") || has("OVERSIZE") => (RefusalKind::Size, "the size is not right"),
        _ if ends("INSR_VALUE") || ends("_PAYMENT") => (RefusalKind::Goods, "an amount is not right"),
        _ if has("MAIL_TYPE") || has("MAIL_CATEGORY") || has("TRANSPORT_TYPE") || has("POSTMARK") => {
            (RefusalKind::Service, "the service is not right for this parcel")
        }
        _ => (RefusalKind::Other, "Otpravka refuses it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use serde_json::json;

    fn end(status: u16, body: &str) -> &'static str {
        end_of(status, body, true)
    }

    fn end_of(status: u16, body: &str, complete: bool) -> &'static str {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
            complete,
        };
        match answered::<()>(&answer, Timestamp::UNIX_EPOCH) {
            Ok(_) => "read",
            Err(CallOutcome::Busy { error, .. }) if error.kind == RefusalKind::Credentials => "stop",
            Err(CallOutcome::Busy { .. }) => "busy",
            Err(CallOutcome::Refused(_)) => "refused",
            Err(CallOutcome::Unknown(_)) => "unknown",
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn statuses_are_what_the_notes_say() {
        let own = r#"{"code":"1001","desc":"Instance not found","sub-code":"RESOURCE_NOT_FOUND"}"#;
        for (status, body, expected) in [
            (200, "{}", "read"),
            (200, "[]", "read"),
            (200, "<html></html>", "unknown"),
            (200, "", "unknown"),
            (401, "", "stop"),
            (403, "<html></html>", "stop"),
            (429, "", "busy"),
            (509, "quota", "busy"),
            (404, own, "refused"),
            (400, r#"{"code":"1024","desc":"Requested 82674 but available 0"}"#, "refused"),
            (404, "<html></html>", "unknown"),
            (500, r#"{"code":"1002","desc":"x","sub-code":"INTERNAL_ERROR"}"#, "unknown"),
            (502, "", "unknown"),
            (307, "", "unknown"),
        ] {
            assert_eq!(end(status, body), expected, "{status} {body}");
        }
    }

    /// Fault schedule F2: the answer cut at every byte, whether the cut is seen or not.
    #[test]
    fn a_cut_answer_proves_nothing() {
        let order = r#"{"orders":[{"barcode":"10100007000014","order-num":"p-1-1","result-id":123456789}]}"#;
        let refusal = r#"{"code":"1001","desc":"Instance not found","sub-code":"RESOURCE_NOT_FOUND"}"#;
        for (status, body) in [(200, order), (404, refusal)] {
            for at in 0..body.len() {
                for complete in [true, false] {
                    assert_eq!(end_of(status, &body[..at], complete), "unknown", "{status} {at} {complete}");
                }
            }
            assert_eq!(end_of(status, body, false), "unknown", "{status}: more may have followed");
        }
    }

    #[test]
    fn a_spent_quota_waits_for_midnight_in_moscow() {
        let wait = |at: &str| until_midnight(at.parse().unwrap());
        assert_eq!(wait("2025-03-14T20:59:00Z"), SignedDuration::from_mins(1));
        assert_eq!(wait("2025-03-14T21:00:00Z"), SignedDuration::from_hours(24));
    }

    #[test]
    fn entries_are_read_in_every_shape() {
        let code = |body: Value| entries(&body).into_iter().map(|(at, e)| (at, e.code)).collect::<Vec<_>>();
        let nested =
            json!({"errors":[{"position":1,"error-codes":[{"code":"EMPTY_INDEX_TO","description":"x"}]}]});
        assert_eq!(code(nested), [(1, "EMPTY_INDEX_TO".to_owned())]);
        let flat = json!({"errors":[{"error-code":"NOT_FOUND","error-description":"x","position":0}]});
        assert_eq!(code(flat), [(0, "NOT_FOUND".to_owned())]);
        let returns = json!({"errors":[{"code":"X","description":"y"}]});
        assert_eq!(code(returns), [(0, "X".to_owned())]);
        assert_eq!(
            code(json!({"errors":[{"position":0,"error-codes":["EMPTY_MASS"]}]})),
            [(0, "EMPTY_MASS".into())]
        );
        assert_eq!(code(json!({"errors":[{}]})), [(0, "UNDEFINED".to_owned())]);
        assert!(code(json!({"errors": null})).is_empty());
    }

    #[test]
    fn codes_say_whose_affair_they_are() {
        for (code, kind) in [
            ("EMPTY_INDEX_TO", RefusalKind::PostalCode),
            ("ILLEGAL_INDEX_TO", RefusalKind::PostalCode),
            ("EMPTY_PLACE_TO", RefusalKind::Consignee),
            ("ILLEGAL_ADDRESS_LETTER", RefusalKind::Consignee),
            ("ILLEGAL_INITIALS", RefusalKind::Consignee),
            ("ILLEGAL_MASS", RefusalKind::Weight),
            ("ILLEGAL_MASS_EXCESS", RefusalKind::Weight),
            ("EMPTY_DIMENSION_TYPE", RefusalKind::Size),
            ("EMPTY_INSR_VALUE", RefusalKind::Goods),
            ("NOT_INSURED_PAYMENT", RefusalKind::Goods),
            ("RESTRICTED_MAIL_CATEGORY", RefusalKind::CodNotSupported),
            ("ILLEGAL_MAIL_TYPE", RefusalKind::Service),
            ("EMPTY_POSTOFFICE_CODE", RefusalKind::AccountInactive),
            ("READONLY_STATE", RefusalKind::State),
            ("SOMETHING_NEW", RefusalKind::Other),
        ] {
            assert_eq!(refusal(code, "").kind, kind, "{code}");
        }
    }
}
