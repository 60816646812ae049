//! Queues and tables.

use serde_yaml_ng::Value;
use yam_embedded::dynamodb::{AttributeType, TableDefinition};
use yam_embedded::sqs::{QueueDefinition, Redrive};

use super::resolve::{Resolver, TemplateError};

pub(super) fn queue(
    resolver: &Resolver<'_>,
    name: &str,
    properties: &Value,
) -> Result<QueueDefinition, TemplateError> {
    if resolver.member(name, properties, "FifoQueue")?.as_deref() == Some("true") {
        return Err(TemplateError::new(name, "FIFO queues are not known to the local runner"));
    }
    let seconds = |member: &str, default: i64| {
        resolver.number(name, properties, member).map(|n| n.map_or(default, i64::from))
    };
    let redrive = match properties.get("RedrivePolicy") {
        None => None,
        Some(policy) => {
            let target = resolver.member(name, policy, "deadLetterTargetArn")?;
            let max = resolver.number(name, policy, "maxReceiveCount")?;
            let (Some(target), Some(max_receives)) = (target, max) else {
                return Err(TemplateError::new(name, "the RedrivePolicy lacks its target or count"));
            };
            let dead_queue = target.rsplit(':').next().unwrap_or_default().to_owned();
            Some(Redrive { dead_queue, max_receives })
        }
    };
    let defaults = QueueDefinition::named("");
    Ok(QueueDefinition {
        name: resolver.name_of(name)?,
        visibility_seconds: seconds("VisibilityTimeout", defaults.visibility_seconds)?,
        delay_seconds: seconds("DelaySeconds", defaults.delay_seconds)?,
        retention_seconds: seconds("MessageRetentionPeriod", defaults.retention_seconds)?,
        redrive,
    })
}

pub(super) fn table(
    resolver: &Resolver<'_>,
    name: &str,
    properties: &Value,
) -> Result<TableDefinition, TemplateError> {
    let list = |member: &str| -> Result<Vec<Value>, TemplateError> {
        let value = properties.get(member).map_or(Ok(None), |v| resolver.value(name, v))?;
        Ok(value.and_then(|v| v.as_sequence().cloned()).unwrap_or_default())
    };
    let mut attributes = Vec::new();
    for definition in list("AttributeDefinitions")? {
        let kind = resolver.member(name, &definition, "AttributeType")?;
        let kind = kind.as_deref().and_then(AttributeType::from_letter);
        match (resolver.member(name, &definition, "AttributeName")?, kind) {
            (Some(attribute), Some(kind)) => attributes.push((attribute, kind)),
            _ => return Err(TemplateError::new(name, "an attribute definition cannot be read")),
        }
    }
    let (mut partition_key, mut sort_key) = (None, None);
    for element in list("KeySchema")? {
        let attribute = resolver.member(name, &element, "AttributeName")?;
        match resolver.member(name, &element, "KeyType")?.as_deref() {
            Some("HASH") => partition_key = attribute,
            Some("RANGE") => sort_key = attribute,
            _ => return Err(TemplateError::new(name, "the key schema cannot be read")),
        }
    }
    let ttl = properties.get("TimeToLiveSpecification").unwrap_or(&Value::Null);
    let enabled = resolver.member(name, ttl, "Enabled")?.as_deref() == Some("true");
    let indexes = list("GlobalSecondaryIndexes")?;
    let indexes = indexes.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(TableDefinition {
        name: resolver.name_of(name)?,
        attributes,
        partition_key: partition_key.ok_or_else(|| TemplateError::new(name, "has no partition key"))?,
        sort_key,
        ttl_attribute: if enabled { resolver.member(name, ttl, "AttributeName")? } else { None },
        global_indexes: indexes.map_err(|e| TemplateError::new(name, e.to_string()))?,
    })
}
