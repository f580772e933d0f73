//! Appending to a partition: the only code that takes a partition's lock to write.
//!
//! Batches come encoded, compressed and checksummed. Under the lock the end of the log is looked up, the
//! batches get their offsets and are written; nothing else is done there. See `tail` for how one process
//! learns what another has appended, and `recovery` for what happens at the first append.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::LogConfig;
use super::active::ActiveSegment;
use super::error::{LogError, Repair};
use super::known_log::KnownLog;
use super::locked::LockedLog;
use super::noted_end::NotedEnd;
use super::segment::{Position, SegmentList};
use super::tail::{BootId, Tail};
use super::writeback::{LEFT_BYTES, SyncWork, WRITEBACK_BYTES, Writeback, sync_sealed};
use crate::fs::{FileError, FileLock};
use crate::record::{EncodedBatch, Offset};

/// The name of a partition's lock file.
pub const LOCK_FILE: &str = ".lock";

/// What an append promises when it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The operating system has the data: it survives the death of any process.
    Written,
    /// The disk has the data: it survives a loss of power.
    Synced,
}

/// Offsets that were given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The first record's.
    pub first: Offset,
    /// The one after the last record's.
    pub end: Offset,
}

/// Appends to one partition. Any number of these, in any number of processes, may share a partition.
#[derive(Debug)]
pub struct LogAppender {
    pub(super) dir: PathBuf,
    config: LogConfig,
    pub(super) jitter_ms: i64,
    lock: FileLock,
    boot: BootId,
    known: KnownLog,
    /// How much is appended before such a sync begins, in bytes.
    pub(super) writeback_bytes: u64,
    records_since_sync: i64,
    /// When the first of these was appended.
    unsynced_since: Option<Instant>,
    /// Whether a sync has failed: the kernel may have dropped what it could not write, and would call the
    /// next sync a success.
    is_poisoned: bool,
    /// Whether what is not on the disk at its first append is taken for what others have left.
    takes_over: bool,
}

impl LogAppender {
    /// Opens the partition in folder `dir`. Takes no lock yet, and looks at no segment.
    ///
    /// # Errors
    /// [`LogError::Gone`] when there is no such folder; otherwise when its lock file cannot be opened.
    pub fn open(dir: &Path, config: LogConfig) -> Result<Self, LogError> {
        let lock = FileLock::open_with_folder(&dir.join(LOCK_FILE)).map_err(|e| gone_or(e.into(), dir))?;
        // The clock's low digits are chance enough to spread the rolls of partitions.
        let chance = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let chance = chance.map_or(0, |d| i64::from(d.subsec_nanos()));
        let jitter_ms = if config.segment_jitter_ms > 0 { chance % config.segment_jitter_ms } else { 0 };
        Ok(Self {
            dir: dir.to_owned(),
            config,
            jitter_ms,
            lock,
            boot: BootId::current(),
            known: KnownLog::default(),
            writeback_bytes: WRITEBACK_BYTES,
            records_since_sync: 0,
            unsynced_since: None,
            is_poisoned: false,
            takes_over: true,
        })
    }

    /// As [`LogAppender::open`], in place of one that was [suspended](LogAppender::suspend).
    ///
    /// # Errors
    /// As [`LogAppender::open`].
    pub(crate) fn reopen(dir: &Path, config: LogConfig) -> Result<Self, LogError> {
        Ok(Self { takes_over: false, ..Self::open(dir, config)? })
    }

    /// The log end offset that the last writer of the partition in `dir` left word of, if any. Not looked
    /// up in the log, so a hint only.
    pub fn end_offset_hint(dir: &Path) -> Option<Offset> {
        NotedEnd::of(dir).map(|end| end.offset)
    }

    /// What was mended since the last call.
    pub fn take_repairs(&mut self) -> Vec<Repair> {
        std::mem::take(&mut self.known.repairs)
    }

    /// Appends `batch`, giving it its offsets, and answers once `durability` holds.
    ///
    /// # Errors
    /// The log is as it was before, unless a sync has failed that this append has asked for, by `durability` or the
    /// topic's `flush.messages` or `flush.ms`: then the batch is in the log, but whether it is on the disk is unknown.
    /// After a failure of that sync, or of one in the background, which is told before anything is appended, this
    /// appender takes no more.
    pub fn append(&mut self, batch: &mut EncodedBatch, durability: Durability) -> Result<Appended, LogError> {
        let Some(appended) = self.append_if(batch, durability, || true)? else {
            unreachable!("its condition holds");
        };
        Ok(appended)
    }

    /// As [`LogAppender::append`], if `condition` holds: nobody else appends, nor deletes the partition, between the
    /// look at that and the append. `None` where it does not.
    ///
    /// # Errors
    /// As [`LogAppender::append`].
    pub fn append_if(
        &mut self,
        batch: &mut EncodedBatch,
        durability: Durability,
        condition: impl FnOnce() -> bool,
    ) -> Result<Option<Appended>, LogError> {
        self.check_size(batch)?;
        self.check_poison()?;
        self.note_writeback(Duration::ZERO).map_err(|e| gone_or(e, &self.dir))?;
        let appended = self.append_locked(batch, durability, condition).map_err(|e| gone_or(e, &self.dir))?;
        if appended.is_none() {
            return Ok(None);
        }
        self.records_since_sync += i64::from(batch.header().count);
        if self.config.flush_ms < i64::MAX {
            self.unsynced_since.get_or_insert_with(Instant::now);
        }
        if durability == Durability::Synced || self.records_since_sync >= self.config.flush_messages {
            self.sync_or_poison()?;
        } else {
            self.sync_if_due(false)?;
        }
        Ok(appended)
    }

    /// How long until `flush.ms` asks for a sync of what was appended; `None` when it does not.
    pub fn sync_due_in(&self) -> Option<Duration> {
        let limit = Duration::from_millis(u64::try_from(self.config.flush_ms).unwrap_or(0));
        Some(limit.saturating_sub(self.unsynced_since?.elapsed()))
    }

    /// Puts what was appended on the disk if `flush.ms` asks for it by now, or would later with `is_last`.
    ///
    /// # Errors
    /// When the sync fails, or one has failed before; this appender takes no more then.
    pub fn sync_if_due(&mut self, is_last: bool) -> Result<(), LogError> {
        match self.sync_due_in() {
            Some(left) if left.is_zero() || is_last => {
                self.check_poison()?;
                self.sync_or_poison()
            }
            _ => Ok(()),
        }
    }

    /// Puts everything that was appended through this on the disk.
    ///
    /// # Errors
    /// When that fails, or has failed before; this appender takes no more then.
    pub fn sync_all(&mut self) -> Result<(), LogError> {
        self.check_poison()?;
        // What a sync in the background has met, it alone is told: its end is waited for.
        self.note_writeback(Duration::MAX).map_err(|e| gone_or(e, &self.dir))?;
        self.sync_or_poison()
    }

    /// What has to be done to put everything that this appender has appended on the disk, for another thread to
    /// do; what came of it is to be told to [`LogAppender::note_sync`]. `None` when nothing was appended.
    ///
    /// # Errors
    /// When the files cannot be opened once more, or a sync has failed before.
    pub(crate) fn sync_work(&mut self) -> Result<Option<SyncWork>, LogError> {
        self.check_poison()?;
        let Some(active) = &self.known.active else { return Ok(None) };
        let from =
            self.known.synced.map_or(active.tail.recovery_point, |s| active.tail.recovery_point.max(s));
        let (upto, files) = (active.tail.end(), active.files()?);
        self.records_since_sync = 0;
        self.unsynced_since = None;
        Ok(Some(SyncWork { dir: self.dir.clone(), from, upto, files, generation: self.known.generation }))
    }

    /// Takes note that `work` was done; answers the offset before which everything is on the disk, or `None` if the log
    /// has been mended or replaced since, so that it says nothing.
    ///
    /// # Errors
    /// When it has failed, or another sync has since it began; this appender takes no more then.
    pub(crate) fn note_sync(
        &mut self,
        work: &SyncWork,
        outcome: Result<(), FileError>,
    ) -> Result<Option<Offset>, LogError> {
        if let Err(error) = outcome {
            self.is_poisoned = true;
            return Err(gone_or(error.into(), &self.dir));
        }
        self.check_poison()?;
        if work.generation != self.known.generation {
            return Ok(None);
        }
        self.known.synced = Some(self.known.synced.map_or(work.upto, |synced| synced.max(work.upto)));
        Ok(Some(work.end_offset()))
    }

    /// How often the log was found to be another one than before, because the topic was deleted and made again.
    pub(crate) fn replacements(&self) -> u64 {
        self.known.replacements
    }

    fn check_poison(&self) -> Result<(), LogError> {
        if self.is_poisoned { Err(LogError::SyncFailed(self.dir.clone())) } else { Ok(()) }
    }

    fn sync_or_poison(&mut self) -> Result<(), LogError> {
        let synced = self.sync();
        self.is_poisoned |= synced.is_err();
        synced.map_err(|e| gone_or(e, &self.dir))
    }

    /// The offset that the next record would get now, after mending what a crash left.
    ///
    /// # Errors
    /// When the partition cannot be locked or read.
    pub fn log_end_offset(&mut self) -> Result<Offset, LogError> {
        let guard = self.lock.acquire()?;
        let active = self.known.refresh(&guard, &self.dir, &self.config, self.boot)?;
        Ok(active.tail.end_offset)
    }

    /// Ends the work on the partition. What others have left to be put on the disk, and this appender has
    /// begun with, gets a moment more; else those who come for one record each would never be done with it.
    ///
    /// # Errors
    /// When the disk has refused data, of whatever process.
    pub fn close(&mut self) -> Result<(), LogError> {
        const MOMENT: Duration = Duration::from_millis(50);
        self.give_back_room();
        let Some(writeback) = &self.known.writeback else { return Ok(()) };
        let patience = if writeback.is_of_others { MOMENT } else { Duration::ZERO };
        self.note_writeback(patience)?;
        self.tell_synced()
    }

    /// As [`LogAppender::close`], for who will append to the partition again through another one, which knows nothing
    /// of this one: what `flush.messages` or `flush.ms` ask for later is done now, and a sync that goes on in the
    /// background is waited for. The caller remembers whether [a sync has failed](LogAppender::is_poisoned).
    ///
    /// # Errors
    /// When a sync fails, be it one in the background.
    pub(crate) fn suspend(&mut self) -> Result<(), LogError> {
        self.give_back_room();
        self.note_writeback(Duration::MAX).map_err(|e| gone_or(e, &self.dir))?;
        if self.is_poisoned {
            return Ok(());
        }
        let asks_for_syncs = self.config.flush_messages < i64::MAX || self.config.flush_ms < i64::MAX;
        if asks_for_syncs && self.records_since_sync > 0 {
            self.sync_or_poison()?;
        }
        // It only saves work; that the partition is gone, say, shows at the next append.
        let _ = self.tell_synced();
        Ok(())
    }

    /// Whether a sync has failed, so that this appender, and any other one in its place, takes no more: the disk may lack
    /// what was appended before, and the next sync would not say so.
    pub(crate) fn is_poisoned(&self) -> bool {
        self.is_poisoned
    }

    /// Whether a sync goes on in the background, as far as was noted.
    pub(crate) fn is_syncing(&self) -> bool {
        self.known.writeback.is_some()
    }

    /// Gives back the room that was taken for more than came.
    fn give_back_room(&mut self) {
        if self.known.active.as_ref().is_some_and(ActiveSegment::has_taken_room) {
            // A partition that is gone has none, and what cannot be given back goes with the segment's end.
            let _ = self.with_lock(|log| log.give_back_room());
        }
    }

    /// Leaves word of what this appender has put on the disk.
    fn tell_synced(&mut self) -> Result<(), LogError> {
        if let Some(synced) = self.known.synced {
            let guard = self.lock.acquire()?;
            // If others have begun a new log, or died: it was only to save work.
            if let Some((mut tail, boot)) = Tail::read(guard.file(), self.config.index_interval_bytes)?
                && !guard.is_new()
                && boot == self.boot
            {
                tail.recovery_point = tail.recovery_point.max(synced);
                tail.write(guard.file(), boot)?;
            }
        }
        Ok(())
    }

    /// Takes note of what a sync in the background has come to, if it is done.
    fn note_writeback(&mut self, patience: Duration) -> Result<(), LogError> {
        let Some(outcome) = self.known.writeback.as_ref().and_then(|writeback| writeback.outcome(patience))
        else {
            return Ok(());
        };
        self.known.writeback = None;
        match outcome {
            // What the disk has refused before lies below this too.
            Ok(_) if self.is_poisoned => {}
            Ok(upto) => self.known.synced = Some(self.known.synced.map_or(upto, |synced| synced.max(upto))),
            Err(error) => {
                self.is_poisoned = true;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// The active segment's base offset and size as they were at the last append; `None` before the first.
    pub fn active_segment(&self) -> Option<(Offset, Position)> {
        self.known.active.as_ref().map(|active| (active.tail.base_offset, active.tail.size))
    }

    /// How many bytes have been appended to the partition, by whomever, since somebody began to count, this appender's
    /// last append included; `None` before the first.
    pub(crate) fn bytes_appended(&self) -> Option<u64> {
        self.known.active.as_ref().map(|active| active.tail.appended)
    }

    /// The active segment as it was at the last append; `None` before the first.
    pub(super) fn active(&self) -> Option<&ActiveSegment> {
        self.known.active.as_ref()
    }

    /// What the folder held of segments when this opened the log, for the first who asks after that. Others may have
    /// changed it since.
    pub(crate) fn take_listing(&mut self) -> Option<SegmentList> {
        self.known.listed.take()
    }

    /// Does `work` under the partition's lock, after mending what a crash left.
    ///
    /// # Errors
    /// When the partition cannot be locked or mended, and whatever `work` fails with.
    pub(crate) fn with_lock<T>(
        &mut self,
        work: impl FnOnce(&mut LockedLog<'_>) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        self.with_lock_unmapped(work).map_err(|e| gone_or(e, &self.dir))
    }

    fn with_lock_unmapped<T>(
        &mut self,
        work: impl FnOnce(&mut LockedLog<'_>) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let guard = self.lock.acquire()?;
        let active = self.known.refresh(&guard, &self.dir, &self.config, self.boot)?;
        work(&mut LockedLog {
            dir: &self.dir,
            config: &self.config,
            lock_file: guard.file(),
            boot: self.boot,
            active,
        })
    }

    fn check_size(&self, batch: &EncodedBatch) -> Result<(), LogError> {
        let size = batch.bytes().len();
        if size > self.config.max_message_bytes {
            return Err(LogError::MessageTooLarge { size, limit: self.config.max_message_bytes });
        }
        if size as u64 > self.config.segment_bytes {
            return Err(LogError::SegmentTooSmall { size, limit: self.config.segment_bytes });
        }
        Ok(())
    }

    fn append_locked(
        &mut self,
        batch: &mut EncodedBatch,
        durability: Durability,
        condition: impl FnOnce() -> bool,
    ) -> Result<Option<Appended>, LogError> {
        let is_first = self.takes_over && self.known.active.is_none();
        let guard = self.lock.acquire()?;
        self.known.refresh(&guard, &self.dir, &self.config, self.boot)?;
        let KnownLog { active: Some(active), synced, writeback, generation, .. } = &mut self.known else {
            unreachable!("its end was found just now");
        };
        if !condition() {
            return Ok(None);
        }
        if let Some(synced) = synced.take() {
            active.tail.recovery_point = active.tail.recovery_point.max(synced);
        }
        let mut log = LockedLog {
            dir: &self.dir,
            config: &self.config,
            lock_file: guard.file(),
            boot: self.boot,
            active: &mut *active,
        };
        log.make_room(batch, self.jitter_ms)?;
        let appended = log.append(batch)?;
        let limit = if is_first { LEFT_BYTES.min(self.writeback_bytes) } else { self.writeback_bytes };
        if durability == Durability::Written && writeback.is_none() && active.tail.unsynced() >= limit {
            let (from, upto) = (active.tail.recovery_point, active.tail.end());
            // Without open files to spare it has to wait.
            *writeback = active.files().ok().and_then(|files| {
                Writeback::begin(
                    SyncWork { dir: self.dir.clone(), from, upto, files, generation: *generation },
                    is_first,
                )
            });
        }
        Ok(Some(appended))
    }

    /// Puts everything that this partition holds on the disk.
    fn sync(&mut self) -> Result<(), LogError> {
        let Some(active) = &self.known.active else { return Ok(()) };
        let (from, upto) = (active.tail.recovery_point, active.tail.end());
        sync_sealed(&self.dir, &from, &upto)?;
        active.sync()?;
        self.known.synced = Some(upto);
        self.records_since_sync = 0;
        self.unsynced_since = None;
        Ok(())
    }
}

/// A missing file under a folder that is gone means that the partition was deleted.
pub(super) fn gone_or(error: LogError, dir: &Path) -> LogError {
    match &error {
        LogError::File(e) if e.kind() == std::io::ErrorKind::NotFound && !dir.is_dir() => {
            LogError::Gone(dir.to_owned())
        }
        _ => error,
    }
}
