//! `mkafka consume`: the records of topics to standard output.

pub(super) mod assigned;
pub(super) mod config;
mod dead_letter;
mod exec;
mod gauge;
mod membership;
pub(super) mod perf;
mod position_file;
mod printer;
mod quota;
mod range;
mod session;
mod view;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, bail};

use self::assigned::{Assignment, FirstLook};
use self::config::{AutoOffsetReset, ConsumerConfig};
use self::dead_letter::DeadLetters;
use self::exec::Exec;
use self::membership::Membership;
use self::position_file::PositionFile;
use self::printer::Printer;
use self::quota::Quota;
use self::range::Ranges;
use self::session::{Session, Source, Terms};
use super::dead_transactions::DeadTransactionsWatch;
use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location};
use crate::cli::GlobalArgs;
use crate::cli::consume::ConsumeArgs;
use crate::consumer::{ReadDetails, ReadLimits, Waiter, Waker};
use crate::output::Ui;
use crate::output::record::RecordFormat;
use crate::record::{Offset, Timestamp};
use crate::store::{DataDir, StoreError, TopicName, TopicSelection};

/// Runs the command.
///
/// # Errors
/// When the topic cannot be read or the output not be written.
pub fn run(global: &GlobalArgs, args: &ConsumeArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let format = view::record_format(&args.view, args.range.show_control, ui)?;
    let details = details(args, &format);
    let filter = view::record_filter(&args.filter)?;
    let selection = selection(args)?;
    let config = ConsumerConfig::new(args)?;
    let mut ranges = Ranges::new(args, &config, &selection)?;
    let now = Timestamp::now().0;
    let mut limits = ReadLimits {
        until_offset: args.range.until_offset.map(Offset),
        until_time: args.range.to_timestamp.map(|time| Timestamp(time.millis(now))),
        committed_only: config.committed_only,
    };
    let is_to_the_present = ranges.give_end(&mut limits);
    // Nothing that comes now can be from before a time that is past.
    let is_past = limits.until_time.is_some_and(|time| time.0 <= now);
    let stop_at_end = args.range.exit_at_end || is_to_the_present || is_past;
    let follows = !stop_at_end && args.partition.is_empty() && config.group.is_none();
    let Setting { path, data_dir, first, interrupt, mut waiter, open_files } =
        Setting::new(global, &selection, follows, args.exec.is_some())?;
    // Whoever names partitions that are there misses nothing.
    if args.partition.is_empty() {
        first.tell_lost(ui);
    }
    let mut printer = printer(args, format, &data_dir, &config, &selection, open_files)?;
    printer.filter = filter;
    let dead_transactions = config.committed_only.then(|| DeadTransactionsWatch::new(&data_dir));
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
            // Not for a group: what lies in the pipe counts as consumed, and is lost with who reads it.
            ui.data().widen_pipe();
            // --from-beginning says where to begin, and not what to do about an offset.
            let reset = config.reset.filter(|_| !args.range.from_beginning);
            let assignment = Assignment::new(data_dir, selection, args.partition.clone(), ranges, first)
                .with_reset(reset.and_then(AutoOffsetReset::start));
            match &args.checkpoint {
                Some(file) => Source::Kept(assignment, PositionFile::open(file)?),
                None => Source::Assigned(assignment),
            }
        }
    };
    let terms = terms(args, &config, limits, details, stop_at_end);
    let waker = waiter.waker();
    let mut session = Session::new(ui, &interrupt, waiter, printer, terms);
    if !stop_at_end && args.exec.is_none() {
        end_with_reader(&mut session, waker)?;
    }
    session.dead_transactions = dead_transactions;
    session.run(source)?;
    conclude(session, args)?;
    match interrupt.status() {
        Some(status) => Err(EndedBySignal(status).into()),
        None => Ok(()),
    }
}

/// Says how much was printed; fails if that is less than was asked for.
fn conclude(session: Session<'_>, args: &ConsumeArgs) -> anyhow::Result<()> {
    let printed = session.printer.printed();
    session.ui.flush()?;
    if !args.quiet {
        session.ui.note(&format!("Processed a total of {printed} messages"));
    }
    let wanted = args.range.max_messages;
    if let Some(wanted) = wanted.filter(|wanted| printed < *wanted && session.has_timed_out()) {
        let limit = args.range.timeout_ms.unwrap_or_default();
        bail!("no record has come for {limit} ms, and {printed} of {wanted} have");
    }
    Ok(())
}

/// What it takes to read topics until a signal comes.
struct Setting {
    path: PathBuf,
    data_dir: DataDir,
    first: FirstLook,
    interrupt: Interrupt,
    waiter: Waiter,
    /// The limit on open files that commands are given, where it is not that of this process.
    open_files: Option<u64>,
}

impl Setting {
    /// That of who reads `selection`, of which all that are named must be there; and what comes later, if it `follows`
    /// that itself. A signal ends the run as [`end_when_asked`] has it.
    fn new(
        global: &GlobalArgs,
        selection: &TopicSelection,
        follows: bool,
        has_command: bool,
    ) -> anyhow::Result<Self> {
        let open_files = crate::fs::raise_open_files_limit();
        let path = data_dir_location(global)?.path;
        let data_dir = DataDir::open_for_reading(&path)?;
        let mut waiter = Waiter::new().context("cannot wait for changes")?;
        let watch = follows.then(|| waiter.watch_folder(&data_dir.topics_folder()));
        let first = FirstLook::new(&data_dir, selection, watch)?;
        let interrupt = Interrupt::install().context("cannot take over the signals")?;
        end_when_asked(&interrupt, waiter.waker(), has_command)?;
        Ok(Self { path, data_dir, first, interrupt, waiter, open_files })
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
    selection: &TopicSelection,
    open_files: Option<u64>,
) -> anyhow::Result<Printer> {
    let mut printer = unlimited_printer(args, format, data_dir, config, selection, open_files)?;
    printer.skips_faults = args.view.skip_message_on_error;
    printer.bytes_left = args.range.max_bytes.unwrap_or(u64::MAX);
    printer.quota = args.range.max_messages_per_partition.map(Quota::new);
    Ok(printer)
}

/// The printer with a limit to nothing but how many records there are.
fn unlimited_printer(
    args: &ConsumeArgs,
    format: RecordFormat,
    data_dir: &DataDir,
    config: &ConsumerConfig,
    selection: &TopicSelection,
    open_files: Option<u64>,
) -> anyhow::Result<Printer> {
    let limit = args.range.max_messages.unwrap_or(u64::MAX);
    let Some(command) = &args.exec else {
        let held_back = config.group.is_some() || args.checkpoint.is_some();
        return Ok(Printer::new(format, limit, held_back));
    };
    let dead_letters = match &args.dead_letter {
        Some(topic) => {
            let topic = TopicName::new(topic).map_err(StoreError::from)?;
            if selection.wants(&topic) {
                let message = format!(
                    "--dead-letter {topic}: it is read too, and what fails would come again for ever"
                );
                return Err(UsageError(message).into());
            }
            Some(DeadLetters::new(DataDir::open_for_writing(data_dir.path())?, topic))
        }
        None => None,
    };
    let exec = Exec::new(command, open_files, args.exec_batch, args.retries, dead_letters);
    Ok(Printer::to_command(format, limit, exec))
}

/// When a run ends, and how it delivers.
fn terms(
    args: &ConsumeArgs,
    config: &ConsumerConfig,
    limits: ReadLimits,
    details: ReadDetails,
    stop_at_end: bool,
) -> Terms {
    Terms {
        stop_at_end,
        idle_limit: args.range.timeout_ms.map(Duration::from_millis),
        delivery: config.delivery,
        save_interval: config.commit_interval,
        limits,
        details,
        tail: args.range.tail,
        is_ordered: args.range.ordered || args.range.tail.is_some(),
    }
}

/// Ends a run that follows topics once nobody reads standard output any more.
fn end_with_reader(session: &mut Session<'_>, waker: Waker) -> anyhow::Result<()> {
    let is_closed = Arc::clone(&session.stdout_is_closed);
    let end = move || {
        is_closed.store(true, Ordering::Relaxed);
        waker.wake();
    };
    session.ui.data().when_closed(end).context("cannot watch standard output")
}

/// What is found out about records for `format` and the options.
fn details(args: &ConsumeArgs, format: &RecordFormat) -> ReadDetails {
    let mut details = format.details();
    details.control |= args.range.show_control;
    details.fates |= args.range.show_control;
    details
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
