//! Advisory locks. The only file that names fs2.
//!
//! Lock files are opened close-on-exec (the standard library does so), are never removed, and are
//! looked at again once the lock is held: if somebody removed or replaced the file in the meantime,
//! the lock that was obtained guards nothing, and a new one is taken on the file that is there now.

use std::path::Path;

use super::{FileError, IoContext as _, LogFile};

/// An exclusive flock on a lock file, which may be taken and given back any number of times.
#[derive(Debug)]
pub struct FileLock {
    file: LogFile,
}

/// Proof that the lock is held; dropping it gives the lock back.
#[derive(Debug)]
pub struct LockGuard<'a> {
    file: &'a LogFile,
    is_new_file: bool,
}

impl FileLock {
    /// Opens the lock file `path`, creating it when there is none. Takes no lock yet.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Ok(Self { file: LogFile::open(path)? })
    }

    /// Waits for the lock.
    pub fn acquire(&mut self) -> Result<LockGuard<'_>, FileError> {
        let mut is_new_file = false;
        loop {
            lock_exclusive(&self.file)?;
            if self.file.is_current().context_io("look up", self.file.path())? {
                return Ok(LockGuard { file: &self.file, is_new_file });
            }
            self.file = LogFile::open(self.file.path())?;
            is_new_file = true;
        }
    }

    /// Takes the lock if nobody has it; `None` when somebody does.
    pub fn try_acquire(&mut self) -> Result<Option<LockGuard<'_>>, FileError> {
        let mut is_new_file = false;
        loop {
            match fs2::FileExt::try_lock_exclusive(self.file.file()) {
                Ok(()) => {}
                Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
                    return Ok(None);
                }
                Err(e) => return Err(FileError::new("lock", self.file.path(), e)),
            }
            if self.file.is_current().context_io("look up", self.file.path())? {
                return Ok(Some(LockGuard { file: &self.file, is_new_file }));
            }
            self.file = LogFile::open(self.file.path())?;
            is_new_file = true;
        }
    }
}

fn lock_exclusive(file: &LogFile) -> Result<(), FileError> {
    loop {
        match fs2::FileExt::lock_exclusive(file.file()) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other.context_io("lock", file.path()),
        }
    }
}

impl LockGuard<'_> {
    /// The lock file itself, whose content belongs to whoever holds the lock.
    pub fn file(&self) -> &LogFile {
        self.file
    }

    /// Whether the lock file that was held before has been removed or replaced: what it guarded may be
    /// another thing of the same name now.
    pub fn is_new_file(&self) -> bool {
        self.is_new_file
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        // Failing to unlock a descriptor that is open is not possible; closing it would unlock too.
        let _ = fs2::FileExt::unlock(self.file.file());
    }
}

/// Whether a running Kafka broker holds the log folder `dir`: brokers keep an fcntl lock on its
/// `.lock` file (Kafka's `FileLock`), which flock does not see.
pub fn broker_is_live(dir: &Path) -> Result<bool, FileError> {
    let path = dir.join(".lock");
    let file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(FileError::new("open", &path, e)),
    };
    fcntl_locked(&file).context_io("look for a lock on", &path)
}

#[cfg(unix)]
fn fcntl_locked(file: &std::fs::File) -> std::io::Result<bool> {
    use rustix::process::{Flock, FlockOffsetType, FlockType};
    let query = Flock {
        start: 0,
        length: 0,
        pid: None,
        typ: FlockType::WriteLock,
        offset_type: FlockOffsetType::Set,
    };
    Ok(rustix::process::fcntl_getlk(file, &query)?.is_some())
}

#[cfg(not(unix))]
fn fcntl_locked(_file: &std::fs::File) -> std::io::Result<bool> {
    Ok(false)
}
