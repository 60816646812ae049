//! Pure rules and types of postal commerce.
//!
//! No input or output, no async, no clock and no randomness live here: dates, ids and random bytes
//! are passed in. Every parser is total (it never panics, whatever the text), every amount and weight
//! is a typed integer, and every rule names its source (a requirement id such as S0-30, or a section
//! of the protocol notes).

pub mod dimensions;
pub mod effect;
pub mod enrolment;
pub mod ids;
pub mod invoice;
pub mod iran;
pub mod jalali;
pub mod korea;
pub mod limits;
pub mod money;
pub mod notice;
pub mod order;
pub mod parcel;
pub mod payment;
pub mod phone;
pub mod pickup_date;
pub mod postal_code;
pub mod rate;
pub mod release;
pub mod text;
pub mod tracking;
pub mod waybill;
pub mod weight;
