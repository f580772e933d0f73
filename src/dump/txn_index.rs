//! The aborted transactions in a `.txnindex` (Kafka's `TransactionIndex`, `AbortedTxn`).

use std::path::Path;

use super::DumpError;
use super::entries::EntryReader;
use crate::record::Offset;
use crate::record::header::array;

/// Bytes of an entry: `i16` version, then producer id and three offsets of `i64`.
const ENTRY_LEN: usize = 34;

/// An aborted transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbortedTxn {
    /// The entry's version; 0 is the only one there is.
    pub version: i16,
    /// Whose transaction it was.
    pub producer_id: i64,
    /// Offset of its first record.
    pub first_offset: Offset,
    /// Offset of its abort marker.
    pub last_offset: Offset,
    /// The last stable offset once it was aborted.
    pub last_stable_offset: Offset,
}

/// An open transaction index.
#[derive(Debug)]
pub struct TxnIndexDump {
    entries: EntryReader<ENTRY_LEN>,
}

impl TxnIndexDump {
    /// Opens the transaction index `path`.
    ///
    /// # Errors
    /// When it cannot be opened or is a folder.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        Ok(Self { entries: EntryReader::open(path)? })
    }

    /// The next entry; `None` behind the last.
    ///
    /// # Errors
    /// [`DumpError::Entry`] for a version that is not known and for an entry that the file cuts off, both
    /// of which end the dump; or when it cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<AbortedTxn>, DumpError> {
        let position = self.entries.position();
        let broken =
            |reason: String, path: &Path| DumpError::Entry { path: path.to_owned(), position, reason };
        let Some(bytes) = self.entries.next()? else {
            return match self.entries.fragment() {
                0 => Ok(None),
                bytes => Err(broken(format!("{bytes} bytes are too few for an entry"), self.entries.path())),
            };
        };
        let version = i16::from_be_bytes(array(&bytes, 0));
        if version > 0 {
            let reason = format!("unexpected aborted transaction version {version}, current version is 0");
            return Err(broken(reason, self.entries.path()));
        }
        Ok(Some(AbortedTxn {
            version,
            producer_id: i64::from_be_bytes(array(&bytes, 2)),
            first_offset: Offset(i64::from_be_bytes(array(&bytes, 10))),
            last_offset: Offset(i64::from_be_bytes(array(&bytes, 18))),
            last_stable_offset: Offset(i64::from_be_bytes(array(&bytes, 26))),
        }))
    }
}
