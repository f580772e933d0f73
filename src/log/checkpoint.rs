//! A partition's `leader-epoch-checkpoint`, and the form that all of Kafka's checkpoints have.
//!
//! A checkpoint (`CheckpointFile`) is a version, a count and as many entries, each on a line of its own:
//!
//! ```text
//! 0
//! 2
//! 0 0
//! 4 100        epoch, start offset
//! ```

use std::path::{Path, PathBuf};

use super::LogError;
use crate::fs;
use crate::record::{LeaderEpoch, Offset};

/// The file of a partition's leader epochs.
pub const LEADER_EPOCH_CHECKPOINT: &str = "leader-epoch-checkpoint";

/// A line that a file should not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is damaged: line {line}: {reason}", .path.display())]
pub struct CheckpointError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// From which offset on a leader epoch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochEntry {
    /// The epoch.
    pub epoch: LeaderEpoch,
    /// The first offset that was appended in it.
    pub start_offset: Offset,
}

/// Reads the leader epochs of the partition folder `partition`, as they stand in the file; `None` when
/// it has no such file.
pub fn read_leader_epochs(partition: &Path) -> Result<Option<Vec<EpochEntry>>, LogError> {
    let path = partition.join(LEADER_EPOCH_CHECKPOINT);
    let Some(bytes) = fs::read_if_present(&path)? else { return Ok(None) };
    Ok(Some(parse_checkpoint(&path, &bytes, |line| match fields(line)[..] {
        [epoch, offset] => Some(EpochEntry {
            epoch: LeaderEpoch(epoch.parse().ok()?),
            start_offset: Offset(offset.parse().ok()?),
        }),
        _ => None,
    })?))
}

/// The bytes of a `leader-epoch-checkpoint` with these `entries`.
pub fn leader_epochs_to_bytes(entries: &[EpochEntry]) -> Vec<u8> {
    let mut text = format!("0\n{}\n", entries.len());
    for EpochEntry { epoch, start_offset } in entries {
        text.push_str(&format!("{epoch} {start_offset}\n"));
    }
    text.into_bytes()
}

/// Replaces the leader epochs of the partition folder `partition`.
pub fn write_leader_epochs(partition: &Path, entries: &[EpochEntry]) -> Result<(), LogError> {
    Ok(fs::write_atomically(&partition.join(LEADER_EPOCH_CHECKPOINT), &leader_epochs_to_bytes(entries))?)
}

/// The leader epoch that the partition folder `partition` is in; `None` when nothing tells.
pub(crate) fn latest_epoch(partition: &Path) -> Result<Option<LeaderEpoch>, LogError> {
    let entries = read_leader_epochs(partition)?.unwrap_or_default();
    Ok(entries.last().map(|entry| entry.epoch))
}

/// Notes that `epoch` begins at `start_offset`, unless that or a later epoch is known already
/// (`LeaderEpochFileCache.assign`).
pub(crate) fn note_epoch(partition: &Path, epoch: LeaderEpoch, start_offset: Offset) -> Result<(), LogError> {
    let mut entries = read_leader_epochs(partition)?.unwrap_or_default();
    if entries.last().is_none_or(|last| last.epoch < epoch) {
        entries.push(EpochEntry { epoch, start_offset });
        write_leader_epochs(partition, &entries)?;
    }
    Ok(())
}

/// Forgets the epochs that ended before `start`, the log start offset (`LeaderEpochFileCache.truncateFromStart`).
/// That the one in which it lies began earlier does no harm, and is corrected with the next change.
pub(crate) fn forget_epochs_before(partition: &Path, start: Offset) -> Result<(), LogError> {
    let mut entries = read_leader_epochs(partition)?.unwrap_or_default();
    let begun = entries.partition_point(|entry| entry.start_offset <= start);
    if begun > 1 {
        entries.drain(..begun - 1);
        entries[0].start_offset = start;
        write_leader_epochs(partition, &entries)?;
    }
    Ok(())
}

pub(crate) fn fields(line: &str) -> Vec<&str> {
    line.split_ascii_whitespace().collect()
}

/// Reads version, count and entries. The count is only believed once the entries are there: a damaged
/// one must not reserve memory. A file that ends before it is one without entries: a broker makes them empty
/// (`CheckpointFile.read`).
pub(crate) fn parse_checkpoint<T>(
    path: &Path,
    bytes: &[u8],
    entry: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, CheckpointError> {
    let damaged = |line, reason: String| CheckpointError { path: path.to_owned(), line, reason };
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        damaged(line, "not a text".into())
    })?;
    let mut lines = text.lines();
    match lines.next() {
        None => return Ok(Vec::new()),
        Some("0") => {}
        Some(_) => return Err(damaged(1, "should be the version, 0".into())),
    }
    let count: usize = match lines.next().map(str::parse) {
        None => return Ok(Vec::new()),
        Some(Ok(count)) => count,
        Some(Err(_)) => return Err(damaged(2, "should be the number of entries".into())),
    };
    let mut entries = Vec::new();
    for (at, line) in lines.enumerate() {
        if at == count {
            return Err(damaged(at + 3, format!("is beyond the {count} entries announced")));
        }
        entries.push(entry(line).ok_or_else(|| damaged(at + 3, "cannot be understood".into()))?);
    }
    if entries.len() < count {
        let missing = format!("missing: {count} entries announced, {} found", entries.len());
        return Err(damaged(entries.len() + 3, missing));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epochs(bytes: &[u8]) -> Result<Option<Vec<EpochEntry>>, LogError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(LEADER_EPOCH_CHECKPOINT), bytes).unwrap();
        read_leader_epochs(dir.path())
    }

    #[test]
    fn leader_epochs_go_both_ways() {
        let entry = |epoch, offset| EpochEntry { epoch: LeaderEpoch(epoch), start_offset: Offset(offset) };
        let entries = vec![entry(0, 0), entry(2, 50), entry(4, 60)];
        assert_eq!(leader_epochs_to_bytes(&entries), b"0\n3\n0 0\n2 50\n4 60\n");
        assert_eq!(epochs(b"0\n3\n0 0\n2 50\n4 60\n").unwrap(), Some(entries.clone()));
        assert_eq!(epochs(b"0\n0\n").unwrap(), Some(vec![]));
        assert_eq!(epochs(b"").unwrap(), Some(vec![]), "as a broker leaves it");
        assert_eq!(epochs(b"0\n").unwrap(), Some(vec![]));
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_leader_epochs(dir.path()).unwrap(), None);
        write_leader_epochs(dir.path(), &entries).unwrap();
        assert_eq!(read_leader_epochs(dir.path()).unwrap(), Some(entries));
    }

    #[test]
    fn damage_is_named_with_file_and_line() {
        let message = |bytes: &[u8]| epochs(bytes).unwrap_err().to_string();
        assert!(
            message(b"1\n0\n")
                .ends_with("leader-epoch-checkpoint is damaged: line 1: should be the version, 0")
        );
        assert!(message(b"\n").contains("line 1"));
        assert!(message(b"0\n-1\n").contains("line 2"));
        assert!(message(b"0\n18446744073709551615\n0 0\n").contains("line 4: missing"));
        assert!(message(b"0\n1\n0 0\n1 5\n").contains("line 4: is beyond the 1 entries announced"));
        assert!(message(b"0\n1\n0\n").contains("line 3: cannot be understood"));
        assert!(message(b"0\n1\n2147483648 0\n").contains("line 3"));
        assert!(message(b"0\n1\n0 0 0\n").contains("line 3"));
        assert!(message(b"0\n1\n\xff 0\n").contains("line 3: not a text"));
    }

    #[test]
    fn an_epoch_is_noted_once() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(latest_epoch(dir.path()).unwrap(), None);
        note_epoch(dir.path(), LeaderEpoch(0), Offset(0)).unwrap();
        note_epoch(dir.path(), LeaderEpoch(0), Offset(9)).unwrap();
        note_epoch(dir.path(), LeaderEpoch(4), Offset(10)).unwrap();
        note_epoch(dir.path(), LeaderEpoch(3), Offset(11)).unwrap();
        assert_eq!(latest_epoch(dir.path()).unwrap(), Some(LeaderEpoch(4)));
        assert_eq!(std::fs::read(dir.path().join(LEADER_EPOCH_CHECKPOINT)).unwrap(), b"0\n2\n0 0\n4 10\n");
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = epochs(&bytes);
        }

        #[test]
        fn hostile_lines_never_panic(text in "0\n[0-9-]{0,20}\n([a-z0-9 -]{0,12}\n){0,4}") {
            if let Ok(Some(entries)) = epochs(text.as_bytes()) {
                prop_assert_eq!(epochs(&leader_epochs_to_bytes(&entries)).unwrap(), Some(entries));
            }
        }
    }
}
