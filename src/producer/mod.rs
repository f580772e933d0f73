//! Kafka's producer: collects records into batches, one a partition, and appends them.
//!
//! The first batches, and what a pause of the input leaves, are appended by the thread that collects; an input
//! that goes on filling batches gets a `pipeline` of threads. The `sender` is what appends in both cases.

mod config;
mod error;
mod ledger;
mod limits;
pub mod partitioner;
mod pipeline;
mod sender;
mod sync_round;
mod transaction;
mod upkeep;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use config::{Acks, ProducerConfig};
pub use error::ProduceError;
use ledger::Ledger;
use limits::{check_size, check_timestamp, usize_of};

pub use partitioner::{KeylessPlacement, Partitioner};
use pipeline::{Pipeline, Sealing, SharedSender, locked};
use sender::{News, Sender};
use transaction::InTransaction;
pub use upkeep::UpkeepConfig;

use crate::log::{Appended, LogAppender, LogConfig, Repair};
use crate::record::header::HEADER_LEN;
use crate::record::{
    BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Offset, Timestamp, TimestampType,
};
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

/// Produces to one topic.
#[derive(Debug)]
pub struct Producer {
    config: ProducerConfig,
    topic: ProducerTopic,
    partitioner: Partitioner,
    sealing: Sealing,
    compressor: Compressor,
    /// The unfinished batch of each partition.
    builders: Vec<BatchBuilder>,
    encoded: EncodedBatch,
    batch_limit: usize,
    pending_bytes: usize,
    pending_since: Option<Instant>,
    sender: SharedSender,
    pipeline: Option<Pipeline>,
    /// How many batches have been full.
    full_batches: u32,
    /// Whether batches were appended that [`Producer::flush`] has not acknowledged.
    is_unsettled: bool,
    hidden_failure: Option<ProduceError>,
    news: News,
    /// How far all that was sent is acknowledged.
    ledger: Ledger,
    transaction: Option<Box<InTransaction>>,
}

/// What batches grow to where the user does not say.
const BATCH_SIZE_DEFAULT: usize = 256 << 10;
/// `batch.size` of Kafka's producer: what even many partitions do not go below.
const BATCH_SIZE_LEAST: usize = 16 << 10;
/// How many full batches are appended before threads are begun for those that follow: beginning them takes as
/// long as appending one.
const BEFORE_PIPELINE: u32 = 2;

impl Producer {
    /// A producer to `topic`. Nothing is opened until a partition gets its first batch.
    ///
    /// # Errors
    /// When the compression level is out of the codec's range.
    pub fn new(topic: ProducerTopic, config: ProducerConfig) -> Result<Self, ProduceError> {
        let count = topic.partitions.len();
        let sealing = Sealing {
            compression: config.compression,
            level: config.compression_level,
            log_append_time: topic.log_append_time,
        };
        let chosen = (config.buffer_memory / count.max(1)).clamp(BATCH_SIZE_LEAST, BATCH_SIZE_DEFAULT);
        let ceiling = topic.log.max_message_bytes.min(usize_of(topic.log.segment_bytes));
        // What does not compress grows a little in its codec's frame.
        let growth = if config.compression == Compression::None { 0 } else { ceiling / 64 + 1024 };
        let ceiling = ceiling.saturating_sub(growth);
        let start = starting_partition(&topic.partitions);
        Ok(Self {
            partitioner: Partitioner::new(config.placement, i32::try_from(count).unwrap_or(i32::MAX), start),
            sealing,
            compressor: sealing.compressor()?,
            builders: (0..count).map(|_| BatchBuilder::default()).collect(),
            encoded: EncodedBatch::default(),
            batch_limit: config.batch_size.unwrap_or(chosen).min(ceiling),
            pending_bytes: 0,
            pending_since: None,
            sender: Arc::new(Mutex::new(Sender::new(&topic, &config))),
            pipeline: None,
            full_batches: 0,
            is_unsettled: false,
            hidden_failure: None,
            news: News::default(),
            ledger: Ledger::new(count),
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
        let count = self.builders.len();
        let found = usize::try_from(partition).ok().and_then(|at| Some((at, self.builders.get_mut(at)?)));
        let Some((at, builder)) = found else {
            return Err(ProduceError::UnknownPartition { partition, count });
        };
        if self.topic.compacted && record.key.is_none() {
            return Err(ProduceError::KeyMissing { partition });
        }
        if let Some(range) = self.topic.timestamp_range_ms {
            check_timestamp(record.timestamp, range, Timestamp::now())?;
        }
        if !builder.is_empty() && builder.has_room(record, self.batch_limit) {
            let before = builder.size();
            builder.push(record);
            self.ledger.add(1);
            self.pending_bytes += builder.size() - before;
            if self.pending_bytes > self.config.buffer_memory {
                self.send_all()?;
            }
            return Ok(partition);
        }
        if !builder.is_empty() {
            let goes_on = self.partitioner.batch_full(partition);
            self.send_full(at)?;
            if goes_on && is_free && count > 1 {
                return self.send(record, None);
            }
        }
        self.begin_batch(at, record)?;
        Ok(partition)
    }

    /// Adds records that are `like` one, each with a value of its own, as [`Producer::send`] would one after the
    /// other. Those that stay in one partition's batch take a shorter way.
    ///
    /// # Errors
    /// As [`Producer::send`], for the record of the value that was taken last.
    pub fn send_values<'a>(
        &mut self,
        like: &NewRecord<'_>,
        values: &mut impl Iterator<Item = &'a [u8]>,
        partition: Option<i32>,
    ) -> Result<(), ProduceError> {
        let mut next = values.next();
        while let Some(value) = next {
            let chosen = self.send(&NewRecord { value: Some(value), ..*like }, partition)?;
            next = match usize::try_from(chosen).ok().and_then(|at| self.builders.get_mut(at)) {
                Some(builder) if partition.is_some() || self.topic.partitions.len() == 1 => {
                    let (before, records) = (builder.size(), builder.count());
                    let left_over = builder.push_values(like, values, self.batch_limit);
                    self.pending_bytes += builder.size() - before;
                    self.ledger.add(builder.count().abs_diff(records).into());
                    left_over
                }
                _ => values.next(),
            };
        }
        Ok(())
    }

    /// Adds `record` as the first of the `at`-th partition's batch.
    fn begin_batch(&mut self, at: usize, record: &NewRecord<'_>) -> Result<(), ProduceError> {
        let is_large = record.size_max() > self.batch_limit;
        if is_large {
            check_size(record, &self.topic.log, self.config.compression)?;
        }
        self.pending_since.get_or_insert_with(Instant::now);
        let builder = &mut self.builders[at];
        let before = builder.size();
        builder.push(record);
        self.ledger.begin_batch(at);
        self.pending_bytes += builder.size() - before;
        if is_large && self.config.compression != Compression::None {
            // It has a batch of its own. Whether that is small enough shows when it is compressed, and the
            // caller must learn it while it still knows which record this is.
            self.partitioner.batch_full(number(at));
            self.wait_for_pipeline()?;
            self.append(at)?;
        }
        if self.pending_bytes > self.config.buffer_memory {
            self.send_all()?;
        }
        Ok(())
    }

    /// Sends off the batch of the `at`-th partition, which is full.
    fn send_full(&mut self, at: usize) -> Result<(), ProduceError> {
        self.full_batches = self.full_batches.saturating_add(1);
        if self.full_batches == BEFORE_PIPELINE {
            self.pipeline = Pipeline::begin(self.sealing, &self.sender);
        }
        if self.pipeline.is_none() {
            return self.append(at);
        }
        self.collect(false)?;
        self.note_leaving(at)?;
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.submit(at, &mut self.builders[at]);
        }
        Ok(())
    }

    /// Sends off all unfinished batches, which take too much memory together.
    fn send_all(&mut self) -> Result<(), ProduceError> {
        for at in 0..self.builders.len() {
            if !self.builders[at].is_empty() {
                self.partitioner.batch_full(number(at));
                self.send_full(at)?;
            }
        }
        Ok(())
    }

    /// Appends everything that is pending, and waits until it is acknowledged.
    ///
    /// # Errors
    /// When an append fails, or a sync; the batches of other partitions are appended all the same.
    pub fn flush(&mut self) -> Result<(), ProduceError> {
        if self.pending_since.is_none() && !self.is_unsettled() {
            return Ok(());
        }
        let mut result = self.wait_for_pipeline();
        for at in 0..self.builders.len() {
            if !self.builders[at].is_empty() {
                self.partitioner.batch_full(number(at));
                let appended = self.append(at);
                result = result.and(appended);
            }
        }
        if self.config.acks == Acks::All {
            let mut sender = locked(&self.sender);
            let settled = sender.settle();
            self.news.extend(sender.take_news());
            self.ledger.note(&self.news.receipts, settled.is_err());
            result = result.and(settled);
        }
        self.is_unsettled = false;
        self.note_outcome(result)
    }

    /// Takes note of what has become of the batches that are on their way; with `waits` of all.
    fn collect(&mut self, waits: bool) -> Result<(), ProduceError> {
        let Some(pipeline) = &mut self.pipeline else { return Ok(()) };
        let mut result = pipeline.collect(waits, &mut self.news);
        if result.is_err() {
            // Those behind the one that failed are dropped on their way.
            result = result.and(pipeline.collect(true, &mut self.news));
            self.ledger.note(&self.news.receipts, true);
            locked(&self.sender).resume();
        }
        self.note_outcome(result)
    }

    /// Waits until no batch is on its way.
    fn wait_for_pipeline(&mut self) -> Result<(), ProduceError> {
        self.collect(true)
    }

    /// Whether batches are on their way, or appended and not yet acknowledged.
    pub fn is_unsettled(&self) -> bool {
        self.is_unsettled || self.pipeline.as_ref().is_some_and(Pipeline::is_busy)
    }

    /// When the oldest record that is not appended yet was added; `None` when all are appended.
    pub fn pending_since(&self) -> Option<Instant> {
        self.pending_since
    }

    /// The batches acknowledged since the last call; those of a transaction once it is committed.
    pub fn take_receipts(&mut self) -> std::vec::Drain<'_, Receipt> {
        if self.transaction.is_some() {
            return self.news.receipts.drain(..0);
        }
        self.ledger.note(&self.news.receipts, false);
        self.ledger.forget_receipts();
        self.news.receipts.drain(..)
    }

    /// What opening the partitions has mended since the last call.
    pub fn take_repairs(&mut self) -> Vec<Repair> {
        std::mem::take(&mut self.news.repairs)
    }

    /// What has gone wrong with retention and cleaning since the last call: it keeps nobody from producing.
    pub fn take_upkeep_failures(&mut self) -> Vec<ProduceError> {
        std::mem::take(&mut self.news.upkeep_failures)
    }

    /// How long until what was appended is to be put on the disk (`flush.ms`); `None` when that is not asked.
    pub fn sync_due_in(&self) -> Option<Duration> {
        locked(&self.sender).sync_due_in()
    }

    /// Puts on the disk what is due to be (`flush.ms`).
    ///
    /// # Errors
    /// When a sync fails.
    pub fn sync_due(&mut self) -> Result<(), ProduceError> {
        locked(&self.sender).sync_due()
    }

    /// Ends in good order: appends everything that is pending, puts on the disk what `flush.ms` would have put
    /// there later, and gives a cleaning that is going on a moment to come to its end.
    ///
    /// # Errors
    /// When an append or a sync fails, or the disk has refused data of whatever process; with `acks=0` the last
    /// is not told.
    pub fn close(&mut self) -> Result<(), ProduceError> {
        let flushed = self.flush();
        self.pipeline = None;
        let mut sender = locked(&self.sender);
        let closed = sender.close();
        self.news.extend(sender.take_news());
        flushed.and(closed)
    }

    /// Whether every record that was sent is acknowledged.
    pub fn has_all_acknowledged(&mut self) -> bool {
        self.ledger.note(&self.news.receipts, false);
        self.ledger.has_all()
    }

    /// How many records from the first on are acknowledged without a gap. Records behind a gap may be, too, and
    /// after a failure all that come later are taken for such.
    pub fn acknowledged(&mut self) -> u64 {
        self.ledger.note(&self.news.receipts, false);
        self.ledger.acknowledged()
    }

    /// Takes note that the batch of the `at`-th partition is pending no more, and makes it a part of the
    /// transaction, if there is one.
    fn note_leaving(&mut self, at: usize) -> Result<(), ProduceError> {
        self.pending_bytes = self.pending_bytes.saturating_sub(self.builders[at].size() - HEADER_LEN);
        if self.pending_bytes == 0 {
            self.pending_since = None;
        }
        if self.transaction.is_some() { self.join_transaction(at) } else { Ok(()) }
    }

    /// Finishes and appends the batch of the `at`-th partition; nothing else is on its way there.
    fn append(&mut self, at: usize) -> Result<(), ProduceError> {
        let appended = self.append_batch(at);
        let has_failed = appended.is_err() || self.hidden_failure.is_some();
        self.ledger.note(&self.news.receipts, has_failed);
        appended
    }

    fn append_batch(&mut self, at: usize) -> Result<(), ProduceError> {
        self.note_leaving(at)?;
        let finished = self.sealing.seal(&mut self.builders[at], &mut self.compressor, &mut self.encoded);
        if let Some(failure) = self.hidden_failure.take() {
            return Err(failure);
        }
        if let Err(error) = finished {
            return self.note_outcome(Err(error.into()));
        }
        self.is_unsettled |= self.config.acks == Acks::All;
        let mut sender = locked(&self.sender);
        let appended = sender.append(at, &mut self.encoded);
        self.news.extend(sender.take_news());
        match appended {
            Err(failure) => {
                sender.resume();
                drop(sender);
                if self.config.acks == Acks::None && matches!(failure, ProduceError::Log { .. }) {
                    self.hidden_failure = Some(failure);
                    return Ok(());
                }
                self.note_refused(at, &failure);
                Err(failure)
            }
            Ok(()) => Ok(()),
        }
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
