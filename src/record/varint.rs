//! Zig-zag variable-length integers, as in Kafka's `ByteUtils` (after Protocol Buffers).

/// The most bytes a 32-bit value takes.
pub const MAX_VARINT_LEN: usize = 5;
/// The most bytes a 64-bit value takes.
pub const MAX_VARLONG_LEN: usize = 10;

/// Why a variable-length integer could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarintError {
    /// The bytes end inside it.
    Truncated,
    /// Its last permitted byte still asks for another.
    TooLong,
}

/// Reads a 32-bit value from the start of `bytes`; answers it and its length.
///
/// Over-long forms are accepted and bits beyond the 32nd dropped, as in Kafka.
#[inline]
pub fn read_varint(bytes: &[u8]) -> Result<(i32, usize), VarintError> {
    let (raw, len) = read_raw::<MAX_VARINT_LEN>(bytes)?;
    #[expect(clippy::cast_possible_truncation, reason = "overflow bits are dropped, as in Kafka")]
    let raw = raw as u32;
    Ok(((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed(), len))
}

/// Reads a 64-bit value from the start of `bytes`; answers it and its length.
#[inline]
pub fn read_varlong(bytes: &[u8]) -> Result<(i64, usize), VarintError> {
    let (raw, len) = read_raw::<MAX_VARLONG_LEN>(bytes)?;
    Ok(((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed(), len))
}

#[inline]
fn read_raw<const MAX: usize>(bytes: &[u8]) -> Result<(u64, usize), VarintError> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().take(MAX).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Ok((value, i + 1));
        }
    }
    Err(if bytes.len() < MAX { VarintError::Truncated } else { VarintError::TooLong })
}

/// Appends `value` in its shortest form.
#[inline]
pub fn write_varlong(value: i64, out: &mut Vec<u8>) {
    let mut room = [0; MAX_VARLONG_LEN];
    let len = put_varlong(value, &mut room);
    out.extend_from_slice(&room[..len]);
}

/// Appends `value` in its shortest form.
#[inline]
pub fn write_varint(value: i32, out: &mut Vec<u8>) {
    write_varlong(i64::from(value), out);
}

/// Writes `value` in its shortest form to the front of `room`; answers its length. What is behind it in the first
/// [`MAX_VARLONG_LEN`] bytes may be overwritten.
///
/// # Panics
/// When `room` has not as many bytes.
#[inline(always)]
pub fn put_varlong(value: i64, room: &mut [u8]) -> usize {
    let room: &mut [u8; MAX_VARLONG_LEN] = room.first_chunk_mut().unwrap_or_else(|| unreachable!("no room"));
    let raw = zigzag(value);
    // What nearly all are is stored in one piece.
    if raw < 0x80 {
        room[0] = raw as u8;
        return 1;
    }
    if raw < 0x4000 {
        let both = (raw & 0x7f) | 0x80 | (raw & 0x3f80) << 1;
        room[..2].copy_from_slice(&(both as u16).to_le_bytes());
        return 2;
    }
    if raw < 0x20_0000 {
        let all = (raw & 0x7f) | 0x8080 | (raw & 0x3f80) << 1 | (raw & 0x1f_c000) << 2;
        room[..4].copy_from_slice(&(all as u32).to_le_bytes());
        return 3;
    }
    put_long(raw, room)
}

#[cold]
fn put_long(mut raw: u64, room: &mut [u8; MAX_VARLONG_LEN]) -> usize {
    let mut at = 0;
    while raw >= 0x80 {
        room[at] = (raw & 0x7f) as u8 | 0x80;
        raw >>= 7;
        at += 1;
    }
    room[at] = raw as u8;
    at + 1
}

/// A value in its shortest form, or several behind each other, of at most eight bytes in all.
#[derive(Clone, Copy)]
pub(super) struct ShortVarint {
    /// The first byte is the lowest.
    bytes: u64,
    len: u32,
}

impl ShortVarint {
    /// The value 0.
    pub(super) const ZERO: Self = Self { bytes: 0, len: 1 };
    /// The value -1.
    pub(super) const MINUS_ONE: Self = Self { bytes: 1, len: 1 };
    /// Lengths below this take at most two bytes.
    pub(super) const LENGTH_END: usize = 1 << 13;

    /// `length`, if that is below [`ShortVarint::LENGTH_END`]. There is no branch, for lengths differ from record to
    /// record.
    #[inline(always)]
    pub(super) fn of_length(length: usize) -> Self {
        let raw = (length as u64) << 1;
        let second = u64::from(length >= 1 << 6);
        Self { bytes: raw + (raw & 0x3f80) + (second << 7), len: 1 + second as u32 }
    }

    /// `value`, if it takes at most three bytes.
    #[inline(always)]
    pub(super) fn of_value(value: i64) -> Option<Self> {
        match zigzag(value) {
            raw @ 0..0x80 => Some(Self { bytes: raw, len: 1 }),
            raw @ 0x80..0x4000 => Some(Self { bytes: raw + (raw & 0x3f80) + 0x80, len: 2 }),
            raw @ 0x4000..0x20_0000 => {
                let bytes = (raw & 0x7f) + ((raw & 0x3f80) << 1) + ((raw & 0x1f_c000) << 2);
                Some(Self { bytes: bytes + 0x8080, len: 3 })
            }
            _ => None,
        }
    }

    /// `next` behind this.
    #[inline(always)]
    pub(super) const fn and(self, next: Self) -> Self {
        Self { bytes: self.bytes | next.bytes << (8 * self.len), len: self.len + next.len }
    }

    /// How many bytes.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.len as usize
    }

    /// Writes them to `room` from `at` on, and zeros up to the eighth byte; answers where they end.
    ///
    /// # Panics
    /// When there are not as many bytes.
    #[inline(always)]
    pub(super) fn store(self, room: &mut [u8], at: usize) -> usize {
        room[at..at + 8].copy_from_slice(&self.bytes.to_le_bytes());
        at + self.len()
    }
}

/// How many bytes [`write_varlong`] takes for `value`.
#[inline]
pub fn varlong_len(value: i64) -> usize {
    let raw = zigzag(value);
    // What nearly all are needs no division.
    match raw {
        0..0x80 => return 1,
        0x80..0x4000 => return 2,
        _ => {}
    }
    let bits = 64 - raw.leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Puts the sign into the lowest bit, so that small values of either sign are small.
#[inline]
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_ones_are_like_others_and_stand_behind_each_other() {
        let (mut room, mut expected) = ([0; 32], Vec::new());
        for value in (-70..70).chain([-8193, -8192, 8191, 8192, 1 << 19, (1 << 20) - 1, -(1 << 20)]) {
            let short = ShortVarint::of_value(value).expect("a short one");
            let at = ShortVarint::ZERO.and(short).and(ShortVarint::MINUS_ONE).store(&mut room, 3);
            expected.clear();
            [0, value, -1].iter().for_each(|value| write_varlong(*value, &mut expected));
            assert_eq!(room[3..at], expected, "{value}");
            assert_eq!(short.len(), varlong_len(value));
            if let Some(length) = usize::try_from(value).ok().filter(|value| *value < ShortVarint::LENGTH_END)
            {
                let at = ShortVarint::of_length(length).store(&mut room, 0);
                expected.clear();
                write_varlong(value, &mut expected);
                assert_eq!(room[..at], expected, "{value}");
            }
        }
        assert!(ShortVarint::of_value(1 << 20).is_none() && ShortVarint::of_value(i64::MIN).is_none());
    }

    #[test]
    fn known_encodings() {
        for (value, bytes) in [
            (0, &[0x00][..]),
            (-1, &[0x01]),
            (1, &[0x02]),
            (63, &[0x7e]),
            (-64, &[0x7f]),
            (64, &[0x80, 0x01]),
            (i64::from(i32::MIN), &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] {
            let mut out = Vec::new();
            write_varlong(value, &mut out);
            assert_eq!(out, bytes, "{value}");
        }
    }

    #[test]
    fn overflow_bits_of_the_last_byte_are_dropped() {
        assert_eq!(read_varint(&[0xff, 0xff, 0xff, 0xff, 0x7f]), Ok((i32::MIN, 5)));
        assert_eq!(read_varint(&[0x80, 0x80, 0x80, 0x80, 0x80]), Err(VarintError::TooLong));
        assert_eq!(read_varint(&[0x80, 0x80]), Err(VarintError::Truncated));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value: i64, small: i32) {
            let mut out = Vec::new();
            write_varlong(value, &mut out);
            prop_assert_eq!(out.len(), varlong_len(value));
            prop_assert_eq!(read_varlong(&out), Ok((value, out.len())));
            let mut room = [0; MAX_VARLONG_LEN];
            let put = put_varlong(value, &mut room);
            prop_assert_eq!(&room[..put], &out[..]);
            out.clear();
            write_varint(small, &mut out);
            prop_assert_eq!(read_varint(&out), Ok((small, out.len())));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = read_varint(&bytes);
            let _ = read_varlong(&bytes);
        }
    }
}
