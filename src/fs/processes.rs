//! What Linux' /proc tells: which processes have files below a folder open or locked, which boot this is, and which
//! signals are ignored. The only file that names /proc.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::{FileError, IoContext as _};

/// A file that a process uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileUse {
    /// The file or folder.
    pub path: PathBuf,
    /// The process; 0 where the system does not tell.
    pub pid: u32,
    /// How it is used.
    pub kind: UseKind,
}

/// How a process uses a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseKind {
    /// It holds a lock on it.
    Lock,
    /// It waits for the lock.
    WaitsForLock,
    /// It has it open for writing.
    Write,
    /// It has it open for reading.
    Read,
}

/// Whether this process was started with the signal of this number ignored; `None` where the system does not tell.
pub fn ignores_signal(number: i32) -> Option<bool> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    let ignored = u64::from_str_radix(ignored.trim(), 16).ok()?;
    let bit = u32::try_from(number).ok()?.checked_sub(1)?;
    Some(ignored.checked_shr(bit)? & 1 == 1)
}

/// Every use of files below `root` that can be seen.
///
/// # Errors
/// Where there is no /proc, or the folder cannot be gone through.
pub fn uses_below(root: &Path) -> Result<Vec<FileUse>, FileError> {
    let root = root.canonicalize().context_io("open", root)?;
    let proc = Path::new("/proc");
    let locks = std::fs::read_to_string(proc.join("locks")).map_err(without_proc);
    let locks = locks.context_io("read", &proc.join("locks"))?;
    let mut uses = Vec::new();
    let files = lockable_files(&root)?;
    uses.extend(locks.lines().filter_map(parse_lock).filter_map(|lock| {
        let path = files.get(&lock.file)?.clone();
        let kind = if lock.waits { UseKind::WaitsForLock } else { UseKind::Lock };
        Some(FileUse { path, pid: lock.pid, kind })
    }));
    for entry in std::fs::read_dir(proc).context_io("read the folder", proc)?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if pid != std::process::id() {
            open_files(&entry.path(), pid, &root, &mut uses);
        }
    }
    uses.sort();
    uses.dedup();
    Ok(uses)
}

/// Which boot of which machine this is, a UUID as text; `None` where the system does not say.
pub fn boot_id() -> Option<[u8; 36]> {
    let text = std::fs::read("/proc/sys/kernel/random/boot_id").ok()?;
    text.get(..36)?.try_into().ok()
}

/// Says of a missing file that it is the system's fault.
fn without_proc(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => {
            io::Error::new(error.kind(), "only Linux tells who uses files, and only where /proc is mounted")
        }
        _ => error,
    }
}

/// The command line of a process, with spaces between its words; `None` where it does not show.
pub fn command_line(pid: u32) -> Option<String> {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<_> = bytes.split(|b| *b == 0).filter(|word| !word.is_empty()).collect();
    let words: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Device and inode. What a device is called is a number of another type on each system; all fit.
type FileKey = (i128, u64);

/// The files that may be locked, by what /proc/locks calls them: those whose name begins with a period or
/// ends in `.lock`, the files of groups, and the folders that hold them.
fn lockable_files(root: &Path) -> Result<HashMap<FileKey, PathBuf>, FileError> {
    let mut found = HashMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        // What is removed meanwhile is locked by nobody.
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let Ok(metadata) = std::fs::symlink_metadata(&path) else { continue };
            let is_ours = path.strip_prefix(root).is_ok_and(|rest| rest.starts_with(".mkafka"));
            if metadata.is_dir() {
                folders.push(path.clone());
            } else if !name.starts_with('.') && !is_ours {
                continue;
            }
            found.insert((i128::from(metadata.dev()), metadata.ino()), path);
        }
    }
    Ok(found)
}

struct Lock {
    pid: u32,
    file: FileKey,
    waits: bool,
}

/// A line such as `1: -> FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`.
fn parse_lock(line: &str) -> Option<Lock> {
    let mut words = line.split_whitespace().skip(1).peekable();
    let waits = words.next_if_eq(&"->").is_some();
    let pid = words.nth(3)?;
    let mut file = words.next()?.split(':');
    let (major, minor) = (file.next()?, file.next()?);
    let device =
        rustix::fs::makedev(u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
    // A lock whose holder lives in another pid namespace has a pid of -1 or 0.
    Some(Lock {
        pid: pid.parse().unwrap_or(0),
        file: (i128::from(device), file.next()?.parse().ok()?),
        waits,
    })
}

/// Adds the files below `root` that the process at `process` has open.
fn open_files(process: &Path, pid: u32, root: &Path, uses: &mut Vec<FileUse>) {
    let Ok(entries) = std::fs::read_dir(process.join("fd")) else { return };
    for entry in entries.flatten() {
        let Ok(path) = std::fs::read_link(entry.path()) else { continue };
        if !path.starts_with(root) {
            continue;
        }
        let info =
            std::fs::read_to_string(process.join("fdinfo").join(entry.file_name())).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
        // O_WRONLY is 1 and O_RDWR is 2.
        let kind = if flags & 3 == 0 { UseKind::Read } else { UseKind::Write };
        uses.push(FileUse { path, pid, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_locks_are_understood() {
        let lock = parse_lock("12: FLOCK  ADVISORY  WRITE 1234 08:10:5678 0 EOF").unwrap();
        assert_eq!(
            (lock.pid, lock.file, lock.waits),
            (1234, (i128::from(rustix::fs::makedev(8, 16)), 5678), false)
        );
        let lock = parse_lock("12: -> FLOCK  ADVISORY  WRITE -1 fe:00:9 0 EOF").unwrap();
        assert_eq!((lock.pid, lock.waits), (0, true));
        for bad in ["", "1:", "1: FLOCK ADVISORY WRITE 5", "1: FLOCK ADVISORY WRITE 5 x 0 EOF"] {
            assert!(parse_lock(bad).is_none(), "{bad}");
        }
    }
}
