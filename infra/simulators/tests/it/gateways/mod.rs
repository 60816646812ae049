//! Payment gateways: the shop's calls, the payer's pages, money that goes back by itself.

mod faults;
mod mellat;
mod mellat_refunds;
mod mellat_windows;
mod notices;
mod pages;
mod robokassa;
mod scripts;
mod sep;
pub(crate) mod shop;
mod surface;
mod toss;
mod yookassa;
mod zarinpal;
mod zibal;
