//! `rate_id`: a quoted price as a sealed, self-contained token, so that a quote writes nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, CarrierId, Service};
use yam_domain::money::Money;
use yam_domain::weight::Grams;
use yam_platform::IdGen;
use yam_platform::secrets::{Cipher, CipherError};

/// A quoted price and what it was quoted for. It is binding for an order that asks for the same
/// (S0-02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateToken {
    /// Operator.
    #[serde(rename = "c")]
    pub carrier: CarrierId,
    /// Account that quoted.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// Service.
    #[serde(rename = "s")]
    pub service: Service,
    /// Postage without VAT.
    #[serde(rename = "p")]
    pub postage: Money,
    /// VAT on the postage.
    #[serde(rename = "v")]
    pub vat: Money,
    /// Fee for collecting cash.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub cod_fee: Option<Money>,
    /// Weight it was quoted for.
    #[serde(rename = "w")]
    pub weight: Grams,
    /// Goods it was quoted for.
    #[serde(rename = "g")]
    pub goods_total: Money,
    /// Cash on delivery or not.
    #[serde(rename = "d")]
    pub cod: bool,
    /// Destination in the operator's canonical form.
    #[serde(rename = "t")]
    pub destination: String,
    /// Until when it is honoured.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
}

const PURPOSE: &str = "rate";

impl RateToken {
    /// The token's text, sealed with the merchant's data key.
    ///
    /// # Errors
    /// Only when the cipher fails.
    pub fn seal(&self, cipher: &Cipher, ids: &dyn IdGen) -> Result<String, CipherError> {
        cipher.seal(PURPOSE, self, ids)
    }

    /// Opens a token of the same merchant.
    ///
    /// # Errors
    /// Not a token of this merchant.
    pub fn open(text: &str, cipher: &Cipher) -> Result<Self, CipherError> {
        cipher.open(PURPOSE, text)
    }
}
