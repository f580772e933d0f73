//! The time index (`.timeindex`): from a timestamp to an offset (Kafka's `TimeIndex`).
//!
//! Entries of 12 bytes: `i64` timestamp, `i32` offset relative to the segment's base. An entry says that
//! no record at or before its offset has a later timestamp.
//!
//! Who looks for a time has to know the largest timestamp of every segment, since records need not be in the order of
//! their timestamps. To read it from the indexes takes the longer the more segments there are. So when a segment is
//! sealed, the time at which its time index was modified is set to it, which the name of the file tells without opening
//! it. Whoever writes into the file, or puts another in its place, takes that away again, and an index that a broker
//! or a cleaning has written never had it: it is read then. (Of two indexes of one segment, before and after a cleaning, a
//! backup that goes by size and time has to see that they differ.) The time is marked by a part of a millisecond that is there by chance in
//! one file of a million; what harm is done then, a record that is younger than the file it lies in can tell.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::index_file::{IndexEntry, IndexFile};
use super::{Position, SegmentPath};
use crate::fs::{FileError, LogFile};
use crate::record::header::array;
use crate::record::{Offset, Timestamp};

/// Bytes of an entry.
pub const ENTRY_LEN: usize = 12;

/// Nanoseconds behind the millisecond that mark a largest timestamp.
const MARK: Duration = Duration::from_nanos(271_828);
/// Timestamps from here on, in the year 2109, are not noted: not every file system has such times.
const NOTABLE_END: Timestamp = Timestamp(1 << 42);

/// An entry of the time index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeEntry {
    /// The largest timestamp so far.
    pub timestamp: Timestamp,
    /// The last offset of the first batch that reached it.
    pub offset: Offset,
}

impl TimeEntry {
    /// Reads an entry of the segment that begins at `base`.
    pub fn decode(bytes: &[u8; ENTRY_LEN], base: Offset) -> Self {
        Self {
            timestamp: Timestamp(i64::from_be_bytes(array(bytes, 0))),
            offset: base.plus(i64::from(i32::from_be_bytes(array(bytes, 8)))),
        }
    }

    /// The entry's bytes in the segment that begins at `base`; `None` when the format cannot hold it.
    pub fn encode(&self, base: Offset) -> Option<[u8; ENTRY_LEN]> {
        let relative = i32::try_from(self.offset.since(base)).ok()?;
        let mut out = [0; ENTRY_LEN];
        out[..8].copy_from_slice(&self.timestamp.0.to_be_bytes());
        out[8..].copy_from_slice(&relative.to_be_bytes());
        Some(out)
    }
}

impl IndexEntry for TimeEntry {
    type Bytes = [u8; ENTRY_LEN];

    fn is_room(bytes: &Self::Bytes) -> bool {
        *bytes == [0; ENTRY_LEN]
    }

    fn from_bytes(bytes: &Self::Bytes, base: Offset) -> Self {
        Self::decode(bytes, base)
    }
}

/// An open time index.
pub type TimeIndex = IndexFile<TimeEntry>;

/// The last entry of an open time index that is `entries` long; `None` when it has none.
///
/// # Errors
/// When the file cannot be read.
pub fn entry_before(file: &LogFile, end: Position, base: Offset) -> Result<Option<TimeEntry>, FileError> {
    let Some(at) = end.0.checked_sub(ENTRY_LEN as u64) else { return Ok(None) };
    let mut bytes = [0; ENTRY_LEN];
    file.read_at(&mut bytes, at)?;
    Ok(Some(TimeEntry::decode(&bytes, base)))
}

/// The largest timestamp in a segment that was closed: that of its last time entry, or when its file was
/// modified last where it has no timestamps (`LogSegment.largestTimestamp`).
pub(crate) fn closed_largest_timestamp(
    segment: &SegmentPath,
    modified: SystemTime,
) -> Result<Timestamp, FileError> {
    if let Some(entry) = last_entry(&segment.time_index(), segment.base_offset())?
        && entry.timestamp.0 >= 0
    {
        return Ok(entry.timestamp);
    }
    Ok(timestamp_of(modified))
}

/// Notes the largest timestamp of a segment that was sealed, in the time at which its time index `file` was modified.
/// Without it the index is read.
pub(crate) fn note_largest_timestamp(file: &LogFile, largest: Timestamp) {
    if (Timestamp(0)..NOTABLE_END).contains(&largest) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(largest.0.unsigned_abs()) + MARK;
        // Only its owner may set the time of a file.
        let _ = file.set_modified(time);
    }
}

/// The largest timestamp of a segment that is sealed, if its time index has it noted.
pub(crate) fn noted_largest_timestamp(segment: &SegmentPath) -> Option<Timestamp> {
    let modified = std::fs::metadata(segment.time_index()).and_then(|m| m.modified()).ok()?;
    let since = modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let is_marked = since.subsec_nanos() % 1_000_000 == MARK.subsec_nanos();
    is_marked.then(|| timestamp_of(modified))
}

/// The time as records have it; 0 before 1970.
pub(crate) fn timestamp_of(time: SystemTime) -> Timestamp {
    let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The last entry of the time index `path`, leaving out the zeros that a live broker preallocates; `None`
/// when there is none, or no such file.
pub(crate) fn last_entry(path: &Path, base: Offset) -> Result<Option<TimeEntry>, FileError> {
    Ok(TimeIndex::open(path, base)?.and_then(|index| index.last()))
}

/// The last entry of a segment's time index that is older than `time`; `None` when there is none.
pub(crate) fn last_entry_before(
    segment: &SegmentPath,
    time: Timestamp,
) -> Result<Option<TimeEntry>, FileError> {
    let Some(index) = TimeIndex::open(&segment.time_index(), segment.base_offset())? else { return Ok(None) };
    let older = index.count_while(|entry| entry.timestamp < time)?;
    older.checked_sub(1).map(|n| index.entry(n)).transpose()
}
