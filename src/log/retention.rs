//! Deleting old segments, by age, by size, and below the log start offset (`UnifiedLog.deleteOldSegments`).
//!
//! Only whole segments go, the oldest first, and each only while all before it go too. The log then starts at
//! the first that is left. When all of them go, an empty one is begun at the log end offset before, so that
//! no offset is given out twice.
//!
//! A segment that goes is renamed (`.deleted`) and removed once `file.delete.delay.ms` has passed, by
//! whoever looks after the partition next. Readers that have it open read on to its end in any case.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::checkpoint;
use super::error::LogError;
use super::locked::LockedLog;
use super::segment::{DELETED_SUFFIX, SegmentList, SegmentPath};
use super::swap::{Disposal, dispose};
use super::time_index::closed_largest_timestamp;
use super::{LogAppender, bounds};
use crate::fs::{self, FileError, IoContext as _};
use crate::record::{Offset, Timestamp};

/// What is kept of a partition; each field is the topic config of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionConfig {
    /// `retention.ms`: the age above which a segment goes, in milliseconds; `None` for no limit, and where
    /// `cleanup.policy` is without `delete`.
    pub retention_ms: Option<i64>,
    /// `retention.bytes`: the size of the log that is kept at least, in bytes; `None` likewise.
    pub retention_bytes: Option<i64>,
    /// `file.delete.delay.ms`: how long the files of a segment stay that is no longer part of the log.
    pub file_delete_delay_ms: i64,
}

/// What retention came to, or would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retained {
    /// Segments that went because of their age.
    pub segments_by_age: usize,
    /// Segments that went because of the log's size.
    pub segments_by_size: usize,
    /// Segments that went because they lie below the log start offset.
    pub segments_by_start: usize,
    /// Bytes of their `.log` files.
    pub bytes: u64,
    /// Bytes of the `.log` files that are left.
    pub bytes_left: u64,
    /// Where the log starts now.
    pub start: Offset,
    /// The size of the active segment at which the next segment goes because of the log's size.
    pub next_at: Option<u64>,
}

impl Retained {
    /// How many segments went.
    pub fn segments(&self) -> usize {
        self.segments_by_age + self.segments_by_size + self.segments_by_start
    }
}

/// A segment, as far as retention is concerned.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    base: Offset,
    bytes: u64,
    largest_timestamp: LargestTimestamp,
}

/// The largest timestamp of a segment.
#[derive(Debug, Clone, Copy)]
enum LargestTimestamp {
    Known(Timestamp),
    /// In its time index, or else this is when it was modified. To read those of all segments would take longer the
    /// more there are, and nearly always the oldest is the only one that matters.
    InFiles(SystemTime),
}

impl Candidate {
    fn largest_timestamp(&self, dir: &Path) -> Result<Timestamp, FileError> {
        match self.largest_timestamp {
            LargestTimestamp::Known(timestamp) => Ok(timestamp),
            LargestTimestamp::InFiles(modified) => {
                closed_largest_timestamp(&SegmentPath::new(dir, self.base), modified)
            }
        }
    }
}

/// Deletes what is to go at `now` from the partition of `appender`, under its lock. `start` is the log start
/// offset as far as it is known from elsewhere.
///
/// # Errors
/// When the partition cannot be locked, read or changed.
pub fn apply(
    appender: &mut LogAppender,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    appender.with_lock(|log| apply_locked(log, config, start, now))
}

fn apply_locked(
    log: &mut LockedLog<'_>,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    let mut candidates = sealed_candidates(log.dir(), &log.sealed_segments()?)?;
    candidates.push(Candidate {
        base: log.active_base(),
        bytes: log.active_bytes(),
        largest_timestamp: LargestTimestamp::Known(log.active_largest_timestamp()),
    });
    let (count, mut retained) = plan(log.dir(), &candidates, config, start, now)?;
    if count == 0 {
        return Ok(retained);
    }
    if count == candidates.len() {
        log.roll_and_note()?;
        retained.start = log.active_base();
    }
    let disposal = Disposal::after_delay(config.file_delete_delay_ms);
    for candidate in &candidates[..count] {
        dispose(&SegmentPath::new(log.dir(), candidate.base), disposal)?;
    }
    // What comes back after a loss of power, and was not on the disk, would keep what follows from being read.
    fs::sync_dir(log.dir())?;
    checkpoint::forget_epochs_before(log.dir(), retained.start)?;
    Ok(retained)
}

/// What [`apply`] would come to, from the files alone and without any lock.
///
/// # Errors
/// When the folder or one of its files cannot be read.
pub fn foretell(
    dir: &Path,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    let list = SegmentList::read(dir)?;
    let Some((&active, sealed)) = list.logs.split_last() else { return Ok(Retained::default()) };
    let mut candidates = sealed_candidates(dir, sealed)?;
    let path = SegmentPath::new(dir, active);
    let bytes = std::fs::metadata(path.log()).context_io("look up", &path.log())?.len();
    let largest_timestamp = LargestTimestamp::Known(bounds::largest_timestamp(&path)?);
    candidates.push(Candidate { base: active, bytes, largest_timestamp });
    let (count, mut retained) = plan(dir, &candidates, config, start, now)?;
    if count == candidates.len() {
        retained.start = bounds::find_end(dir, &list)?.offset;
    }
    Ok(retained)
}

fn sealed_candidates(dir: &Path, sealed: &[Offset]) -> Result<Vec<Candidate>, FileError> {
    let look = |&base: &Offset| {
        let path = SegmentPath::new(dir, base);
        let metadata = std::fs::metadata(path.log()).context_io("look up", &path.log())?;
        let modified = metadata.modified().context_io("look up", &path.log())?;
        let largest_timestamp = LargestTimestamp::InFiles(modified);
        Ok(Candidate { base, bytes: metadata.len(), largest_timestamp })
    };
    sealed.iter().map(look).collect()
}

/// How many of `candidates` in folder `dir`, of which the last is active, go. Each limit is looked at in Kafka's
/// order, on what the one before has left.
fn plan(
    dir: &Path,
    candidates: &[Candidate],
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<(usize, Retained), FileError> {
    let mut retained = Retained::default();
    let total: u64 = candidates.iter().map(|candidate| candidate.bytes).sum();
    // An empty active segment always stays.
    let all = candidates.len() - usize::from(candidates.last().is_some_and(|active| active.bytes == 0));
    let mut gone = 0;
    if let Some(limit) = config.retention_ms {
        let age = |largest: Timestamp| now.0.saturating_sub(largest.0);
        while gone < all && age(candidates[gone].largest_timestamp(dir)?) > limit {
            gone += 1;
        }
        retained.segments_by_age = gone;
    }
    let bytes_of = |count: usize| candidates[..count].iter().map(|candidate| candidate.bytes).sum::<u64>();
    if let Some(limit) = config.retention_bytes.and_then(|bytes| u64::try_from(bytes).ok()) {
        let mut left = total - bytes_of(gone);
        let before = gone;
        while gone < all && left.saturating_sub(candidates[gone].bytes) >= limit && left > limit {
            left -= candidates[gone].bytes;
            gone += 1;
        }
        retained.segments_by_size = gone - before;
        retained.next_at = next_at(&candidates[gone..], limit);
    }
    let before = gone;
    while gone + 1 < candidates.len() && candidates[gone + 1].base <= start {
        gone += 1;
    }
    retained.segments_by_start = gone - before;
    retained.bytes = bytes_of(gone);
    retained.bytes_left = total - retained.bytes;
    retained.start = candidates.get(gone).map_or(start, |first| first.base.max(start));
    Ok((gone, retained))
}

/// How large the active one of the segments that are `left` may get before the oldest goes by size.
fn next_at(left: &[Candidate], limit: u64) -> Option<u64> {
    let (_, sealed) = left.split_last()?;
    let oldest = sealed.first()?;
    let sealed: u64 = sealed.iter().map(|candidate| candidate.bytes).sum();
    Some((limit + oldest.bytes).saturating_sub(sealed))
}

/// What has been removed for good, and what waits to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Bytes of the files that were removed.
    pub removed_bytes: u64,
    /// Bytes of the files that wait for `file.delete.delay.ms`.
    pub waiting_bytes: u64,
}

/// Removes the files of deleted segments whose time has come; with `look_only` it is only told what would be.
/// Needs no lock: nobody else does anything with these files.
///
/// # Errors
/// When the folder cannot be read, or a file not be removed.
pub fn sweep(dir: &Path, delay_ms: i64, look_only: bool) -> Result<Swept, LogError> {
    let delay = Duration::from_millis(u64::try_from(delay_ms).unwrap_or(0));
    let mut swept = Swept::default();
    for entry in std::fs::read_dir(dir).context_io("read the folder", dir)? {
        let name = entry.context_io("read the folder", dir)?.file_name();
        let path = dir.join(&name);
        if !name.to_str().is_some_and(|name| name.ends_with(DELETED_SUFFIX)) {
            continue;
        }
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if fs::age(&metadata) < delay {
            swept.waiting_bytes += metadata.len();
            continue;
        }
        swept.removed_bytes += metadata.len();
        if !look_only {
            fs::remove_if_present(&path)?;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests;
