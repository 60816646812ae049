//! A merchant's account at a payment gateway, and the shop's choices about payments.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::ids::{AccountId, GatewayId};

/// A gateway account. Credentials are sealed with the merchant's data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayAccount {
    /// Id, chosen by the merchant.
    pub id: AccountId,
    /// Gateway.
    pub gateway: GatewayId,
    /// Name payers see; the gateway's own when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Sealed map of field names and values.
    pub credentials: String,
    /// The gateway's own settings (`yam_gateways::AccountSettings` as JSON).
    pub settings: Value,
    /// Offered to payers or not.
    pub enabled: bool,
    /// Secret part of the address that the gateway sends notices to.
    pub notice_secret: String,
    /// Counts the changes.
    pub rev: u64,
}

impl GatewayAccount {
    /// What its credentials are sealed for.
    #[must_use]
    pub fn purpose(id: &AccountId) -> String {
        format!("gateway-account/{id}")
    }
}

/// A bank account of the shop that payers may transfer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// Short name in statements and claims.
    pub id: String,
    /// Bank, from the list of the slip form.
    pub bank: String,
    /// Holder.
    pub holder: String,
    /// Account, card or Sheba number, as it is shown.
    pub number: String,
}

/// The shop's choices about payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenPaySettings {
    /// Address before `/openpay/` on the shop's own domain, behind which a proxy leads to the hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_base_url: Option<String>,
    /// That address answered as this shop's pay page.
    pub public_base_verified: bool,
    /// Accounts for bank slips; without one the form is not offered.
    pub bank_accounts: Vec<BankAccount>,
    /// Slips that a statement proves are approved by themselves.
    pub approve_matched_slips: bool,
    /// Where questions go (S2-26).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_url: Option<String>,
}
