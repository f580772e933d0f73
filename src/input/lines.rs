//! Splitting a stream into lines without losing or changing a byte.
//!
//! A line ends with the delimiter and with nothing else: a carriage return is data, an empty line is a
//! line, and what follows the last delimiter is a line too unless it is empty.

use memchr::{Memchr, memchr, memchr_iter, memmem};

use super::buffer::InputBuffer;

/// Splits what is in an [`InputBuffer`] into lines.
#[derive(Debug)]
pub struct LineReader {
    input: InputBuffer,
    delimiter: Vec<u8>,
    /// How many of the available bytes have been searched for a delimiter.
    searched: usize,
    lines: u64,
}

impl LineReader {
    /// Reads `input`, in which `delimiter` (one byte at least) ends a line.
    pub fn new(input: InputBuffer, delimiter: Vec<u8>) -> Self {
        Self { input, delimiter, searched: 0, lines: 0 }
    }

    /// What the lines are read from.
    pub fn input(&self) -> &InputBuffer {
        &self.input
    }

    /// What the lines are read from, to read more of it.
    pub fn input_mut(&mut self) -> &mut InputBuffer {
        &mut self.input
    }

    /// The number of the line handed out last, from 1.
    pub fn line_number(&self) -> u64 {
        self.lines
    }

    /// The next line that is in memory, without its delimiter. `None` means that more has to be read,
    /// or, after [`InputBuffer::fill`] has answered `false`, that there are no more.
    #[inline]
    pub fn next_line(&mut self) -> Option<&[u8]> {
        let unsearched = &self.input.available()[self.searched..];
        let found = match self.delimiter[..] {
            [byte] => memchr(byte, unsearched),
            _ => memmem::find(unsearched, &self.delimiter),
        };
        let Some(found) = found else {
            let available = self.input.available().len();
            if self.input.is_at_end() && available > 0 {
                self.searched = 0;
                self.lines += 1;
                return Some(self.input.take(available, 0));
            }
            // The first bytes of a delimiter may be there already.
            self.searched = self.searched.max((available + 1).saturating_sub(self.delimiter.len()));
            return None;
        };
        let length = self.searched + found;
        self.searched = 0;
        self.lines += 1;
        Some(self.input.take(length, self.delimiter.len()))
    }

    /// The lines in memory that have their delimiter, which is quicker than asking for one after the other.
    /// `None` where the delimiter is longer than a byte, or the first line has been searched in part:
    /// [`LineReader::next_line`] goes on from there.
    pub fn whole_lines(&mut self) -> Option<WholeLines<'_>> {
        let &[delimiter] = &self.delimiter[..] else { return None };
        if self.searched > 0 {
            return None;
        }
        let (bytes, taken) = self.input.available_to_take();
        Some(WholeLines { lines: Split::new(bytes, delimiter), taken, count: &mut self.lines })
    }

    /// The delimiter, if the input can be taken in pieces: it is a single byte, and no long line is in memory that
    /// has not come to its end yet.
    pub(super) fn delimiter_of_pieces(&self) -> Option<u8> {
        match self.delimiter[..] {
            [delimiter] if self.searched < super::buffer::CHUNK => Some(delimiter),
            _ => None,
        }
    }

    /// Takes note that so many lines have been taken in pieces.
    pub(super) fn note_lines(&mut self, count: u64) {
        self.searched = 0;
        self.lines += count;
    }
}

/// Pieces of bytes that end with a delimiter, without it.
#[derive(Debug)]
pub(super) struct Split<'a> {
    bytes: &'a [u8],
    ends: Memchr<'a>,
    /// Where the next one begins.
    begin: usize,
}

impl<'a> Split<'a> {
    /// What ends with `delimiter` in `bytes`.
    pub(super) fn new(bytes: &'a [u8], delimiter: u8) -> Self {
        Self { bytes, ends: memchr_iter(delimiter, bytes), begin: 0 }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.ends.next()?;
        let line = &self.bytes[self.begin..end];
        self.begin = end + 1;
        Some(line)
    }
}

/// Lines that are all in memory, without their delimiters. Each that is handed out is taken from the reader.
#[derive(Debug)]
pub struct WholeLines<'a> {
    lines: Split<'a>,
    taken: &'a mut usize,
    count: &'a mut u64,
}

impl<'a> Iterator for WholeLines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.lines.next()?;
        *self.taken += line.len() + 1;
        *self.count += 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Seek as _, Write as _};

    use proptest::prelude::*;

    use super::super::buffer::CHUNK;
    use super::*;

    fn lines_of(bytes: &[u8], delimiter: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        let mut reader = LineReader::new(InputBuffer::new(file), delimiter.to_vec());
        let mut lines = Vec::new();
        loop {
            // Some at once, one by itself, and the others at once again, each time.
            for at_the_most in [2, usize::MAX] {
                let whole = reader.whole_lines().into_iter().flatten();
                lines.extend(whole.take(at_the_most).map(<[u8]>::to_vec));
                lines.extend(reader.next_line().map(<[u8]>::to_vec));
            }
            while let Some(line) = reader.next_line() {
                lines.push(line.to_vec());
            }
            if !reader.input_mut().fill()? {
                break;
            }
        }
        while let Some(line) = reader.next_line() {
            lines.push(line.to_vec());
        }
        assert_eq!(reader.line_number(), lines.len() as u64);
        assert_eq!(reader.input().bytes_read(), bytes.len() as u64);
        Ok(lines)
    }

    #[test]
    fn only_the_delimiter_ends_a_line() {
        let lines = lines_of(b"a\r\n\n\xff\rb\nlast", b"\n").expect("readable");
        assert_eq!(lines, [&b"a\r"[..], b"", b"\xff\rb", b"last"]);
        assert_eq!(lines_of(b"", b"\n").expect("readable"), Vec::<Vec<u8>>::new());
        assert_eq!(lines_of(b"\n", b"\n").expect("readable"), [b""]);
        assert_eq!(lines_of(b"a\n\0b\0", b"\0").expect("readable"), [&b"a\n"[..], b"b"]);
        assert_eq!(lines_of(b"a-b--c-", b"--").expect("readable"), [&b"a-b"[..], b"c-"]);
    }

    #[test]
    fn lines_and_delimiters_may_lie_across_pieces() {
        let mut bytes = vec![b'x'; CHUNK * 3];
        bytes.extend_from_slice(b"\ny\n");
        let lines = lines_of(&bytes, b"\n").expect("readable");
        assert_eq!((lines[0].len(), &lines[1][..]), (CHUNK * 3, &b"y"[..]));
        for cut in 1..5 {
            let mut bytes = vec![b'x'; CHUNK - cut];
            bytes.extend_from_slice(b"<-->y<-->");
            let lines = lines_of(&bytes, b"<-->").expect("readable");
            assert_eq!((lines[0].len(), &lines[1][..]), (CHUNK - cut, &b"y"[..]));
        }
    }

    proptest! {
        #[test]
        fn joining_the_lines_gives_the_input(bytes in proptest::collection::vec(0u8..4, 0..60), length in 1usize..4) {
            let delimiter = &[0, 1, 0][..length];
            let lines = lines_of(&bytes, delimiter).expect("readable");
            let mut joined = lines.join(delimiter);
            if bytes.len() > joined.len() {
                joined.extend_from_slice(delimiter);
            }
            prop_assert_eq!(joined, bytes);
        }
    }
}
