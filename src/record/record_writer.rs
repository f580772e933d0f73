//! Writing a record's fields into bytes that are there.

use super::decoder::Header;
use super::varint::{put_varlong, zigzag};

/// A few integers in a row, put together where no end has to be looked for at each byte.
#[derive(Default)]
pub(super) struct Numbers {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Numbers {
    /// More than what stands before a record's key or value takes.
    pub(super) const ROOM: usize = 32;

    #[inline]
    pub(super) fn put(&mut self, value: i64) {
        let mut raw = zigzag(value);
        while raw >= 0x80 {
            self.bytes[self.len % Self::ROOM] = (raw & 0x7f) as u8 | 0x80;
            raw >>= 7;
            self.len += 1;
        }
        self.bytes[self.len % Self::ROOM] = raw as u8;
        self.len += 1;
    }
}

/// Where a record is written: long enough for it, and [`Numbers::ROOM`] more.
pub(super) struct Room<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> Room<'a> {
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

    /// Puts all of the room that `numbers` have, which is quicker than just as much as they take.
    #[inline]
    pub(super) fn put_numbers(&mut self, numbers: &Numbers) {
        self.bytes[self.at..self.at + Numbers::ROOM].copy_from_slice(&numbers.bytes);
        self.at += numbers.len;
    }

    fn put_varlong(&mut self, value: i64) {
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
    fn put_nullable(&mut self, field: Option<&[u8]>) {
        match field {
            None => self.put(&[1]),
            Some(bytes) => {
                self.put_varlong(bytes.len() as i64);
                self.put(bytes);
            }
        }
    }
}
