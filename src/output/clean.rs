//! How `mkafka clean` tells what it did.

use serde_json::{Value, json};

use super::table::table;
use crate::log::retention::Swept;
use crate::log::{CleanReport, Retained};
use crate::store::TopicPartition;

/// What was done about a partition, or would be.
#[derive(Debug, Clone)]
pub struct CleanedPartition {
    /// Which.
    pub partition: TopicPartition,
    /// What retention came to.
    pub retained: Retained,
    /// What compaction came to; `None` where there was none.
    pub compacted: Option<CleanReport>,
    /// What became of files that were deleted before.
    pub swept: Swept,
}

impl CleanedPartition {
    /// Bytes that the log has become smaller by.
    pub fn freed(&self) -> u64 {
        let compacted =
            self.compacted.map_or(0, |report| report.bytes_before.saturating_sub(report.bytes_after));
        self.retained.bytes + compacted
    }

    /// As one JSON object.
    pub fn json(&self, dry_run: bool) -> Value {
        let compaction = self.compacted.map(|report| {
            json!({
                "segmentsBefore": report.segments_before,
                "segmentsAfter": report.segments_after,
                "bytesBefore": report.bytes_before,
                "bytesAfter": report.bytes_after,
                "recordsBefore": report.records_before,
                "recordsAfter": report.records_after,
                "recordsWithoutKey": report.without_key,
                "passes": report.passes,
                "complete": report.is_complete,
                "busy": report.was_busy,
            })
        });
        json!({
            "v": 1,
            "topic": self.partition.topic,
            "partition": self.partition.partition,
            "dryRun": dry_run,
            "startOffset": self.retained.start.0,
            "deletedSegmentsByAge": self.retained.segments_by_age,
            "deletedSegmentsBySize": self.retained.segments_by_size,
            "deletedSegmentsByStart": self.retained.segments_by_start,
            "deletedBytes": self.retained.bytes,
            "compaction": compaction,
            "freedBytes": self.freed(),
            "removedFileBytes": self.swept.removed_bytes,
            "waitingFileBytes": self.swept.waiting_bytes,
        })
    }
}

/// A table of what was done.
pub fn clean_table(partitions: &[CleanedPartition], colours: bool) -> String {
    let heading = [
        "PARTITION",
        "START-OFFSET",
        "DELETED-SEGMENTS",
        "DELETED-BYTES",
        "COMPACTED-RECORDS",
        "COMPACTED-BYTES",
        "FREED-BYTES",
        "WAITING-BYTES",
    ];
    let row = |cleaned: &CleanedPartition| {
        let (records, bytes) = match cleaned.compacted {
            Some(report) if report.was_busy => ("busy".to_owned(), "busy".to_owned()),
            Some(report) => (
                report.records_before.saturating_sub(report.records_after).to_string(),
                report.bytes_before.saturating_sub(report.bytes_after).to_string(),
            ),
            None => ("-".to_owned(), "-".to_owned()),
        };
        vec![
            cleaned.partition.to_string(),
            cleaned.retained.start.to_string(),
            cleaned.retained.segments().to_string(),
            cleaned.retained.bytes.to_string(),
            records,
            bytes,
            cleaned.freed().to_string(),
            cleaned.swept.waiting_bytes.to_string(),
        ]
    };
    table(&heading, partitions.iter().map(row), colours)
}
