//! What a payer sees when a page cannot be shown.

use axum::http::HeaderMap;
use axum::response::Response;
use yam_domain::money::display::Locale;
use yam_platform::Problem;
use yam_platform::problem::Kind;

use super::frame::{Allowance, Frame};
use super::html::{Html, put};
use super::words::words;
use crate::PayState;

/// A page in place of a problem document: a payer reads it.
pub(super) fn trouble(
    state: &PayState,
    problem: &Problem,
    wished: Option<&str>,
    headers: &HeaderMap,
) -> Response {
    let accepted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or("");
    let locale = Locale::from_tag(wished.unwrap_or(accepted));
    let words = words(locale);
    let missing = problem.kind() == Kind::NotFound;
    let title = match problem.kind() {
        Kind::NotFound => words.not_found,
        Kind::TooLarge => super::picture::words(locale).large,
        _ => words.busy,
    };
    let mut content = Html::new();
    if missing {
        put!(content, "<section><p>", (words.not_found_hint), "</p></section>");
    }
    let frame = Frame {
        locale,
        title,
        shop: "OpenPay",
        slug: "",
        help_url: None,
        status: problem.status(),
        refresh: None,
        allowance: Allowance::default(),
    };
    frame.render(state.store.ids.as_ref(), &content)
}
