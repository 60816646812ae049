//! Keys of the trace services. Each belongs to an owner, and all who ask with it share its quota.

use serde::{Deserialize, Serialize};

use crate::registry::Named;

/// What a data.go.kr developer key may ask in a day. The portal's own limit is not known; it gets the
/// same.
const DAILY: i64 = 10_000;

/// Which service a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    /// KpostPortal, `regkey`.
    Portal,
    /// The public-data gateway, `ServiceKey`.
    Gateway,
}

impl Service {
    /// The name under which calls are counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Gateway => "gateway",
        }
    }
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) service: Service,
    /// Who applied for it: the hub, for all its merchants.
    #[serde(default = "hub")]
    pub(crate) owner: String,
    /// Calls a day until midnight in Korea; without end if null.
    #[serde(default = "daily")]
    pub(crate) daily: Option<i64>,
    /// Whether it was enabled for trace.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    /// Whether its term is over (gateway).
    #[serde(default)]
    pub(crate) expired: bool,
}

fn hub() -> String {
    "hub".to_owned()
}

fn daily() -> Option<i64> {
    Some(DAILY)
}

fn yes() -> bool {
    true
}

impl Named for Key {
    fn name(&self) -> &str {
        &self.key
    }
}

/// The keys that are there from the start. The gateway's holds the signs that tell clients who encode
/// it twice.
pub(super) fn seeds() -> Vec<Key> {
    let key = |key: &str, service| Key {
        key: key.to_owned(),
        service,
        owner: hub(),
        daily: daily(),
        enabled: true,
        expired: false,
    };
    vec![
        key("demotracekey000000000000000001", Service::Portal),
        Key { enabled: false, ..key("demotracekey000000000000000002", Service::Portal) },
        key("demo+Service/Key==", Service::Gateway),
    ]
}
