//! A file that is written at explicit positions: logs, indexes and lock files.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::seam::{self, Change};
use super::{FileError, FileId, IoContext as _};

/// An open file that knows its path, for writing at explicit positions.
///
/// Nothing here keeps a position of its own: any process may have appended in the meantime, so the
/// caller always says where.
#[derive(Debug)]
pub struct LogFile {
    file: File,
    path: PathBuf,
}

impl LogFile {
    /// Opens `path` for reading and writing, creating it empty when there is none.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = seam::run(Change::Open(path), open).context_io("open", path)?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Creates `path` empty, cutting off whatever an interrupted predecessor left there.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let file = Self::open(path)?;
        if file.len()? > 0 {
            file.truncate(0)?;
        }
        Ok(file)
    }

    /// The same open file once more.
    pub fn try_clone(&self) -> Result<Self, FileError> {
        let file = self.file.try_clone().context_io("open", &self.path)?;
        Ok(Self { file, path: self.path.clone() })
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file, for reading.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Its length in bytes.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a question to the operating system, not to a collection"
    )]
    pub fn len(&self) -> Result<u64, FileError> {
        super::length_of(&self.file).context_io("read the size of", &self.path)
    }

    /// Bytes in it; `None` once no name leads to it any more, for it was removed or another has taken its place.
    pub fn len_if_linked(&self) -> Result<Option<u64>, FileError> {
        super::linked_length_of(&self.file).context_io("read the size of", &self.path)
    }

    /// Fills `buffer` from `position`, or as much as there is; answers the bytes read.
    pub fn read_at(&self, buffer: &mut [u8], position: u64) -> Result<usize, FileError> {
        super::read_at(&self.file, buffer, position).context_io("read", &self.path)
    }

    /// Writes all of `bytes` at `position`. After an error any part of them may have been written:
    /// the caller truncates.
    pub fn write_all_at(&self, bytes: &[u8], position: u64) -> Result<(), FileError> {
        let change = Change::Write { path: &self.path, position, bytes };
        seam::run(change, || self.file.write_all_at(bytes, position)).context_io("write to", &self.path)
    }

    /// Cuts the file to `length` bytes, and gives back room that was taken behind them.
    pub fn truncate(&self, length: u64) -> Result<(), FileError> {
        let change = Change::Truncate { path: &self.path, length };
        seam::run(change, || self.file.set_len(length)).context_io("truncate", &self.path)
    }

    /// Takes room on the disk for the bytes from `start` to `end`, without making the file longer. Systems and file
    /// systems that cannot do that do nothing.
    pub fn preallocate(&self, start: u64, end: u64) -> Result<(), FileError> {
        take_room(&self.file, start, end.saturating_sub(start)).context_io("take room for", &self.path)
    }

    /// Whether writing behind its end is known to be quicker where room for `bytes` more was taken before, and nobody
    /// will miss that: on ext4, which otherwise reserves each block by itself, with 64 times as much left.
    pub fn gains_from_room(&self, bytes: u64) -> bool {
        super::system::free_on_ext(&self.file).is_some_and(|free| free / 64 >= bytes)
    }

    /// Puts its content on the disk (fdatasync). A failure must never be retried into a success: the
    /// kernel may have dropped the pages that it could not write.
    pub fn sync_data(&self) -> Result<(), FileError> {
        seam::run(Change::SyncData(&self.path), || self.file.sync_data()).context_io("sync", &self.path)
    }

    /// Sets when it was modified last, as if nothing had been written since.
    pub fn set_modified(&self, time: SystemTime) -> Result<(), FileError> {
        self.file.set_modified(time).context_io("set the time of", &self.path)
    }

    /// Whether the name it was opened by still leads to this very file.
    pub fn is_current(&self) -> io::Result<bool> {
        let mine = FileId::of(&self.file.metadata()?);
        match super::look_up(&self.path) {
            Ok(theirs) => Ok(FileId::of(&theirs) == mine),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }
}

#[cfg(target_os = "linux")]
fn take_room(file: &File, start: u64, length: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::KEEP_SIZE, start, length) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(not(target_os = "linux"))]
fn take_room(_file: &File, _start: u64, _length: u64) -> io::Result<()> {
    Ok(())
}

/// Whether the process has as many open files as it may.
pub(super) fn is_out_of_files(error: &std::io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::MFILE)
}

/// Lets the process have as many open files as it may: each partition that is written takes five. Answers how many it
/// might have before, if those were fewer: commands that it runs are to be given that, for who uses select() relies
/// on it. Where partitions are many, this may still be too few for all of them: see [`room_for_files`].
pub fn raise_open_files_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where that is refused, running out of them is reported when it happens.
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    limit.current.filter(|_| raised.is_ok() && limit.current != limit.maximum)
}

/// How many open files are kept for all that is no partition's: streams, signals, notifications, locks, and what is
/// opened but for a moment.
const OTHER_FILES: u64 = 32;

/// How many users of so many open files each the process has room for, by the limit that holds now; none if that is
/// very low.
pub fn room_for_files(each: usize) -> usize {
    use rustix::process::{Resource, getrlimit};
    let Some(limit) = getrlimit(Resource::Nofile).current else { return usize::MAX };
    usize::try_from(limit.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX) / each.max(1)
}
