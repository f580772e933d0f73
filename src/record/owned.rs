//! A record that outlives the batch it came from.

use super::decoder::{Headers, RecordRef};

/// A record with bytes of its own.
#[derive(Debug, Clone)]
pub struct OwnedRecord {
    /// The record without its fields of bytes, which are empty.
    rest: RecordRef<'static>,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<u8>,
    header_count: u32,
}

impl From<&RecordRef<'_>> for OwnedRecord {
    fn from(record: &RecordRef<'_>) -> Self {
        Self {
            rest: RecordRef {
                offset: record.offset,
                timestamp: record.timestamp,
                sequence: record.sequence,
                key: None,
                value: None,
                headers: Headers::default(),
                legacy_checksum: record.legacy_checksum,
            },
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record.headers.bytes.to_vec(),
            header_count: record.headers.count,
        }
    }
}

impl OwnedRecord {
    /// The record as others take it.
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef {
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: Headers { bytes: &self.headers, count: self.header_count },
            ..self.rest
        }
    }
}
