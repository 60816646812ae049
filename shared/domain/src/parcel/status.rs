//! Where a parcel is. The vocabulary is fixed by design section 4.

use serde::{Deserialize, Serialize};

/// Declares the vocabulary once: variant, wire word, meaning.
macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// Where a parcel is, in words shared by all carriers.
        ///
        /// A carrier code that no table knows is `unknown`, never a guess.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ParcelStatus {
            $($(#[$doc])* #[serde(rename = $word)] $name,)+
        }

        impl ParcelStatus {
            /// The whole vocabulary.
            pub const ALL: &'static [ParcelStatus] = &[$(ParcelStatus::$name,)+];

            /// The word used in the API and in webhooks.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(ParcelStatus::$name => $word,)+
                }
            }
        }
    };
}

statuses! {
    /// No waybill number yet.
    AwaitingCode = "awaiting_code",
    /// The carrier knows the parcel and has not seen it.
    Registered = "registered",
    /// The carrier has taken it over.
    Accepted = "accepted",
    /// On its way.
    InTransit = "in_transit",
    /// At customs.
    Customs = "customs",
    /// Held by the carrier.
    OnHold = "on_hold",
    /// Cannot be delivered as addressed.
    Undeliverable = "undeliverable",
    /// Derived: it should have arrived although the carrier does not say so.
    ProbablyArrived = "probably_arrived",
    /// At the office of delivery.
    Arrived = "arrived",
    /// Derived: free storage ends soon.
    StorageExpiring = "storage_expiring",
    /// With the postman.
    OutForDelivery = "out_for_delivery",
    /// The postman found nobody.
    DeliveryFailed = "delivery_failed",
    /// In the buyer's hands.
    Delivered = "delivered",
    /// Storage is over, the way back has not begun.
    StorageExpired = "storage_expired",
    /// On its way back.
    Returning = "returning",
    /// Back with the sender.
    Returned = "returned",
    /// Lost by the carrier.
    Lost = "lost",
    /// The carrier knows no such number.
    InvalidCode = "invalid_code",
    /// Derived: no news for 60 days.
    Stalled = "stalled",
    /// Tracking was stopped by the merchant or the buyer.
    Stopped = "stopped",
    /// The carrier said something that no table knows.
    Unknown = "unknown",
}

/// The word is not in the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown parcel status")]
pub struct UnknownStatus;

impl ParcelStatus {
    /// Will nothing follow, so that polling ends? An invalid code is not final (it can be corrected),
    /// nor is a stalled parcel (it may turn up).
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            ParcelStatus::Delivered | ParcelStatus::Returned | ParcelStatus::Lost | ParcelStatus::Stopped
        )
    }
}

impl std::fmt::Display for ParcelStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ParcelStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        ParcelStatus::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_the_agreed_one() {
        let words: Vec<&str> = ParcelStatus::ALL.iter().map(|s| s.as_str()).collect();
        insta::assert_snapshot!(words.join(" "), @"awaiting_code registered accepted in_transit customs on_hold undeliverable probably_arrived arrived storage_expiring out_for_delivery delivery_failed delivered storage_expired returning returned lost invalid_code stalled stopped unknown");
    }

    #[test]
    fn word_and_json_agree() {
        for status in ParcelStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
        assert!("DELIVERED".parse::<ParcelStatus>().is_err());
    }

    #[test]
    fn few_statuses_are_final() {
        let finals: Vec<&str> =
            ParcelStatus::ALL.iter().filter(|s| s.is_final()).map(|s| s.as_str()).collect();
        assert_eq!(finals, ["delivered", "returned", "lost", "stopped"]);
    }
}
