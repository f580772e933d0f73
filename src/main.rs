//! The program: reads the command line, runs the command.

use std::ffi::OsString;
use std::process::ExitCode;

use mkafka::cli::Cli;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(status) = mkafka::commands::completions::answer(&args) {
        return status;
    }
    match Cli::from_args(args) {
        Ok(cli) => mkafka::commands::run(&cli),
        Err(error) => mkafka::commands::refuse(&error),
    }
}
