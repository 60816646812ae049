//! Journeys in the operator's words.

use super::network::NETWORK;
use super::row::{ACCEPTED, DELIVERED, FAILED, Row};
use crate::journey::{Ends, Happening, Step};

/// International numbers of the country go abroad, others come from there.
pub(super) fn ends(code: &str) -> Ends {
    let international = code.len() == 13 && code.starts_with(|c: char| c.is_ascii_alphabetic());
    let own = code.ends_with("KR");
    Ends { from_abroad: international && !own, to_abroad: international && own, ..Ends::default() }
}

/// What the operator writes down at a step. Nothing of a number that is only given out, of storage
/// that ends, nor of a loss: there its records simply end.
pub(super) fn row(step: &Step) -> Option<Row> {
    let (status, detail) = match step.happening {
        Happening::Accepted => (ACCEPTED, None),
        Happening::LeftOrigin | Happening::LeftCentre => ("발송", None),
        Happening::ReachedCentre | Happening::ReachedRegion | Happening::Arrived => ("도착", None),
        Happening::Exported => ("발송준비", None),
        Happening::Imported => ("교환국 도착", None),
        Happening::AtCustoms => ("통관검사대기", None),
        Happening::Released => ("통관완료", None),
        Happening::OutForDelivery => ("배달준비", None),
        Happening::Missed | Happening::MissedAgain => (FAILED, Some("폐문부재")),
        Happening::Kept => ("우체국보관", None),
        Happening::Delivered | Happening::Collected => (DELIVERED, Some("본인")),
        Happening::SentBackUncollected => ("반송", Some("보관기간 경과")),
        Happening::SentBackRefused => ("반송", Some("수취거절")),
        Happening::ReturnLeft | Happening::ReturnReachedCentre | Happening::ReturnArrived => ("반송중", None),
        Happening::Returned => ("반송완료", None),
        Happening::Registered
        | Happening::StorageEndsInFiveDays
        | Happening::StorageEndsTomorrow
        | Happening::StorageEnded
        | Happening::Lost => return None,
    };
    Some(Row::new(status, detail, NETWORK.office(step.place).name))
}
