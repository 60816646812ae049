//! Shop platforms. So far the generic contract: Standard Webhooks out.

pub mod standard_webhooks;
