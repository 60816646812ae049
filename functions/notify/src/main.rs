//! Bootstrap of the notify function.

use std::sync::Arc;

use yam_messengers::Messengers;
use yam_notify::Notify;
use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let platform = Platform::from_env("notify")?;
    let notify = Arc::new(Notify::new(&platform, Messengers::new(&platform, &platform.sdk)));
    let router = notify.router();
    yam_platform::lambda::run_http_and_sqs(router, move |event, invocation| {
        let notify = notify.clone();
        async move { notify.handle(event, invocation).await }
    })
    .await
}
