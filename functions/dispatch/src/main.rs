//! Bootstrap of the dispatch function.

use std::sync::Arc;

use yam_dispatch::Dispatch;
use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let dispatch = Arc::new(Dispatch::new(&Platform::from_env("dispatch")?));
    yam_platform::lambda::run_sqs(move |event, invocation| {
        let dispatch = dispatch.clone();
        async move { dispatch.handle(event, invocation).await }
    })
    .await
}
