//! What a delivery intent stores.

use serde::{Deserialize, Serialize};

/// One event to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryWork {
    /// Sort key of the event.
    pub event: String,
    /// Id of the event as receivers see it.
    pub event_id: String,
    /// Type of the event.
    pub event_type: String,
    /// Endpoint.
    pub endpoint: String,
    /// Status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_status: Option<u16>,
}

/// Proof of a delivery: the receiver's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryProof {
    /// 2xx.
    pub status: u16,
}
