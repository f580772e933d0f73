//! Records that outlive the batches they came from.

use std::ops::Range;

use super::decoder::{Headers, RecordRef};

/// Records in the order in which they came. Their bytes lie one behind the other in one buffer, which is kept for those
/// that follow once all have been taken out.
#[derive(Debug, Default)]
pub struct RecordQueue {
    bytes: Vec<u8>,
    records: Vec<Queued>,
    /// How many of them have been taken out.
    taken: usize,
}

/// A record, and where in the buffer its bytes begin: those of its key, of its value and of its headers.
#[derive(Debug)]
struct Queued {
    /// The record without its fields of bytes, which are empty.
    rest: RecordRef<'static>,
    start: usize,
    key: Option<usize>,
    value: Option<usize>,
    headers: usize,
    header_count: u32,
}

impl RecordQueue {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.taken == self.records.len()
    }

    /// Puts in a copy of `record` as the last.
    pub fn push(&mut self, record: &RecordRef<'_>) {
        let RecordRef { key, value, headers, .. } = record;
        self.records.push(Queued {
            rest: RecordRef { key: None, value: None, headers: Headers::default(), ..*record },
            start: self.bytes.len(),
            key: key.map(<[u8]>::len),
            value: value.map(<[u8]>::len),
            headers: headers.bytes.len(),
            header_count: headers.count,
        });
        for field in [key.unwrap_or_default(), value.unwrap_or_default(), headers.bytes] {
            self.bytes.extend_from_slice(field);
        }
    }

    /// The first record.
    pub fn first(&self) -> Option<RecordRef<'_>> {
        let Queued { rest, start, key, value, headers, header_count } = self.records.get(self.taken)?;
        let value_at = start + key.unwrap_or(0);
        let headers_at = value_at + value.unwrap_or(0);
        let bytes = |range: Range<usize>| &self.bytes[range];
        Some(RecordRef {
            key: key.map(|len| bytes(*start..start + len)),
            value: value.map(|len| bytes(value_at..value_at + len)),
            headers: Headers { bytes: bytes(headers_at..headers_at + headers), count: *header_count },
            ..*rest
        })
    }

    /// Takes out the first record.
    pub fn remove_first(&mut self) {
        self.taken += 1;
        if self.taken >= self.records.len() {
            self.clear();
        }
    }

    /// Takes out all records.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Batch, BatchBuilder, Compression, Compressor, EncodedBatch, Header, NewRecord, RecordDecoder,
        Timestamp,
    };
    use super::*;

    #[test]
    fn records_come_out_as_they_were_put_in() {
        let headers = [
            Header { key: b"h", value: None },
            Header { key: b"", value: Some(b"1") },
            Header { key: b"h", value: None },
        ];
        let record = |at, key: Option<&'static str>, value: Option<&'static str>, headers| NewRecord {
            timestamp: Timestamp(at),
            key: key.map(str::as_bytes),
            value: value.map(str::as_bytes),
            headers,
        };
        let new = [
            record(1000, None, None, &[]),
            record(1001, Some(""), Some("v"), &headers),
            record(1000, Some("key"), None, &headers[..1]),
            record(1003, None, Some(""), &[]),
            record(1004, Some("k"), Some("value"), &[]),
        ];
        let mut builder = BatchBuilder::default();
        for record in &new {
            builder.push(record);
        }
        let mut encoded = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).expect("a codec");
        builder.finish(&mut compressor, None, &mut encoded).expect("encoded");
        let batch = Batch::parse(encoded.bytes()).expect("a batch").expect("whole");
        let mut queue = RecordQueue::default();
        for _ in 0..2 {
            let mut decoder = RecordDecoder::new();
            let mut records = decoder.records(&batch).expect("records");
            while let Some(record) = records.next().expect("sound") {
                queue.push(&record);
            }
            for (n, new) in new.iter().enumerate() {
                let first = queue.first().expect("one more");
                assert_eq!((first.key, first.value, first.timestamp), (new.key, new.value, new.timestamp));
                assert!(first.headers.iter().eq(new.headers.iter().copied()), "record {n}");
                assert!(!queue.is_empty());
                queue.remove_first();
            }
            assert!(queue.is_empty() && queue.first().is_none());
        }
    }
}
