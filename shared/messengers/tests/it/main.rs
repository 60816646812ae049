//! Adapters over real sockets against the simulators, which were written from the protocols alone. Where the two
//! disagree the notification notes decide; what the notes leave open is marked [a].

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like the tests")]

mod bench;
mod faults;
mod hook;
mod kavenegar;
mod letters;
mod ses;
mod smsc;
mod smsru;
mod smtp;
mod smtp_front;
mod smtp_tls;
mod sns;
mod solapi;
