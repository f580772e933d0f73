//! The offset index (`.index`): from an offset to a place in the log (Kafka's `OffsetIndex`).
//!
//! Entries of 8 bytes: `i32` offset relative to the segment's base, `i32` position. An entry holds the
//! last offset of a batch and where that batch begins; where a broker appended several batches in one
//! call, the last offset of the last and the position of the first.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Position;
use super::index_rules::partition_point;
use crate::fs::{self, FileError, IoContext as _};
use crate::record::Offset;
use crate::record::header::array;

/// Bytes of an entry.
pub const ENTRY_LEN: usize = 8;

/// An entry of the offset index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetEntry {
    /// An offset that lies in the batch at the position, or in one soon behind it.
    pub offset: Offset,
    /// Where a batch begins.
    pub position: Position,
}

impl OffsetEntry {
    /// Reads an entry of the segment that begins at `base`.
    pub fn decode(bytes: &[u8; ENTRY_LEN], base: Offset) -> Self {
        let relative = i32::from_be_bytes(array(bytes, 0));
        let position = u32::from_be_bytes(array(bytes, 4));
        Self { offset: base.plus(i64::from(relative)), position: Position(u64::from(position)) }
    }

    /// The entry's bytes in the segment that begins at `base`; `None` when the format cannot hold it.
    pub fn encode(&self, base: Offset) -> Option<[u8; ENTRY_LEN]> {
        let relative = i32::try_from(self.offset.since(base)).ok()?;
        let position = i32::try_from(self.position.0).ok()?;
        let mut out = [0; ENTRY_LEN];
        out[..4].copy_from_slice(&relative.to_be_bytes());
        out[4..].copy_from_slice(&position.to_be_bytes());
        Some(out)
    }
}

/// An open offset index, for look-ups. Reads single entries, never the whole file.
#[derive(Debug)]
pub struct OffsetIndex {
    file: File,
    path: PathBuf,
    base: Offset,
    /// Entries, not counting the zeros behind them that a live broker preallocates.
    entries: u64,
    last: Option<OffsetEntry>,
    bytes: u64,
}

impl OffsetIndex {
    /// Opens the index of the segment that begins at `base`; `None` when there is no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn open(path: &Path, base: Offset) -> Result<Option<Self>, FileError> {
        let Some((file, bytes)) = fs::open_if_present(path)? else { return Ok(None) };
        let entries = bytes / ENTRY_LEN as u64;
        let mut index = Self { file, path: path.to_owned(), base, entries, last: None, bytes };
        index.last = index.read_last()?;
        // No entry has position 0, so zeros can only be room that is not used yet.
        if index.last.is_some_and(|last| last.position.0 == 0) {
            index.entries = partition_point(index.entries, |n| Ok(index.entry(n)?.position.0 > 0))?;
            index.last = index.read_last()?;
        }
        Ok(Some(index))
    }

    /// How many entries it has.
    pub fn len(&self) -> u64 {
        self.entries
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Bytes behind the last entry.
    pub fn bytes_behind(&self) -> u64 {
        self.bytes.saturating_sub(self.entries * ENTRY_LEN as u64)
    }

    /// Entry `n`, from 0.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entry(&self, n: u64) -> Result<OffsetEntry, FileError> {
        let mut bytes = [0; ENTRY_LEN];
        fs::read_at(&self.file, &mut bytes, n * ENTRY_LEN as u64).context_io("read", &self.path)?;
        Ok(OffsetEntry::decode(&bytes, self.base))
    }

    /// The last entry, if there is one.
    pub fn last(&self) -> Option<OffsetEntry> {
        self.last
    }

    fn read_last(&self) -> Result<Option<OffsetEntry>, FileError> {
        self.entries.checked_sub(1).map(|n| self.entry(n)).transpose()
    }

    /// The last entry at or below `offset`: scanning from its position finds the offset's batch, if the index
    /// is sound.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lookup(&self, offset: Offset) -> Result<Option<OffsetEntry>, FileError> {
        self.count_up_to(offset)?.checked_sub(1).map(|n| self.entry(n)).transpose()
    }

    /// How many entries are at or below `offset`: scanning from the position of the last one finds the
    /// offset's batch.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_up_to(&self, offset: Offset) -> Result<u64, FileError> {
        partition_point(self.entries, |n| Ok(self.entry(n)?.offset <= offset))
    }
}
