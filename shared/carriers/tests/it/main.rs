//! Adapters over real sockets against the simulators, which were written from the protocols alone.

mod bench;
mod eshop;
mod eshop_faults;
mod places;
mod rest;
mod rest_faults;
