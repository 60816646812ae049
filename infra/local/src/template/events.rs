//! Event sources of functions.

use serde_yaml_ng::Value;

use super::resolve::{Resolver, TemplateError};
use super::{Function, QueueSource, Rate, Route, Schedule};

/// What SQS event sources have when the template says nothing.
const BATCH_SIZE: u32 = 10;
const MAX_CONCURRENCY: u32 = 10;

pub(super) fn read(
    resolver: &Resolver<'_>,
    resource: &str,
    event: &str,
    definition: &Value,
    function: &mut Function,
) -> Result<(), TemplateError> {
    let at = format!("{resource}.Events.{event}");
    let properties = definition.get("Properties").unwrap_or(&Value::Null);
    match definition.get("Type").and_then(Value::as_str) {
        Some("HttpApi") => function.routes.push(route(resolver, &at, properties)?),
        Some("SQS") => function.queues.push(queue(resolver, &at, properties)?),
        Some("Schedule" | "ScheduleV2") => {
            if resolver.member(&at, properties, "State")?.as_deref() == Some("DISABLED") {
                return Ok(());
            }
            let member = if properties.get("ScheduleExpression").is_some() {
                "ScheduleExpression"
            } else {
                "Schedule"
            };
            let expression = resolver.member(&at, properties, member)?.unwrap_or_default();
            let rate = Rate::parse(&expression).map_err(|reason| TemplateError::new(&at, reason))?;
            function.schedules.push(Schedule { name: event.to_owned(), rate });
        }
        other => {
            let kind = other.unwrap_or("no type");
            return Err(TemplateError::new(
                &at,
                format!("events of {kind} are not known to the local runner"),
            ));
        }
    }
    Ok(())
}

fn route(resolver: &Resolver<'_>, at: &str, properties: &Value) -> Result<Route, TemplateError> {
    let path = resolver.member(at, properties, "Path")?.unwrap_or_default();
    if !path.starts_with('/') {
        return Err(TemplateError::new(at, format!("the path {path:?} does not start with /")));
    }
    let method = resolver.member(at, properties, "Method")?.filter(|m| !m.eq_ignore_ascii_case("any"));
    Ok(Route { method: method.map(|m| m.to_ascii_uppercase()), path })
}

fn queue(resolver: &Resolver<'_>, at: &str, properties: &Value) -> Result<QueueSource, TemplateError> {
    let arn = resolver.member(at, properties, "Queue")?.unwrap_or_default();
    let queue = arn.rsplit(':').next().filter(|name| !name.is_empty());
    let queue = queue.ok_or_else(|| TemplateError::new(at, "has no Queue"))?.to_owned();
    let scaling = properties.get("ScalingConfig").unwrap_or(&Value::Null);
    let types = properties.get("FunctionResponseTypes").and_then(Value::as_sequence);
    let reports = |value: &Value| value.as_str() == Some("ReportBatchItemFailures");
    let count = |n: u32| usize::try_from(n).unwrap_or(1).max(1);
    Ok(QueueSource {
        queue,
        batch_size: count(resolver.number(at, properties, "BatchSize")?.unwrap_or(BATCH_SIZE)),
        max_concurrency: count(
            resolver.number(at, scaling, "MaximumConcurrency")?.unwrap_or(MAX_CONCURRENCY),
        ),
        partial_batches: types.is_some_and(|types| types.iter().any(reports)),
    })
}
