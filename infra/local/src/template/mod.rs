//! `template.yaml`, the only wiring diagram: routes, queues, schedules, tables and environments are
//! read from it and written nowhere else.
//!
//! Only what is needed here is resolved, with `Ref`, `GetAtt`, `Sub`, `If`/`Equals` and `FindInMap`.
//! Anything else in a place that is read is an error that names the resource.

mod events;
mod functions;
mod rate;
mod resolve;
mod resources;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_yaml_ng::Value;
use yam_embedded::dynamodb::TableDefinition;
use yam_embedded::sqs::QueueDefinition;

pub use rate::Rate;
pub use resolve::{Surroundings, TemplateError};

use resolve::Resolver;

/// The template this binary was built with.
pub const EMBEDDED: &str = include_str!("../../../../template.yaml");

/// What the runner needs of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Functions by the name of their folder.
    pub functions: BTreeMap<String, Function>,
    /// Queues, dead-letter queues included.
    pub queues: Vec<QueueDefinition>,
    /// Tables.
    pub tables: Vec<TableDefinition>,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its resource in the template, for messages.
    pub resource: String,
    /// Time-out.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Environment, that of `Globals` included.
    pub environment: BTreeMap<String, String>,
    /// HTTP API routes.
    pub routes: Vec<Route>,
    /// Queues it is fed from.
    pub queues: Vec<QueueSource>,
    /// Schedules it runs on.
    pub schedules: Vec<Schedule>,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Verb; every verb without it.
    pub method: Option<String>,
    /// Path with `{name}` for a segment and `{name+}` for the rest.
    pub path: String,
}

/// A queue that feeds a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSource {
    /// Name of the queue.
    pub queue: String,
    /// Messages in one invocation.
    pub batch_size: usize,
    /// Invocations at once.
    pub max_concurrency: usize,
    /// Whether the function says which messages failed.
    pub partial_batches: bool,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Name of the event in the template.
    pub name: String,
    /// When.
    pub rate: Rate,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// It is not YAML, or something that is needed here cannot be read.
    pub fn parse(text: &str, surroundings: &Surroundings) -> Result<Self, TemplateError> {
        let root: Value =
            serde_yaml_ng::from_str(text).map_err(|e| TemplateError::new("template", e.to_string()))?;
        let resolver = Resolver::new(&root, surroundings)?;
        let mut template = Template { functions: BTreeMap::new(), queues: Vec::new(), tables: Vec::new() };
        for (name, kind, properties) in resolver.resources()? {
            match kind {
                "AWS::Serverless::Function" => {
                    let (key, function) = functions::read(&resolver, name, properties)?;
                    if template.functions.insert(key.clone(), function).is_some() {
                        return Err(TemplateError::new(name, format!("there are two functions in {key:?}")));
                    }
                }
                "AWS::SQS::Queue" => template.queues.push(resources::queue(&resolver, name, properties)?),
                "AWS::DynamoDB::Table" => {
                    template.tables.push(resources::table(&resolver, name, properties)?)
                }
                _ => {}
            }
        }
        template.check()?;
        Ok(template)
    }

    /// What a single resource cannot know.
    fn check(&self) -> Result<(), TemplateError> {
        let exists = |name: &str| self.queues.iter().any(|q| q.name == name);
        for queue in &self.queues {
            if let Some(redrive) = queue.redrive.as_ref().filter(|r| !exists(&r.dead_queue)) {
                return Err(TemplateError::new(
                    &queue.name,
                    format!("no queue {:?} for dead letters", redrive.dead_queue),
                ));
            }
        }
        for function in self.functions.values() {
            if let Some(source) = function.queues.iter().find(|s| !exists(&s.queue)) {
                return Err(TemplateError::new(&function.resource, format!("no queue {:?}", source.queue)));
            }
        }
        Ok(())
    }
}
