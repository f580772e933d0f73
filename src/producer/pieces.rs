//! Sending an input of which there is much, piece by piece: several threads, each of which reads a piece, makes
//! records and batches of it, and appends them.
//!
//! Reading goes on in turn, and so does appending, so that records keep their order; what lies between is done at
//! the same time. A piece stays with the core that has read it, in its cache. How many threads there are depends on
//! who else appends to the same partitions: see [`super::share`].

use std::num::NonZero;

use super::accumulator::{Accumulator, BATCH_SIZE_DEFAULT, Outlet};
use super::limits::fits;
use super::pipeline::Sealing;
use super::{News, Partitioner, ProduceError, Producer, RecordSink};
use crate::log::LogConfig;
use crate::record::{BatchBuilder, Compressor, EncodedBatch, Fields, NewRecord};
use crew::{Crew, Outcome};

mod crew;

/// Bytes of input that make a batch of the size that producers choose, with what is around each record: piece and batch
/// fit into a core's cache together.
const PIECE: usize = 448 << 10;
/// By how much it is larger where it makes batches for several partitions: small ones take the kernel longer, and
/// more of them do not fit into a core's cache.
const SEVERAL: usize = 4;
/// What each partition is to have of a piece, at the least and on average.
const PARTITION_SHARE: usize = 64 << 10;
/// The largest piece that still pays.
const PIECE_MAX: usize = 4 << 20;
/// Memory that all pieces and what is made of them may take. Each is there three times: as it was read, in
/// unfinished batches and in finished ones.
const MEMORY: usize = 36 << 20;
/// How many threads take part at the most.
const THREADS_MAX: usize = 8;

/// How an input is to be cut and sent.
#[derive(Debug, Clone, Copy)]
pub struct PiecePlan {
    /// About how large a piece should be, in bytes.
    pub bytes: usize,
    /// How many threads may send at a time.
    threads: usize,
    /// How many could be at work at a time.
    cores: usize,
    /// Whether it matters how many records come before a piece.
    pub counts_records: bool,
}

/// Why not all pieces were sent.
#[derive(Debug)]
pub enum PieceError<E> {
    /// Batches cannot be appended.
    Append(ProduceError),
    /// What was read or made of a piece: everything before it was appended.
    Piece {
        /// The sum of what was answered for the pieces before it.
        before: u64,
        /// What the piece failed with.
        error: E,
    },
}

/// A thread's own batches.
#[derive(Debug)]
pub struct PieceCollector {
    accumulator: Accumulator,
    sealed: Sealed,
    /// As the partitioner was before the first piece.
    start: Partitioner,
}

/// Finished batches that wait for their turn.
#[derive(Debug)]
struct Sealed {
    sealing: Sealing,
    compressor: Compressor,
    log: LogConfig,
    batches: Vec<SealedBatch>,
    spare: Vec<EncodedBatch>,
    /// For each partition, how many records of the piece come before the first one of its unfinished batch.
    firsts: Vec<u64>,
    records: u64,
}

/// A finished batch of a piece.
#[derive(Debug)]
struct SealedBatch {
    /// The partition that it goes to.
    at: usize,
    /// How many records of the piece come before its first one.
    first: u64,
    encoded: EncodedBatch,
}

impl Outlet for Sealed {
    fn batch_begun(&mut self, at: usize) {
        self.firsts[at] = self.records;
        self.records += 1;
    }

    fn records_added(&mut self, count: u64) {
        self.records += count;
    }

    fn send_off(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        let mut encoded = self.spare.pop().unwrap_or_default();
        self.sealing.seal(batch, &mut self.compressor, &mut encoded)?;
        self.batches.push(SealedBatch { at, first: self.firsts[at], encoded });
        Ok(())
    }

    fn send_off_alone(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        self.send_off(at, batch)?;
        let size = self.batches.last().map_or(0, |sealed| sealed.encoded.bytes().len());
        fits(size, &self.log).inspect_err(|_| {
            self.batches.pop();
            self.records -= 1;
        })
    }
}

impl RecordSink for PieceCollector {
    fn send(&mut self, record: &NewRecord<'_>, partition: Option<i32>) -> Result<i32, ProduceError> {
        self.accumulator.send(record, partition, &mut self.sealed)
    }

    fn send_fields<'a>(
        &mut self,
        like: &NewRecord<'a>,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        partition: Option<i32>,
    ) -> Result<(), ProduceError> {
        self.accumulator.send_fields(like, fields, partition, &mut self.sealed)
    }
}

impl PieceCollector {
    /// Makes keyless records that go one partition after the other go on as if `records` came before this piece.
    pub fn begin_after(&mut self, records: u64) {
        self.accumulator.partitioner = self.start.clone();
        self.accumulator.partitioner.pass_over(records);
    }

    /// Finishes what is left of the piece.
    fn finish(&mut self) -> Result<(), ProduceError> {
        self.accumulator.send_all(|at, batch| self.sealed.send_off(at, batch))
    }
}

impl Producer {
    /// Whether, and how, what is left of the input is better sent in pieces: once batches are being filled, or when `left`,
    /// the bytes of it that are known to be left, will fill some, where nothing is to be done between two records.
    pub fn piece_plan(&self, left: u64) -> Option<PiecePlan> {
        if self.is_in_transaction() || self.config.is_rehearsal {
            return None;
        }
        let partitions = self.accumulator.partitions();
        let bytes = (PIECE * partitions.min(SEVERAL)).max(PARTITION_SHARE.saturating_mul(partitions));
        let is_cut_well = bytes <= PIECE_MAX && self.accumulator.batch_limit() <= BATCH_SIZE_DEFAULT;
        let is_much = self.dispatch.is_flowing() || left >= 2 * bytes as u64;
        if !is_cut_well || !is_much {
            return None;
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = cores.min(THREADS_MAX).min(MEMORY / bytes.saturating_mul(3));
        let counts_records = self.accumulator.partitioner.goes_round();
        (threads > 1).then_some(PiecePlan { bytes, threads, cores, counts_records })
    }

    /// Sends the pieces that `read` puts into its argument, until it answers `false` or no thread can be had: `make`
    /// hands the records of a piece to a collector, and answers how many of whatever the caller counts it has met.
    /// `meanwhile` is given now and then, on this thread, what has come to light. What was sent before is appended
    /// first. Answers the sum of what `make` has answered.
    ///
    /// # Errors
    /// The first failure, in the order of the pieces. What came before it in the input is appended, unless that is
    /// what has failed.
    pub fn send_pieces<P, E, R, S>(
        &mut self,
        plan: PiecePlan,
        read: R,
        make: S,
        mut meanwhile: impl FnMut(News),
    ) -> Result<u64, PieceError<E>>
    where
        P: Default + Send,
        E: Send,
        R: FnMut(&mut P) -> Result<bool, E> + Send,
        S: Fn(&P, &mut PieceCollector) -> Result<u64, E> + Sync,
    {
        self.append_pending().map_err(PieceError::Append)?;
        let collectors: Result<Vec<_>, _> = (0..plan.threads).map(|_| self.collector()).collect();
        let collectors = collectors.map_err(PieceError::Append)?;
        let crew = Crew::new(&mut self.dispatch, plan.cores, read, make, collectors);
        std::thread::scope(|scope| crew.run(scope, &mut meanwhile));
        let Outcome { records, met } = crew.into_outcome();
        self.accumulator.partitioner.pass_over(records);
        self.dispatch.note_pause();
        met
    }

    fn collector(&self) -> Result<PieceCollector, ProduceError> {
        let sealing = self.dispatch.sealing();
        let start = self.accumulator.partitioner.clone();
        Ok(PieceCollector {
            accumulator: Accumulator::new(&self.topic, &self.config, start.clone()),
            start,
            sealed: Sealed {
                sealing,
                compressor: sealing.compressor()?,
                log: self.topic.log,
                batches: Vec::new(),
                spare: Vec::new(),
                firsts: vec![0; self.topic.partitions.len()],
                records: 0,
            },
        })
    }
}

#[cfg(test)]
mod tests;
