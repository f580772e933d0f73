//! The `mkafka` command.

use std::process::ExitCode;

use clap::Parser as _;
use mkafka::cli::{Cli, Command};

fn main() -> ExitCode {
    let Command::DumpLogSegments(args) = Cli::parse().command;
    mkafka::commands::dump_log_segments::run(&args)
}
