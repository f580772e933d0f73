//! Which partitions a producer keeps open, where there are more than the process may have files open for.
//!
//! The one that was used longest ago is closed, by a clock: each that was used again since the hand came past is passed
//! over once. Nothing is lost by it. What is owed to the disk, and the acknowledgements that wait for that, keep a partition
//! open until they are settled; and a disk that has refused something once is not asked again through another appender.

use std::collections::VecDeque;
use std::path::Path;

use super::Sender;
use crate::fs::room_for_files;
use crate::log::{LogAppender, LogConfig, LogError};
use crate::producer::{ProduceError, number};

/// How many files a partition may have open: its lock, its folder and three of the active segment, and these three once
/// more for a sync behind its back.
const FILES_EACH: usize = 8;
/// How many partitions are open at the least: where there is no room for these either, it is better to say so.
const LEAST: usize = 2;

/// How many partitions may be open.
pub(super) fn most() -> usize {
    room_for_files(FILES_EACH).max(LEAST)
}

/// The log of a partition, open or not.
#[derive(Debug, Default)]
pub(super) struct PartitionLog {
    pub(super) appender: Option<LogAppender>,
    /// Whether that has been used again since it was opened, or looked whether it could be done without.
    is_recent: bool,
    /// Whether there was another one before.
    was_open: bool,
    /// Whether a sync of that has failed: no other one will do.
    is_poisoned: bool,
}

impl PartitionLog {
    /// Who appends to the `at`-th partition, which lies in `dir`; opened when it is needed, and noted in `open` then.
    ///
    /// # Errors
    /// When it cannot be opened, or the disk has refused data of it before.
    #[inline]
    pub(super) fn opened(
        &mut self,
        at: usize,
        dir: &Path,
        config: LogConfig,
        open: &mut VecDeque<usize>,
    ) -> Result<&mut LogAppender, LogError> {
        match &mut self.appender {
            Some(appender) => {
                self.is_recent = true;
                Ok(appender)
            }
            None if self.is_poisoned => Err(LogError::SyncFailed(dir.to_owned())),
            none => {
                let opened = match self.was_open {
                    true => LogAppender::reopen(dir, config),
                    false => LogAppender::open(dir, config),
                };
                let appender = none.insert(opened?);
                open.push_back(at);
                Ok(appender)
            }
        }
    }

    /// Whether it has not been used since this was asked last.
    fn is_idle(&mut self) -> bool {
        !std::mem::take(&mut self.is_recent)
    }

    /// Takes note that `appender` is closed.
    fn note_suspended(&mut self, appender: &LogAppender) {
        self.was_open = true;
        self.is_poisoned = appender.is_poisoned();
    }
}

impl Sender {
    /// Closes partitions until no more are open than may be.
    ///
    /// # Errors
    /// The first failure of a sync that was waited for. Nothing more is appended to that partition.
    #[inline]
    pub(super) fn close_some(&mut self) -> Result<(), ProduceError> {
        if self.open.len() <= self.open_max { Ok(()) } else { self.close_surplus() }
    }

    #[cold]
    fn close_surplus(&mut self) -> Result<(), ProduceError> {
        let mut result = Ok(());
        while self.open.len() > self.open_max {
            let step = match self.take_dispensable() {
                Some(at) => self.suspend(at),
                None => self.settle_one(),
            };
            result = result.and(step);
        }
        result
    }

    /// Takes one out of the queue to which nothing is owed: the one that was used longest ago, or so.
    fn take_dispensable(&mut self) -> Option<usize> {
        for _ in 0..2 * self.open.len() {
            let at = self.open.pop_front()?;
            let partition = &mut self.partitions[at];
            let is_syncing = partition.log.appender.as_ref().is_some_and(LogAppender::is_syncing);
            let is_owed = partition.is_in_round || is_syncing || !partition.unsynced.is_empty();
            if partition.log.is_idle() && !is_owed {
                return Some(at);
            }
            self.open.push_back(at);
        }
        None
    }

    /// With something owed to all that are open: gets one of them further.
    fn settle_one(&mut self) -> Result<(), ProduceError> {
        if self.round.is_none() && self.has_unsynced() {
            self.begin_round()?;
        }
        if self.round.is_some() {
            return self.note_one_synced(true).unwrap_or(Ok(()));
        }
        // Syncs in the background are left: each of much data, so that they are waited for one by one.
        self.open.pop_front().map_or(Ok(()), |at| self.suspend(at))
    }

    /// Closes the `at`-th partition, which is no longer in the queue.
    fn suspend(&mut self, at: usize) -> Result<(), ProduceError> {
        let partition = &mut self.partitions[at];
        let Some(mut appender) = partition.log.appender.take() else { return Ok(()) };
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.before_end(at, &mut appender);
            self.news.upkeep_failures.append(&mut upkeep.take_failures());
        }
        let suspended = appender.suspend();
        self.news.repairs.append(&mut appender.take_repairs());
        partition.log.note_suspended(&appender);
        // The next one counts anew.
        partition.replacements = 0;
        partition.is_halted |= suspended.is_err();
        suspended.map_err(|source| ProduceError::Log { partition: number(at), source })
    }

    /// Has no more than so many partitions open from now on.
    #[cfg(test)]
    pub(in crate::producer) fn set_open_max(&mut self, most: usize) {
        self.open_max = most;
    }
}

#[cfg(test)]
mod tests;
