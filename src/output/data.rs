//! Standard output for data: one buffer, written in large pieces.

use std::fs::File;
use std::io::{self, Write as _};

use super::StdoutError;

/// Bytes that are collected before they are written.
const PIECE: usize = 128 << 10;

/// Data on its way to standard output.
///
/// The standard library's handle looks for line ends in what it is given; for data this is only work.
#[derive(Debug)]
pub struct DataWriter {
    file: File,
    buffer: Vec<u8>,
}

impl DataWriter {
    /// Writes to standard output.
    ///
    /// # Errors
    /// When the process has none.
    pub fn stdout() -> Result<Self, StdoutError> {
        let file = File::from(rustix::io::dup(rustix::stdio::stdout()).map_err(io::Error::from)?);
        Ok(Self::to(file))
    }

    /// Writes to `file` instead.
    pub fn to(file: File) -> Self {
        Self { file, buffer: Vec::with_capacity(PIECE * 2) }
    }

    /// Where the next data goes. [`DataWriter::spill`] is due after each record or line.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Writes the buffer out if it is full enough.
    ///
    /// # Errors
    /// When standard output does not take it.
    #[inline]
    pub fn spill(&mut self) -> Result<(), StdoutError> {
        if self.buffer.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    /// Writes out all that there is.
    ///
    /// # Errors
    /// As [`DataWriter::spill`].
    pub fn flush(&mut self) -> Result<(), StdoutError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let result = self.file.write_all(&self.buffer);
        self.buffer.clear();
        if self.buffer.capacity() > 16 * PIECE {
            self.buffer.shrink_to(2 * PIECE);
        }
        Ok(result?)
    }
}

/// For what is written piece by piece and may be long; it spills by itself.
impl io::Write for DataWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() >= PIECE {
            io::Write::flush(self)?;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        DataWriter::flush(self).map_err(|error| error.source)
    }
}
