//! The names of the simulated systems.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A simulated system, or the two wires of one together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum System {
    /// All of Iran Post's wires.
    IranPost,
    IranPostEshop,
    IranPostRest,
    /// The public tracking page.
    IranPostTracking,
    /// The demo shop's webhook receiver.
    Webhooks,
}

impl System {
    /// The name used in paths and in the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::IranPost => "iran_post",
            Self::IranPostEshop => "iran_post_eshop",
            Self::IranPostRest => "iran_post_rest",
            Self::IranPostTracking => "iran_post_tracking",
            Self::Webhooks => "webhooks",
        }
    }

    /// Whether what is said about `self` holds for `other`.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == other || (self == Self::IranPost && other != Self::Webhooks)
    }
}

impl FromStr for System {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::IranPost, Self::IranPostEshop, Self::IranPostRest, Self::IranPostTracking, Self::Webhooks]
            .into_iter()
            .find(|system| system.name() == name)
            .ok_or_else(|| format!("no simulated system is called {name:?}"))
    }
}
