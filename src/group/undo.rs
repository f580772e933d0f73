//! What the last reset of a group replaced, so that it can be taken back.
//!
//! ```text
//! .mkafka/groups/<group>/undo.json   {"version":1,"group":…,"at":…,"replaced":[{"partition":"orders-0","offset":5,…}]}
//! ```
//!
//! With each partition stands the id of its topic, but in files that an older mkafka has written.
//!
//! Unlike all else in a group's folder this is no soft state: it is put on the disk before the offsets are
//! replaced. A crash between the two leaves a record of what is still committed, and taking that back changes
//! nothing as long as nobody has gone on reading.

use serde::{Deserialize, Serialize};

use super::GroupError;
use super::folder::GroupFolder;
use crate::fs;
use crate::record::{LeaderEpoch, Offset, Timestamp};
use crate::store::{CommittedOffset, GroupId, OffsetChange, OffsetChanges, TopicIdentity, TopicPartition};

/// The version of the file that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    version: u32,
    group: String,
    /// When the offsets were replaced, in milliseconds since 1970.
    at: i64,
    replaced: Vec<Replaced>,
}

/// What was committed for one partition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replaced {
    partition: TopicPartition,
    #[serde(default, skip_serializing_if = "TopicIdentity::is_unknown")]
    topic_id: TopicIdentity,
    /// `None` where there was nothing.
    offset: Option<i64>,
    leader_epoch: i32,
    metadata: String,
}

/// The bytes of the file that says that `replaced` was committed for `group` before.
pub(super) fn to_bytes(group: &GroupId, replaced: &OffsetChanges) -> Vec<u8> {
    let one = |(partition, change): (&TopicPartition, &OffsetChange)| {
        let committed = change.committed.as_ref();
        Replaced {
            partition: partition.clone(),
            topic_id: change.topic,
            offset: committed.map(|committed| committed.offset.0),
            leader_epoch: committed.map_or(-1, |committed| committed.leader_epoch.0),
            metadata: committed.map(|committed| committed.metadata.clone()).unwrap_or_default(),
        }
    };
    let record = Record {
        version: VERSION,
        group: group.as_str().to_owned(),
        at: Timestamp::now().0,
        replaced: replaced.iter().map(one).collect(),
    };
    // Text and numbers alone are always JSON.
    let mut bytes = serde_json::to_vec(&record).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What the bytes of such a file say was committed for `group`; `None` when they are not what [`to_bytes`]
/// makes. What is committed anew has the present as its commit timestamp.
fn from_bytes(group: &GroupId, bytes: &[u8]) -> Option<OffsetChanges> {
    let record: Record = serde_json::from_slice(bytes).ok()?;
    if record.version != VERSION || record.group != group.as_str() {
        return None;
    }
    let commit_timestamp = Timestamp::now();
    let one = |replaced: Replaced| {
        let committed = replaced.offset.map(|offset| CommittedOffset {
            offset: Offset(offset),
            leader_epoch: LeaderEpoch(replaced.leader_epoch),
            metadata: replaced.metadata,
            commit_timestamp,
        });
        (replaced.partition, OffsetChange { topic: replaced.topic_id, committed })
    };
    Some(record.replaced.into_iter().map(one).collect())
}

/// What the last reset of `group` replaced; `None` when there was none.
pub(super) fn read(folder: &GroupFolder, group: &GroupId) -> Result<Option<OffsetChanges>, GroupError> {
    let path = folder.undo();
    let Some(bytes) = fs::read_if_present(&path)? else { return Ok(None) };
    from_bytes(group, &bytes).map(Some).ok_or(GroupError::BadUndo(path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{TopicId, TopicName};

    fn changes(partitions: &[(i32, Option<i64>)]) -> OffsetChanges {
        let one = |&(partition, offset): &(i32, Option<i64>)| {
            let committed = offset.map(|offset| CommittedOffset {
                offset: Offset(offset),
                leader_epoch: LeaderEpoch(3),
                metadata: "m\"é".to_owned(),
                commit_timestamp: Timestamp(0),
            });
            let topic = TopicIdentity::from(offset.map(|_| TopicId::random()));
            let of = TopicPartition::new(TopicName::new("orders").unwrap(), partition);
            (of, OffsetChange { topic, committed })
        };
        partitions.iter().map(one).collect()
    }

    #[test]
    fn what_was_replaced_survives_its_file() {
        let group = GroupId::new("b/é").unwrap();
        let before = changes(&[(0, Some(5)), (1, None)]);
        let bytes = to_bytes(&group, &before);
        let mut after = from_bytes(&group, &bytes).unwrap();
        for committed in after.values_mut().filter_map(|change| change.committed.as_mut()) {
            committed.commit_timestamp = Timestamp(0);
        }
        assert_eq!(after, before);
        assert_eq!(from_bytes(&GroupId::new("other").unwrap(), &bytes), None);
        for bad in [&b""[..], b"{}", b"null", b"{\"version\":2}"] {
            assert_eq!(from_bytes(&group, bad), None);
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_are_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(from_bytes(&GroupId::new("g").unwrap(), &bytes), None);
        }
    }
}
