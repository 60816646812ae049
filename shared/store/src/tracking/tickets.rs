//! Answers ordered from an operator: one open ticket per bucket, woken by a due row.
//!
//! Single writes, no transactions: they cost half, and a ticket is worth less than an intent. The row goes
//! before the ticket does and comes after it, so a crash leaves at most a ticket without a row, which the
//! bucket's next slot finds; never a row without a ticket, which nobody would ever take away.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use yam_platform::queue::Queue;

use crate::error::{StoreError, other};
use crate::items::OpenTicket;
use crate::keys::{self, Key};
use crate::store::Store;
use crate::table::{key_item, to_item};

/// Keeps a new ticket and has it fetched. A ticket that was open before is given up: the operator forgets it
/// by itself. Two write units, one more for a ticket given up.
///
/// # Errors
/// The table does not answer; [`StoreError::Condition`] when another worker changed the ticket meanwhile.
pub async fn open_ticket(
    store: &Store,
    key: &Key,
    ticket: &OpenTicket,
    before: Option<&OpenTicket>,
) -> Result<(), StoreError> {
    if let Some(before) = before {
        store.table.delete(&row(key, before.due_at)).await?;
    }
    put(store, key, ticket, before.map(|before| before.rev)).await?;
    store.table.put(&row(key, ticket.due_at), &serde_json::Map::new()).await
}

/// Has a ticket fetched later. Three write units.
///
/// # Errors
/// As [`open_ticket`].
pub async fn postpone_ticket(
    store: &Store,
    key: &Key,
    ticket: &OpenTicket,
    until: Timestamp,
) -> Result<(), StoreError> {
    let later = OpenTicket { due_at: until, rev: ticket.rev.saturating_add(1), ..ticket.clone() };
    open_ticket(store, key, &later, Some(ticket)).await
}

/// Forgets a ticket. Two write units.
///
/// # Errors
/// As [`open_ticket`].
pub async fn close_ticket(store: &Store, key: &Key, ticket: &OpenTicket) -> Result<(), StoreError> {
    store.table.delete(&row(key, ticket.due_at)).await?;
    let deleted = store
        .table
        .client
        .delete_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(key)))
        .condition_expression("rev = :rev")
        .expression_attribute_values(":rev", AttributeValue::N(ticket.rev.to_string()))
        .send()
        .await;
    match deleted {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
            Ok(())
        }
        Err(error) => Err(other(error)),
    }
}

async fn put(store: &Store, key: &Key, ticket: &OpenTicket, rev: Option<u64>) -> Result<(), StoreError> {
    let put =
        store.table.client.put_item().table_name(&store.table.name).set_item(Some(to_item(key, ticket)?));
    let put = match rev {
        // The very same ticket: a write that landed, and whose answer was lost, is repeated by the SDK.
        Some(rev) => put
            .condition_expression("rev = :rev OR ticket = :ticket AND rev = :next")
            .expression_attribute_values(":rev", AttributeValue::N(rev.to_string())),
        None => put.condition_expression("attribute_not_exists(pk) OR ticket = :ticket AND rev = :next"),
    };
    let put = put
        .expression_attribute_values(":ticket", AttributeValue::S(ticket.ticket.clone()))
        .expression_attribute_values(":next", AttributeValue::N(ticket.rev.to_string()));
    match put.send().await {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
            Err(StoreError::Condition { what: "ticket", old: None })
        }
        Err(error) => Err(other(error)),
    }
}

fn row(key: &Key, at: Timestamp) -> Key {
    keys::due_row(Queue::Tracking, at, key)
}
