//! What the operator tells of the cash on delivery (S0-08, S0-09).

use yam_domain::money::Money;
use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::CodMoney;
use yam_store::items::{Cod, CodState};

/// The events of a step.
const COLLECTED: &str = "cod.collected";
const SETTLED: &str = "cod.settled";
const SHORT: &str = "cod.short";

/// Where the money is after what was told, and the events of the steps it took. Money never goes back:
/// what was paid out stays so whatever is told later.
pub(crate) fn step(cod: Cod, money: &[CodMoney], status: ParcelStatus) -> (Cod, Vec<&'static str>) {
    use CodState::{Collected, Due, PaidOut, Returned, Short};
    let collected = money.iter().any(|m| matches!(m, CodMoney::Collected { .. }));
    let state = match (cod.state, paid_out(cod.amount, money)) {
        (PaidOut, _) => PaidOut,
        (_, Some(paid_out)) => paid_out,
        (before @ (Collected | Short), None) => before,
        (_, None) if collected => Collected,
        (_, None) if matches!(status, ParcelStatus::Returned | ParcelStatus::Lost) => Returned,
        (before, None) => before,
    };
    let events = match (cod.state, state) {
        (before, after) if before == after => vec![],
        (Collected | Short, PaidOut) => vec![SETTLED],
        (_, PaidOut) => vec![COLLECTED, SETTLED],
        (Collected, Short) => vec![SHORT],
        (_, Short) => vec![COLLECTED, SHORT],
        (_, Collected) => vec![COLLECTED],
        (_, Due | Returned) => vec![],
    };
    (Cod { state, ..cod }, events)
}

/// Whether the operator paid out, and all of it as far as amounts were told.
fn paid_out(expected: Option<Money>, money: &[CodMoney]) -> Option<CodState> {
    let mut told = Some(0_i64);
    let mut any = false;
    for word in money {
        let CodMoney::PaidOut { amount, .. } = word else { continue };
        any = true;
        let same = amount.filter(|a| expected.is_some_and(|e| e.currency() == a.currency()));
        told = told.zip(same).and_then(|(sum, paid)| sum.checked_add(paid.amount()));
    }
    let short = told.zip(expected).is_some_and(|(paid, expected)| paid < expected.amount());
    any.then_some(if short { CodState::Short } else { CodState::PaidOut })
}

#[cfg(test)]
mod tests {
    use yam_domain::money::Currency;

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

    #[test]
    fn less_than_was_due_is_short_until_the_rest_comes() {
        let rubles = |minor| Some(Money::new(minor, Currency::Rub));
        let paid = |minor| CodMoney::PaidOut { amount: rubles(minor), at: None };
        let cod = |state| Cod { amount: rubles(10_000), state };
        let delivered = ParcelStatus::Delivered;
        let (short, told) = step(cod(CodState::Collected), &[paid(9_999)], delivered);
        assert_eq!((short.state, told), (CodState::Short, vec![SHORT]));
        assert_eq!(step(short, &[paid(9_999)], delivered), (short, vec![]), "told once");
        let (whole, told) = step(short, &[paid(9_999), paid(1)], delivered);
        assert_eq!((whole.state, told), (CodState::PaidOut, vec![SETTLED]));
        let (at_once, told) = step(cod(CodState::Due), &[paid(10_000)], delivered);
        assert_eq!((at_once.state, told), (CodState::PaidOut, vec![COLLECTED, SETTLED]));
        let untold = CodMoney::PaidOut { amount: None, at: None };
        assert_eq!(step(cod(CodState::Collected), &[untold], delivered).0.state, CodState::PaidOut);
    }
}
