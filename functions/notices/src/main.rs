//! Bootstrap of the notices function.

use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let platform = Platform::from_env("notices")?;
    yam_platform::lambda::run_http(yam_notices::app(&platform)).await
}
