//! Switches of the operator.

use serde::{Deserialize, Serialize};

use super::tariff::Table;

/// How the operator behaves at present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Which tariff is in force.
    pub(crate) tariff: Table,
    /// SOAP as strict as WCF: out-of-order members are dropped, a missing SOAPAction is a fault.
    pub(crate) strict: bool,
    /// Every REST call is over its rate.
    pub(crate) rate_limited: bool,
    /// The public tracking page asks for four digits.
    pub(crate) captcha: bool,
}
