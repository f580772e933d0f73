//! Looking into the files of a partition, whatever state they are in: what `dump-log-segments` knows.
//!
//! The rest of mkafka refuses damage; this module describes it. Nothing here prints, nothing but `salvage`
//! writes, and that only new files; and no length field gets memory that [`Limits`] does not allow. What is found is handed out piece by piece,
//! in the file's order, so that a file's size does not matter.
//!
//! | what | where |
//! | --- | --- |
//! | which kind of file a name means | `kind` |
//! | the batches of a `.log` or `.checkpoint`, damaged ones included | `log_walk` |
//! | the entries of an `.index`, held against the log | `offset_index` |
//! | the entries of a `.timeindex`, held against the log | `time_index` |
//! | the entries of an index file, without regard to what they mean | `entries` |
//! | the entries of a `.txnindex` | `txn_index` |
//! | the producers in a `.snapshot` | `producer_snapshot` |
//! | records of Kafka's own topics | `decoder` |
//! | which of all that is wanted, and where to begin looking for it | `filter`, `start` |
//! | a log in numbers | `summary` |
//! | what is good of a log, written to a new one | `salvage` |
//! | checkpoints and other small texts | `text_file` |

mod decoder;
mod entries;
mod filter;
mod kind;
mod log_walk;
mod offset_index;
mod producer_snapshot;
mod salvage;
mod start;
mod summary;
mod text_file;
mod time_index;
mod txn_index;

use std::path::PathBuf;

pub use decoder::{CoordinatorValue, DecodeError, DecodedRecord, MessageDecoder};
pub use filter::RecordFilter;
pub use kind::FileKind;
pub use log_walk::{Damage, Found, FoundBatch, LogWalk};
pub use offset_index::{CheckedOffsetEntry, OffsetIndexCheck, OffsetIndexDump, OffsetVerdict};
pub use producer_snapshot::{ProducerEntry, ProducerSnapshot, SnapshotError};
pub use salvage::{Salvage, SalvageError, Salvaged};
pub use start::start_position;
pub use summary::LogSummary;
pub use text_file::{TextFile, TextItem, TextKind, TextValue};
pub use time_index::{CheckedTimeEntry, TimeIndexCheck, TimeIndexDump, TimeVerdict};
pub use txn_index::{AbortedTxn, TxnIndexDump};

use crate::fs::FileError;
use crate::log::Position;

/// The most that an inspection holds in memory at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest batch that is read whole, in bytes: records of larger ones are not shown.
    pub batch_size_max: usize,
    /// The largest record that is unpacked from a compressed batch, in bytes.
    pub record_size_max: usize,
}

impl Limits {
    /// What the limits are at the least, 16 MiB: sixteen times Kafka's default for the largest batch.
    pub const FLOOR: usize = 16 << 20;

    /// Limits for messages of up to `bytes`, or of [`Limits::FLOOR`] if that is more.
    pub fn for_messages_of(bytes: usize) -> Self {
        let bytes = bytes.max(Self::FLOOR);
        Self { batch_size_max: bytes, record_size_max: bytes }
    }
}

/// Why a file cannot be looked into at all, or no further.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// A folder where a file was expected.
    #[error("{}: is a folder, not a file", .0.display())]
    Folder(PathBuf),
    /// The base offset, to which entries are relative, is not in the file's name.
    #[error("{}: its name does not begin with an offset, to which its entries are relative", .0.display())]
    BaseOffset(PathBuf),
    /// A file that must lie beside this one does not.
    #[error("{}: cannot be checked without {}: {source}", .path.display(), .needed.display())]
    Companion {
        /// The file to be dumped.
        path: PathBuf,
        /// What must lie beside it.
        needed: PathBuf,
        /// Why that cannot be used.
        source: FileError,
    },
    /// An index that a broker would rebuild (Kafka's `CorruptIndexException`).
    #[error("{0}")]
    Index(String),
    /// A producer snapshot that a broker would throw away (Kafka's `CorruptSnapshotException`).
    #[error("{}: {reason}", .path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: SnapshotError,
    },
    /// An entry that no version of Kafka writes.
    #[error("{}: byte {position}: {reason}", .path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Where the entry begins.
        position: Position,
        /// What is wrong with it.
        reason: String,
    },
}
