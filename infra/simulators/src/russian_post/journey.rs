//! Journeys in the operator's codes.

use super::offices::NETWORK;
use super::operation::Operation;
use crate::journey::{Ends, Happening, Step};

/// International numbers of other countries come from abroad.
pub(super) fn ends(code: &str) -> Ends {
    Ends { from_abroad: code.len() == 13 && !code.ends_with("RU"), ..Ends::default() }
}

/// What the operator writes down at a step.
pub(super) fn operation(step: &Step, code: &str) -> Operation {
    let (kind, attr) = codes(step.happening);
    let office = NETWORK.office(step.place);
    let description = Some(office.name.to_owned());
    let mut operation = Operation { kind, attr, index: office.code.to_owned(), description, barcode: None };
    // A domestic number begins with the index of its first office, unless that is a virtual one.
    let first = code.get(..6).filter(|index| code.len() == 14 && !index.starts_with('8'));
    if let (Some(index), Happening::Registered | Happening::Accepted | Happening::LeftOrigin) =
        (first, step.happening)
    {
        index.clone_into(&mut operation.index);
        operation.description = None;
    }
    operation
}

fn codes(happening: Happening) -> (u16, u16) {
    match happening {
        Happening::Registered => (28, 0),
        Happening::Accepted => (1, 2),
        Happening::LeftOrigin => (8, 1),
        Happening::ReachedCentre | Happening::ReachedRegion => (8, 3),
        Happening::LeftCentre | Happening::ReturnReachedCentre => (8, 4),
        Happening::Exported => (10, 0),
        Happening::Imported => (9, 0),
        Happening::AtCustoms => (11, 0),
        Happening::Released => (14, 1),
        Happening::Arrived | Happening::ReturnArrived => (8, 2),
        Happening::OutForDelivery => (8, 15),
        Happening::Missed => (12, 1),
        Happening::MissedAgain => (42, 1),
        Happening::Kept => (8, 19),
        Happening::StorageEndsInFiveDays => (8, 28),
        Happening::StorageEndsTomorrow => (8, 42),
        Happening::StorageEnded => (8, 40),
        Happening::Delivered => (2, 8),
        Happening::Collected => (2, 1),
        Happening::SentBackUncollected => (3, 1),
        Happening::SentBackRefused => (3, 4),
        Happening::ReturnLeft => (8, 20),
        Happening::Returned => (2, 2),
        Happening::Lost => (18, 0),
    }
}
