//! What a consumer delivers.

use super::transactions::TransactionFate;
use crate::record::header::Attributes;
use crate::record::{Batch, LeaderEpoch, Offset, RecordRef, TimestampType};
use crate::store::TopicPartition;

/// A record, with what its batch and partition say of it.
#[derive(Debug, Clone, Copy)]
pub struct ConsumerRecord<'a> {
    /// Its partition.
    pub topic_partition: &'a TopicPartition,
    /// What holds of all records of its batch.
    pub batch: &'a BatchFacts,
    /// The record itself.
    pub record: &'a RecordRef<'a>,
}

/// What a batch says of its records, and what was found out about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchFacts {
    /// Whose timestamp they have.
    pub timestamp_type: TimestampType,
    /// The term under which they were appended; −1 in magic 0 and 1.
    pub leader_epoch: LeaderEpoch,
    /// The attribute bits.
    pub attributes: Attributes,
    /// Who produced them; −1 where it is unknown.
    pub producer_id: i64,
    /// The epoch of the producer; −1 where it is unknown.
    pub producer_epoch: i16,
    /// What became of the transaction that they belong to; `None` where they belong to none, or nobody asked.
    pub fate: Option<TransactionFate>,
    /// The partition's offsets; `None` where nobody asked.
    pub log_offsets: Option<LogOffsets>,
}

/// The offsets of a partition, as they were shortly before a record was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOffsets {
    /// The log start offset.
    pub start: Offset,
    /// That of the first open transaction, or the log end offset; `None` where nobody asked.
    pub last_stable: Option<Offset>,
    /// The log end offset.
    pub end: Offset,
}

impl BatchFacts {
    /// What `batch` itself says.
    pub fn of(batch: &Batch<'_>) -> Self {
        let header = batch.header();
        Self {
            timestamp_type: batch.timestamp_type(),
            leader_epoch: header.leader_epoch,
            attributes: header.attributes,
            producer_id: header.producer_id,
            producer_epoch: header.producer_epoch,
            fate: None,
            log_offsets: None,
        }
    }

    /// Whether these are control records, which are not data.
    pub fn is_control(&self) -> bool {
        self.attributes.is_control()
    }
}
