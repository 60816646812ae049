//! Bootstrap of the orders function.

use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let platform = Platform::from_env("orders")?;
    yam_platform::lambda::run_http(yam_orders::app(platform)).await
}
