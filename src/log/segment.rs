//! The files of a segment, by name.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::LogError;
use crate::fs::{self, FileError};
use crate::record::Offset;

/// A byte's place in a file, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

impl Position {
    /// The place `bytes` further on.
    #[must_use]
    pub fn plus(self, bytes: usize) -> Self {
        Self(self.0.saturating_add(bytes as u64))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A segment of a partition: the folder and the base offset that names its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentPath {
    dir: PathBuf,
    base_offset: Offset,
    /// What is appended to the names of files that are not, or no longer, part of the log.
    suffix: &'static str,
}

/// Digits of the base offset in the names of a segment's files.
const NAME_DIGITS: usize = 20;
/// Files that a cleaning is writing (`UnifiedLog.CLEANED_FILE_SUFFIX`).
pub(crate) const CLEANED_SUFFIX: &str = ".cleaned";
/// Files that are about to take the place of others (`UnifiedLog.SWAP_FILE_SUFFIX`).
pub(crate) const SWAP_SUFFIX: &str = ".swap";
/// Pieces that `verify --repair` has taken out of a log and kept; the byte at which they began follows.
pub const DAMAGED_SUFFIX: &str = ".damaged-";
/// Files that wait to be removed (`LogFileUtils.DELETED_FILE_SUFFIX`).
pub(crate) const DELETED_SUFFIX: &str = ".deleted";

impl SegmentPath {
    /// The segment of `dir` whose first offset is `base_offset`.
    pub fn new(dir: &Path, base_offset: Offset) -> Self {
        Self { dir: dir.to_owned(), base_offset, suffix: "" }
    }

    /// The same segment's files with `suffix` behind their names.
    #[must_use]
    pub(crate) fn with_suffix(&self, suffix: &'static str) -> Self {
        Self { suffix, ..self.clone() }
    }

    /// The first offset that belongs to the segment.
    pub fn base_offset(&self) -> Offset {
        self.base_offset
    }

    /// The record batches.
    pub fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// The offset index.
    pub fn index(&self) -> PathBuf {
        self.file("index")
    }

    /// The time index.
    pub fn time_index(&self) -> PathBuf {
        self.file("timeindex")
    }

    /// The aborted transactions; only where there are some.
    pub fn txn_index(&self) -> PathBuf {
        self.file("txnindex")
    }

    /// What its producers had come to when the segment was begun; only where a broker has written one.
    pub fn snapshot(&self) -> PathBuf {
        self.file("snapshot")
    }

    /// All files that a segment may have. The log comes last: without it the others are nothing.
    pub(crate) fn files(&self) -> [PathBuf; 5] {
        [self.index(), self.time_index(), self.txn_index(), self.snapshot(), self.log()]
    }

    /// Files are named by the base offset in so many digits (`LogFileUtils.filenamePrefixFromOffset`).
    fn file(&self, extension: &str) -> PathBuf {
        self.dir.join(format!("{:0NAME_DIGITS$}.{extension}{}", self.base_offset.0, self.suffix))
    }

    /// The base offset in the part of a name before the dot, if that is how a segment's files are named.
    fn parse_stem(stem: &str) -> Option<Offset> {
        (stem.len() == NAME_DIGITS).then(|| Self::parse_base_offset(stem)).flatten()
    }

    /// Whether a file has the ending of a segment's, but a name in front of it that no segment has.
    pub(crate) fn is_misnamed(file_name: &str) -> bool {
        file_name.split_once('.').is_some_and(|(stem, extension)| {
            ["log", "index", "timeindex", "txnindex"].contains(&extension) && Self::parse_stem(stem).is_none()
        })
    }

    /// The base offset in a file's name: what stands before the first dot (`LogFileUtils.offsetFromFileName`).
    pub fn parse_base_offset(file_name: &str) -> Option<Offset> {
        let digits = file_name.split('.').next()?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Offset)
    }
}

/// What a partition's folder holds of segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentList {
    /// Base offsets of the `.log` files, ascending.
    pub logs: Vec<Offset>,
    /// Base offsets of the `.index` files, ascending.
    pub indexes: Vec<Offset>,
    /// Base offsets of the `.timeindex` files, ascending.
    pub time_indexes: Vec<Offset>,
    /// Base offsets of the `.txnindex` files, ascending.
    pub txn_indexes: Vec<Offset>,
    /// Temporary files; unless one holds the partition's lock, somebody may be writing them.
    pub temporary_files: Vec<PathBuf>,
    /// Files of segments that were deleted, which wait to be removed.
    pub deleted_files: Vec<PathBuf>,
    /// Whether somebody is putting segments in the place of others, or died doing so.
    pub has_swap_files: bool,
}

impl SegmentList {
    /// Lists `dir`. Files of other kinds, and those that are about to be deleted or swapped in, are passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn read(dir: &Path) -> Result<Self, FileError> {
        let mut list = Self::default();
        for name in fs::list_folder(dir)? {
            if name.to_str().is_some_and(fs::is_temporary_name) {
                list.temporary_files.push(dir.join(&name));
            } else if name.to_str().is_some_and(|name| name.ends_with(DELETED_SUFFIX)) {
                list.deleted_files.push(dir.join(&name));
            }
            let Some((stem, extension)) = name.to_str().and_then(|n| n.split_once('.')) else { continue };
            let kind = match extension {
                "log" => &mut list.logs,
                "index" => &mut list.indexes,
                "timeindex" => &mut list.time_indexes,
                "txnindex" => &mut list.txn_indexes,
                other => {
                    list.has_swap_files |= other.ends_with(SWAP_SUFFIX);
                    continue;
                }
            };
            // A file of another name would be looked for under the right one.
            kind.extend(SegmentPath::parse_stem(stem));
        }
        for kind in [&mut list.logs, &mut list.indexes, &mut list.time_indexes, &mut list.txn_indexes] {
            kind.sort_unstable();
        }
        Ok(list)
    }

    /// Does `work` with a listing of `dir`.
    ///
    /// Retention and compaction may take a segment at any time, also one that is listed and not open yet. Where a file
    /// was not there and the segments are others by now, `work` is done once more, with those.
    ///
    /// # Errors
    /// When the folder cannot be read, and what `work` fails with.
    pub(crate) fn with<T>(dir: &Path, work: impl FnMut(&Self) -> Result<T, LogError>) -> Result<T, LogError> {
        Self::with_each(|| Ok(Self::read(dir)?), work)
    }

    /// As [`Self::with`], by a way to `list` of the caller's own.
    pub(super) fn with_each<T>(
        mut list: impl FnMut() -> Result<Self, LogError>,
        mut work: impl FnMut(&Self) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let mut listed = list()?;
        loop {
            match work(&listed) {
                Err(error) if error.is_missing_file() => {
                    let before = std::mem::replace(&mut listed, list()?);
                    if before.logs == listed.logs {
                        return Err(error);
                    }
                }
                done => return done,
            }
        }
    }

    /// The segment that holds `offset`, or would: the last one that begins at or below it.
    pub fn containing(&self, offset: Offset) -> Option<Offset> {
        let above = self.logs.partition_point(|base| *base <= offset);
        above.checked_sub(1).map(|i| self.logs[i])
    }

    /// The segment after the one that begins at `base`.
    pub fn after(&self, base: Offset) -> Option<Offset> {
        self.logs.get(self.logs.partition_point(|b| *b <= base)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_twenty_digits_and_are_read_back() {
        let segment = SegmentPath::new(Path::new("t-0"), Offset(42));
        assert_eq!(segment.log(), Path::new("t-0/00000000000000000042.log"));
        assert_eq!(SegmentPath::parse_base_offset("00000000000000000042.timeindex"), Some(Offset(42)));
        for bad in ["", ".log", "x.log", "-1.log", "99999999999999999999.log", "+1.log"] {
            assert_eq!(SegmentPath::parse_base_offset(bad), None, "{bad}");
        }
    }

    #[test]
    fn segments_are_found_by_offset() {
        let list = SegmentList { logs: vec![Offset(10), Offset(20)], ..SegmentList::default() };
        assert_eq!(list.containing(Offset(9)), None);
        assert_eq!(list.containing(Offset(19)), Some(Offset(10)));
        assert_eq!(list.containing(Offset(20)), Some(Offset(20)));
        assert_eq!(list.after(Offset(10)), Some(Offset(20)));
        assert_eq!(list.after(Offset(20)), None);
    }
}
