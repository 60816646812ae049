//! Scans, in the post's codes and in the words of the public page.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::status;
use crate::post::Told;

/// One thing that happened to a parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Scan {
    /// The code that shops are told; none for what only the public page shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<i64>,
    /// The words of the public page, where they are not those of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) office: Option<String>,
}

impl Scan {
    /// A code at no office in particular.
    pub(super) fn of(status: i64) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Words that no code stands for.
    pub(super) fn words(text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::default() }
    }

    /// The same at another office.
    pub(super) fn moved(self, office: &str) -> Self {
        Self { office: Some(office.to_owned()), ..self }
    }

    /// Reads `{"status":8}`, `{"text":"رهسپار به نقطه پستی"}` or both.
    pub(super) fn from_raw(raw: Value, office: Option<&str>) -> Result<Told<Self>, String> {
        let scan: Self = serde_json::from_value(raw).map_err(|error| error.to_string())?;
        if scan.status.is_none() && scan.text.is_none() {
            return Err("\"raw\" needs \"status\" or \"text\"".to_owned());
        }
        let scan = match office {
            Some(office) => scan.moved(office),
            None => scan,
        };
        Ok(Told { scan, at: None })
    }

    /// As the control surface shows it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "status": self.status, "label": self.status.map(status::label), "text": self.text,
            "office": self.office,
        })
    }
}
