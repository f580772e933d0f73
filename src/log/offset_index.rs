//! The offset index (`.index`): from an offset to a place in the log (Kafka's `OffsetIndex`).
//!
//! Entries of 8 bytes: `i32` offset relative to the segment's base, `i32` position. An entry holds the
//! last offset of a batch and where that batch begins; where a broker appended several batches in one
//! call, the last offset of the last and the position of the first.

use super::Position;
use super::index_file::{IndexEntry, IndexFile};
use crate::fs::FileError;
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

impl IndexEntry for OffsetEntry {
    type Bytes = [u8; ENTRY_LEN];

    /// No entry has position 0, so zeros there can only be room.
    fn is_room(bytes: &Self::Bytes) -> bool {
        bytes[4..] == [0; 4]
    }

    fn from_bytes(bytes: &Self::Bytes, base: Offset) -> Self {
        Self::decode(bytes, base)
    }
}

/// An open offset index.
pub type OffsetIndex = IndexFile<OffsetEntry>;

impl OffsetIndex {
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
        self.count_while(|entry| entry.offset <= offset)
    }
}
