//! A shop's way to an account at a post that can be used (S0-11 ... S0-18, S3-07 ... S3-11, S3-25).
//!
//! ```text
//!   draft --apply--> applied --credentials right--> under_review --approve--> in_use
//!                      |   |                          (operators whose contracts people check)
//!                      |   +--credentials right--> in_use           (the others)
//!                      +--credentials wrong--> credentials_wrong
//!                      +--gateway not active--> credentials_ok_gateway_inactive   (Iran Post, S0-16)
//!                      +--no batch contract--> credentials_ok_no_contract         (Russian Post)
//!   under_review, in_use --hold(reason)--> on_hold --approve--> in_use
//! ```
//!
//! Whatever state an account is in, applying again begins anew, and the operator's "credentials wrong" ends
//! its use at once.

mod business_days;
mod state;

pub use business_days::{BusinessDays, review_due};
pub use state::{
    Actor, EnrolmentEvent, EnrolmentState, HoldReason, NotAllowed, Transition, step, takes_orders,
};
