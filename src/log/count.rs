//! How many records a partition holds, from the headers of its batches.

use std::collections::HashSet;
use std::path::Path;

use super::batch_reader::{BatchReader, Check, Step};
use super::bounds::{find_end, find_position, log_start};
use super::cleaner::{LogSummary, Transactions, marker_of};
use super::error::LogError;
use super::segment::{Position, SegmentList, SegmentPath};
use super::txn_index::AbortedTxn;
use crate::record::{Batch, BatchHeader, Offset, RecordDecoder};

/// Counts the records of the partition in `dir` that can be read, from `floor` on at the least. With
/// `committed_only` those of aborted transactions do not count, nor anything from the first transaction on
/// that is not decided.
///
/// # Errors
/// When a file cannot be read.
pub fn count_records(dir: &Path, floor: Offset, committed_only: bool) -> Result<u64, LogError> {
    SegmentList::with(dir, |list| count_listed(dir, list, floor, committed_only))
}

fn count_listed(
    dir: &Path,
    list: &SegmentList,
    floor: Offset,
    committed_only: bool,
) -> Result<u64, LogError> {
    let mut counter = Counter {
        start: log_start(list, floor),
        end: find_end(dir, list)?.offset,
        decoder: RecordDecoder::new(),
        records: 0,
    };
    if !committed_only {
        counter.walk(dir, list, |_| true)?;
        return Ok(counter.records);
    }
    let summary = LogSummary::read(dir, &list.logs, &mut |_| std::ops::ControlFlow::Continue(()))?;
    let summary = summary.unwrap_or_default();
    counter.end = summary.first_open().map_or(counter.end, |open| counter.end.min(open));
    let aborted = aborted_batches(dir, list, &summary.aborted)?;
    counter.walk(dir, list, |header| !aborted.contains(&header.base_offset))?;
    Ok(counter.records)
}

/// The base offsets of the batches that belong to aborted transactions.
fn aborted_batches(
    dir: &Path,
    list: &SegmentList,
    aborted: &[AbortedTxn],
) -> Result<HashSet<Offset>, LogError> {
    let mut found = HashSet::new();
    if aborted.is_empty() {
        return Ok(found);
    }
    let mut transactions = Transactions::new(aborted, Offset::ZERO);
    let mut decoder = RecordDecoder::new();
    for &base in &list.logs {
        let path = SegmentPath::new(dir, base).log();
        let mut reader = BatchReader::open(&path)?;
        while let Step::Batch(at, batch) = reader.next(Check::Framing)? {
            if batch.header().attributes.is_control() {
                let marker = marker_of(&batch, &mut decoder)
                    .map_err(|e| LogError::corrupt(&path, at, batch.header().base_offset, &e))?;
                transactions.on_marker(&batch, marker);
            } else if transactions.on_batch(&batch) {
                found.insert(batch.header().base_offset);
            }
        }
    }
    Ok(found)
}

struct Counter {
    /// The first offset that counts.
    start: Offset,
    /// The first that does not any more.
    end: Offset,
    decoder: RecordDecoder,
    records: u64,
}

impl Counter {
    fn walk(
        &mut self,
        dir: &Path,
        list: &SegmentList,
        counts: impl Fn(&BatchHeader) -> bool,
    ) -> Result<(), LogError> {
        let (first, end) = (list.containing(self.start).or(list.logs.first().copied()), self.end);
        for &base in list.logs.iter().filter(|base| Some(**base) >= first && **base < end) {
            let segment = SegmentPath::new(dir, base);
            let mut reader = BatchReader::open(&segment.log())?;
            let mut at = if base < self.start { find_position(&segment, self.start)? } else { Position(0) };
            while let Some((header, size)) = reader.header_at(at)? {
                if header.base_offset >= self.end {
                    return Ok(());
                }
                if !header.attributes.is_control() && counts(&header) {
                    let is_plain = header.magic >= 2 && header.base_offset >= self.start;
                    if is_plain {
                        self.records += u64::from(header.count.max(0).cast_unsigned());
                    } else {
                        reader.seek(at);
                        if let Step::Batch(_, batch) = reader.next(Check::Framing)? {
                            self.count_in(&batch, &segment, at)?;
                        }
                    }
                }
                at = at.plus(size);
            }
        }
        Ok(())
    }

    /// Counts the records of a batch that does not say how many, or of which only some count.
    fn count_in(&mut self, batch: &Batch<'_>, segment: &SegmentPath, at: Position) -> Result<(), LogError> {
        let damaged = |e| LogError::corrupt(&segment.log(), at, batch.header().base_offset, &e);
        let mut records = self.decoder.records(batch).map_err(damaged)?;
        while let Some(record) = records.next().map_err(damaged)? {
            self.records += u64::from(record.offset >= self.start && record.offset < self.end);
        }
        Ok(())
    }
}
