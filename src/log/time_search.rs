//! From a time to an offset (`UnifiedLog.fetchOffsetByTimestamp`, `LogSegment.findOffsetByTimestamp`).

use std::path::Path;

use super::batch_reader::{BatchReader, Check, Step};
use super::bounds::{find_position, largest_timestamp, largest_timestamp_of_sealed, log_start};
use super::error::LogError;
use super::segment::{SegmentList, SegmentPath};
use super::time_index::{last_entry_before, noted_largest_timestamp};
use crate::record::{Offset, RecordDecoder, Timestamp};

/// The first record of the partition in `dir` whose timestamp is `time` or later, by its offset and its
/// timestamp; `None` when there is none. The log starts at `floor` at the least.
///
/// # Errors
/// When a file cannot be read, or a batch not be decoded.
pub fn offset_for_time(
    dir: &Path,
    floor: Offset,
    time: Timestamp,
) -> Result<Option<(Offset, Timestamp)>, LogError> {
    SegmentList::with(dir, |list| {
        let start = log_start(list, floor);
        for segment in segments(dir, list) {
            if largest_in(&segment)? >= time
                && let Some(found) = search(&segment.path, start, time)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    })
}

/// A segment, and whether it is no longer appended to.
struct Listed {
    path: SegmentPath,
    is_sealed: bool,
}

fn segments<'a>(dir: &'a Path, list: &'a SegmentList) -> impl Iterator<Item = Listed> + 'a {
    let active = list.logs.last().copied();
    list.logs
        .iter()
        .map(move |&base| Listed { path: SegmentPath::new(dir, base), is_sealed: Some(base) != active })
}

fn largest_in(segment: &Listed) -> Result<Timestamp, LogError> {
    if !segment.is_sealed {
        return largest_timestamp(&segment.path);
    }
    noted_largest_timestamp(&segment.path).map_or_else(|| largest_timestamp_of_sealed(&segment.path), Ok)
}

/// The first of the records that have the largest timestamp of the partition; `None` in an empty one, and
/// where records have no timestamps.
///
/// # Errors
/// As [`offset_for_time`].
pub fn offset_of_max_timestamp(dir: &Path, floor: Offset) -> Result<Option<(Offset, Timestamp)>, LogError> {
    let max = SegmentList::with(dir, |list| {
        segments(dir, list).try_fold(Timestamp::NONE, |max, segment| Ok(max.max(largest_in(&segment)?)))
    })?;
    if max == Timestamp::NONE {
        return Ok(None);
    }
    match offset_for_time(dir, floor, max)? {
        Some(found) => Ok(Some(found)),
        // It lies below the log start, or compaction has taken it: the batches have to be gone through.
        None => largest_record(dir, floor),
    }
}

/// The first record at `time` or later in one segment, from `start` on.
fn search(
    segment: &SegmentPath,
    start: Offset,
    time: Timestamp,
) -> Result<Option<(Offset, Timestamp)>, LogError> {
    // No record up to the offset of an entry is younger than the entry.
    let from = last_entry_before(segment, time)?.map_or(segment.base_offset(), |entry| entry.offset);
    let mut reader = BatchReader::open(&segment.log())?;
    reader.seek(find_position(segment, from.max(start))?);
    let mut decoder = RecordDecoder::new();
    while let Step::Batch(at, batch) = reader.next(Check::Checksums)? {
        if batch.header().max_timestamp < time && batch.magic() >= 2 {
            continue;
        }
        let damaged = |e| LogError::corrupt(&segment.log(), at, batch.header().base_offset, &e);
        let mut records = decoder.records(&batch).map_err(damaged)?;
        while let Some(record) = records.next().map_err(damaged)? {
            if record.timestamp >= time && record.offset >= start {
                return Ok(Some((record.offset, record.timestamp)));
            }
        }
    }
    Ok(None)
}

fn largest_record(dir: &Path, floor: Offset) -> Result<Option<(Offset, Timestamp)>, LogError> {
    let mut largest: Option<(Offset, Timestamp)> = None;
    let mut reader = super::LogReader::new(dir, floor);
    let mut decoder = RecordDecoder::new();
    while let Some(batch) = reader.next()? {
        let damaged = |e| LogError::corrupt(dir, super::Position(0), batch.header().base_offset, &e);
        let mut records = decoder.records(&batch).map_err(damaged)?;
        while let Some(record) = records.next().map_err(damaged)? {
            if record.offset >= floor && largest.is_none_or(|(_, timestamp)| record.timestamp > timestamp) {
                largest = Some((record.offset, record.timestamp));
            }
        }
    }
    Ok(largest.filter(|(_, timestamp)| *timestamp != Timestamp::NONE))
}
