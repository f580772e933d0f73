//! Kafka's small text files: `leader-epoch-checkpoint` and `partition.metadata` of a partition, and the
//! checkpoints in the root of a broker's log folder.
//!
//! A checkpoint (`CheckpointFile`) is a version, a count and as many entries, each on a line of its own:
//!
//! ```text
//! 0                     0
//! 2                     2
//! 0 0                   orders 0 1500
//! 4 100                 dash-7 0 12
//! epoch, start offset   topic, partition, offset
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{StoreError, TopicId, TopicName, TopicPartition};
use crate::fs;
use crate::record::{LeaderEpoch, Offset};

/// The file of a partition's leader epochs.
pub const LEADER_EPOCH_CHECKPOINT: &str = "leader-epoch-checkpoint";
/// The file of a partition's topic id.
pub const PARTITION_METADATA: &str = "partition.metadata";
/// The file of log start offsets in the root of a broker's log folder.
pub const LOG_START_OFFSET_CHECKPOINT: &str = "log-start-offset-checkpoint";
/// The file of recovery points in the root of a broker's log folder.
pub const RECOVERY_POINT_OFFSET_CHECKPOINT: &str = "recovery-point-offset-checkpoint";

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
pub fn read_leader_epochs(partition: &Path) -> Result<Option<Vec<EpochEntry>>, StoreError> {
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
pub fn write_leader_epochs(partition: &Path, entries: &[EpochEntry]) -> Result<(), StoreError> {
    Ok(fs::write_atomically(&partition.join(LEADER_EPOCH_CHECKPOINT), &leader_epochs_to_bytes(entries))?)
}

/// Reads a checkpoint of one offset for each partition, such as [`LOG_START_OFFSET_CHECKPOINT`] in the
/// root of a broker's log folder. Empty when there is no such file. A partition that is listed twice
/// has its last offset, as in Kafka.
pub fn read_offsets(path: &Path) -> Result<BTreeMap<TopicPartition, Offset>, StoreError> {
    let Some(bytes) = fs::read_if_present(path)? else { return Ok(BTreeMap::new()) };
    let entries = parse_checkpoint(path, &bytes, |line| match fields(line)[..] {
        [topic, partition, offset] => Some((
            TopicPartition::new(TopicName::new(topic).ok()?, partition.parse().ok()?),
            Offset(offset.parse().ok()?),
        )),
        _ => None,
    })?;
    Ok(entries.into_iter().collect())
}

/// Reads the topic id of the partition folder `partition`; `None` when it has no such file, as those of
/// brokers before Kafka 2.8.
pub fn read_partition_metadata(partition: &Path) -> Result<Option<TopicId>, StoreError> {
    let path = partition.join(PARTITION_METADATA);
    let Some(bytes) = fs::read_if_present(&path)? else { return Ok(None) };
    let damaged = |line, reason: &str| CheckpointError { path: path.clone(), line, reason: reason.into() };
    let text = std::str::from_utf8(&bytes).map_err(|_| damaged(1, "not a text"))?;
    let mut lines = text.lines();
    if lines.next() != Some("version: 0") {
        return Err(damaged(1, "should be 'version: 0'").into());
    }
    let id = lines.next().and_then(|line| line.strip_prefix("topic_id: "));
    let id =
        id.and_then(|id| id.parse().ok()).ok_or_else(|| damaged(2, "should be 'topic_id: ' and an id"))?;
    match lines.next() {
        Some(_) => Err(damaged(3, "should not be there").into()),
        None => Ok(Some(id)),
    }
}

/// The bytes of the `partition.metadata` of a topic's partitions; like Kafka's, without a final newline.
pub fn partition_metadata_to_bytes(id: TopicId) -> Vec<u8> {
    format!("version: 0\ntopic_id: {id}").into_bytes()
}

fn fields(line: &str) -> Vec<&str> {
    line.split_ascii_whitespace().collect()
}

/// Reads version, count and entries. The count is only believed once the entries are there: a damaged
/// one must not reserve memory.
fn parse_checkpoint<T>(
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
    if lines.next() != Some("0") {
        return Err(damaged(1, "should be the version, 0".into()));
    }
    let count: usize = match lines.next().map(str::parse) {
        Some(Ok(count)) => count,
        _ => return Err(damaged(2, "should be the number of entries".into())),
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

    fn folder_with(file: &str, bytes: &[u8]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(file), bytes).unwrap();
        dir
    }

    fn epochs(bytes: &[u8]) -> Result<Option<Vec<EpochEntry>>, StoreError> {
        read_leader_epochs(folder_with(LEADER_EPOCH_CHECKPOINT, bytes).path())
    }

    fn offsets(bytes: &[u8]) -> Result<BTreeMap<TopicPartition, Offset>, StoreError> {
        read_offsets(
            &folder_with(LOG_START_OFFSET_CHECKPOINT, bytes).path().join(LOG_START_OFFSET_CHECKPOINT),
        )
    }

    fn id(bytes: &[u8]) -> Result<Option<TopicId>, StoreError> {
        read_partition_metadata(folder_with(PARTITION_METADATA, bytes).path())
    }

    #[test]
    fn leader_epochs_go_both_ways() {
        let entry = |epoch, offset| EpochEntry { epoch: LeaderEpoch(epoch), start_offset: Offset(offset) };
        let entries = vec![entry(0, 0), entry(2, 50), entry(4, 60)];
        assert_eq!(leader_epochs_to_bytes(&entries), b"0\n3\n0 0\n2 50\n4 60\n");
        assert_eq!(epochs(b"0\n3\n0 0\n2 50\n4 60\n").unwrap(), Some(entries.clone()));
        assert_eq!(epochs(b"0\n0\n").unwrap(), Some(vec![]));
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_leader_epochs(dir.path()).unwrap(), None);
        write_leader_epochs(dir.path(), &entries).unwrap();
        assert_eq!(read_leader_epochs(dir.path()).unwrap(), Some(entries));
    }

    #[test]
    fn offsets_are_read_by_partition() {
        let read = offsets(b"0\n2\ndash-7 0 12\norders 3 213\n").unwrap();
        let of = |topic, partition| TopicPartition::new(TopicName::new(topic).unwrap(), partition);
        assert_eq!(read.get(&of("orders", 3)), Some(&Offset(213)));
        assert_eq!(read.get(&of("dash-7", 0)), Some(&Offset(12)));
    }

    #[test]
    fn the_topic_id_goes_both_ways() {
        let topic_id: TopicId = "zbkwbfeMRSGNsLSu1lw90Q".parse().unwrap();
        let bytes = b"version: 0\ntopic_id: zbkwbfeMRSGNsLSu1lw90Q";
        assert_eq!(partition_metadata_to_bytes(topic_id), bytes);
        assert_eq!(id(bytes).unwrap(), Some(topic_id));
    }

    #[test]
    fn damage_is_named_with_file_and_line() {
        let message = |bytes: &[u8]| epochs(bytes).unwrap_err().to_string();
        assert!(
            message(b"").ends_with("leader-epoch-checkpoint is damaged: line 1: should be the version, 0")
        );
        assert!(message(b"1\n0\n").contains("line 1"));
        assert!(message(b"0\n").contains("line 2"));
        assert!(message(b"0\n-1\n").contains("line 2"));
        assert!(message(b"0\n18446744073709551615\n0 0\n").contains("line 4: missing"));
        assert!(message(b"0\n1\n0 0\n1 5\n").contains("line 4: is beyond the 1 entries announced"));
        assert!(message(b"0\n1\n0\n").contains("line 3: cannot be understood"));
        assert!(message(b"0\n1\n2147483648 0\n").contains("line 3"));
        assert!(message(b"0\n1\n0 0 0\n").contains("line 3"));
        assert!(message(b"0\n1\n\xff 0\n").contains("line 3: not a text"));
        assert!(offsets(b"0\n1\na/b 0 0\n").is_err());
        for bytes in [
            &b""[..],
            b"version: 1\ntopic_id: zbkwbfeMRSGNsLSu1lw90Q",
            b"version: 0\n",
            b"version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA",
            b"version: 0\ntopic_id: zbkwbfeMRSGNsLSu1lw90Q\nmore",
        ] {
            assert!(id(bytes).is_err());
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = epochs(&bytes);
            let _ = offsets(&bytes);
            prop_assert!(id(&bytes).is_err());
        }

        #[test]
        fn hostile_lines_never_panic(text in "0\n[0-9-]{0,20}\n([a-z0-9 -]{0,12}\n){0,4}") {
            if let Ok(Some(entries)) = epochs(text.as_bytes()) {
                prop_assert_eq!(epochs(&leader_epochs_to_bytes(&entries)).unwrap(), Some(entries));
            }
            let _ = offsets(text.as_bytes());
        }
    }
}
