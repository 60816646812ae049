//! Tables as the template defines them.

use bytes::Bytes;
use serde_json::{Value, json};

/// Type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// `S`
    Text,
    /// `N`
    Number,
    /// `B`
    Binary,
}

impl AttributeType {
    /// The type of a letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "S" => Some(Self::Text),
            "N" => Some(Self::Number),
            "B" => Some(Self::Binary),
            _ => None,
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Self::Text => "S",
            Self::Number => "N",
            Self::Binary => "B",
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDefinition {
    /// Name.
    pub name: String,
    /// Key attributes of the table and its indexes.
    pub attributes: Vec<(String, AttributeType)>,
    /// Partition key.
    pub partition_key: String,
    /// Sort key.
    pub sort_key: Option<String>,
    /// Attribute that holds the expiry; nothing expires by itself here, so readers must filter.
    pub ttl_attribute: Option<String>,
    /// `GlobalSecondaryIndexes` as CloudFormation and the API write them.
    pub global_indexes: Vec<Value>,
}

impl TableDefinition {
    /// A table with text keys and no index.
    #[must_use]
    pub fn keyed(name: &str, partition_key: &str, sort_key: &str) -> Self {
        TableDefinition {
            name: name.to_owned(),
            attributes: vec![
                (partition_key.to_owned(), AttributeType::Text),
                (sort_key.to_owned(), AttributeType::Text),
            ],
            partition_key: partition_key.to_owned(),
            sort_key: Some(sort_key.to_owned()),
            ttl_attribute: None,
            global_indexes: Vec::new(),
        }
    }

    /// The calls that make it.
    pub(super) fn requests(&self) -> Vec<(&'static str, Bytes)> {
        let mut schema = vec![json!({ "AttributeName": self.partition_key, "KeyType": "HASH" })];
        schema.extend(self.sort_key.iter().map(|name| json!({ "AttributeName": name, "KeyType": "RANGE" })));
        let attributes: Vec<Value> = self
            .attributes
            .iter()
            .map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind.letter() }))
            .collect();
        let mut create = json!({
            "TableName": self.name,
            "KeySchema": schema,
            "AttributeDefinitions": attributes,
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !self.global_indexes.is_empty() {
            create["GlobalSecondaryIndexes"] = Value::Array(self.global_indexes.clone());
        }
        let mut requests = vec![("CreateTable", create.to_string().into())];
        if let Some(attribute) = &self.ttl_attribute {
            let ttl = json!({
                "TableName": self.name,
                "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
            });
            requests.push(("UpdateTimeToLive", ttl.to_string().into()));
        }
        requests
    }
}
