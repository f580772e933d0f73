//! `mkafka perf produce`: records by the way of `mkafka produce`, and how fast that goes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::config::Configs;
use super::pace::{self, Pace};
use super::session::{at, check_request_size, warn_of};
use crate::cli::perf::PerfProduceArgs;
use crate::cli::produce::BatchingArgs;
use crate::cli::{GlobalArgs, KeyValue, OutputFormat};
use crate::commands::interrupt::Interrupt;
use crate::commands::perf::{Latencies, Payload, Payloads, more_than_zero, record_size};
use crate::commands::{EndedBySignal, UsageError, data_dir_location};
use crate::output::Ui;
use crate::output::perf::{PerfLine, Produced};
use crate::producer::{Producer, Receipt, RecordSink as _};
use crate::record::{NewRecord, Timestamp};
use crate::store::{StoreError, TopicName};

/// Runs the command.
///
/// # Errors
/// When a record cannot be produced; what was acknowledged before that is told.
pub(in crate::commands) fn run(
    global: &GlobalArgs,
    args: &PerfProduceArgs,
    ui: &mut Ui,
) -> anyhow::Result<()> {
    let count = more_than_zero("--num-records", args.num_records)?;
    let payload = Payload::new(payloads(args)?);
    let properties = args.producer_properties.iter().chain(&args.producer_props).cloned().collect();
    let configs = Configs::from_args(&batching(args, properties))?;
    if configs.transactional_id.is_some() {
        let why = "perf produce measures no transactions, of which nothing is acknowledged before their end";
        return Err(UsageError(format!("transactional.id: {why}")).into());
    }
    crate::fs::raise_open_files_limit();
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let path = data_dir_location(global)?.path;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    let (_data_dir, (topic, config)) = super::topic(&path, name.clone(), false, &configs, ui)?;
    let measured = Measured::new(topic.partitions.len());
    let mut run = Run {
        producer: Producer::new(topic, config)?,
        linger: configs.linger,
        max_request_size: configs.max_request_size,
        pace: Pace::on_average(args.throughput.0.as_slice()),
        measured,
        reporting: Reporting {
            topic: name.to_string(),
            interval: Duration::from_millis(args.report.reporting_interval),
            output: args.report.output,
        },
        interrupt,
        ui,
    };
    let sent = run.send_all(payload, count);
    let closed = run.producer.close().map_err(anyhow::Error::from);
    run.note_acknowledged();
    let printed = run.print_total();
    sent?;
    closed?;
    printed?;
    match run.interrupt.status() {
        // A signal that comes once everything is acknowledged is too late.
        Some(status) if run.measured.produced < count => Err(EndedBySignal(status).into()),
        _ => Ok(()),
    }
}

fn payloads(args: &PerfProduceArgs) -> anyhow::Result<Payloads> {
    if let Some(size) = args.record_size {
        return Ok(Payloads::Letters(record_size(size)?));
    }
    match &args.payload_file {
        Some(path) => Payloads::in_file(path, args.payload_delimiter.as_deref()),
        None => Ok(Payloads::Numbers),
    }
}

/// What there is to say of batches, in the terms of `mkafka produce`.
fn batching(args: &PerfProduceArgs, producer_properties: Vec<KeyValue>) -> BatchingArgs {
    BatchingArgs {
        partitioner: None,
        compression_codec: args.compression_codec.clone(),
        acks: args.acks.clone(),
        batch_size: None,
        linger_ms: None,
        transaction: false,
        sync: false,
        max_memory_bytes: None,
        producer_properties,
        producer_config: args.producer_config.clone(),
    }
}

/// A run of the command.
struct Run<'a> {
    producer: Producer,
    linger: Option<Duration>,
    max_request_size: Option<usize>,
    pace: Option<Pace>,
    measured: Measured,
    reporting: Reporting,
    interrupt: Interrupt,
    ui: &'a mut Ui,
}

/// What is printed, and when.
struct Reporting {
    topic: String,
    interval: Duration,
    output: OutputFormat,
}

impl Run<'_> {
    /// Produces so many records, unless the process is asked to end.
    fn send_all(&mut self, mut payload: Payload, count: u64) -> anyhow::Result<()> {
        for number in 1..=count {
            let value = payload.next();
            self.hold_back(value.len())?;
            if self.interrupt.status().is_some() {
                break;
            }
            let record =
                NewRecord { timestamp: Timestamp::now(), key: None, value: Some(value), headers: &[] };
            check_request_size(&record, self.max_request_size)
                .map_err(|why| anyhow::anyhow!("record {number}: {why}"))?;
            let now = Instant::now();
            let partition = self
                .producer
                .send(&record, None)
                .map_err(|error| at(error, || format!("record {number}")))?;
            self.measured.in_flight.add(partition, now, value.len());
            self.note_acknowledged();
            self.report_if_due(now)?;
        }
        Ok(self.producer.flush()?)
    }

    /// Waits until a record of so many bytes may go, if there is a rate; what is pending is appended meanwhile.
    fn hold_back(&mut self, bytes: usize) -> anyhow::Result<()> {
        if self.pace.is_none() {
            return Ok(());
        }
        let mut now = Instant::now();
        while let Some(wait) = self.pace.as_ref().and_then(|pace| pace.wait(now)) {
            let wait = wait.min(self.measured.due_in(self.reporting.interval, now));
            pace::rest(&mut self.producer, self.linger, wait, now, &self.interrupt)?;
            self.note_acknowledged();
            if self.interrupt.status().is_some() {
                return Ok(());
            }
            now = Instant::now();
            self.report_if_due(now)?;
        }
        self.pace.iter_mut().for_each(|pace| pace.spend(bytes, now));
        Ok(())
    }

    /// Takes note of what has been acknowledged by now.
    fn note_acknowledged(&mut self) {
        let news = self.producer.take_news();
        if !news.receipts.is_empty() {
            let now = Instant::now();
            news.receipts.iter().for_each(|receipt| self.measured.acknowledge(receipt, now));
        }
        warn_of(news.repairs, news.upkeep_failures, self.ui);
    }

    fn report_if_due(&mut self, now: Instant) -> anyhow::Result<()> {
        if self.measured.due_in(self.reporting.interval, now).is_zero() {
            let interval = self.measured.take_interval(now);
            let Reporting { topic, output, .. } = &self.reporting;
            interval.print(topic, PerfLine::Interval, *output, self.ui)?;
        }
        Ok(())
    }

    fn print_total(&mut self) -> anyhow::Result<()> {
        let Reporting { topic, output, .. } = &self.reporting;
        Ok(self.measured.total(Instant::now()).print(topic, PerfLine::Total, *output, self.ui)?)
    }
}

/// What was acknowledged, and how long it took.
struct Measured {
    began: Instant,
    produced: u64,
    bytes: u64,
    latencies: Latencies,
    interval_began: Instant,
    interval: (u64, u64),
    interval_latencies: Latencies,
    in_flight: InFlight,
}

impl Measured {
    /// Nothing yet, of so many partitions.
    fn new(partitions: usize) -> Self {
        let began = Instant::now();
        Self {
            began,
            produced: 0,
            bytes: 0,
            latencies: Latencies::new(),
            interval_began: began,
            interval: (0, 0),
            interval_latencies: Latencies::new(),
            in_flight: InFlight { began, partitions: vec![VecDeque::new(); partitions] },
        }
    }

    /// The batch that `receipt` is about was acknowledged at `now`.
    fn acknowledge(&mut self, receipt: &Receipt, now: Instant) {
        let mut left = receipt.offsets.end.since(receipt.offsets.first).unsigned_abs();
        while let Some((handed_over, records, bytes)) = self.in_flight.take(receipt.partition, left) {
            left -= records;
            let latency = now.saturating_duration_since(handed_over);
            self.produced += records;
            self.bytes += bytes;
            self.latencies.add(latency, records);
            self.interval = (self.interval.0 + records, self.interval.1 + bytes);
            self.interval_latencies.add(latency, records);
        }
    }

    /// How long until the line for an `interval` is due.
    fn due_in(&self, interval: Duration, now: Instant) -> Duration {
        interval.saturating_sub(now.saturating_duration_since(self.interval_began))
    }

    /// What was acknowledged since the last call.
    fn take_interval(&mut self, now: Instant) -> Produced {
        let (records, bytes) = std::mem::take(&mut self.interval);
        let elapsed = now.saturating_duration_since(self.interval_began);
        let latency = self.interval_latencies.figures();
        self.interval_latencies.clear();
        self.interval_began = now;
        Produced { records, bytes, elapsed, latency }
    }

    /// All that was acknowledged.
    fn total(&self, now: Instant) -> Produced {
        let elapsed = now.saturating_duration_since(self.began);
        Produced { records: self.produced, bytes: self.bytes, elapsed, latency: self.latencies.figures() }
    }
}

/// When the records were handed to the producer that are not acknowledged, by their partitions. They are as many as
/// its memory holds, and those that follow one another closely take one place together.
struct InFlight {
    began: Instant,
    partitions: Vec<VecDeque<Handed>>,
}

/// Records that were handed over one right after the other.
#[derive(Debug, Clone, Copy)]
struct Handed {
    /// When the first of them was, in microseconds.
    at: u64,
    records: u32,
    bytes: u64,
}

/// How closely records follow one another that count as handed over at the same time, in microseconds.
const CLOSE: u64 = 10;

impl InFlight {
    /// A record of `bytes` for `partition` was handed over at `now`.
    fn add(&mut self, partition: i32, now: Instant, bytes: usize) {
        let at = u64::try_from(now.saturating_duration_since(self.began).as_micros()).unwrap_or(u64::MAX);
        let Some(handed) = usize::try_from(partition).ok().and_then(|at| self.partitions.get_mut(at)) else {
            return;
        };
        match handed.back_mut() {
            // Only those of one size, so that a part of them can be taken off the front.
            Some(last) if at - last.at < CLOSE && last.bytes == u64::from(last.records) * bytes as u64 => {
                last.records += 1;
                last.bytes += bytes as u64;
            }
            _ => handed.push_back(Handed { at, records: 1, bytes: bytes as u64 }),
        }
    }

    /// Takes up to `most` of the oldest records of `partition`: when they were handed over, how many they are, and
    /// their bytes. `None` when there are none, or none are wanted.
    fn take(&mut self, partition: i32, most: u64) -> Option<(Instant, u64, u64)> {
        let handed = usize::try_from(partition).ok().and_then(|at| self.partitions.get_mut(at))?;
        let first = handed.front_mut().filter(|_| most > 0)?;
        let at = self.began + Duration::from_micros(first.at);
        let records = u64::from(first.records).min(most);
        let bytes = first.bytes / u64::from(first.records) * records;
        if records == u64::from(first.records) {
            handed.pop_front();
        } else {
            first.records -= u32::try_from(records).unwrap_or(first.records);
            first.bytes -= bytes;
        }
        Some((at, records, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Appended;
    use crate::record::Offset;

    fn receipt(partition: i32, first: i64, end: i64) -> Receipt {
        Receipt { partition, offsets: Appended { first: Offset(first), end: Offset(end) }, bytes: 1 }
    }

    #[test]
    fn a_latency_is_from_the_handing_over_of_that_very_record() {
        let mut measured = Measured::new(2);
        let after = |ms| measured.began + Duration::from_millis(ms);
        let (begin, later, end) = (after(1), after(5), after(11));
        measured.in_flight.add(0, begin, 10);
        measured.in_flight.add(1, begin, 20);
        measured.in_flight.add(0, begin, 10);
        measured.in_flight.add(0, later, 10);
        // Of three records in partition 0, two were in the first batch; others' offsets lie between.
        measured.acknowledge(&receipt(0, 100, 102), later);
        let interval = measured.take_interval(later);
        assert_eq!((interval.records, interval.bytes, interval.latency.average_ms), (2, 20, 4.0));
        measured.acknowledge(&receipt(1, 0, 1), end);
        measured.acknowledge(&receipt(0, 110, 111), end);
        let interval = measured.take_interval(end);
        assert_eq!((interval.records, interval.bytes), (2, 30));
        assert_eq!(interval.elapsed, Duration::from_millis(6));
        assert_eq!((interval.latency.max.as_millis(), interval.latency.average_ms), (10, 8.0));
        let total = measured.total(end);
        assert_eq!((total.records, total.bytes, total.latency.average_ms), (4, 50, 6.0));
        assert_eq!(total.elapsed, Duration::from_millis(11));
    }

    #[test]
    fn records_that_follow_closely_take_one_place() {
        let mut measured = Measured::new(1);
        let began = measured.began;
        (0..1000).for_each(|_| measured.in_flight.add(0, began, 7));
        assert_eq!(measured.in_flight.partitions[0].len(), 1);
        measured.in_flight.add(0, began, 8);
        measured.in_flight.add(0, began + Duration::from_micros(CLOSE), 8);
        assert_eq!(measured.in_flight.partitions[0].len(), 3);
        measured.acknowledge(&receipt(0, 0, 400), began);
        assert_eq!((measured.produced, measured.bytes), (400, 2800));
        measured.acknowledge(&receipt(0, 400, 1002), began);
        assert_eq!((measured.produced, measured.bytes), (1002, 7016));
        assert!(measured.in_flight.partitions[0].is_empty());
    }
}
