//! Encoding record batches of magic 2 (Kafka's `MemoryRecordsBuilder`).
//!
//! Records are encoded straight behind the room for the header, in the buffer that will be written: an
//! uncompressed batch is copied once, from the producer's input. The checksum does not cover base
//! offset and leader epoch, so a finished batch waits for its offset without a second pass.

use super::batch_producer::BatchProducer;
use super::compression::{Compression, CompressionError, Compressor};
use super::decoder::Header;
use super::header::{ATTRIBUTES_AT, BatchHeader, CRC_AT, HEADER_LEN, LOG_OVERHEAD};
use super::record_writer::Room;
use super::varint::{MAX_VARINT_LEN, varlong_len, write_varlong};
use super::{LeaderEpoch, Offset, Timestamp, checksum};

/// The largest batch that the length field can tell of, in bytes.
pub const BATCH_SIZE_MAX: usize = i32::MAX as usize;

/// Collects records until they are finished into a batch.
#[derive(Debug)]
pub struct BatchBuilder {
    /// Room for the header, then the records, then room for more: bytes that have been there before, so that
    /// a record is written into a slice whose end is checked once.
    buffer: Vec<u8>,
    /// Bytes of `buffer` that are header and records.
    filled: usize,
    count: i32,
    base_timestamp: Timestamp,
    max_timestamp: Timestamp,
    /// Whose the next batch is; `None` for nobody's in particular.
    producer: Option<BatchProducer>,
}

/// The fields of a record to be encoded.
#[derive(Debug, Clone, Copy)]
pub struct NewRecord<'a> {
    /// When it was created.
    pub timestamp: Timestamp,
    /// The key; `None` is null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is null.
    pub value: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: &'a [Header<'a>],
}

impl NewRecord<'_> {
    /// Bytes that it takes in a batch at the most, whatever its place there.
    pub fn size_max(&self) -> usize {
        const FIELDS_MAX: usize = 5 + 1 + 10 + 5 + 5;
        let headers: usize =
            self.headers.iter().map(|h| 10 + h.key.len() + h.value.map_or(0, <[u8]>::len)).sum();
        FIELDS_MAX + 10 + self.key.map_or(0, <[u8]>::len) + self.value.map_or(0, <[u8]>::len) + headers
    }
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// An empty batch.
    pub fn new() -> Self {
        Self {
            buffer: vec![0; HEADER_LEN],
            filled: HEADER_LEN,
            count: 0,
            base_timestamp: Timestamp::NONE,
            max_timestamp: Timestamp::NONE,
            producer: None,
        }
    }

    /// Makes the batch that is finished next `producer`'s, and only that one.
    pub fn set_producer(&mut self, producer: BatchProducer) {
        self.producer = Some(producer);
    }

    /// Bytes of the batch so far, header included, before compression.
    pub fn size(&self) -> usize {
        self.filled
    }

    /// Records so far.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether `record` can be added without passing `size_limit` bytes, or what a batch can hold at all.
    /// A first record is limited by the latter alone.
    #[inline]
    pub fn has_room(&self, record: &NewRecord<'_>, size_limit: usize) -> bool {
        let size = self.filled + record.size_max();
        let limit = if self.count == 0 { BATCH_SIZE_MAX } else { size_limit.min(BATCH_SIZE_MAX) };
        size <= limit && self.count < i32::MAX
    }

    /// Encodes `record` behind the others. The caller has made sure of [`BatchBuilder::has_room`].
    #[inline]
    pub fn push(&mut self, record: &NewRecord<'_>) {
        if self.count == 0 {
            self.base_timestamp = record.timestamp;
        }
        let timestamp_delta = record.timestamp.0.wrapping_sub(self.base_timestamp.0);
        let body_len = self.body_len(record, timestamp_delta);
        self.write(record, body_len, timestamp_delta);
    }

    /// Encodes `record` behind a first one, if it has room below `size_limit` bytes; answers whether it had.
    #[inline]
    pub fn push_if_room(&mut self, record: &NewRecord<'_>, size_limit: usize) -> bool {
        let timestamp_delta = record.timestamp.0.wrapping_sub(self.base_timestamp.0);
        let body_len = self.body_len(record, timestamp_delta);
        let has_room = self.has_room_behind_first(body_len, size_limit);
        if has_room {
            self.write(record, body_len, timestamp_delta);
        }
        has_room
    }

    #[inline]
    fn has_room_behind_first(&self, body_len: usize, size_limit: usize) -> bool {
        let end = self.filled + body_len + MAX_VARINT_LEN;
        self.count > 0 && self.count < i32::MAX && end <= size_limit.min(BATCH_SIZE_MAX)
    }

    /// Bytes that `record` takes behind its length.
    #[inline]
    fn body_len(&self, record: &NewRecord<'_>, timestamp_delta: i64) -> usize {
        let headers_len = if record.headers.is_empty() { 1 } else { headers_len(record.headers) };
        1 + varlong_len(timestamp_delta)
            + varlong_len(i64::from(self.count))
            + nullable_len(record.key)
            + nullable_len(record.value)
            + headers_len
    }

    /// Writes `record`, which takes `body_len` bytes behind its length, behind the others.
    #[inline]
    fn write(&mut self, record: &NewRecord<'_>, body_len: usize, timestamp_delta: i64) {
        let end = self.filled + body_len + MAX_VARINT_LEN + Room::SPARE;
        if self.buffer.len() < end {
            self.grow(end);
        }
        let mut room = Room::new(&mut self.buffer[self.filled..end]);
        room.put_varlong(body_len as i64);
        // The attributes, of which no bit has a meaning.
        room.put(&[0]);
        room.put_varlong(timestamp_delta);
        room.put_varlong(i64::from(self.count));
        room.put_nullable(record.key);
        room.put_nullable(record.value);
        if record.headers.is_empty() {
            room.put(&[0]);
        } else {
            room.put_headers(record.headers);
        }
        self.filled += room.filled();
        self.count += 1;
        self.max_timestamp = self.max_timestamp.max(record.timestamp);
    }

    /// Encodes records that are `like` one, each with a value of its own, behind a first one of which that is true
    /// too, until there are no more values, or one has no room below `size_limit` bytes: that one is answered.
    #[inline]
    pub fn push_values<'a>(
        &mut self,
        like: &NewRecord<'_>,
        values: &mut impl Iterator<Item = &'a [u8]>,
        size_limit: usize,
    ) -> Option<&'a [u8]> {
        let timestamp_delta = like.timestamp.0.wrapping_sub(self.base_timestamp.0);
        let headers_len = if like.headers.is_empty() { 1 } else { headers_len(like.headers) };
        let same_len = 1 + varlong_len(timestamp_delta) + nullable_len(like.key) + headers_len;
        for value in values {
            let value_len = value.len() as i64;
            let body_len =
                same_len + varlong_len(i64::from(self.count)) + varlong_len(value_len) + value.len();
            if !self.has_room_behind_first(body_len, size_limit) {
                return Some(value);
            }
            self.write(&NewRecord { value: Some(value), ..*like }, body_len, timestamp_delta);
        }
        None
    }

    /// Makes room up to `end`, and some more so that this is rare. What a buffer has been before need not be
    /// cleared.
    #[cold]
    fn grow(&mut self, end: usize) {
        const MORE: usize = 4096;
        self.buffer.resize(end + MORE, 0);
    }

    /// Turns what was collected into a batch in `out`, whose buffer is used again, and begins anew. With
    /// `append_time` the batch's timestamps are the log's (`LogAppendTime`).
    ///
    /// # Errors
    /// When the codec fails; the records are gone then.
    pub fn finish(
        &mut self,
        compressor: &mut Compressor,
        append_time: Option<Timestamp>,
        out: &mut EncodedBatch,
    ) -> Result<(), CompressionError> {
        if compressor.codec() == Compression::None {
            std::mem::swap(&mut self.buffer, &mut out.bytes);
            out.bytes.truncate(self.filled);
        } else {
            out.bytes.clear();
            out.bytes.resize(HEADER_LEN, 0);
            compressor.compress(&self.buffer[HEADER_LEN..self.filled], &mut out.bytes)?;
        }
        self.seal(compressor.codec(), append_time, out);
        Ok(())
    }

    /// As [`BatchBuilder::finish`], without compression.
    pub(super) fn finish_uncompressed(&mut self, out: &mut EncodedBatch) {
        std::mem::swap(&mut self.buffer, &mut out.bytes);
        out.bytes.truncate(self.filled);
        self.seal(Compression::None, None, out);
    }

    /// Writes the header of a batch whose records are in `out`, and begins anew.
    fn seal(&mut self, codec: Compression, append_time: Option<Timestamp>, out: &mut EncodedBatch) {
        let producer = self.producer.take().unwrap_or(BatchProducer::NOBODY);
        let mut attributes = producer.attributes.with_codec(codec.id());
        if append_time.is_some() {
            attributes = attributes.with_log_append_time();
        }
        out.seal(BatchHeader {
            base_offset: Offset::ZERO,
            length: 0,
            leader_epoch: LeaderEpoch(0),
            magic: 2,
            crc: 0,
            attributes,
            last_offset_delta: self.count - 1,
            base_timestamp: self.base_timestamp,
            max_timestamp: append_time.unwrap_or(self.max_timestamp),
            producer_id: producer.id,
            producer_epoch: producer.epoch,
            base_sequence: producer.base_sequence,
            count: self.count,
        });
        self.clear();
    }

    /// Forgets what was collected.
    pub fn clear(&mut self) {
        if self.buffer.len() < HEADER_LEN {
            self.buffer.resize(HEADER_LEN, 0);
        }
        self.filled = HEADER_LEN;
        self.count = 0;
        self.max_timestamp = Timestamp::NONE;
    }
}

/// A batch that is ready to be appended, except for its offset.
#[derive(Debug)]
pub struct EncodedBatch {
    bytes: Vec<u8>,
    header: BatchHeader,
}

impl Default for EncodedBatch {
    fn default() -> Self {
        let header = BatchHeader::decode(&[0; HEADER_LEN]);
        Self {
            bytes: Vec::new(),
            header: header.unwrap_or_else(|| unreachable!("a header's worth of bytes")),
        }
    }
}

impl EncodedBatch {
    /// Writes `header` over the room left for it, with the length and checksum of the bytes behind it.
    fn seal(&mut self, header: BatchHeader) {
        self.header = seal(&mut self.bytes, header);
    }

    /// The whole batch.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its header.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Gives the batch its place in the log. Neither field is under the checksum.
    pub fn assign(&mut self, base_offset: Offset, leader_epoch: LeaderEpoch) {
        self.header.base_offset = base_offset;
        self.header.leader_epoch = leader_epoch;
        self.bytes[0..8].copy_from_slice(&base_offset.0.to_be_bytes());
        self.bytes[12..16].copy_from_slice(&leader_epoch.0.to_be_bytes());
    }
}

/// Writes `header` over the room left for it at the front of `batch`, with the length and checksum of what
/// is there; answers it with both.
pub(super) fn seal(batch: &mut [u8], mut header: BatchHeader) -> BatchHeader {
    header.length = i32::try_from(batch.len() - LOG_OVERHEAD).unwrap_or(i32::MAX);
    batch[..HEADER_LEN].copy_from_slice(&header.encode());
    header.crc = checksum::crc32c(&batch[ATTRIBUTES_AT..]);
    batch[CRC_AT..ATTRIBUTES_AT].copy_from_slice(&header.crc.to_be_bytes());
    header
}

#[inline]
pub(super) fn nullable_len(field: Option<&[u8]>) -> usize {
    field.map_or(1, |bytes| varlong_len(bytes.len() as i64) + bytes.len())
}

#[inline]
pub(super) fn write_nullable(field: Option<&[u8]>, out: &mut Vec<u8>) {
    match field {
        None => out.push(1),
        Some(bytes) => {
            write_varlong(bytes.len() as i64, out);
            out.extend_from_slice(bytes);
        }
    }
}

fn headers_len(headers: &[Header<'_>]) -> usize {
    let each = headers.iter().map(|h| nullable_len(Some(h.key)) + nullable_len(h.value));
    varlong_len(headers.len() as i64) + each.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Batch, RecordDecoder};
    use super::*;

    type Fields = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>);

    fn some_bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
        proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300))
    }

    fn some_record() -> impl Strategy<Value = Fields> {
        let headers = proptest::collection::vec((".{0,8}", some_bytes()), 0..4);
        (any::<i64>(), some_bytes(), some_bytes(), headers)
    }

    fn encode(records: &[Fields], codec: Compression) -> EncodedBatch {
        let mut builder = BatchBuilder::new();
        for (timestamp, key, value, headers) in records {
            let headers: Vec<Header<'_>> =
                headers.iter().map(|(k, v)| Header { key: k.as_bytes(), value: v.as_deref() }).collect();
            let record = NewRecord {
                timestamp: Timestamp(*timestamp),
                key: key.as_deref(),
                value: value.as_deref(),
                headers: &headers,
            };
            let before = builder.size();
            builder.push(&record);
            assert!(builder.size() - before <= record.size_max());
        }
        let mut out = EncodedBatch::default();
        let mut compressor = Compressor::new(codec, None).expect("a codec");
        builder.finish(&mut compressor, None, &mut out).expect("it compresses");
        assert!(builder.is_empty());
        out
    }

    fn decode(bytes: &[u8]) -> Vec<Fields> {
        let batch = Batch::parse(bytes).expect("a batch").expect("a whole one");
        batch.verify().expect("its checksum");
        let mut decoder = RecordDecoder::new();
        let mut records = decoder.records(&batch).expect("records");
        let mut out = Vec::new();
        while let Some(r) = records.next().expect("a record") {
            assert_eq!(r.offset, batch.header().base_offset.plus(out.len() as i64));
            let headers = r
                .headers
                .iter()
                .map(|h| (String::from_utf8(h.key.to_vec()).expect("UTF-8"), h.value.map(<[u8]>::to_vec)));
            out.push((
                r.timestamp.0,
                r.key.map(<[u8]>::to_vec),
                r.value.map(<[u8]>::to_vec),
                headers.collect(),
            ));
        }
        out
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(records in proptest::collection::vec(some_record(), 1..40), codec in 0u8..5) {
            let codec = Compression::from_id(codec).expect("a codec");
            let mut batch = encode(&records, codec);
            batch.assign(Offset(77), LeaderEpoch(3));
            prop_assert_eq!(decode(batch.bytes()), records);
        }

        #[test]
        fn a_damaged_batch_never_panics(
            records in proptest::collection::vec(some_record(), 1..8),
            codec in 0u8..5,
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let batch = encode(&records, Compression::from_id(codec).expect("a codec"));
            let mut bytes = batch.bytes().to_vec();
            for (at, value) in damage {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Ok(Some(batch)) = Batch::parse(&bytes) {
                let mut decoder = RecordDecoder::new();
                if let Ok(mut records) = decoder.records(&batch) {
                    while let Ok(Some(_)) = records.next() {}
                }
            }
        }
    }

    proptest! {
        /// The short way for records that differ in their values only writes the same bytes.
        #[test]
        fn values_of_like_records_are_encoded_as_records(
            like in some_record(),
            values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..40),
            limit in 100usize..6000,
        ) {
            let headers: Vec<Header<'_>> =
                like.3.iter().map(|(k, v)| Header { key: k.as_bytes(), value: v.as_deref() }).collect();
            let record = |value| NewRecord {
                timestamp: Timestamp(like.0),
                key: like.1.as_deref(),
                value,
                headers: &headers,
            };
            let mut builder = BatchBuilder::new();
            builder.push(&record(Some(&values[0])));
            let mut rest = values[1..].iter().map(Vec::as_slice);
            let left_over = builder.push_values(&record(None), &mut rest, limit);
            let pushed = builder.count() as usize;
            prop_assert_eq!(left_over, values.get(pushed).map(Vec::as_slice));
            prop_assert_eq!(rest.len(), values.len() - pushed - usize::from(left_over.is_some()));
            if pushed > 1 {
                prop_assert!(builder.size() <= limit);
            }
            let mut one_by_one = BatchBuilder::new();
            values[..pushed].iter().for_each(|value| one_by_one.push(&record(Some(value))));
            let mut compressor = Compressor::new(Compression::None, None).expect("a codec");
            let mut batches = [EncodedBatch::default(), EncodedBatch::default()];
            builder.finish(&mut compressor, None, &mut batches[0]).expect("it finishes");
            one_by_one.finish(&mut compressor, None, &mut batches[1]).expect("it finishes");
            prop_assert_eq!(batches[0].bytes(), batches[1].bytes());
        }
    }

    #[test]
    fn append_time_replaces_the_timestamps() {
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp: Timestamp(5), key: None, value: Some(b"v"), headers: &[] });
        let mut out = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).expect("none");
        builder.finish(&mut compressor, Some(Timestamp(99)), &mut out).expect("it finishes");
        assert_eq!(decode(out.bytes())[0].0, 99);
    }
}
