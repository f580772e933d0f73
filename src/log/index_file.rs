//! An open index of a segment, whichever it is: entries of one length, and behind them the room that a live broker has
//! taken for more. Single entries are read, never the whole file.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::index_rules::partition_point;
use crate::fs::{self, FileError, IoContext as _};
use crate::record::Offset;

/// An entry of an index.
pub trait IndexEntry: Copy {
    /// What it is in the file.
    type Bytes: Default + AsMut<[u8]>;

    /// Whether these are no entry, but room for one that is not used yet.
    fn is_room(bytes: &Self::Bytes) -> bool;

    /// The entry, in the segment that begins at `base`.
    fn from_bytes(bytes: &Self::Bytes, base: Offset) -> Self;
}

/// An open index, for look-ups.
#[derive(Debug)]
pub struct IndexFile<E> {
    file: File,
    path: PathBuf,
    base: Offset,
    /// Entries, not counting the room behind them.
    entries: u64,
    last: Option<E>,
    bytes: u64,
}

impl<E: IndexEntry> IndexFile<E> {
    const ENTRY_LEN: u64 = size_of::<E::Bytes>() as u64;

    /// Opens the index `path` of the segment that begins at `base`; `None` when there is no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn open(path: &Path, base: Offset) -> Result<Option<Self>, FileError> {
        let Some((file, bytes)) = fs::open_if_present(path)? else { return Ok(None) };
        let entries = bytes / Self::ENTRY_LEN;
        let mut index = Self { file, path: path.to_owned(), base, entries, last: None, bytes };
        index.last = index.read_last()?;
        if index.last.is_none() {
            // The room comes behind all entries, so that its beginning can be searched.
            index.entries = partition_point(entries, |n| Ok(!E::is_room(&index.nth(n)?)))?;
            index.last = index.read_last()?;
        }
        Ok(Some(index))
    }

    /// How many entries it has, not counting the room behind them.
    pub fn len(&self) -> u64 {
        self.entries
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Bytes behind the last entry.
    pub fn bytes_behind(&self) -> u64 {
        self.bytes.saturating_sub(self.entries * Self::ENTRY_LEN)
    }

    /// The last entry, if there is one.
    pub fn last(&self) -> Option<E> {
        self.last
    }

    /// Entry `n`, from 0.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entry(&self, n: u64) -> Result<E, FileError> {
        Ok(E::from_bytes(&self.nth(n)?, self.base))
    }

    /// The last entry; `None` when there is none, or room in its place.
    fn read_last(&self) -> Result<Option<E>, FileError> {
        let Some(last) = self.entries.checked_sub(1) else { return Ok(None) };
        let bytes = self.nth(last)?;
        Ok((!E::is_room(&bytes)).then(|| E::from_bytes(&bytes, self.base)))
    }

    fn nth(&self, n: u64) -> Result<E::Bytes, FileError> {
        let mut bytes = E::Bytes::default();
        fs::read_at(&self.file, bytes.as_mut(), n * Self::ENTRY_LEN).context_io("read", &self.path)?;
        Ok(bytes)
    }
}
