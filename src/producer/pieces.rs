//! Sending an input of which there is much, piece by piece: several threads, each of which reads a piece, makes
//! records and batches of it, and appends them.
//!
//! Reading goes on in turn, and so does appending, so that records keep their order; what lies between is done at
//! the same time. A piece stays with the core that has read it, in its cache.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::accumulator::{Accumulator, BATCH_SIZE_DEFAULT, Outlet};
use super::dispatch::Dispatch;
use super::limits::fits;
use super::pipeline::Sealing;
use super::turns::Turns;
use super::{News, Partitioner, ProduceError, Producer, RecordSink};
use crate::log::LogConfig;
use crate::record::{BatchBuilder, Compressor, EncodedBatch, Fields, NewRecord};

/// Bytes of input that make two batches of the size that producers choose, with what is around each record.
const PIECE: usize = 896 << 10;
/// By how much it is larger where it makes batches for several partitions: small ones take the kernel longer, and
/// more of them do not fit into a core's cache.
const SEVERAL: usize = 2;
/// What each partition is to have of a piece, at the least and on average.
const PARTITION_SHARE: usize = 64 << 10;
/// The largest piece that still pays.
const PIECE_MAX: usize = 4 << 20;
/// Memory that all pieces and what is made of them may take. Each is there three times: as it was read, in
/// unfinished batches and in finished ones.
const MEMORY: usize = 36 << 20;
/// How many threads take part at the most.
const THREADS_MAX: usize = 8;
/// How often the caller gets to see how far it is.
const MEANWHILE: Duration = Duration::from_millis(50);

/// How an input is to be cut and sent.
#[derive(Debug, Clone, Copy)]
pub struct PiecePlan {
    /// About how large a piece should be, in bytes.
    pub bytes: usize,
    threads: usize,
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
    batches: Vec<(usize, EncodedBatch)>,
    spare: Vec<EncodedBatch>,
    records: u64,
}

impl Outlet for Sealed {
    fn batch_begun(&mut self, _: usize) {
        self.records += 1;
    }

    fn records_added(&mut self, count: u64) {
        self.records += count;
    }

    fn send_off(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        let mut sealed = self.spare.pop().unwrap_or_default();
        self.sealing.seal(batch, &mut self.compressor, &mut sealed)?;
        self.batches.push((at, sealed));
        Ok(())
    }

    fn send_off_alone(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        self.send_off(at, batch)?;
        let size = self.batches.last().map_or(0, |(_, sealed)| sealed.bytes().len());
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
    /// Whether, and how, what is left of the input is better sent in pieces: once batches are being filled, where
    /// nothing is to be done between two records.
    pub fn piece_plan(&self) -> Option<PiecePlan> {
        if !self.dispatch.is_flowing() || self.is_in_transaction() || self.config.is_rehearsal {
            return None;
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let partitions = self.accumulator.partitions();
        let bytes = (PIECE * partitions.min(SEVERAL)).max(PARTITION_SHARE.saturating_mul(partitions));
        let threads = cores.min(THREADS_MAX).min(MEMORY / bytes.saturating_mul(3));
        let pays = threads > 1 && bytes <= PIECE_MAX && self.accumulator.batch_limit() <= BATCH_SIZE_DEFAULT;
        let counts_records = self.accumulator.partitioner.goes_round();
        pays.then_some(PiecePlan { bytes, threads, counts_records })
    }

    /// Sends the pieces that `read` puts into its argument, until it answers `false`: `make` hands the records of a
    /// piece to a collector, and answers how many of whatever the caller counts it has met. `meanwhile` is given now
    /// and then, on this thread, what has come to light. What was sent before is appended first. Answers the sum of
    /// what `make` has answered.
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
        P: Default,
        E: Send,
        R: FnMut(&mut P) -> Result<bool, E> + Send,
        S: Fn(&P, &mut PieceCollector) -> Result<u64, E> + Sync,
    {
        self.append_pending().map_err(PieceError::Append)?;
        let collectors: Result<Vec<_>, _> = (0..plan.threads).map(|_| self.collector()).collect();
        let collectors = collectors.map_err(PieceError::Append)?;
        let crew = Crew {
            source: Mutex::new(Source { read, pieces: 0 }),
            make,
            turns: Turns::default(),
            state: Mutex::new(State {
                dispatch: &mut self.dispatch,
                records: 0,
                met: 0,
                failure: None,
                at_work: 0,
            }),
            changed: Condvar::new(),
            is_over: AtomicBool::new(false),
        };
        std::thread::scope(|scope| crew.run(scope, collectors, &mut meanwhile));
        let state = crew.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (failure, met, records) = (state.failure, state.met, state.records);
        self.accumulator.partitioner.pass_over(records);
        self.dispatch.note_pause();
        failure.map_or(Ok(met), Err)
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
                records: 0,
            },
        })
    }
}

/// What the threads share.
struct Crew<'a, R, S, E> {
    source: Mutex<Source<R>>,
    make: S,
    turns: Turns,
    state: Mutex<State<'a, E>>,
    /// Whether one has ended.
    changed: Condvar,
    /// Whether no more pieces are to be read.
    is_over: AtomicBool,
}

/// Where pieces come from, one at a time.
struct Source<R> {
    read: R,
    /// How many have been read.
    pieces: u64,
}

/// How far it is.
struct State<'a, E> {
    dispatch: &'a mut Dispatch,
    records: u64,
    /// The sum of what was answered for pieces.
    met: u64,
    failure: Option<PieceError<E>>,
    /// How many threads have not come to their end.
    at_work: usize,
}

impl<'a, R, S, E: Send> Crew<'a, R, S, E> {
    fn state(&self) -> MutexGuard<'_, State<'a, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has each of `collectors` used by a thread of its own, and waits for all to come to their end.
    fn run<'scope, P>(
        &'scope self,
        scope: &'scope std::thread::Scope<'scope, '_>,
        collectors: Vec<PieceCollector>,
        meanwhile: &mut impl FnMut(News),
    ) where
        P: Default,
        R: FnMut(&mut P) -> Result<bool, E> + Send,
        S: Fn(&P, &mut PieceCollector) -> Result<u64, E> + Sync,
    {
        for collector in collectors {
            self.state().at_work += 1;
            let ends = AtWork(self);
            let thread = std::thread::Builder::new().name("piece".to_owned());
            // Those that can be had do all of it. Without any nothing is read, and the caller goes on by itself.
            let _ = thread.spawn_scoped(scope, move || {
                let _ends = ends;
                self.work(collector);
            });
        }
        let mut state = self.state();
        while state.at_work > 0 {
            let waited = self.changed.wait_timeout_while(state, MEANWHILE, |state| state.at_work > 0);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let news = state.dispatch.take_news();
            drop(state);
            meanwhile(news);
            state = self.state();
        }
    }

    /// Reads pieces, makes batches of each and appends them, until there are no more.
    fn work<P>(&self, mut collector: PieceCollector)
    where
        P: Default,
        R: FnMut(&mut P) -> Result<bool, E> + Send,
        S: Fn(&P, &mut PieceCollector) -> Result<u64, E> + Sync,
    {
        let mut piece = P::default();
        loop {
            let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let read = (source.read)(&mut piece);
            if !matches!(read, Ok(true)) {
                self.is_over.store(true, Ordering::Relaxed);
            }
            if matches!(read, Ok(false)) {
                return;
            }
            let turn = self.turns.take(source.pieces);
            source.pieces += 1;
            drop(source);
            let made = read.and_then(|_| (self.make)(&piece, &mut collector));
            // What comes before a failure in the piece is produced.
            let finished = collector.finish();
            if turn.pass(|| self.append(&mut collector, made, finished)).is_none() {
                return;
            }
        }
    }

    /// Appends what was made of a piece, unless an earlier one has failed.
    fn append(
        &self,
        collector: &mut PieceCollector,
        made: Result<u64, E>,
        finished: Result<(), ProduceError>,
    ) {
        let mut state = self.state();
        if state.failure.is_some() {
            return;
        }
        let sealed = &mut collector.sealed;
        let records = std::mem::take(&mut sealed.records);
        state.records += records;
        state.dispatch.ledger.begin_batches(sealed.batches.iter().map(|(at, _)| *at), records);
        let mut appended = Ok(());
        for (at, mut batch) in sealed.batches.drain(..) {
            appended = appended.and_then(|()| state.dispatch.append_sealed(at, &mut batch));
            collector.accumulator.take_back(at, &mut batch);
            sealed.spare.push(batch);
        }
        let before = state.met;
        let outcome = appended.and(finished).map_err(PieceError::Append);
        match outcome.and(made.map_err(|error| PieceError::Piece { before, error })) {
            Ok(met) => state.met += met,
            Err(failure) => {
                state.failure = Some(failure);
                self.is_over.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// One more thread that works, until it is dropped.
struct AtWork<'a, 'b, R, S, E: Send>(&'a Crew<'b, R, S, E>);

impl<R, S, E: Send> Drop for AtWork<'_, '_, R, S, E> {
    fn drop(&mut self) {
        self.0.state().at_work -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
