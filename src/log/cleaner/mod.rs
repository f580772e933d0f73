//! Compaction: of each key only the last record stays (Kafka's `LogCleaner` and `Cleaner`).
//!
//! | what | where |
//! | --- | --- |
//! | the last offset of each key | `offset_map` |
//! | how far producers and transactions have come | `summary`, `transactions` |
//! | what stays of a batch | `filter` |
//! | which segments become one | `groups` |
//! | writing that one | `cleaned_segment`; putting it in place: `log::swap` |
//! | the lock between cleaners, and up to where the log is clean | `note` |
//!
//! A cleaning reads the segments from the first dirty offset to the active one, and keeps for each key the
//! last offset in a map of bounded size. Then it writes all segments anew, from the first on, without the
//! records that the map knows a later one of; segments that have become small are put together. If the map
//! gets full before the end, there is another such pass from where it ended.
//!
//! All of this happens without the partition's lock: segments that are not active do not change but by a
//! cleaner, and by retention, which takes whole ones. The lock is taken to put a new segment in place, and
//! it is looked then whether the old ones are still there. If one of them has gone before, the cleaning ends there:
//! what is left is done another time.

mod cleaned_segment;
mod filter;
mod groups;
mod note;
mod offset_map;
mod pass;
mod summary;
mod transactions;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(super) use cleaned_segment::CleanedSegment;
use groups::SealedSegment;
pub(super) use note::is_at_work;
use pass::Pass;
pub(super) use summary::LogSummary;
pub(super) use transactions::{Transactions, marker_of};

use super::appender::gone_or;
use super::segment::{CLEANED_SUFFIX, SegmentList};
use super::time_index::closed_largest_timestamp;
use super::{LogAppender, LogConfig, LogError, Position};
use crate::fs::{self, FileError, LockGuard};
use crate::record::{Offset, Timestamp};

/// How a partition is compacted; each field but the last is the topic config of that name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CleanerConfig {
    /// How its log grows: segments that have become small are put together within the same limits.
    pub log: LogConfig,
    /// `delete.retention.ms`: how long a tombstone stays after it was first cleaned, in milliseconds.
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms`: how old a record is before it is cleaned, in milliseconds.
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms`: how old a dirty record may get before its log is cleaned in any case.
    pub max_compaction_lag_ms: i64,
    /// `min.cleanable.dirty.ratio`: the dirty share of the log, 0 to 1, above which it is cleaned.
    pub min_cleanable_dirty_ratio: f64,
    /// `file.delete.delay.ms`: how long files that were replaced stay, in milliseconds.
    pub file_delete_delay_ms: i64,
    /// Bytes that the map of keys may take (a broker's `log.cleaner.dedupe.buffer.size`).
    pub map_bytes: usize,
}

/// What the map of keys takes at the most if nobody says otherwise: 2.2 million keys a pass.
pub const MAP_BYTES_DEFAULT: usize = 64 << 20;

impl Default for CleanerConfig {
    /// Kafka's defaults (`LogConfig`).
    fn default() -> Self {
        Self {
            log: LogConfig::default(),
            delete_retention_ms: 24 * 3600 * 1000,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            min_cleanable_dirty_ratio: 0.5,
            file_delete_delay_ms: 60_000,
            map_bytes: MAP_BYTES_DEFAULT,
        }
    }
}

/// How much of a log is clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dirtiness {
    /// Bytes of the segments that have been cleaned.
    pub clean_bytes: u64,
    /// Bytes of the segments that could be cleaned now: those behind, without the active one and what is
    /// younger than `min.compaction.lag.ms`.
    pub dirty_bytes: u64,
    /// Whether a record in them is older than `max.compaction.lag.ms`.
    pub is_overdue: bool,
}

impl Dirtiness {
    /// The dirty share of what could be cleaned, 0 to 1.
    pub fn ratio(&self) -> f64 {
        match self.clean_bytes + self.dirty_bytes {
            0 => 0.0,
            // Beyond 2⁵³ bytes the share is a little off.
            all => self.dirty_bytes as f64 / all as f64,
        }
    }
}

/// What a cleaning came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CleanReport {
    /// Passes over the log; more than one where it has more keys than the map holds.
    pub passes: u32,
    /// Segments that were read, in the first pass.
    pub segments_before: usize,
    /// Segments that they have become.
    pub segments_after: usize,
    /// Bytes of the segments that were read, in the first pass.
    pub bytes_before: u64,
    /// Bytes of what they have become.
    pub bytes_after: u64,
    /// Records that were read, in the first pass.
    pub records_before: u64,
    /// Records that are left of them.
    pub records_after: u64,
    /// Records that were dropped because they have no key.
    pub without_key: u64,
    /// Bytes that were read altogether.
    pub bytes_read: u64,
    /// Whether all that could be cleaned was: not if it was interrupted, or retention took a segment.
    pub is_complete: bool,
    /// Whether another process was cleaning the same partition, so that nothing was done.
    pub was_busy: bool,
}

/// The segments of a log as they are when a pass over it begins.
struct Segments {
    /// Base offsets of those that are no longer appended to, ascending.
    sealed: Vec<Offset>,
    /// The base offset of the one that is.
    active: Offset,
    /// The base offset of the segment from which on data may not be on the disk yet.
    recovery_point: Offset,
}

impl Segments {
    fn all(&self) -> impl Iterator<Item = Offset> + '_ {
        self.sealed.iter().copied().chain([self.active])
    }
}

/// Asked now and then how many more bytes have been read, and whether to go on.
pub type Watcher<'w> = dyn FnMut(u64) -> ControlFlow<()> + 'w;

/// Compacts one partition.
#[derive(Debug)]
pub struct LogCleaner {
    dir: PathBuf,
    config: CleanerConfig,
}

impl LogCleaner {
    /// A cleaner of the partition in folder `dir`. Opens nothing yet.
    pub fn new(dir: &Path, config: CleanerConfig) -> Self {
        Self { dir: dir.to_owned(), config }
    }

    /// How much of the log is clean at `now`. Costs a listing of the folder and a look at each file, without
    /// any lock.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn dirtiness(&self, now: Timestamp) -> Result<Dirtiness, LogError> {
        SegmentList::with(&self.dir, |list| self.dirtiness_of(list, now)).map_err(|e| gone_or(e, &self.dir))
    }

    /// As [`LogCleaner::dirtiness`], of what the folder holds by `list`.
    fn dirtiness_of(&self, list: &SegmentList, now: Timestamp) -> Result<Dirtiness, LogError> {
        let Some((&active, sealed)) = list.logs.split_last() else { return Ok(Dirtiness::default()) };
        let sealed = self.look_at(sealed, active)?;
        let first_dirty = self.first_dirty(&sealed, active)?;
        let bound = self.first_too_young(&sealed, first_dirty, active, now)?;
        let sum =
            |of: &dyn Fn(&SealedSegment) -> bool| sealed.iter().filter(|s| of(s)).map(|s| s.bytes).sum();
        let is_dirty = |s: &SealedSegment| s.next_base > first_dirty && s.base() < bound;
        let mut is_overdue = false;
        if self.config.max_compaction_lag_ms < i64::MAX {
            for segment in sealed.iter().filter(|s| is_dirty(s)) {
                let reader = super::BatchReader::open(&segment.path.log())?;
                let first = reader.header_at(Position(0))?.map(|(header, _)| header.max_timestamp);
                // One without a timestamp is never overdue (`LogCleanerManager.maxCompactionDelay`).
                let age = first.filter(|first| first.0 > 0).map_or(0, |first| now.0.saturating_sub(first.0));
                is_overdue |= age > self.config.max_compaction_lag_ms;
            }
        }
        Ok(Dirtiness {
            clean_bytes: sum(&|s| s.base() < first_dirty),
            dirty_bytes: sum(&is_dirty),
            is_overdue,
        })
    }

    /// Whether the log is dirty enough to be cleaned at `now`: above `min.cleanable.dirty.ratio`, or longer
    /// than `max.compaction.lag.ms` (`LogCleanerManager.grabFilthiestCompactedLog`).
    ///
    /// # Errors
    /// As [`LogCleaner::dirtiness`].
    pub fn is_due(&self, now: Timestamp) -> Result<bool, LogError> {
        Ok(self.is_enough(&self.dirtiness(now)?))
    }

    /// As [`LogCleaner::is_due`], for who has `listed` the folder just now: it is listed once more only if something has
    /// gone since.
    ///
    /// # Errors
    /// As [`LogCleaner::dirtiness`].
    pub(crate) fn is_due_by(&self, listed: Option<SegmentList>, now: Timestamp) -> Result<bool, LogError> {
        match listed.map(|list| self.dirtiness_of(&list, now)) {
            Some(Ok(dirtiness)) => Ok(self.is_enough(&dirtiness)),
            _ => self.is_due(now),
        }
    }

    fn is_enough(&self, dirtiness: &Dirtiness) -> bool {
        dirtiness.dirty_bytes > 0
            && (dirtiness.is_overdue || dirtiness.ratio() > self.config.min_cleanable_dirty_ratio)
    }

    /// Cleans all that can be cleaned at `now`, however little it is. `watch` is asked about every megabyte
    /// whether to go on; what has been put in place by then stays, and is right.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] at a damaged batch, [`LogError::Gone`] when the partition was deleted, and what
    /// the disk refuses. The log is whole in any case.
    pub fn clean(&self, now: Timestamp, watch: &mut Watcher<'_>) -> Result<CleanReport, LogError> {
        self.clean_locked(now, watch).map_err(|e| gone_or(e, &self.dir))
    }

    fn clean_locked(&self, now: Timestamp, watch: &mut Watcher<'_>) -> Result<CleanReport, LogError> {
        let mut lock = note::open_lock(&self.dir)?;
        let Some(guard) = lock.try_acquire()? else {
            return Ok(CleanReport { was_busy: true, ..CleanReport::default() });
        };
        remove_cleaned(&self.dir)?;
        let mut appender = LogAppender::open(&self.dir, self.config.log)?;
        let mut total = CleanReport::default();
        loop {
            let segments = appender.with_lock(|log| {
                let (sealed, active) = (log.sealed_segments()?, log.active_base());
                Ok(Segments { sealed, active, recovery_point: log.recovery_point().base_offset })
            })?;
            match self.clean_once(&mut appender, &segments, &guard, &mut total, now, watch) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(total),
                Err(error) if error.is_missing_file() && self.has_lost_one_of(&segments)? => {
                    remove_cleaned(&self.dir)?;
                    return Ok(total);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes one pass over `segments`, and adds it to `total`; breaks off where there is nothing left to do.
    fn clean_once(
        &self,
        appender: &mut LogAppender,
        segments: &Segments,
        guard: &LockGuard<'_>,
        total: &mut CleanReport,
        now: Timestamp,
        watch: &mut Watcher<'_>,
    ) -> Result<ControlFlow<()>, LogError> {
        let active = segments.active;
        let sealed = self.look_at(&segments.sealed, active)?;
        let first_dirty = self.first_dirty(&sealed, active)?;
        let all: Vec<Offset> = segments.all().collect();
        let Some(summary) = LogSummary::read(&self.dir, &all, watch)? else {
            return Ok(ControlFlow::Break(()));
        };
        let mut bound = self.first_too_young(&sealed, first_dirty, active, now)?;
        bound = summary.first_open().map_or(bound, |open| bound.min(open));
        if bound <= first_dirty {
            total.is_complete = true;
            return Ok(ControlFlow::Break(()));
        }
        let pass = Pass {
            dir: &self.dir,
            config: &self.config,
            summary: &summary,
            segments: &sealed,
            first_dirty,
            bound,
            now,
            recovery_point: segments.recovery_point,
        };
        let (report, clean_to) = match pass.run(Some(appender), watch)? {
            ControlFlow::Continue(done) => done,
            ControlFlow::Break(report) => {
                remove_cleaned(&self.dir)?;
                total.add(report);
                return Ok(ControlFlow::Break(()));
            }
        };
        total.add(report);
        if clean_to <= first_dirty {
            // A single batch has more keys than the map holds.
            return Ok(ControlFlow::Break(()));
        }
        note::write(guard, clean_to)?;
        total.is_complete = clean_to >= bound;
        Ok(if total.is_complete { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Whether one of `segments` is no longer there.
    fn has_lost_one_of(&self, segments: &Segments) -> Result<bool, FileError> {
        let there = SegmentList::read(&self.dir)?.logs;
        Ok(segments.all().any(|base| there.binary_search(&base).is_err()))
    }

    /// What [`LogCleaner::clean`] would come to at `now`, in its first pass. Nothing is changed, and no lock
    /// is taken.
    ///
    /// # Errors
    /// As [`LogCleaner::clean`].
    pub fn dry_run(&self, now: Timestamp, watch: &mut Watcher<'_>) -> Result<CleanReport, LogError> {
        SegmentList::with(&self.dir, |list| self.dry_run_of(list, now, watch))
            .map_err(|e| gone_or(e, &self.dir))
    }

    fn dry_run_of(
        &self,
        list: &SegmentList,
        now: Timestamp,
        watch: &mut Watcher<'_>,
    ) -> Result<CleanReport, LogError> {
        let Some((&active, sealed)) = list.logs.split_last() else { return Ok(CleanReport::default()) };
        let sealed = self.look_at(sealed, active)?;
        let first_dirty = self.first_dirty(&sealed, active)?;
        let Some(summary) = LogSummary::read(&self.dir, &list.logs, watch)? else {
            return Ok(CleanReport::default());
        };
        let bound = self.first_too_young(&sealed, first_dirty, active, now)?;
        let bound = summary.first_open().map_or(bound, |open| bound.min(open));
        if bound <= first_dirty {
            return Ok(CleanReport { is_complete: true, ..CleanReport::default() });
        }
        let (dir, config, segments) = (&self.dir, &self.config, &sealed[..]);
        let recovery_point = active;
        let pass = Pass { dir, config, summary: &summary, segments, first_dirty, bound, now, recovery_point };
        Ok(match pass.run(None, watch)? {
            ControlFlow::Continue((report, clean_to)) => {
                CleanReport { is_complete: clean_to >= bound, ..report }
            }
            ControlFlow::Break(report) => report,
        })
    }

    /// Whether the partition has ever been cleaned here, so that offsets may be missing anywhere in it.
    ///
    /// # Errors
    /// When the note of it cannot be read.
    pub fn has_cleaned(&self) -> Result<bool, FileError> {
        Ok(note::read(&self.dir)?.is_some())
    }

    /// Does `work` while nobody cleans the partition, waiting for a cleaning that goes on. The partition's lock comes
    /// after this one.
    ///
    /// # Errors
    /// When one may not write, and what `work` fails with.
    pub(super) fn alone<T>(&self, work: impl FnOnce() -> Result<T, LogError>) -> Result<T, LogError> {
        let mut lock = note::open_lock(&self.dir)?;
        let _guard = lock.acquire()?;
        work()
    }

    /// Does `work`, which changes nothing, while nobody compacts the partition, waiting for a cleaning that goes on.
    /// Nothing is made for that in the partition's folder: where nobody has ever cleaned, `work` is done once more if
    /// somebody has begun to meanwhile. Who may not write can keep nobody from it.
    pub fn while_idle<T>(&self, mut work: impl FnMut() -> T) -> T {
        loop {
            if note::is_there(&self.dir) {
                let mut lock = note::open_lock(&self.dir).ok();
                let _guard = lock.as_mut().and_then(|lock| lock.acquire().ok());
                return work();
            }
            let done = work();
            if !note::is_there(&self.dir) {
                return done;
            }
        }
    }

    fn look_at(&self, sealed: &[Offset], active: Offset) -> Result<Vec<SealedSegment>, FileError> {
        let behind = sealed.iter().skip(1).copied().chain([active]);
        sealed.iter().zip(behind).map(|(base, next)| SealedSegment::look(&self.dir, *base, next)).collect()
    }

    /// The first offset that is not clean (`LogCleanerManager.cleanableOffsets`).
    fn first_dirty(&self, sealed: &[SealedSegment], active: Offset) -> Result<Offset, FileError> {
        let start = sealed.first().map_or(active, SealedSegment::base);
        Ok(note::read(&self.dir)?.filter(|noted| (start..=active).contains(noted)).unwrap_or(start))
    }

    /// The base offset of the first segment that has a record younger than `min.compaction.lag.ms`, or that
    /// is active.
    fn first_too_young(
        &self,
        sealed: &[SealedSegment],
        first_dirty: Offset,
        active: Offset,
        now: Timestamp,
    ) -> Result<Offset, LogError> {
        let lag = self.config.min_compaction_lag_ms;
        if lag > 0 {
            for segment in sealed.iter().filter(|segment| segment.next_base > first_dirty) {
                if closed_largest_timestamp(&segment.path, segment.modified)?.0 > now.0.saturating_sub(lag) {
                    return Ok(segment.base());
                }
            }
        }
        Ok(active)
    }
}

/// Removes what a cleaner that died, or was interrupted, has written in `dir`, and answers how many files that
/// were. The caller holds the cleaner's lock.
pub(super) fn remove_cleaned(dir: &Path) -> Result<usize, FileError> {
    let mut removed = 0;
    for name in fs::list_folder(dir)? {
        if name.to_str().is_some_and(|name| name.ends_with(CLEANED_SUFFIX)) {
            fs::remove_if_present(&dir.join(name))?;
            removed += 1;
        }
    }
    Ok(removed)
}

impl CleanReport {
    /// Adds what a later pass came to.
    fn add(&mut self, pass: Self) {
        if self.passes == 0 {
            *self = pass;
        } else {
            // A later pass reads what the one before it left.
            self.segments_after = pass.segments_after;
            self.bytes_after = pass.bytes_after;
            self.records_after = pass.records_after;
            self.without_key += pass.without_key;
            self.bytes_read += pass.bytes_read;
            self.passes += pass.passes;
        }
    }
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
