//! What the subcommands do: one file each.

pub mod clean;
pub mod completions;
pub mod configs;
mod consent;
pub mod consume;
pub mod count;
mod dead_transactions;
pub mod dump_log_segments;
pub mod groups;
mod interrupt;
mod offsets;
mod perf;
pub mod produce;
pub mod ps;
mod select;
mod stats;
pub mod topics;
pub mod transfer;
pub mod verify;
pub mod wait;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::cli::{Cli, Command, GlobalArgs};
use crate::output::{StdoutError, Ui};
use crate::store::{DataDir, DataDirLocation, StoreError};

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

/// The command was told to end by a signal, and did so in good order; holds the exit status.
#[derive(Debug, thiserror::Error)]
#[error("ended by a signal")]
struct EndedBySignal(u8);

/// The line for `error`: each cause on the way down, from what was being done to what went wrong. The
/// engine's errors have their cause in their own text already; it is not said twice.
fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let part = cause.downcast_ref().map_or_else(|| cause.to_string(), crate::fs::plain_text);
        if text.is_empty() {
            text = part;
        } else if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
    }
    text
}

/// What becomes of a command line that says nothing to do: help and the version are shown, mistakes told in one
/// line. Answers the exit status.
pub fn refuse(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if let Err(error) = crate::output::has_arrived(error.print())
                && !error.is_closed_pipe()
            {
                crate::output::error_line(&error.to_string());
                return ExitCode::from(FAILED);
            }
        }
        _ => crate::output::error_line(&crate::cli::refusal::line(error)),
    }
    ExitCode::from(if error.use_stderr() { WRONG_USAGE } else { DONE })
}

/// Runs a command, prints what went wrong and answers the exit status.
pub fn run(cli: &Cli) -> ExitCode {
    let mut ui = match Ui::new(cli.global.color) {
        Ok(ui) => ui,
        Err(_) => return ExitCode::from(FAILED),
    };
    interrupt::survive_file_size_limit();
    let done = match &cli.command {
        Command::Topics(args) => topics::run(&cli.global, args, &mut ui),
        Command::Configs(args) => configs::run(&cli.global, args, &mut ui),
        Command::Count(args) => count::run(&cli.global, args, &mut ui),
        Command::Wait(args) => wait::run(&cli.global, args, &mut ui),
        Command::Clean(args) => clean::run(&cli.global, args, &mut ui),
        Command::Verify(args) => verify::run(&cli.global, args, &mut ui),
        Command::Export(args) => transfer::export(&cli.global, args, &mut ui),
        Command::Import(args) => transfer::import(&cli.global, args, &mut ui),
        Command::Ps(args) => ps::run(&cli.global, args, &mut ui),
        Command::Produce(args) => produce::run(&cli.global, args, &mut ui),
        Command::Consume(args) => consume::run(&cli.global, args, &mut ui),
        Command::Groups(args) => groups::run(&cli.global, args, &mut ui),
        Command::DumpLogSegments(args) => dump_log_segments::run(args, &mut ui),
        Command::Perf(args) => perf::run(&cli.global, args, &mut ui),
        Command::Completions(args) => completions::run(args, &mut ui),
    };
    // What was printed before an error belongs to the output, and an error of this to the command.
    let flushed = ui.flush().map_err(anyhow::Error::from);
    let status = match done.and(flushed) {
        Ok(()) if ui.has_failed() => FAILED,
        Ok(()) => DONE,
        Err(error) if error.downcast_ref().is_some_and(StdoutError::is_closed_pipe) => DONE,
        Err(error) => {
            if let Some(EndedBySignal(status)) = error.downcast_ref() {
                return ExitCode::from(*status);
            }
            ui.error(&message(&error));
            if error.is::<UsageError>() { WRONG_USAGE } else { FAILED }
        }
    };
    ExitCode::from(status)
}

/// The properties in a file in Java's format.
fn properties_in(path: &std::path::Path) -> Result<Vec<(String, String)>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    if path.is_dir() {
        anyhow::bail!("cannot read {}: it is a folder", path.display());
    }
    let properties = java_properties::read(std::io::BufReader::new(file));
    let properties = properties
        .map_err(|error| UsageError(format!("{} is no file of properties: {error}", path.display())))?;
    let mut properties: Vec<_> = properties.into_iter().collect();
    properties.sort();
    Ok(properties)
}

/// Opens the data directory for reading; `None` when it is the default one and nobody has made it yet, which is as
/// good as an empty one.
fn open_if_there_is_any(location: &DataDirLocation) -> Result<Option<DataDir>, StoreError> {
    match DataDir::open_for_reading(&location.path) {
        Err(StoreError::NoDataDir(_)) if location.is_default => Ok(None),
        other => other.map(Some),
    }
}

/// Opens the data directory for reading, for a command about what is named: all there is, where that `is_all`. `None`
/// as [`open_if_there_is_any`] has it.
fn open_for_all(location: &DataDirLocation, is_all: bool) -> Result<Option<DataDir>, StoreError> {
    if is_all { open_if_there_is_any(location) } else { DataDir::open_for_reading(&location.path).map(Some) }
}

/// Where the data directory is.
fn data_dir_location(global: &GlobalArgs) -> Result<DataDirLocation, StoreError> {
    DataDirLocation::resolve(global.data_dir.as_deref(), |name| std::env::var_os(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_said_once() {
        let denied = || std::io::Error::from_raw_os_error(13);
        let engine = crate::fs::FileError::new("open", std::path::Path::new("/d/x.log"), denied());
        assert_eq!(message(&engine.into()), "cannot open /d/x.log: permission denied");
        let command = Err::<(), _>(denied()).context("cannot read a.txt").expect_err("an error");
        assert_eq!(message(&command), "cannot read a.txt: permission denied");
    }
}
