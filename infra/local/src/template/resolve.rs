//! Intrinsic functions.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;
use serde_yaml_ng::value::TaggedValue;

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml, {resource}: {reason}")]
pub struct TemplateError {
    resource: String,
    reason: String,
}

impl TemplateError {
    pub(super) fn new(resource: &str, reason: impl Into<String>) -> Self {
        TemplateError { resource: resource.to_owned(), reason: reason.into() }
    }
}

/// What the template does not say itself.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Values of parameters; the others take their defaults.
    pub parameters: BTreeMap<String, String>,
    /// `AWS::StackName`.
    pub stack: String,
    /// What stands before a queue's name in its address.
    pub queue_base: String,
}

/// Account number in names.
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

/// Resolves values of one template.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    root: &'a Value,
    surroundings: &'a Surroundings,
    parameters: BTreeMap<String, String>,
}

type Result<T> = std::result::Result<T, TemplateError>;

impl<'a> Resolver<'a> {
    pub(super) fn new(root: &'a Value, surroundings: &'a Surroundings) -> Result<Self> {
        let mut parameters = BTreeMap::new();
        for (name, definition) in entries(root.get("Parameters")) {
            let default = definition.get("Default").map(scalar);
            let value = surroundings.parameters.get(name).cloned().or(default.flatten());
            let value = value
                .ok_or_else(|| TemplateError::new(name, "the parameter has neither value nor default"))?;
            parameters.insert(name.to_owned(), value);
        }
        Ok(Resolver { root, surroundings, parameters })
    }

    /// Name, type and properties of each resource whose condition holds.
    pub(super) fn resources(&self) -> Result<Vec<(&'a str, &'a str, &'a Value)>> {
        let mut resources = Vec::new();
        for (name, resource) in entries(self.root.get("Resources")) {
            if let Some(condition) = resource.get("Condition").and_then(Value::as_str)
                && !self.condition(name, condition)?
            {
                continue;
            }
            let kind = resource.get("Type").and_then(Value::as_str);
            let kind = kind.ok_or_else(|| TemplateError::new(name, "has no Type"))?;
            resources.push((name, kind, resource.get("Properties").unwrap_or(&Value::Null)));
        }
        Ok(resources)
    }

    /// `Globals.Function.<path>`.
    pub(super) fn global(&self, path: &[&str]) -> Option<&'a Value> {
        let function = self.root.get("Globals")?.get("Function")?;
        path.iter().try_fold(function, |value, name| value.get(*name))
    }

    fn resource(&self, name: &str) -> Option<&'a Value> {
        self.root.get("Resources")?.get(name)
    }

    /// A value without intrinsic functions; members that are `AWS::NoValue` are left out.
    pub(super) fn value(&self, at: &str, value: &Value) -> Result<Option<Value>> {
        Ok(Some(match value {
            Value::Tagged(tagged) => return self.tagged(at, tagged),
            Value::Sequence(items) => {
                let items = items.iter().map(|item| self.value(at, item));
                Value::Sequence(items.filter_map(Result::transpose).collect::<Result<_>>()?)
            }
            Value::Mapping(members) => {
                if let Some((name, argument)) = long_form(members) {
                    return self.intrinsic(at, name, argument);
                }
                let mut resolved = serde_yaml_ng::Mapping::new();
                for (name, member) in members {
                    if let Some(member) = self.value(at, member)? {
                        resolved.insert(name.clone(), member);
                    }
                }
                Value::Mapping(resolved)
            }
            plain => plain.clone(),
        }))
    }

    /// A text; numbers and booleans become their text.
    pub(super) fn text(&self, at: &str, value: &Value) -> Result<Option<String>> {
        match self.value(at, value)? {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match scalar(&value) {
                Some(text) => Ok(Some(text)),
                None => Err(TemplateError::new(at, format!("expected a text, found {value:?}"))),
            },
        }
    }

    /// A member's text.
    pub(super) fn member(&self, at: &str, of: &Value, name: &str) -> Result<Option<String>> {
        of.get(name).map_or(Ok(None), |value| self.text(at, value))
    }

    /// A member's number.
    pub(super) fn number(&self, at: &str, of: &Value, name: &str) -> Result<Option<u32>> {
        let Some(text) = self.member(at, of, name)? else { return Ok(None) };
        let number =
            text.parse().map_err(|_| TemplateError::new(at, format!("{name}: {text:?} is not a number")))?;
        Ok(Some(number))
    }

    fn tagged(&self, at: &str, tagged: &TaggedValue) -> Result<Option<Value>> {
        let tag = tagged.tag.to_string();
        let name = tag.trim_start_matches('!');
        self.intrinsic(at, name, &tagged.value)
    }

    fn intrinsic(&self, at: &str, name: &str, argument: &Value) -> Result<Option<Value>> {
        let wrong = || TemplateError::new(at, format!("{name} {argument:?} cannot be read"));
        match name {
            "Ref" => self.reference(at, argument.as_str().ok_or_else(wrong)?),
            "GetAtt" => {
                let dotted = match argument {
                    Value::String(text) => text.clone(),
                    Value::Sequence(parts) => parts
                        .iter()
                        .map(Value::as_str)
                        .collect::<Option<Vec<_>>>()
                        .ok_or_else(wrong)?
                        .join("."),
                    _ => return Err(wrong()),
                };
                let (resource, attribute) = dotted.split_once('.').ok_or_else(wrong)?;
                Ok(Some(Value::String(self.attribute(at, resource, attribute)?)))
            }
            "Sub" => match argument {
                Value::String(pattern) => {
                    Ok(Some(Value::String(self.substitute(at, pattern, &Value::Null)?)))
                }
                Value::Sequence(parts) => match parts.as_slice() {
                    [Value::String(pattern), own] => {
                        Ok(Some(Value::String(self.substitute(at, pattern, own)?)))
                    }
                    _ => Err(wrong()),
                },
                _ => Err(wrong()),
            },
            "If" => match argument.as_sequence().map(Vec::as_slice) {
                Some([Value::String(condition), yes, no]) => {
                    self.value(at, if self.condition(at, condition)? { yes } else { no })
                }
                _ => Err(wrong()),
            },
            "FindInMap" => match argument.as_sequence().map(Vec::as_slice) {
                Some([map, first, second]) => {
                    let step = |value: &Value| self.text(at, value)?.ok_or_else(wrong);
                    let (map, first, second) = (step(map)?, step(first)?, step(second)?);
                    let found =
                        self.root.get("Mappings").and_then(|m| m.get(map.as_str())?.get(first.as_str()));
                    found.and_then(|m| m.get(second.as_str())).map(|v| Some(v.clone())).ok_or_else(wrong)
                }
                _ => Err(wrong()),
            },
            other => Err(TemplateError::new(at, format!("{other} is not understood by the local runner"))),
        }
    }

    fn condition(&self, at: &str, name: &str) -> Result<bool> {
        let condition = self.root.get("Conditions").and_then(|c| c.get(name));
        let condition = condition.ok_or_else(|| TemplateError::new(at, format!("no condition {name:?}")))?;
        let sides = match condition {
            Value::Tagged(tagged) if tagged.tag == "Equals" => tagged.value.as_sequence(),
            Value::Mapping(members) => match long_form(members) {
                Some(("Equals", argument)) => argument.as_sequence(),
                _ => None,
            },
            _ => None,
        };
        match sides.map(Vec::as_slice) {
            Some([left, right]) => Ok(self.text(at, left)? == self.text(at, right)?),
            _ => Err(TemplateError::new(at, format!("condition {name:?} is not an Equals of two values"))),
        }
    }

    fn reference(&self, at: &str, name: &str) -> Result<Option<Value>> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        let text = match name {
            "AWS::StackName" => self.surroundings.stack.clone(),
            "AWS::Region" => REGION.to_owned(),
            "AWS::AccountId" => ACCOUNT.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            _ => match self.parameters.get(name) {
                Some(value) => value.clone(),
                None => self.physical(at, name)?,
            },
        };
        Ok(Some(Value::String(text)))
    }

    /// What `Ref` of a resource gives.
    fn physical(&self, at: &str, name: &str) -> Result<String> {
        match self.kind(at, name)? {
            "AWS::SQS::Queue" => {
                Ok(format!("{}/{ACCOUNT}/{}", self.surroundings.queue_base, self.name_of(name)?))
            }
            _ => self.name_of(name),
        }
    }

    fn kind(&self, at: &str, name: &str) -> Result<&'a str> {
        let resource = self.resource(name);
        let kind = resource.and_then(|r| r.get("Type")).and_then(Value::as_str);
        kind.ok_or_else(|| TemplateError::new(at, format!("there is no parameter or resource {name:?}")))
    }

    /// A resource's own name: as the template says, or made from the stack's.
    pub(super) fn name_of(&self, name: &str) -> Result<String> {
        let properties = self.resource(name).and_then(|r| r.get("Properties")).unwrap_or(&Value::Null);
        for member in ["QueueName", "TableName", "TopicName", "LogGroupName", "FunctionName"] {
            if let Some(given) = self.member(name, properties, member)? {
                return Ok(given);
            }
        }
        Ok(format!("{}-{name}", self.surroundings.stack))
    }

    fn attribute(&self, at: &str, resource: &str, attribute: &str) -> Result<String> {
        let kind = self.kind(at, resource)?;
        let name = self.name_of(resource)?;
        let arn = |service: &str, rest: String| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
        match (kind, attribute) {
            ("AWS::SQS::Queue", "QueueName") => Ok(name),
            ("AWS::SQS::Queue", "QueueUrl") => self.physical(at, resource),
            ("AWS::SQS::Queue", "Arn") => Ok(arn("sqs", name)),
            ("AWS::DynamoDB::Table", "Arn") => Ok(arn("dynamodb", format!("table/{name}"))),
            ("AWS::KMS::Key", "Arn") => Ok(arn("kms", format!("key/{name}"))),
            ("AWS::Serverless::Function", "Arn") => Ok(arn("lambda", format!("function:{name}"))),
            _ => Err(TemplateError::new(
                at,
                format!("{resource}.{attribute} is not known to the local runner"),
            )),
        }
    }

    fn substitute(&self, at: &str, pattern: &str, own: &Value) -> Result<String> {
        let mut text = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::new(at, format!("{pattern:?}: a brace is not closed")))?;
            if let Some(literal) = name.strip_prefix('!') {
                text.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = self.member(at, own, name)? {
                text.push_str(&value);
            } else if let Some((resource, attribute)) = name.split_once('.') {
                text.push_str(&self.attribute(at, resource, attribute)?);
            } else if let Some(value) = self.reference(at, name)? {
                text.push_str(&scalar(&value).unwrap_or_default());
            }
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// `{"Fn::Sub": …}` and `{"Ref": …}`.
fn long_form(members: &serde_yaml_ng::Mapping) -> Option<(&str, &Value)> {
    let mut each = members.iter();
    let (name, argument) = each.next()?;
    let name = name.as_str()?;
    let name = name.strip_prefix("Fn::").or((name == "Ref").then_some(name))?;
    each.next().is_none().then_some((name, argument))
}

/// Members of a mapping in the order in which they are written.
pub(super) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.and_then(Value::as_mapping);
    members.into_iter().flatten().filter_map(|(name, value)| Some((name.as_str()?, value)))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
