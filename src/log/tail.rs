//! What a writer leaves for the next one in the partition's lock file.
//!
//! The end of a log can always be found from its files, but not for nothing. So whoever appends writes
//! down, under the lock, where the log ends and what its indexes need next; whoever appends afterwards
//! believes it if it is whole, from this boot of the machine, and agrees with the size of the log. It is
//! soft state: without it the end is found again.

use super::Position;
use super::index_rules::IndexRules;
use super::time_index::TimeEntry;
use crate::fs::{FileError, LogFile, processes};
use crate::record::header::array;
use crate::record::{LeaderEpoch, Offset, Timestamp};

const MAGIC: [u8; 8] = *b"mkafka\x00\x02";
/// Numbers of eight bytes each behind the magic.
const LONGS: usize = 21;
const EPOCH_AT: usize = 8 + 8 * LONGS;
const BOOT_AT: usize = EPOCH_AT + 4;
/// Less than a sector, which a disk writes as a whole.
const ENCODED_LEN: usize = BOOT_AT + 36 + 4;

/// The end of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    /// First offset of the active segment.
    pub(crate) base_offset: Offset,
    /// Bytes of its `.log` file.
    pub(crate) size: Position,
    /// The offset that the next record gets.
    pub(crate) end_offset: Offset,
    /// Bytes of its `.index` file.
    pub(crate) index_size: Position,
    /// Bytes of its `.timeindex` file.
    pub(crate) time_index_size: Position,
    /// What its indexes need next.
    pub(crate) rules: IndexRules,
    /// Max timestamp of its first batch, which `segment.ms` counts from; −1 while it is empty.
    pub(crate) first_timestamp: Timestamp,
    /// Bytes that have been appended since somebody began to count: how much that is beyond the recovery
    /// point says when it is time to move that.
    pub(crate) appended: u64,
    /// Term under which batches are appended.
    pub(crate) leader_epoch: LeaderEpoch,
    /// Everything before this is known to be on the disk.
    pub(crate) recovery_point: RecoveryPoint,
}

/// A place in a log up to which everything is on the disk, and all that has to be known to go on from there
/// as if nothing came behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecoveryPoint {
    /// First offset of the segment that it lies in.
    pub(crate) base_offset: Offset,
    /// Where it lies in the `.log` file: behind a batch.
    pub(crate) size: Position,
    /// The offset behind that batch.
    pub(crate) end_offset: Offset,
    /// What the `.index` file has for the batches before.
    pub(crate) index_size: Position,
    /// What the `.timeindex` file has for them.
    pub(crate) time_index_size: Position,
    /// What the indexes need next.
    pub(crate) rules: IndexRules,
    /// [`Tail::appended`] as it was then.
    pub(crate) appended: u64,
}

impl RecoveryPoint {
    /// The beginning of the segment at `base`.
    pub(crate) fn start_of(base: Offset, interval: u64) -> Self {
        Self {
            base_offset: base,
            size: Position(0),
            end_offset: base,
            index_size: Position(0),
            time_index_size: Position(0),
            rules: IndexRules::new(interval, base),
            appended: 0,
        }
    }

    /// The one of both that lies further on.
    #[must_use]
    pub(crate) fn max(self, other: Self) -> Self {
        if (other.base_offset, other.size) > (self.base_offset, self.size) { other } else { self }
    }
}

/// Which boot of which machine this is; data that was not synced does not outlive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BootId([u8; 36]);

impl BootId {
    /// This boot's id; all zeros where the system has none, so that every boot looks the same.
    pub(crate) fn current() -> Self {
        #[cfg(test)]
        if pretending::is_another_boot() {
            return Self::of_another_boot();
        }
        Self(processes::boot_id().unwrap_or([0; 36]))
    }
}

#[cfg(test)]
pub(crate) mod pretending {
    //! A machine that was started again, as this thread sees it.

    use std::cell::Cell;

    thread_local! {
        static ANOTHER: Cell<bool> = const { Cell::new(false) };
    }

    /// Ends the pretence when it is dropped.
    pub(crate) struct AnotherBoot(());

    impl Drop for AnotherBoot {
        fn drop(&mut self) {
            ANOTHER.set(false);
        }
    }

    pub(super) fn is_another_boot() -> bool {
        ANOTHER.get()
    }

    pub(super) fn begin() -> AnotherBoot {
        ANOTHER.set(true);
        AnotherBoot(())
    }
}

#[cfg(test)]
impl BootId {
    /// Makes this thread believe that the machine was started again.
    pub(crate) fn pretend_another() -> pretending::AnotherBoot {
        pretending::begin()
    }

    /// The id of a boot that is not this one.
    pub(crate) fn of_another_boot() -> Self {
        Self([b'x'; 36])
    }
}

impl Tail {
    /// The end of the log, as the recovery point that it is once all before it has been synced.
    pub(crate) fn end(&self) -> RecoveryPoint {
        RecoveryPoint {
            base_offset: self.base_offset,
            size: self.size,
            end_offset: self.end_offset,
            index_size: self.index_size,
            time_index_size: self.time_index_size,
            rules: self.rules,
            appended: self.appended,
        }
    }

    /// Bytes that have been appended since the recovery point.
    pub(crate) fn unsynced(&self) -> u64 {
        self.appended.saturating_sub(self.recovery_point.appended)
    }

    /// Reads what the last writer left, and under which boot; `None` when that is nothing or not whole.
    pub(crate) fn read(file: &LogFile, interval: u64) -> Result<Option<(Self, BootId)>, FileError> {
        let mut bytes = [0; ENCODED_LEN];
        let read = file.read_at(&mut bytes, 0)?;
        Ok(Self::decode(&bytes[..read], interval))
    }

    /// As [`Tail::read`], from a lock file that is open for reading only, and without the lock. What the indexes need
    /// is not known then.
    pub(crate) fn read_hint(file: &std::fs::File) -> Option<(Self, BootId)> {
        let mut bytes = [0; ENCODED_LEN];
        let read = crate::fs::read_at(file, &mut bytes, 0).ok()?;
        Self::decode(&bytes[..read], 0)
    }

    fn decode(bytes: &[u8], interval: u64) -> Option<(Self, BootId)> {
        if bytes.len() < ENCODED_LEN || bytes[..8] != MAGIC {
            return None;
        }
        let (body, sum) = bytes.split_at(ENCODED_LEN - 4);
        if crc32fast::hash(body).to_be_bytes() != sum {
            return None;
        }
        let long = |n: usize| i64::from_be_bytes(array(bytes, 8 + 8 * n));
        let unsigned = |n: usize| u64::from_be_bytes(array(bytes, 8 + 8 * n));
        let point = |n: usize| RecoveryPoint {
            base_offset: Offset(long(n)),
            size: Position(unsigned(n + 1)),
            end_offset: Offset(long(n + 2)),
            index_size: Position(unsigned(n + 3)),
            time_index_size: Position(unsigned(n + 4)),
            rules: IndexRules {
                interval,
                indexed_position: Position(unsigned(n + 5)),
                max: TimeEntry { timestamp: Timestamp(long(n + 6)), offset: Offset(long(n + 7)) },
                last_time_entry: Timestamp(long(n + 8)),
            },
            appended: unsigned(n + 9),
        };
        let end = point(0);
        let tail = Self {
            base_offset: end.base_offset,
            size: end.size,
            end_offset: end.end_offset,
            index_size: end.index_size,
            time_index_size: end.time_index_size,
            rules: end.rules,
            appended: end.appended,
            recovery_point: point(10),
            first_timestamp: Timestamp(long(20)),
            leader_epoch: LeaderEpoch(i32::from_be_bytes(array(bytes, EPOCH_AT))),
        };
        Some((tail, BootId(array(bytes, BOOT_AT))))
    }

    /// Leaves word that the segment is being closed and another begun, so that nobody appends to it any more
    /// even if this is as far as it gets: whoever comes next finds the end from the files.
    pub(crate) fn mark_as_rolling(&self, file: &LogFile, boot: BootId) -> Result<(), FileError> {
        // No log is as long as this.
        Self { size: Position(u64::MAX), ..*self }.write(file, boot)
    }

    /// Leaves this for the next writer.
    pub(crate) fn write(&self, file: &LogFile, boot: BootId) -> Result<(), FileError> {
        let mut bytes = [0; ENCODED_LEN];
        bytes[..8].copy_from_slice(&MAGIC);
        for (n, point) in [self.end(), self.recovery_point].into_iter().enumerate() {
            let longs: [i64; 10] = [
                point.base_offset.0,
                point.size.0.cast_signed(),
                point.end_offset.0,
                point.index_size.0.cast_signed(),
                point.time_index_size.0.cast_signed(),
                point.rules.indexed_position.0.cast_signed(),
                point.rules.max.timestamp.0,
                point.rules.max.offset.0,
                point.rules.last_time_entry.0,
                point.appended.cast_signed(),
            ];
            for (m, long) in longs.iter().enumerate() {
                let at = 8 + 8 * (10 * n + m);
                bytes[at..at + 8].copy_from_slice(&long.to_be_bytes());
            }
        }
        bytes[EPOCH_AT - 8..EPOCH_AT].copy_from_slice(&self.first_timestamp.0.to_be_bytes());
        bytes[EPOCH_AT..BOOT_AT].copy_from_slice(&self.leader_epoch.0.to_be_bytes());
        bytes[BOOT_AT..BOOT_AT + 36].copy_from_slice(&boot.0);
        let sum = crc32fast::hash(&bytes[..ENCODED_LEN - 4]);
        bytes[ENCODED_LEN - 4..].copy_from_slice(&sum.to_be_bytes());
        file.write_all_at(&bytes, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_found_and_damage_is_noticed() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = LogFile::open(&dir.path().join(".lock")).expect("a file");
        assert_eq!(Tail::read(&file, 4096).expect("readable"), None);
        let tail = Tail {
            base_offset: Offset(5),
            size: Position(1000),
            end_offset: Offset(77),
            index_size: Position(8),
            time_index_size: Position(12),
            rules: IndexRules {
                interval: 4096,
                indexed_position: Position(600),
                max: TimeEntry { timestamp: Timestamp(9), offset: Offset(70) },
                last_time_entry: Timestamp(8),
            },
            first_timestamp: Timestamp(3),
            leader_epoch: LeaderEpoch(4),
            appended: 1234,
            recovery_point: RecoveryPoint {
                size: Position(500),
                end_offset: Offset(40),
                appended: 734,
                ..RecoveryPoint::start_of(Offset(5), 4096)
            },
        };
        let boot = BootId::current();
        tail.write(&file, boot).expect("written");
        assert_eq!(Tail::read(&file, 4096).expect("readable"), Some((tail, boot)));
        for at in 0..ENCODED_LEN as u64 {
            tail.write(&file, boot).expect("written");
            let mut byte = [0];
            file.read_at(&mut byte, at).expect("readable");
            file.write_all_at(&[byte[0] ^ 1], at).expect("written");
            assert_eq!(Tail::read(&file, 4096).expect("readable"), None, "byte {at}");
        }
    }
}
