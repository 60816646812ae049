//! The merchant's API: links, payments, slips, reports, settings of gateways and pay pages.

mod export;
mod findings;
mod gateways;
mod links;
mod payments;
mod pictures;
mod refunds;
mod settings;
mod slips;
mod statement_file;
mod statements;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use yam_api::{Caller, store_problem};
use yam_domain::ids::{MerchantId, PaymentId};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::Payment;
use yam_store::keys::{of_merchant, sk};

use crate::PayState;

/// Its routes.
pub(crate) fn routes() -> Router<PayState> {
    Router::new()
        .route("/v1/payment-links", post(links::create).get(links::list))
        .route("/v1/payment-links/{id}", get(links::read).delete(links::revoke))
        .route("/v1/payments", get(payments::list))
        .route(
            "/v1/payments/statements",
            post(statements::import).layer(DefaultBodyLimit::max(statement_file::MOST_BYTES)),
        )
        .route("/v1/payments/{id}", get(payments::read))
        .route("/v1/payments/{id}/approve", post(slips::approve))
        .route("/v1/payments/{id}/slip-picture", get(pictures::show))
        .route("/v1/payments/{id}/reject", post(slips::reject))
        .route("/v1/payments/{id}/refund", post(refunds::refund))
        .route("/v1/payments/{id}/attempts/{order}/settle", post(findings::attempt))
        .route("/v1/payments/{id}/refunds/{refund_id}/settle", post(findings::refund))
        .route("/v1/reports/payments", get(export::report))
        .route("/v1/settings/gateways", get(gateways::list))
        .route(
            "/v1/settings/gateways/{id}",
            put(gateways::write).get(gateways::read).delete(gateways::remove),
        )
        .route("/v1/settings/openpay", get(settings::read).put(settings::write))
        .route("/v1/settings/openpay/verify", post(settings::verify))
}

/// A payment of the merchant, or 404: what belongs to others does not exist.
pub(crate) async fn load(state: &PayState, merchant: &MerchantId, id: &str) -> Result<Payment, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let id = PaymentId::parse(id).map_err(|_| not_found())?;
    let key = of_merchant(merchant, sk::payment(id.as_str()));
    let payment = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    payment.ok_or_else(not_found)
}

/// A payment as the API shows it, with its payer.
pub(crate) async fn shown(
    state: &PayState,
    caller: &Caller,
    payment: &Payment,
) -> Result<serde_json::Value, Problem> {
    let payer = state.engine.payer(&caller.merchant, payment).await.ok();
    Ok(crate::view::payment(payment, payer.as_ref()))
}
