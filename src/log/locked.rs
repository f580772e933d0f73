//! A partition in the hands of whoever holds its lock.

use std::path::Path;

use super::active::ActiveSegment;
use super::error::LogError;
use super::segment::{SegmentList, SegmentPath};
use super::tail::{BootId, RecoveryPoint};
use super::{Appended, LogConfig, Position, checkpoint};
use crate::fs::{FileError, LogFile};
use crate::record::{EncodedBatch, Offset};

/// A partition whose lock is held and whose active segment is known.
#[derive(Debug)]
pub(crate) struct LockedLog<'a> {
    pub(super) dir: &'a Path,
    pub(super) config: &'a LogConfig,
    pub(super) lock_file: &'a LogFile,
    pub(super) boot: BootId,
    pub(super) active: &'a mut ActiveSegment,
}

impl LockedLog<'_> {
    /// The partition's folder.
    pub(crate) fn dir(&self) -> &Path {
        self.dir
    }

    /// The base offset of the active segment.
    pub(crate) fn active_base(&self) -> Offset {
        self.active.tail.base_offset
    }

    /// Up to where the data is known to be on the disk.
    pub(crate) fn recovery_point(&self) -> RecoveryPoint {
        self.active.tail.recovery_point
    }

    /// The base offsets of the segments that are no longer appended to, ascending.
    pub(crate) fn sealed_segments(&self) -> Result<Vec<Offset>, FileError> {
        let mut list = SegmentList::read(self.dir)?.logs;
        list.retain(|base| *base < self.active_base());
        Ok(list)
    }

    /// The offset that the next record gets.
    pub(super) fn end_offset(&self) -> Offset {
        self.active.tail.end_offset
    }

    /// The files of the active segment.
    pub(super) fn active_path(&self) -> &SegmentPath {
        &self.active.path
    }

    /// Sees to it that `batch` can be appended to the active segment: begins a new one if it must.
    pub(super) fn make_room(&mut self, batch: &EncodedBatch, jitter_ms: i64) -> Result<(), LogError> {
        if self.active.should_roll(batch, self.config, jitter_ms) {
            self.roll()?;
        }
        let tail = &self.active.tail;
        if tail.end_offset == tail.base_offset {
            checkpoint::note_epoch(self.dir, tail.leader_epoch, tail.end_offset)?;
        }
        if !self.config.preallocate {
            self.active.take_room_ahead(batch.bytes().len() as u64, self.config.segment_bytes);
        } else if tail.size == Position(0) {
            self.active.log.preallocate(0, self.config.segment_bytes)?;
        }
        Ok(())
    }

    /// Gives back the room that was taken for more than came.
    pub(super) fn give_back_room(&self) -> Result<(), LogError> {
        Ok(self.active.log.truncate(self.active.tail.size.0)?)
    }

    /// Appends `batch` to the active segment, which has room for it, and leaves word of that.
    pub(super) fn append(&mut self, batch: &mut EncodedBatch) -> Result<Appended, LogError> {
        let first = self.active.tail.end_offset;
        let result = self.active.append(batch);
        // After a failed append the tail is what it was, but a roll may have come before.
        let left = self.active.tail.write(self.lock_file, self.boot);
        result?;
        if let Err(error) = left {
            // The batch is in the log; without the note the next writer looks at the log itself.
            self.lock_file.truncate(0).map_err(|_| error)?;
        }
        Ok(Appended { first, end: self.active.tail.end_offset })
    }

    /// Begins a new segment.
    pub(crate) fn roll(&mut self) -> Result<(), LogError> {
        // Whatever fails or dies between here and the note of the new segment, nobody goes on in this one.
        let tail = self.active.tail;
        tail.mark_as_rolling(self.lock_file, self.boot)?;
        self.active.close()?;
        if self.config.preallocate || self.active.has_taken_room() {
            self.give_back_room()?;
        }
        let tail = self.active.tail;
        let next = ActiveSegment::create(
            self.dir,
            tail.end_offset,
            self.config.index_interval_bytes,
            tail.leader_epoch,
            tail.recovery_point,
            tail.appended,
        )?;
        // Only now nobody appends to this one any more.
        std::mem::replace(self.active, next).note_sealed();
        Ok(())
    }

    /// As [`LockedLog::roll`], for who appends nothing afterwards: the new segment is noted for the next one.
    pub(crate) fn roll_and_note(&mut self) -> Result<(), LogError> {
        self.roll()?;
        Ok(self.active.tail.write(self.lock_file, self.boot)?)
    }

    /// Leaves word, on the disk, that everything before the segment at `base` is on the disk. After a loss of
    /// power nobody looks there for gaps in the offsets, which compaction leaves.
    pub(crate) fn set_on_disk_before(&mut self, base: Offset) -> Result<(), FileError> {
        let known = self.active.tail.recovery_point;
        if known.base_offset < base {
            let start = RecoveryPoint::start_of(base, self.config.index_interval_bytes);
            self.active.tail.recovery_point = RecoveryPoint { appended: known.appended, ..start };
            self.active.tail.write(self.lock_file, self.boot)?;
        }
        self.lock_file.sync_data()
    }
}
