//! What is asked of an operator: a price, or the carriage of a parcel.

use yam_domain::ids::ParcelId;
use yam_domain::money::Money;
use yam_domain::phone::Phone;
use yam_domain::waybill::WaybillNumber;
use yam_domain::weight::Grams;

/// Where a quote goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteDestination {
    /// ISO alpha-2.
    pub country: String,
    /// Province or region as typed.
    pub region: Option<String>,
    /// City as typed.
    pub city: Option<String>,
    /// Postal code as typed.
    pub postal_code: Option<String>,
}

/// A request for prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Where to.
    pub destination: QuoteDestination,
    /// Weight of the parcel in grams.
    pub weight: Grams,
    /// Value of the goods.
    pub goods_total: Money,
    /// Cash on delivery.
    pub cod: bool,
    /// Services asked for, by their fixed ids; empty means all the operator has.
    pub services: Vec<String>,
}

/// Who receives a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignee {
    /// Given name; may be empty when only one name is known.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Mobile phone, which the operator texts.
    pub phone: Option<Phone>,
    /// Another phone.
    pub phone2: Option<Phone>,
    /// E-mail.
    pub email: Option<String>,
    /// ISO alpha-2.
    pub country: String,
    /// Province or region as typed.
    pub region: Option<String>,
    /// City as typed.
    pub city: Option<String>,
    /// Postal code, normalised.
    pub postal_code: Option<String>,
    /// Street, house, flat in one line.
    pub address: String,
}

/// One product line of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuff {
    /// Name as the buyer sees it.
    pub name: String,
    /// Pieces.
    pub quantity: u32,
    /// Weight of one piece.
    pub weight: Grams,
    /// Price of one piece.
    pub price: Money,
}

/// A parcel to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment {
    /// Which parcel.
    pub parcel: ParcelId,
    /// Short mark to be found in the operator's panel; put at the end of the address when set.
    pub marker: Option<String>,
    /// Receiver.
    pub consignee: Consignee,
    /// Products.
    pub items: Vec<Stuff>,
    /// Weight of the whole parcel.
    pub weight: Grams,
    /// Service id, e.g. `pishtaz`.
    pub service: String,
    /// Cash on delivery: the operator collects goods and postage at the door.
    pub cod: bool,
    /// The merchant bears the postage: on COD the postage is deducted from the goods' amount.
    pub postage_by_merchant: bool,
    /// Amount by which the whole order is cheaper than its lines.
    pub discount: Money,
    /// Buyer's address on the internet, which one wire wants.
    pub buyer_ip: Option<String>,
}

/// An already registered parcel, for the calls that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredParcel {
    /// Which parcel.
    pub parcel: ParcelId,
    /// Its code at the operator.
    pub code: WaybillNumber,
}
