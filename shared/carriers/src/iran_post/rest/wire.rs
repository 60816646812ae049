//! Ebazaar REST as it stands on the wire (protocol notes, section 4).

use serde::Serialize;

/// A method below `api/v0/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Provinces.
    Province,
    /// Registers products.
    AddProduct,
    /// Prices.
    DeliveryPrice,
    /// Registers parcels under our ids.
    AddParcel,
    /// Finds a parcel by our id.
    Inquiry,
    /// Statuses of parcels.
    ParcelStatus,
    /// Ready to ship, or cancelled.
    ChangeStatus,
}

impl Method {
    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Method::Province => "BaseInfo/Province",
            Method::AddProduct => "Product/Add",
            Method::DeliveryPrice => "Order/DeliveryPrice",
            Method::AddParcel => "Order/AddParcel",
            Method::Inquiry => "Order/Inquiry",
            Method::ParcelStatus => "Order/ParcelStatus",
            Method::ChangeStatus => "Order/ChangeStatus",
        }
    }
}

/// A product of `Product/Add`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewProduct {
    /// Our number for it.
    #[serde(rename = "ClientProductID")]
    pub client_product_id: u32,
    /// Name, at most 70 characters.
    pub name: String,
    /// Rial.
    pub price: i64,
    /// Always 0: discounts are of the order.
    pub percent_discount: u32,
    /// Grams.
    pub weight: u32,
    /// Stock.
    pub count: i64,
    /// In use.
    pub enabled: bool,
    /// Shown in the post's own shop.
    pub visible: bool,
    /// Of standard shape.
    pub is_standard: bool,
    /// In an envelope.
    pub is_pocket: bool,
    /// Text.
    pub description: String,
}

/// An item of `Order/DeliveryPrice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PriceItem {
    /// Names the item in the answer.
    pub client_order_id: u32,
    /// City code.
    #[serde(rename = "CityID")]
    pub city_id: u32,
    /// Rial.
    pub price: i64,
    /// Grams.
    pub weight: u32,
    /// Service.
    pub service_type: i64,
    /// Payment.
    pub pay_type: i64,
    /// Above the standard weight.
    pub non_standard_package: bool,
    /// Texts to the buyer, which cost extra.
    #[serde(rename = "SMSService")]
    pub sms_service: bool,
    /// Proof of delivery, which costs extra.
    pub pod: bool,
}

/// An item of `Order/AddParcel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParcelItem {
    /// Our id; unique for ever.
    pub client_order_id: u32,
    /// City code.
    #[serde(rename = "CityID")]
    pub city_id: u32,
    /// Service.
    pub service_type: i64,
    /// Payment.
    pub pay_type: i64,
    /// Given name.
    pub register_first_name: String,
    /// Family name.
    pub register_last_name: String,
    /// Address.
    pub register_address: String,
    /// Land line or other number.
    pub register_phone_number: String,
    /// Mobile.
    pub register_mobile: String,
    /// E-mail; may not be empty.
    pub register_email: String,
    /// Buyer's internet address; may not be empty.
    pub register_ip: String,
    /// Ten digits.
    pub register_postal_code: String,
    /// Rial off the whole order.
    pub discount_amount: i64,
    /// Grams of the packing.
    pub packing_weight: u32,
    /// Rial paid before.
    pub pre_paid_amount: i64,
    /// Above the standard weight.
    pub non_standard_package: bool,
    /// Texts to the buyer, which cost extra.
    #[serde(rename = "SMSService")]
    pub sms_service: bool,
    /// Proof of delivery, which costs extra.
    pub pod: bool,
    /// Contents.
    pub products: Vec<ProductLine>,
}

/// A product of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProductLine {
    /// From `Product/Add`.
    #[serde(rename = "EbazaarProductID")]
    pub ebazaar_product_id: i64,
    /// Pieces.
    pub count: u32,
    /// Grams of one.
    pub weight: u32,
    /// Rial of one.
    pub price: i64,
    /// Always 0: discounts are of the order.
    #[serde(rename = "DisCountPercent")]
    pub dis_count_percent: u32,
}
