//! Bootstrap of the tracking function.

use std::sync::Arc;

use yam_platform::Platform;
use yam_tracking::Tracking;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let tracking = Arc::new(Tracking::new(&Platform::from_env("tracking")?));
    let ticking = tracking.clone();
    yam_platform::lambda::run_sqs_and_schedule(
        move |event, invocation| {
            let tracking = tracking.clone();
            async move { tracking.handle(event, invocation).await }
        },
        move |invocation| {
            let tracking = ticking.clone();
            async move { tracking.tick(invocation).await }
        },
    )
    .await
}
