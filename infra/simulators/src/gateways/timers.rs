//! What happens by itself: pages whose time ends, money that goes back, sales settled by the bank.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;

use super::{Gateway, Payment, vault};
use super::{Mellat, Robokassa, Sep, Toss, YooKassa, Zarinpal, Zibal};
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
    fn expect(&self, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.next_ms.fetch_min(at.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// Writes a payment and minds its clock.
pub(super) fn keep(shared: &Shared, connection: &Connection, payment: &Payment) -> Result<()> {
    vault::save(connection, payment)?;
    shared.gateways.timers.expect(payment.due);
    Ok(())
}

/// Whether something is due now.
pub(super) fn due(shared: &Shared) -> bool {
    shared.gateways.timers.next_ms.load(Ordering::SeqCst) <= shared.clock.now().as_millisecond()
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
        shared.gateways.timers.next_ms.store(next, Ordering::SeqCst);
        Ok(())
    })
}

/// Does all that was due at a moment, oldest first.
pub(super) fn run(shared: &Shared, connection: &Connection, now: Timestamp) -> Result<()> {
    while let Some(mut payment) = vault::first_due(connection, now)? {
        let at = payment.due.take().unwrap_or(now);
        mature(shared, connection, &mut payment, at)?;
        keep(shared, connection, &payment)?;
    }
    Ok(())
}

fn mature(shared: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
    let mature = match payment.system {
        System::Zarinpal => Zarinpal::mature,
        System::Zibal => Zibal::mature,
        System::Mellat => Mellat::mature,
        System::Sep => Sep::mature,
        System::Robokassa => Robokassa::mature,
        System::YooKassa => YooKassa::mature,
        System::Toss => Toss::mature,
        // No post has payments.
        _ => return Ok(()),
    };
    mature(shared, connection, payment, at)
}

/// How most gateways go on: an open page expires, money nobody took goes back.
pub(super) fn usual(connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
    use super::State;
    use super::book::{Cause, row};
    match payment.state {
        State::Open => payment.end(State::Expired, at),
        State::Paid => {
            payment.end(State::Returned, at);
            row(connection, payment, "returned", payment.amount, &Cause::gateway(at))?;
        }
        _ => {}
    }
    Ok(())
}
