//! One batch of any magic: where it ends, whether it is whole, what its header says.
//!
//! In magic 0 and 1 a message stands where magic 2 has a batch; a compressed message wraps others.

use super::compression::Compression;
use super::header::{Attributes, BatchHeader, HEADER_LEN, LOG_OVERHEAD, MAGIC_AT, TimestampType, array};
use super::{LeaderEpoch, Offset, Timestamp, checksum};

/// The smallest length field that is not corruption (`LegacyRecord.RECORD_OVERHEAD_V0`).
const LENGTH_MIN: i32 = 14;
/// The smallest length field of a magic 1 message (`LegacyRecord.RECORD_OVERHEAD_V1`).
const LENGTH_MIN_V1: i32 = 22;
/// The smallest length field of a magic 2 batch, which has no records.
const LENGTH_MIN_V2: i32 = (HEADER_LEN - LOG_OVERHEAD) as i32;

/// Why bytes are not a valid batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// The length field is smaller than any batch of that magic can be.
    #[error("its length field says {0} bytes, which no batch can have")]
    Length(i32),
    /// A magic number that no format has.
    #[error("its magic is {0}; 0, 1 and 2 are known")]
    Magic(u8),
    /// The bytes are not those that were written.
    #[error("its checksum is {computed:08x} where {stored:08x} is stored")]
    Checksum {
        /// What the batch says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// The codec bits of the attributes have no meaning.
    #[error("its codec is {0}, which is not one of Kafka's")]
    Codec(u8),
    /// The payload cannot be decompressed.
    #[error("its {codec} payload cannot be decompressed: {reason}")]
    Decompress {
        /// The codec that the attributes name.
        codec: Compression,
        /// What the decompressor found.
        reason: String,
    },
    /// What is left of its payload cannot be compressed again.
    #[error("its {codec} payload cannot be compressed again: {reason}")]
    Compress {
        /// The codec that the attributes name.
        codec: Compression,
        /// What the compressor says.
        reason: String,
    },
    /// A record inside is malformed.
    #[error("record {index} of the batch: {reason}")]
    Record {
        /// Which record of the batch, from 0.
        index: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A record that unpacks to more than may be held in memory.
    #[error("record {index} of the batch: it takes {size} bytes unpacked, more than the {limit} allowed")]
    RecordTooLarge {
        /// Which record of the batch, from 0.
        index: u32,
        /// Its size in bytes, as it claims.
        size: usize,
        /// The largest size that is allowed, in bytes.
        limit: usize,
    },
    /// The header promises another number of records than there are.
    #[error("its header counts {declared} records, but {reason}")]
    Count {
        /// The header's count.
        declared: i32,
        /// What was found instead.
        reason: &'static str,
    },
    /// A compressed message of magic 0 or 1 that cannot be unwrapped.
    #[error("its compressed message set is invalid: {0}")]
    Wrapper(&'static str),
}

impl BatchHeader {
    /// What is wrong with it although the checksum of the batch, which takes `size` bytes, holds.
    pub fn fault(&self, size: usize) -> Option<BatchError> {
        if self.magic > 2 {
            return Some(BatchError::Magic(self.magic));
        }
        // Kafka takes such a batch for empty, and so hides what is in it.
        if self.magic == 2 && self.count == 0 && size > HEADER_LEN {
            return Some(BatchError::Count { declared: 0, reason: "bytes follow its header" });
        }
        let codec = self.attributes.codec_id();
        Compression::from_id(codec).is_none().then_some(BatchError::Codec(codec))
    }
}

/// What the first bytes of a batch say about its extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The offset field: the first record's in magic 2, the last one's in magic 0 and 1.
    pub offset: Offset,
    /// Bytes of the whole batch, offset and length fields included.
    pub size: usize,
    /// The magic byte, whatever it is.
    pub magic: u8,
}

impl Frame {
    /// Bytes that [`Frame::peek`] needs (`Records.HEADER_SIZE_UP_TO_MAGIC`).
    pub const PEEK_LEN: usize = 17;

    /// Reads the frame of the batch that begins `bytes`; `None` when there are too few bytes to tell.
    ///
    /// # Errors
    /// [`BatchError::Length`] when the length field is below what any batch has.
    pub fn peek(bytes: &[u8]) -> Result<Option<Self>, BatchError> {
        if bytes.len() < Self::PEEK_LEN {
            return Ok(None);
        }
        let length = i32::from_be_bytes(array(bytes, 8));
        if length < LENGTH_MIN {
            return Err(BatchError::Length(length));
        }
        let size = LOG_OVERHEAD + usize::try_from(length).unwrap_or(0);
        Ok(Some(Self { offset: Offset(i64::from_be_bytes(array(bytes, 0))), size, magic: bytes[MAGIC_AT] }))
    }
}

/// A whole batch in memory. Its framing has been checked, its checksum has not: see [`Batch::verify`].
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    header: BatchHeader,
}

impl<'a> Batch<'a> {
    /// Takes the batch that begins `bytes`; `None` when it is not all there.
    ///
    /// # Errors
    /// [`BatchError::Length`] or [`BatchError::Magic`] when no batch begins there.
    pub fn parse(bytes: &'a [u8]) -> Result<Option<Self>, BatchError> {
        let Some((header, size)) = Self::peek_header(bytes)? else { return Ok(None) };
        Ok(bytes.get(..size).map(|bytes| Self { bytes, header }))
    }

    /// As [`Batch::parse`], but takes a magic above 2 for 2, as Kafka's reader does: for inspection.
    ///
    /// # Errors
    /// As [`Batch::peek_header_leniently`].
    pub fn parse_leniently(bytes: &'a [u8]) -> Result<Option<Self>, BatchError> {
        let Some((header, size)) = Self::peek_header_leniently(bytes)? else { return Ok(None) };
        Ok(bytes.get(..size).map(|bytes| Self { bytes, header }))
    }

    /// The header of the batch that begins `bytes`, and the size of the whole batch; `None` when the
    /// header is not all there.
    ///
    /// # Errors
    /// As [`Batch::parse`].
    pub fn peek_header(bytes: &[u8]) -> Result<Option<(BatchHeader, usize)>, BatchError> {
        match Frame::peek(bytes)? {
            Some(frame) if frame.magic > 2 => Err(BatchError::Magic(frame.magic)),
            _ => Self::peek_header_leniently(bytes),
        }
    }

    /// As [`Batch::peek_header`], but takes a magic above 2 for 2 (`FileLogInputStream.nextBatch`).
    ///
    /// # Errors
    /// [`BatchError::Length`], and [`BatchError::Magic`] for a magic that is negative in Java's eyes.
    pub fn peek_header_leniently(bytes: &[u8]) -> Result<Option<(BatchHeader, usize)>, BatchError> {
        let Some(frame) = Frame::peek(bytes)? else { return Ok(None) };
        let length = i32::from_be_bytes(array(bytes, 8));
        let (header_len, length_min) = match frame.magic {
            0 => (LOG_OVERHEAD + 6, LENGTH_MIN),
            1 => (LOG_OVERHEAD + 14, LENGTH_MIN_V1),
            2..=0x7f => (HEADER_LEN, LENGTH_MIN_V2),
            magic => return Err(BatchError::Magic(magic)),
        };
        if length < length_min {
            return Err(BatchError::Length(length));
        }
        if bytes.len() < header_len {
            return Ok(None);
        }
        let header = match frame.magic {
            0 => Self::legacy_header(bytes, Timestamp::NONE),
            1 => Self::legacy_header(bytes, Timestamp(i64::from_be_bytes(array(bytes, 18)))),
            _ => BatchHeader::decode(bytes).ok_or(BatchError::Length(length))?,
        };
        Ok(Some((header, frame.size)))
    }

    /// A message's fields under the names that magic 2 has for them. Of the attributes those are left out that mean
    /// something in magic 2 alone: no such message is transactional or a control record (`RecordBatch.isControlBatch`).
    fn legacy_header(bytes: &[u8], timestamp: Timestamp) -> BatchHeader {
        BatchHeader {
            base_offset: Offset(i64::from_be_bytes(array(bytes, 0))),
            length: i32::from_be_bytes(array(bytes, 8)),
            leader_epoch: LeaderEpoch(-1),
            magic: bytes[MAGIC_AT],
            crc: u32::from_be_bytes(array(bytes, 12)),
            attributes: Attributes(i16::from(bytes[17]) & 0x0f),
            last_offset_delta: 0,
            base_timestamp: timestamp,
            max_timestamp: timestamp,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            count: 1,
        }
    }

    /// All of the batch's bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The header. For magic 0 and 1 the message's fields stand in it, −1 where magic 2 knows more, and
    /// the base offset of a compressed message is its last one.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// 0, 1 or 2; or more where the batch was parsed leniently.
    pub fn magic(&self) -> u8 {
        self.header.magic
    }

    /// Offset of its last record.
    pub fn last_offset(&self) -> Offset {
        self.header.last_offset()
    }

    /// Whose timestamps the records have.
    pub fn timestamp_type(&self) -> TimestampType {
        if self.magic() == 0 { TimestampType::None } else { self.header.attributes.timestamp_type() }
    }

    /// The codec of its payload.
    ///
    /// # Errors
    /// [`BatchError::Codec`] when the attributes name none that is known.
    pub fn compression(&self) -> Result<Compression, BatchError> {
        let id = self.header.attributes.codec_id();
        Compression::from_id(id).ok_or(BatchError::Codec(id))
    }

    /// The checksum of its bytes, to be compared with the header's.
    pub fn computed_checksum(&self) -> u32 {
        if self.magic() >= 2 {
            checksum::crc32c(&self.bytes[super::header::ATTRIBUTES_AT..])
        } else {
            checksum::crc32(&self.bytes[MAGIC_AT..])
        }
    }

    /// Checks its checksum.
    ///
    /// # Errors
    /// [`BatchError::Checksum`] when the bytes are not those that were written.
    pub fn verify(&self) -> Result<(), BatchError> {
        let computed = self.computed_checksum();
        if computed == self.header.crc {
            Ok(())
        } else {
            Err(BatchError::Checksum { stored: self.header.crc, computed })
        }
    }

    /// The payload of a magic 2 batch: its records, compressed or not.
    pub(super) fn payload(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn too_short_a_length_is_an_error_and_too_few_bytes_are_not() {
        let mut bytes = [0u8; 40];
        assert_eq!(Frame::peek(&bytes), Err(BatchError::Length(0)));
        assert_eq!(Frame::peek(&bytes[..16]), Ok(None));
        bytes[11] = 13;
        assert_eq!(Frame::peek(&bytes), Err(BatchError::Length(13)));
        bytes[11] = 14;
        assert!(Batch::parse(&bytes[..25]).is_ok_and(|b| b.is_none()));
        assert!(Batch::parse(&bytes).is_ok_and(|b| b.is_some()));
        bytes[16] = 1;
        assert_eq!(Batch::parse(&bytes).err(), Some(BatchError::Length(14)));
        bytes[16] = 2;
        assert_eq!(Batch::parse(&bytes).err(), Some(BatchError::Length(14)));
        bytes[16] = 3;
        assert_eq!(Batch::parse(&bytes).err(), Some(BatchError::Magic(3)));
    }

    #[test]
    fn before_magic_2_nothing_is_transactional_or_control() {
        let mut bytes = [0xffu8; HEADER_LEN];
        bytes[..12].fill(0);
        bytes[11] = 49;
        for magic in 0..=2 {
            bytes[16] = magic;
            let (header, _) = Batch::peek_header(&bytes).unwrap().unwrap();
            let attributes = header.attributes;
            let of_magic_2 =
                [attributes.is_transactional(), attributes.is_control(), attributes.has_delete_horizon()];
            assert_eq!(of_magic_2, [magic == 2; 3], "{magic}");
        }
    }

    #[test]
    fn only_the_lenient_reader_takes_a_magic_above_2() {
        let mut bytes = [0u8; HEADER_LEN];
        bytes[11] = 49;
        bytes[16] = 9;
        assert_eq!(Batch::parse(&bytes).err(), Some(BatchError::Magic(9)));
        let batch = Batch::parse_leniently(&bytes).unwrap().unwrap();
        assert_eq!((batch.magic(), batch.size()), (9, HEADER_LEN));
        assert_eq!(batch.computed_checksum(), checksum::crc32c(&bytes[21..]));
        bytes[16] = 0x80;
        assert_eq!(Batch::parse_leniently(&bytes).err(), Some(BatchError::Magic(0x80)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), magic in 0u8..4) {
            if bytes.len() > 16 {
                bytes[8..11].fill(0);
                bytes[16] = magic;
            }
            if let Ok(Some(batch)) = Batch::parse(&bytes) {
                let _ = (batch.verify(), batch.compression(), batch.last_offset(), batch.timestamp_type());
            }
            let _ = Batch::parse_leniently(&bytes);
        }
    }
}
