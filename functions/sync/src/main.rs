//! Bootstrap of the sync function.

use std::sync::Arc;

use yam_platform::Platform;
use yam_sync::Sync;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let sync = Arc::new(Sync::new(&Platform::from_env("sync")?));
    yam_platform::lambda::run_sqs(move |event, invocation| {
        let sync = sync.clone();
        async move { sync.handle(event, invocation).await }
    })
    .await
}
