//! A merchant of the hub.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::MerchantId;

/// A merchant. Its wrapped data key stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Id; also the user id of Basic authentication (S4-42).
    pub id: MerchantId,
    /// Name for people.
    pub display_name: String,
    /// ISO alpha-2.
    pub country: String,
    /// When it was made.
    pub created_at: Timestamp,
}
