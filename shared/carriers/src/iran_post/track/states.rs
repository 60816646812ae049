//! Status codes of both account wires (protocol notes, sections 3.2, 4.2, 8 and 17.4). They tell the
//! present state without a time, so a scan happened when it was asked.

use jiff::Timestamp;
use yam_domain::tracking::{CodMoney, RawScan, Scan, Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;

use crate::iran_post::eshop::codes::GATEWAY_NOT_REACHED;
use crate::iran_post::rest::map::ParcelState;
use crate::outcome::{CallOutcome, RefusalKind};
use crate::tracker::{TrackOutcome, words};

/// The gateway's `ResCode` of a parcel it does not know.
pub(super) const UNKNOWN_PARCEL: &str = "21";

/// An EShop status; none for -1, which is a wrong login or an unknown parcel.
pub(super) fn of_eshop(answered: CallOutcome<i64>, asked_at: Timestamp) -> Option<TrackOutcome<Snapshot>> {
    match settled(answered) {
        Ok(-1) => None,
        Ok(-10) => Some(TrackOutcome::Maintenance(GATEWAY_NOT_REACHED.to_owned())),
        Ok(status) => Some(of_status(status, "", asked_at)),
        Err(other) => Some(other),
    }
}

/// What -1 was, by how a check of the login ended.
pub(super) fn of_doubt(checked: CallOutcome<()>) -> TrackOutcome<Snapshot> {
    match settled(checked) {
        Ok(()) => TrackOutcome::NotFound,
        Err(other) => other,
    }
}

/// REST statuses of the codes asked, in their order. A code that is missing is not known there.
pub(super) fn of_rest(
    answered: CallOutcome<Vec<ParcelState>>,
    codes: &[WaybillNumber],
    asked_at: Timestamp,
) -> Vec<TrackOutcome<Snapshot>> {
    let states = match settled(answered) {
        Ok(states) => states,
        Err(other) => return vec![other; codes.len()],
    };
    let one = |code: &WaybillNumber| {
        let state = states.iter().find(|state| state.code == code.as_str());
        match state.map(|state| (&state.status, state.words.as_str())) {
            None | Some((Ok(-1), _)) => TrackOutcome::NotFound,
            Some((Ok(status), told)) => of_status(*status, told, asked_at),
            Some((Err(error), _)) => TrackOutcome::Failed(format!("{} {}", error.code, error.message)),
        }
    };
    codes.iter().map(one).collect()
}

/// Negative codes are errors, but for one that means "waiting for the post".
fn of_status(status: i64, told: &str, asked_at: Timestamp) -> TrackOutcome<Snapshot> {
    let code = match i32::try_from(status) {
        Ok(code) if code >= 0 || code == -100 => code,
        Ok(_) | Err(_) => return TrackOutcome::Failed(format!("{status} is no status of a parcel")),
    };
    let scan = Scan {
        happened_at: asked_at,
        reading: dictionary::iran_post_code(code),
        office: None,
        raw: RawScan { code: code.to_string(), text: words(told), detail: String::new() },
    };
    TrackOutcome::Answer(Snapshot {
        taken_at: asked_at,
        known: true,
        scans: vec![scan],
        unreadable: 0,
        aliases: Vec::new(),
        destination: None,
        money: money(code).into_iter().collect(),
    })
}

/// 70: the postman's cash is banked. 71, 72: paid on. Neither amounts nor times are told.
fn money(code: i32) -> Option<CodMoney> {
    match code {
        70 => Some(CodMoney::Collected { amount: None, at: None }),
        71 | 72 => Some(CodMoney::PaidOut { amount: None, at: None }),
        _ => None,
    }
}

/// The result of a call, or what its end means for tracking.
fn settled<T, U>(outcome: CallOutcome<T>) -> Result<T, TrackOutcome<U>> {
    match outcome {
        CallOutcome::Done(result) => Ok(result),
        CallOutcome::NotSent(why) | CallOutcome::Unknown(why) => Err(TrackOutcome::Failed(why)),
        CallOutcome::Busy { retry_after: Some(retry_after), .. } => Err(TrackOutcome::NotYet { retry_after }),
        CallOutcome::Busy { retry_after: None, error } => Err(TrackOutcome::Maintenance(error.message)),
        CallOutcome::Refused(error) => Err(match error.kind {
            RefusalKind::Credentials | RefusalKind::AccountInactive => TrackOutcome::Denied(error),
            _ if error.code == UNKNOWN_PARCEL => TrackOutcome::NotFound,
            _ => TrackOutcome::Failed(format!("{} {}", error.code, error.message)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::error;
    use jiff::SignedDuration;

    fn asked_at() -> Timestamp {
        "2025-03-20T00:00:00Z".parse().unwrap()
    }

    fn refused(code: i64, kind: RefusalKind) -> CallOutcome<i64> {
        CallOutcome::Refused(error(code, "x", "", kind))
    }

    #[test]
    fn a_status_is_one_scan_without_a_time_of_its_own() {
        let Some(TrackOutcome::Answer(snapshot)) = of_eshop(CallOutcome::Done(5), asked_at()) else {
            panic!("answer")
        };
        let [scan] = snapshot.scans.as_slice() else { panic!("one scan") };
        assert_eq!((scan.happened_at, scan.raw.code.as_str()), (asked_at(), "5"));
        assert_eq!(scan.reading, dictionary::iran_post_code(5));
        assert!(snapshot.money.is_empty());
    }

    #[test]
    fn money_goes_from_the_postman_to_the_shop() {
        let money = |status| match of_eshop(CallOutcome::Done(status), asked_at()) {
            Some(TrackOutcome::Answer(snapshot)) => snapshot.money,
            _ => panic!("answer"),
        };
        assert!(money(7).is_empty());
        assert_eq!(money(70), [CodMoney::Collected { amount: None, at: None }]);
        for status in [71, 72] {
            assert_eq!(money(status), [CodMoney::PaidOut { amount: None, at: None }]);
        }
    }

    #[test]
    fn negative_numbers_of_eshop_are_no_statuses() {
        assert_eq!(of_eshop(CallOutcome::Done(-1), asked_at()), None);
        assert!(matches!(of_eshop(CallOutcome::Done(-10), asked_at()), Some(TrackOutcome::Maintenance(_))));
        for status in [-2, -6, i64::MAX, i64::MIN] {
            assert!(matches!(of_eshop(CallOutcome::Done(status), asked_at()), Some(TrackOutcome::Failed(_))));
        }
        assert_eq!(of_doubt(CallOutcome::Done(())), TrackOutcome::NotFound);
        let wrong = CallOutcome::Refused(error(-1, "x", "", RefusalKind::Credentials));
        assert!(matches!(of_doubt(wrong), TrackOutcome::Denied(_)));
        assert!(matches!(of_doubt(CallOutcome::NotSent("x".into())), TrackOutcome::Failed(_)));
    }

    #[test]
    fn ends_of_calls_are_ends_of_questions() {
        let end = |outcome| of_eshop(outcome, asked_at()).unwrap();
        assert!(matches!(end(refused(402, RefusalKind::AccountInactive)), TrackOutcome::Denied(_)));
        assert_eq!(end(refused(21, RefusalKind::State)), TrackOutcome::NotFound);
        assert!(matches!(end(refused(12, RefusalKind::Other)), TrackOutcome::Failed(_)));
        let busy =
            |retry_after| CallOutcome::Busy { retry_after, error: error(-1, "x", "", RefusalKind::Other) };
        let minute = SignedDuration::from_secs(60);
        assert_eq!(end(busy(Some(minute))), TrackOutcome::NotYet { retry_after: minute });
        assert!(matches!(end(busy(None)), TrackOutcome::Maintenance(_)));
    }

    #[test]
    fn rest_answers_go_to_their_codes() {
        let number = |code: &str| WaybillNumber::try_from(code.to_owned()).unwrap();
        let state =
            |code: &str, status| ParcelState { code: code.into(), status, words: "قبول شده".into() };
        let codes =
            ["29999000711000000012", "29999000711000000013", "29999000711000000014", "29999000711000000015"]
                .map(number);
        let states = vec![
            state("29999000711000000014", Err(error(9003, "x", "", RefusalKind::State))),
            state("29999000711000000013", Ok(-1)),
            state("29999000711000000012", Ok(5)),
        ];
        let outcomes = of_rest(CallOutcome::Done(states), &codes, asked_at());
        let [known, unknown, failed, missing] = outcomes.as_slice() else { panic!("four") };
        assert!(matches!(known, TrackOutcome::Answer(snapshot) if snapshot.scans[0].raw.text == "قبول شده"));
        assert_eq!((unknown, missing), (&TrackOutcome::NotFound, &TrackOutcome::NotFound));
        assert!(matches!(failed, TrackOutcome::Failed(_)));
        let denied = CallOutcome::Refused(error(405, "x", "", RefusalKind::Credentials));
        assert_eq!(of_rest(denied, &codes, asked_at()).len(), 4);
    }
}
