//! The integers, lengths and texts that messages are made of (Kafka's `ByteBufferAccessor`).

use super::MessageError;

const TRUNCATED: MessageError = "it ends in the middle of a field";

/// What is left of a message.
#[derive(Debug, Clone, Copy)]
pub struct FieldReader<'a>(&'a [u8]);

impl<'a> FieldReader<'a> {
    /// Reads `bytes` from the front.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes that have not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Takes `n` bytes.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], MessageError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Takes `N` bytes.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// An `int16`, which a message's version is.
    ///
    /// # Errors
    /// When there are too few bytes.
    pub fn int16(&mut self) -> Result<i16, MessageError> {
        self.array().map(i16::from_be_bytes)
    }

    /// An unsigned variable-length integer (`ByteUtils.readUnsignedVarint`).
    ///
    /// # Errors
    /// When it ends early or has more than five bytes.
    pub fn unsigned_varint(&mut self) -> Result<u32, MessageError> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let [byte] = self.array()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("it has a variable-length integer of more than five bytes")
    }

    /// The length of a text; `None` for null.
    pub(super) fn string_length(&mut self, is_flexible: bool) -> Result<Option<usize>, MessageError> {
        if is_flexible { self.compact_length() } else { self.int16().map(|n| usize::try_from(n).ok()) }
    }

    /// The length of bytes or of a list; `None` for null.
    pub(super) fn length(&mut self, is_flexible: bool) -> Result<Option<usize>, MessageError> {
        if is_flexible {
            return self.compact_length();
        }
        self.array().map(|bytes| usize::try_from(i32::from_be_bytes(bytes)).ok())
    }

    /// A length stored plus one, so that 0 is null.
    fn compact_length(&mut self) -> Result<Option<usize>, MessageError> {
        Ok(self.unsigned_varint()?.checked_sub(1).map(|n| n as usize))
    }
}
