//! Where in a log to begin looking for what a filter wants, by its indexes.

use std::path::Path;

use super::RecordFilter;
use super::entries::{EntryReader, companion};
use crate::fs::{FileError, open_read};
use crate::log::offset_index::{OffsetEntry, OffsetIndex};
use crate::log::time_index::{ENTRY_LEN, TimeEntry};
use crate::log::{BatchReader, Position};
use crate::record::{Offset, Timestamp};

/// Where to begin in the log `path`, whose name says `base`: no record before lies within the filter's
/// offsets and timestamps. An index is believed where the log agrees with the entry that is used; else the
/// log is gone through from its beginning.
///
/// # Errors
/// When the log cannot be read.
pub fn start_position(path: &Path, base: Offset, filter: &RecordFilter) -> Result<Position, FileError> {
    let mut start = Position(0);
    let log = BatchReader::new(open_read(path)?, path);
    let Ok(Some(index)) = OffsetIndex::open(&companion(path, "index"), base) else { return Ok(start) };
    if let Some(from) = filter.from_offset {
        start = start.max(batch_of(&log, &index, from)?.unwrap_or_default());
    }
    if let Some(from) = filter.from_timestamp
        && let Some(entry) = last_entry_below(&companion(path, "timeindex"), base, from)
        && let Some(position) = batch_of(&log, &index, entry.offset)?
        && is_in_log(&log, position, entry)?
    {
        start = start.max(position);
    }
    Ok(start)
}

/// Where the batch of an index entry at or below `offset` begins, if one does begin there.
fn batch_of(log: &BatchReader, index: &OffsetIndex, offset: Offset) -> Result<Option<Position>, FileError> {
    let Ok(Some(OffsetEntry { offset: indexed, position })) = index.lookup(offset) else { return Ok(None) };
    let Some((header, size)) = log.header_at(position)? else { return Ok(None) };
    // Where a broker appended several batches at once, the entry has the first's place and the last's offset.
    let agrees = header.base_offset <= indexed && log.checksum_error(position, size)?.is_none();
    Ok(agrees.then_some(position))
}

/// The last entry of a time index whose timestamp is below `from`; `None` also when its entries do not
/// ascend, for then it is no guide.
fn last_entry_below(path: &Path, base: Offset, from: Timestamp) -> Option<TimeEntry> {
    let mut entries = EntryReader::<ENTRY_LEN>::open(path).ok()?;
    let mut found: Option<TimeEntry> = None;
    let mut previous: Option<TimeEntry> = None;
    while let Some(bytes) = entries.next().ok()? {
        if bytes == [0; ENTRY_LEN] {
            break;
        }
        let entry = TimeEntry::decode(&bytes, base);
        if previous.is_some_and(|p| entry.timestamp <= p.timestamp || entry.offset < p.offset) {
            return None;
        }
        if entry.timestamp < from {
            found = Some(entry);
        }
        previous = Some(entry);
    }
    found
}

/// How many batches are looked at for the one that a time index entry is about.
const BATCHES_MAX: usize = 10_000;

/// Whether the log has a batch at or behind `position` that ends with the entry's offset and has its
/// timestamp as the largest one.
fn is_in_log(log: &BatchReader, mut position: Position, entry: TimeEntry) -> Result<bool, FileError> {
    for _ in 0..BATCHES_MAX {
        let Some((header, size)) = log.header_at(position)? else { return Ok(false) };
        if header.last_offset() >= entry.offset {
            return Ok(header.last_offset() == entry.offset && header.max_timestamp == entry.timestamp);
        }
        position = position.plus(size);
    }
    Ok(false)
}
