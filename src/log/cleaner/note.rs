//! The cleaner's own file in a partition's folder: the lock that keeps cleaners apart, and in it the note up
//! to where the log is clean (what a broker keeps in `cleaner-offset-checkpoint`).
//!
//! Without the note, or with an older one, more is cleaned than must be, and nothing else.

use std::path::Path;

use crate::fs::{self, FileError, FileLock, IoContext as _, LockGuard};
use crate::record::Offset;
use crate::record::header::array;

/// The name of the file.
pub(super) const CLEANER_FILE: &str = ".cleaner";

const MAGIC: [u8; 8] = *b"mkclean\x01";
const ENCODED_LEN: usize = 20;

/// Opens the lock of the partition in `dir`.
pub(super) fn open_lock(dir: &Path) -> Result<FileLock, FileError> {
    FileLock::open(&dir.join(CLEANER_FILE))
}

/// Whether the partition in `dir` has that lock yet: the first to clean it makes it.
pub(super) fn is_there(dir: &Path) -> bool {
    dir.join(CLEANER_FILE).exists()
}

/// Whether somebody holds that lock, and so cleans the partition in `dir`.
pub(in crate::log) fn is_at_work(dir: &Path) -> Result<bool, FileError> {
    Ok(fs::is_locked(&dir.join(CLEANER_FILE))?.unwrap_or(false))
}

/// The first offset that is not clean, as the note in `dir` says.
pub(super) fn read(dir: &Path) -> Result<Option<Offset>, FileError> {
    let path = dir.join(CLEANER_FILE);
    let file = match fs::open_read(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut bytes = [0; ENCODED_LEN];
    let read = fs::read_at(&file, &mut bytes, 0).context_io("read", &path)?;
    let is_whole = read == ENCODED_LEN
        && bytes[..8] == MAGIC
        && crc32fast::hash(&bytes[..16]).to_be_bytes() == bytes[16..];
    Ok(is_whole.then(|| Offset(i64::from_be_bytes(array(&bytes, 8)))))
}

/// Leaves the note that everything before `offset` is clean. The swaps that made it so are on the disk.
pub(super) fn write(guard: &LockGuard<'_>, offset: Offset) -> Result<(), FileError> {
    let mut bytes = [0; ENCODED_LEN];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..16].copy_from_slice(&offset.0.to_be_bytes());
    let sum = crc32fast::hash(&bytes[..16]);
    bytes[16..].copy_from_slice(&sum.to_be_bytes());
    guard.file().write_all_at(&bytes, 0)
}
