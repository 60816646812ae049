//! The runner from outside: the template it reads, the hub it starts, the routes it offers.

mod control;
mod kills;
mod restart;
mod support;
mod template;
