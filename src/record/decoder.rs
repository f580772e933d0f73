//! Decoding the records of a batch, one at a time and without copying them.
//!
//! Records of an uncompressed batch are borrowed from the batch's own bytes. A compressed batch is
//! decompressed piece by piece into a window that holds one record at a time, and that grows only as
//! far as bytes really arrive: a batch can claim records of 2 GB, but it does not get memory for them.

use std::io::Read as _;
use std::ops::ControlFlow;

use super::batch::{Batch, BatchError};
use super::compression::{Compression, Decompressor, PayloadReader};
use super::header::{BatchHeader, TimestampType};
use super::legacy::LegacyRecords;
use super::varint::{read_varint, read_varlong};
use super::{Offset, Timestamp};

/// A record, borrowed from where it was decoded.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// Its offset in the partition.
    pub offset: Offset,
    /// Its timestamp: the producer's, or the batch's append time with `LogAppendTime`.
    pub timestamp: Timestamp,
    /// Its producer's sequence number; −1 without idempotence.
    pub sequence: i32,
    /// The key; `None` is null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is null.
    pub value: Option<&'a [u8]>,
    /// The headers, in order, repeated names included.
    pub headers: Headers<'a>,
    /// The checksum that a message of magic 0 or 1 carries.
    pub legacy_checksum: Option<LegacyChecksum>,
}

/// The checksum of a message of magic 0 or 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegacyChecksum {
    /// The CRC-32 that the message carries.
    pub stored: u32,
    /// Whether it is the CRC-32 of its bytes.
    pub is_valid: bool,
}

/// A record header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name: UTF-8 by convention, but any bytes can be found in a file.
    pub key: &'a [u8],
    /// The value; `None` is null.
    pub value: Option<&'a [u8]>,
}

/// The headers of a record, checked but not yet split up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) count: u32,
}

impl<'a> Headers<'a> {
    /// How many headers there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The headers as they are encoded, without their count.
    pub(super) fn encoded(&self) -> &'a [u8] {
        self.bytes
    }

    /// The headers in order.
    pub fn iter(&self) -> impl Iterator<Item = Header<'a>> + use<'a> {
        let mut cursor = Cursor { bytes: self.bytes, at: 0 };
        (0..self.count).map_while(move |_| cursor.header().ok())
    }
}

/// Decodes records; keeps its buffers and decompression contexts from batch to batch.
#[derive(Default)]
pub struct RecordDecoder {
    decompressor: Decompressor,
    window: Vec<u8>,
    tolerant: bool,
    record_size_max: Option<usize>,
}

impl std::fmt::Debug for RecordDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordDecoder").field("window", &self.window.len()).finish_non_exhaustive()
    }
}

impl RecordDecoder {
    /// A decoder that refuses wrapped messages of magic 0 and 1 whose own checksum is wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder that hands out wrapped messages with a wrong checksum, marked as such: for inspection.
    pub fn tolerant() -> Self {
        Self { tolerant: true, ..Self::default() }
    }

    /// The same decoder, which refuses a record of a compressed batch that is larger than `bytes`
    /// unpacked, so that it never holds more than that. Records of uncompressed batches are not copied
    /// and therefore not limited.
    #[must_use]
    pub fn with_record_size_max(self, bytes: usize) -> Self {
        Self { record_size_max: Some(bytes), ..self }
    }

    /// The records of `batch`, whose checksum the caller has verified if it matters.
    ///
    /// # Errors
    /// When the codec is unknown or a compressed payload does not begin as its codec wants.
    pub fn records<'a>(&'a mut self, batch: &Batch<'a>) -> Result<Records<'a>, BatchError> {
        let memory =
            WindowMemory { buffer: &mut self.window, size_max: self.record_size_max.unwrap_or(usize::MAX) };
        let inner = if batch.magic() < 2 {
            Inner::Legacy(LegacyRecords::new(&mut self.decompressor, memory, batch, self.tolerant)?)
        } else {
            let codec = batch.compression()?;
            let source = match codec {
                Compression::None => Source::Slice(Cursor { bytes: batch.payload(), at: 0 }),
                // An empty batch has no payload, whatever its attributes say.
                _ if batch.header().count == 0 => Source::Slice(Cursor { bytes: &[], at: 0 }),
                codec => {
                    Source::Stream(Window::new(&mut self.decompressor, memory, codec, 2, batch.payload())?)
                }
            };
            if batch.header().count < 0 {
                return Err(BatchError::Count {
                    declared: batch.header().count,
                    reason: "there cannot be so few",
                });
            }
            Inner::Current(CurrentRecords { header: *batch.header(), index: 0, source })
        };
        Ok(Records { inner })
    }
}

/// The records of one batch.
#[derive(Debug)]
pub struct Records<'a> {
    inner: Inner<'a>,
}

#[derive(Debug)]
enum Inner<'a> {
    Current(CurrentRecords<'a>),
    Legacy(LegacyRecords<'a>),
}

impl Records<'_> {
    /// The next record; `None` behind the last.
    ///
    /// # Errors
    /// When a record is malformed, or the batch holds more or fewer than its header counts.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "records are lent, which Iterator cannot say")]
    pub fn next(&mut self) -> Result<Option<RecordRef<'_>>, BatchError> {
        match &mut self.inner {
            Inner::Current(records) => records.next(),
            Inner::Legacy(records) => records.next(),
        }
    }

    /// Hands the records that are left to `visit`, until it breaks off; answers whether it did. Quicker than
    /// [`Records::next`], for no record is moved.
    ///
    /// # Errors
    /// As [`Records::next`].
    #[inline]
    pub fn visit(
        &mut self,
        mut visit: impl FnMut(&RecordRef<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, BatchError> {
        if let Inner::Current(records) = &mut self.inner {
            return records.visit(visit);
        }
        while let Some(record) = self.next()? {
            if visit(&record).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

#[derive(Debug)]
enum Source<'a> {
    Slice(Cursor<'a>),
    Stream(Window<'a>),
}

/// The records of a magic 2 batch (Kafka's `DefaultRecordBatch.RecordIterator`).
#[derive(Debug)]
struct CurrentRecords<'a> {
    header: BatchHeader,
    index: u32,
    source: Source<'a>,
}

impl CurrentRecords<'_> {
    fn next(&mut self) -> Result<Option<RecordRef<'_>>, BatchError> {
        if self.index >= self.header.count.cast_unsigned() {
            return self.check_end().map(|()| None);
        }
        let (header, index) = (self.header, self.index);
        parse_body(self.next_body()?, &header)
            .map(Some)
            .map_err(|reason| BatchError::Record { index, reason })
    }

    #[inline]
    fn visit(
        &mut self,
        mut visit: impl FnMut(&RecordRef<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, BatchError> {
        let header = self.header;
        while self.index < header.count.cast_unsigned() {
            let index = self.index;
            match parse_body(self.next_body()?, &header) {
                Ok(record) => {
                    if visit(&record).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Err(reason) => return Err(BatchError::Record { index, reason }),
            }
        }
        self.check_end().map(ControlFlow::Continue)
    }

    /// The next record behind its length field, of which there is one.
    #[inline(always)]
    fn next_body(&mut self) -> Result<&[u8], BatchError> {
        let index = self.index;
        self.index += 1;
        match &mut self.source {
            Source::Slice(cursor) => {
                cursor.record_body().map_err(|reason| BatchError::Record { index, reason })
            }
            Source::Stream(window) => window.record_body(index),
        }
    }

    /// Nothing may follow the last record.
    fn check_end(&mut self) -> Result<(), BatchError> {
        // Kafka takes an empty batch for empty whatever follows its header; so does this.
        if self.header.count == 0 {
            return Ok(());
        }
        let more = match &mut self.source {
            Source::Slice(cursor) => cursor.at < cursor.bytes.len(),
            Source::Stream(window) => window.fill(1)?,
        };
        if more {
            let declared = self.header.count;
            return Err(BatchError::Count { declared, reason: "more bytes follow them" });
        }
        Ok(())
    }
}

const TRUNCATED: &str = "it ends in the middle of a field";

/// Splits up a record behind its length field (`DefaultRecord.readFrom`).
#[inline(always)]
fn parse_body<'a>(body: &'a [u8], header: &BatchHeader) -> Result<RecordRef<'a>, &'static str> {
    let mut cursor = Cursor { bytes: body, at: 0 };
    // Attributes: no bit has a meaning yet, and Kafka ignores them.
    cursor.take(1)?;
    let timestamp_delta = cursor.varlong()?;
    let offset_delta = cursor.varint()?;
    let key = cursor.nullable()?;
    let value = cursor.nullable()?;
    let count = cursor.varint()?;
    let rest = &body[cursor.at..];
    let headers = match u32::try_from(count) {
        Err(_) => return Err("its header count is negative"),
        Ok(0) => Headers::default(),
        Ok(count) => {
            if count as usize > rest.len() {
                return Err("it counts more headers than it has bytes");
            }
            for _ in 0..count {
                cursor.header()?;
            }
            Headers { bytes: rest, count }
        }
    };
    if cursor.at != body.len() {
        return Err("its length is not that of its fields");
    }
    let timestamp = match header.attributes.timestamp_type() {
        TimestampType::LogAppendTime => header.max_timestamp,
        _ => Timestamp(header.base_timestamp.0.wrapping_add(timestamp_delta)),
    };
    Ok(RecordRef {
        offset: header.base_offset.plus(i64::from(offset_delta)),
        timestamp,
        sequence: header.sequence_at(offset_delta),
        key,
        value,
        headers,
        legacy_checksum: None,
    })
}

/// A place in bytes that are all there.
#[derive(Debug, Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn take(&mut self, n: usize) -> Result<&'a [u8], &'static str> {
        let end = self.at.checked_add(n).ok_or(TRUNCATED)?;
        let taken = self.bytes.get(self.at..end).ok_or(TRUNCATED)?;
        self.at = end;
        Ok(taken)
    }

    #[inline(always)]
    fn varint(&mut self) -> Result<i32, &'static str> {
        // Nearly every field fits one byte.
        if let Some(&byte) = self.bytes.get(self.at)
            && byte < 0x80
        {
            self.at += 1;
            return Ok(i32::from(byte >> 1) ^ -i32::from(byte & 1));
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (value, len) = read_varint(rest).map_err(|_| "it has a malformed integer")?;
        self.at += len;
        Ok(value)
    }

    #[inline]
    fn varlong(&mut self) -> Result<i64, &'static str> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (value, len) = read_varlong(rest).map_err(|_| "it has a malformed integer")?;
        self.at += len;
        Ok(value)
    }

    /// A length and as many bytes; any negative length means null.
    #[inline]
    fn nullable(&mut self) -> Result<Option<&'a [u8]>, &'static str> {
        match usize::try_from(self.varint()?) {
            Ok(len) => self.take(len).map(Some),
            Err(_) => Ok(None),
        }
    }

    #[inline]
    fn header(&mut self) -> Result<Header<'a>, &'static str> {
        let key = self.nullable()?.ok_or("a header has no name")?;
        Ok(Header { key, value: self.nullable()? })
    }

    #[inline]
    fn record_body(&mut self) -> Result<&'a [u8], &'static str> {
        let len = usize::try_from(self.varint()?).map_err(|_| "its length is negative")?;
        self.take(len).map_err(|_| "it is longer than the rest of its batch")
    }
}

/// The part of a decompressed payload that is in memory.
#[derive(Debug)]
pub(super) struct Window<'a> {
    reader: PayloadReader<'a>,
    codec: Compression,
    buffer: &'a mut Vec<u8>,
    size_max: usize,
    start: usize,
    end: usize,
    at_eof: bool,
}

/// The memory that a window may use.
#[derive(Debug)]
pub(super) struct WindowMemory<'a> {
    pub(super) buffer: &'a mut Vec<u8>,
    /// The largest record or message that may be held, in bytes.
    pub(super) size_max: usize,
}

/// What the window holds at first, and the least it grows by.
const WINDOW_STEP: usize = 128 << 10;

impl<'a> Window<'a> {
    pub(super) fn new(
        decompressor: &'a mut Decompressor,
        memory: WindowMemory<'a>,
        codec: Compression,
        magic: u8,
        payload: &'a [u8],
    ) -> Result<Self, BatchError> {
        let WindowMemory { buffer, size_max } = memory;
        let reader = decompressor
            .reader(codec, magic, payload)
            .map_err(|e| BatchError::Decompress { codec, reason: e.to_string() })?;
        Ok(Self { reader, codec, buffer, size_max, start: 0, end: 0, at_eof: false })
    }

    /// The bytes that are in memory and not yet consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Takes the first `n` of [`Window::bytes`].
    pub(super) fn consume(&mut self, n: usize) -> &[u8] {
        let taken = self.start..self.start + n;
        self.start += n;
        &self.buffer[taken]
    }

    /// Refuses a record of `len` bytes that is too large to be held.
    #[inline]
    pub(super) fn check_size(&self, len: usize, index: u32) -> Result<(), BatchError> {
        if len > self.size_max {
            return Err(BatchError::RecordTooLarge { index, size: len, limit: self.size_max });
        }
        Ok(())
    }

    /// Sees to it that `need` bytes are in memory; `false` when the payload ends before that.
    #[inline]
    pub(super) fn fill(&mut self, need: usize) -> Result<bool, BatchError> {
        if self.end - self.start >= need {
            return Ok(true);
        }
        self.fill_slowly(need)
    }

    #[cold]
    fn fill_slowly(&mut self, need: usize) -> Result<bool, BatchError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < need && !self.at_eof {
            if self.end == self.buffer.len() {
                // Doubling follows what has arrived, not what was claimed.
                let grown = (self.buffer.len() * 2).min(need.max(WINDOW_STEP)).max(WINDOW_STEP);
                if self.buffer.try_reserve(grown.saturating_sub(self.buffer.len())).is_err() {
                    let reason = format!("there is no memory for the {need} bytes of a record");
                    return Err(BatchError::Decompress { codec: self.codec, reason });
                }
                self.buffer.resize(grown, 0);
            }
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_eof = true,
                Ok(n) => self.end += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(BatchError::Decompress { codec: self.codec, reason: e.to_string() }),
            }
        }
        Ok(self.end >= need)
    }

    /// A record's bytes behind its length field.
    #[inline]
    fn record_body(&mut self, index: u32) -> Result<&[u8], BatchError> {
        let fail = |reason| BatchError::Record { index, reason };
        // The length takes five bytes at the most; near the end there may be fewer.
        self.fill(super::varint::MAX_VARINT_LEN)?;
        if self.start == self.end {
            return Err(fail("the payload ends before it"));
        }
        let (len, prefix) = read_varint(self.bytes()).map_err(|_| fail("it has a malformed integer"))?;
        let len = usize::try_from(len).map_err(|_| fail("its length is negative"))?;
        self.check_size(len, index)?;
        if !self.fill(prefix + len)? {
            return Err(fail("it is longer than the rest of its batch"));
        }
        self.consume(prefix);
        Ok(self.consume(len))
    }
}
