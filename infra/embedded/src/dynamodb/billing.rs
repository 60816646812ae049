//! What DynamoDB bills, also where it reports nothing.

use std::collections::HashMap;

use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::types::{
    ConsumedCapacity, TRANSACTIONAL_CAPACITY_FACTOR, item_size, table_write_capacity_units,
};
use dynoxide::{Database, DynoxideError, Item};

use crate::usage::FlowUsage;

/// Units of one operation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bill {
    read: f64,
    write: f64,
}

impl From<Bill> for FlowUsage {
    fn from(bill: Bill) -> Self {
        FlowUsage { read_units: bill.read, write_units: bill.write, ..FlowUsage::default() }
    }
}

impl Bill {
    pub(super) fn read<'a>(&mut self, consumed: impl Iterator<Item = &'a ConsumedCapacity>) {
        self.read += consumed.map(|c| c.capacity_units).sum::<f64>();
    }

    pub(super) fn write<'a>(&mut self, consumed: impl Iterator<Item = &'a ConsumedCapacity>) {
        self.write += consumed.map(|c| c.capacity_units).sum::<f64>();
    }

    /// A transaction repeated under the same token is billed as a read.
    pub(super) fn transaction<'a>(&mut self, consumed: impl Iterator<Item = &'a ConsumedCapacity>) {
        for capacity in consumed {
            match capacity.read_capacity_units {
                Some(_) if capacity.write_capacity_units.is_none() => self.read += capacity.capacity_units,
                _ => self.write += capacity.capacity_units,
            }
        }
    }

    /// A failed condition costs the units of the larger of the item that is there and the item that was
    /// to be put, one at least. The item leaves the error if the caller did not ask for it.
    pub(super) fn failed_condition(
        &mut self,
        error: DynoxideError,
        wants_old: bool,
        new_size: Option<usize>,
    ) -> DynoxideError {
        match error {
            DynoxideError::ConditionalCheckFailedException(message, item) => {
                self.write += table_write_capacity_units(item.as_ref().map(item_size), new_size);
                DynoxideError::ConditionalCheckFailedException(message, item.filter(|_| wants_old))
            }
            other => other,
        }
    }

    /// A cancelled transaction costs what its writes would have cost on the items as they are.
    pub(super) fn cancelled(&mut self, error: &DynoxideError, database: &Database, targets: &[Target]) {
        if !matches!(error, DynoxideError::TransactionCanceledException(..)) {
            return;
        }
        for target in targets {
            let request = GetItemRequest {
                table_name: target.table.clone(),
                key: target.key.clone(),
                consistent_read: Some(true),
                ..GetItemRequest::default()
            };
            let old = database.get_item(request).ok().and_then(|r| r.item).map(|item| item_size(&item));
            self.write += table_write_capacity_units(old, target.new_size) * TRANSACTIONAL_CAPACITY_FACTOR;
        }
    }
}

/// What one action of a transaction is about.
#[derive(Debug)]
pub(super) struct Target {
    table: String,
    key: Item,
    new_size: Option<usize>,
}

/// Names of the key attributes per table.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<String, Vec<String>>);

impl Keys {
    fn of(&mut self, database: &Database, table: &str) -> Vec<String> {
        if let Some(names) = self.0.get(table) {
            return names.clone();
        }
        let request = serde_json::from_value(serde_json::json!({ "TableName": table }));
        let Some(described) = request.ok().and_then(|r| database.describe_table(r).ok()) else {
            return Vec::new();
        };
        let names: Vec<String> = described.table.key_schema.into_iter().map(|k| k.attribute_name).collect();
        self.0.insert(table.to_owned(), names.clone());
        names
    }

    pub(super) fn targets(
        &mut self,
        database: &Database,
        request: &TransactWriteItemsRequest,
    ) -> Vec<Target> {
        let mut targets = Vec::with_capacity(request.transact_items.len());
        for item in &request.transact_items {
            if let Some(put) = &item.put {
                let names = self.of(database, &put.table_name);
                let key = put.item.iter().filter(|(name, _)| names.contains(name));
                targets.push(Target {
                    table: put.table_name.clone(),
                    key: key.map(|(name, value)| (name.clone(), value.clone())).collect(),
                    new_size: Some(item_size(&put.item)),
                });
                continue;
            }
            let addressed = item.update.as_ref().map(|u| (&u.table_name, &u.key));
            let addressed = addressed.or(item.delete.as_ref().map(|d| (&d.table_name, &d.key)));
            let addressed = addressed.or(item.condition_check.as_ref().map(|c| (&c.table_name, &c.key)));
            if let Some((table, key)) = addressed {
                targets.push(Target { table: table.clone(), key: key.clone(), new_size: None });
            }
        }
        targets
    }
}
