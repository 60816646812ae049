//! Bootstrap of the payments function: the shop's side of `yam_openpay`.

use yam_openpay::OpenPay;
use yam_platform::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let platform = Platform::from_env("payments")?;
    yam_platform::lambda::run_http(OpenPay::new(&platform).api()).await
}
