//! The keys and values of `__consumer_offsets` (Kafka's `OffsetCommitKey.json`, `OffsetCommitValue.json`,
//! `GroupMetadataKey.json`): written as key version 1 and value version 3, read in every version there is.

use crate::record::{LeaderEpoch, Offset, Timestamp};
use crate::store::{TopicName, TopicPartition};

/// The newest version of a key that commits an offset; 0 has the same fields.
const OFFSET_KEY: i16 = 1;
/// The version of the values that are written.
const OFFSET_VALUE: i16 = 3;

/// An offset that a group has committed for a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedOffset {
    /// The offset of the next record that the group wants.
    pub offset: Offset,
    /// The leader epoch of the last record that was consumed; −1 where nobody said.
    pub leader_epoch: LeaderEpoch,
    /// What the consumer wrote with it; mostly empty.
    pub metadata: String,
    /// When it was committed.
    pub commit_timestamp: Timestamp,
}

/// What the key of a record says that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A group's offset in a partition.
    Offset { group: String, topic_partition: TopicPartition },
    /// The group as such, in whichever of Kafka's group protocols.
    Group { group: String },
}

/// Bytes that are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct SchemaError(&'static str);

/// The key of an offset commit.
pub(super) fn offset_key(group: &str, of: &TopicPartition) -> Vec<u8> {
    let mut out = OFFSET_KEY.to_be_bytes().to_vec();
    write_string(group, &mut out);
    write_string(of.topic.as_str(), &mut out);
    out.extend_from_slice(&of.partition.to_be_bytes());
    out
}

/// The value of an offset commit.
pub(super) fn offset_value(committed: &CommittedOffset) -> Vec<u8> {
    let mut out = OFFSET_VALUE.to_be_bytes().to_vec();
    out.extend_from_slice(&committed.offset.0.to_be_bytes());
    out.extend_from_slice(&committed.leader_epoch.0.to_be_bytes());
    write_string(&committed.metadata, &mut out);
    out.extend_from_slice(&committed.commit_timestamp.0.to_be_bytes());
    out
}

/// Reads a key; `None` for one that this code does not know and that begins with no group.
///
/// # Errors
/// When the bytes end too early or hold no legal name.
pub(super) fn read_key(bytes: &[u8]) -> Result<Option<Key>, SchemaError> {
    let mut fields = Fields(bytes);
    let version = fields.i16()?;
    match version {
        0 | OFFSET_KEY => {
            let group = fields.string()?;
            let topic =
                TopicName::new(&fields.string()?).map_err(|_| SchemaError("an illegal topic name"))?;
            let partition = fields.i32()?;
            Ok(Some(Key::Offset { group, topic_partition: TopicPartition::new(topic, partition) }))
        }
        // GroupMetadataKey, and the keys of KIP-848's consumer groups; all begin with the group's id.
        2..=8 => Ok(Some(Key::Group { group: fields.string()? })),
        _ => Ok(None),
    }
}

/// Reads the value of an offset commit.
///
/// # Errors
/// When the bytes end too early or are of a version that is not known.
pub(super) fn read_offset_value(bytes: &[u8]) -> Result<CommittedOffset, SchemaError> {
    let mut fields = Fields(bytes);
    let version = fields.i16()?;
    if !(0..=4).contains(&version) {
        return Err(SchemaError("an offset commit of an unknown version"));
    }
    let offset = Offset(fields.i64()?);
    let leader_epoch = LeaderEpoch(if version >= 3 { fields.i32()? } else { -1 });
    // From version 4 on the lengths are varints, and tagged fields may follow, which say nothing needed here.
    let metadata = if version >= 4 { fields.compact_string()? } else { fields.string()? };
    let commit_timestamp = Timestamp(fields.i64()?);
    Ok(CommittedOffset { offset, leader_epoch, metadata, commit_timestamp })
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    // What does not fit is refused where it comes in: a group's id and its metadata have their own limits.
    let length = i16::try_from(text.len()).unwrap_or(i16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&text.as_bytes()[..usize::from(length.unsigned_abs())]);
}

/// Fields of a message in Kafka's protocol encoding, from front to back.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], SchemaError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(SchemaError("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SchemaError> {
        self.take(N)?.try_into().map_err(|_| SchemaError("it ends too early"))
    }

    fn i16(&mut self) -> Result<i16, SchemaError> {
        self.array().map(i16::from_be_bytes)
    }

    fn i32(&mut self) -> Result<i32, SchemaError> {
        self.array().map(i32::from_be_bytes)
    }

    fn i64(&mut self) -> Result<i64, SchemaError> {
        self.array().map(i64::from_be_bytes)
    }

    fn string(&mut self) -> Result<String, SchemaError> {
        let length = usize::try_from(self.i16()?).map_err(|_| SchemaError("a string of negative length"))?;
        self.text(length)
    }

    /// A string whose length + 1 stands before it as an unsigned varint.
    fn compact_string(&mut self) -> Result<String, SchemaError> {
        let mut length = 0_usize;
        for shift in (0..35).step_by(7) {
            let [byte] = self.array()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let length = length.checked_sub(1).ok_or(SchemaError("a null where a string must be"))?;
                return self.text(length);
            }
        }
        Err(SchemaError("a length that does not end"))
    }

    fn text(&mut self, length: usize) -> Result<String, SchemaError> {
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| SchemaError("a string that is no UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(topic: &str, partition: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic).unwrap(), partition)
    }

    fn committed() -> CommittedOffset {
        CommittedOffset {
            offset: Offset(258),
            leader_epoch: LeaderEpoch(3),
            metadata: "m".to_owned(),
            commit_timestamp: Timestamp(1_700_000_000_000),
        }
    }

    #[test]
    fn keys_and_values_have_kafkas_bytes() {
        let key = offset_key("g1", &of("t", 7));
        assert_eq!(key, b"\0\x01\0\x02g1\0\x01t\0\0\0\x07");
        let value = offset_value(&committed());
        assert_eq!(value, b"\0\x03\0\0\0\0\0\0\x01\x02\0\0\0\x03\0\x01m\0\0\x01\x8b\xcf\xe5\x68\0");
        let expected = Key::Offset { group: "g1".to_owned(), topic_partition: of("t", 7) };
        assert_eq!(read_key(&key), Ok(Some(expected)));
        assert_eq!(read_offset_value(&value), Ok(committed()));
    }

    #[test]
    fn older_and_newer_versions_are_read() {
        let v1 = b"\0\x01\0\0\0\0\0\0\0\x05\0\x00\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\x63";
        let read = read_offset_value(v1).unwrap();
        assert_eq!((read.offset, read.leader_epoch.0, read.commit_timestamp.0), (Offset(5), -1, 9));
        let v4 = b"\0\x04\0\0\0\0\0\0\0\x05\0\0\0\x02\x03ab\0\0\0\0\0\0\0\x09\0";
        let read = read_offset_value(v4).unwrap();
        assert_eq!((read.leader_epoch.0, read.metadata.as_str()), (2, "ab"));
        assert!(read_offset_value(b"\0\x05").is_err());
        assert_eq!(read_key(b"\0\x02\0\x01g"), Ok(Some(Key::Group { group: "g".to_owned() })));
        assert_eq!(read_key(b"\0\x63\0\x01g"), Ok(None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            group in "\\PC{0,20}", topic in "[a-z]{1,20}", partition: i32, offset: i64, epoch: i32,
            metadata in "\\PC{0,20}", time: i64,
        ) {
            let topic_partition = of(&topic, partition);
            let key = read_key(&offset_key(&group, &topic_partition)).unwrap();
            prop_assert_eq!(key, Some(Key::Offset { group, topic_partition }));
            let committed = CommittedOffset {
                offset: Offset(offset),
                leader_epoch: LeaderEpoch(epoch),
                metadata,
                commit_timestamp: Timestamp(time),
            };
            prop_assert_eq!(read_offset_value(&offset_value(&committed)), Ok(committed));
        }

        #[test]
        fn hostile_bytes_are_an_error_and_no_more(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_key(&bytes);
            let _ = read_offset_value(&bytes);
        }
    }
}
