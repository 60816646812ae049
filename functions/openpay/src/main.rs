//! Bootstrap of the openpay function.

use std::sync::Arc;

use yam_openpay::OpenPay;
use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let openpay = Arc::new(OpenPay::new(&Platform::from_env("openpay")?));
    let router = openpay.router();
    yam_platform::lambda::run_http_and_sqs(router, move |event, invocation| {
        let openpay = openpay.clone();
        async move { openpay.handle(event, invocation).await }
    })
    .await
}
