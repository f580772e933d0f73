//! The header of a magic 2 record batch (KIP-98; Kafka's `DefaultRecordBatch`).
//!
//! ```text
//!  0 base offset            i64    not under the checksum
//!  8 length                 i32    of all that follows this field; not under the checksum
//! 12 partition leader epoch i32    not under the checksum
//! 16 magic                  i8     not under the checksum
//! 17 crc                    u32    CRC-32C of bytes 21 to the end
//! 21 attributes             i16
//! 23 last offset delta      i32
//! 27 base timestamp         i64
//! 35 max timestamp          i64
//! 43 producer id            i64
//! 51 producer epoch         i16
//! 53 base sequence          i32
//! 57 records count          i32
//! 61 records
//! ```

use super::{LeaderEpoch, Offset, Timestamp};

/// Bytes of base offset and length, which every magic begins with (`Records.LOG_OVERHEAD`).
pub const LOG_OVERHEAD: usize = 12;
/// Where the magic byte stands, in every magic.
pub const MAGIC_AT: usize = 16;
/// Where the checksum of magic 2 stands.
pub const CRC_AT: usize = 17;
/// The first byte under the checksum of magic 2.
pub const ATTRIBUTES_AT: usize = 21;
/// Bytes of the whole header of magic 2 (`DefaultRecordBatch.RECORD_BATCH_OVERHEAD`).
pub const HEADER_LEN: usize = 61;

/// Reads `N` bytes at `at`. The caller has checked that they are there.
#[inline]
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

/// The attribute bits of a batch or message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes(pub i16);

/// Whether a record's timestamp is the producer's or the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampType {
    /// Magic 0 has no timestamps.
    None,
    /// Set by the producer.
    CreateTime,
    /// Set when the batch was appended; every record of the batch has the batch's max timestamp.
    LogAppendTime,
}

impl TimestampType {
    /// Kafka's name for it (`TimestampType.name`).
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NoTimestampType",
            Self::CreateTime => "CreateTime",
            Self::LogAppendTime => "LogAppendTime",
        }
    }
}

impl Attributes {
    const CODEC_MASK: i16 = 0x07;
    const LOG_APPEND_TIME: i16 = 0x08;
    const TRANSACTIONAL: i16 = 0x10;
    const CONTROL: i16 = 0x20;
    const DELETE_HORIZON: i16 = 0x40;

    /// The number of the codec, 0 to 7; those above 4 are unknown.
    pub fn codec_id(self) -> u8 {
        (self.0 & Self::CODEC_MASK) as u8
    }

    /// Whose timestamps the records have (magic 1 and 2).
    pub fn timestamp_type(self) -> TimestampType {
        if self.0 & Self::LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Whether the batch belongs to a transaction.
    pub fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Whether the batch holds control records, which are not data.
    pub fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Whether the base timestamp is the delete horizon (KIP-534).
    pub fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    /// These bits with the codec replaced.
    #[must_use]
    pub fn with_codec(self, id: u8) -> Self {
        Self(self.0 & !Self::CODEC_MASK | i16::from(id) & Self::CODEC_MASK)
    }

    /// These bits with the flag for a delete horizon as `is_set`.
    #[must_use]
    pub fn with_delete_horizon(self, is_set: bool) -> Self {
        let cleared = self.0 & !Self::DELETE_HORIZON;
        Self(if is_set { cleared | Self::DELETE_HORIZON } else { cleared })
    }

    /// These bits with the batch in a transaction.
    #[must_use]
    pub fn with_transactional(self) -> Self {
        Self(self.0 | Self::TRANSACTIONAL)
    }

    /// These bits with the batch one of control records.
    #[must_use]
    pub fn with_control(self) -> Self {
        Self(self.0 | Self::CONTROL)
    }

    /// These bits with the timestamp type set to `LogAppendTime`.
    #[must_use]
    pub fn with_log_append_time(self) -> Self {
        Self(self.0 | Self::LOG_APPEND_TIME)
    }
}

/// The fields of a magic 2 header, as they stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    /// Offset of the first record, as appended (compaction may have removed that record since).
    pub base_offset: Offset,
    /// Bytes of the batch behind the length field.
    pub length: i32,
    /// Term of the leader that appended the batch; −1 where none was known.
    pub leader_epoch: LeaderEpoch,
    /// 2, or whatever a damaged file has there.
    pub magic: u8,
    /// CRC-32C of everything from the attributes on.
    pub crc: u32,
    /// Codec, timestamp type and flags.
    pub attributes: Attributes,
    /// Offset of the last record as appended, less the base offset.
    pub last_offset_delta: i32,
    /// What the records' timestamps are relative to; the delete horizon where that flag is set.
    pub base_timestamp: Timestamp,
    /// The largest timestamp in the batch, or the append time with `LogAppendTime`.
    pub max_timestamp: Timestamp,
    /// −1 without idempotence.
    pub producer_id: i64,
    /// −1 without idempotence.
    pub producer_epoch: i16,
    /// Sequence number of the first record; −1 without idempotence.
    pub base_sequence: i32,
    /// Records in the batch; 0 where compaction has emptied it.
    pub count: i32,
}

impl BatchHeader {
    /// Decodes the first [`HEADER_LEN`] bytes of `bytes`; `None` when there are fewer.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER_LEN {
            return None;
        }
        Some(Self {
            base_offset: Offset(i64::from_be_bytes(array(bytes, 0))),
            length: i32::from_be_bytes(array(bytes, 8)),
            leader_epoch: LeaderEpoch(i32::from_be_bytes(array(bytes, 12))),
            magic: bytes[MAGIC_AT],
            crc: u32::from_be_bytes(array(bytes, CRC_AT)),
            attributes: Attributes(i16::from_be_bytes(array(bytes, ATTRIBUTES_AT))),
            last_offset_delta: i32::from_be_bytes(array(bytes, 23)),
            base_timestamp: Timestamp(i64::from_be_bytes(array(bytes, 27))),
            max_timestamp: Timestamp(i64::from_be_bytes(array(bytes, 35))),
            producer_id: i64::from_be_bytes(array(bytes, 43)),
            producer_epoch: i16::from_be_bytes(array(bytes, 51)),
            base_sequence: i32::from_be_bytes(array(bytes, 53)),
            count: i32::from_be_bytes(array(bytes, 57)),
        })
    }

    /// The header's bytes.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        out[0..8].copy_from_slice(&self.base_offset.0.to_be_bytes());
        out[8..12].copy_from_slice(&self.length.to_be_bytes());
        out[12..16].copy_from_slice(&self.leader_epoch.0.to_be_bytes());
        out[MAGIC_AT] = self.magic;
        out[17..21].copy_from_slice(&self.crc.to_be_bytes());
        out[21..23].copy_from_slice(&self.attributes.0.to_be_bytes());
        out[23..27].copy_from_slice(&self.last_offset_delta.to_be_bytes());
        out[27..35].copy_from_slice(&self.base_timestamp.0.to_be_bytes());
        out[35..43].copy_from_slice(&self.max_timestamp.0.to_be_bytes());
        out[43..51].copy_from_slice(&self.producer_id.to_be_bytes());
        out[51..53].copy_from_slice(&self.producer_epoch.to_be_bytes());
        out[53..57].copy_from_slice(&self.base_sequence.to_be_bytes());
        out[57..61].copy_from_slice(&self.count.to_be_bytes());
        out
    }

    /// Offset of the last record as appended.
    pub fn last_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.last_offset_delta))
    }

    /// When the tombstones in the batch may go (KIP-534), if compaction has decided on it.
    pub fn delete_horizon(&self) -> Option<Timestamp> {
        self.attributes.has_delete_horizon().then_some(self.base_timestamp)
    }

    /// The sequence number of the record at `offset_delta`; −1 without idempotence. Wraps from
    /// 2³¹ − 1 to 0.
    #[inline]
    pub fn sequence_at(&self, offset_delta: i32) -> i32 {
        if self.base_sequence < 0 { -1 } else { increment_sequence(self.base_sequence, offset_delta) }
    }

    /// The sequence number of the last record as appended; −1 without idempotence
    /// (`DefaultRecordBatch.lastSequence`).
    pub fn last_sequence(&self) -> i32 {
        match self.base_sequence {
            -1 => -1,
            base => increment_sequence(base, self.last_offset_delta),
        }
    }
}

/// `DefaultRecordBatch.incrementSequence`, whose `int`s overflow where a damaged header makes them.
#[inline]
pub(crate) fn increment_sequence(sequence: i32, increment: i32) -> i32 {
    if sequence > i32::MAX.wrapping_sub(increment) {
        increment.wrapping_sub(i32::MAX.wrapping_sub(sequence)).wrapping_sub(1)
    } else {
        sequence.wrapping_add(increment)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_61_bytes_are_a_header_and_come_back(bytes in proptest::collection::vec(any::<u8>(), HEADER_LEN)) {
            let header = BatchHeader::decode(&bytes).expect("61 bytes");
            prop_assert_eq!(&header.encode()[..], &bytes[..]);
            let _ = (header.last_offset(), header.sequence_at(i32::MAX), header.sequence_at(i32::MIN));
            let _ = header.last_sequence();
        }
    }

    #[test]
    fn sequences_wrap_to_zero() {
        let mut header = BatchHeader::decode(&[0; HEADER_LEN]).expect("61 bytes");
        header.base_sequence = i32::MAX - 1;
        assert_eq!(header.sequence_at(1), i32::MAX);
        assert_eq!(header.sequence_at(2), 0);
        header.base_sequence = -1;
        assert_eq!(header.sequence_at(5), -1);
        assert_eq!(header.last_sequence(), -1);
        header.base_sequence = i32::MAX;
        header.last_offset_delta = 2;
        assert_eq!(header.last_sequence(), 1);
        header.base_sequence = 5;
        assert_eq!(header.sequence_at(-3), i32::MIN + 2, "as Java's ints overflow");
    }
}
