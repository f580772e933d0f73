//! Kafka's producer: collects records into batches, one a partition, and appends them.

mod limits;
pub mod partitioner;
mod transaction;
mod upkeep;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use limits::{check_size, check_timestamp, fits, usize_of};
pub use partitioner::{KeylessPlacement, Partitioner};
use transaction::InTransaction;
use upkeep::Upkeep;
pub use upkeep::UpkeepConfig;

use crate::log::{Appended, Durability, LogAppender, LogConfig, LogError, Repair};
use crate::record::header::HEADER_LEN;
use crate::record::{
    BatchBuilder, Compression, CompressionError, Compressor, EncodedBatch, NewRecord, Timestamp,
    TimestampType,
};
use crate::store::{StoreError, TopicConfig};

/// What a producer waits for, and reports, after an append (Kafka's `acks`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Acks {
    /// `0`: nothing. The failure of a batch shows only if another one follows it.
    None,
    /// `1`: the operating system has the batch; it survives the death of any process.
    #[default]
    Leader,
    /// `all`: the disk has the batch; it survives a loss of power.
    All,
}

/// How a producer batches.
#[derive(Debug, Clone)]
pub struct ProducerConfig {
    /// `batch.size`: bytes that a batch grows to, before compression. A larger record gets a batch of its
    /// own. `None` lets the producer choose: large batches, less where there are many partitions.
    pub batch_size: Option<usize>,
    /// `buffer.memory`: bytes that all unfinished batches may take together.
    pub buffer_memory: usize,
    /// `compression.type`.
    pub compression: Compression,
    /// The codec's level; `None` for Kafka's default.
    pub compression_level: Option<i32>,
    /// `acks`.
    pub acks: Acks,
    /// How keyless records are spread.
    pub placement: KeylessPlacement,
    /// `partitioner.ignore.keys`: records with a key are spread as those without.
    pub ignore_keys: bool,
}

impl Default for ProducerConfig {
    fn default() -> Self {
        Self {
            batch_size: None,
            buffer_memory: 32 << 20,
            compression: Compression::None,
            compression_level: None,
            acks: Acks::default(),
            placement: KeylessPlacement::default(),
            ignore_keys: false,
        }
    }
}

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
         raise it with --config {config}=N when creating the topic"
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
    #[error("Compacted topic cannot accept message without key in partition {partition}.")]
    KeyMissing {
        /// The partition's number.
        partition: i32,
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

/// Produces to one topic.
#[derive(Debug)]
pub struct Producer {
    config: ProducerConfig,
    topic: ProducerTopic,
    partitioner: Partitioner,
    compressor: Compressor,
    partitions: Vec<Pending>,
    encoded: EncodedBatch,
    batch_limit: usize,
    pending_bytes: usize,
    pending_since: Option<Instant>,
    hidden_failure: Option<ProduceError>,
    upkeep: Option<Upkeep>,
    receipts: Vec<Receipt>,
    transaction: Option<Box<InTransaction>>,
}

/// A partition's unfinished batch.
#[derive(Debug, Default)]
struct Pending {
    builder: BatchBuilder,
    appender: Option<LogAppender>,
}

/// What batches grow to where the user does not say.
const BATCH_SIZE_DEFAULT: usize = 256 << 10;
/// `batch.size` of Kafka's producer: what even many partitions do not go below.
const BATCH_SIZE_LEAST: usize = 16 << 10;

impl Producer {
    /// A producer to `topic`. Nothing is opened until a partition gets its first batch.
    ///
    /// # Errors
    /// When the compression level is out of the codec's range.
    pub fn new(topic: ProducerTopic, config: ProducerConfig) -> Result<Self, ProduceError> {
        let count = topic.partitions.len();
        let compressor = Compressor::new(config.compression, config.compression_level)?;
        let chosen = (config.buffer_memory / count.max(1)).clamp(BATCH_SIZE_LEAST, BATCH_SIZE_DEFAULT);
        let ceiling = topic.log.max_message_bytes.min(usize_of(topic.log.segment_bytes));
        // What does not compress grows a little in its codec's frame.
        let growth = if config.compression == Compression::None { 0 } else { ceiling / 64 + 1024 };
        let ceiling = ceiling.saturating_sub(growth);
        let start = starting_partition(&topic.partitions);
        Ok(Self {
            partitioner: Partitioner::new(config.placement, i32::try_from(count).unwrap_or(i32::MAX), start),
            compressor,
            partitions: (0..count).map(|_| Pending::default()).collect(),
            encoded: EncodedBatch::default(),
            batch_limit: config.batch_size.unwrap_or(chosen).min(ceiling),
            pending_bytes: 0,
            pending_since: None,
            hidden_failure: None,
            upkeep: topic.upkeep.map(|config| Upkeep::new(config, count)),
            receipts: Vec::new(),
            transaction: None,
            topic,
            config,
        })
    }

    /// Adds a record to the batch of its partition, appending batches that are full. Without `partition`
    /// the partitioner chooses. Answers the partition.
    ///
    /// # Errors
    /// When the record is too large, the partition unknown, or an append fails. The record is not
    /// produced then.
    #[inline]
    pub fn send(&mut self, record: &NewRecord<'_>, partition: Option<i32>) -> Result<i32, ProduceError> {
        let placing_key = record.key.filter(|_| !self.config.ignore_keys);
        let is_free = partition.is_none() && placing_key.is_none();
        let partition = match partition {
            Some(partition) => partition,
            None => self.partitioner.place(placing_key),
        };
        let count = self.partitions.len();
        let Some((at, pending)) =
            usize::try_from(partition).ok().and_then(|at| Some((at, self.partitions.get(at)?)))
        else {
            return Err(ProduceError::UnknownPartition { partition, count });
        };
        if self.topic.compacted && record.key.is_none() {
            return Err(ProduceError::KeyMissing { partition });
        }
        if let Some(range) = self.topic.timestamp_range_ms {
            check_timestamp(record.timestamp, range, Timestamp::now())?;
        }
        if !pending.builder.is_empty() && !pending.builder.has_room(record, self.batch_limit) {
            let goes_on = self.partitioner.batch_full(partition);
            self.append(at)?;
            if goes_on && is_free && count > 1 {
                return self.send(record, None);
            }
        }
        let builder = &mut self.partitions[at].builder;
        let mut is_large = false;
        if builder.is_empty() {
            is_large = record.size_max() > self.batch_limit;
            if is_large {
                check_size(record, &self.topic.log, self.config.compression)?;
            }
            self.pending_since.get_or_insert_with(Instant::now);
        }
        let before = builder.size();
        builder.push(record);
        self.pending_bytes += builder.size() - before;
        if is_large && self.config.compression != Compression::None {
            // It has a batch of its own. Whether that is small enough shows when it is compressed, and the
            // caller must learn it while it still knows which record this is.
            self.partitioner.batch_full(partition);
            self.append(at)?;
        }
        if self.pending_bytes > self.config.buffer_memory {
            self.flush()?;
        }
        Ok(partition)
    }

    /// Appends everything that is pending.
    ///
    /// # Errors
    /// When an append fails; the batches of other partitions are appended all the same.
    pub fn flush(&mut self) -> Result<(), ProduceError> {
        if self.pending_since.is_none() {
            return Ok(());
        }
        let mut result = Ok(());
        for at in 0..self.partitions.len() {
            if !self.partitions[at].builder.is_empty() {
                self.partitioner.batch_full(number(at));
                let appended = self.append(at);
                result = result.and(appended);
            }
        }
        result
    }

    /// When the oldest record that is not appended yet was added; `None` when all are appended.
    pub fn pending_since(&self) -> Option<Instant> {
        self.pending_since
    }

    /// The batches appended since the last call; those of a transaction once it is committed.
    pub fn take_receipts(&mut self) -> std::vec::Drain<'_, Receipt> {
        let count = if self.transaction.is_some() { 0 } else { self.receipts.len() };
        self.receipts.drain(..count)
    }

    /// What opening the partitions has mended since the last call.
    pub fn take_repairs(&mut self) -> Vec<Repair> {
        self.partitions
            .iter_mut()
            .filter_map(|p| p.appender.as_mut())
            .flat_map(LogAppender::take_repairs)
            .collect()
    }

    /// How long until what was appended is to be put on the disk (`flush.ms`); `None` when that is not asked.
    pub fn sync_due_in(&self) -> Option<Duration> {
        self.partitions.iter().filter_map(|p| p.appender.as_ref()?.sync_due_in()).min()
    }

    /// Puts on the disk what is due to be (`flush.ms`).
    ///
    /// # Errors
    /// When a sync fails.
    pub fn sync_due(&mut self) -> Result<(), ProduceError> {
        for (at, pending) in self.partitions.iter_mut().enumerate() {
            if let Some(appender) = &mut pending.appender {
                let synced = appender.sync_if_due(false);
                synced.map_err(|source| ProduceError::Log { partition: number(at), source })?;
            }
        }
        Ok(())
    }

    /// Ends in good order: appends everything that is pending, puts on the disk what `flush.ms` would have put
    /// there later, and gives a cleaning that is going on a moment to come to its end.
    ///
    /// # Errors
    /// When an append or a sync fails, or the disk has refused data of whatever process; with `acks=0` the last
    /// is not told.
    pub fn close(&mut self) -> Result<(), ProduceError> {
        let flushed = self.flush();
        let mut synced = Ok(());
        for (at, pending) in self.partitions.iter_mut().enumerate() {
            if let Some(appender) = &mut pending.appender {
                let done = appender.sync_if_due(true);
                let closed = appender.close();
                let done = if self.config.acks == Acks::None { done } else { done.and(closed) };
                synced =
                    synced.and(done.map_err(|source| ProduceError::Log { partition: number(at), source }));
            }
        }
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.finish();
        }
        flushed.and(synced)
    }

    /// What has gone wrong with retention and cleaning since the last call: it keeps nobody from producing.
    pub fn take_upkeep_failures(&mut self) -> Vec<ProduceError> {
        self.upkeep.as_mut().map(Upkeep::take_failures).unwrap_or_default()
    }

    /// Finishes and appends the batch of the `at`-th partition.
    fn append(&mut self, at: usize) -> Result<(), ProduceError> {
        let pending = &mut self.partitions[at];
        self.pending_bytes = self.pending_bytes.saturating_sub(pending.builder.size() - HEADER_LEN);
        if self.pending_bytes == 0 {
            self.pending_since = None;
        }
        if self.transaction.is_some() {
            self.join_transaction(at)?;
        }
        let pending = &mut self.partitions[at];
        let append_time = self.topic.log_append_time.then(Timestamp::now);
        let finished = pending.builder.finish(&mut self.compressor, append_time, &mut self.encoded);
        if let Some(failure) = self.hidden_failure.take() {
            return Err(failure);
        }
        if let (Err(_), Some(transaction)) = (&finished, &mut self.transaction) {
            transaction.fail();
        }
        finished?;
        if self.encoded.header().count == 1 {
            fits(self.encoded.bytes().len(), &self.topic.log)?;
        }
        // What is in a transaction is put on the disk before that is committed.
        let is_synced = self.config.acks == Acks::All && self.transaction.is_none();
        let durability = if is_synced { Durability::Synced } else { Durability::Written };
        let appender = pending.appender(&self.topic.partitions[at], self.topic.log);
        match appender.and_then(|appender| appender.append(&mut self.encoded, durability)) {
            Ok(offsets) => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.appended(at, self.encoded.header().count);
                }
                let bytes = self.encoded.bytes().len();
                self.receipts.push(Receipt { partition: number(at), offsets, bytes });
                if let (Some(upkeep), Some(appender)) = (&mut self.upkeep, &mut pending.appender) {
                    upkeep.after_append(at, &self.topic.partitions[at], appender);
                }
                Ok(())
            }
            Err(source) => {
                let failure = ProduceError::Log { partition: number(at), source };
                if let Some(transaction) = &mut self.transaction {
                    transaction.fail();
                }
                if self.config.acks == Acks::None {
                    self.hidden_failure = Some(failure);
                    return Ok(());
                }
                Err(failure)
            }
        }
    }
}

/// The number of the `at`-th partition.
fn number(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

impl Pending {
    /// Who appends to the partition in `dir`; opened with its first batch.
    fn appender(&mut self, dir: &Path, log: LogConfig) -> Result<&mut LogAppender, LogError> {
        match &mut self.appender {
            Some(appender) => Ok(appender),
            none => Ok(none.insert(LogAppender::open(dir, log)?)),
        }
    }
}

/// Where round-robin begins: after as many records as the topic has had, so that many short producers
/// fill the partitions as evenly as one long one does. Only a hint; it need not be exact.
fn starting_partition(partitions: &[PathBuf]) -> u64 {
    const LOOKED_AT: usize = 256;
    if partitions.len() < 2 || partitions.len() > LOOKED_AT {
        return 0;
    }
    let ends = partitions.iter().filter_map(|dir| LogAppender::end_offset_hint(dir));
    ends.map(|end| end.0.max(0).cast_unsigned()).fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
