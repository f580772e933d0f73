//! Putting data on the disk behind an appender that does not wait for it.
//!
//! With `acks=1` nobody syncs, and after a loss of power all that nobody has synced must be read again. So
//! once enough has been appended since the recovery point, whoever appends syncs it from a thread of its
//! own, and moves the recovery point when that is done (Kafka's `UnifiedLog.flush` behind a roll). It is
//! no promise to the producer: a process may end before its thread does, and the next one begins again;
//! by then the kernel has mostly written the data by itself, and it is done in no time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::SegmentPath;
use super::active::ActiveFiles;
use super::segment::SegmentList;
use super::tail::RecoveryPoint;
use crate::fs::{self, FileError};
use crate::record::Offset;

/// How much is appended before it is put on the disk: as much as a segment of Kafka's default size, which is
/// what Kafka leaves to be read again too. Less would cost those who load much in one go, for the disk gets
/// no rest to put many writes together.
pub(crate) const WRITEBACK_BYTES: u64 = 1 << 30;
/// How much of what others have left makes the first append of a process begin with that. Reading as much
/// takes some tens of milliseconds.
pub(crate) const LEFT_BYTES: u64 = 64 << 20;

/// A sync that goes on in a thread of its own.
#[derive(Debug)]
pub(crate) struct Writeback {
    outcome: Receiver<Result<(), FileError>>,
    upto: RecoveryPoint,
    /// Whether it began with the appender's first append: others have left that data.
    pub(crate) is_of_others: bool,
}

/// What is to be put on the disk: everything between two places of a log.
#[derive(Debug)]
pub(crate) struct SyncWork {
    /// The partition's folder.
    pub(crate) dir: PathBuf,
    /// Everything before this is on the disk.
    pub(crate) from: RecoveryPoint,
    /// Up to here; in the active segment.
    pub(crate) upto: RecoveryPoint,
    /// The active segment's files.
    pub(crate) files: ActiveFiles,
    /// The appender's count of logs that it has met here.
    pub(super) generation: u64,
}

impl SyncWork {
    /// The offset before which everything will be on the disk.
    pub(crate) fn end_offset(&self) -> Offset {
        self.upto.end_offset
    }

    /// Does it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn run(&self) -> Result<(), FileError> {
        sync_sealed(&self.dir, &self.from, &self.upto)?;
        self.files.sync()
    }
}

/// Syncs the segments before the one that `upto` lies in, as far as `from` does not cover them.
pub(crate) fn sync_sealed(dir: &Path, from: &RecoveryPoint, upto: &RecoveryPoint) -> Result<(), FileError> {
    if from.base_offset >= upto.base_offset {
        return Ok(());
    }
    let list = SegmentList::read(dir)?;
    for &base in list.logs.iter().filter(|base| (from.base_offset..upto.base_offset).contains(*base)) {
        let segment = SegmentPath::new(dir, base);
        for path in [segment.log(), segment.index(), segment.time_index()] {
            // Retention may have taken it, which is not undone here.
            fs::sync_file_if_present(&path)?;
        }
    }
    Ok(())
}

impl Writeback {
    /// Begins `work`; `None` where there can be no thread for it.
    pub(crate) fn begin(work: SyncWork, is_of_others: bool) -> Option<Self> {
        let (tell, outcome) = sync_channel(1);
        let upto = work.upto;
        let run = move || {
            // Who does not wait for it any more does not want to know.
            let _ = tell.send(work.run());
        };
        if cfg!(test) {
            // Tests count the operations of their own thread, and each at its place.
            run();
        } else {
            std::thread::Builder::new().name("writeback".to_owned()).spawn(run).ok()?;
        }
        Some(Self { outcome, upto, is_of_others })
    }

    /// What it came to, if it is done by now or within `patience`: up to where the log is on the disk.
    pub(crate) fn outcome(&self, patience: Duration) -> Option<Result<RecoveryPoint, FileError>> {
        match self.outcome.recv_timeout(patience) {
            Ok(outcome) => Some(outcome.map(|()| self.upto)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }
}
