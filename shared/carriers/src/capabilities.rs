//! What each operator's wires can do, told by an account's settings alone: who only asks that does not carry the
//! adapters along.

use yam_domain::ids::CarrierId;

use crate::account::AccountSettings;
use crate::{iran_post, korea_post, russian_post};

/// Whether and how our own id travels with a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientId {
    /// The wire has none.
    None,
    /// A number from a counter of the account, below 2^31, taken when the intent is submitted.
    Counter,
    /// Parcel and generation as a text ([`OurId::text`]).
    Text,
}

/// Where [`Carrier::quote`] has its prices from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuoteSource {
    /// From the operator.
    Operator,
    /// From the account's own table: the operator has no way to ask.
    Table,
}

/// Whether the operator offers a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Yes.
    Yes,
    /// Only before the parcel is at the operator.
    BeforeRegistration,
    /// No; the text says what to do instead.
    No(&'static str),
}

/// What a wire can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Our id on registration.
    pub client_id: ClientId,
    /// Cash on delivery.
    pub cod: bool,
    /// What is collected may be told, else it follows from the goods.
    pub own_cod_amount: bool,
    /// Calling a parcel off.
    pub cancel: Support,
    /// A label to print.
    pub label: Support,
    /// A pick-up date can be told.
    pub ready_date: bool,
    /// Services by their fixed ids; none on a wire that only tracks.
    pub services: &'static [&'static str],
    /// Where quotes come from.
    pub quotes: QuoteSource,
    /// Currency of everything on this wire.
    pub currency: yam_domain::money::Currency,
}

/// What the wire of an account can do.
#[must_use]
pub fn capabilities(carrier: CarrierId, settings: &AccountSettings) -> Capabilities {
    match carrier {
        CarrierId::IranPost => iran_post::capabilities(settings),
        CarrierId::KoreaPost => korea_post::capabilities(settings),
        CarrierId::RussianPost => russian_post::capabilities(settings),
    }
}
