//! Notifications: what is told to whom, in which words, when, and why not.
//!
//! ```text
//!   parcel or payment event --plan--> Planned { key, fate }          plan, rules, readiness, kind
//!   at the claim:  Facts ----judge--> Send | Suppress(reason)        eligibility
//!                  Slot ----admits--> now, or the next window        window, zones
//!                  Text ----render--> text, its parts, its price     template, macros, voice, sms, price
//! ```
//!
//! Everything is decided twice, at planning and at the claim, by the same functions; the key of a message
//! never changes between the two.

pub mod advert;
pub mod digest;
pub mod eligibility;
pub mod kind;
pub mod ladder;
pub mod macros;
pub mod parts;
pub mod plan;
pub mod price;
pub mod readiness;
pub mod rules;
pub mod sender;
pub mod sms;
pub mod speech;
pub mod stop_word;
pub mod template;
pub mod titles;
pub mod voice;
pub mod window;
pub mod zones;

pub use digest::Digest;
pub use eligibility::{Contact, Decision, Facts, PhoneSettings, Reason, judge, number_to_store};
pub use kind::{Audience, Channel, Class, Kind, Notice};
pub use macros::{Macro, Text, Values};
pub use parts::charged_parts;
pub use plan::{Calendar, Event, Fate, MessageKey, Planned, Subject, plan};
pub use price::{Account, AccountError, LowBalance, Price, PriceError, PriceList};
pub use readiness::{TextFault, unready};
pub use rules::{Rule, RuleFault, RuleSet};
pub use sender::SenderName;
pub use template::{Template, TemplateError, render};
pub use voice::CallFacts;
pub use window::{ReminderDay, Slot, Window, rings_until};
