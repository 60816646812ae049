//! Orders.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{AccountId, CarrierId, OrderId, ParcelId, Service};
use yam_domain::invoice::Invoice;
use yam_domain::money::Money;
use yam_domain::order::{Dispatch, PostagePayer};
use yam_domain::phone::Phone;
use yam_domain::weight::Grams;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderPhase {
    /// Taken down; its parcels wait for the shop's word.
    Placed,
    /// Its parcels go to the operator.
    Released,
    /// Called off.
    Cancelled,
}

/// Who receives an order. Stored sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Given name; empty when only one name is known.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Patronymic or middle name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Phone the operator and the hub text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Another phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone2: Option<Phone>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// ISO alpha-2.
    pub country: String,
    /// Province or region as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Postal code, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Street, house, flat in one line.
    pub address: String,
    /// For the postman.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_note: Option<String>,
    /// Language tag of messages to the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// They agreed to be called by a machine, as the shop recorded it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub call_consent: bool,
    /// The buyer's address on the internet, which one wire wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_ip: Option<String>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Id of the line in the shop.
    pub line_id: String,
    /// Article number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Name as the buyer sees it.
    pub title: String,
    /// Pieces.
    pub quantity: u32,
    /// Weight of one piece.
    pub weight_g: Grams,
    /// Price of one piece.
    pub price: Money,
    /// Size of one piece, mm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions_mm: Option<Dimensions>,
    /// Class of goods in the operator's own list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_code: Option<String>,
    /// VAT code for the fiscal receipt of money collected at the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_code: Option<String>,
    /// Vendor of a marketplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
}

/// The price that was chosen at checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenRate {
    /// Operator.
    pub carrier: CarrierId,
    /// Account that quoted and registers.
    pub account: AccountId,
    /// Service.
    pub service: Service,
    /// Whether the price came from a `rate_id` and is binding (S0-02).
    pub quoted: bool,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Number in the shop; unique for ever.
    pub number: String,
    /// SHA-256 of the canonical content, to tell a repeated order from another under its number.
    pub digest: String,
    /// When the buyer placed it.
    pub placed_at: Timestamp,
    /// When the hub took it down.
    pub created_at: Timestamp,
    /// Cash on delivery.
    pub cod: bool,
    /// Paid.
    pub paid: bool,
    /// When its parcels go to the operator.
    pub dispatch: Dispatch,
    /// Who bears the postage.
    pub postage_payer: PostagePayer,
    /// Where it stands.
    pub phase: OrderPhase,
    /// What the buyer pays.
    pub invoice: Invoice,
    /// Declared value, when not the goods' price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_value: Option<Money>,
    /// What is collected at the door, where that is not the invoice's total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cod_amount: Option<Money>,
    /// How it is carried.
    pub rate: ChosenRate,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// Parcels.
    pub parcels: Vec<ParcelId>,
    /// Sealed [`Recipient`].
    pub recipient: String,
    /// Fields of the request that later functions read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Grows with each change told to the outside.
    pub sequence: u64,
    /// Counts the changes.
    pub rev: u64,
}

impl Order {
    /// What its recipient is sealed for.
    #[must_use]
    pub fn purpose(id: &OrderId) -> String {
        format!("recipient/{id}")
    }
}

/// The claim of an order number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderClaim {
    /// Order that has it.
    pub order: OrderId,
    /// Digest of its content.
    pub digest: String,
}
