//! What the operator tells of the cash on delivery (S0-08, S0-09).

use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::CodMoney;
use yam_store::items::{Cod, CodState};

/// The events of a step.
const COLLECTED: &str = "cod.collected";
const SETTLED: &str = "cod.settled";

/// Where the money is after what was told, and the events of the steps it took. Money never goes back:
/// what was paid out stays so whatever is told later.
pub(crate) fn step(cod: Cod, money: &[CodMoney], status: ParcelStatus) -> (Cod, Vec<&'static str>) {
    let collected = money.iter().any(|m| matches!(m, CodMoney::Collected { .. }));
    let paid_out = money.iter().any(|m| matches!(m, CodMoney::PaidOut { .. }));
    let state = match (cod.state, status) {
        (CodState::PaidOut, _) => CodState::PaidOut,
        _ if paid_out => CodState::PaidOut,
        (CodState::Collected, _) => CodState::Collected,
        _ if collected => CodState::Collected,
        (_, ParcelStatus::Returned | ParcelStatus::Lost) => CodState::Returned,
        (state, _) => state,
    };
    let events = match (cod.state, state) {
        (before, after) if before == after => vec![],
        (CodState::Collected, CodState::PaidOut) => vec![SETTLED],
        (_, CodState::PaidOut) => vec![COLLECTED, SETTLED],
        (_, CodState::Collected) => vec![COLLECTED],
        _ => vec![],
    };
    (Cod { state, ..cod }, events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_goes_one_way_and_each_step_is_told_once() {
        use CodState::{Collected, Due, PaidOut, Returned};
        use ParcelStatus::{Delivered, InTransit};
        let collected = CodMoney::Collected { amount: None, at: None };
        let paid = CodMoney::PaidOut { amount: None, at: None };
        for (before, money, status, after, events) in [
            (Due, vec![], InTransit, Due, vec![]),
            (Due, vec![], Delivered, Due, vec![]),
            (Due, vec![collected], Delivered, Collected, vec![COLLECTED]),
            (Collected, vec![collected], Delivered, Collected, vec![]),
            (Collected, vec![collected, paid], Delivered, PaidOut, vec![SETTLED]),
            (Due, vec![paid], Delivered, PaidOut, vec![COLLECTED, SETTLED]),
            (PaidOut, vec![], ParcelStatus::Returned, PaidOut, vec![]),
            (Due, vec![], ParcelStatus::Returned, Returned, vec![]),
        ] {
            let (cod, told) = step(Cod { amount: None, state: before }, &money, status);
            assert_eq!((cod.state, told), (after, events), "{before:?} {money:?} {status}");
        }
    }
}
