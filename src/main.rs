//! The program: reads the command line, runs the command.

use std::process::ExitCode;

use mkafka::cli::Cli;

fn main() -> ExitCode {
    match Cli::from_args(std::env::args_os()) {
        Ok(cli) => mkafka::commands::run(&cli),
        Err(error) => mkafka::commands::refuse(&error),
    }
}
