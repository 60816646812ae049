//! Our own number of an attempt at a gateway: from a counter of the account, inside the gateway's range,
//! never reused and never a hash (gateway notes, section 7.2, "orderId reuse").

use crate::ids::GatewayId;
use serde::{Deserialize, Serialize};

/// The first number of an account. Six digits, because Toss wants at least six characters.
pub const FIRST: u64 = 100_001;

/// An order number at a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderNumber(u64);

/// The gateway's range is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the order numbers of this gateway account are used up (last one {last}); open another account")]
pub struct Exhausted {
    /// The last number of the range.
    pub last: u64,
}

/// The last number a gateway takes: `InvId` is a signed 32-bit integer, Mellat's `orderId` and the others'
/// are 64-bit or text; JSON numbers are exact up to 2^53.
pub const fn last(gateway: GatewayId) -> u64 {
    match gateway {
        GatewayId::Robokassa => 0x7fff_ffff,
        GatewayId::Zarinpal
        | GatewayId::Zibal
        | GatewayId::Mellat
        | GatewayId::Sep
        | GatewayId::Yookassa
        | GatewayId::Toss => (1 << 53) - 1,
    }
}

impl OrderNumber {
    /// The number of the `count`-th attempt (1 is the first), after `offset` numbers that other software
    /// used on the same terminal.
    ///
    /// # Errors
    /// [`Exhausted`] when it would leave the gateway's range.
    pub fn nth(gateway: GatewayId, offset: u64, count: u64) -> Result<Self, Exhausted> {
        let last = last(gateway);
        let number = FIRST.checked_add(offset).and_then(|n| n.checked_add(count.saturating_sub(1)));
        match number {
            Some(number) if number <= last => Ok(OrderNumber(number)),
            _ => Err(Exhausted { last }),
        }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number for wires that take a signed 64-bit integer; the range makes it fit.
    pub const fn as_i64(self) -> i64 {
        self.0.cast_signed()
    }
}

impl std::fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_stay_in_the_gateways_range() {
        let robokassa = |count| OrderNumber::nth(GatewayId::Robokassa, 0, count);
        assert_eq!(robokassa(1).map(OrderNumber::get), Ok(100_001));
        let room = 0x7fff_ffff - FIRST + 1;
        assert_eq!(robokassa(room).map(OrderNumber::get), Ok(0x7fff_ffff));
        assert_eq!(robokassa(room + 1), Err(Exhausted { last: 0x7fff_ffff }));
        assert!(OrderNumber::nth(GatewayId::Mellat, 0, room + 1).is_ok());
        assert!(OrderNumber::nth(GatewayId::Mellat, u64::MAX, 1).is_err());
        assert_eq!(OrderNumber::nth(GatewayId::Toss, 0, 1).unwrap().to_string().len(), 6);
    }

    proptest! {
        #[test]
        fn no_two_attempts_share_a_number(a in 1u64..1_000_000, b in 1u64..1_000_000, offset in 0u64..1_000_000) {
            let number = |count| OrderNumber::nth(GatewayId::Sep, offset, count).unwrap();
            prop_assert_eq!(number(a) == number(b), a == b);
            prop_assert!(number(a).as_i64() > 0);
        }
    }
}
