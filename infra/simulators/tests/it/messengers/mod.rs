//! Message providers: what they accept, what becomes of it, and how they tell.

mod faults;
mod kavenegar;
mod mail;
mod outbox;
mod receipts;
mod ses;
mod sms_ru;
mod smsc;
mod sns;
mod solapi;
mod surface;
