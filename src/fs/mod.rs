//! The only module that changes anything on disk, and the only one that takes locks.
//!
//! Everything here answers with [`FileError`], which names the operation and the path, so that a
//! message never has to be put together by the caller. Keeping every mutating call behind this one
//! door is what lets failure be injected and durability be checked in one place.

mod file;
mod lock;
mod pipe;
#[cfg(test)]
pub(crate) mod power;
pub mod processes;
#[cfg(test)]
pub(crate) mod schedule;
pub(crate) mod seam;
mod system;

pub use file::{LogFile, raise_open_files_limit, room_for_files};
pub use lock::{FileLock, HeldFolder, HeldLock, LockGuard, broker_is_live, content_while_locked, is_locked};
pub use pipe::{is_pipe_or_socket, widen_pipe};
pub use system::tells_every_change;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use seam::Change;

/// An operating-system error together with what was being done to which path.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {}: {}", .path.display(), plain_text(.source))]
pub struct FileError {
    /// What was attempted, as a verb phrase that reads well before the path (`open`, `write to`).
    pub operation: &'static str,
    /// The file or folder concerned.
    pub path: PathBuf,
    /// What the operating system answered.
    #[source]
    pub source: io::Error,
}

impl FileError {
    /// Wraps `source`, which befell `operation` on `path`.
    pub fn new(operation: &'static str, path: &Path, source: io::Error) -> Self {
        Self { operation, path: path.to_owned(), source }
    }

    /// The kind of the underlying error.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

/// The error's text as it reads behind a colon: in lower case, and without the ` (os error N)` that the
/// standard library appends.
pub fn plain_text(error: &io::Error) -> String {
    let text = error.to_string();
    let Some((plain, _)) = text.split_once(" (os error") else { return text };
    let mut chars = plain.chars();
    let plain: String = chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
    if file::is_out_of_files(error) {
        return format!("{plain} (`ulimit -n` tells how many there may be, and raises it)");
    }
    plain
}

/// Attaches an operation and a path to an [`io::Result`].
pub trait IoContext<T> {
    /// Turns the error into a [`FileError`] for `operation` on `path`.
    fn context_io(self, operation: &'static str, path: &Path) -> Result<T, FileError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context_io(self, operation: &'static str, path: &Path) -> Result<T, FileError> {
        self.map_err(|source| FileError::new(operation, path, source))
    }
}

/// Makes the entries of folder `path` durable: new, renamed and removed names in it survive a loss of power.
pub fn sync_dir(path: &Path) -> Result<(), FileError> {
    seam::run(Change::SyncDir(path), || File::open(path)?.sync_all()).context_io("sync the folder", path)
}

/// Creates `path` and all folders above it, and makes those that were missing durable; no error when it
/// is there already.
pub fn create_dir_all(path: &Path) -> Result<(), FileError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.iter().rev() {
        seam::run(Change::CreateDir(folder), || match fs::create_dir(folder) {
            // Another process was faster.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            other => other,
        })
        .context_io("create the folder", folder)?;
        sync_dir(folder_of(folder))?;
    }
    Ok(())
}

/// Creates the single folder `path`; an error of kind `AlreadyExists` when there is one.
pub fn create_dir(path: &Path) -> Result<(), FileError> {
    seam::run(Change::CreateDir(path), || fs::create_dir(path)).context_io("create the folder", path)
}

/// Renames `from` to `to` within one folder and makes the new name durable.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    rename_unsynced(from, to)?;
    sync_dir(folder_of(to))
}

/// Renames `from` to `to` within one folder. The caller makes it durable, with [`sync_dir`], once for
/// many of them.
pub fn rename_unsynced(from: &Path, to: &Path) -> Result<(), FileError> {
    seam::run(Change::Rename { from, to }, || fs::rename(from, to)).context_io("rename", from)
}

/// Makes `to` a second name of the file `from`, replacing what had it, in one step: whoever opens `to` finds
/// the one or the other. Where the file system has no such names it becomes a copy. Both are in one folder,
/// which the caller syncs.
pub fn link_over(from: &Path, to: &Path) -> Result<(), FileError> {
    if is_same_file(from, to) {
        // Renaming one name of a file to another would do nothing, and leave both.
        return Ok(());
    }
    let mut between = to.as_os_str().to_owned();
    between.push(".link");
    let between = Path::new(&between);
    remove_if_present(between)?;
    let link = || match fs::hard_link(from, between) {
        Err(e) if has_no_links(&e) => {
            fs::copy(from, between)?;
            File::open(between)?.sync_all()
        }
        other => other,
    };
    seam::run(Change::Link { from, to: between }, link).context_io("link", from)?;
    rename_unsynced(between, to)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let id = |path| fs::metadata(path).map(|metadata| FileId::of(&metadata)).ok();
    id(one).is_some_and(|one| Some(one) == id(other))
}

/// Whether `error` means that this file system gives a file one name only.
fn has_no_links(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unsupported = [Errno::PERM, Errno::OPNOTSUPP, Errno::NOSYS, Errno::MLINK, Errno::XDEV];
    unsupported.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Removes the file `path`; no error when there is none.
pub fn remove_if_present(path: &Path) -> Result<(), FileError> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        // Whether it can be removed shows below: where one may not look, or it is a link that leads nowhere.
        _ => {}
    }
    match remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes the file `path`.
pub fn remove_file(path: &Path) -> Result<(), FileError> {
    seam::run(Change::Remove(path), || fs::remove_file(path)).context_io("remove", path)
}

/// Removes the folder `path` with all that is in it.
pub fn remove_dir_all(path: &Path) -> Result<(), FileError> {
    seam::run(Change::RemoveDirAll(path), || fs::remove_dir_all(path)).context_io("remove the folder", path)
}

/// What the names of temporary files begin with.
const TEMPORARY_PREFIX: &str = ".tmp";

/// The longest name that a file may have, in bytes.
const NAME_MAX: usize = 255;

/// Whether `name` is that of a temporary file, which a process that died in [`write_atomically`] leaves.
/// Only who keeps all others from writing in its folder may remove it.
pub fn is_temporary_name(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX)
}

/// Where what is to become `path` is written first. The name is always the same, so that what a death leaves there is
/// written over by the next one.
pub fn temporary_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut temporary = format!("{TEMPORARY_PREFIX}-{name}");
    // Two that have a long name in common wait for each other.
    while temporary.len() > NAME_MAX {
        temporary.pop();
    }
    folder_of(path).join(temporary)
}

/// Replaces `path` by a file that holds `bytes`, or leaves it as it was: a temporary file in the same
/// folder is written, synced and renamed over it, and the folder is synced.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, bytes, true)?;
    sync_dir(folder_of(path))
}

/// The folder that `path` lies in: the current one for a bare name.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Replaces `path` by a file that holds `bytes`, or leaves it as it was, for every process that looks. After
/// a loss of power it may be either, or empty.
pub fn replace_unsynced(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, bytes, false)
}

fn replace(path: &Path, bytes: &[u8], sync: bool) -> Result<(), FileError> {
    let (folder, temporary) = (folder_of(path), temporary_of(path));
    // Whoever waits for the lock of a file that has got its name meanwhile opens another.
    let mut lock = FileLock::open(&temporary)
        .map_err(|error| FileError::new("create a temporary file in", folder, error.source))?;
    let guard = lock.acquire()?;
    // Nobody else knows of the temporary file.
    let replaced = replace_by(path, guard.file(), bytes, sync)
        .map_err(|error| FileError { path: path.to_owned(), ..error });
    if replaced.is_err() {
        // Should this fail too, the next one writes over it.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// The names in folder `path`, in no order; none when there is no such folder. Names that are no text are left
/// out: mkafka gives none such.
pub fn names_in(path: &Path) -> Result<Vec<String>, FileError> {
    match list_folder(path) {
        Ok(names) => Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// Writes `bytes` to the file `temporary`, syncs it if that is wanted, and renames it to `path`.
fn replace_by(path: &Path, temporary: &LogFile, bytes: &[u8], sync: bool) -> Result<(), FileError> {
    if temporary.len()? > 0 {
        temporary.truncate(0)?;
    }
    temporary.write_all_at(bytes, 0)?;
    if sync {
        temporary.sync_data()?;
    }
    let change = Change::Rename { from: temporary.path(), to: path };
    seam::run(change, || fs::rename(temporary.path(), path)).context_io("replace", path)
}

/// Writes `bytes` to a new file `path`, replacing what an interrupted predecessor left there, and puts
/// them on the disk. The caller syncs the folder, once for many files.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let file = LogFile::create(path)?;
    file.write_all_at(bytes, 0)?;
    file.sync_data()
}

/// Puts the content of the file `path` on the disk; no error when there is no such file.
pub fn sync_file_if_present(path: &Path) -> Result<(), FileError> {
    match seam::run(Change::SyncData(path), || File::open(path)?.sync_data()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.context_io("sync", path),
    }
}

/// Which file or folder of which file system something is: the same for two names of one, and no other
/// file's as long as one holds it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// The id in `metadata`.
    pub fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.dev(), metadata.ino())
    }
}

/// What a file or folder is told by from others of its name even if nobody holds it open: systems give the ids of
/// what is gone to what comes next. Where they do not note when a file was made the id has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastingId(FileId, Option<SystemTime>);

impl LastingId {
    /// That in `metadata`.
    pub fn of(metadata: &fs::Metadata) -> Self {
        Self(FileId::of(metadata), metadata.created().ok())
    }
}

/// The names in the folder `path`, in no order; an error when there is none.
pub fn list_folder(path: &Path) -> Result<Vec<OsString>, FileError> {
    let list = || fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect();
    seam::listed(list).context_io("read the folder", path)
}

/// What the system knows of the file or folder that `path` leads to, now.
pub fn look_up(path: &Path) -> io::Result<fs::Metadata> {
    seam::look();
    fs::metadata(path)
}

/// How long ago a file got its name: a rename counts as a change of it, if not of what is in it.
pub fn age(metadata: &fs::Metadata) -> Duration {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
    let nanos = u32::try_from(metadata.ctime_nsec()).unwrap_or(0);
    let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
    changed.elapsed().unwrap_or_default()
}

/// When a name in the folder whose `metadata` this is was made or removed last, as far as the system's clock
/// tells such times apart.
pub fn folder_time(metadata: &fs::Metadata) -> io::Result<SystemTime> {
    seam::folder_time(metadata)
}

/// The length of an open file in bytes, now.
pub fn length_of(file: &File) -> io::Result<u64> {
    seam::look();
    file.metadata().map(|metadata| metadata.len())
}

/// The same, where the file still has a name.
pub fn linked_length_of(file: &File) -> io::Result<Option<u64>> {
    use std::os::unix::fs::MetadataExt as _;
    seam::look();
    file.metadata().map(|metadata| (metadata.nlink() > 0).then_some(metadata.len()))
}

/// Opens `path` for reading.
pub fn open_read(path: &Path) -> Result<File, FileError> {
    seam::look();
    OpenOptions::new().read(true).open(path).context_io("open", path)
}

/// The most bytes that a small file may have: checkpoints of 100,000 partitions with the longest names
/// stay well below it.
const SMALL_FILE_BYTES: u64 = 64 << 20;

/// Reads all of a small file (checkpoints, metadata); `None` when there is none. A file above
/// `SMALL_FILE_BYTES` cannot be what its name says and is refused rather than taken into memory.
pub fn read_if_present(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    let read = || {
        seam::look();
        read_small(&File::open(path)?)
    };
    match read() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(FileError::new("read", path, e)),
    }
}

/// Reads all of an open small file, as long as it is when it is asked: with one read, where a buffer that grows would
/// take many.
fn read_small(file: &File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let Some(length) = usize::try_from(length).ok().filter(|_| length <= SMALL_FILE_BYTES) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "larger than such a file can be"));
    };
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match (&*file).read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// The first `length` bytes of the file `path`; `None` when it has fewer, or is not there. Takes memory for no more
/// than is there.
pub fn read_beginning(path: &Path, length: u64) -> Result<Option<Vec<u8>>, FileError> {
    let Some((file, there)) = open_if_present(path)? else { return Ok(None) };
    let Some(length) = usize::try_from(length).ok().filter(|_| length <= there) else { return Ok(None) };
    let mut bytes = vec![0; length];
    let read = read_at(&file, &mut bytes, 0).context_io("read", path)?;
    Ok((read == length).then_some(bytes))
}

/// Whether the file `path` is there and holds `bytes` and nothing else. However large it is, it takes little memory.
pub fn has_content(path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    let Some((file, there)) = open_if_present(path)? else { return Ok(false) };
    if there != bytes.len() as u64 {
        return Ok(false);
    }
    let mut piece = vec![0; bytes.len().min(64 << 10)];
    let mut position = 0;
    for expected in bytes.chunks(piece.len().max(1)) {
        let read = read_at(&file, &mut piece[..expected.len()], position).context_io("read", path)?;
        if piece[..read] != *expected {
            return Ok(false);
        }
        position += expected.len() as u64;
    }
    Ok(true)
}

/// The file `path`, open for reading, and its length; `None` when there is none.
pub(crate) fn open_if_present(path: &Path) -> Result<Option<(File, u64)>, FileError> {
    match open_read(path) {
        Ok(file) => {
            let length = length_of(&file).context_io("read the size of", path)?;
            Ok(Some((file, length)))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Reads into `buffer` from byte `position` until it is full or the file ends; answers the bytes read.
pub fn read_at(file: &File, mut buffer: &mut [u8], mut position: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;
    seam::look();
    let mut total = 0;
    while !buffer.is_empty() {
        match file.read_at(buffer, position) {
            Ok(0) => break,
            Ok(n) => {
                buffer = &mut buffer[n..];
                position += n as u64;
                total += n;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests;
