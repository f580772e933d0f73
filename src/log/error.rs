//! What can go wrong with a partition, and what was mended.

use std::fmt;
use std::path::PathBuf;

use super::Position;
use crate::fs::FileError;
use crate::record::{BatchError, Offset};

/// A failure of one partition's log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// A checkpoint file is damaged.
    #[error(transparent)]
    Checkpoint(#[from] super::checkpoint::CheckpointError),
    /// Bytes that are no batch stand where one must be, with valid data or another segment behind them.
    #[error("{}: the batch at byte {position} (offset {offset}) is damaged: {reason}", .path.display())]
    Corrupt {
        /// The `.log` file.
        path: PathBuf,
        /// Where the damaged batch begins.
        position: Position,
        /// The offset that was expected there.
        offset: Offset,
        /// What is wrong with it.
        reason: String,
    },
    /// An offset below the log start offset or above the log end offset.
    #[error("offset {offset} is out of range: the partition holds {start} to {end} (the end not included)")]
    OffsetOutOfRange {
        /// What was asked for.
        offset: Offset,
        /// The log start offset.
        start: Offset,
        /// The log end offset.
        end: Offset,
    },
    /// A log start offset that was noted and that the log has not reached: it is damaged, or another log's.
    #[error(
        "log-start-offset-checkpoint says that this partition starts at offset {start}, but it ends at {end}: nothing \
         is deleted from it; correct that line, or take it out"
    )]
    StartBehindEnd {
        /// What is noted.
        start: Offset,
        /// The log end offset.
        end: Offset,
    },
    /// A batch above `max.message.bytes` (Kafka's `RecordTooLargeException`).
    #[error(
        "a record batch of {size} bytes is larger than max.message.bytes ({limit}); raise that config of the topic, \
         or compress"
    )]
    MessageTooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A batch above `segment.bytes` (Kafka's `RecordBatchTooLargeException`).
    #[error("a record batch of {size} bytes is larger than segment.bytes ({limit})")]
    SegmentTooSmall {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: u64,
    },
    /// The folder went away while it was in use.
    #[error("{} was deleted while it was in use", .0.display())]
    Gone(PathBuf),
    /// A sync failed, so that no later one can be believed.
    #[error("{}: nothing more is appended, for its data could not be put on the disk", .0.display())]
    SyncFailed(PathBuf),
    /// What compaction leaves of some segments is larger than they were, and than a segment can be.
    #[error("{}: compacted, this would be larger than a segment can be; its topic is left as it was", .0.display())]
    CleanedTooLarge(PathBuf),
    /// There is no offset left for another record.
    #[error("{}: the offsets of this partition are used up", .0.display())]
    OffsetsExhausted(PathBuf),
}

impl LogError {
    /// A batch that cannot be read, where one must be.
    pub fn corrupt(path: &std::path::Path, position: Position, offset: Offset, error: &BatchError) -> Self {
        Self::Corrupt { path: path.to_owned(), position, offset, reason: error.to_string() }
    }

    /// Whether a file was not there.
    pub(super) fn is_missing_file(&self) -> bool {
        matches!(self, Self::File(error) if error.kind() == std::io::ErrorKind::NotFound)
    }
}

/// Something that a writer mended when it opened a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// Bytes that were no whole batch were cut off the end of a log.
    TornTail {
        /// The `.log` file.
        path: PathBuf,
        /// Where the log ends now.
        position: Position,
        /// How many bytes were cut off.
        bytes: u64,
    },
    /// Both indexes of a segment were made anew from its log.
    IndexRebuilt {
        /// The `.log` file.
        path: PathBuf,
        /// What was wrong with them.
        reason: &'static str,
    },
    /// A segment behind a damaged one was dropped, after a loss of power.
    SegmentDropped {
        /// The `.log` file.
        path: PathBuf,
        /// How many bytes it had.
        bytes: u64,
    },
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornTail { path, position, bytes } => write!(
                f,
                "{}: cut off {bytes} bytes at byte {position} that were no whole batch",
                path.display()
            ),
            Self::IndexRebuilt { path, reason } => {
                write!(f, "{}: rebuilt the indexes ({reason})", path.display())
            }
            Self::SegmentDropped { path, bytes } => write!(
                f,
                "{}: dropped this segment of {bytes} bytes, which follows data that a loss of power destroyed",
                path.display()
            ),
        }
    }
}
