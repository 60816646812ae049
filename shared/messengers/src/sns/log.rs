//! SNS pushes no receipts: the truth about a message stands in its delivery log, up to 72 hours late
//! (notification notes, section 4.2). A subscription to that log brings its records here.

use jiff::Timestamp;
use serde_json::Value;
use yam_domain::money::Currency;

use super::codes;
use crate::answer::{count, is_id, text};
use crate::cost::Cost;
use crate::receipt::{LARGEST_BODY, Receipt, ReceiptError};
use crate::status::{DeliveryState, Status};

/// Reads one record of the delivery log.
///
/// # Errors
/// [`ReceiptError::Unreadable`] when it is none.
pub fn record(record: &[u8]) -> Result<Receipt, ReceiptError> {
    if record.len() > LARGEST_BODY {
        return Err(ReceiptError::Unreadable);
    }
    let value: Value = serde_json::from_slice(record).map_err(|_| ReceiptError::Unreadable)?;
    let provider_id = text(value.pointer("/notification/messageId")).filter(|id| is_id(id));
    let provider_id = provider_id.ok_or(ReceiptError::Unreadable)?;
    let response = text(value.pointer("/delivery/providerResponse")).unwrap_or_default();
    let status = match text(value.get("status")).as_deref() {
        Some("SUCCESS") => {
            Status::new(DeliveryState::Delivered, None, "SUCCESS", "accepted by the operator or the phone")
        }
        Some("FAILURE") => {
            let (state, cause) = codes::failure(&response);
            let words = yam_domain::text::clean(&response).chars().take(200).collect::<String>();
            Status::new(state, Some(cause), "FAILURE", words)
        }
        _ => return Err(ReceiptError::Unreadable),
    };
    let status = Status {
        at: text(value.pointer("/notification/timestamp")).and_then(|at| instant(&at)),
        cost: Cost::read(value.pointer("/delivery/priceInUSD"), Currency::Usd),
        segments: count(value.pointer("/delivery/numberOfMessageParts")),
        ..status
    };
    Ok(Receipt { provider_id, key: None, status, recipients: Vec::new() })
}

/// `2016-06-28 00:40:34.558`, in UTC.
fn instant(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(' ')?;
    format!("{date}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sns::codes::RESPONSES;
    use crate::status::Cause;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(status: &str, response: &str) -> Result<Receipt, ReceiptError> {
        let made = json!({"notification": {"messageId": "5d0c9f4e-0000-5000-8000-000000000001",
            "timestamp": "2026-11-23 07:05:03.558"}, "status": status,
            "delivery": {"providerResponse": response, "priceInUSD": 0.00645, "numberOfMessageParts": 1}});
        record(made.to_string().as_bytes())
    }

    #[test]
    fn every_response_has_its_state() {
        let done = read("SUCCESS", "Message has been accepted by phone carrier").unwrap();
        assert_eq!(done.status.state, DeliveryState::Delivered);
        assert_eq!(done.status.cost.map(|cost| cost.micros), Some(6_450));
        assert_eq!(done.status.at, "2026-11-23T07:05:03.558Z".parse().ok());
        for (part, state, cause) in RESPONSES {
            let told = read("FAILURE", &format!("The {}.", part.to_uppercase())).unwrap().status;
            assert_eq!((told.state, told.cause), (*state, Some(*cause)), "{part}");
        }
        let odd = read("FAILURE", "Unknown error").unwrap().status;
        assert_eq!((odd.state, odd.cause), (DeliveryState::Undelivered, Some(Cause::Other)));
        assert_eq!(read("PERHAPS", ""), Err(ReceiptError::Unreadable));
    }

    proptest! {
        #[test]
        fn any_record_is_read_without_harm(text in ".{0,80}") {
            let _read = (record(text.as_bytes()), read(&text, &text), instant(&text));
        }
    }
}
