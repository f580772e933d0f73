//! `mkafka consume`: the records of a topic to standard output.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location, raise_open_files_limit};
use crate::cli::consume::{ConsumeArgs, OffsetArg};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::consumer::{Consumer, ConsumerPartition, Poll, StartPosition, Waiter, Waker};
use crate::output::data::DataWriter;
use crate::output::record::{RecordFormat, TextFormat};
use crate::output::{StdoutError, Ui};
use crate::record::Offset;
use crate::store::{DataDir, StoreError, TopicName, TopicPartition};

/// Runs the command.
///
/// # Errors
/// When the topic cannot be read or the output not be written.
pub fn run(global: &GlobalArgs, args: &ConsumeArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let format = record_format(args)?;
    raise_open_files_limit();
    let data_dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let partitions = partitions(args, &data_dir)?;
    let folders: Vec<PathBuf> = partitions.iter().map(|p| p.dir.clone()).collect();
    // Watching begins before the first look, so that nothing falls between the two.
    let waiter = (!args.exit_at_end).then(|| Waiter::new(folders.iter().map(PathBuf::as_path)));
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let waker = waiter.as_ref().map(Waiter::waker);
    interrupt.end_soon(move || waker.iter().for_each(Waker::wake))?;
    let mut consumer = Consumer::assign(partitions, start(args))?;
    if args.exit_at_end {
        consumer.stop_at_end()?;
    }
    let limit = args.max_messages.unwrap_or(u64::MAX);
    let mut session = Session { out: ui.data(), format, printed: 0, limit, failure: None };
    let idle_limit = args.timeout_ms.map(Duration::from_millis);
    let result = session.run(&mut consumer, waiter.as_ref(), idle_limit, &interrupt);
    let printed = session.printed;
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

fn record_format(args: &ConsumeArgs) -> anyhow::Result<RecordFormat> {
    let properties = args.formatter_properties.iter().map(|p| (p.key.as_str(), p.value.as_str()));
    let text = TextFormat::from_properties(properties).map_err(UsageError)?;
    Ok(match args.output {
        OutputFormat::Text => RecordFormat::Text(text),
        OutputFormat::Json => RecordFormat::Json { topic: args.topic.name().to_owned() },
    })
}

/// The partitions that were asked for, or all that are there.
fn partitions(args: &ConsumeArgs, data_dir: &DataDir) -> anyhow::Result<Vec<ConsumerPartition>> {
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    let topic = data_dir.topic(&name)?;
    let floors = data_dir.log_start_offsets()?;
    let mut wanted = Vec::new();
    for &partition in &args.partition {
        match i32::try_from(partition) {
            Ok(number) if topic.partitions.binary_search(&number).is_ok() => wanted.push(number),
            _ => bail!(
                "topic '{name}' has no partition {partition} here: it has {} partition(s), numbered from 0",
                topic.partition_count
            ),
        }
    }
    if wanted.is_empty() {
        wanted.clone_from(&topic.partitions);
    }
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted
        .into_iter()
        .map(|partition| {
            let of = TopicPartition::new(name.clone(), partition);
            let floor = floors.get(&of).copied().unwrap_or(Offset::ZERO);
            ConsumerPartition { partition, dir: data_dir.partition_path(&of), floor }
        })
        .collect())
}

/// A run of the command.
struct Session<'a> {
    out: &'a mut DataWriter,
    format: RecordFormat,
    printed: u64,
    limit: u64,
    /// Why the output was given up.
    failure: Option<StdoutError>,
}

impl Session<'_> {
    fn run(
        &mut self,
        consumer: &mut Consumer,
        waiter: Option<&Waiter>,
        idle_limit: Option<Duration>,
        interrupt: &Interrupt,
    ) -> anyhow::Result<()> {
        let mut idle_since = Instant::now();
        while interrupt.status().is_none() && self.printed < self.limit {
            let before = self.printed;
            let poll = consumer.poll(&mut |record| self.print(record))?;
            if let Some(failure) = self.failure.take() {
                return Err(failure.into());
            }
            match poll {
                Poll::Progress => {}
                Poll::Stopped | Poll::Finished => return Ok(()),
                Poll::CaughtUp => {
                    self.out.flush()?;
                    let left = idle_limit.map(|limit| limit.saturating_sub(idle_since.elapsed()));
                    if left == Some(Duration::ZERO) {
                        return Ok(());
                    }
                    match waiter {
                        Some(waiter) => waiter.wait(left),
                        // The end was seen before: what is missing of it is being written or mended.
                        None => std::thread::sleep(Duration::from_millis(1)),
                    }
                }
            }
            if self.printed > before {
                idle_since = Instant::now();
            }
        }
        Ok(())
    }

    fn print(&mut self, record: &crate::consumer::ConsumerRecord<'_>) -> ControlFlow<()> {
        self.format.write(record, self.out.buffer());
        self.printed += 1;
        if let Err(error) = self.out.spill() {
            self.failure = Some(error);
            return ControlFlow::Break(());
        }
        if self.printed == self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
