//! What was produced: batch by batch, and in sum.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::progress::human_bytes;
use super::{StdoutError, Ui};
use crate::cli::OutputFormat;
use crate::producer::Receipt;
use crate::record::Offset;

/// Version of the objects that `--output json` prints.
const VERSION: u32 = 1;

/// Keeps account of what was produced to a topic, and prints it.
#[derive(Debug)]
pub struct ProduceReport {
    topic: String,
    prints_batches: bool,
    output: OutputFormat,
    is_rehearsal: bool,
    partitions: BTreeMap<i32, PartitionTally>,
    appended_bytes: u64,
    /// The partition and the last offset of the batch that was added last.
    last: Option<(i32, Offset)>,
    /// Why nothing more is printed. Producing goes on all the same.
    failure: Option<StdoutError>,
}

/// What was produced to a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PartitionTally {
    records: u64,
    batches: u64,
    bytes: u64,
    first: Offset,
    last: Offset,
}

impl ProduceReport {
    /// A report on `topic`; with `prints_batches` each batch is told as soon as it is acknowledged.
    pub fn new(topic: String, prints_batches: bool, output: OutputFormat) -> Self {
        Self {
            topic,
            prints_batches,
            output,
            is_rehearsal: false,
            partitions: BTreeMap::new(),
            appended_bytes: 0,
            last: None,
            failure: None,
        }
    }

    /// A report on what would be produced to `topic`: there are no offsets to tell.
    pub fn of_rehearsal(topic: String, output: OutputFormat) -> Self {
        Self { is_rehearsal: true, ..Self::new(topic, false, output) }
    }

    /// Takes a batch into account, and tells of it if that is wanted.
    pub fn add(&mut self, receipt: &Receipt, ui: &mut Ui) {
        let (first, last) = (receipt.offsets.first, receipt.offsets.end.plus(-1));
        let records = receipt.offsets.end.since(first).unsigned_abs();
        self.appended_bytes += receipt.bytes as u64;
        let tally = PartitionTally { records: 0, batches: 0, bytes: 0, first, last };
        let tally = self.partitions.entry(receipt.partition).or_insert(tally);
        tally.records += records;
        tally.batches += 1;
        tally.bytes += receipt.bytes as u64;
        tally.last = last;
        self.last = Some((receipt.partition, last));
        if self.prints_batches {
            let (topic, partition) = (&self.topic, receipt.partition);
            let line = match self.output {
                OutputFormat::Text => format!("{topic}:{partition}:{first}:{last}"),
                OutputFormat::Json => json!({
                    "v": VERSION, "topic": topic, "partition": partition,
                    "firstOffset": first.0, "lastOffset": last.0,
                })
                .to_string(),
            };
            self.print(&line, ui);
        }
    }

    /// Writes out what was printed, so that whoever reads it has it before the next records are read.
    pub fn flush(&mut self, ui: &mut Ui) {
        if let Err(error) = ui.flush() {
            self.failure.get_or_insert(error);
        }
    }

    /// Prints the whole as an object to standard output, if that is the form asked for.
    pub fn print_receipt(&mut self, input_bytes: u64, elapsed: Duration, ui: &mut Ui) {
        if self.output != OutputFormat::Json {
            return;
        }
        let of_partition = |(partition, tally): (&i32, &PartitionTally)| match self.is_rehearsal {
            false => json!({
                "partition": partition, "records": tally.records,
                "firstOffset": tally.first.0, "lastOffset": tally.last.0,
            }),
            true => json!({ "partition": partition, "records": tally.records, "bytes": tally.bytes }),
        };
        let partitions: Vec<_> = self.partitions.iter().map(of_partition).collect();
        if self.is_rehearsal {
            let line = json!({
                "v": VERSION, "dryRun": true, "topic": self.topic, "records": self.records(),
                "inputBytes": input_bytes, "partitions": partitions,
            });
            self.print(&line.to_string(), ui);
            return self.flush(ui);
        }
        let line = json!({
            "v": VERSION, "topic": self.topic, "records": self.records(), "inputBytes": input_bytes,
            "appendedBytes": self.appended_bytes, "seconds": elapsed.as_secs_f64(), "partitions": partitions,
        });
        self.print(&line.to_string(), ui);
        self.flush(ui);
    }

    /// Says on standard error what was produced, a line for the whole and one a partition.
    pub fn summarize(&self, input_bytes: u64, elapsed: Duration, ui: &mut Ui) {
        let records = self.records();
        let seconds = elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { records as f64 / seconds } else { 0.0 };
        ui.note(&format!(
            "produced {}, {} in {seconds:.1} s ({rate:.0} records/s)",
            counted(records, "record", "records"),
            human_bytes(input_bytes),
        ));
        for (partition, tally) in &self.partitions {
            let (topic, count) = (&self.topic, tally.records);
            let (first, last) = (tally.first, tally.last);
            // Others may have appended in between.
            let among =
                if last.since(first).unsigned_abs() + 1 == count { "" } else { ", among others' records" };
            let offsets =
                if first == last { format!("offset {first}") } else { format!("offsets {first} to {last}") };
            ui.note(&format!("  {topic}-{partition}: {count} at {offsets}{among}"));
        }
    }

    /// Says on standard error what would be produced, a line for the whole and one a partition.
    pub fn summarize_rehearsal(&self, input_bytes: u64, ui: &mut Ui) {
        let records = self.records();
        let input = human_bytes(input_bytes);
        ui.note(&format!(
            "would produce {}, {input}; nothing was written",
            counted(records, "record", "records")
        ));
        for (partition, tally) in &self.partitions {
            let (topic, bytes) = (&self.topic, human_bytes(tally.bytes));
            let records = counted(tally.records, "record", "records");
            let batches = counted(tally.batches, "batch", "batches");
            ui.note(&format!("  {topic}-{partition}: {records} in {batches}, {bytes}"));
        }
    }

    /// Says on standard error where the batch that was added last went.
    pub fn tell_last(&self, ui: &mut Ui) {
        if let Some((partition, offset)) = self.last {
            ui.note(&format!("{}-{partition}@{offset}", self.topic));
        }
    }

    /// Why standard output took no more, if it did not.
    pub fn take_failure(&mut self) -> Option<StdoutError> {
        self.failure.take()
    }

    fn records(&self) -> u64 {
        self.partitions.values().map(|tally| tally.records).sum()
    }

    /// What is printed cannot hold up what is produced: whoever read it may have gone.
    fn print(&mut self, line: &str, ui: &mut Ui) {
        if self.failure.is_none()
            && let Err(error) = ui.print_line(line)
        {
            self.failure = Some(error);
        }
    }
}

/// `1 record`, `2 records`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
