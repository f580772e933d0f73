//! What there is in a log, in numbers.

use std::collections::BTreeMap;

use crate::record::varint::varlong_len;
use crate::record::{BatchHeader, Offset, RecordRef, Timestamp};

/// Producers that are told apart; beyond them they are only known to be more.
const PRODUCERS_MAX: usize = 100_000;

/// The numbers of a log's batches and records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogSummary {
    /// Batches.
    pub batches: u64,
    /// Records, control records included.
    pub records: u64,
    /// Bytes of the batches, as they lie in the file.
    pub bytes: u64,
    /// Bytes that they would have without compression.
    pub uncompressed_bytes: u64,
    /// The first offset and the last.
    pub offsets: Option<(Offset, Offset)>,
    /// The smallest timestamp and the largest.
    pub timestamps: Option<(Timestamp, Timestamp)>,
    /// How often offsets are missing between records.
    pub gaps: u64,
    /// How many offsets are missing so.
    pub missing_offsets: u64,
    /// The producers with an id, and how many batches each has.
    pub producers: BTreeMap<i64, u64>,
    /// The record with the most bytes: its offset and their number.
    pub largest: Option<(Offset, u64)>,
}

impl LogSummary {
    /// Adds a batch of `size` bytes.
    pub fn add_batch(&mut self, header: &BatchHeader, size: usize) {
        self.batches += 1;
        self.bytes += size as u64;
        self.uncompressed_bytes +=
            if header.magic >= 2 { crate::record::header::HEADER_LEN as u64 } else { 0 };
        if header.producer_id >= 0
            && (self.producers.len() < PRODUCERS_MAX || self.producers.contains_key(&header.producer_id))
        {
            *self.producers.entry(header.producer_id).or_default() += 1;
        }
    }

    /// Adds a record of a batch with `header`.
    pub fn add_record(&mut self, header: &BatchHeader, record: &RecordRef<'_>) {
        self.records += 1;
        let size = encoded_size(header, record);
        self.uncompressed_bytes += size;
        if self.largest.is_none_or(|(_, largest)| size > largest) {
            self.largest = Some((record.offset, size));
        }
        if let Some((_, last)) = self.offsets
            && record.offset > last.next()
        {
            self.gaps += 1;
            self.missing_offsets += record.offset.since(last.next()).unsigned_abs();
        }
        self.offsets = Some(match self.offsets {
            None => (record.offset, record.offset),
            Some((first, last)) => (first.min(record.offset), last.max(record.offset)),
        });
        self.timestamps = Some(match self.timestamps {
            None => (record.timestamp, record.timestamp),
            Some((first, last)) => (first.min(record.timestamp), last.max(record.timestamp)),
        });
    }

    /// By how much compression has made the batches smaller; 1 where it has not.
    pub fn compression_ratio(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "nobody needs the ratio of exabytes exactly")]
        (self.bytes > 0).then(|| self.uncompressed_bytes as f64 / self.bytes as f64)
    }
}

/// How many bytes the record has in a batch that is not compressed.
fn encoded_size(header: &BatchHeader, record: &RecordRef<'_>) -> u64 {
    let field = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len) as u64;
    let data = field(record.key) + field(record.value);
    if header.magic < 2 {
        // Offset, length, checksum, magic, attributes, two lengths; magic 1 has a timestamp.
        return data + if header.magic == 0 { 26 } else { 34 };
    }
    let integer = |value: i64| varlong_len(value) as u64;
    let length =
        |bytes: Option<&[u8]>| integer(bytes.map_or(-1, |b| i64::try_from(b.len()).unwrap_or(i64::MAX)));
    let mut body = 1 + integer(record.timestamp.0.wrapping_sub(header.base_timestamp.0));
    body += integer(record.offset.since(header.base_offset));
    body += length(record.key) + length(record.value) + data;
    body += integer(i64::try_from(record.headers.len()).unwrap_or(i64::MAX));
    for h in record.headers.iter() {
        body += length(Some(h.key)) + field(Some(h.key)) + length(h.value) + field(h.value);
    }
    body + integer(i64::try_from(body).unwrap_or(i64::MAX))
}
