//! What an order says about sending and paying.

use serde::{Deserialize, Serialize};

/// When the parcel is registered with the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    /// As soon as the order arrives (S0-04).
    #[default]
    OnCreated,
    /// When the shop releases the packed order (S3-02).
    OnReleased,
    /// Only when somebody asks for it.
    Manual,
}

/// Who pays the postage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostagePayer {
    /// The buyer, with the order: postage is added to the invoice (S0-02).
    #[default]
    Buyer,
    /// The shop ("free delivery"): postage is not in the buyer's invoice.
    Merchant,
    /// The buyer, to the postman, also when the goods are already paid.
    OnDelivery,
}

/// How far the money has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayState {
    /// To be paid before the order is released.
    #[default]
    Unpaid,
    /// Paid.
    Paid,
    /// Collected by the carrier at the door.
    Cod,
}

impl PayState {
    /// The state that an order's `cod` and `paid` fields say. Cash on delivery wins: money is still
    /// to be collected.
    pub const fn from_flags(cod: bool, paid: bool) -> Self {
        if cod {
            PayState::Cod
        } else if paid {
            PayState::Paid
        } else {
            PayState::Unpaid
        }
    }

    /// May the order go to the carrier? One that is neither paid nor cash on delivery may not (S3-13).
    pub const fn allows_release(self) -> bool {
        matches!(self, PayState::Paid | PayState::Cod)
    }

    /// The state after a payment was confirmed. Cash on delivery stays what it is.
    pub const fn after_payment(self) -> Self {
        match self {
            PayState::Unpaid | PayState::Paid => PayState::Paid,
            PayState::Cod => PayState::Cod,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_words() {
        assert_eq!(serde_json::to_string(&Dispatch::OnReleased).unwrap(), "\"on_released\"");
        assert_eq!(serde_json::to_string(&PostagePayer::OnDelivery).unwrap(), "\"on_delivery\"");
        assert_eq!(serde_json::from_str::<Dispatch>("\"manual\"").unwrap(), Dispatch::Manual);
    }

    #[test]
    fn only_unpaid_orders_wait() {
        assert!(!PayState::from_flags(false, false).allows_release());
        assert!(PayState::from_flags(false, true).allows_release());
        assert!(PayState::from_flags(true, false).allows_release());
        assert_eq!(PayState::from_flags(true, true), PayState::Cod);
        assert_eq!(PayState::Unpaid.after_payment(), PayState::Paid);
    }
}
