//! The half of a producer that appends: what Kafka's `Sender` is behind its `RecordAccumulator`.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::limits::fits;
use super::share::Share;
use super::sync_round::{self, SyncRound};
use super::upkeep::Upkeep;
use super::{Acks, ProduceError, ProducerConfig, ProducerTopic, Receipt, number};
use crate::log::{Appended, Durability, LogAppender, LogConfig, LogError, Repair, SyncWork};
use crate::record::{EncodedBatch, Offset};

mod open_logs;
use open_logs::PartitionLog;

/// With `acks=all`, how much is appended before it is put on the disk while more is being appended. Less would
/// have the disk write the file's metadata more often than the data are worth; more would leave it idle for
/// longer at the start.
const SYNC_BYTES: usize = 32 << 20;

/// Appends the batches of one producer.
#[derive(Debug)]
pub(super) struct Sender {
    dirs: Vec<PathBuf>,
    log: LogConfig,
    acks: Acks,
    /// Whether nothing is appended.
    is_rehearsal: bool,
    partitions: Vec<Partition>,
    /// The partitions that have an appender, in the order in which it is looked for one that can do without.
    open: VecDeque<usize>,
    /// How many may have one.
    open_max: usize,
    upkeep: Option<Upkeep>,
    share: Share,
    news: News,
    /// Bytes appended since the last round of syncs began.
    unsynced_bytes: usize,
    /// Syncs that go on.
    round: Option<SyncRound>,
}

/// A partition as its appender sees it.
#[derive(Debug, Default)]
struct Partition {
    log: PartitionLog,
    /// Whether a sync of it is part of the round that goes on.
    is_in_round: bool,
    /// How many records would have been appended.
    rehearsed: i64,
    /// [`LogAppender::bytes_appended`] at the last append.
    bytes_appended: Option<u64>,
    /// With `acks=all`: what was appended and is not known to be on the disk.
    unsynced: Vec<Receipt>,
    /// [`LogAppender::replacements`] when that was appended.
    replacements: u64,
    /// Whether a batch has failed, so that those behind it, which may be on their way, are not to be appended:
    /// the log would lack some in between.
    is_halted: bool,
}

impl Partition {
    /// What has to be done to put all on the disk that was appended to it, in `dir`, and is not known to be there.
    ///
    /// # Errors
    /// [`LogError::Gone`] when another log is in its place, and when it cannot be looked at.
    fn sync_work(&mut self, dir: &Path) -> Result<SyncWork, LogError> {
        let gone = || LogError::Gone(dir.to_owned());
        let appender = self.log.appender.as_mut().ok_or_else(gone)?;
        let mut work = appender.sync_work()?;
        if work.is_none() {
            // It did not find the log in order when it had the lock last, but perhaps does now.
            appender.log_end_offset()?;
            work = appender.sync_work()?;
        }
        let appended = self.unsynced.last().map_or(Offset::ZERO, |last| last.offsets.end);
        let is_same_log = appender.replacements() == self.replacements;
        // Whoever has cut a log off has taken away what was appended as well.
        work.filter(|work| is_same_log && appended <= work.end_offset()).ok_or_else(gone)
    }
}

/// What has come to light since it was asked for last.
#[derive(Debug, Default)]
pub struct News {
    /// Batches that are acknowledged; those of a transaction once it is committed.
    pub receipts: Vec<Receipt>,
    /// What opening partitions has mended.
    pub repairs: Vec<Repair>,
    /// What has gone wrong with retention and cleaning: it keeps nobody from producing.
    pub upkeep_failures: Vec<ProduceError>,
}

impl News {
    /// Adds what came later.
    pub(super) fn extend(&mut self, later: News) {
        self.receipts.extend(later.receipts);
        self.repairs.extend(later.repairs);
        self.upkeep_failures.extend(later.upkeep_failures);
    }
}

impl Sender {
    /// A sender to `topic`. Nothing is opened until a partition gets its first batch.
    pub(super) fn new(topic: &ProducerTopic, config: &ProducerConfig) -> Self {
        let count = topic.partitions.len();
        Self {
            dirs: topic.partitions.clone(),
            log: topic.log,
            acks: config.acks,
            is_rehearsal: config.is_rehearsal,
            partitions: (0..count).map(|_| Partition::default()).collect(),
            open: VecDeque::new(),
            open_max: open_logs::most(),
            upkeep: topic.upkeep.filter(|_| !config.is_rehearsal).map(|config| Upkeep::new(config, count)),
            share: Share::default(),
            news: News::default(),
            unsynced_bytes: 0,
            round: None,
        }
    }

    /// Appends `batch` to the `at`-th partition. With `acks=all` it is acknowledged by [`Sender::settle`], or
    /// by an append after that if much has been appended since.
    ///
    /// # Errors
    /// When the log refuses. Batches of this partition that come behind it are dropped, without an error, until
    /// [`Sender::resume`].
    pub(super) fn append(&mut self, at: usize, batch: &mut EncodedBatch) -> Result<(), ProduceError> {
        if self.partitions[at].is_halted {
            return Ok(());
        }
        let appended = self.append_unhalted(at, batch);
        self.partitions[at].is_halted = appended.is_err();
        let closed = self.close_some();
        appended.and(closed)?;
        if self.acks == Acks::All {
            self.note_synced(false)?;
            if self.unsynced_bytes >= SYNC_BYTES && self.round.is_none() {
                self.begin_round()?;
            }
        }
        Ok(())
    }

    fn append_unhalted(&mut self, at: usize, batch: &mut EncodedBatch) -> Result<(), ProduceError> {
        let bytes = batch.bytes().len();
        if batch.header().count == 1 {
            fits(bytes, &self.log)?;
        }
        let failed = |source| ProduceError::Log { partition: number(at), source };
        let partition = &mut self.partitions[at];
        if self.is_rehearsal {
            let first = Offset(partition.rehearsed);
            partition.rehearsed += i64::from(batch.header().count);
            let offsets = Appended { first, end: Offset(partition.rehearsed) };
            self.news.receipts.push(Receipt { partition: number(at), offsets, bytes });
            return Ok(());
        }
        let appender = partition.log.opened(at, &self.dirs[at], self.log, &mut self.open).map_err(failed)?;
        let appended = appender.append(batch, Durability::Written);
        self.news.repairs.append(&mut appender.take_repairs());
        let receipt = Receipt { partition: number(at), offsets: appended.map_err(failed)?, bytes };
        let is_same_log = partition.replacements == appender.replacements();
        let before = std::mem::replace(&mut partition.bytes_appended, appender.bytes_appended());
        // Who counts may have begun anew.
        if let Some((before, now)) = before.filter(|_| is_same_log).zip(partition.bytes_appended)
            && let Some(of_others) = now.checked_sub(before).and_then(|more| more.checked_sub(bytes as u64))
        {
            self.share.note(bytes as u64, of_others);
        }
        if !is_same_log {
            partition.replacements = appender.replacements();
            if !partition.unsynced.is_empty() {
                // What was appended to the log of a topic that was deleted is nowhere.
                partition.unsynced.clear();
                return Err(failed(LogError::Gone(self.dirs[at].clone())));
            }
        }
        if self.acks == Acks::All {
            partition.unsynced.push(receipt);
            self.unsynced_bytes += bytes;
        } else {
            self.news.receipts.push(receipt);
        }
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.after_append(at, &self.dirs[at], appender);
            self.news.upkeep_failures.append(&mut upkeep.take_failures());
        }
        Ok(())
    }

    /// How much of what is appended is this producer's.
    pub(super) fn share(&self) -> &Share {
        &self.share
    }

    /// The offset that the next record of the `at`-th partition would get now.
    ///
    /// # Errors
    /// When the partition cannot be opened or read.
    pub(super) fn log_end_offset(&mut self, at: usize) -> Result<Offset, ProduceError> {
        let appender = self.partitions[at].log.opened(at, &self.dirs[at], self.log, &mut self.open);
        let end = appender.and_then(LogAppender::log_end_offset);
        let end = end.map_err(|source| ProduceError::Log { partition: number(at), source });
        let closed = self.close_some();
        end.and_then(|end| closed.map(|()| end))
    }

    /// Makes what is appended from now on acknowledged when the disk has it.
    pub(super) fn ask_for_the_disk(&mut self) {
        self.acks = Acks::All;
    }

    /// With `acks=all`, puts everything that was appended on the disk, and so acknowledges it.
    ///
    /// # Errors
    /// The first failure of a sync; other partitions are synced all the same.
    pub(super) fn settle(&mut self) -> Result<(), ProduceError> {
        let mut result = self.note_synced(true);
        while self.has_unsynced() {
            let round = self.begin_round().and_then(|()| self.note_synced(true));
            result = result.and(round);
        }
        result
    }

    /// Whether something was appended, with `acks=all`, that is not known to be on the disk.
    fn has_unsynced(&self) -> bool {
        self.open.iter().any(|at| !self.partitions[*at].unsynced.is_empty())
    }

    /// Begins to sync what was appended, for some partitions if it is in many.
    fn begin_round(&mut self) -> Result<(), ProduceError> {
        self.unsynced_bytes = 0;
        let mut result = Ok(());
        let mut work = Vec::new();
        for &at in &self.open {
            let partition = &mut self.partitions[at];
            if partition.unsynced.is_empty() || work.len() == sync_round::PARTITIONS_MAX {
                continue;
            }
            match partition.sync_work(&self.dirs[at]) {
                Ok(some) => {
                    partition.is_in_round = true;
                    work.push((at, some));
                }
                Err(source) => {
                    partition.unsynced.clear();
                    partition.is_halted = true;
                    result = result.and(Err(ProduceError::Log { partition: number(at), source }));
                }
            }
        }
        self.round = Some(SyncRound::begin(work));
        result
    }

    /// Takes note of the syncs that are done by now; with `waits` of all that go on.
    fn note_synced(&mut self, waits: bool) -> Result<(), ProduceError> {
        let mut result = Ok(());
        while let Some(noted) = self.note_one_synced(waits) {
            result = result.and(noted);
        }
        result
    }

    /// Takes note of one sync that is done by now; with `waits` of the next. `None` when there is none.
    fn note_one_synced(&mut self, waits: bool) -> Option<Result<(), ProduceError>> {
        let round = self.round.as_mut()?;
        let next = round.next(waits);
        if round.is_done() {
            self.round = None;
        }
        let (at, work, outcome) = next?;
        let partition = &mut self.partitions[at];
        partition.is_in_round = false;
        let Some(appender) = &mut partition.log.appender else { return Some(Ok(())) };
        match appender.note_sync(&work, outcome) {
            // What is in a log that was mended since is synced again.
            Ok(None) => {}
            Ok(Some(upto)) => {
                let count = partition.unsynced.partition_point(|receipt| receipt.offsets.end <= upto);
                self.news.receipts.extend(partition.unsynced.drain(..count));
            }
            Err(source) => {
                // They are in the log; whether they are on the disk nobody can say.
                partition.unsynced.clear();
                partition.is_halted = true;
                return Some(Err(ProduceError::Log { partition: number(at), source }));
            }
        }
        Some(Ok(()))
    }

    /// Drops batches of the `at`-th partition from now on: one of them could not be made.
    pub(super) fn halt(&mut self, at: usize) {
        self.partitions[at].is_halted = true;
    }

    /// Appends again to partitions in which a batch has failed: the caller knows of it.
    pub(super) fn resume(&mut self) {
        self.partitions.iter_mut().for_each(|partition| partition.is_halted = false);
    }

    /// What has come to light since the last call.
    pub(super) fn take_news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// How long until `flush.ms` asks for a sync; `None` when it does not.
    pub(super) fn sync_due_in(&self) -> Option<Duration> {
        self.partitions.iter().filter_map(|p| p.log.appender.as_ref()?.sync_due_in()).min()
    }

    /// Puts on the disk what `flush.ms` asks for by now.
    ///
    /// # Errors
    /// When a sync fails.
    pub(super) fn sync_due(&mut self) -> Result<(), ProduceError> {
        self.for_each_appender(|appender| appender.sync_if_due(false))
    }

    /// Ends in good order: puts on the disk what `flush.ms` would have put there later, and gives a cleaning
    /// that is going on a moment to come to its end.
    ///
    /// # Errors
    /// When a sync fails, or the disk has refused data of whatever process; with `acks=0` the last is not told.
    pub(super) fn close(&mut self) -> Result<(), ProduceError> {
        let acks = self.acks;
        if let Some(upkeep) = &mut self.upkeep {
            for (at, partition) in self.partitions.iter_mut().enumerate() {
                if let Some(appender) = &mut partition.log.appender {
                    upkeep.before_end(at, appender);
                }
            }
        }
        let closed = self.for_each_appender(|appender| {
            let synced = appender.sync_if_due(true);
            let closed = appender.close();
            if acks == Acks::None { synced } else { synced.and(closed) }
        });
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.finish();
            self.news.upkeep_failures.append(&mut upkeep.take_failures());
        }
        closed
    }

    /// Does `work` for each partition that is open; answers the first failure.
    fn for_each_appender(
        &mut self,
        mut work: impl FnMut(&mut LogAppender) -> Result<(), LogError>,
    ) -> Result<(), ProduceError> {
        let mut result = Ok(());
        for (at, partition) in self.partitions.iter_mut().enumerate() {
            if let Some(appender) = &mut partition.log.appender {
                let done = work(appender);
                result =
                    result.and(done.map_err(|source| ProduceError::Log { partition: number(at), source }));
            }
        }
        result
    }

    #[cfg(test)]
    pub(super) fn upkeep(&mut self) -> Option<&mut Upkeep> {
        self.upkeep.as_mut()
    }
}
