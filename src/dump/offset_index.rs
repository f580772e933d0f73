//! An `.index` held against its `.log` (Kafka's `DumpLogSegments.dumpIndex`).

use std::path::Path;

use super::DumpError;
use super::entries::{EntryReader, base_offset, open_log};
use crate::fs::FileError;
use crate::log::offset_index::{ENTRY_LEN, OffsetEntry};
use crate::log::{BatchReader, Position};
use crate::record::Offset;

/// The most batches that are taken for one append.
const APPENDED_AT_ONCE: usize = 1000;

/// An open offset index.
#[derive(Debug)]
pub struct OffsetIndexDump {
    entries: EntryReader<ENTRY_LEN>,
    base: Offset,
}

/// What the log says to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OffsetVerdict {
    /// The batch at the position ends with the offset.
    Agrees,
    /// The batch at the position ends with this offset instead.
    Mismatch(Offset),
    /// The batch at the position ends with this offset, and one soon behind it holds the entry's: a broker
    /// appended several at once, as the log cleaner does, and made one entry for them, with the offset of the
    /// last record it kept. A look-up finds what it should; Kafka's tool reports it all the same.
    HeldLater(Offset),
    /// No batch begins at the position, or the file ends inside it.
    NoBatch,
    /// The batch at the position has so many bytes, more than were allowed.
    TooLarge(usize),
    /// Room that is preallocated and not used yet: the index has no entries.
    Unused,
}

/// An entry and what the log says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedOffsetEntry {
    /// The entry.
    pub entry: OffsetEntry,
    /// What the log says to it.
    pub verdict: OffsetVerdict,
}

impl OffsetIndexDump {
    /// Opens the index `path`, whose name begins with its base offset.
    ///
    /// # Errors
    /// When it cannot be opened, is a folder, or is not named so.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        let base = base_offset(path)?;
        Ok(Self { entries: EntryReader::open(path)?, base })
    }

    /// Whether it holds no whole entry, not even an unused one.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Bytes behind the last whole entry, which should be none.
    pub fn fragment(&self) -> u64 {
        self.entries.fragment()
    }

    /// What a broker checks when it starts (Kafka's `OffsetIndex.sanityCheck`).
    ///
    /// # Errors
    /// [`DumpError::Index`] when a broker would rebuild the index; or when it cannot be read.
    pub fn sanity_check(&mut self) -> Result<(), DumpError> {
        let path = self.entries.path().display().to_string();
        let base = self.base;
        if let Some(bytes) =
            self.entries.len().checked_sub(1).map(|n| self.entries.get(n)).transpose()?.flatten()
        {
            let last = OffsetEntry::decode(&bytes, base).offset;
            if last < base {
                return Err(DumpError::Index(format!(
                    "Corrupt index found, index file {path} has non-zero size but the last offset is {last} \
                     which is less than the base offset {base}"
                )));
            }
        }
        if self.fragment() != 0 {
            let len = self.entries.file_len();
            return Err(DumpError::Index(format!(
                "Index file {path} is corrupt, found {len} bytes which is neither positive nor a multiple of \
                 {ENTRY_LEN}"
            )));
        }
        Ok(())
    }

    /// Goes through the entries, following each into the `.log` that lies beside the index. A batch there
    /// of more than `batch_size_max` bytes is not accepted (`--max-message-size`).
    ///
    /// # Errors
    /// [`DumpError::Companion`] without that log.
    pub fn against_log(self, batch_size_max: usize) -> Result<OffsetIndexCheck, DumpError> {
        let (file, path) = open_log(self.entries.path())?;
        Ok(OffsetIndexCheck { index: self, log: BatchReader::new(file, &path), batch_size_max })
    }
}

/// An offset index next to its log.
#[derive(Debug)]
pub struct OffsetIndexCheck {
    index: OffsetIndexDump,
    log: BatchReader,
    batch_size_max: usize,
}

impl OffsetIndexCheck {
    /// The next entry; `None` behind the last, which may have preallocated room behind it.
    ///
    /// # Errors
    /// When index or log cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<CheckedOffsetEntry>, FileError> {
        let is_first = self.index.entries.position().0 == 0;
        let Some(bytes) = self.index.entries.next()? else { return Ok(None) };
        let entry = OffsetEntry::decode(&bytes, self.index.base);
        // A real entry has a relative offset above 0 unless it is the first.
        if entry.offset == self.index.base && !is_first {
            return Ok(None);
        }
        let verdict = if bytes == [0; ENTRY_LEN] {
            OffsetVerdict::Unused
        } else {
            match self.log.header_at(entry.position)? {
                None => OffsetVerdict::NoBatch,
                Some((_, size)) if size > self.batch_size_max => OffsetVerdict::TooLarge(size),
                Some((header, size)) if header.last_offset() != entry.offset => {
                    let last = header.last_offset();
                    let behind = entry.position.plus(size);
                    if last < entry.offset && self.is_held(entry.offset, behind)? {
                        OffsetVerdict::HeldLater(last)
                    } else {
                        OffsetVerdict::Mismatch(last)
                    }
                }
                Some(_) => OffsetVerdict::Agrees,
            }
        };
        Ok(Some(CheckedOffsetEntry { entry, verdict }))
    }

    /// Whether a batch at or soon behind `position` holds `offset`.
    fn is_held(&self, offset: Offset, mut position: Position) -> Result<bool, FileError> {
        for _ in 0..APPENDED_AT_ONCE {
            let Some((header, size)) = self.log.header_at(position)? else { return Ok(false) };
            if header.last_offset() >= offset {
                return Ok(header.base_offset <= offset);
            }
            position = position.plus(size);
        }
        Ok(false)
    }
}
