//! The least a function with a database does: Yam's own start-up is compared with it
//! (`tests/bench/startup`).

use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let handle = |_event: LambdaEvent<serde_json::Value>| async {
        Ok::<_, Error>(client.config().region().map(ToString::to_string))
    };
    lambda_runtime::run(service_fn(handle)).await
}
