//! What `--summary` and `--salvage` say: a line for each file, a table for people, or JSON.

use serde_json::{Map, Value, json};

use crate::dump::{LogSummary, Salvaged};
use crate::output::table::{MISSING, or_missing, table, time};

/// The numbers of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSummary {
    /// The file, as it was given.
    pub file: String,
    /// Its size in bytes.
    pub size: u64,
    /// What is in it, if it is a log.
    pub log: Option<LogSummary>,
    /// How many entries it has, if it is none.
    pub entries: u64,
    /// How many faults were found.
    pub faults: u64,
}

impl FileSummary {
    /// The fields of the file's JSON object.
    pub fn fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("size".to_owned(), json!(self.size));
        match &self.log {
            None => drop(fields.insert("entries".to_owned(), json!(self.entries))),
            Some(log) => {
                let pairs = [
                    ("batches", json!(log.batches)),
                    ("records", json!(log.records)),
                    ("bytes", json!(log.bytes)),
                    ("uncompressedBytes", json!(log.uncompressed_bytes)),
                    ("compressionRatio", json!(log.compression_ratio().map(rounded))),
                    ("firstOffset", json!(log.offsets.map(|o| o.0.0))),
                    ("lastOffset", json!(log.offsets.map(|o| o.1.0))),
                    ("firstTimestamp", json!(log.timestamps.map(|t| t.0.0))),
                    ("lastTimestamp", json!(log.timestamps.map(|t| t.1.0))),
                    ("gaps", json!(log.gaps)),
                    ("missingOffsets", json!(log.missing_offsets)),
                    ("producers", producers(log)),
                    (
                        "largestRecord",
                        json!(log.largest.map(|(o, size)| json!({"offset": o.0, "size": size}))),
                    ),
                ];
                fields.extend(pairs.map(|(name, value)| (name.to_owned(), value)));
            }
        }
        fields.insert("faults".to_owned(), json!(self.faults));
        fields
    }
}

fn producers(log: &LogSummary) -> Value {
    log.producers.iter().map(|(id, batches)| json!({"producerId": id, "batches": batches})).collect()
}

fn rounded(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}

/// The summary on one line, as `name: value`.
pub fn summary_line(summary: &FileSummary) -> String {
    let mut line = format!("file: {} size: {}", summary.file, summary.size);
    match &summary.log {
        None => line.push_str(&format!(" entries: {}", summary.entries)),
        Some(log) => {
            let [first, last] = offsets(log);
            let [earliest, latest] = timestamps(log);
            let (largest_offset, largest_size) = largest(log);
            line.push_str(&format!(
                " batches: {} records: {} compressionRatio: {} firstOffset: {first} lastOffset: {last} \
                 firstTimestamp: {earliest} lastTimestamp: {latest} gaps: {} missingOffsets: {} producers: {} \
                 largestRecordSize: {largest_size} largestRecordOffset: {largest_offset}",
                log.batches,
                log.records,
                ratio(log),
                log.gaps,
                log.missing_offsets,
                log.producers.len(),
            ));
        }
    }
    line.push_str(&format!(" faults: {}", summary.faults));
    line
}

/// All summaries as a table for a person.
pub fn summary_table(summaries: &[FileSummary], colours: bool) -> String {
    let heading = [
        "FILE",
        "SIZE",
        "BATCHES",
        "RECORDS",
        "RATIO",
        "FIRST-OFFSET",
        "LAST-OFFSET",
        "FIRST-TIMESTAMP",
        "LAST-TIMESTAMP",
        "GAPS",
        "PRODUCERS",
        "LARGEST",
        "FAULTS",
    ];
    let row = |summary: &FileSummary| {
        let mut row = vec![summary.file.clone(), summary.size.to_string()];
        match &summary.log {
            None => {
                row.push(MISSING.to_owned());
                row.push(summary.entries.to_string());
                row.extend(std::iter::repeat_n(MISSING.to_owned(), 8));
            }
            Some(log) => {
                row.extend([log.batches.to_string(), log.records.to_string(), ratio(log)]);
                row.extend(offsets(log));
                row.extend(times(log));
                row.extend([log.gaps.to_string(), log.producers.len().to_string(), largest(log).1]);
            }
        }
        row.push(summary.faults.to_string());
        row
    };
    table(&heading, summaries.iter().map(row), colours)
}

fn ratio(log: &LogSummary) -> String {
    or_missing(log.compression_ratio().map(|ratio| format!("{ratio:.2}")))
}

fn offsets(log: &LogSummary) -> [String; 2] {
    log.offsets.map_or_else(nothing, |(a, b)| [a.to_string(), b.to_string()])
}

fn timestamps(log: &LogSummary) -> [String; 2] {
    log.timestamps.map_or_else(nothing, |(a, b)| [a.to_string(), b.to_string()])
}

fn times(log: &LogSummary) -> [String; 2] {
    log.timestamps.map_or_else(nothing, |(a, b)| [time(a.0), time(b.0)])
}

fn largest(log: &LogSummary) -> (String, String) {
    let [offset, size] = log.largest.map_or_else(nothing, |(o, size)| [o.to_string(), size.to_string()]);
    (offset, size)
}

fn nothing() -> [String; 2] {
    [MISSING.to_owned(), MISSING.to_owned()]
}

/// What was salvaged of `file`, on one line.
pub fn salvaged_line(file: &str, salvaged: &Salvaged) -> String {
    let Salvaged { batches, records, bytes, left_out, log } = salvaged;
    match log {
        Some(log) => format!(
            "Salvaged batches: {batches} records: {records} bytes: {bytes} leftOut: {left_out} from: {file} to: {}",
            log.display()
        ),
        None => format!("Salvaged nothing from: {file} leftOut: {left_out}"),
    }
}

/// The fields of the JSON object that says what was salvaged.
pub fn salvaged_fields(salvaged: &Salvaged) -> Map<String, Value> {
    let pairs = [
        ("batches", json!(salvaged.batches)),
        ("records", json!(salvaged.records)),
        ("bytes", json!(salvaged.bytes)),
        ("leftOut", json!(salvaged.left_out)),
        ("to", json!(salvaged.log.as_ref().map(|log| log.to_string_lossy().into_owned()))),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}
