//! The queue's thread: takes all work that has piled up into one transaction, so that many senders
//! share one flush to disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::error::SqsError;

/// Tells the waiting side how it went, once it is known whether the transaction committed.
type Told = Box<dyn FnOnce(Result<(), String>)>;
type Job = Box<dyn FnOnce(&Connection) -> Told + Send>;

/// The thread's mailbox; the thread ends with it.
#[derive(Debug)]
pub(super) struct QueueThread(mpsc::Sender<Job>);

/// Jobs in one transaction.
const TOGETHER: usize = 64;

impl QueueThread {
    pub(super) fn start(mut connection: Connection) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("sqs".into()).spawn(move || {
            while let Ok(first) = inbox.recv() {
                let more = inbox.try_iter().take(TOGETHER - 1);
                together(&mut connection, std::iter::once(first).chain(more));
            }
        })?;
        Ok(QueueThread(jobs))
    }

    /// Runs `work` in a transaction and answers after its commit.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, SqsError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqsError> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job: Job = Box::new(move |connection: &Connection| -> Told {
            let result = savepoint(connection, work);
            Box::new(move |committed: Result<(), String>| {
                let result = match committed {
                    Ok(()) => result,
                    Err(reason) => Err(SqsError::Internal(reason)),
                };
                let _caller_left = answer.send(result);
            })
        });
        let gone = || SqsError::Internal("the queue's thread is gone".into());
        self.0.send(job).map_err(|_| gone())?;
        waiting.await.map_err(|_| gone())?
    }
}

/// A job that fails leaves no trace and does not touch the others of its transaction.
fn savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, SqsError>,
) -> Result<T, SqsError> {
    connection.execute_batch("SAVEPOINT job")?;
    let worked = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_panic| Err(SqsError::Internal("the queue panicked".into())));
    let end = if worked.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    connection.execute_batch(end)?;
    worked
}

fn together(connection: &mut Connection, jobs: impl Iterator<Item = Job>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            tracing::error!(%error, "the queue's file cannot be written");
            // Dropping the jobs tells their senders.
            return drop(jobs.collect::<Vec<_>>());
        }
    };
    let told: Vec<Told> = jobs.map(|job| job(&transaction)).collect();
    let committed = transaction.commit().map_err(|e| e.to_string());
    if let Err(reason) = &committed {
        tracing::error!(reason, "the queue's file cannot be written");
    }
    for tell in told {
        tell(committed.clone());
    }
}
