//! JSON bodies: bounded, typed, and with the field's pointer when something is wrong.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};

use crate::BODY_LIMIT;

/// A JSON body, as a type and as it came.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// The typed content.
    pub value: T,
    /// The content as JSON, for digests.
    pub json: Value,
}

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let media = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let is_json =
            media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"));
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::new(Kind::TooLarge).with(BODY_LIMIT.to_string()))?;
        if bytes.len() > BODY_LIMIT {
            return Err(Problem::new(Kind::TooLarge).with(BODY_LIMIT.to_string()));
        }
        if !is_json && !bytes.is_empty() {
            return Err(Problem::new(Kind::MediaType));
        }
        let bytes = if bytes.is_empty() { Bytes::from_static(b"{}") } else { bytes };
        read(&bytes)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    // serde_json refuses nesting deeper than 128.
    let json: Value = serde_json::from_slice(bytes)
        .map_err(|e| Problem::new(Kind::Malformed).with(format!("The body is not valid JSON: {e}.")))?;
    let value = serde_path_to_error::deserialize(&json).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::validation(vec![FieldError::new(pointer, fault(&error.into_inner().to_string()))])
    })?;
    Ok(Body { value, json })
}

fn fault(message: &str) -> Fault {
    match message.strip_prefix("missing field `").and_then(|m| m.strip_suffix('`')) {
        Some(field) => Fault::Shape(format!("the field {field} is missing")),
        None => Fault::Shape(message.chars().take(200).collect()),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters here")]
        weight_g: u32,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Order {
        #[expect(dead_code, reason = "only its type matters here")]
        items: Vec<Line>,
    }

    #[test]
    fn a_wrong_type_names_its_field() {
        let problem = read::<Order>(br#"{"items":[{"weight_g":1},{"weight_g":"heavy"}]}"#).unwrap_err();
        assert_eq!(problem.kind(), Kind::Validation);
        assert_eq!(problem.errors()[0].pointer, "/items/1/weight_g");
    }

    #[test]
    fn syntax_and_depth_are_malformed_not_a_crash() {
        let deep = format!("{{\"items\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for body in ["", "{", "nul", "{\"items\":[}", deep.as_str()] {
            let problem = read::<Order>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.kind(), Kind::Malformed);
        }
    }
}
