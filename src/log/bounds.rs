//! Where a partition begins and ends, found from its files without any lock.

use std::path::Path;

use super::batch_reader::{BatchReader, Check, Step};
use super::error::LogError;
use super::offset_index::{OffsetEntry, OffsetIndex};
use super::segment::{Position, SegmentList, SegmentPath};
use super::time_index::last_entry;
use crate::fs::{self, IoContext as _};
use crate::record::{Offset, Timestamp};

/// What a partition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBounds {
    /// The log start offset: the first that can be read.
    pub start: Offset,
    /// The log end offset: the one that the next record gets.
    pub end: Offset,
    /// How many segments there are.
    pub segments: usize,
    /// Bytes of all `.log` files.
    pub bytes: u64,
    /// The first batch's base timestamp; −1 where it has none.
    pub first_timestamp: Timestamp,
    /// The last batch's max timestamp; −1 where it has none.
    pub last_timestamp: Timestamp,
}

impl LogBounds {
    /// Finds the bounds of the partition in `dir`, whose log start offset is `floor` at the least.
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn read(dir: &Path, floor: Offset) -> Result<Self, LogError> {
        SegmentList::with(dir, |list| Self::of(dir, list, floor))
    }

    fn of(dir: &Path, list: &SegmentList, floor: Offset) -> Result<Self, LogError> {
        let mut bytes = 0;
        for &base in &list.logs {
            let path = SegmentPath::new(dir, base).log();
            bytes += fs::look_up(&path).context_io("read the size of", &path)?.len();
        }
        let end = find_end(dir, list)?;
        let start = log_start(list, floor).min(end.offset);
        let first_timestamp = match list.logs.first() {
            Some(&base) => {
                let reader = BatchReader::open(&SegmentPath::new(dir, base).log())?;
                reader.header_at(Position(0))?.map_or(Timestamp::NONE, |(header, _)| header.base_timestamp)
            }
            None => Timestamp::NONE,
        };
        let last_timestamp = end.last_timestamp;
        Ok(Self { start, end: end.offset, segments: list.logs.len(), bytes, first_timestamp, last_timestamp })
    }
}

/// The offset so many behind `offset`, be it in the log or not.
pub fn so_many_behind(offset: Offset, count: u64) -> Offset {
    Offset(offset.0.saturating_add(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// The offset so many before `offset`, be it in the log or not: it may be below 0.
pub fn so_many_before(offset: Offset, count: u64) -> Offset {
    Offset(offset.0.saturating_sub(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// The offset so many behind the start of a log that has these bounds, or its end.
pub fn after_start((start, end): (Offset, Offset), count: u64) -> Offset {
    so_many_behind(start, count).min(end)
}

/// The offset so many before the end of a log that has these bounds, or its start.
pub fn before_end((start, end): (Offset, Offset), count: u64) -> Offset {
    so_many_before(end, count).max(start)
}

/// The first offset that can be read.
pub(crate) fn log_start(list: &SegmentList, floor: Offset) -> Offset {
    list.logs.first().copied().unwrap_or(Offset::ZERO).max(floor)
}

/// The end of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogEnd {
    pub(crate) offset: Offset,
    pub(crate) last_timestamp: Timestamp,
}

/// Walks the batches behind the last index entry; what follows the last valid one is not there yet.
pub(crate) fn find_end(dir: &Path, list: &SegmentList) -> Result<LogEnd, LogError> {
    let mut end = LogEnd { offset: Offset::ZERO, last_timestamp: Timestamp::NONE };
    // An empty active segment knows the end, but the last timestamp stands in the one before.
    for (nth, &base) in list.logs.iter().rev().enumerate() {
        let (offset, last_timestamp) = end_of_segment(&SegmentPath::new(dir, base))?;
        if nth == 0 {
            end.offset = offset;
        }
        if let Some(last_timestamp) = last_timestamp {
            end.last_timestamp = last_timestamp;
            break;
        }
    }
    Ok(end)
}

/// The end offset of a segment, and the max timestamp of its last batch if it has one.
pub(crate) fn end_of_segment(segment: &SegmentPath) -> Result<(Offset, Option<Timestamp>), LogError> {
    let mut reader = BatchReader::open(&segment.log())?;
    let from = match OffsetIndex::open(&segment.index(), segment.base_offset())? {
        Some(index) => last_good_entry(&index, index.len(), &mut reader)?,
        None => GoodEntry::None,
    };
    reader.seek(from.entry().map_or(Position(0), |(_, entry)| entry.position));
    let mut end = (segment.base_offset(), None);
    while let Step::Batch(_, batch) = reader.next(Check::Checksums)? {
        end = (batch.last_offset().next(), Some(batch.header().max_timestamp));
    }
    Ok(end)
}

/// The largest timestamp in a segment that may still be appended to; −1 where it has none.
pub(crate) fn largest_timestamp(segment: &SegmentPath) -> Result<Timestamp, LogError> {
    let mut reader = BatchReader::open(&segment.log())?;
    let mut largest = last_entry(&segment.time_index(), segment.base_offset())?
        .map_or(Timestamp::NONE, |entry| entry.timestamp);
    // The entries of the time index are written with those of the offset index.
    if let Some(index) = OffsetIndex::open(&segment.index(), segment.base_offset())? {
        let last = last_good_entry(&index, index.len(), &mut reader)?;
        reader.seek(last.entry().map_or(Position(0), |(_, entry)| entry.position));
    }
    while let Step::Batch(_, batch) = reader.next(Check::Checksums)? {
        largest = largest.max(batch.header().max_timestamp);
    }
    Ok(largest)
}

/// The largest timestamp in a segment that is no longer appended to; −1 where it has none. Only headers are read, for
/// who looks for a time asks all segments.
pub(crate) fn largest_timestamp_of_sealed(segment: &SegmentPath) -> Result<Timestamp, LogError> {
    let reader = BatchReader::open(&segment.log())?;
    let index = OffsetIndex::open(&segment.index(), segment.base_offset())?;
    let last = index.and_then(|index| index.last());
    let mut at = last.map_or(Position(0), |entry| entry.position);
    let mut found = reader.header_at(at)?;
    if last.is_some() && found.is_none() {
        // A loss of power has left entries that lead nowhere.
        return largest_timestamp(segment);
    }
    let entry = last_entry(&segment.time_index(), segment.base_offset())?;
    let mut largest = entry.map_or(Timestamp::NONE, |entry| entry.timestamp);
    let len = reader.file_len()?;
    while let Some((header, size)) = found {
        largest = largest.max(header.max_timestamp);
        at = at.plus(size);
        found = if at.0 < len { reader.header_at(at)? } else { None };
    }
    Ok(largest)
}

/// What [`last_good_entry`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoodEntry {
    /// This entry, the `n`-th from 0.
    Entry(u64, OffsetEntry),
    /// There is none.
    None,
    /// There may be one, before many that lead nowhere.
    NotAmongLast,
}

impl GoodEntry {
    pub(crate) fn entry(self) -> Option<(u64, OffsetEntry)> {
        match self {
            Self::Entry(n, entry) => Some((n, entry)),
            Self::None | Self::NotAmongLast => None,
        }
    }
}

/// The last of the first `entries` entries of `index` that leads to a valid batch of its segment, which
/// `log` reads. A crash can leave entries for batches that are torn or not there; many of them are no
/// crash's work, and are not all looked at.
pub(crate) fn last_good_entry(
    index: &OffsetIndex,
    entries: u64,
    log: &mut BatchReader,
) -> Result<GoodEntry, LogError> {
    const TRIES: u64 = 64;
    let log_size = log.file_len()?;
    for n in (entries.saturating_sub(TRIES)..entries).rev() {
        let entry = index.entry(n)?;
        // The batch at 0 never gets an entry: that one is a hole, which a loss of power left.
        if entry.position.0 == 0 || entry.position.0 >= log_size {
            continue;
        }
        log.seek(entry.position);
        // A follower's entry has the last offset of several batches that were appended at once, and the
        // place of the first.
        if let Step::Batch(_, batch) = log.next(Check::Checksums)?
            && batch.header().base_offset <= entry.offset
        {
            return Ok(GoodEntry::Entry(n, entry));
        }
    }
    Ok(if entries > TRIES { GoodEntry::NotAmongLast } else { GoodEntry::None })
}

/// Where in `segment` the first batch begins whose last offset is `offset` or above; behind the last
/// batch if there is none.
pub(crate) fn find_position(segment: &SegmentPath, offset: Offset) -> Result<Position, LogError> {
    let mut reader = BatchReader::open(&segment.log())?;
    let mut at = Position(0);
    if let Some(index) = OffsetIndex::open(&segment.index(), segment.base_offset())? {
        let entries = index.count_up_to(offset)?;
        if let Some((_, entry)) = last_good_entry(&index, entries, &mut reader)?.entry() {
            at = entry.position;
        }
    }
    while let Some((header, size)) = reader.header_at(at)?
        && header.last_offset() < offset
    {
        at = at.plus(size);
    }
    Ok(at)
}
