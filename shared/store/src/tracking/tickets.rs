//! Answers ordered from an operator: one open ticket per bucket, woken by a due row.

use jiff::Timestamp;
use yam_platform::queue::Queue;

use crate::items::OpenTicket;
use crate::keys::{self, Key};
use crate::store::Store;
use crate::txn::Txn;

/// Adds the writes that keep a new ticket and have it fetched. A ticket that was open before is given
/// up: the operator forgets it by itself.
pub fn open_ticket(
    txn: &mut Txn,
    store: &Store,
    key: &Key,
    ticket: &OpenTicket,
    before: Option<&OpenTicket>,
) {
    match before {
        Some(before) => {
            txn.delete("old ticket's row", &store.table, &row(key, before.due_at));
            txn.replace("ticket", &store.table, key, ticket, before.rev);
        }
        None => txn.insert("ticket", &store.table, key, ticket),
    }
    txn.upsert("ticket's row", &store.table, &row(key, ticket.due_at), &serde_json::Map::new());
}

/// Adds the writes that fetch a ticket later.
pub fn postpone_ticket(txn: &mut Txn, store: &Store, key: &Key, ticket: &OpenTicket, until: Timestamp) {
    let later = OpenTicket { due_at: until, rev: ticket.rev.saturating_add(1), ..ticket.clone() };
    if until != ticket.due_at {
        txn.delete("ticket's row", &store.table, &row(key, ticket.due_at));
    }
    txn.replace("ticket", &store.table, key, &later, ticket.rev);
    txn.upsert("ticket's new row", &store.table, &row(key, until), &serde_json::Map::new());
}

/// Adds the writes that forget a ticket.
pub fn close_ticket(txn: &mut Txn, store: &Store, key: &Key, ticket: &OpenTicket) {
    txn.delete("ticket's row", &store.table, &row(key, ticket.due_at));
    txn.delete("ticket", &store.table, key);
}

fn row(key: &Key, at: Timestamp) -> Key {
    keys::due_row(Queue::Tracking, at, key)
}
