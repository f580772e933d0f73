//! `mkafka consume`: the records of topics to standard output.

mod assigned;
mod session;
mod view;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context as _;

use self::assigned::Assignment;
use self::session::Session;
use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location, raise_open_files_limit};
use crate::cli::GlobalArgs;
use crate::cli::consume::{ConsumeArgs, OffsetArg};
use crate::consumer::{StartPosition, Waiter};
use crate::output::Ui;
use crate::record::Offset;
use crate::store::{DataDir, StoreError, TopicName, TopicSelection};

/// Runs the command.
///
/// # Errors
/// When the topic cannot be read or the output not be written.
pub fn run(global: &GlobalArgs, args: &ConsumeArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let format = view::record_format(&args.view, ui)?;
    let filter = view::record_filter(&args.filter)?;
    let selection = selection(args)?;
    raise_open_files_limit();
    let data_dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let waiter = (!args.exit_at_end).then(Waiter::new);
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let waker = waiter.as_ref().map(Waiter::waker);
    interrupt.end_soon(move || waker.iter().for_each(crate::consumer::Waker::wake))?;
    let assignment = Assignment::new(data_dir, selection, args.partition.clone(), start(args));
    let mut session = Session::new(ui, format, filter, waiter, &interrupt);
    session.skips_faults = args.view.skip_message_on_error;
    session.limit = args.max_messages.unwrap_or(u64::MAX);
    session.idle_limit = args.timeout_ms.map(Duration::from_millis);
    let result = session.run(assignment);
    let printed = session.printed();
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

fn start(args: &ConsumeArgs) -> StartPosition {
    match args.offset {
        _ if args.from_beginning => StartPosition::Earliest,
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
