//! What is told, to whom, by what means, and how soon.

use serde::{Deserialize, Serialize};

use crate::parcel::ParcelStatus;

/// Declares a closed list of words: variant, word used in the API and in message keys.
macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word used in the API and in message keys.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// Who is told (S4-13).
    Audience {
        /// The receiver of the parcel or the payer.
        Buyer = "buyer",
        /// The merchant's people.
        Admin = "admin",
    }
}

words! {
    /// By what means.
    Channel {
        /// Short message.
        Sms = "sms",
        /// E-mail.
        Email = "email",
        /// Call with a synthesised voice.
        Call = "call",
        /// Kakao notification talk (Korea).
        Kakao = "kakao",
    }
}

impl Channel {
    /// Does it go to a telephone number?
    pub const fn needs_phone(self) -> bool {
        !matches!(self, Channel::Email)
    }
}

words! {
    /// How soon.
    Class {
        /// At once, at any hour: somebody waits for it.
        Immediate = "immediate",
        /// In the window (S4-06).
        News = "news",
    }
}

words! {
    /// Things to tell which are not a parcel's status.
    Notice {
        /// Not collected for so many days since arrival (S4-15, S4-27).
        NotCollected = "not_collected",
        /// A payment came in.
        PaymentPaid = "payment_paid",
        /// A payment waits for a person.
        PaymentNeedsReview = "payment_needs_review",
        /// A payment did not go through; the link may be tried again.
        PaymentFailed = "payment_failed",
        /// Money went back to the payer.
        PaymentRefunded = "payment_refunded",
        /// A transfer slip was accepted.
        SlipApproved = "slip_approved",
        /// A transfer slip was refused.
        SlipRejected = "slip_rejected",
        /// A payment link, sent on request.
        PaymentLink = "payment_link",
        /// The balance fell below its threshold (S4-37).
        BalanceLow = "balance_low",
        /// An account at a post was put on hold.
        CarrierOnHold = "carrier_on_hold",
        /// A provider of messages refuses an account of the shop.
        MessengerStopped = "messenger_stopped",
        /// The daily report (S4-04).
        Digest = "digest",
    }
}

/// What can be told. One word in the API: a parcel status, or one of [`Notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Kind {
    /// A parcel came into this status. `registered` comes from the event `parcel.registered`.
    Parcel(ParcelStatus),
    /// Anything else.
    Other(Notice),
}

/// The word names nothing that can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing of this name can be told; use a parcel status or one of not_collected, payment_paid, payment_needs_review, payment_failed, payment_refunded, slip_approved, slip_rejected, payment_link, balance_low, carrier_on_hold, messenger_stopped, digest"
)]
pub struct UnknownKind;

impl Kind {
    /// The word used in the API and in message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Parcel(status) => status.as_str(),
            Kind::Other(notice) => notice.as_str(),
        }
    }

    /// How soon it goes out.
    pub const fn class(self) -> Class {
        match self {
            Kind::Parcel(_) | Kind::Other(Notice::NotCollected | Notice::Digest) => Class::News,
            Kind::Other(_) => Class::Immediate,
        }
    }

    /// Told when somebody asks for this one (`send_via` of a payment link), whether or not a rule is ticked.
    pub const fn is_asked_for(self) -> bool {
        matches!(self, Kind::Other(Notice::PaymentLink))
    }

    /// Can this audience be told it? Buyers never hear of the merchant's balance, reviews or reports.
    pub const fn is_for(self, audience: Audience) -> bool {
        match (self, audience) {
            (_, Audience::Admin) => !matches!(self, Kind::Other(Notice::PaymentLink)),
            (Kind::Parcel(status), Audience::Buyer) => {
                !matches!(status, ParcelStatus::AwaitingCode | ParcelStatus::Unknown | ParcelStatus::Stopped)
            }
            (Kind::Other(notice), Audience::Buyer) => {
                matches!(
                    notice,
                    Notice::NotCollected
                        | Notice::PaymentPaid
                        | Notice::PaymentFailed
                        | Notice::PaymentRefunded
                        | Notice::SlipApproved
                        | Notice::SlipRejected
                        | Notice::PaymentLink
                )
            }
        }
    }

    /// Does it ask the buyer to come, so that it is pointless once the parcel has been collected?
    /// News of the way are pointless then too, the news of the hand-over itself is not.
    pub const fn ends_with_collection(self) -> bool {
        match self {
            Kind::Parcel(status) => !status.is_final(),
            Kind::Other(notice) => matches!(notice, Notice::NotCollected),
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = UnknownKind;

    fn try_from(text: String) -> Result<Self, UnknownKind> {
        text.parse()
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> String {
        kind.as_str().to_owned()
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        if let Ok(status) = text.parse() {
            return Ok(Kind::Parcel(status));
        }
        let notice = Notice::ALL.iter().copied().find(|notice| notice.as_str() == text);
        notice.map(Kind::Other).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_and_json_agree_and_no_word_means_two_things() {
        let statuses = ParcelStatus::ALL.iter().copied().map(Kind::Parcel);
        let kinds: Vec<Kind> = statuses.chain(Notice::ALL.iter().copied().map(Kind::Other)).collect();
        let words: std::collections::BTreeSet<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), kinds.len());
        for kind in kinds {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert_eq!(serde_json::from_str::<Kind>(&json).unwrap(), kind);
        }
        assert_eq!("sorting".parse::<Kind>(), Err(UnknownKind));
    }

    #[test]
    fn the_refusal_of_a_word_lists_every_notice() {
        let hint = UnknownKind.to_string();
        assert!(Notice::ALL.iter().all(|notice| hint.contains(notice.as_str())), "{hint}");
    }

    #[test]
    fn buyers_do_not_hear_of_the_merchants_affairs() {
        for notice in [Notice::BalanceLow, Notice::CarrierOnHold, Notice::PaymentNeedsReview, Notice::Digest]
        {
            assert!(!Kind::Other(notice).is_for(Audience::Buyer), "{notice:?}");
            assert!(Kind::Other(notice).is_for(Audience::Admin), "{notice:?}");
        }
    }

    #[test]
    fn status_news_waits_for_the_window_and_payments_do_not() {
        assert_eq!(Kind::Parcel(ParcelStatus::Arrived).class(), Class::News);
        assert_eq!(Kind::Other(Notice::PaymentPaid).class(), Class::Immediate);
    }
}
