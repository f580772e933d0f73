//! Kafka's producer: collects records into batches, one a partition, and appends them.
//!
//! The `accumulator` collects, `dispatch` takes what is full to the `sender`, which appends. The first batches, and
//! what a pause of the input leaves, are appended by the thread that collects. An input that goes on filling batches
//! is sent in `pieces` by several threads, or, where it cannot be cut in advance, through a `pipeline` of them.

mod accumulator;
mod config;
mod dispatch;
mod error;
mod ledger;
mod limits;
pub mod partitioner;
mod pieces;
mod pipeline;
mod sender;
mod share;
mod sync_round;
mod transaction;
mod turns;
mod upkeep;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use config::{Acks, ProducerConfig};
pub use error::ProduceError;
pub use partitioner::{KeylessPlacement, Partitioner};
pub use pieces::{PieceCollector, PieceError, PiecePlan};
pub use sender::News;

use accumulator::Accumulator;
use dispatch::Dispatch;
use pipeline::{Sealing, locked};
use sender::Sender;
pub use upkeep::UpkeepConfig;

use crate::log::{Appended, LogAppender, LogConfig};
use crate::record::{Fields, NewRecord, Offset, TimestampType};
use crate::store::TopicConfig;

/// The topic that a producer writes to.
#[derive(Debug, Clone)]
pub struct ProducerTopic {
    /// The folder of each partition, by its number.
    pub partitions: Vec<PathBuf>,
    /// How the partitions' logs grow.
    pub log: LogConfig,
    /// Whether the log's time replaces the records' (`message.timestamp.type=LogAppendTime`).
    pub log_append_time: bool,
    /// Whether the log is compacted, so that each record needs a key.
    pub compacted: bool,
    /// `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms`: how far a record's timestamp
    /// may lie before and after the clock, in milliseconds; `None` for no limits.
    pub timestamp_range_ms: Option<(i64, i64)>,
    /// What is done about old segments; `None` for nothing.
    pub upkeep: Option<UpkeepConfig>,
}

impl ProducerTopic {
    /// A topic with these partitions' folders that is configured so.
    pub fn new(partitions: Vec<PathBuf>, config: &TopicConfig) -> Self {
        let range = (config.message_timestamp_before_max_ms(), config.message_timestamp_after_max_ms());
        let log_append_time = config.message_timestamp_type() == TimestampType::LogAppendTime;
        Self {
            partitions,
            log: config.into(),
            log_append_time,
            compacted: config.cleanup_policy().compact,
            timestamp_range_ms: (!log_append_time && range != (i64::MAX, i64::MAX)).then_some(range),
            upkeep: Some(UpkeepConfig::from(config)),
        }
    }
}

/// A batch that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The partition's number.
    pub partition: i32,
    /// The offsets given out.
    pub offsets: Appended,
    /// Bytes appended.
    pub bytes: usize,
}

/// Who takes records.
pub trait RecordSink {
    /// Adds a record to the batch of its partition, sending off batches that are full. Without `partition` the
    /// partitioner chooses. Answers the partition.
    ///
    /// # Errors
    /// When the record is too large, the partition unknown, or an append fails. The record is not produced then.
    fn send(&mut self, record: &NewRecord<'_>, partition: Option<i32>) -> Result<i32, ProduceError>;

    /// Adds records that are `like` one, each with a key and a value of its own, as [`RecordSink::send`] would one
    /// after the other. Those for which there is room in a batch take a shorter way.
    ///
    /// # Errors
    /// As [`RecordSink::send`], for the record of the fields that were taken last.
    fn send_fields<'a>(
        &mut self,
        like: &NewRecord<'a>,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        partition: Option<i32>,
    ) -> Result<(), ProduceError>;
}

/// Produces to one topic.
#[derive(Debug)]
pub struct Producer {
    config: ProducerConfig,
    topic: ProducerTopic,
    accumulator: Accumulator,
    dispatch: Dispatch,
}

impl RecordSink for Producer {
    #[inline]
    fn send(&mut self, record: &NewRecord<'_>, partition: Option<i32>) -> Result<i32, ProduceError> {
        self.accumulator.send(record, partition, &mut self.dispatch)
    }

    fn send_fields<'a>(
        &mut self,
        like: &NewRecord<'a>,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        partition: Option<i32>,
    ) -> Result<(), ProduceError> {
        self.accumulator.send_fields(like, fields, partition, &mut self.dispatch)
    }
}

impl Producer {
    /// A producer to `topic`. Nothing is opened until a partition gets its first batch.
    ///
    /// # Errors
    /// When the compression level is out of the codec's range.
    pub fn new(topic: ProducerTopic, config: ProducerConfig) -> Result<Self, ProduceError> {
        let sealing = Sealing {
            compression: config.compression,
            level: config.compression_level,
            log_append_time: topic.log_append_time,
        };
        let sender = Arc::new(Mutex::new(Sender::new(&topic, &config)));
        let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
        let start = starting_partition(&topic.partitions);
        Ok(Self {
            accumulator: Accumulator::new(&topic, &config, Partitioner::new(config.placement, count, start)),
            dispatch: Dispatch::new(sealing, config.acks, sender, topic.partitions.len())?,
            topic,
            config,
        })
    }

    /// Appends everything that is pending, and waits until it is acknowledged.
    ///
    /// # Errors
    /// When an append fails, or a sync; the batches of other partitions are appended all the same.
    pub fn flush(&mut self) -> Result<(), ProduceError> {
        self.dispatch.note_pause();
        if self.pending_since().is_none() && !self.is_unsettled() {
            return Ok(());
        }
        let appended = self.append_pending();
        let settled = self.dispatch.settle();
        self.dispatch.note_outcome(appended.and(settled))
    }

    /// Appends everything that is pending, behind what is on its way.
    fn append_pending(&mut self) -> Result<(), ProduceError> {
        let arrived = self.dispatch.wait_for_pipeline();
        let appended = self.accumulator.send_all(|at, batch| self.dispatch.append(at, batch));
        arrived.and(appended)
    }

    /// Whether batches are on their way, or appended and not yet acknowledged.
    pub fn is_unsettled(&self) -> bool {
        self.dispatch.is_unsettled()
    }

    /// When the oldest record that is not appended yet was added; `None` when all are appended.
    pub fn pending_since(&self) -> Option<Instant> {
        self.accumulator.pending_since()
    }

    /// What has come to light since the last call.
    pub fn take_news(&mut self) -> News {
        self.dispatch.take_news()
    }

    /// How long until what was appended is to be put on the disk (`flush.ms`); `None` when that is not asked.
    pub fn sync_due_in(&self) -> Option<Duration> {
        locked(&self.dispatch.sender).sync_due_in()
    }

    /// Puts on the disk what is due to be (`flush.ms`).
    ///
    /// # Errors
    /// When a sync fails.
    pub fn sync_due(&mut self) -> Result<(), ProduceError> {
        locked(&self.dispatch.sender).sync_due()
    }

    /// Ends in good order: appends everything that is pending, puts on the disk what `flush.ms` would have put
    /// there later, and gives a cleaning that is going on a moment to come to its end.
    ///
    /// # Errors
    /// When an append or a sync fails, or the disk has refused data of whatever process; with `acks=0` the last
    /// is not told.
    pub fn close(&mut self) -> Result<(), ProduceError> {
        let flushed = self.flush();
        flushed.and(self.dispatch.close())
    }

    /// Whether every record that was sent is acknowledged.
    pub fn has_all_acknowledged(&mut self) -> bool {
        self.dispatch.noted_ledger().has_all()
    }

    /// How many records from the first on are acknowledged without a gap. Records behind a gap may be, too, and
    /// after a failure all that come later are taken for such.
    pub fn acknowledged(&mut self) -> u64 {
        self.dispatch.noted_ledger().acknowledged()
    }
}

/// The number of the `at`-th partition.
fn number(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

/// Where round-robin begins: after as many records as the topic has had, so that many short producers
/// fill the partitions as evenly as one long one does. Only a hint; it need not be exact.
fn starting_partition(partitions: &[PathBuf]) -> u64 {
    const LOOKED_AT: usize = 256;
    if partitions.len() < 2 || partitions.len() > LOOKED_AT {
        return 0;
    }
    let ends = partitions.iter().map(|dir| LogAppender::end_offset_hint(dir).unwrap_or(Offset::ZERO));
    ends.map(|end| end.0.max(0).cast_unsigned()).fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
