//! Bootstrap of the relay function.

use std::sync::Arc;

use yam_platform::Platform;
use yam_relay::Relay;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let relay = Arc::new(Relay::new(&Platform::from_env("relay")?));
    yam_platform::lambda::run_schedule(move |invocation| {
        let relay = relay.clone();
        async move { relay.tick(invocation).await.map(|_| ()) }
    })
    .await
}
