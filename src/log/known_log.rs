//! What an appender knows of its log, and how it learns what others have done to it.

use std::path::Path;

use super::LogConfig;
use super::active::ActiveSegment;
use super::checkpoint;
use super::error::{LogError, Repair};
use super::noted_end::NotedEnd;
use super::recovery::{self, Known};
use super::segment::SegmentList;
use super::tail::{BootId, RecoveryPoint, Tail};
use super::writeback::Writeback;
use crate::fs::{self, LockGuard, LogFile};
use crate::record::LeaderEpoch;

/// What an appender knows of the log, from the last time that it had the lock.
#[derive(Debug, Default)]
pub(super) struct KnownLog {
    pub(super) active: Option<ActiveSegment>,
    /// What the folder held of segments when that was found from the files, until somebody asks for it.
    pub(super) listed: Option<SegmentList>,
    /// Up to where this appender has synced, not yet told to the others.
    pub(super) synced: Option<RecoveryPoint>,
    /// A sync that goes on meanwhile.
    pub(super) writeback: Option<Writeback>,
    /// How often the log was found to be another one than before, or mended: a sync that began earlier says
    /// nothing of it.
    pub(super) generation: u64,
    /// How often it was another one.
    pub(super) replacements: u64,
    pub(super) repairs: Vec<Repair>,
}

impl KnownLog {
    /// Brings it up to date with what other processes have done; `guard` is the lock of the partition in `dir`.
    pub(super) fn refresh(
        &mut self,
        guard: &LockGuard<'_>,
        dir: &Path,
        config: &LogConfig,
        boot: BootId,
    ) -> Result<&mut ActiveSegment, LogError> {
        let seen = self.active.as_ref().map(|active| active.tail.recovery_point);
        let left = Tail::read(guard.file(), config.index_interval_bytes)?;
        if guard.is_new() {
            self.replacements += 1;
            self.begin_anew();
        }
        let active = match self.active.take() {
            Some(active) => {
                let followed = follow(active, left, dir, boot);
                if !matches!(followed, Ok(Some(_))) {
                    // Whoever has mended the log may have moved what was synced.
                    self.begin_anew();
                }
                followed?
            }
            // The first append of each process looks at the files whatever the last writer says of them.
            None => None,
        };
        let active = match active {
            Some(active) => active,
            None => {
                let (active, list) = recover(left, guard.file(), dir, config, boot, &mut self.repairs)?;
                self.listed = Some(list);
                active
            }
        };
        let found = active.tail.recovery_point;
        if seen.is_some_and(|seen| seen.max(found) != found) {
            // Somebody has made the indexes anew: what was synced is not what is there.
            self.begin_anew();
        }
        Ok(self.active.insert(active))
    }

    /// Forgets the files that are open, which may be those of a log that was deleted, and what was synced.
    fn begin_anew(&mut self) {
        self.active = None;
        self.listed = None;
        self.synced = None;
        self.writeback = None;
        self.generation += 1;
    }
}

/// `active` as others have `left` it; `None` when its files have to be looked at.
fn follow(
    mut active: ActiveSegment,
    left: Option<(Tail, BootId)>,
    dir: &Path,
    boot: BootId,
) -> Result<Option<ActiveSegment>, LogError> {
    let Some((tail, _)) = left.filter(|(_, left_in)| *left_in == boot) else { return Ok(None) };
    if active.tail.base_offset == tail.base_offset {
        active.tail = tail;
    } else {
        active = ActiveSegment::open(dir, tail)?;
    }
    Ok(active.is_current()?.then_some(active))
}

/// Finds the end of the log in `dir` from its files, mending what a crash has left.
fn recover(
    left: Option<(Tail, BootId)>,
    lock_file: &LogFile,
    dir: &Path,
    config: &LogConfig,
    boot: BootId,
    repairs: &mut Vec<Repair>,
) -> Result<(ActiveSegment, SegmentList), LogError> {
    let epoch = checkpoint::latest_epoch(dir)?.unwrap_or(LeaderEpoch(0));
    let known = match left {
        Some((tail, left_in)) if left_in == boot => Known::Upto {
            recovery_point: tail.recovery_point,
            appended: tail.appended,
            noted_end: NotedEnd::new(&tail, true),
        },
        Some((tail, _)) => Known::AfterLossOfPower(tail.recovery_point),
        None => Known::Nothing,
    };
    let (mut recovered, list) = recovery::recover(dir, config.index_interval_bytes, epoch, known, repairs)?;
    if matches!(known, Known::AfterLossOfPower(_)) {
        // What was read back after the loss of power is put on the disk before it is built upon.
        recovered.sync()?;
        recovered.tail.recovery_point = recovered.tail.end();
    }
    recovered.tail.write(lock_file, boot)?;
    if left.is_none() {
        // After a loss of power some note must be there to tell of it. Any one will do: those that are
        // written over it later only know of more that is on the disk.
        lock_file.sync_data()?;
        fs::sync_dir(dir)?;
    }
    Ok((recovered, list))
}
