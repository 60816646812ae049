//! The engine's thread and the way from an operation's name to the engine.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use bytes::Bytes;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::billing::{Bill, Keys};
use crate::connector::Answer;
use crate::usage::Usage;

struct Order {
    operation: String,
    body: Bytes,
    flow: Option<String>,
    answer: oneshot::Sender<Answer>,
}

/// The thread's mailbox; the thread ends with it.
#[derive(Debug)]
pub(super) struct EngineThread(mpsc::Sender<Order>);

/// An answer on its way.
#[derive(Debug)]
pub(super) struct Waiting(oneshot::Receiver<Answer>);

impl Waiting {
    pub(super) async fn answer(self) -> Answer {
        self.0.await.unwrap_or_else(|_gone| internal("the engine's thread is gone"))
    }
}

impl EngineThread {
    pub(super) fn start(database: Database, usage: Usage) -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        std::thread::Builder::new().name("dynamodb".into()).spawn(move || {
            let mut engine = Engine { database, keys: Keys::default() };
            for order in inbox {
                let worked = catch_unwind(AssertUnwindSafe(|| engine.run(&order.operation, &order.body)));
                let (answer, bill) =
                    worked.unwrap_or_else(|_panic| (internal("the engine panicked"), Bill::default()));
                if let Some(flow) = order.flow {
                    usage.add(&flow, &bill.into());
                }
                let _caller_left = order.answer.send(answer);
            }
        })?;
        Ok(EngineThread(orders))
    }

    /// Puts an order in line now; its place does not depend on when the answer is awaited.
    pub(super) fn submit(&self, operation: &str, body: Bytes, flow: Option<String>) -> Waiting {
        let (answer, waiting) = oneshot::channel();
        let order = Order { operation: operation.to_owned(), body, flow, answer };
        // Without its thread the order is dropped, which the waiting side sees.
        let _thread_gone = self.0.send(order);
        Waiting(waiting)
    }

    pub(super) async fn execute(&self, operation: &str, body: Bytes, flow: Option<String>) -> Answer {
        self.submit(operation, body, flow).answer().await
    }
}

fn internal(message: &str) -> Answer {
    Answer::error(500, "com.amazonaws.dynamodb.v20120810#InternalServerError", message)
}

type Worked = Result<Vec<u8>, DynoxideError>;

struct Engine {
    database: Database,
    keys: Keys,
}

impl Engine {
    fn run(&mut self, operation: &str, body: &[u8]) -> (Answer, Bill) {
        let mut bill = Bill::default();
        let answer = match self.dispatch(operation, body, &mut bill) {
            Ok(body) => Answer::ok(body),
            Err(error) => Answer::new(error.status_code(), error.to_json()),
        };
        (answer, bill)
    }

    fn dispatch(&mut self, operation: &str, body: &[u8], bill: &mut Bill) -> Worked {
        match operation {
            "GetItem" => self.get_item(body, bill),
            "Query" => self.query(body, bill),
            "Scan" => self.scan(body, bill),
            "BatchGetItem" => self.batch_get_item(body, bill),
            "TransactGetItems" => self.transact_get_items(body, bill),
            "PutItem" => self.put_item(body, bill),
            "UpdateItem" => self.update_item(body, bill),
            "DeleteItem" => self.delete_item(body, bill),
            "BatchWriteItem" => self.batch_write_item(body, bill),
            "TransactWriteItems" => self.transact_write_items(body, bill),
            "CreateTable" => encode(&self.database.create_table(decode(body)?)?),
            "DeleteTable" => encode(&self.database.delete_table(decode(body)?)?),
            "DescribeTable" => encode(&self.database.describe_table(decode(body)?)?),
            "ListTables" => encode(&self.database.list_tables(decode(body)?)?),
            "UpdateTimeToLive" => encode(&self.database.update_time_to_live(decode(body)?)?),
            "DescribeTimeToLive" => encode(&self.database.describe_time_to_live(decode(body)?)?),
            other => Err(DynoxideError::UnsupportedCapability(other.to_owned())),
        }
    }

    fn get_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::get_item::GetItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.get_item(request)?;
        bill.read(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn query(&self, body: &[u8], bill: &mut Bill) -> Worked {
        refuse_empty_keys(body)?;
        let mut request: dynoxide::actions::query::QueryRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.query(request)?;
        bill.read(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn scan(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::scan::ScanRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.scan(request)?;
        bill.read(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn batch_get_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::batch_get_item::BatchGetItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.batch_get_item(request)?;
        bill.read(response.consumed_capacity.iter().flatten());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn transact_get_items(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::transact_get_items::TransactGetItemsRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.transact_get_items(request)?;
        bill.read(response.consumed_capacity.iter().flatten());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn put_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::put_item::PutItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let wants_old = all_old(&mut request.return_values_on_condition_check_failure);
        let new_size = dynoxide::types::item_size(&request.item);
        let answer = self.database.put_item(request);
        let mut response = answer.map_err(|e| bill.failed_condition(e, wants_old, Some(new_size)))?;
        bill.write(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn update_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::update_item::UpdateItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let wants_old = all_old(&mut request.return_values_on_condition_check_failure);
        let answer = self.database.update_item(request);
        let mut response = answer.map_err(|e| bill.failed_condition(e, wants_old, None))?;
        bill.write(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn delete_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::delete_item::DeleteItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let wants_old = all_old(&mut request.return_values_on_condition_check_failure);
        let answer = self.database.delete_item(request);
        let mut response = answer.map_err(|e| bill.failed_condition(e, wants_old, None))?;
        bill.write(response.consumed_capacity.iter());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn batch_write_item(&self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::batch_write_item::BatchWriteItemRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        let mut response = self.database.batch_write_item(request)?;
        bill.write(response.consumed_capacity.iter().flatten());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }

    fn transact_write_items(&mut self, body: &[u8], bill: &mut Bill) -> Worked {
        let mut request: dynoxide::actions::transact_write_items::TransactWriteItemsRequest = decode(body)?;
        let asked = ask(&mut request.return_consumed_capacity);
        // A cancelled transaction changed nothing, so the sizes it is billed on can be read afterwards.
        let targets = self.keys.targets(&self.database, &request);
        let answer = self.database.transact_write_items(request);
        let mut response = answer.inspect_err(|e| bill.cancelled(e, &self.database, &targets))?;
        bill.transaction(response.consumed_capacity.iter().flatten());
        if !asked {
            response.consumed_capacity = None;
        }
        encode(&response)
    }
}

/// Asks for the consumed capacity; says whether the caller did.
fn ask(mode: &mut Option<String>) -> bool {
    let asked = mode.as_deref().is_some_and(|m| m != "NONE");
    if mode.is_none() || mode.as_deref() == Some("NONE") {
        *mode = Some("TOTAL".into());
    }
    asked
}

/// Asks for the item that failed a condition; says whether the caller did.
fn all_old(mode: &mut Option<String>) -> bool {
    let asked = mode.as_deref() == Some("ALL_OLD");
    if mode.is_none() || mode.as_deref() == Some("NONE") {
        *mode = Some("ALL_OLD".into());
    }
    asked
}

/// DynamoDB takes no empty string for a key, also not as the prefix of one, which the engine lets pass.
fn refuse_empty_keys(query: &[u8]) -> Result<(), DynoxideError> {
    let query: serde_json::Value = decode(query)?;
    let condition = query["KeyConditionExpression"].as_str().unwrap_or_default();
    let is_named = |name: &str| {
        condition
            .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '_'))
            .any(|word| word == name)
    };
    let values = query["ExpressionAttributeValues"].as_object();
    match values.into_iter().flatten().any(|(name, value)| value["S"] == "" && is_named(name)) {
        true => Err(DynoxideError::ValidationException(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an \
             empty string value."
                .to_owned(),
        )),
        false => Ok(()),
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|e| {
        let text = e.to_string();
        match text.split_once("VALIDATION:") {
            // serde_json ends its messages with the position.
            Some((_, message)) => {
                let message = message.rsplit_once(" at line ").map_or(message, |(m, _)| m);
                DynoxideError::ValidationException(message.to_owned())
            }
            None => DynoxideError::SerializationException(text),
        }
    })
}

fn encode<T: Serialize>(response: &T) -> Worked {
    serde_json::to_vec(response).map_err(|e| DynoxideError::InternalServerError(e.to_string()))
}
