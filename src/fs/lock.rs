//! Advisory locks. The only file that names fs2.
//!
//! Lock files are opened close-on-exec (the standard library does so), are never removed, and are
//! looked at again once the lock is held: if somebody removed or replaced the file in the meantime,
//! the lock that was obtained guards nothing, and a new one is taken on the file that is there now.
//!
//! That does not help against the removal of a lock file while its lock is held: whoever comes next makes
//! a new file and locks that. Where data would be lost by it, the folder is locked as well, which can only
//! be removed together with the data.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{FileError, IoContext as _, LogFile};

/// How long a thread that waits for a lock only lets others go first, before it goes to sleep: some two appends of a
/// large batch. Who sleeps is woken late, and often on a core that is busy, while another that has nothing to do is not
/// used: eight producers of a partition were a third slower when each went to sleep at once.
const AWAKE: Duration = Duration::from_micros(300);

/// An exclusive flock on a lock file, which may be taken and given back any number of times.
#[derive(Debug)]
pub struct FileLock {
    file: LogFile,
    /// The folder, where that is locked too.
    folder: Option<File>,
}

/// Proof that the lock is held; dropping it gives the lock back.
#[derive(Debug)]
pub struct LockGuard<'a> {
    lock: &'a FileLock,
    is_new: bool,
}

impl FileLock {
    /// Opens the lock file `path`, creating it when there is none. Takes no lock yet.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Ok(Self { file: LogFile::open(path)?, folder: None })
    }

    /// As [`FileLock::open`], for a lock that holds even if somebody removes the lock file: the folder that
    /// `path` lies in is locked with it. There can be one such lock in a folder.
    pub fn open_with_folder(path: &Path) -> Result<Self, FileError> {
        let mut lock = Self::open(path)?;
        lock.folder = Some(open_folder(path)?);
        Ok(lock)
    }

    /// Waits for the lock.
    pub fn acquire(&mut self) -> Result<LockGuard<'_>, FileError> {
        let mut is_new = false;
        while !self.lock_what_is_open(lock_exclusive)? {
            self.reopen()?;
            is_new = true;
        }
        Ok(LockGuard { lock: self, is_new })
    }

    /// Takes the lock if nobody has it; `None` when somebody does.
    pub fn try_acquire(&mut self) -> Result<Option<LockGuard<'_>>, FileError> {
        let mut is_new = false;
        loop {
            match self.lock_what_is_open(fs2::FileExt::try_lock_exclusive) {
                Ok(true) => return Ok(Some(LockGuard { lock: self, is_new })),
                Ok(false) => self.reopen()?,
                Err(e) if is_held(&e.source) => return Ok(None),
                Err(e) => return Err(e),
            }
            is_new = true;
        }
    }

    /// Locks what is open; `false`, and nothing is locked, when it is no longer what the path leads to.
    fn lock_what_is_open(&self, lock: impl Fn(&File) -> io::Result<()>) -> Result<bool, FileError> {
        let locked = lock(self.file.file()).and_then(|()| match &self.folder {
            Some(folder) => lock(folder).or_else(|e| if cannot_lock_folders(&e) { Ok(()) } else { Err(e) }),
            None => Ok(()),
        });
        let current = locked
            .context_io("lock", self.file.path())
            .and_then(|()| self.file.is_current().context_io("look up", self.file.path()));
        if !matches!(current, Ok(true)) {
            self.unlock();
        }
        current
    }

    fn reopen(&mut self) -> Result<(), FileError> {
        let file = LogFile::open(self.file.path())?;
        if self.folder.is_some() {
            self.folder = Some(open_folder(file.path())?);
        }
        self.file = file;
        Ok(())
    }

    fn unlock(&self) {
        // Failing to unlock a descriptor that is open is not possible; closing it would unlock too.
        if let Some(folder) = &self.folder {
            let _ = fs2::FileExt::unlock(folder);
        }
        let _ = fs2::FileExt::unlock(self.file.file());
        #[cfg(test)]
        super::schedule::unlocked(1 + usize::from(self.folder.is_some()));
    }
}

/// A lock that is held as long as this lives, or until the process dies: the kernel gives it back then.
#[derive(Debug)]
pub struct HeldLock {
    file: LogFile,
}

impl HeldLock {
    /// Makes the new lock file `path` and locks it.
    ///
    /// # Errors
    /// When it cannot be made or locked.
    pub fn new(path: &Path) -> Result<Self, FileError> {
        let file = LogFile::open(path)?;
        lock_exclusive(file.file()).context_io("lock", path)?;
        Ok(Self { file })
    }

    /// As [`HeldLock::new`], but does not wait for another process that has the lock; `None` then. The file may be
    /// there already, and whoever holds its lock may remove it.
    ///
    /// # Errors
    /// When it cannot be made or locked.
    pub fn try_new(path: &Path) -> Result<Option<Self>, FileError> {
        loop {
            let file = LogFile::open(path)?;
            match fs2::FileExt::try_lock_exclusive(file.file()) {
                Ok(()) => {}
                Err(e) if is_held(&e) => return Ok(None),
                Err(e) => return Err(FileError::new("lock", path, e)),
            }
            if file.is_current().context_io("look up", path)? {
                return Ok(Some(Self { file }));
            }
        }
    }

    /// The lock file, whose content belongs to whoever holds the lock.
    pub fn file(&self) -> &LogFile {
        &self.file
    }
}

/// A folder for what is being made, which is locked as long as this lives: once it is not, whoever made it is dead.
#[derive(Debug)]
pub struct HeldFolder {
    path: PathBuf,
    _lock: File,
}

impl HeldFolder {
    /// Makes a folder at the first of `paths` that nobody takes away meanwhile for one that the dead have left:
    /// before it is locked it looks like that.
    ///
    /// # Errors
    /// When it cannot be made or locked.
    pub fn new(mut paths: impl FnMut() -> PathBuf) -> Result<Self, FileError> {
        loop {
            let path = paths();
            super::create_dir(&path)?;
            let lock = match File::open(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                opened => opened.context_io("open", &path)?,
            };
            lock_folder(&lock).context_io("lock", &path)?;
            if path.is_dir() {
                return Ok(Self { path, _lock: lock });
            }
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the folder `path` if nobody holds it; where folders cannot be locked it stays.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_if_dead(path: &Path) -> Result<(), FileError> {
        // What is no folder is not opened: to open a pipe may take for ever.
        if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Ok(());
        }
        let Ok(open) = File::open(path) else { return Ok(()) };
        if fs2::FileExt::try_lock_exclusive(&open).is_ok() { super::remove_dir_all(path) } else { Ok(()) }
    }
}

impl Drop for HeldFolder {
    fn drop(&mut self) {
        // What is left is removed by the next one who makes such a folder.
        let _ = super::remove_dir_all(&self.path);
    }
}

/// Whether some process holds the lock file `path`; `None` when there is no such file. Needs no permission
/// to write, and keeps nobody from locking it for longer than a moment.
pub fn is_locked(path: &Path) -> Result<Option<bool>, FileError> {
    Ok(look_for_lock(path)?.map(|(_, is_locked)| is_locked))
}

/// What is in the small lock file `path`, as long as some process holds it; `None` when none does, or there is no such
/// file. Asks as little of others as [`is_locked`].
pub fn content_while_locked(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match look_for_lock(path)? {
        Some((file, true)) => super::read_small(&file).context_io("read", path).map(Some),
        _ => Ok(None),
    }
}

/// The lock file `path`, and whether some process holds it. The lock that is tried is that of the file as it was opened
/// here, and goes with it.
fn look_for_lock(path: &Path) -> Result<Option<(File, bool)>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(FileError::new("open", path, e)),
    };
    match fs2::FileExt::try_lock_shared(&file) {
        Ok(()) => Ok(Some((file, false))),
        Err(e) if is_held(&e) => Ok(Some((file, true))),
        Err(e) => Err(FileError::new("look for a lock on", path, e)),
    }
}

fn open_folder(lock_file: &Path) -> Result<File, FileError> {
    let folder = lock_file.parent().unwrap_or(Path::new("."));
    File::open(folder).context_io("open", folder)
}

/// Whether `error` means that this file system locks no folders (NFS wants to write to what it locks).
/// There the lock file alone has to do.
fn cannot_lock_folders(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unsupported = [Errno::BADF, Errno::INVAL, Errno::OPNOTSUPP, Errno::NOSYS];
    unsupported.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Locks an open folder until it is closed; nothing where folders cannot be locked.
fn lock_folder(folder: &File) -> io::Result<()> {
    lock_exclusive(folder).or_else(|e| if cannot_lock_folders(&e) { Ok(()) } else { Err(e) })
}

fn lock_exclusive(file: &File) -> io::Result<()> {
    #[cfg(test)]
    if super::schedule::is_on() {
        return super::schedule::lock(|| match fs2::FileExt::try_lock_exclusive(file) {
            Err(e) if is_held(&e) => Ok(false),
            other => other.map(|()| true),
        });
    }
    let begun = Instant::now();
    loop {
        let locked = if begun.elapsed() < AWAKE {
            fs2::FileExt::try_lock_exclusive(file)
        } else {
            fs2::FileExt::lock_exclusive(file)
        };
        match locked {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if is_held(&e) => std::thread::yield_now(),
            other => return other,
        }
    }
}

/// Whether that is why a lock was not obtained.
fn is_held(error: &io::Error) -> bool {
    error.raw_os_error() == fs2::lock_contended_error().raw_os_error()
}

impl LockGuard<'_> {
    /// The lock file itself, whose content belongs to whoever holds the lock.
    pub fn file(&self) -> &LogFile {
        &self.lock.file
    }

    /// Whether the lock file had to be opened anew for this lock, because the one that was open has been
    /// removed or replaced: what it guards may have been replaced with it.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        self.lock.unlock();
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
