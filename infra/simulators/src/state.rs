//! Everything the simulated systems share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::calls::Calls;
use crate::clock::SimClock;
use crate::error::Result;
use crate::faults::Book;
use crate::iran_post::IranPost;
use crate::iran_post::eshop::Eshop;
use crate::iran_post::rest::Rest;
use crate::iran_post::tracking::Tracking;
use crate::pipeline::Wire;
use crate::store::{Store, meta};
use crate::system::System;
use crate::webhooks::Webhooks;

/// State behind the router.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn SimClock>,
    pub(crate) calls: Calls,
    pub(crate) faults: Book,
    pub(crate) iran_post: IranPost,
    /// Something was postponed and may have come due.
    pub(crate) late_waiting: AtomicBool,
}

/// The stored name of the clock's offset.
pub(crate) const CLOCK_OFFSET: &str = "clock_offset_ms";

impl Shared {
    /// Reads everything back from the store.
    pub(crate) fn load(store: Store, clock: Arc<dyn SimClock>) -> Result<Self> {
        let (calls, faults, offset) = store.read(|connection| {
            Ok((Calls::load(connection)?, Book::load(connection)?, meta(connection, CLOCK_OFFSET)?))
        })?;
        if let (Some(owned), Some(offset)) = (clock.owned(), offset.and_then(|offset| offset.parse().ok())) {
            owned.raise_offset_ms(offset);
        }
        let iran_post = IranPost::load(&store)?;
        Ok(Self { store, clock, calls, faults, iran_post, late_waiting: AtomicBool::new(true) })
    }

    /// The protocol of a system.
    pub(crate) fn wire(&self, system: System) -> &'static dyn Wire {
        match system {
            System::IranPost | System::IranPostEshop => &Eshop,
            System::IranPostRest => &Rest,
            System::IranPostTracking => &Tracking,
            System::Webhooks => &Webhooks,
        }
    }
}
