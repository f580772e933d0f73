//! What compaction leaves of a batch (Kafka's `MemoryRecords.buildRetainedRecordsInto`).
//!
//! Base offset, last offset, sequence numbers and producer stay those of the whole batch, so that offsets
//! keep their values and a producer's last sequence number is not forgotten.

use super::builder::{nullable_len, seal, write_nullable};
use super::decoder::RecordRef;
use super::header::{Attributes, BatchHeader, HEADER_LEN, LOG_OVERHEAD, TimestampType};
use super::varint::{varlong_len, write_varint, write_varlong};
use super::{Compression, CompressionError, Compressor, LeaderEpoch, Offset, Timestamp};

/// Collects the records of a batch that are kept, to be encoded with the batch's own codec. Buffers and
/// contexts are kept from batch to batch.
#[derive(Debug)]
pub struct RetainedBatch {
    payload: Vec<u8>,
    compressors: [Option<Compressor>; Compression::ALL.len()],
    source: Option<BatchHeader>,
    delete_horizon: Option<Timestamp>,
    base_offset: Offset,
    last_offset: Offset,
    base_timestamp: Timestamp,
    max_timestamp: Timestamp,
    count: i32,
}

impl Default for RetainedBatch {
    fn default() -> Self {
        Self {
            payload: Vec::new(),
            compressors: Default::default(),
            source: None,
            delete_horizon: None,
            base_offset: Offset::ZERO,
            last_offset: Offset::ZERO,
            base_timestamp: Timestamp::NONE,
            max_timestamp: Timestamp::NONE,
            count: 0,
        }
    }
}

impl RetainedBatch {
    /// Begins with the batch whose header is `source`. With `delete_horizon` its tombstones may go from then
    /// on (KIP-534).
    pub fn begin(&mut self, source: &BatchHeader, delete_horizon: Option<Timestamp>) {
        self.payload.clear();
        self.source = Some(*source);
        self.delete_horizon = delete_horizon;
        self.base_offset = source.base_offset;
        self.last_offset = source.last_offset();
        self.base_timestamp = delete_horizon.unwrap_or(Timestamp::NONE);
        self.max_timestamp = Timestamp::NONE;
        self.count = 0;
    }

    /// How many records were kept so far.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// Keeps `record`.
    #[inline]
    pub fn push(&mut self, record: &RecordRef<'_>) {
        if self.count == 0 {
            if self.delete_horizon.is_none() {
                self.base_timestamp = record.timestamp;
            }
            if self.source.is_some_and(|source| source.magic < 2) {
                self.base_offset = record.offset;
            }
        }
        self.max_timestamp = self.max_timestamp.max(record.timestamp);
        let timestamp_delta = record.timestamp.0.wrapping_sub(self.base_timestamp.0);
        // Within a batch offsets are no further apart than its header can say.
        let offset_delta = i32::try_from(record.offset.since(self.base_offset)).unwrap_or(i32::MAX);
        let headers = record.headers.encoded();
        let body_len = 1
            + varlong_len(timestamp_delta)
            + varlong_len(i64::from(offset_delta))
            + nullable_len(record.key)
            + nullable_len(record.value)
            + varlong_len(record.headers.len() as i64)
            + headers.len();
        let out = &mut self.payload;
        out.reserve(body_len + 5);
        write_varlong(body_len as i64, out);
        out.push(0);
        write_varlong(timestamp_delta, out);
        write_varint(offset_delta, out);
        write_nullable(record.key, out);
        write_nullable(record.value, out);
        write_varlong(record.headers.len() as i64, out);
        out.extend_from_slice(headers);
        self.count += 1;
    }

    /// Appends the batch to `out` and answers its header. A compressed message of magic 0 or 1 becomes a
    /// batch of magic 2: its records' offsets, timestamps and codec stay.
    ///
    /// # Errors
    /// When the codec is unknown or fails; `out` is then as it was.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<BatchHeader, CompressionError> {
        let Some(source) = self.source.take() else { unreachable!("a batch was begun") };
        let codec = Compression::from_id(source.attributes.codec_id()).unwrap_or(Compression::None);
        let start = out.len();
        out.resize(start + HEADER_LEN, 0);
        let compressor = match &mut self.compressors[usize::from(codec.id())] {
            Some(compressor) => compressor,
            none => none.insert(Compressor::new(codec, None)?),
        };
        if let Err(error) = compressor.compress(&self.payload, out) {
            out.truncate(start);
            return Err(error);
        }
        let max_timestamp = match source.attributes.timestamp_type() {
            TimestampType::LogAppendTime => source.max_timestamp,
            _ => self.max_timestamp,
        };
        let header = BatchHeader {
            base_offset: self.base_offset,
            last_offset_delta: i32::try_from(self.last_offset.since(self.base_offset)).unwrap_or(i32::MAX),
            magic: 2,
            attributes: source
                .attributes
                .with_codec(codec.id())
                .with_delete_horizon(self.delete_horizon.is_some()),
            base_timestamp: self.base_timestamp,
            max_timestamp,
            count: self.count,
            leader_epoch: if source.magic < 2 { LeaderEpoch(-1) } else { source.leader_epoch },
            ..source
        };
        Ok(seal(&mut out[start..], header))
    }
}

/// Appends to `out` what is left of the batch `source`, of magic 2, when none of its records is kept, but
/// its last offset or its producer's state must be (`DefaultRecordBatch.writeEmptyHeader`).
pub fn empty_batch(source: &BatchHeader, out: &mut Vec<u8>) -> BatchHeader {
    let header = BatchHeader {
        length: (HEADER_LEN - LOG_OVERHEAD) as i32,
        magic: 2,
        attributes: Attributes(source.attributes.0).with_codec(0).with_delete_horizon(false),
        base_timestamp: Timestamp::NONE,
        count: 0,
        ..*source
    };
    let start = out.len();
    out.resize(start + HEADER_LEN, 0);
    seal(&mut out[start..], header)
}

#[cfg(test)]
mod tests {
    use super::super::{Batch, BatchBuilder, EncodedBatch, Header, NewRecord, RecordDecoder};
    use super::*;

    fn batch(codec: Compression, append_time: Option<Timestamp>) -> EncodedBatch {
        let mut builder = BatchBuilder::new();
        for n in 0..10i64 {
            let value = format!("value {n}");
            let header = Header { key: b"h", value: (n % 2 == 0).then_some(&b"x"[..]) };
            builder.push(&NewRecord {
                timestamp: Timestamp(1000 + 7 * n),
                key: Some(&[b'k', n as u8]),
                value: (n != 4).then_some(value.as_bytes()),
                headers: &[header],
            });
        }
        let mut out = EncodedBatch::default();
        builder.finish(&mut Compressor::new(codec, None).unwrap(), append_time, &mut out).unwrap();
        out.assign(Offset(500), LeaderEpoch(3));
        out
    }

    type Kept = (i64, i64, Option<Vec<u8>>, Option<Vec<u8>>, usize);

    fn records(bytes: &[u8]) -> Vec<Kept> {
        let batch = Batch::parse(bytes).unwrap().unwrap();
        batch.verify().unwrap();
        let mut decoder = RecordDecoder::new();
        let mut records = decoder.records(&batch).unwrap();
        let mut out = Vec::new();
        while let Some(r) = records.next().unwrap() {
            let bytes = |field: Option<&[u8]>| field.map(<[u8]>::to_vec);
            out.push((r.offset.0, r.timestamp.0, bytes(r.key), bytes(r.value), r.headers.iter().count()));
        }
        out
    }

    #[test]
    fn what_is_kept_keeps_its_offset_timestamp_and_fields() {
        for codec in Compression::ALL {
            for (append_time, horizon) in [(None, None), (None, Some(90_000)), (Some(77_777), Some(1))] {
                let source = batch(codec, append_time.map(Timestamp));
                let all = records(source.bytes());
                let mut retained = RetainedBatch::default();
                let header = *Batch::parse(source.bytes()).unwrap().unwrap().header();
                retained.begin(&header, horizon.map(Timestamp));
                let parsed = Batch::parse(source.bytes()).unwrap().unwrap();
                let mut decoder = RecordDecoder::new();
                let mut walk = decoder.records(&parsed).unwrap();
                while let Some(record) = walk.next().unwrap() {
                    if record.offset.0 % 3 == 0 {
                        retained.push(&record);
                    }
                }
                let mut out = b"before".to_vec();
                let header = retained.finish(&mut out).unwrap();
                let out = &out[6..];
                let kept: Vec<Kept> = all.iter().filter(|(offset, ..)| offset % 3 == 0).cloned().collect();
                assert_eq!(records(out), kept, "{codec} {append_time:?} {horizon:?}");
                let found = Batch::parse(out).unwrap().unwrap();
                assert_eq!(*found.header(), header);
                assert_eq!((found.size(), header.count), (out.len(), 3));
                assert_eq!((header.base_offset, header.last_offset()), (Offset(500), Offset(509)));
                assert_eq!(header.delete_horizon(), horizon.map(Timestamp));
                assert_eq!(header.leader_epoch, LeaderEpoch(3));
                let max = append_time.unwrap_or(kept.last().unwrap().1);
                assert_eq!(header.max_timestamp, Timestamp(max), "that of what is kept");
            }
        }
    }

    #[test]
    fn an_emptied_batch_is_a_bare_header() {
        let source = batch(Compression::Gzip, None);
        let mut header = *Batch::parse(source.bytes()).unwrap().unwrap().header();
        (header.producer_id, header.producer_epoch, header.base_sequence) = (9, 2, 44);
        let mut out = Vec::new();
        empty_batch(&header, &mut out);
        assert_eq!(out.len(), HEADER_LEN);
        let left = Batch::parse(&out).unwrap().unwrap();
        left.verify().unwrap();
        let left = left.header();
        assert_eq!((left.count, left.attributes.codec_id(), left.base_timestamp), (0, 0, Timestamp::NONE));
        assert_eq!((left.base_offset, left.last_offset()), (header.base_offset, header.last_offset()));
        assert_eq!((left.producer_id, left.base_sequence, left.last_sequence()), (9, 44, 53));
        assert_eq!(left.max_timestamp, header.max_timestamp);
    }
}
