//! Kafka's consumer: pulls records from the partitions that it is given, in turn.

pub mod filter;
mod last;
pub mod ordered;
mod transactions;
pub mod wait;

use std::ops::ControlFlow;
use std::path::PathBuf;

pub use filter::RecordFilter;
pub use ordered::OrderedConsumer;
pub use wait::{FolderWatch, Waiter, Waker};

use self::transactions::{Fate, Transactions};
use crate::log::{LogError, LogReader, offset_for_time};
use crate::record::{Batch, LeaderEpoch, Offset, RecordDecoder, RecordRef, Timestamp, TimestampType};
use crate::store::TopicPartition;

/// A partition to be read.
#[derive(Debug, Clone)]
pub struct ConsumerPartition {
    /// Which one.
    pub topic_partition: TopicPartition,
    /// Its folder.
    pub dir: PathBuf,
    /// The log start offset that a checkpoint gives; 0 where there is none.
    pub floor: Offset,
}

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartPosition {
    /// At the log start offset.
    Earliest,
    /// At the log end offset.
    Latest,
    /// At this offset.
    At(Offset),
    /// So many offsets before the log end, or at the log start where there are fewer.
    BeforeEnd(u64),
    /// At the first record that is as late as this, or at the log end if there is none.
    AtTime(Timestamp),
}

/// What is not read of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadLimits {
    /// Reading ends before this offset.
    pub until_offset: Option<Offset>,
    /// Reading ends before the first record that is as late as this.
    pub until_time: Option<Timestamp>,
    /// Records of transactions that were aborted are passed over, and reading goes no further than to the first
    /// that is open (`isolation.level=read_committed`).
    pub committed_only: bool,
}

/// A failure to read a partition.
#[derive(Debug, thiserror::Error)]
#[error("partition {topic_partition}: {source}")]
pub struct ConsumeError {
    /// Which partition.
    pub topic_partition: TopicPartition,
    /// What went wrong.
    pub source: LogError,
}

/// A record, with what its batch and partition say of it.
#[derive(Debug, Clone, Copy)]
pub struct ConsumerRecord<'a> {
    /// Its partition.
    pub topic_partition: &'a TopicPartition,
    /// Whose timestamp it has.
    pub timestamp_type: TimestampType,
    /// The term under which it was appended; −1 in magic 0 and 1.
    pub leader_epoch: LeaderEpoch,
    /// The record itself.
    pub record: RecordRef<'a>,
}

/// What a poll came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// There was something; there may be more.
    Progress,
    /// Every partition is at its present end.
    CaughtUp,
    /// Every partition has been read up to where it was to be read.
    Finished,
    /// The receiver broke off. The next poll goes on behind the record that it had last.
    Stopped,
}

/// Reads the partitions that it is given.
#[derive(Debug)]
pub struct Consumer {
    partitions: Vec<Assigned>,
    /// Whose turn it is.
    turn: usize,
    /// How many partitions in a row had nothing.
    idle: usize,
    decoder: RecordDecoder,
    buffer: Vec<u8>,
    turn_bytes: usize,
    limits: ReadLimits,
    stops_at_end: bool,
}

impl Default for Consumer {
    fn default() -> Self {
        Self {
            partitions: Vec::new(),
            turn: 0,
            idle: 0,
            decoder: RecordDecoder::new(),
            buffer: Vec::new(),
            turn_bytes: TURN_BYTES,
            limits: ReadLimits::default(),
            stops_at_end: false,
        }
    }
}

#[derive(Debug)]
struct Assigned {
    topic_partition: TopicPartition,
    reader: LogReader,
    /// The offset of the next record to be delivered.
    position: Offset,
    /// Where reading ends, if it does.
    stop_at: Option<Offset>,
    /// Whether it ends where the log ended when that was looked up.
    ends_at_present_end: bool,
    is_finished: bool,
    /// Whether the receiver broke off in the middle of a batch, which is to be read again from there on.
    broke_off: bool,
    until_time: Option<Timestamp>,
    /// What became of transactions, if that is asked for.
    transactions: Option<Transactions>,
}

/// Bytes that one partition is read for before it is another's turn.
const TURN_BYTES: usize = 1 << 20;

impl Consumer {
    /// A consumer of no partition yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a poll come back after about so many bytes of batches, whole batches at the least.
    pub fn set_turn_bytes(&mut self, bytes: usize) {
        self.turn_bytes = bytes;
    }

    /// Sets what is not read of the partitions that are added from now on.
    pub fn set_limits(&mut self, limits: ReadLimits) {
        self.limits = limits;
    }

    /// A consumer for each partition, each where this one stands, which reads none any more.
    fn split(&mut self) -> impl Iterator<Item = Self> {
        let limits = self.limits;
        self.turn = 0;
        std::mem::take(&mut self.partitions).into_iter().map(move |assigned| Self {
            partitions: vec![assigned],
            limits,
            ..Self::default()
        })
    }

    /// Reads `partition` as well, from `start`.
    ///
    /// # Errors
    /// When it cannot be read, or an offset is out of its range; it is not read then.
    pub fn add(&mut self, partition: ConsumerPartition, start: StartPosition) -> Result<(), ConsumeError> {
        let topic_partition = partition.topic_partition.clone();
        let assigned = Assigned::new(partition, start, self.limits, self.stops_at_end)
            .map_err(|source| ConsumeError { topic_partition, source })?;
        self.partitions.push(assigned);
        self.idle = 0;
        Ok(())
    }

    /// Reads a partition no longer; answers the offset of the record that would have been delivered next.
    pub fn remove(&mut self, topic_partition: &TopicPartition) -> Option<Offset> {
        let at = self.partitions.iter().position(|p| p.topic_partition == *topic_partition)?;
        let removed = self.partitions.remove(at);
        self.idle = 0;
        self.turn = if at < self.turn { self.turn - 1 } else { self.turn } % self.partitions.len().max(1);
        Some(removed.position)
    }

    /// Whether there is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    /// Makes the present end of each partition that is added from now on the end of reading. Looked up once: what
    /// is appended later is not read.
    pub fn stop_at_end(&mut self) {
        self.stops_at_end = true;
    }

    /// The offset of the next record of each partition.
    pub fn positions(&self) -> impl Iterator<Item = (&TopicPartition, Offset)> {
        self.partitions.iter().map(|p| (&p.topic_partition, p.position))
    }

    /// Reads on in one partition and hands its records to `deliver`, until it breaks off.
    ///
    /// # Errors
    /// When the log is damaged or gone; what was delivered before is sound.
    pub fn poll(
        &mut self,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> Result<Poll, ConsumeError> {
        let count = self.partitions.len();
        if self.partitions.iter().all(|p| p.is_finished) {
            return Ok(Poll::Finished);
        }
        let Some(assigned) = self.partitions.get_mut(self.turn) else { return Ok(Poll::Finished) };
        let turn = if assigned.is_finished {
            Turn::Nothing
        } else {
            assigned.reader.give_buffer(std::mem::take(&mut self.buffer));
            let turn = assigned.take_turn(self.turn_bytes, &mut self.decoder, deliver);
            if count > 1 {
                self.buffer = assigned.reader.take_buffer();
            }
            turn.map_err(|source| assigned.error(source))?
        };
        match turn {
            Turn::Stopped => return Ok(Poll::Stopped),
            Turn::Progress => self.idle = 0,
            Turn::Nothing => self.idle += 1,
        }
        self.turn = (self.turn + 1) % count;
        if self.idle < count {
            return Ok(Poll::Progress);
        }
        self.idle = 0;
        Ok(Poll::CaughtUp)
    }
}

enum Turn {
    Progress,
    Nothing,
    Stopped,
}

impl Assigned {
    fn new(
        p: ConsumerPartition,
        start: StartPosition,
        limits: ReadLimits,
        stops_at_end: bool,
    ) -> Result<Self, LogError> {
        let mut reader = LogReader::new(&p.dir, p.floor);
        let position = match start {
            StartPosition::At(offset) => offset,
            StartPosition::Earliest => reader.bounds()?.0,
            StartPosition::Latest => reader.bounds()?.1,
            StartPosition::BeforeEnd(count) => {
                let (first, end) = reader.bounds()?;
                let back = i64::try_from(count).unwrap_or(i64::MAX);
                Offset(end.0.saturating_sub(back)).max(first)
            }
            StartPosition::AtTime(time) => match offset_for_time(&p.dir, p.floor, time)? {
                Some((offset, _)) => offset,
                None => reader.bounds()?.1,
            },
        };
        reader.seek(position)?;
        let topic_partition = p.topic_partition;
        let mut stop_at = limits.until_offset;
        if stops_at_end {
            let end = reader.bounds()?.1;
            stop_at = Some(stop_at.map_or(end, |stop| stop.min(end)));
        }
        Ok(Self {
            topic_partition,
            reader,
            position,
            stop_at,
            ends_at_present_end: stops_at_end,
            is_finished: false,
            broke_off: false,
            until_time: limits.until_time,
            transactions: limits.committed_only.then(|| Transactions::new(&p.dir, p.floor)),
        })
    }

    fn error(&self, source: LogError) -> ConsumeError {
        ConsumeError { topic_partition: self.topic_partition.clone(), source }
    }

    fn take_turn(
        &mut self,
        turn_bytes: usize,
        decoder: &mut RecordDecoder,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> Result<Turn, LogError> {
        let mut bytes = 0;
        if std::mem::take(&mut self.broke_off) {
            self.reader.seek(self.position)?;
        }
        loop {
            if self.stop_at.is_some_and(|stop| self.position >= stop) {
                self.reader.check_end()?;
                self.is_finished = true;
                return Ok(Turn::Progress);
            }
            let Some(batch) = self.reader.next()? else {
                self.lower_stop()?;
                return Ok(if bytes > 0 || self.is_finished { Turn::Progress } else { Turn::Nothing });
            };
            bytes += batch.size();
            let end = batch.last_offset().next();
            if let Some(until) = self.until_time
                && batch.header().max_timestamp >= until
            {
                match first_as_late(&batch, self.position, until, decoder) {
                    Ok(None) => {}
                    Ok(Some(first)) => {
                        self.stop_at = Some(self.stop_at.map_or(first, |stop| stop.min(first)))
                    }
                    Err(error) => return Err(self.reader.undecodable(&error)),
                }
            }
            match fate(&mut self.transactions, &batch)? {
                Fate::Committed => {}
                Fate::Aborted => {
                    self.position = self.position.max(end);
                    continue;
                }
                Fate::Open => {
                    self.reader.seek(self.position)?;
                    // What is open at the end of reading will not be decided in time.
                    self.is_finished = self.ends_at_present_end;
                    return Ok(if self.is_finished { Turn::Progress } else { Turn::Nothing });
                }
            }
            let stop = self.stop_at.unwrap_or(Offset(i64::MAX));
            let (of, position) = (&self.topic_partition, &mut self.position);
            let delivered = deliver_batch(&batch, of, position, stop, decoder, deliver);
            match delivered.map_err(|error| self.reader.undecodable(&error))? {
                ControlFlow::Break(()) => {
                    self.broke_off = true;
                    return Ok(Turn::Stopped);
                }
                // Offsets that compaction or a control record took are passed over.
                ControlFlow::Continue(()) => self.position = self.position.max(end.min(stop)),
            }
            if bytes >= turn_bytes && (turn_bytes < TURN_BYTES || !self.reader.has_buffered_batch()) {
                return Ok(Turn::Progress);
            }
        }
    }

    /// With nothing more to be read, what was taken for the end may have been cut off since.
    fn lower_stop(&mut self) -> Result<(), LogError> {
        if let Some(stop) = self.stop_at.filter(|_| self.ends_at_present_end)
            && self.position < stop
        {
            let (_, end) = self.reader.bounds()?;
            self.stop_at = Some(stop.min(end));
            self.is_finished = self.position >= end;
        }
        Ok(())
    }
}

/// What became of the transaction of `batch`; one that is in none, or where nobody asks, is committed.
fn fate(transactions: &mut Option<Transactions>, batch: &Batch<'_>) -> Result<Fate, LogError> {
    let Some(transactions) = transactions else { return Ok(Fate::Committed) };
    let header = batch.header();
    let attributes = header.attributes;
    if batch.magic() < 2 || !attributes.is_transactional() || attributes.is_control() {
        return Ok(Fate::Committed);
    }
    transactions.fate(header.producer_id, header.base_offset)
}

/// The first record of `batch` from `position` on that is as late as `until`.
fn first_as_late(
    batch: &Batch<'_>,
    position: Offset,
    until: Timestamp,
    decoder: &mut RecordDecoder,
) -> Result<Option<Offset>, crate::record::BatchError> {
    let mut records = decoder.records(batch)?;
    while let Some(record) = records.next()? {
        if record.offset >= position && record.timestamp >= until {
            return Ok(Some(record.offset));
        }
    }
    Ok(None)
}

/// Hands the data records of `batch` from `position` on to `deliver`, moving `position` past each; those from
/// `stop` on are left.
fn deliver_batch(
    batch: &Batch<'_>,
    topic_partition: &TopicPartition,
    position: &mut Offset,
    stop: Offset,
    decoder: &mut RecordDecoder,
    deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, crate::record::BatchError> {
    if batch.header().attributes.is_control() && batch.magic() >= 2 {
        return Ok(ControlFlow::Continue(()));
    }
    let timestamp_type = batch.timestamp_type();
    let leader_epoch = batch.header().leader_epoch;
    let mut records = decoder.records(batch)?;
    while let Some(record) = records.next()? {
        if record.offset < *position {
            continue;
        }
        if record.offset >= stop {
            break;
        }
        let flow = deliver(&ConsumerRecord { topic_partition, timestamp_type, leader_epoch, record });
        *position = record.offset.next();
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}
