//! Log start offsets: the first offset that can be read, where that is not the first of a segment.
//!
//! They stand where a broker keeps and reads them, in `log-start-offset-checkpoint` in the data directory's
//! root, and only ever grow. `.mkafka/checkpoints.lock` is held to change the file, and the lock of the partition to
//! note one and to delete by one: it says nothing of the log of another topic. Retention moves the start of a log by
//! deleting whole segments, and needs no note of it.

use super::checkpoint::{
    self, CLEANER_OFFSET_CHECKPOINT, LOG_START_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT,
};
use super::{DataDir, StoreError, TopicIdentity, TopicName, TopicPartition, WritableDataDir};
use crate::fs::{self, FileLock};
use crate::log::bounds::LogBounds;
use crate::log::{LogAppender, LogConfig, LogError, Retained, RetentionConfig, retention};
use crate::record::{Offset, Timestamp};

/// Where the records of a partition are to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteUpTo {
    /// At this offset.
    Offset(Offset),
    /// At the log end: all records go.
    End,
}

impl DataDir {
    /// Deletes what is to go at `now` of partition `of`, if that is still of `topic`: [`retention::apply`] with the log
    /// start offset that is noted for it.
    ///
    /// # Errors
    /// [`LogError::Gone`] when it is of another topic by now, and as [`retention::apply`].
    pub fn apply_retention(
        &self,
        of: &TopicPartition,
        topic: TopicIdentity,
        log: LogConfig,
        config: &RetentionConfig,
        now: Timestamp,
    ) -> Result<Retained, StoreError> {
        let in_log = |source| StoreError::Log { partition: of.clone(), source };
        let dir = self.partition_path(of);
        let mut appender = LogAppender::open(&dir, log).map_err(in_log)?;
        let applied = appender.with_lock(|log| {
            Ok(self
                .checked_log_start(of, topic)
                .and_then(|start| retention::apply_locked(log, config, start, now).map_err(in_log)))
        });
        applied.map_err(in_log)?
    }

    /// The log start offset that is noted for partition `of`, which must still be of `topic`. The caller holds the
    /// partition's lock, so that both stay as they are.
    fn checked_log_start(&self, of: &TopicPartition, topic: TopicIdentity) -> Result<Offset, StoreError> {
        if !self.is_still_of(of, topic)? {
            let source = LogError::Gone(self.partition_path(of));
            return Err(StoreError::Log { partition: of.clone(), source });
        }
        Ok(super::noted_log_start(&self.log_start_offsets()?, of))
    }
}

impl WritableDataDir {
    /// Makes the log of partition `of` start at `up_to`: what lies before is read no more, and the segments that lie
    /// wholly before it go (`UnifiedLog.maybeIncrementLogStartOffset`). Answers where the log starts now, which is
    /// further on if it did so before. `topic` is the topic that has been looked at, and whose records these are.
    ///
    /// # Errors
    /// [`LogError::OffsetOutOfRange`] beyond the log end, [`LogError::Gone`] when it is of another topic by now.
    pub fn delete_records(
        &self,
        of: &TopicPartition,
        topic: TopicIdentity,
        up_to: DeleteUpTo,
    ) -> Result<Offset, StoreError> {
        let known = self.topic(&of.topic)?;
        if known.partitions.binary_search(&of.partition).is_err() {
            return Err(known.no_partition(of.partition));
        }
        let in_log = |source| StoreError::Log { partition: of.clone(), source };
        let dir = self.partition_path(of);
        let mut appender = LogAppender::open(&dir, LogConfig::from(&known.config)).map_err(in_log)?;
        let end = appender.log_end_offset().map_err(in_log)?;
        // After a loss of power the log must not end before it starts: what came next would be hidden.
        appender.sync_all().map_err(in_log)?;
        let nothing_else = RetentionConfig {
            retention_ms: None,
            retention_bytes: None,
            file_delete_delay_ms: known.config.file_delete_delay_ms(),
        };
        let deleted = appender.with_lock(|log| {
            Ok(self.checked_log_start(of, topic).and_then(|floor| {
                let before = LogBounds::read(&dir, floor).map_err(in_log)?.start;
                let start = match up_to {
                    DeleteUpTo::End => end,
                    DeleteUpTo::Offset(offset) if offset > end || offset < Offset::ZERO => {
                        return Err(in_log(LogError::OffsetOutOfRange { offset, start: before, end }));
                    }
                    DeleteUpTo::Offset(offset) => offset.max(before),
                };
                // First the note: a segment that is gone cannot be read, but one that is left could be.
                self.note_log_start(of, start).map_err(|e| self.not_writable(e))?;
                retention::apply_locked(log, &nothing_else, start, Timestamp::now()).map_err(in_log)
            }))
        });
        Ok(deleted.map_err(in_log)??.start)
    }

    /// Notes that the log of `partition` starts at `start`, unless it is noted to start later already.
    pub(super) fn note_log_start(&self, partition: &TopicPartition, start: Offset) -> Result<(), StoreError> {
        self.change_checkpoint(LOG_START_OFFSET_CHECKPOINT, |offsets| {
            let noted = offsets.entry(partition.clone()).or_insert(Offset::ZERO);
            let is_news = *noted < start;
            *noted = start.max(*noted);
            is_news
        })
    }

    /// Forgets what the checkpoints say of the partitions of `topic`, so that a new topic of that name does
    /// not take it for its own.
    pub(super) fn forget_checkpoints(&self, topic: &TopicName) -> Result<(), StoreError> {
        for file in [LOG_START_OFFSET_CHECKPOINT, CLEANER_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT]
        {
            if self.path().join(file).exists() {
                self.change_checkpoint(file, |offsets| {
                    let before = offsets.len();
                    offsets.retain(|partition, _| partition.topic != *topic);
                    offsets.len() < before
                })?;
            }
        }
        Ok(())
    }

    /// Changes a checkpoint in the root; `change` says whether it did.
    fn change_checkpoint(
        &self,
        file: &str,
        change: impl FnOnce(&mut super::LogStartOffsets) -> bool,
    ) -> Result<(), StoreError> {
        let mut lock = FileLock::open(&self.metadata.checkpoints_lock())?;
        let _guard = lock.acquire()?;
        let path = self.path().join(file);
        let mut offsets = checkpoint::read_offsets(&path)?;
        if change(&mut offsets) {
            fs::write_atomically(&path, &checkpoint::offsets_to_bytes(&offsets))?;
        }
        Ok(())
    }
}
