//! Deleting old segments, by age, by size, and below the log start offset (`UnifiedLog.deleteOldSegments`).
//!
//! Only whole segments go, the oldest first, and each only while all before it go too. The log then starts at
//! the first that is left. When all of them go, an empty one is begun at the log end offset before, so that
//! no offset is given out twice.
//!
//! A segment that goes is renamed (`.deleted`) and removed once `file.delete.delay.ms` has passed, by
//! whoever looks after the partition next. Readers that have it open read on to its end in any case.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::active::ActiveSegment;
use super::checkpoint;
use super::error::LogError;
use super::locked::LockedLog;
use super::segment::{SegmentList, SegmentPath};
use super::swap::{Disposal, dispose};
use super::time_index::{closed_largest_timestamp, timestamp_of};
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

/// A segment, as far as retention is concerned. To look at the files of all takes longer the more there are, and
/// nearly always the oldest is the only one that matters.
#[derive(Debug)]
enum Candidate {
    Sealed(SegmentPath),
    Active { path: SegmentPath, bytes: u64, largest_timestamp: Timestamp },
}

impl Candidate {
    /// The active segment as its appender knows it.
    fn active(active: &ActiveSegment) -> Self {
        Self::Active {
            path: active.path.clone(),
            bytes: active.tail.size.0,
            largest_timestamp: active.tail.rules.max.timestamp,
        }
    }

    /// The active segment as its files tell of it.
    fn active_by_files(path: SegmentPath) -> Result<Self, LogError> {
        let (bytes, largest_timestamp) = (metadata_of(&path)?.len(), bounds::largest_timestamp(&path)?);
        Ok(Self::Active { path, bytes, largest_timestamp })
    }

    fn base(&self) -> Offset {
        match self {
            Self::Sealed(path) | Self::Active { path, .. } => path.base_offset(),
        }
    }

    fn bytes(&self) -> Result<u64, FileError> {
        match self {
            Self::Sealed(path) => Ok(metadata_of(path)?.len()),
            Self::Active { bytes, .. } => Ok(*bytes),
        }
    }

    /// Where no record has a timestamp, it is when the segment was modified last (`LogSegment.largestTimestamp`).
    fn largest_timestamp(&self) -> Result<Timestamp, FileError> {
        let modified = |path: &SegmentPath| metadata_of(path)?.modified().context_io("look up", &path.log());
        match self {
            Self::Sealed(path) => closed_largest_timestamp(path, modified(path)?),
            Self::Active { path, largest_timestamp, .. } if largest_timestamp.0 < 0 => {
                Ok(timestamp_of(modified(path)?))
            }
            Self::Active { largest_timestamp, .. } => Ok(*largest_timestamp),
        }
    }
}

fn metadata_of(path: &SegmentPath) -> Result<Metadata, FileError> {
    std::fs::metadata(path.log()).context_io("look up", &path.log())
}

/// The segments of the log in `dir`, in their order: those at `sealed`, and the `active` one.
fn candidates(dir: &Path, sealed: &[Offset], active: Candidate) -> Vec<Candidate> {
    let sealed = sealed.iter().map(|base| Candidate::Sealed(SegmentPath::new(dir, *base)));
    sealed.chain([active]).collect()
}

/// Deletes what is to go at `now` from the partition of `appender`, under its lock. `start` is the log start
/// offset as far as it is known from elsewhere.
///
/// # Errors
/// [`LogError::StartBehindEnd`], and when the partition cannot be locked, read or changed.
pub fn apply(
    appender: &mut LogAppender,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    appender.with_lock(|log| apply_locked(log, config, start, now))
}

/// Does what [`apply`] does, for who has the lock already.
///
/// # Errors
/// As [`apply`].
pub(crate) fn apply_locked(
    log: &mut LockedLog<'_>,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    check_start(start, log.end_offset())?;
    let candidates = candidates(log.dir(), &log.sealed_segments()?, Candidate::active(log.active));
    let (count, mut retained) = plan(&candidates, config, start, now)?;
    if count == 0 {
        return Ok(retained);
    }
    if count == candidates.len() {
        log.roll_and_note()?;
        retained.start = log.active_base();
    }
    let disposal = Disposal::after_delay(config.file_delete_delay_ms);
    for candidate in &candidates[..count] {
        dispose(&SegmentPath::new(log.dir(), candidate.base()), disposal)?;
    }
    // What comes back after a loss of power, and was not on the disk, would keep what follows from being read.
    fs::sync_dir(log.dir())?;
    checkpoint::forget_epochs_before(log.dir(), retained.start)?;
    Ok(retained)
}

/// Does what [`apply`] and [`sweep`] do, for who comes by with an appender that has only just opened the log. That
/// has `listed` the folder, which takes longer the more segments there are: unless something is to go, or has gone
/// since, it is not listed once more. What was listed is left to others only if it still tells which segments there are.
///
/// # Errors
/// As those two.
pub fn look_after(
    appender: &mut LogAppender,
    listed: &mut Option<SegmentList>,
    config: &RetentionConfig,
    now: Timestamp,
) -> Result<Retained, LogError> {
    if let Some(list) = listed.take()
        && let Some(retained) = retained_by_listing(appender, &list, config, now)?
    {
        sweep_files(&list.deleted_files, config.file_delete_delay_ms, false)?;
        *listed = Some(list);
        return Ok(retained);
    }
    let retained = apply(appender, config, Offset::ZERO, now)?;
    sweep(&appender.dir, config.file_delete_delay_ms, false)?;
    Ok(retained)
}

/// What retention comes to where all of `list` stays; `None` where something goes, and where that cannot be told. Needs
/// no lock, as nothing is done: with what others have deleted since the log is only younger and smaller than it was.
fn retained_by_listing(
    appender: &LogAppender,
    list: &SegmentList,
    config: &RetentionConfig,
    now: Timestamp,
) -> Result<Option<Retained>, LogError> {
    let (Some(active), Some((last, sealed))) = (appender.active(), list.logs.split_last()) else {
        return Ok(None);
    };
    if active.tail.base_offset != *last {
        return Ok(None);
    }
    let candidates = candidates(&appender.dir, sealed, Candidate::active(active));
    match plan(&candidates, config, Offset::ZERO, now) {
        Ok((count, retained)) => Ok((count == 0).then_some(retained)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// What [`apply`] would come to, from the files alone and without any lock.
///
/// # Errors
/// [`LogError::StartBehindEnd`], and when the folder or one of its files cannot be read.
pub fn foretell(
    dir: &Path,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    SegmentList::with(dir, |list| foretell_listed(dir, list, config, start, now))
}

fn foretell_listed(
    dir: &Path,
    list: &SegmentList,
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<Retained, LogError> {
    // Where there is no segment, a writer begins with 0.
    let end = bounds::find_end(dir, list)?.offset;
    check_start(start, end)?;
    let Some((&active, sealed)) = list.logs.split_last() else { return Ok(Retained::default()) };
    let active = Candidate::active_by_files(SegmentPath::new(dir, active))?;
    let candidates = candidates(dir, sealed, active);
    let (count, mut retained) = plan(&candidates, config, start, now)?;
    if count == candidates.len() {
        retained.start = end;
    }
    Ok(retained)
}

/// A start that the log, which ends at `end`, has not reached says nothing of it: by such a note all would go.
fn check_start(start: Offset, end: Offset) -> Result<(), LogError> {
    if start > end { Err(LogError::StartBehindEnd { start, end }) } else { Ok(()) }
}

/// How many of `candidates`, of which the last is active, go. Each limit is looked at in Kafka's order, on
/// what the one before has left.
fn plan(
    candidates: &[Candidate],
    config: &RetentionConfig,
    start: Offset,
    now: Timestamp,
) -> Result<(usize, Retained), FileError> {
    let mut retained = Retained::default();
    // An empty active segment always stays.
    let active_bytes = candidates.last().map_or(Ok(0), Candidate::bytes)?;
    let all = candidates.len() - usize::from(active_bytes == 0);
    let mut gone = 0;
    if let Some(limit) = config.retention_ms {
        while gone < all && now.0.saturating_sub(candidates[gone].largest_timestamp()?.0) > limit {
            gone += 1;
        }
        retained.segments_by_age = gone;
    }
    if let Some(limit) = config.retention_bytes.and_then(|bytes| u64::try_from(bytes).ok()) {
        let sizes: Vec<u64> = candidates[gone..].iter().map(Candidate::bytes).collect::<Result<_, _>>()?;
        let mut left: u64 = sizes.iter().sum();
        let mut by_size = 0;
        while gone + by_size < all && left.saturating_sub(sizes[by_size]) >= limit && left > limit {
            left -= sizes[by_size];
            by_size += 1;
        }
        gone += by_size;
        retained.segments_by_size = by_size;
        retained.next_at = next_at(&sizes[by_size..], limit);
    }
    let before = gone;
    while gone + 1 < candidates.len() && candidates[gone + 1].base() <= start {
        gone += 1;
    }
    retained.segments_by_start = gone - before;
    retained.bytes = candidates[..gone].iter().map(Candidate::bytes).sum::<Result<_, _>>()?;
    retained.start = candidates.get(gone).map_or(start, |first| first.base().max(start));
    Ok((gone, retained))
}

/// How large the active one of the segments that are left may get, all of which have these `sizes`, before the oldest
/// goes by size.
fn next_at(sizes: &[u64], limit: u64) -> Option<u64> {
    let (_, sealed) = sizes.split_last()?;
    let oldest = sealed.first()?;
    Some((limit + oldest).saturating_sub(sealed.iter().sum()))
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
    sweep_files(&SegmentList::read(dir)?.deleted_files, delay_ms, look_only)
}

/// Does that with `files`, which are all such files.
fn sweep_files(files: &[PathBuf], delay_ms: i64, look_only: bool) -> Result<Swept, LogError> {
    let delay = Duration::from_millis(u64::try_from(delay_ms).unwrap_or(0));
    let mut swept = Swept::default();
    for path in files {
        let Ok(metadata) = std::fs::metadata(path) else { continue };
        if fs::age(&metadata) < delay {
            swept.waiting_bytes += metadata.len();
            continue;
        }
        swept.removed_bytes += metadata.len();
        if !look_only {
            fs::remove_if_present(path)?;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests;
