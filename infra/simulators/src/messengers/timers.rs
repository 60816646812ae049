//! What happens to messages by themselves: handed over, delivered, lost.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;

use super::{Kavenegar, Ses, SmsRu, Smsc, Smtp, Sns, Solapi, course, vault};
use crate::error::Result;
use crate::state::Shared;
use crate::store::Store;
use crate::system::System;

/// When something happens next, so that idle calls need not ask the store.
pub(crate) struct Timers {
    next_ms: AtomicI64,
}

impl Timers {
    pub(super) fn load(store: &Store) -> Result<Self> {
        let next = store.read(vault::next_due)?;
        Ok(Self { next_ms: AtomicI64::new(next.unwrap_or(i64::MAX)) })
    }

    /// Something will happen at this moment, if the transaction commits; if not, a look does no harm.
    pub(super) fn expect(&self, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.next_ms.fetch_min(at.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// Whether something is due now.
pub(crate) fn due(shared: &Shared) -> bool {
    shared.messengers.timers.next_ms.load(Ordering::SeqCst) <= shared.clock.now().as_millisecond()
}

/// Does all that is due now, in a transaction of its own.
pub(crate) fn settle(shared: &Shared) -> Result<()> {
    let now = shared.clock.now();
    if !due(shared) {
        return Ok(());
    }
    shared.store.write(|tx| {
        run(shared, tx, now)?;
        let next = vault::next_due(tx)?.unwrap_or(i64::MAX);
        shared.messengers.timers.next_ms.store(next, Ordering::SeqCst);
        Ok(())
    })
}

/// Does all that was due at a moment, oldest first.
pub(super) fn run(shared: &Shared, connection: &Connection, now: Timestamp) -> Result<()> {
    while let Some(mut message) = vault::first_due(connection, now)? {
        let step = message.steps.remove(0);
        let go_on = match message.system {
            System::Smsc => course::step::<Smsc>,
            System::SmsRu => course::step::<SmsRu>,
            System::Kavenegar => course::step::<Kavenegar>,
            System::Solapi => course::step::<Solapi>,
            System::Sns => course::step::<Sns>,
            System::Ses => course::step::<Ses>,
            _ => course::step::<Smtp>,
        };
        go_on(shared, connection, &mut message, step)?;
    }
    Ok(())
}
