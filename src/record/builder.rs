//! Encoding record batches of magic 2 (Kafka's `MemoryRecordsBuilder`).
//!
//! Records are encoded straight behind the room for the header, in the buffer that will be written: an
//! uncompressed batch is copied once, from the producer's input. The checksum does not cover base
//! offset and leader epoch, so a finished batch waits for its offset without a second pass.

use super::batch_producer::BatchProducer;
use super::compression::{Compression, CompressionError, Compressor};
use super::decoder::Header;
use super::header::{ATTRIBUTES_AT, BatchHeader, CRC_AT, HEADER_LEN, LOG_OVERHEAD};
use super::record_writer::{Room, ShortRecord};
use super::varint::{MAX_VARINT_LEN, ShortVarint, varlong_len, write_varlong};
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

/// What records of one kind differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    /// The key; `None` is null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is null.
    pub value: Option<&'a [u8]>,
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
        self.write(record, body_len, timestamp_delta, BATCH_SIZE_MAX);
    }

    /// Encodes `record` behind a first one, if it has room below `size_limit` bytes; answers whether it had.
    #[inline]
    pub fn push_if_room(&mut self, record: &NewRecord<'_>, size_limit: usize) -> bool {
        let NewRecord { timestamp, key, value, headers } = *record;
        headers.is_empty() && self.push_short(timestamp, Fields { key, value }, size_limit)
            || self.push_any_if_room(record, size_limit)
    }

    /// Encodes a record of these fields, without headers, behind a first one, in half the time, if it has room below
    /// `size_limit` bytes and is short. Answers whether it did; if not, [`BatchBuilder::push_if_room`] is to be asked.
    #[inline(always)]
    pub fn push_short(&mut self, timestamp: Timestamp, fields: Fields<'_>, size_limit: usize) -> bool {
        self.push_short_ones(timestamp, &mut std::iter::once(fields), size_limit).is_none()
    }

    /// Does so with one after the other. Answers the first that it did not encode.
    #[inline(always)]
    pub fn push_short_ones<'a>(
        &mut self,
        timestamp: Timestamp,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        size_limit: usize,
    ) -> Option<Fields<'a>> {
        // Whatever was read in one piece has the time of that: for these the compiler knows how they begin.
        if timestamp == self.base_timestamp {
            return self.push_beginning_with(ShortRecord::EARLIEST, timestamp, fields, size_limit);
        }
        match ShortRecord::front(timestamp.0.wrapping_sub(self.base_timestamp.0)) {
            Some(front) => self.push_beginning_with(front, timestamp, fields, size_limit),
            None => fields.next(),
        }
    }

    /// As [`BatchBuilder::push_short_ones`], for a timestamp with which records begin with `front`.
    #[inline(always)]
    fn push_beginning_with<'a>(
        &mut self,
        front: ShortVarint,
        timestamp: Timestamp,
        fields: &mut impl Iterator<Item = Fields<'a>>,
        size_limit: usize,
    ) -> Option<Fields<'a>> {
        let buffer = &mut self.buffer[..];
        // What changes is kept in registers.
        let (mut filled, mut count) = (self.filled, self.count);
        let mut left_over = None;
        for fields in fields {
            let record = fields.value.and_then(|value| ShortRecord::new(front, count, fields.key, value));
            let record =
                record.filter(|record| has_room_behind_first(filled, count, record.body_len(), size_limit));
            // That the buffer has to grow is rare.
            let Some((record, room)) =
                record.and_then(|record| Some((record, buffer.get_mut(filled..filled + record.room())?)))
            else {
                left_over = Some(fields);
                break;
            };
            filled += record.write(room);
            count += 1;
        }
        if count > self.count {
            (self.filled, self.count) = (filled, count);
            self.max_timestamp = self.max_timestamp.max(timestamp);
        }
        left_over
    }

    /// [`BatchBuilder::push_if_room`], field by field.
    #[inline(never)]
    fn push_any_if_room(&mut self, record: &NewRecord<'_>, size_limit: usize) -> bool {
        let timestamp_delta = record.timestamp.0.wrapping_sub(self.base_timestamp.0);
        let body_len = self.body_len(record, timestamp_delta);
        let has_room = has_room_behind_first(self.filled, self.count, body_len, size_limit);
        if has_room {
            self.write(record, body_len, timestamp_delta, size_limit);
        }
        has_room
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
    fn write(&mut self, record: &NewRecord<'_>, body_len: usize, timestamp_delta: i64, size_limit: usize) {
        let end = self.filled + body_len + MAX_VARINT_LEN + Room::SPARE;
        if self.buffer.len() < end {
            self.grow(end, size_limit);
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

    /// Makes room up to `end`, and some more so that this is rare. A batch that is no longer small gets all that it
    /// may grow to at once, which the system hands out as zeros: nothing has to be cleared, or moved again. What a
    /// buffer has been before need not be cleared either.
    #[cold]
    fn grow(&mut self, end: usize, size_limit: usize) {
        const MORE: usize = 4 << 10;
        const LARGE: usize = 1 << 20;
        let whole = size_limit + 2 * MORE;
        if (2 * MORE..=LARGE).contains(&end) && size_limit <= LARGE && self.buffer.capacity() < whole {
            let mut buffer = vec![0; whole];
            buffer[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
            self.buffer = buffer;
        } else {
            self.buffer.resize(end + MORE, 0);
        }
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
            self.hand_over(out);
        } else {
            out.bytes.clear();
            out.bytes.resize(HEADER_LEN, 0);
            compressor.compress(&self.buffer[HEADER_LEN..self.filled], &mut out.bytes)?;
            out.len = out.bytes.len();
        }
        self.seal(compressor.codec(), append_time, out);
        Ok(())
    }

    /// As [`BatchBuilder::finish`], without compression.
    pub(super) fn finish_uncompressed(&mut self, out: &mut EncodedBatch) {
        self.hand_over(out);
        self.seal(Compression::None, None, out);
    }

    /// Gives what was collected to `out`, in exchange for its buffer.
    fn hand_over(&mut self, out: &mut EncodedBatch) {
        std::mem::swap(&mut self.buffer, &mut out.bytes);
        out.len = self.filled;
    }

    /// Takes back the buffer of `batch`, which is done with: of all there are it is most likely to be in the
    /// processor's cache. Nothing must have been collected.
    pub fn take_back(&mut self, batch: &mut EncodedBatch) {
        if self.is_empty() && batch.header.attributes.codec_id() == Compression::None.id() {
            std::mem::swap(&mut self.buffer, &mut batch.bytes);
            self.clear();
        }
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
    /// The batch, and what the buffer has been before: cut off, that would have to be cleared to be written to again.
    bytes: Vec<u8>,
    len: usize,
    header: BatchHeader,
}

impl Default for EncodedBatch {
    fn default() -> Self {
        let header = BatchHeader::decode(&[0; HEADER_LEN]);
        Self {
            bytes: Vec::new(),
            len: 0,
            header: header.unwrap_or_else(|| unreachable!("a header's worth of bytes")),
        }
    }
}

impl EncodedBatch {
    /// Writes `header` over the room left for it, with the length and checksum of the bytes behind it.
    fn seal(&mut self, header: BatchHeader) {
        self.header = seal(&mut self.bytes[..self.len], header);
    }

    /// The whole batch.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
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

/// Whether a batch of so many bytes and records, of which there must be a first, has room below `size_limit` bytes for a
/// record of `body_len` bytes behind its length.
#[inline]
fn has_room_behind_first(filled: usize, count: i32, body_len: usize, size_limit: usize) -> bool {
    let end = filled + body_len + MAX_VARINT_LEN;
    count > 0 && count < i32::MAX && end <= size_limit.min(BATCH_SIZE_MAX)
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
mod tests;
