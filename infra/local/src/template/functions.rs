//! Functions.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_yaml_ng::Value;

use super::resolve::{Resolver, TemplateError, entries};
use super::{Function, events};

/// Lambda's own defaults.
const TIMEOUT_SECONDS: u32 = 3;
const MEMORY_MB: u32 = 128;

/// A function and the name of its folder.
pub(super) fn read(
    resolver: &Resolver<'_>,
    name: &str,
    properties: &Value,
) -> Result<(String, Function), TemplateError> {
    let code = resolver.member(name, properties, "CodeUri")?;
    let folder =
        code.as_deref().and_then(|c| c.trim_end_matches('/').rsplit('/').next()).filter(|f| !f.is_empty());
    let folder = folder.ok_or_else(|| TemplateError::new(name, "has no CodeUri"))?.to_owned();
    let number = |member: &str, default: u32| {
        let own = resolver.number(name, properties, member)?;
        let global = resolver.global(&[member]).map_or(Ok(None), |v| resolver.text(name, v))?;
        Ok::<_, TemplateError>(own.or(global.and_then(|text| text.parse().ok())).unwrap_or(default))
    };
    let mut environment = BTreeMap::new();
    let own = properties.get("Environment").and_then(|e| e.get("Variables"));
    for (variable, value) in entries(resolver.global(&["Environment", "Variables"])).chain(entries(own)) {
        if let Some(text) = resolver.text(name, value)? {
            environment.insert(variable.to_owned(), text);
        }
    }
    let mut function = Function {
        resource: name.to_owned(),
        timeout: Duration::from_secs(number("Timeout", TIMEOUT_SECONDS)?.into()),
        memory_mb: number("MemorySize", MEMORY_MB)?,
        environment,
        routes: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    for (event, definition) in entries(properties.get("Events")) {
        events::read(resolver, name, event, definition, &mut function)?;
    }
    Ok((folder, function))
}
