//! The time index (`.timeindex`): from a timestamp to an offset (Kafka's `TimeIndex`).
//!
//! Entries of 12 bytes: `i64` timestamp, `i32` offset relative to the segment's base. An entry says that
//! no record at or before its offset has a later timestamp.

use super::Position;
use crate::fs::{FileError, LogFile};
use crate::record::header::array;
use crate::record::{Offset, Timestamp};

/// Bytes of an entry.
pub const ENTRY_LEN: usize = 12;

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
