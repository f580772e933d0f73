//! Why records are not produced.

use crate::log::LogError;
use crate::record::{CompressionError, Timestamp};
use crate::store::StoreError;

/// Why records could not be produced.
#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    /// The log refused.
    #[error("partition {partition}: {source}")]
    Log {
        /// The partition's number.
        partition: i32,
        /// What went wrong.
        source: LogError,
    },
    /// A record that no batch of this topic can hold.
    #[error(
        "the record takes {size} bytes, more than {config} ({limit}) of the topic allows; \
         `mkafka configs alter TOPIC --add-config {config}=N` raises it"
    )]
    RecordTooLarge {
        /// Bytes of a batch of this record alone, compressed as asked for, or at the least.
        size: usize,
        /// The config of the topic that is in the way.
        config: &'static str,
        /// Its value in bytes.
        limit: usize,
    },
    /// A record without a key for a topic that keeps the last record of each.
    #[error("Compacted topic cannot accept message without key in topic partition {partition}")]
    KeyMissing {
        /// The topic and the partition's number, as its folder is named.
        partition: String,
    },
    /// A record whose timestamp is too far from the clock.
    #[error(
        "Timestamp {timestamp} of message is out of range. The timestamp should be within [{first}, {last}] \
         (message.timestamp.before.max.ms and message.timestamp.after.max.ms of the topic)"
    )]
    TimestampOutOfRange {
        /// The record's.
        timestamp: Timestamp,
        /// The earliest that would do now.
        first: Timestamp,
        /// The latest.
        last: Timestamp,
    },
    /// A partition that the topic does not have.
    #[error("there is no partition {partition}: the topic has {count}, numbered from 0")]
    UnknownPartition {
        /// What was asked for.
        partition: i32,
        /// How many there are.
        count: usize,
    },
    /// The codec failed.
    #[error(transparent)]
    Compression(#[from] CompressionError),
    /// The transaction could not be gone on with or ended.
    #[error(transparent)]
    Transaction(#[from] StoreError),
    /// Part of what was produced in the transaction is not in the log.
    #[error("the transaction cannot be committed: a part of it could not be appended")]
    TransactionFailed,
}
