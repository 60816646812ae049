//! Query strings with problems instead of the framework's plain text.

use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};

/// The parameters behind the question mark.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Query(value)),
            Err(rejection) => Err(problem(&rejection)),
        }
    }
}

/// The parser's words are "Failed to deserialize query string: limit: invalid digit": the parameter's name
/// comes before the last colon but one.
fn problem(rejection: &QueryRejection) -> Problem {
    let words = rejection.body_text();
    let told = words.split_once(": ").map_or(words.as_str(), |(_, told)| told);
    let (parameter, why) = told.split_once(": ").unwrap_or(("", told));
    let known = !parameter.is_empty() && parameter.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let pointer = if known { format!("/{parameter}") } else { String::new() };
    Problem::validation(vec![FieldError::new(pointer, Fault::Shape(why.to_owned()))])
}
