//! A whole hub in one test: embedded database and queue, simulators on a socket of their own, every
//! function, and a clock that stands still until the test moves it.

mod crash;
mod money;
mod payments;
mod requests;
mod world;

pub use crash::{CrashAt, CrashOften};
pub use money::Books;
pub use payments::{Browser, Page, gateway_account};
pub use requests::{
    korean_contract, order_to_petersburg, order_to_seoul, order_to_shiraz, quote_to_shiraz, russian_sender,
};
pub use world::{HUB, OPERATOR_KEY, Options, World};
