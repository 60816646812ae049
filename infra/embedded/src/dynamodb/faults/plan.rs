//! Which call goes wrong, and how.

use serde_json::Value;

/// A way to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An eventually consistent `GetItem`, `BatchGetItem` or `Query` shows the past. Consistent reads are spared.
    StaleRead,
    /// `ProvisionedThroughputExceededException` before anything is done.
    Throttled,
    /// `ThrottlingException` before anything is done.
    RateLimited,
    /// `InternalServerError` before anything is done.
    InternalError,
    /// Another transaction holds an item: `TransactionCanceledException` or
    /// `TransactionConflictException`; only writes and transactional reads meet it.
    Conflict,
    /// The work is done, the answer never comes.
    LostAnswer,
    /// No connection: nothing was done.
    NoConnection,
}

impl Fault {
    /// Whether this can happen to that call.
    fn fits(self, operation: &str, body: &[u8]) -> bool {
        match self {
            Fault::StaleRead => {
                matches!(operation, "GetItem" | "BatchGetItem" | "Query") && !consistent(body)
            }
            Fault::Conflict => {
                matches!(
                    operation,
                    "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems" | "TransactGetItems"
                )
            }
            _ => true,
        }
    }
}

/// A batch says it for each table.
fn consistent(body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
    let said = |read: &Value| read["ConsistentRead"] == Value::Bool(true);
    said(&body) || body["RequestItems"].as_object().is_some_and(|tables| tables.values().all(said))
}

/// Probabilities, each from 0 to 1; they are tried one after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Chances {
    /// Of [`Fault::StaleRead`].
    pub stale_read: f64,
    /// Of [`Fault::Throttled`].
    pub throttled: f64,
    /// Of [`Fault::InternalError`].
    pub internal_error: f64,
    /// Of [`Fault::Conflict`].
    pub conflict: f64,
    /// Of [`Fault::LostAnswer`].
    pub lost_answer: f64,
    /// Of [`Fault::NoConnection`].
    pub no_connection: f64,
}

impl Chances {
    fn each(&self) -> [(Fault, f64); 6] {
        [
            (Fault::StaleRead, self.stale_read),
            (Fault::Throttled, self.throttled),
            (Fault::InternalError, self.internal_error),
            (Fault::Conflict, self.conflict),
            (Fault::LostAnswer, self.lost_answer),
            (Fault::NoConnection, self.no_connection),
        ]
    }
}

#[derive(Debug)]
struct Scripted {
    operation: String,
    fault: Fault,
    left: u32,
}

#[derive(Debug)]
pub(super) struct Plan {
    script: Vec<Scripted>,
    pub(super) chances: Chances,
    state: u64,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        Plan { script: Vec::new(), chances: Chances::default(), state: seed }
    }

    pub(super) fn script(&mut self, operation: &str, fault: Fault, times: u32) {
        self.script.push(Scripted { operation: operation.to_owned(), fault, left: times });
    }

    pub(super) fn heal(&mut self) {
        self.script.clear();
        self.chances = Chances::default();
    }

    /// What happens to this call.
    pub(super) fn strike(&mut self, operation: &str, body: &[u8]) -> Option<Fault> {
        self.script.retain(|s| s.left > 0);
        let scripted = self
            .script
            .iter_mut()
            .find(|s| (s.operation == "*" || s.operation == operation) && s.fault.fits(operation, body));
        if let Some(scripted) = scripted {
            scripted.left -= 1;
            return Some(scripted.fault);
        }
        let chances = self.chances.each();
        chances
            .into_iter()
            .find(|(f, p)| *p > 0.0 && f.fits(operation, body) && self.draw() < *p)
            .map(|(f, _)| f)
    }

    /// A number from 0 to 1 (SplitMix64).
    fn draw(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0);
        f64::from(bits) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_strikes_the_named_operation_as_often_as_it_says_and_before_chance() {
        let mut plan = Plan::new(1);
        plan.chances.throttled = 1.0;
        plan.script("PutItem", Fault::LostAnswer, 2);
        assert_eq!(plan.strike("GetItem", b"{}"), Some(Fault::Throttled));
        assert_eq!(plan.strike("PutItem", b"{}"), Some(Fault::LostAnswer));
        assert_eq!(plan.strike("PutItem", b"{}"), Some(Fault::LostAnswer));
        plan.heal();
        assert_eq!(plan.strike("PutItem", b"{}"), None);
    }

    #[test]
    fn consistent_reads_are_never_stale_and_reads_never_conflict() {
        let mut plan = Plan::new(1);
        plan.chances = Chances { stale_read: 1.0, conflict: 1.0, ..Chances::default() };
        assert_eq!(plan.strike("GetItem", br#"{"ConsistentRead":true}"#), None);
        assert_eq!(plan.strike("GetItem", br#"{}"#), Some(Fault::StaleRead));
        assert_eq!(plan.strike("Scan", br#"{}"#), None);
        let batch = br#"{"RequestItems":{"yam":{"ConsistentRead":true,"Keys":[]}}}"#;
        assert_eq!(plan.strike("BatchGetItem", batch), None);
        let batch = br#"{"RequestItems":{"yam":{"Keys":[]}}}"#;
        assert_eq!(plan.strike("BatchGetItem", batch), Some(Fault::StaleRead));
        assert_eq!(plan.strike("PutItem", br#"{}"#), Some(Fault::Conflict));
    }

    #[test]
    fn the_same_seed_strikes_the_same_calls() {
        let strikes = |seed| {
            let mut plan = Plan::new(seed);
            plan.chances.throttled = 0.5;
            (0..64).map(|_| plan.strike("PutItem", b"{}").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(strikes(3), strikes(3));
        assert_ne!(strikes(3), strikes(4));
    }
}
