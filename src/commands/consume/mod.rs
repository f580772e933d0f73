//! `mkafka consume`: the records of topics to standard output.

mod assigned;
mod config;
mod dead_letter;
mod exec;
mod membership;
mod position_file;
mod printer;
mod session;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context as _;

use self::assigned::{Assignment, check_topics};
use self::config::{AutoOffsetReset, ConsumerConfig};
use self::dead_letter::DeadLetters;
use self::exec::Exec;
use self::membership::Membership;
use self::position_file::PositionFile;
use self::printer::Printer;
use self::session::{Session, Source, Terms};
use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location, raise_open_files_limit};
use crate::cli::consume::{ConsumeArgs, OffsetArg};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::consumer::{StartPosition, Waiter, Waker};
use crate::output::Ui;
use crate::output::record::{RecordFormat, TextFormat};
use crate::record::Offset;
use crate::store::{DataDir, StoreError, TopicName, TopicSelection};

/// Runs the command.
///
/// # Errors
/// When the topic cannot be read or the output not be written.
pub fn run(global: &GlobalArgs, args: &ConsumeArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let format = record_format(args)?;
    let selection = selection(args)?;
    let config = ConsumerConfig::new(args)?;
    raise_open_files_limit();
    let path = data_dir_location(global)?.path;
    let data_dir = DataDir::open_for_reading(&path)?;
    check_topics(&data_dir, &selection)?;
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let mut waiter = Waiter::new();
    let printer = printer(args, format, &data_dir, &config)?;
    end_when_asked(&interrupt, waiter.waker(), args.exec.is_some())?;
    let source = match &config.group {
        Some(group) => {
            let writable = DataDir::open_for_writing(&path)?;
            let mut membership = Membership::begin(writable, group.clone(), selection, &config, &mut waiter)?;
            if args.quiet {
                membership.be_quiet();
            }
            Source::Member(Box::new(membership))
        }
        None => {
            let start = start(args, &config);
            let mut assignment = Assignment::new(data_dir, selection, args.partition.clone(), start);
            if args.exit_at_end {
                assignment = assignment.finally();
            }
            match &args.checkpoint {
                Some(file) => Source::Kept(assignment, PositionFile::open(file)?),
                None => Source::Assigned(assignment),
            }
        }
    };
    let terms = Terms {
        stop_at_end: args.exit_at_end,
        idle_limit: args.timeout_ms.map(Duration::from_millis),
        delivery: config.delivery,
        save_interval: config.commit_interval,
    };
    let mut session = Session::new(ui, &interrupt, waiter, printer, terms);
    let result = session.run(source);
    let printed = session.printer.printed();
    result?;
    ui.flush()?;
    if !args.quiet {
        ui.note(&format!("Processed a total of {printed} messages"));
    }
    match interrupt.status() {
        Some(status) => Err(EndedBySignal(status).into()),
        None => Ok(()),
    }
}

/// Lets the first signal end the run in good order. If it does not come to an end, because nobody reads what it
/// prints, it is ended; but a command that works on records is waited for.
fn end_when_asked(interrupt: &Interrupt, waker: Waker, has_command: bool) -> anyhow::Result<()> {
    let waited = match has_command {
        true => interrupt.when_asked(move |_| waker.wake()),
        false => interrupt.end_soon(move || waker.wake()),
    };
    Ok(waited?)
}

fn printer(
    args: &ConsumeArgs,
    format: RecordFormat,
    data_dir: &DataDir,
    config: &ConsumerConfig,
) -> anyhow::Result<Printer> {
    let limit = args.max_messages.unwrap_or(u64::MAX);
    let Some(command) = &args.exec else {
        let held_back = config.group.is_some() || args.checkpoint.is_some();
        return Ok(Printer::new(format, limit, held_back));
    };
    let dead_letters = match &args.dead_letter {
        Some(topic) => {
            let topic = TopicName::new(topic).map_err(StoreError::from)?;
            Some(DeadLetters::new(DataDir::open_for_writing(data_dir.path())?, topic))
        }
        None => None,
    };
    let exec = Exec::new(command, args.exec_batch, args.retries, dead_letters);
    Ok(Printer::to_command(format, limit, exec))
}

fn start(args: &ConsumeArgs, config: &ConsumerConfig) -> StartPosition {
    match args.offset {
        None if config.reset == Some(AutoOffsetReset::Earliest) => StartPosition::Earliest,
        None | Some(OffsetArg::Latest) => StartPosition::Latest,
        Some(OffsetArg::Earliest) => StartPosition::Earliest,
        Some(OffsetArg::At(offset)) => StartPosition::At(Offset(offset)),
        Some(OffsetArg::BeforeEnd(count)) => StartPosition::BeforeEnd(count),
    }
}

fn selection(args: &ConsumeArgs) -> anyhow::Result<TopicSelection> {
    if let Some(pattern) = &args.topics.include {
        if !args.partition.is_empty() {
            return Err(UsageError("The topic is required when partition is specified.".to_owned()).into());
        }
        let pattern = pattern.parse().map_err(|e| UsageError(format!("--include: {e}")))?;
        return Ok(TopicSelection::Pattern(pattern));
    }
    let names = args.topics.names().iter();
    let topics: BTreeSet<TopicName> =
        names.map(|name| TopicName::new(name)).collect::<Result<_, _>>().map_err(StoreError::from)?;
    Ok(TopicSelection::Topics(topics))
}

fn record_format(args: &ConsumeArgs) -> anyhow::Result<RecordFormat> {
    let properties = args.formatter_properties.iter().map(|p| (p.key.as_str(), p.value.as_str()));
    let text = TextFormat::from_properties(properties).map_err(UsageError)?;
    Ok(match args.output {
        OutputFormat::Text => RecordFormat::Text(text),
        OutputFormat::Json => RecordFormat::Json,
    })
}
