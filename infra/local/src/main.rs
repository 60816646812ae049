//! The command `yam`.

use std::process::ExitCode;

fn main() -> ExitCode {
    yam_local::cli::main()
}
