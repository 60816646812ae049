//! A problem and its HTTP answer.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{FieldError, Kind, Language};

/// An error on its way to the caller, not yet in a language.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: Kind,
    arguments: Vec<String>,
    errors: Vec<FieldError>,
    extensions: Map<String, Value>,
    retry_after_s: Option<u64>,
}

impl Problem {
    /// Of a kind, with the arguments its sentence wants.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Problem { kind, arguments: vec![], errors: vec![], extensions: Map::new(), retry_after_s: None }
    }

    /// Field errors.
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Problem { errors, ..Problem::new(Kind::Validation) }
    }

    /// Fills the next `{n}` of the sentence.
    #[must_use]
    pub fn with(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds a machine-readable member (name of at least 3 characters).
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Adds field errors to a problem of another kind.
    #[must_use]
    pub fn at(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Field errors.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// The body in one language.
    #[must_use]
    pub fn body(&self, language: Language) -> Value {
        let mut body = Map::new();
        body.insert("type".into(), json!(format!("/problems/{}", self.kind.slug())));
        body.insert("title".into(), json!(self.kind.title(language)));
        body.insert("status".into(), json!(self.status().as_u16()));
        body.insert("detail".into(), json!(self.kind.detail(language, &self.arguments)));
        if !self.errors.is_empty() {
            let errors = self.errors.iter();
            let errors = errors
                .map(|e| json!({"pointer": format!("#{}", e.pointer), "detail": e.fault.describe(language)}));
            body.insert("errors".into(), errors.collect());
        }
        if let Some(trace) = crate::telemetry::TraceContext::current() {
            body.insert("request_id".into(), json!(trace.trace_id()));
        }
        body.extend(self.extensions.clone());
        Value::Object(body)
    }

    fn render(&self, language: Language) -> Response {
        let mut response = (self.status(), self.body(language).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, Basic realm=\"yam\""));
        }
        response.extensions_mut().insert(Box::new(self.clone()));
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.render(Language::En)
    }
}

/// Middleware that renders problems in the caller's language.
pub async fn localize(request: Request, next: Next) -> Response {
    let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let language = Language::negotiate(header.unwrap_or(""));
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Box<Problem>>() {
        Some(problem) if language != Language::En => problem.render(language),
        _ => response,
    }
}
