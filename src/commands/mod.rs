//! What the subcommands do: one file each.

pub mod topics;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Cli, Command, GlobalArgs};
use crate::output::{StdoutError, Ui};
use crate::store::{DataDirLocation, StoreError};

/// The command was carried out.
const DONE: u8 = 0;
/// It failed, wholly or in part.
const FAILED: u8 = 1;
/// It was asked for in a way that makes no sense; clap has the same status.
const WRONG_USAGE: u8 = 2;

/// A command line that clap accepts and that makes no sense all the same.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Runs a command, prints what went wrong and answers the exit status.
pub fn run(cli: &Cli) -> ExitCode {
    let mut ui = match Ui::new(cli.global.color) {
        Ok(ui) => ui,
        Err(_) => return ExitCode::from(FAILED),
    };
    let done = match &cli.command {
        Command::Topics(args) => topics::run(&cli.global, args, &mut ui),
    };
    // What was printed before an error belongs to the output, and an error of this to the command.
    let flushed = ui.flush().map_err(anyhow::Error::from);
    let status = match done.and(flushed) {
        Ok(()) if ui.has_failed() => FAILED,
        Ok(()) => DONE,
        Err(error) if error.downcast_ref().is_some_and(StdoutError::is_closed_pipe) => DONE,
        Err(error) => {
            ui.error(&error.to_string());
            if error.is::<UsageError>() { WRONG_USAGE } else { FAILED }
        }
    };
    ExitCode::from(status)
}

/// Where the data directory is.
fn data_dir_location(global: &GlobalArgs) -> Result<DataDirLocation, StoreError> {
    DataDirLocation::resolve(global.data_dir.as_deref(), |name| std::env::var_os(name))
}
