//! A shipping method of a shop: which account and service a checkout line stands for (S0-19).

use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, Service};

/// A shipping method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingMethod {
    /// Id, chosen by the merchant.
    pub id: String,
    /// Name the buyer sees.
    pub title: String,
    /// Account that quotes and registers.
    pub account: AccountId,
    /// Service of its operator.
    pub service: Service,
    /// Offered at checkout or not.
    pub enabled: bool,
}
