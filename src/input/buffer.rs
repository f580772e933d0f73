//! The bytes of an input that have been read and not yet taken.

use std::fs::File;
use std::io::{self, Read as _};

use memchr::memrchr;

use crate::record::Timestamp;

/// Bytes that are read at a time.
pub(super) const CHUNK: usize = 256 << 10;

/// A file, pipe or terminal, read in large pieces into one buffer from which records are borrowed.
#[derive(Debug)]
pub struct InputBuffer {
    source: File,
    buffer: Vec<u8>,
    /// The first byte that has not been taken.
    start: usize,
    end: usize,
    at_eof: bool,
    bytes: u64,
    read_at: Timestamp,
}

impl InputBuffer {
    /// Reads `source` from where it stands.
    pub fn new(source: File) -> Self {
        Self {
            source,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            at_eof: false,
            bytes: 0,
            read_at: Timestamp::now(),
        }
    }

    /// What is read from.
    pub fn source(&self) -> &File {
        &self.source
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// Bytes taken so far, with those that were dropped.
    pub fn taken(&self) -> u64 {
        self.bytes - (self.end - self.start) as u64
    }

    /// The bytes that were taken since there were `before` of them, as they were in the input. Only until more is
    /// read: [`InputBuffer::fill`] forgets them.
    pub fn taken_since(&self, before: u64) -> &[u8] {
        let count = usize::try_from(self.taken().saturating_sub(before)).unwrap_or(usize::MAX);
        &self.buffer[self.start.saturating_sub(count)..self.start]
    }

    /// When the bytes in memory were read.
    pub fn read_at(&self) -> Timestamp {
        self.read_at
    }

    /// Whether there is no more to be read behind what is in memory.
    pub fn is_at_end(&self) -> bool {
        self.at_eof
    }

    /// What has been read and not taken.
    #[inline]
    pub fn available(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// What has been read and not taken, and the count to be raised by what is taken of it.
    #[inline]
    pub(super) fn available_to_take(&mut self) -> (&[u8], &mut usize) {
        (&self.buffer[self.start..self.end], &mut self.start)
    }

    /// Takes `count` bytes, and another `dropped` behind them that nobody wants; answers the former.
    ///
    /// # Panics
    /// When there are not so many.
    #[inline]
    pub fn take(&mut self, count: usize, dropped: usize) -> &[u8] {
        let taken = self.start..self.start + count;
        self.start = taken.end + dropped;
        &self.buffer[taken]
    }

    /// Reads more, waiting for it if need be; `false` at the end of the input.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.at_eof {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let count = read(&mut self.source, &mut self.buffer[self.end..])?;
        self.note_read(count);
        self.end += count;
        Ok(!self.at_eof)
    }

    /// Takes note that so many bytes have been read; 0 is the end.
    fn note_read(&mut self, count: usize) {
        self.at_eof = count == 0;
        if count > 0 {
            self.bytes += count as u64;
            self.read_at = Timestamp::now();
        }
    }

    /// Takes what is available, and reads more as long as `may_read` agrees, until there are `size` bytes. Puts what
    /// is there up to the last `delimiter` into `piece`, and keeps the rest. `false` when nothing was taken.
    ///
    /// # Errors
    /// When the input cannot be read, or `may_read` fails; nothing is taken then.
    pub(super) fn read_piece(
        &mut self,
        piece: &mut Vec<u8>,
        size: usize,
        delimiter: u8,
        mut may_read: impl FnMut(&File) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let mut filled = self.available().len();
        let needed = size.max(filled);
        if piece.capacity() < needed {
            // The system hands it out as zeros, a page when that is first used.
            *piece = vec![0; needed];
        }
        piece.resize(needed, 0);
        piece[..filled].copy_from_slice(self.available());
        let mut result = Ok(());
        while filled < size && !self.at_eof {
            let may_read = may_read(&self.source);
            match may_read
                .and_then(|may| may.then(|| read(&mut self.source, &mut piece[filled..])).transpose())
            {
                Ok(Some(count)) => {
                    self.note_read(count);
                    filled += count;
                }
                Ok(None) => break,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        let whole =
            if result.is_ok() { memrchr(delimiter, &piece[..filled]).map_or(0, |at| at + 1) } else { 0 };
        self.keep(&piece[whole..filled]);
        piece.truncate(whole);
        result.map(|()| whole > 0)
    }

    /// Makes `rest` what is available.
    fn keep(&mut self, rest: &[u8]) {
        if self.buffer.len() < rest.len() {
            self.buffer.resize(rest.len(), 0);
        }
        self.buffer[..rest.len()].copy_from_slice(rest);
        (self.start, self.end) = (0, rest.len());
    }
}

/// Reads once; 0 at the end.
fn read(source: &mut File, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(room) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
