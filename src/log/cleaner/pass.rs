//! One pass over a log: the map of its dirty keys is built, and every segment written anew by it
//! (`Cleaner.doClean`).

use std::ops::ControlFlow;
use std::path::Path;

use super::cleaned_segment::CleanedSegment;
use super::filter::{BatchFilter, Filtered};
use super::groups::{SealedSegment, group_by_size};
use super::offset_map::OffsetMap;
use super::summary::LogSummary;
use super::transactions::{Transactions, marker_of};
use super::{CleanReport, CleanerConfig, Watcher};
use crate::fs;
use crate::log::batch_reader::{Advance, BatchReader, Check};
use crate::log::bounds::find_position;
use crate::log::swap::{Disposal, swap_in};
use crate::log::{LogAppender, LogError, Position};
use crate::record::{Batch, BatchError, Offset, RecordDecoder, Timestamp};

/// Bytes that are read before it is asked whether to go on.
const WATCH_EVERY: u64 = 1 << 20;

/// A pass that is about to be made.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    pub(super) dir: &'a Path,
    pub(super) config: &'a CleanerConfig,
    pub(super) summary: &'a LogSummary,
    /// The segments that are no longer appended to.
    pub(super) segments: &'a [SealedSegment],
    pub(super) first_dirty: Offset,
    /// The first offset that may not be cleaned.
    pub(super) bound: Offset,
    pub(super) now: Timestamp,
    /// The base offset of the segment from which on data may not be on the disk yet.
    pub(super) recovery_point: Offset,
}

/// What a pass came to and up to where the log is clean; or what it came to when it was broken off.
pub(super) type Outcome = ControlFlow<CleanReport, (CleanReport, Offset)>;

/// Tells the watcher now and then.
struct Meter<'m, 'w> {
    watch: &'m mut Watcher<'w>,
    unsaid: u64,
    read: u64,
}

impl Meter<'_, '_> {
    fn read(&mut self, bytes: usize) -> ControlFlow<()> {
        self.unsaid += bytes as u64;
        self.read += bytes as u64;
        if self.unsaid < WATCH_EVERY {
            return ControlFlow::Continue(());
        }
        (self.watch)(std::mem::take(&mut self.unsaid))
    }
}

impl Pass<'_> {
    /// Makes the pass; without an `appender`, whose lock guards the swaps, nothing is written.
    pub(super) fn run(
        &self,
        mut appender: Option<&mut LogAppender>,
        watch: &mut Watcher<'_>,
    ) -> Result<Outcome, LogError> {
        let mut report = CleanReport { passes: 1, ..CleanReport::default() };
        let mut meter = Meter { watch, unsaid: 0, read: 0 };
        let mut map = OffsetMap::new(self.config.map_bytes);
        if self.build_map(&mut map, &mut meter)?.is_break() {
            return Ok(ControlFlow::Break(report));
        }
        let clean_to = map.latest_offset().map_or(self.first_dirty, Offset::next).min(self.bound);
        let within = self.segments.partition_point(|segment| segment.base() < clean_to);
        if let Some(appender) = appender.as_deref_mut() {
            // The map may know some keys of the batch that comes next, which did not fit, and lets older records go for
            // them: the segment that begins with that batch counts too.
            let mapped = self.segments.partition_point(|segment| segment.base() <= clean_to);
            self.put_on_disk(&self.segments[..mapped], appender)?;
        }
        let mut filter =
            BatchFilter::new(&map, self.summary, self.bound, self.now, self.config.delete_retention_ms);
        let legacy_horizon = self.legacy_delete_horizon();
        for group in group_by_size(&self.segments[..within], &self.config.log) {
            let written =
                self.clean_group(group, &mut filter, legacy_horizon, appender.as_deref_mut(), &mut meter)?;
            let counts = filter.counts();
            report.records_before = counts.records;
            report.records_after = counts.records_kept;
            report.without_key = counts.without_key;
            report.bytes_read = meter.read;
            let Some(bytes) = written else { return Ok(ControlFlow::Break(report)) };
            report.segments_before += group.len();
            report.segments_after += 1;
            report.bytes_before += group.iter().map(|segment| segment.bytes).sum::<u64>();
            report.bytes_after += bytes;
        }
        let _ = (meter.watch)(meter.unsaid);
        Ok(ControlFlow::Continue((report, clean_to)))
    }

    /// Notes the last offset of each key from the first dirty offset on, until the map is full.
    fn build_map(&self, map: &mut OffsetMap, meter: &mut Meter<'_, '_>) -> Result<ControlFlow<()>, LogError> {
        let mut transactions = Transactions::new(&self.summary.aborted, self.first_dirty);
        let mut decoder = RecordDecoder::new();
        let dirty = |s: &&SealedSegment| s.next_base > self.first_dirty && s.base() < self.bound;
        for segment in self.segments.iter().filter(dirty) {
            let from = find_position(&segment.path, self.first_dirty)?;
            let (mut is_full, mut is_at_bound) = (false, false);
            let walked = walk(segment, from, |batch| {
                if batch.header().base_offset >= self.bound {
                    is_at_bound = true;
                    return Ok(ControlFlow::Break(()));
                }
                is_full = !map_batch(batch, self.first_dirty, map, &mut transactions, &mut decoder)?;
                Ok(if is_full { ControlFlow::Break(()) } else { meter.read(batch.size()) })
            })?;
            if is_full {
                return Ok(ControlFlow::Continue(()));
            }
            if walked.is_break() && !is_at_bound {
                return Ok(ControlFlow::Break(()));
            }
            // There may be gaps at the end of a segment.
            map.set_latest_offset(segment.next_base.min(self.bound).plus(-1));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Puts `segments` on the disk, and leaves word of it: no record may go for the sake of a later one that
    /// a loss of power can take, and nobody may look for gaps in the offsets afterwards.
    fn put_on_disk(&self, segments: &[SealedSegment], appender: &mut LogAppender) -> Result<(), LogError> {
        let Some(last) = segments.last() else { return Ok(()) };
        for segment in segments.iter().filter(|segment| segment.base() >= self.recovery_point) {
            for file in [segment.path.log(), segment.path.index(), segment.path.time_index()] {
                fs::sync_file_if_present(&file)?;
            }
        }
        fs::sync_dir(self.dir)?;
        appender.with_lock(|log| Ok(log.set_on_disk_before(last.next_base)?))
    }

    /// Until when a tombstone of magic 0 or 1 must have been written to go now.
    fn legacy_delete_horizon(&self) -> Option<std::time::SystemTime> {
        let clean = self.segments.iter().rfind(|segment| segment.base() < self.first_dirty)?;
        let retention = u64::try_from(self.config.delete_retention_ms).unwrap_or(0);
        clean.modified.checked_sub(std::time::Duration::from_millis(retention))
    }

    /// Makes one segment of a group of them; answers its size, or `None` when it was not put in place.
    fn clean_group(
        &self,
        group: &[SealedSegment],
        filter: &mut BatchFilter<'_>,
        legacy_horizon: Option<std::time::SystemTime>,
        appender: Option<&mut LogAppender>,
        meter: &mut Meter<'_, '_>,
    ) -> Result<Option<u64>, LogError> {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return Ok(None) };
        let interval = self.config.log.index_interval_bytes;
        let mut cleaned = match appender {
            Some(_) => CleanedSegment::create(self.dir, first.base(), interval)?,
            None => CleanedSegment::imagine(self.dir, first.base(), interval),
        };
        for segment in group {
            filter.keeps_legacy_tombstones = legacy_horizon.is_none_or(|horizon| segment.modified > horizon);
            let walked = walk(segment, Position(0), |batch| {
                let (room, aborted) = cleaned.room();
                let filtered = filter.filter(batch, room, aborted).map_err(WalkError::Batch)?;
                if let Filtered::Kept(header) = filtered {
                    cleaned.added(&header).map_err(WalkError::Log)?;
                }
                Ok(meter.read(batch.size()))
            })?;
            if walked.is_break() {
                return Ok(None);
            }
        }
        let size = cleaned.size();
        let Some(appender) = appender else { return Ok(Some(size)) };
        cleaned.finish(last.modified, group.iter().any(|segment| segment.has_txn_index))?;
        let bases: Vec<Offset> = group.iter().map(SealedSegment::base).collect();
        let disposal = Disposal::after_delay(self.config.file_delete_delay_ms);
        let is_in_place = appender.with_lock(|log| {
            for segment in group {
                if !segment.is_unchanged()? {
                    return Ok(false);
                }
            }
            swap_in(log.dir(), first.base(), &bases, disposal)?;
            Ok(true)
        })?;
        Ok(is_in_place.then_some(size))
    }
}

/// Why a walk ended early.
enum WalkError {
    Batch(BatchError),
    Log(LogError),
}

impl From<BatchError> for WalkError {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

/// Shows `visit` every batch of a segment that is no longer appended to, until it breaks off.
fn walk(
    segment: &SealedSegment,
    from: Position,
    mut visit: impl FnMut(&Batch<'_>) -> Result<ControlFlow<()>, WalkError>,
) -> Result<ControlFlow<()>, LogError> {
    let path = segment.path.log();
    let mut reader = BatchReader::open(&path)?;
    reader.seek(from);
    let mut next_offset = segment.base();
    loop {
        let at = reader.position();
        let damaged = |reason: String| LogError::Corrupt {
            path: path.clone(),
            position: at,
            offset: next_offset,
            reason,
        };
        match reader.advance(Check::Checksums)? {
            Advance::Batch(_) => {}
            Advance::End => return Ok(ControlFlow::Continue(())),
            Advance::Incomplete(there) => return Err(damaged(format!("only {there} bytes of it are there"))),
            Advance::Invalid(error) => return Err(damaged(error.to_string())),
        }
        let Some(batch) = reader.batch() else { return Ok(ControlFlow::Continue(())) };
        next_offset = batch.last_offset().next();
        match visit(&batch) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => return Ok(ControlFlow::Break(())),
            Err(WalkError::Log(error)) => return Err(error),
            Err(WalkError::Batch(error)) => {
                return Err(LogError::corrupt(&path, at, batch.header().base_offset, &error));
            }
        }
    }
}

/// Notes the keys of a batch; `false` when the map is full, and knows only some of them.
fn map_batch(
    batch: &Batch<'_>,
    from: Offset,
    map: &mut OffsetMap,
    transactions: &mut Transactions<'_>,
    decoder: &mut RecordDecoder,
) -> Result<bool, BatchError> {
    if batch.header().attributes.is_control() {
        let marker = marker_of(batch, decoder)?;
        transactions.on_marker(batch, marker);
    } else if !transactions.on_batch(batch) {
        let mut records = decoder.records(batch)?;
        while let Some(record) = records.next()? {
            if let Some(key) = record.key
                && record.offset >= from
                && !map.put(key, record.offset)
            {
                return Ok(false);
            }
        }
    }
    if batch.last_offset() >= from {
        map.set_latest_offset(batch.last_offset());
    }
    Ok(true)
}
