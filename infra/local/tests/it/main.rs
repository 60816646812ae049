//! The runner from outside: the template it reads, the hub it starts, the routes it offers.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like the tests")]

mod control;
mod elsewhere;
mod kills;
mod replay;
mod restart;
mod support;
mod template;
