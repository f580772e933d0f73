//! Standard output for large amounts of text.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;

/// Bytes that are collected before they are written: few calls, and still within a core's cache.
const PIECE: usize = 128 << 10;

/// A buffer in front of standard output. Unlike Rust's own it does not look for line ends.
#[derive(Debug)]
pub struct Sink {
    out: File,
    buffer: Vec<u8>,
}

impl Sink {
    /// A buffer in front of standard output.
    ///
    /// # Errors
    /// When the process has no standard output, or may not open another file.
    pub fn stdout() -> io::Result<Self> {
        Ok(Self::new(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }

    /// A buffer in front of `out`.
    pub fn new(out: File) -> Self {
        Self { out, buffer: Vec::with_capacity(2 * PIECE) }
    }

    /// What waits to be written. Append to it, then call [`Sink::flush_if_full`].
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Writes what waits if that is enough for a large piece.
    ///
    /// # Errors
    /// What the operating system answers; what waits is lost then.
    #[inline]
    pub fn flush_if_full(&mut self) -> io::Result<()> {
        if self.buffer.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// As [`Sink::flush_if_full`].
    pub fn flush(&mut self) -> io::Result<()> {
        let result = self.out.write_all(&self.buffer);
        self.buffer.clear();
        // A payload of many megabytes is no reason to keep as much for the next.
        self.buffer.shrink_to(2 * PIECE);
        result
    }
}
