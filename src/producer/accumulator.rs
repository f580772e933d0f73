//! Collecting records into batches, one a partition (Kafka's `RecordAccumulator`).

use std::path::PathBuf;
use std::time::Instant;

use super::limits::{check_size, check_timestamp, usize_of};
use super::{Partitioner, ProduceError, ProducerConfig, ProducerTopic, number};
use crate::log::LogConfig;
use crate::record::header::HEADER_LEN;
use crate::record::{BatchBuilder, Compression, EncodedBatch, Fields, NewRecord, Timestamp};

/// What batches grow to where the user does not say. 500 MB of lines take 15 % less processor time than with half of
/// it, for the kernel takes large writes in larger pieces; 3 % more than with twice as much, of which who looks for
/// one record would have to read and check all.
pub(super) const BATCH_SIZE_DEFAULT: usize = 512 << 10;
/// `batch.size` of Kafka's producer: what even many partitions do not go below.
const BATCH_SIZE_LEAST: usize = 16 << 10;

/// Where batches go that are full, and who counts the records.
pub(super) trait Outlet {
    /// A record was the first one of a batch for the `at`-th partition.
    fn batch_begun(&mut self, at: usize);

    /// So many records were added to batches that had been begun.
    fn records_added(&mut self, count: u64);

    /// Takes what is in `batch`, which is full, for the `at`-th partition, leaving it empty.
    ///
    /// # Errors
    /// When this batch, or one before it, cannot be appended.
    fn send_off(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError>;

    /// Does so with a batch of a single record, which may be too large once it is compressed.
    ///
    /// # Errors
    /// When it is, and those of [`Outlet::send_off`].
    fn send_off_alone(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError>;
}

/// The unfinished batches of a producer.
#[derive(Debug)]
pub(super) struct Accumulator {
    pub(super) partitioner: Partitioner,
    /// The unfinished batch of each partition.
    builders: Vec<BatchBuilder>,
    batch_limit: usize,
    buffer_memory: usize,
    ignore_keys: bool,
    compression: Compression,
    log: LogConfig,
    compacted: bool,
    /// The folder of each partition, where some records are refused; none elsewhere.
    folders: Vec<PathBuf>,
    timestamp_range_ms: Option<(i64, i64)>,
    pending_bytes: usize,
    pending_since: Option<Instant>,
}

impl Accumulator {
    /// One that collects for `topic`, over whose partitions `partitioner` spreads records.
    pub(super) fn new(topic: &ProducerTopic, config: &ProducerConfig, partitioner: Partitioner) -> Self {
        let count = topic.partitions.len();
        let chosen = (config.buffer_memory / count.max(1)).clamp(BATCH_SIZE_LEAST, BATCH_SIZE_DEFAULT);
        let ceiling = topic.log.max_message_bytes.min(usize_of(topic.log.segment_bytes));
        // What does not compress grows a little in its codec's frame.
        let growth = if config.compression == Compression::None { 0 } else { ceiling / 64 + 1024 };
        Self {
            partitioner,
            builders: (0..count).map(|_| BatchBuilder::default()).collect(),
            batch_limit: config.batch_size.unwrap_or(chosen).min(ceiling.saturating_sub(growth)),
            buffer_memory: config.buffer_memory,
            ignore_keys: config.ignore_keys,
            compression: config.compression,
            log: topic.log,
            compacted: topic.compacted,
            folders: if topic.compacted { topic.partitions.clone() } else { Vec::new() },
            timestamp_range_ms: topic.timestamp_range_ms,
            pending_bytes: 0,
            pending_since: None,
        }
    }

    /// How many partitions there are.
    pub(super) fn partitions(&self) -> usize {
        self.builders.len()
    }

    /// Bytes that a batch grows to.
    pub(super) fn batch_limit(&self) -> usize {
        self.batch_limit
    }

    /// When the oldest record that has not been sent off was added.
    pub(super) fn pending_since(&self) -> Option<Instant> {
        self.pending_since
    }

    /// As [`super::RecordSink::send`].
    #[inline]
    pub(super) fn send(
        &mut self,
        record: &NewRecord<'_>,
        partition: Option<i32>,
        outlet: &mut impl Outlet,
    ) -> Result<i32, ProduceError> {
        let chosen = self.place(record.key, partition);
        self.send_to(chosen, record, partition, outlet)
    }

    /// What the folder of the `at`-th partition is called, for messages.
    #[cold]
    fn folder_name(&self, at: usize) -> String {
        let name = self.folders.get(at).and_then(|folder| folder.file_name());
        name.map_or_else(|| at.to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// The partition of a record with this key that is to go to `partition`, or wherever.
    #[inline]
    fn place(&mut self, key: Option<&[u8]>, partition: Option<i32>) -> i32 {
        match partition {
            Some(partition) => partition,
            None => self.partitioner.place(key.filter(|_| !self.ignore_keys)),
        }
    }

    /// Adds `record` to the batch of partition `chosen`, which it was given for it or which [`Accumulator::place`] has
    /// chosen.
    fn send_to(
        &mut self,
        chosen: i32,
        record: &NewRecord<'_>,
        given: Option<i32>,
        outlet: &mut impl Outlet,
    ) -> Result<i32, ProduceError> {
        let count = self.builders.len();
        let found = usize::try_from(chosen).ok().and_then(|at| Some((at, self.builders.get_mut(at)?)));
        let Some((at, builder)) = found else {
            return Err(ProduceError::UnknownPartition { partition: chosen, count });
        };
        if self.compacted && record.key.is_none() {
            return Err(ProduceError::KeyMissing { partition: self.folder_name(at) });
        }
        if let Some(range) = self.timestamp_range_ms {
            check_timestamp(record.timestamp, range, Timestamp::now())?;
        }
        let before = builder.size();
        if builder.push_if_room(record, self.batch_limit) {
            outlet.records_added(1);
            self.pending_bytes += builder.size() - before;
            if self.pending_bytes > self.buffer_memory {
                self.send_all(|at, batch| outlet.send_off(at, batch))?;
            }
            return Ok(chosen);
        }
        if !builder.is_empty() {
            let goes_on = self.partitioner.batch_full(chosen);
            self.note_leaving(at);
            outlet.send_off(at, &mut self.builders[at])?;
            let is_free = given.is_none() && (self.ignore_keys || record.key.is_none());
            if goes_on && is_free && count > 1 {
                return self.send(record, None, outlet);
            }
        }
        self.begin_batch(at, record, outlet)?;
        Ok(chosen)
    }

    /// As [`super::RecordSink::send_fields`].
    #[inline]
    pub(super) fn send_fields<'a>(
        &mut self,
        like: &NewRecord<'a>,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        partition: Option<i32>,
        outlet: &mut impl Outlet,
    ) -> Result<(), ProduceError> {
        let only = partition.or((self.builders.len() == 1).then_some(0));
        // The first shows whether there is such a partition, and whether the timestamp they have in common will do.
        let mut next = fields.next().map(|fields| (self.place(fields.key, only), fields));
        while let Some((chosen, Fields { key, value })) = next {
            self.send_to(chosen, &NewRecord { key, value, ..*like }, partition, outlet)?;
            next = match only {
                _ if !like.headers.is_empty() => fields.next().map(|next| (self.place(next.key, only), next)),
                Some(only) if !self.compacted => {
                    self.add_to(only, like.timestamp, fields, outlet).map(|left_over| (only, left_over))
                }
                _ => self.add_anywhere(only, like.timestamp, fields, outlet),
            };
        }
        Ok(())
    }

    /// Adds records without headers to the batch of one partition, until there are no more or one needs
    /// [more to be done](Accumulator::send_to): that is answered.
    #[inline]
    fn add_to<'a>(
        &mut self,
        partition: i32,
        timestamp: Timestamp,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        outlet: &mut impl Outlet,
    ) -> Option<Fields<'a>> {
        let Some(builder) = usize::try_from(partition).ok().and_then(|at| self.builders.get_mut(at)) else {
            return fields.next();
        };
        let (size, count) = (builder.size(), builder.count());
        let memory = self.buffer_memory.saturating_sub(self.pending_bytes);
        let left_over = builder.push_short_ones(timestamp, fields, self.batch_limit.min(size + memory));
        self.pending_bytes += builder.size() - size;
        outlet.records_added(builder.count().abs_diff(count).into());
        left_over
    }

    /// As [`Accumulator::add_to`], each record to a partition of its own, which is answered too.
    #[inline]
    fn add_anywhere<'a>(
        &mut self,
        partition: Option<i32>,
        timestamp: Timestamp,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        outlet: &mut impl Outlet,
    ) -> Option<(i32, Fields<'a>)> {
        let memory = self.buffer_memory.saturating_sub(self.pending_bytes);
        let (mut records, mut bytes) = (0, 0);
        let mut left_over = None;
        for fields in fields {
            let chosen = self.place(fields.key, partition);
            let is_simple = bytes <= memory && !(self.compacted && fields.key.is_none());
            let builder = usize::try_from(chosen).ok().and_then(|at| self.builders.get_mut(at));
            if is_simple && let Some(builder) = builder {
                let size = builder.size();
                if builder.push_short(timestamp, fields, self.batch_limit) {
                    records += 1;
                    bytes += builder.size() - size;
                    continue;
                }
            }
            left_over = Some((chosen, fields));
            break;
        }
        self.pending_bytes += bytes;
        outlet.records_added(records);
        left_over
    }

    /// Adds `record` as the first of the `at`-th partition's batch.
    fn begin_batch(
        &mut self,
        at: usize,
        record: &NewRecord<'_>,
        outlet: &mut impl Outlet,
    ) -> Result<(), ProduceError> {
        let is_large = record.size_max() > self.batch_limit;
        if is_large {
            check_size(record, &self.log, self.compression)?;
        }
        self.pending_since.get_or_insert_with(Instant::now);
        let builder = &mut self.builders[at];
        let before = builder.size();
        builder.push(record);
        outlet.batch_begun(at);
        self.pending_bytes += builder.size() - before;
        if is_large && self.compression != Compression::None {
            // It has a batch of its own. Whether that is small enough shows when it is compressed, and the
            // caller must learn it while it still knows which record this is.
            self.partitioner.batch_full(number(at));
            self.note_leaving(at);
            outlet.send_off_alone(at, &mut self.builders[at])?;
        }
        if self.pending_bytes > self.buffer_memory {
            self.send_all(|at, batch| outlet.send_off(at, batch))?;
        }
        Ok(())
    }

    /// Hands all unfinished batches, each with the place of its partition, to `send_off`. After a failure those of
    /// other partitions are handed out all the same; the first is answered.
    pub(super) fn send_all(
        &mut self,
        mut send_off: impl FnMut(usize, &mut BatchBuilder) -> Result<(), ProduceError>,
    ) -> Result<(), ProduceError> {
        let mut result = Ok(());
        for at in 0..self.builders.len() {
            if !self.builders[at].is_empty() {
                self.partitioner.batch_full(number(at));
                self.note_leaving(at);
                let sent = send_off(at, &mut self.builders[at]);
                result = result.and(sent);
            }
        }
        result
    }

    /// Lets the `at`-th partition's next batch have the buffer of `batch`, which was its last and has been appended.
    pub(super) fn take_back(&mut self, at: usize, batch: &mut EncodedBatch) {
        self.builders[at].take_back(batch);
    }

    /// The batch of the `at`-th partition is pending no more.
    fn note_leaving(&mut self, at: usize) {
        self.pending_bytes = self.pending_bytes.saturating_sub(self.builders[at].size() - HEADER_LEN);
        if self.pending_bytes == 0 {
            self.pending_since = None;
        }
    }

    /// Forgets the unfinished batches.
    pub(super) fn clear(&mut self) {
        self.builders.iter_mut().for_each(BatchBuilder::clear);
        self.pending_bytes = 0;
        self.pending_since = None;
    }
}
