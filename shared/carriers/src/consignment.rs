//! What is asked of an operator: a price, or the carriage of a parcel.

use yam_domain::dimensions::Dimensions;
use yam_domain::ids::ParcelId;
use yam_domain::money::Money;
use yam_domain::phone::Phone;
use yam_domain::waybill::WaybillNumber;
use yam_domain::weight::Grams;

use crate::our_id::OurId;

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
    /// Size of the packed parcel, where it is known.
    pub dimensions: Option<Dimensions>,
    /// Value of the goods.
    pub goods_total: Money,
    /// Value to be insured; none leaves it to the account.
    pub declared_value: Option<Money>,
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
    /// Patronymic or middle name.
    pub middle_name: Option<String>,
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
    /// Flat, floor or other detail, where it is told apart.
    pub address2: Option<String>,
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
    /// Size of one piece.
    pub dimensions: Option<Dimensions>,
    /// Class of goods in the operator's own list (Korea: `021` to `029`).
    pub content_code: Option<String>,
    /// VAT code for the fiscal receipt (Russia: `none`, `0`, `10`, `20`, ...).
    pub vat_code: Option<String>,
}

impl Stuff {
    /// A product line with nothing optional.
    #[must_use]
    pub fn plain(name: impl Into<String>, quantity: u32, weight: Grams, price: Money) -> Self {
        let name = name.into();
        Stuff { name, quantity, weight, price, dimensions: None, content_code: None, vat_code: None }
    }
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
    /// Size of the packed parcel, where it is known.
    pub dimensions: Option<Dimensions>,
    /// Service id, e.g. `pishtaz`.
    pub service: String,
    /// Cash on delivery: the operator collects goods and postage at the door.
    pub cod: bool,
    /// What the operator collects at the door for the goods, where that is not their price less the discount.
    pub cod_amount: Option<Money>,
    /// Value to be insured; none leaves it to the account.
    pub declared_value: Option<Money>,
    /// The consignee pays the postage at the door.
    pub postage_on_delivery: bool,
    /// The merchant bears the postage: on COD the postage is deducted from the goods' amount.
    pub postage_by_merchant: bool,
    /// Amount by which the whole order is cheaper than its lines.
    pub discount: Money,
    /// Buyer's address on the internet, which one wire wants.
    pub buyer_ip: Option<String>,
    /// A word to the courier.
    pub delivery_note: Option<String>,
}

impl Consignment {
    /// The size of the packed parcel: as told, else of a stack of its pieces where each has a size.
    #[must_use]
    pub fn size(&self) -> Option<Dimensions> {
        let piece = |item: &Stuff| Some((item.dimensions?, item.quantity));
        let pieces = || self.items.iter().map(piece).collect::<Option<Vec<_>>>();
        self.dimensions.or_else(|| Dimensions::stacked(pieces()?))
    }
}

/// An already registered parcel, for the calls that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredParcel {
    /// Which parcel.
    pub parcel: ParcelId,
    /// Its code at the operator.
    pub code: WaybillNumber,
    /// The operator's other ids, as [`crate::Registered::reference`] gave them.
    pub reference: Option<String>,
    /// What we call it there.
    pub ours: OurId,
}
