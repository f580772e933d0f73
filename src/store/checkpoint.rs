//! Kafka's small text files around the logs: `partition.metadata` of a partition, and the checkpoints in
//! the root of a broker's log folder (`topic partition offset` on each line; see `log::checkpoint`).

use std::collections::BTreeMap;
use std::path::Path;

use super::{StoreError, TopicId, TopicName, TopicPartition};
use crate::fs;
use crate::log::checkpoint::{CheckpointError, fields, parse_checkpoint};
use crate::record::Offset;

/// The file of a partition's topic id.
pub const PARTITION_METADATA: &str = "partition.metadata";
/// The file of log start offsets in the root of a broker's log folder.
pub const LOG_START_OFFSET_CHECKPOINT: &str = "log-start-offset-checkpoint";
/// The file of recovery points in the root of a broker's log folder.
pub const RECOVERY_POINT_OFFSET_CHECKPOINT: &str = "recovery-point-offset-checkpoint";
/// The file of the offsets up to which a broker has cleaned, in the root of its log folder.
pub const CLEANER_OFFSET_CHECKPOINT: &str = "cleaner-offset-checkpoint";

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

/// The bytes of a checkpoint with these offsets (`OffsetCheckpointFile`).
pub fn offsets_to_bytes(offsets: &BTreeMap<TopicPartition, Offset>) -> Vec<u8> {
    let mut text = format!("0\n{}\n", offsets.len());
    for (TopicPartition { topic, partition }, offset) in offsets {
        text.push_str(&format!("{topic} {partition} {offset}\n"));
    }
    text.into_bytes()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folder_with(file: &str, bytes: &[u8]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(file), bytes).unwrap();
        dir
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
    fn offsets_are_read_by_partition() {
        let read = offsets(b"0\n2\ndash-7 0 12\norders 3 213\n").unwrap();
        let of = |topic, partition| TopicPartition::new(TopicName::new(topic).unwrap(), partition);
        assert_eq!(read.get(&of("orders", 3)), Some(&Offset(213)));
        assert_eq!(read.get(&of("dash-7", 0)), Some(&Offset(12)));
        assert_eq!(offsets_to_bytes(&read), b"0\n2\ndash-7 0 12\norders 3 213\n");
    }

    #[test]
    fn the_topic_id_goes_both_ways() {
        let topic_id: TopicId = "zbkwbfeMRSGNsLSu1lw90Q".parse().unwrap();
        let bytes = b"version: 0\ntopic_id: zbkwbfeMRSGNsLSu1lw90Q";
        assert_eq!(partition_metadata_to_bytes(topic_id), bytes);
        assert_eq!(id(bytes).unwrap(), Some(topic_id));
    }

    #[test]
    fn damage_is_refused() {
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
            let _ = offsets(&bytes);
            prop_assert!(id(&bytes).is_err());
        }
    }
}
