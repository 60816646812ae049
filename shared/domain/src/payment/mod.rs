//! Payments by link (OpenPay, requirements S2): the rules, without a call and without a clock.
//!
//! One payment has many attempts; an attempt is one gateway, one own order number and one frozen amount.
//! [`state`] says how an attempt moves and [`wanted`] whether its money is wanted at all; [`callback`] what
//! a browser that comes back may set in motion; [`sweep`] when a gateway is asked about a payer who never
//! came back, [`agenda`] what is to be done next; [`reversal`] when money may be sent back. [`slip`] and [`statement`] are the bank-slip desk;
//! [`health`] hides gateways that fail.
//!
//! Sources: design section 7, reliability notes 4.5 to 4.9, gateway notes sections 0 and 7.

pub mod agenda;
pub mod amount;
pub mod callback;
pub mod form;
pub mod health;
pub mod link;
pub mod order_number;
pub mod policy;
pub mod receipt;
pub mod reversal;
pub mod slip;
pub mod state;
pub mod statement;
pub mod sweep;
pub mod tracking_code;
pub mod wanted;
pub mod words;

pub use state::{Attention, Holding, PaymentEvent, PaymentState, PaymentTransitionError, Transition};
