//! An open index of a segment, whichever it is: entries of one length, and behind them the room that a live broker has
//! taken for more. Some entries are read, never the whole file.

use std::fs::File;
use std::path::{Path, PathBuf};

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

    /// How many entries satisfy `holds`: those at the front, and none behind the first that does not. A log of ten
    /// gigabytes has some thousands: bisecting them down to one takes longer than to read the last of them in one piece.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_while(&self, holds: impl Fn(E) -> bool) -> Result<u64, FileError> {
        const PIECE: u64 = 1024;
        let whole = partition_point(self.entries / PIECE, |n| Ok(holds(self.entry((n + 1) * PIECE - 1)?)))?;
        let (low, high) = (whole * PIECE, self.entries.min((whole + 1) * PIECE));
        let len = size_of::<E::Bytes>();
        // If it is cut off meanwhile this ends with zeros, as single entries would be.
        let mut piece = vec![0; usize::try_from(high - low).unwrap_or(0) * len];
        fs::read_at(&self.file, &mut piece, low * Self::ENTRY_LEN).context_io("read", &self.path)?;
        let ends = piece.chunks_exact(len).position(|bytes| {
            let mut entry = E::Bytes::default();
            entry.as_mut().copy_from_slice(bytes);
            !holds(E::from_bytes(&entry, self.base))
        });
        Ok(ends.map_or(high, |ends| low + ends as u64))
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

/// How many of an index's `count` entries satisfy `holds`, which tells of the `n`-th from 0: those at the front, and none
/// behind the first that does not. Looks at as few as a binary search does.
///
/// # Errors
/// The first of `holds`.
fn partition_point(count: u64, holds: impl Fn(u64) -> Result<bool, FileError>) -> Result<u64, FileError> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::offset_index::OffsetIndex;

    #[test]
    fn entries_are_counted_wherever_the_last_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index");
        for count in [0u32, 1, 2, 1023, 1024, 1025, 5000] {
            let entries = (1..=count).flat_map(|n| [(2 * n).to_be_bytes(), (100 * n).to_be_bytes()]);
            std::fs::write(&path, entries.flatten().collect::<Vec<u8>>()).unwrap();
            let index = OffsetIndex::open(&path, Offset(7)).unwrap().unwrap();
            for offset in (0..2 * i64::from(count) + 3).step_by(if count > 2000 { 7 } else { 1 }) {
                let at_or_below = index.count_while(|entry| entry.offset <= Offset(7 + offset)).unwrap();
                assert_eq!(at_or_below, u64::from(count).min(offset as u64 / 2), "{offset} of {count}");
            }
        }
    }
}
