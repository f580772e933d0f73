//! Messages of magic 0 and 1 (Kafka's `LegacyRecord` and `AbstractLegacyRecordBatch`), read only.
//!
//! A compressed message wraps others. In magic 1 the wrapped ones have relative offsets and the wrapper
//! the offset of the last one, so the whole payload has to be walked before the first can be handed out;
//! it is walked twice instead of being kept.

use super::batch::{Batch, BatchError};
use super::checksum::crc32;
use super::compression::{Compression, Decompressor};
use super::decoder::{Headers, LegacyChecksum, RecordRef, Window, WindowMemory};
use super::header::{Attributes, LOG_OVERHEAD, MAGIC_AT, TimestampType, array};
use super::{Offset, Timestamp};

/// Bytes of a magic 0 message behind its length field, without key and value.
const OVERHEAD_V0: usize = 14;

/// The messages of one batch: the message itself, or those that it wraps.
#[derive(Debug)]
pub(super) enum LegacyRecords<'a> {
    Single(Option<Batch<'a>>),
    Wrapped(Wrapped<'a>),
}

/// What a wrapper says about the messages in it.
#[derive(Debug)]
pub(super) struct Wrapped<'a> {
    window: Window<'a>,
    /// What is added to the wrapped offsets; 0 for magic 0, whose offsets are absolute.
    base: i64,
    /// The timestamp that replaces those of wrapped magic 1 messages.
    append_time: Option<Timestamp>,
    index: u32,
    tolerant: bool,
}

impl<'a> LegacyRecords<'a> {
    pub(super) fn new(
        decompressor: &'a mut Decompressor,
        memory: WindowMemory<'a>,
        batch: &Batch<'a>,
        tolerant: bool,
    ) -> Result<Self, BatchError> {
        let codec = batch.compression()?;
        if codec == Compression::None {
            return Ok(Self::Single(Some(*batch)));
        }
        if codec == Compression::Zstd {
            return Err(BatchError::Wrapper("zstd came with magic 2"));
        }
        let message = Message::parse(&batch.bytes()[LOG_OVERHEAD..]).map_err(BatchError::Wrapper)?;
        let payload = message.value.ok_or(BatchError::Wrapper("its value is null"))?;

        let mut last_inner = None;
        let WindowMemory { buffer, size_max } = memory;
        let first_memory = WindowMemory { buffer: &mut *buffer, size_max };
        let mut first_pass = Window::new(decompressor, first_memory, codec, batch.magic(), payload)?;
        while let Some((offset, _)) = next_entry(&mut first_pass, 0)? {
            last_inner = Some(offset);
        }
        let last_inner = last_inner.ok_or(BatchError::Wrapper("it holds no messages"))?;
        let last = batch.header().base_offset;
        let base = match batch.magic() {
            0 => 0,
            // Some clients left the wrapper's offset at 0.
            _ if last == Offset::ZERO => 0,
            _ if last < last_inner => {
                return Err(BatchError::Wrapper("its offset is below its last message's"));
            }
            _ => last.since(last_inner),
        };
        let memory = WindowMemory { buffer, size_max };
        let window = Window::new(decompressor, memory, codec, batch.magic(), payload)?;
        let append_time =
            (batch.timestamp_type() == TimestampType::LogAppendTime).then_some(batch.header().max_timestamp);
        Ok(Self::Wrapped(Wrapped { window, base, append_time, index: 0, tolerant }))
    }

    pub(super) fn next(&mut self) -> Result<Option<RecordRef<'_>>, BatchError> {
        match self {
            Self::Single(batch) => {
                let Some(batch) = batch.take() else { return Ok(None) };
                let message = Message::parse(&batch.bytes()[LOG_OVERHEAD..])
                    .map_err(|reason| BatchError::Record { index: 0, reason })?;
                Ok(Some(message.record(batch.header().base_offset, None)))
            }
            Self::Wrapped(wrapped) => wrapped.next(),
        }
    }
}

impl Wrapped<'_> {
    fn next(&mut self) -> Result<Option<RecordRef<'_>>, BatchError> {
        let index = self.index;
        self.index += 1;
        let Some((offset, bytes)) = next_entry(&mut self.window, index)? else { return Ok(None) };
        let message = Message::parse(bytes).map_err(|reason| BatchError::Record { index, reason })?;
        if message.attributes.codec_id() != 0 {
            return Err(BatchError::Record { index, reason: "a wrapped message is compressed itself" });
        }
        if !message.checksum.is_valid && !self.tolerant {
            return Err(BatchError::Record { index, reason: "its own checksum is wrong" });
        }
        let append_time = self.append_time.filter(|_| message.magic == 1);
        Ok(Some(message.record(offset.plus(self.base), append_time)))
    }
}

/// The next wrapped message: its offset field and its bytes behind the length field. A message that the
/// payload cuts off is silently none (`DataLogInputStream`).
fn next_entry<'w>(window: &'w mut Window<'_>, index: u32) -> Result<Option<(Offset, &'w [u8])>, BatchError> {
    if !window.fill(LOG_OVERHEAD)? {
        return Ok(None);
    }
    let offset = Offset(i64::from_be_bytes(array(window.bytes(), 0)));
    let size = usize::try_from(i32::from_be_bytes(array(window.bytes(), 8))).unwrap_or(0);
    if size < OVERHEAD_V0 {
        return Err(BatchError::Record { index, reason: "its length is below that of any message" });
    }
    window.check_size(size, index)?;
    if !window.fill(LOG_OVERHEAD + size)? {
        return Ok(None);
    }
    window.consume(LOG_OVERHEAD);
    Ok(Some((offset, window.consume(size))))
}

/// A message behind its length field.
struct Message<'a> {
    magic: u8,
    attributes: Attributes,
    timestamp: Timestamp,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
    checksum: LegacyChecksum,
}

impl<'a> Message<'a> {
    /// Bytes behind the value are ignored, as in Kafka.
    fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        const MAGIC: usize = MAGIC_AT - LOG_OVERHEAD;
        if bytes.len() < OVERHEAD_V0 {
            return Err("it is shorter than any message");
        }
        let magic = bytes[MAGIC];
        let (timestamp, fields) = match magic {
            0 => (Timestamp::NONE, 6),
            1 if bytes.len() >= 14 => (Timestamp(i64::from_be_bytes(array(bytes, 6))), 14),
            _ => return Err("its magic is neither 0 nor 1"),
        };
        let mut rest = &bytes[fields..];
        let key = sized(&mut rest)?;
        let value = sized(&mut rest)?;
        let stored = u32::from_be_bytes(array(bytes, 0));
        let checksum = LegacyChecksum { stored, is_valid: stored == crc32(&bytes[MAGIC..]) };
        Ok(Self { magic, attributes: Attributes(i16::from(bytes[5])), timestamp, key, value, checksum })
    }

    fn record(self, offset: Offset, append_time: Option<Timestamp>) -> RecordRef<'a> {
        RecordRef {
            offset,
            timestamp: append_time.unwrap_or(self.timestamp),
            sequence: -1,
            key: self.key,
            value: self.value,
            headers: Headers::default(),
            legacy_checksum: Some(self.checksum),
        }
    }
}

/// Takes a 32-bit length and as many bytes; a negative length means null.
fn sized<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, &'static str> {
    const TRUNCATED: &str = "its key or value is longer than the message";
    let (length, behind) = rest.split_first_chunk::<4>().ok_or(TRUNCATED)?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = behind;
        return Ok(None);
    };
    let field = behind.get(..length).ok_or(TRUNCATED)?;
    *rest = &behind[length..];
    Ok(Some(field))
}
