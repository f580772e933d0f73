//! Reading a file of entries of equal size, from the front, a piece at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::DumpError;
use crate::fs::{FileError, IoContext as _, open_read, read_at};
use crate::log::{Position, SegmentPath};
use crate::record::Offset;

/// Entries that are read at a time.
const ENTRIES_AT_A_TIME: usize = 4096;

/// A file of entries of `LEN` bytes each.
#[derive(Debug)]
pub(super) struct EntryReader<const LEN: usize> {
    file: File,
    path: PathBuf,
    file_len: u64,
    next: u64,
    buffer: Vec<u8>,
    /// Which entries the buffer holds: the first of them, and how many.
    buffered: (u64, usize),
}

impl<const LEN: usize> EntryReader<LEN> {
    pub(super) fn open(path: &Path) -> Result<Self, DumpError> {
        let file = open_read(path)?;
        let metadata = file.metadata().context_io("read the size of", path)?;
        if metadata.is_dir() {
            return Err(DumpError::Folder(path.to_owned()));
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            file_len: metadata.len(),
            next: 0,
            buffer: Vec::new(),
            buffered: (0, 0),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file_len(&self) -> u64 {
        self.file_len
    }

    /// How many whole entries the file has.
    pub(super) fn len(&self) -> u64 {
        self.file_len / LEN as u64
    }

    /// Bytes behind the last whole entry.
    pub(super) fn fragment(&self) -> u64 {
        self.file_len % LEN as u64
    }

    /// Where in the file the entry begins that [`EntryReader::next`] gives next.
    pub(super) fn position(&self) -> Position {
        Position(self.next * LEN as u64)
    }

    /// The entry that follows the one given last.
    pub(super) fn next(&mut self) -> Result<Option<[u8; LEN]>, FileError> {
        let entry = self.get(self.next)?;
        self.next += u64::from(entry.is_some());
        Ok(entry)
    }

    /// Entry `n`, from 0.
    pub(super) fn get(&mut self, n: u64) -> Result<Option<[u8; LEN]>, FileError> {
        if n >= self.len() {
            return Ok(None);
        }
        let (first, count) = self.buffered;
        if n < first || n - first >= count as u64 {
            self.buffer.resize(ENTRIES_AT_A_TIME * LEN, 0);
            let read =
                read_at(&self.file, &mut self.buffer, n * LEN as u64).context_io("read", &self.path)?;
            self.buffered = (n, read / LEN);
        }
        let (first, count) = self.buffered;
        let at = usize::try_from(n - first).unwrap_or(usize::MAX);
        if at >= count {
            return Ok(None);
        }
        Ok(self.buffer[at * LEN..].first_chunk().copied())
    }
}

/// The base offset in the name of an index file.
pub(super) fn base_offset(path: &Path) -> Result<Offset, DumpError> {
    path.file_name()
        .and_then(|name| SegmentPath::parse_base_offset(&name.to_string_lossy()))
        .ok_or_else(|| DumpError::BaseOffset(path.to_owned()))
}

/// The file beside `path` with the same first part of the name and another suffix.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    path.with_file_name(format!("{stem}.{suffix}"))
}

/// The `.log` of the index `path`, open.
pub(super) fn open_log(path: &Path) -> Result<(File, PathBuf), DumpError> {
    let needed = companion(path, "log");
    match open_read(&needed) {
        Ok(file) => Ok((file, needed)),
        Err(source) => Err(DumpError::Companion { path: path.to_owned(), needed, source }),
    }
}
