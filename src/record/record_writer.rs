//! Writing a record's fields into bytes that are there.

use super::decoder::Header;
use super::varint::{MAX_VARLONG_LEN, ShortVarint, put_varlong};

/// The length -1, which stands for null.
const NULL: u8 = 1;

/// Where a record is written: long enough for it, and [`Room::SPARE`] more.
pub(super) struct Room<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> Room<'a> {
    /// What has to be there behind a record, for an integer is written in one piece that may be longer than it.
    pub(super) const SPARE: usize = MAX_VARLONG_LEN;

    /// Writes to the front of `bytes`.
    #[inline]
    pub(super) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been written.
    #[inline]
    pub(super) fn filled(&self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    #[inline]
    pub(super) fn put_varlong(&mut self, value: i64) {
        self.at += put_varlong(value, &mut self.bytes[self.at..]);
    }

    pub(super) fn put_headers(&mut self, headers: &[Header<'_>]) {
        self.put_varlong(headers.len() as i64);
        for header in headers {
            self.put_nullable(Some(header.key));
            self.put_nullable(header.value);
        }
    }

    #[inline]
    pub(super) fn put_nullable(&mut self, field: Option<&[u8]>) {
        match field {
            None => self.put(&[NULL]),
            Some(bytes) => {
                self.put_varlong(bytes.len() as i64);
                self.put(bytes);
            }
        }
    }
}

/// A record without headers, with a value, and of a few kilobytes at the most, as nearly all are: its integers are put
/// together in registers and stored several at a time.
#[derive(Clone, Copy)]
pub(super) struct ShortRecord<'a> {
    front: ShortVarint,
    offset_delta_and_key_len: ShortVarint,
    key: &'a [u8],
    value_len: ShortVarint,
    value: &'a [u8],
    body_len: usize,
}

impl<'a> ShortRecord<'a> {
    /// Bytes that are written beyond a record at the most.
    const SPARE: usize = 8;

    /// [`ShortRecord::front`] of one that has the timestamp of the first of its batch.
    pub(super) const EARLIEST: ShortVarint = ShortVarint::ZERO.and(ShortVarint::ZERO);

    /// What a record begins with, behind its length, that is so many milliseconds later than the first of its batch:
    /// attributes, of which no bit has a meaning, and that delta. `None` if it has to be written field by field.
    pub(super) fn front(timestamp_delta: i64) -> Option<ShortVarint> {
        Some(ShortVarint::ZERO.and(ShortVarint::of_value(timestamp_delta)?))
    }

    /// One that begins with `front`, and comes that many records later than the first of its batch; `None` if it has to
    /// be written field by field.
    #[inline(always)]
    pub(super) fn new(
        front: ShortVarint,
        offset_delta: i32,
        key: Option<&'a [u8]>,
        value: &'a [u8],
    ) -> Option<Self> {
        let (key_len, key) = match key {
            Some(key) => (ShortVarint::of_length(key.len()), key),
            None => (ShortVarint::MINUS_ONE, &[][..]),
        };
        // What is around them takes less than 16 bytes.
        if key.len() + value.len() >= ShortVarint::LENGTH_END - 16 {
            return None;
        }
        let offset_delta_and_key_len = ShortVarint::of_value(offset_delta.into())?.and(key_len);
        let value_len = ShortVarint::of_length(value.len());
        let integers = front.len() + offset_delta_and_key_len.len() + value_len.len();
        // The number of headers is at the end.
        let body_len = integers + key.len() + value.len() + 1;
        Some(Self { front, offset_delta_and_key_len, key, value_len, value, body_len })
    }

    /// Bytes behind the record's length.
    #[inline(always)]
    pub(super) fn body_len(&self) -> usize {
        self.body_len
    }

    /// Bytes that must be there to write it.
    #[inline(always)]
    pub(super) fn room(&self) -> usize {
        2 + self.body_len + Self::SPARE
    }

    /// Writes it to the front of `room`, answering its length.
    ///
    /// # Panics
    /// When `room` is smaller than [`ShortRecord::room`].
    #[inline(always)]
    pub(super) fn write(&self, room: &mut [u8]) -> usize {
        let mut at = ShortVarint::of_length(self.body_len).and(self.front).store(room, 0);
        at = self.offset_delta_and_key_len.store(room, at);
        if !self.key.is_empty() {
            room[at..at + self.key.len()].copy_from_slice(self.key);
            at += self.key.len();
        }
        at = self.value_len.store(room, at);
        let end = at + self.value.len();
        room[at..end].copy_from_slice(self.value);
        // No headers.
        room[end] = 0;
        end + 1
    }
}
