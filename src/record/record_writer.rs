//! Writing a record's fields into bytes that are there.

use super::decoder::Header;
use super::varint::{MAX_VARLONG_LEN, put_varlong};

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
