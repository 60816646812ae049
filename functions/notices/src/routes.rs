//! Which route leads where.

use axum::Router;
use axum::routing::{get, post, put};

use crate::NoticesState;
use crate::{
    balance, log, messenger_routes, messenger_test, messengers, opt_outs, preview, prices, report, rules,
    senders, senders_review, texts, voice, window,
};

/// All of them.
pub(crate) fn routes() -> Router<NoticesState> {
    settings().merge(operator()).merge(
        Router::new()
            .route("/v1/account", get(balance::account))
            .route("/v1/notifications", get(log::list))
            .route("/v1/notifications/{id}", get(log::read))
            .route("/v1/reports/notifications", get(report::report))
            .route("/v1/opt-outs", post(opt_outs::add).delete(opt_outs::remove))
            .route("/v1/opt-outs/check", post(opt_outs::check)),
    )
}

fn settings() -> Router<NoticesState> {
    Router::new()
        .route("/v1/settings/rules", get(rules::read).put(rules::write))
        .route("/v1/settings/rules/ladder", get(rules::ladder))
        .route("/v1/settings/rules/{version}", get(rules::past))
        .route("/v1/settings/service", get(rules::read_service).put(rules::write_service))
        .route("/v1/settings/templates", get(texts::list))
        .route("/v1/settings/templates/{id}", get(texts::read).put(texts::write).delete(texts::remove))
        .route("/v1/settings/templates/{id}/versions", get(texts::versions))
        .route("/v1/settings/templates/{id}/preview", post(preview::preview))
        .route("/v1/settings/sender-names", get(senders::list))
        .route(
            "/v1/settings/sender-names/{name}",
            get(senders::read).put(senders::write).delete(senders::remove),
        )
        .route("/v1/settings/voice", get(voice::read).put(voice::write))
        .route("/v1/settings/contacts", get(window::read_contacts).put(window::write_contacts))
        .route("/v1/settings/phones", get(window::read_phones).put(window::write_phones))
        .route("/v1/settings/window", get(window::read_window).put(window::write_window))
        .route("/v1/settings/routes", get(messenger_routes::read_routes).put(messenger_routes::write_routes))
        .route("/v1/settings/messengers", get(messengers::list))
        .route(
            "/v1/settings/messengers/{id}",
            get(messengers::read).put(messengers::write).delete(messengers::remove),
        )
        .route("/v1/settings/messengers/{id}/check", post(messenger_routes::check))
        .route("/v1/settings/messengers/{id}/test", post(messenger_test::test))
}

fn operator() -> Router<NoticesState> {
    let name = "/v1/operator/merchants/{merchant}/sender-names/{id}";
    Router::new()
        .route("/v1/operator/message-prices", get(prices::read).put(prices::write))
        .route("/v1/operator/sender-names", get(senders_review::list))
        .route(&format!("{name}/approve"), post(senders_review::approve))
        .route(&format!("{name}/reject"), post(senders_review::reject))
        .route(&format!("{name}/providers/{{provider}}"), put(senders_review::register))
        .route("/v1/operator/merchants/{merchant}/caller-id/verify", post(voice::verify))
        .route("/v1/operator/merchants/{merchant}/credit", post(balance::credit))
        .route("/v1/operator/merchants/{merchant}/credits", get(balance::list))
}
