//! Splitting a stream into lines without losing or changing a byte.
//!
//! A line ends with the delimiter and with nothing else: a carriage return is data, an empty line is a
//! line, and what follows the last delimiter is a line too unless it is empty. Reading goes in large
//! pieces straight into the buffer that the lines are borrowed from.

use std::fs::File;
use std::io::{self, Read as _};

use memchr::memchr;

use crate::record::Timestamp;

/// Bytes that are read at a time.
const CHUNK: usize = 256 << 10;

/// A line without an end within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} is longer than {limit} bytes, which no record of this topic can hold; raise max.message.bytes of the topic"
)]
pub struct LineTooLong {
    /// The line's number, from 1.
    pub line: u64,
    /// The limit in bytes.
    pub limit: usize,
}

/// Reads a file, pipe or terminal line by line.
#[derive(Debug)]
pub struct LineReader {
    source: File,
    delimiter: u8,
    limit: usize,
    buffer: Vec<u8>,
    /// The first byte that is not part of a line handed out.
    start: usize,
    /// The first byte that has not been searched for a delimiter.
    searched: usize,
    end: usize,
    at_eof: bool,
    lines: u64,
    bytes: u64,
    read_at: Timestamp,
}

impl LineReader {
    /// Reads `source`, in which `delimiter` ends a line of at most `limit` bytes.
    pub fn new(source: File, delimiter: u8, limit: usize) -> Self {
        Self {
            source,
            delimiter,
            limit,
            buffer: vec![0; CHUNK],
            start: 0,
            searched: 0,
            end: 0,
            at_eof: false,
            lines: 0,
            bytes: 0,
            read_at: Timestamp::now(),
        }
    }

    /// What is read from.
    pub fn source(&self) -> &File {
        &self.source
    }

    /// The number of the line handed out last, from 1.
    pub fn line_number(&self) -> u64 {
        self.lines
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// When the bytes in memory were read.
    pub fn read_at(&self) -> Timestamp {
        self.read_at
    }

    /// The next line that is in memory, without its delimiter. `None` means that more has to be read,
    /// or, after [`LineReader::fill`] has answered `false`, that there are no more.
    #[inline]
    pub fn next_line(&mut self) -> Option<&[u8]> {
        let Some(found) = memchr(self.delimiter, &self.buffer[self.searched..self.end]) else {
            self.searched = self.end;
            if self.at_eof && self.start < self.end {
                let line = self.start..self.end;
                self.start = self.end;
                self.lines += 1;
                return Some(&self.buffer[line]);
            }
            return None;
        };
        let line = self.start..self.searched + found;
        self.start = line.end + 1;
        self.searched = self.start;
        self.lines += 1;
        Some(&self.buffer[line])
    }

    /// Reads more, waiting for it if need be; `false` at the end of the input.
    ///
    /// # Errors
    /// Of kind `InvalidData`, with a [`LineTooLong`] inside, when a line passes the limit.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.searched -= self.start;
            self.start = 0;
        }
        if self.end > self.limit {
            let error = LineTooLong { line: self.lines + 1, limit: self.limit };
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_eof = true,
                Ok(n) => {
                    self.end += n;
                    self.bytes += n as u64;
                    self.read_at = Timestamp::now();
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            }
            return Ok(!self.at_eof);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use proptest::prelude::*;

    use super::*;

    fn lines_of(bytes: &[u8], delimiter: u8, limit: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        let mut reader = LineReader::new(file, delimiter, limit);
        let mut lines = Vec::new();
        loop {
            while let Some(line) = reader.next_line() {
                lines.push(line.to_vec());
            }
            if !reader.fill()? {
                break;
            }
        }
        lines.extend(reader.next_line().map(<[u8]>::to_vec));
        assert_eq!(reader.line_number(), lines.len() as u64);
        assert_eq!(reader.bytes_read(), bytes.len() as u64);
        Ok(lines)
    }

    #[test]
    fn only_the_delimiter_ends_a_line() {
        let lines = lines_of(b"a\r\n\n\xff\rb\nlast", b'\n', 100).expect("readable");
        assert_eq!(lines, [&b"a\r"[..], b"", b"\xff\rb", b"last"]);
        assert_eq!(lines_of(b"", b'\n', 100).expect("readable"), Vec::<Vec<u8>>::new());
        assert_eq!(lines_of(b"\n", b'\n', 100).expect("readable"), [b""]);
        assert_eq!(lines_of(b"a\n\0b\0", 0, 100).expect("readable"), [&b"a\n"[..], b"b"]);
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_read_and_one_above_the_limit_is_not() {
        let mut bytes = vec![b'x'; CHUNK * 3];
        bytes.extend_from_slice(b"\ny\n");
        let lines = lines_of(&bytes, b'\n', CHUNK * 3).expect("readable");
        assert_eq!((lines[0].len(), &lines[1][..]), (CHUNK * 3, &b"y"[..]));
        let error = lines_of(&bytes, b'\n', CHUNK).expect_err("too long");
        assert!(error.to_string().starts_with("line 1 is longer"), "{error}");
    }

    proptest! {
        #[test]
        fn joining_the_lines_gives_the_input(bytes: Vec<u8>, delimiter in 0u8..3) {
            let lines = lines_of(&bytes, delimiter, 1 << 20).expect("readable");
            let mut joined = lines.join(&delimiter);
            if bytes.last() == Some(&delimiter) {
                joined.push(delimiter);
            }
            prop_assert_eq!(joined, bytes);
        }
    }
}
