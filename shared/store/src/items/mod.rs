//! The items of the table, one file each.

mod account;
mod api_key;
mod binary;
mod delivery;
mod endpoint;
mod gateway;
mod merchant;
mod method;
pub mod notices;
mod order;
mod parcel;
mod payment;
mod registration;
mod shop;
mod track;

pub use account::{AccountState, CarrierAccount, StoredCredentials};
pub use api_key::{ApiKey, Scope};
pub use binary::Binary;
pub use delivery::{DeliveryProof, DeliveryWork};
pub use endpoint::{Endpoint, EndpointSecret};
pub use gateway::{BankAccount, GatewayAccount, OpenPaySettings};
pub use merchant::Merchant;
pub use method::ShippingMethod;
pub use order::{ChosenRate, Order, OrderClaim, OrderLine, OrderPhase, Recipient};
pub use parcel::{CodeClaim, HistoryEntry, Parcel, ParcelLine, Task, TaskReason, Watch};
pub use payment::{
    Attempt, BackKind, Found, PayerDetails, Payment, PaymentClaim, PaymentLink, PaymentReturn, PaymentStep,
    PaymentTask, PaymentTaskReason, PicturePiece, SendBack, SlipPicture, SlipRecord,
};
pub use registration::{CallWork, RegistrationProof};
pub use shop::Shop;
pub use track::{
    Bucket, Cod, CodState, OpenTicket, PollEnd, PollItem, PollOwner, PollPlace, Track, Tracked, Usage,
};
