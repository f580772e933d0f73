//! Kafka's consumer: pulls records from the partitions that it is given, in turn.

mod assigned;
pub mod filter;
mod last;
mod notifier;
pub mod ordered;
pub mod range;
pub mod record;
mod transactions;
pub mod wait;

use std::ops::ControlFlow;
use std::path::PathBuf;

pub use filter::RecordFilter;
pub use ordered::OrderedConsumer;
pub use range::{EndPosition, ReadLimits, StartPosition};
pub use record::{BatchFacts, ConsumerRecord, LogOffsets};
pub use transactions::TransactionFate;
pub use wait::{FolderWatch, Waiter, Waker};

use self::assigned::{Assigned, Turn};
use crate::fs::room_for_files;
use crate::log::LogError;
use crate::record::{Offset, RecordDecoder};
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

/// A failure to read a partition.
#[derive(Debug, thiserror::Error)]
#[error("partition {topic_partition}: {source}")]
pub struct ConsumeError {
    /// Which partition.
    pub topic_partition: TopicPartition,
    /// What went wrong.
    pub source: LogError,
}

/// What is delivered besides data, and found out about it; each costs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadDetails {
    /// Control records are delivered too.
    pub control: bool,
    /// What became of transactions is told of their records.
    pub fates: bool,
    /// The partition's log start and log end offset are told.
    pub log_offsets: bool,
    /// Its last stable offset is told too, for which all of it is read once more.
    pub last_stable: bool,
}

/// What a poll came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// There was something; there may be more.
    Progress,
    /// There was something; it seems to be all for now.
    Pause,
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
    details: ReadDetails,
    stops_at_end: bool,
    /// How many partitions may have open files between their turns.
    open_max: usize,
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
            details: ReadDetails::default(),
            stops_at_end: false,
            open_max: room_for_files(FILES_EACH),
        }
    }
}

/// Bytes that one partition is read for before it is another's turn.
const TURN_BYTES: usize = 1 << 20;
/// How many files a partition may have open: the reader's folder and segment, and the same for those who look for the
/// end of a transaction and for the last stable offset.
const FILES_EACH: usize = 6;

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

    /// Sets what else is told of the partitions that are added from now on.
    pub fn set_details(&mut self, details: ReadDetails) {
        self.details = details;
    }

    /// A consumer for each partition, each where this one stands, which reads none any more. Each reads about
    /// `read_bytes` at a time.
    fn split(&mut self, read_bytes: usize) -> impl Iterator<Item = Self> {
        let (limits, open_max) = (self.limits, self.open_max);
        self.turn = 0;
        std::mem::take(&mut self.partitions).into_iter().map(move |assigned| Self {
            partitions: vec![assigned],
            limits,
            buffer: vec![0; read_bytes],
            open_max,
            ..Self::default()
        })
    }

    /// Reads `partition` as well, from `start`, and to `end` if there is one, but no further than the limits
    /// that were set.
    ///
    /// # Errors
    /// When it cannot be read, or an offset is out of its range; it is not read then.
    pub fn add(
        &mut self,
        partition: ConsumerPartition,
        start: StartPosition,
        end: Option<EndPosition>,
    ) -> Result<(), ConsumeError> {
        let topic_partition = partition.topic_partition.clone();
        let assigned = Assigned::new(partition, start, self.limits, self.details)
            .and_then(|mut assigned| {
                assigned.end_at(self.stops_at_end.then_some(EndPosition::PresentEnd))?;
                assigned.end_at(end)?;
                Ok(assigned)
            })
            .map_err(|source| ConsumeError { topic_partition, source })?;
        self.partitions.push(assigned);
        self.idle = 0;
        if self.partitions.len() > self.open_max
            && let Some(added) = self.partitions.last_mut()
        {
            added.let_files_go();
        }
        Ok(())
    }

    /// Keeps no files open between two polls from now on.
    fn keep_nothing_open(&mut self) {
        self.open_max = 0;
        self.partitions.iter_mut().for_each(Assigned::let_files_go);
    }

    /// Reads a partition no longer; answers the offset of the record that would have been delivered next.
    pub fn remove(&mut self, topic_partition: &TopicPartition) -> Option<Offset> {
        let at = self.partitions.iter().position(|p| p.topic_partition == *topic_partition)?;
        let removed = self.partitions.remove(at);
        self.idle = 0;
        self.turn = if at < self.turn { self.turn - 1 } else { self.turn } % self.partitions.len().max(1);
        Some(removed.position)
    }

    /// Makes what has been delivered of a partition all that is read of it.
    pub fn finish(&mut self, topic_partition: &TopicPartition) {
        for assigned in self.partitions.iter_mut().filter(|p| p.topic_partition == *topic_partition) {
            assigned.is_finished = true;
        }
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

    /// Whether a log may be damaged at its present end, or just be written to: whoever has caught up has to look again,
    /// even if nothing happens.
    pub fn is_in_doubt(&self) -> bool {
        self.partitions.iter().any(|assigned| assigned.reader.is_in_doubt())
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
            // A reader that is the only one keeps its own.
            if !self.buffer.is_empty() {
                assigned.reader.give_buffer(std::mem::take(&mut self.buffer));
            }
            let turn = assigned.take_turn(self.turn_bytes, &mut self.decoder, deliver);
            let lets_go = count > self.open_max;
            if count > 1 || lets_go {
                self.buffer = assigned.reader.take_buffer();
            }
            if lets_go {
                assigned.let_files_go();
            }
            turn.map_err(|source| assigned.error(source))?
        };
        match turn {
            Turn::Stopped => return Ok(Poll::Stopped),
            Turn::Progress | Turn::Pause => self.idle = 0,
            Turn::Nothing => self.idle += 1,
        }
        self.turn = (self.turn + 1) % count;
        if matches!(turn, Turn::Pause) {
            return Ok(Poll::Pause);
        }
        if self.idle < count {
            return Ok(Poll::Progress);
        }
        self.idle = 0;
        Ok(Poll::CaughtUp)
    }
}
