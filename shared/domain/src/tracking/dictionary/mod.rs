//! What operators' codes mean, as data.
//!
//! The tables are files under `data/tracking/`, embedded and read once; each row is one code of the
//! protocol notes. The notes' words become the shared vocabulary like this:
//!
//! | note | here |
//! | --- | --- |
//! | `arrived_at_delivery_office`, available or held for pickup | `arrived` |
//! | `customs`, `customs_hold` | `customs` (a hold with its reason) |
//! | `delivery_attempt_failed`, attempted | `delivery_failed` |
//! | pickup failed, rejected at origin, needs review, exception | `on_hold` with its reason |
//! | cancelled | no status of its own: a parcel that moved keeps its status, one that never moved will not come ([`Reading::cancelled`](super::Reading::cancelled)) |
//! | COD remitted, COD settled | `delivered` stays: nobody pays for what was not handed over; the money itself is [`CodMoney`](super::CodMoney) |
//!
//! What no row knows is [`Meaning::Unknown`](super::Meaning::Unknown), never a guess.

mod iran_post;
mod korea_post;
mod russian_post;
mod table;

pub use iran_post::{iran_post_code, iran_post_phrase};
pub use korea_post::{korea_post, korea_post_ems};
pub use russian_post::russian_post;
