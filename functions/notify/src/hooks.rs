//! What comes in by HTTP.

use yam_platform::problem::{Kind, Problem};

/// A provider's push.
pub(crate) async fn receive() -> Problem {
    Problem::new(Kind::NotFound)
}

/// A person wants no more.
pub(crate) async fn leave() -> Problem {
    Problem::new(Kind::NotFound)
}
