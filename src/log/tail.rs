//! What a writer leaves for the next one in the partition's lock file.
//!
//! The end of a log can always be found from its files, but not for nothing. So whoever appends writes
//! down, under the lock, where the log ends and what its indexes need next; whoever appends afterwards
//! believes it if it is whole, from this boot of the machine, and agrees with the size of the log. It is
//! soft state: without it the end is found again.

use super::Position;
use super::index_rules::IndexRules;
use super::time_index::TimeEntry;
use crate::fs::{FileError, LogFile};
use crate::record::header::array;
use crate::record::{LeaderEpoch, Offset, Timestamp};

const MAGIC: [u8; 8] = *b"mkafka\x00\x01";
const ENCODED_LEN: usize = 148;

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
    /// Term under which batches are appended.
    pub(crate) leader_epoch: LeaderEpoch,
    /// Everything before this is known to be on the disk: a segment's base offset, and a place in it.
    pub(crate) recovery_point: (Offset, Position),
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
        let mut id = [0; 36];
        if let Ok(text) = std::fs::read("/proc/sys/kernel/random/boot_id")
            && let Some(text) = text.get(..36)
        {
            id.copy_from_slice(text);
        }
        Self(id)
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
    /// Reads what the last writer left, and under which boot; `None` when that is nothing or not whole.
    pub(crate) fn read(file: &LogFile, interval: u64) -> Result<Option<(Self, BootId)>, FileError> {
        let mut bytes = [0; ENCODED_LEN];
        let read = file.read_at(&mut bytes, 0)?;
        Ok(Self::decode(&bytes[..read], interval))
    }

    /// The log end offset in a lock file that is open for reading only.
    pub(crate) fn read_hint(file: &std::fs::File) -> Option<Offset> {
        let mut bytes = [0; ENCODED_LEN];
        let read = crate::fs::read_at(file, &mut bytes, 0).ok()?;
        Self::decode(&bytes[..read], 0).map(|(tail, _)| tail.end_offset)
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
        let place = |n: usize| Position(u64::from_be_bytes(array(bytes, 8 + 8 * n)));
        let tail = Self {
            base_offset: Offset(long(0)),
            size: place(1),
            end_offset: Offset(long(2)),
            index_size: place(3),
            time_index_size: place(4),
            rules: IndexRules {
                interval,
                indexed_position: place(5),
                max: TimeEntry { timestamp: Timestamp(long(6)), offset: Offset(long(7)) },
                last_time_entry: Timestamp(long(8)),
            },
            first_timestamp: Timestamp(long(9)),
            recovery_point: (Offset(long(10)), place(11)),
            leader_epoch: LeaderEpoch(i32::from_be_bytes(array(bytes, 104))),
        };
        Some((tail, BootId(array(bytes, 108))))
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
        let longs: [i64; 12] = [
            self.base_offset.0,
            self.size.0.cast_signed(),
            self.end_offset.0,
            self.index_size.0.cast_signed(),
            self.time_index_size.0.cast_signed(),
            self.rules.indexed_position.0.cast_signed(),
            self.rules.max.timestamp.0,
            self.rules.max.offset.0,
            self.rules.last_time_entry.0,
            self.first_timestamp.0,
            self.recovery_point.0.0,
            self.recovery_point.1.0.cast_signed(),
        ];
        for (n, long) in longs.iter().enumerate() {
            bytes[8 + 8 * n..16 + 8 * n].copy_from_slice(&long.to_be_bytes());
        }
        bytes[104..108].copy_from_slice(&self.leader_epoch.0.to_be_bytes());
        bytes[108..144].copy_from_slice(&boot.0);
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
            recovery_point: (Offset(5), Position(500)),
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
