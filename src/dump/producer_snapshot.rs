//! The producers in a `.snapshot` (Kafka's `ProducerStateManager.readSnapshot`).
//!
//! `i16` version, `u32` CRC-32C of all that follows it, `i32` count, and 46 bytes a producer.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::DumpError;
use crate::fs::{IoContext as _, open_read, read_at};
use crate::record::header::array;
use crate::record::{Offset, Timestamp};

/// Bytes before the checksummed part.
const CRC_END: usize = 6;
/// Bytes before the first producer.
const HEADER_LEN: usize = 10;
/// Bytes of a producer.
const ENTRY_LEN: usize = 46;
/// Bytes that are read at a time.
const PIECE: usize = ENTRY_LEN * 2048;

/// Why a snapshot is thrown away (Kafka's `CorruptSnapshotException`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Another version than the one there is.
    #[error("Snapshot contained an unknown file version {0}")]
    Version(i16),
    /// The bytes are not those that were written.
    #[error("Snapshot is corrupt (CRC is no longer valid). Stored crc: {stored}. Computed crc: {computed}")]
    Checksum {
        /// What the file says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// The file ends too early.
    #[error("Snapshot failed schema validation: it has {actual} bytes where its count asks for {expected}")]
    Truncated {
        /// The file's size in bytes.
        actual: u64,
        /// What the count of producers asks for, in bytes.
        expected: u64,
    },
}

/// A producer in a snapshot (Kafka's `ProducerStateEntry`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProducerEntry {
    /// The producer's id.
    pub producer_id: i64,
    /// Its epoch.
    pub producer_epoch: i16,
    /// Sequence number of its last record.
    pub last_sequence: i32,
    /// Offset of its last data record; below 0 when nothing is known of its last batch.
    pub last_offset: Offset,
    /// Last offset of its last batch, less the first.
    pub offset_delta: i32,
    /// When it last wrote.
    pub timestamp: Timestamp,
    /// Epoch of the last coordinator that ended one of its transactions; −1 for none.
    pub coordinator_epoch: i32,
    /// Offset of the first record of its open transaction, if it has one.
    pub current_txn_first_offset: Option<Offset>,
}

impl ProducerEntry {
    /// Sequence number of the first record of its last batch (`DefaultRecordBatch.decrementSequence`).
    pub fn first_sequence(&self) -> i32 {
        if self.last_sequence < self.offset_delta {
            i32::MAX.wrapping_sub(self.offset_delta.wrapping_sub(self.last_sequence)).wrapping_add(1)
        } else {
            self.last_sequence.wrapping_sub(self.offset_delta)
        }
    }

    fn decode(bytes: &[u8; ENTRY_LEN]) -> Self {
        let open = i64::from_be_bytes(array(bytes, 38));
        Self {
            producer_id: i64::from_be_bytes(array(bytes, 0)),
            producer_epoch: i16::from_be_bytes(array(bytes, 8)),
            last_sequence: i32::from_be_bytes(array(bytes, 10)),
            last_offset: Offset(i64::from_be_bytes(array(bytes, 14))),
            offset_delta: i32::from_be_bytes(array(bytes, 22)),
            timestamp: Timestamp(i64::from_be_bytes(array(bytes, 26))),
            coordinator_epoch: i32::from_be_bytes(array(bytes, 34)),
            current_txn_first_offset: (open >= 0).then_some(Offset(open)),
        }
    }
}

/// An open snapshot whose checksum holds.
#[derive(Debug)]
pub struct ProducerSnapshot {
    file: File,
    path: PathBuf,
    left: u64,
    at: u64,
    piece: Vec<u8>,
    piece_at: usize,
}

impl ProducerSnapshot {
    /// Opens `path` and checks it.
    ///
    /// # Errors
    /// [`DumpError::Snapshot`] when it is damaged; or when it cannot be read or is a folder.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        let file = open_read(path)?;
        let metadata = file.metadata().context_io("read the size of", path)?;
        if metadata.is_dir() {
            return Err(DumpError::Folder(path.to_owned()));
        }
        let refuse = |reason| Err(DumpError::Snapshot { path: path.to_owned(), reason });
        let mut header = [0; HEADER_LEN];
        let read = read_at(&file, &mut header, 0).context_io("read", path)?;
        let actual = metadata.len();
        if read < HEADER_LEN {
            return refuse(SnapshotError::Truncated { actual, expected: HEADER_LEN as u64 });
        }
        let version = i16::from_be_bytes(array(&header, 0));
        if version != 1 {
            return refuse(SnapshotError::Version(version));
        }
        let stored = u32::from_be_bytes(array(&header, 2));
        let mut piece = vec![0; PIECE];
        let mut computed = 0;
        let mut at = CRC_END as u64;
        loop {
            let read = read_at(&file, &mut piece, at).context_io("read", path)?;
            if read == 0 {
                break;
            }
            computed = crc32c::crc32c_append(computed, &piece[..read]);
            at += read as u64;
        }
        if stored != computed {
            return refuse(SnapshotError::Checksum { stored, computed });
        }
        let count = u64::try_from(i32::from_be_bytes(array(&header, 6))).unwrap_or(0);
        let expected = HEADER_LEN as u64 + count * ENTRY_LEN as u64;
        if expected > actual {
            return refuse(SnapshotError::Truncated { actual, expected });
        }
        piece.clear();
        Ok(Self { file, path: path.to_owned(), left: count, at: HEADER_LEN as u64, piece, piece_at: 0 })
    }

    /// The next producer; `None` behind the last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<ProducerEntry>, DumpError> {
        if self.left == 0 {
            return Ok(None);
        }
        if self.piece_at + ENTRY_LEN > self.piece.len() {
            self.piece.resize(PIECE, 0);
            let read = read_at(&self.file, &mut self.piece, self.at).context_io("read", &self.path)?;
            self.piece.truncate(read);
            self.at += read as u64;
            self.piece_at = 0;
        }
        let Some(bytes) = self.piece[self.piece_at..].first_chunk::<ENTRY_LEN>() else { return Ok(None) };
        self.piece_at += ENTRY_LEN;
        self.left -= 1;
        Ok(Some(ProducerEntry::decode(bytes)))
    }
}
