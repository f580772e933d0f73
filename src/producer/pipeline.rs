//! Appending behind the back of who reads the input: while one thread fills batches, others compress those that
//! are full, and one appends them.
//!
//! ```text
//! send ──▶ sealer 0 ──▶ appender ──▶ news, empty buffers ──▶ send
//!     └──▶ sealer 1 ──▶
//! ```
//!
//! Batches go to the sealers in turn, and the appender takes them in the same turn, so that they keep their
//! order. Without a codec there are no sealers: a batch's checksum is made where the batch is written, while it
//! is in that core's cache. What is on its way is bounded by the channels.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender as Teller, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::ProduceError;
use super::sender::{News, Sender};
use crate::record::{BatchBuilder, Compression, CompressionError, Compressor, EncodedBatch, Timestamp};

/// How many threads compress at the most: each has a context and two batches.
const SEALERS_MAX: usize = 12;
/// How many batches may wait for the appender, or for each sealer.
const WAITING: usize = 2;

/// The sender, which the pipeline's appender uses, and the producer itself when nothing is on its way.
pub(super) type SharedSender = Arc<Mutex<Sender>>;

/// Locks what threads of a producer share.
pub(super) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked with it is told of when it is joined.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How batches are finished.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealing {
    /// The codec.
    pub(super) compression: Compression,
    /// Its level.
    pub(super) level: Option<i32>,
    /// Whether the log's time replaces the records'.
    pub(super) log_append_time: bool,
}

impl Sealing {
    /// A compressor for it.
    ///
    /// # Errors
    /// When the level is out of the codec's range.
    pub(super) fn compressor(&self) -> Result<Compressor, CompressionError> {
        Compressor::new(self.compression, self.level)
    }

    /// Turns the records in `builder` into a batch in `out`.
    ///
    /// # Errors
    /// When the codec fails; the records are gone then.
    pub(super) fn seal(
        &self,
        builder: &mut BatchBuilder,
        compressor: &mut Compressor,
        out: &mut EncodedBatch,
    ) -> Result<(), CompressionError> {
        builder.finish(compressor, self.log_append_time.then(Timestamp::now), out)
    }
}

/// Buffers of a batch, to be used again.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    builder: BatchBuilder,
    batch: EncodedBatch,
}

/// A full batch on its way to partition `at`.
struct Job {
    at: usize,
    buffers: Buffers,
    sealed: Option<Result<(), CompressionError>>,
}

/// A job that is done.
struct Done {
    buffers: Buffers,
    news: News,
    outcome: Result<(), ProduceError>,
}

/// The threads that seal and append.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// Where jobs go in turn; empty once they are to come to an end.
    entrances: Vec<SyncSender<Job>>,
    turn: usize,
    done: Receiver<Done>,
    on_their_way: usize,
    spare: Vec<Buffers>,
    threads: Vec<JoinHandle<()>>,
}

impl Pipeline {
    /// Begins threads that seal as `sealing` says and append by `sender`; `None` where there are no cores or no
    /// threads to be had for them.
    pub(super) fn begin(sealing: Sealing, sender: &SharedSender) -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        if cores < 2 {
            return None;
        }
        let (tell, done) = channel();
        let mut pipeline = Self {
            entrances: Vec::new(),
            turn: 0,
            done,
            on_their_way: 0,
            spare: Vec::new(),
            threads: Vec::new(),
        };
        let mut exits = Vec::new();
        let sealers = if sealing.compression == Compression::None { 0 } else { cores.min(SEALERS_MAX) };
        for _ in 0..sealers {
            let (entrance, jobs) = sync_channel(WAITING);
            let (exit, sealed) = sync_channel(WAITING);
            let mut compressor = sealing.compressor().ok()?;
            pipeline.entrances.push(entrance);
            exits.push(sealed);
            pipeline.spawn("sealer", move || seal_all(sealing, &mut compressor, &jobs, &exit))?;
        }
        if sealers == 0 {
            let (entrance, jobs) = sync_channel(WAITING);
            pipeline.entrances.push(entrance);
            exits.push(jobs);
        }
        let sender = Arc::clone(sender);
        let mut compressor = Compressor::new(Compression::None, None).ok()?;
        let work = move || append_all(sealing, &mut compressor, &sender, &exits, &tell);
        pipeline.spawn("appender", work)?;
        Some(pipeline)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Option<()> {
        self.threads.push(std::thread::Builder::new().name(name.to_owned()).spawn(work).ok()?);
        Some(())
    }

    /// Sends the records in `builder` on their way to partition `at`, leaving it an empty one. Waits while too
    /// many are on their way.
    pub(super) fn submit(&mut self, at: usize, builder: &mut BatchBuilder) {
        let mut buffers = self.spare.pop().unwrap_or_default();
        std::mem::swap(&mut buffers.builder, builder);
        if self.entrances[self.turn].send(Job { at, buffers, sealed: None }).is_err() {
            self.end();
            unreachable!("as long as there are entrances, only a panic ends the threads");
        }
        self.on_their_way += 1;
        self.turn = if self.turn + 1 == self.entrances.len() { 0 } else { self.turn + 1 };
    }

    /// Whether batches are on their way.
    pub(super) fn is_busy(&self) -> bool {
        self.on_their_way > 0
    }

    /// Adds to `news` what has become of batches that have arrived, with `waits` of all of them; answers the
    /// first failure.
    pub(super) fn collect(&mut self, waits: bool, news: &mut News) -> Result<(), ProduceError> {
        let mut result = Ok(());
        while self.on_their_way > 0 {
            let next = if waits { self.done.recv().ok() } else { self.done.try_recv().ok() };
            let Some(Done { buffers, news: later, outcome }) = next else {
                if waits {
                    self.end();
                    unreachable!("as long as batches are on their way, only a panic ends the threads");
                }
                break;
            };
            self.on_their_way -= 1;
            self.spare.push(buffers);
            news.extend(later);
            result = result.and(outcome);
        }
        result
    }

    /// Lets the threads come to their end. A panic of theirs goes on in this one.
    fn end(&mut self) {
        self.entrances.clear();
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join()
                && !std::thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.end();
    }
}

/// Seals each job, until there will be none any more.
fn seal_all(sealing: Sealing, compressor: &mut Compressor, jobs: &Receiver<Job>, exit: &SyncSender<Job>) {
    for mut job in jobs {
        let Buffers { builder, batch } = &mut job.buffers;
        job.sealed = Some(sealing.seal(builder, compressor, batch));
        if exit.send(job).is_err() {
            return;
        }
    }
}

/// Appends each job, taking them from `exits` in turn, until there will be none any more.
fn append_all(
    sealing: Sealing,
    compressor: &mut Compressor,
    sender: &SharedSender,
    exits: &[Receiver<Job>],
    tell: &Teller<Done>,
) {
    for exit in exits.iter().cycle() {
        let Ok(Job { at, mut buffers, sealed }) = exit.recv() else { return };
        let Buffers { builder, batch } = &mut buffers;
        let sealed = sealed.unwrap_or_else(|| sealing.seal(builder, compressor, batch));
        let mut sender = locked(sender);
        let outcome = match sealed {
            Ok(()) => sender.append(at, batch),
            Err(error) => {
                sender.halt(at);
                Err(error.into())
            }
        };
        let news = sender.take_news();
        drop(sender);
        if tell.send(Done { buffers, news, outcome }).is_err() {
            return;
        }
    }
}
