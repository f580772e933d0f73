//! What is known of file systems.

use std::path::Path;

#[cfg(target_os = "linux")]
use std::fs::File;

/// File systems that only this machine's kernel writes to, by their numbers in Linux's `magic.h`. Every change of
/// theirs is told to who watches a folder.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LocalFileSystem {
    /// ext4; ext2 and ext3 have the same number, and are driven by the same code.
    Ext,
    Xfs,
    Btrfs,
    F2fs,
    Zfs,
    Bcachefs,
    Tmpfs,
}

#[cfg(target_os = "linux")]
impl LocalFileSystem {
    fn of(system: &rustix::fs::StatFs) -> Option<Self> {
        match u64::try_from(system.f_type).ok()? {
            0xef53 => Some(Self::Ext),
            0x5846_5342 => Some(Self::Xfs),
            0x9123_683e => Some(Self::Btrfs),
            0xf2f5_2010 => Some(Self::F2fs),
            0x2fc1_2fc1 => Some(Self::Zfs),
            0xca45_1a4e => Some(Self::Bcachefs),
            0x0102_1994 => Some(Self::Tmpfs),
            _ => None,
        }
    }
}

/// The bytes that are free on the file system of `file`, if it is ext4.
#[cfg(target_os = "linux")]
pub(super) fn free_on_ext(file: &File) -> Option<u64> {
    let system = rustix::fs::fstatfs(file).ok()?;
    let block = u64::try_from(system.f_bsize).ok()?;
    (LocalFileSystem::of(&system) == Some(LocalFileSystem::Ext))
        .then(|| system.f_bavail.saturating_mul(block))
}

/// Whether every change in folder `dir` is told to who watches it. Of a file system that others write to as well, over
/// a network or from the host of a virtual machine, only what this kernel writes is; of one that lies upon another, what
/// is written to that one is not.
#[cfg(target_os = "linux")]
pub fn tells_every_change(dir: &Path) -> bool {
    rustix::fs::statfs(dir).is_ok_and(|system| LocalFileSystem::of(&system).is_some())
}

/// Whether every change in folder `dir` is told to who watches it: nothing is known of other systems' file systems.
#[cfg(not(target_os = "linux"))]
pub fn tells_every_change(_dir: &Path) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn free_on_ext(_file: &std::fs::File) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_not_known_tells_nothing() {
        // Nobody is told of what happens there.
        assert!(!tells_every_change(Path::new("/proc")));
        assert!(!tells_every_change(Path::new("/nowhere/at/all")));
        let shared_memory = Path::new("/dev/shm");
        if shared_memory.is_dir() {
            assert!(tells_every_change(shared_memory), "a tmpfs");
        }
    }
}
